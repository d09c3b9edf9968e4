import type { Answer } from '../core/answer.js';
import { LATE, within } from '../within.js';

/** One command of many. */
export interface CommandQuestion<T> {
  /** The line that is sent. */
  readonly command: string;
  readonly ask: () => Promise<Answer<T>>;
}

export interface AskedInTime {
  /** How many are under way at once. */
  readonly atOnce: number;
  /** How long all of them together may take, in milliseconds. */
  readonly withinMs: number;
}

/**
 * The answers, in the order of the questions. When the time is over, those under way are no longer waited for and the
 * others are not asked; after one that was not answered no further one is begun, because what stops one (a user who may
 * not, an HMC that hangs) stops the next.
 */
export async function askInTime<T>(
  questions: readonly CommandQuestion<T>[],
  { atOnce, withinMs }: AskedInTime,
): Promise<Answer<T>[]> {
  const end = performance.now() + withinMs;
  const over = `One call has ${withinMs / 1000} s for all of these commands: ask for fewer with ?limit=, and go on from nextCursor.`;
  const answers = new Map<CommandQuestion<T>, Answer<T>>();
  const left = [...questions];
  let stopped: string | null = null;
  const untold = (command: string, reason: string): Answer<T> => ({ told: false, reason, command, hmcId: null });

  const askOneAfterTheOther = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { command } = next;
      if (stopped !== null) {
        answers.set(next, untold(command, stopped));
        continue;
      }
      const answer = await within(next.ask(), Math.max(0, end - performance.now()));
      if (answer === LATE) stopped = `Not asked: the time was over. ${over}`;
      else if (!answer.told) stopped ??= `Not asked, because another one was not answered: ${answer.command}`;
      answers.set(next, answer === LATE ? untold(command, `No answer before the time was over. ${over}`) : answer);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askOneAfterTheOther));
  return questions.flatMap((question) => answers.get(question) ?? []);
}
