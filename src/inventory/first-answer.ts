import { ProblemError } from '../http/problem-error.js';

/**
 * How long a read may show no progress before it looks as if its HMC does not answer. A command of a snapshot takes one
 * to three seconds on a busy HMC; asking a second HMC is for the one that hangs, not for the one that is slow.
 */
export const SLOW_READ_MS = 5_000;

export type FirstAnswer<T> = { readonly answer: T } | { readonly problems: readonly ProblemError[] };

export interface HmcQuestion<T> {
  /** In the order in which they are asked. */
  readonly hmcIds: readonly string[];
  /** Asks one HMC; calls `heard` with every sign of progress. */
  readonly ask: (hmcId: string, heard: () => void) => Promise<T>;
  /** Whether another HMC may answer where this failure came from. */
  readonly anotherMayAnswer: (problem: ProblemError) => boolean;
  readonly slowMs: number;
}

/**
 * Asks one HMC after the other until one answers. When one shows no progress for `slowMs`, the next one is asked beside
 * it, once: the first answer counts, and the other one is dropped. So an HMC that takes commands and stays silent costs
 * its caller `slowMs` and not the deadline of a read. `problems` when no HMC answered, in
 * the order in which they failed.
 * @throws whatever an HMC failed with for which `anotherMayAnswer` says no. Where another one was asked only beside the
 *   first, its failure does not take the first one's answer away.
 */
export async function firstAnswer<T>(question: HmcQuestion<T>): Promise<FirstAnswer<T>> {
  const end = await race(question);
  if ('final' in end) throw end.final;
  return end;
}

function race<T>(question: HmcQuestion<T>): Promise<FirstAnswer<T> | { readonly final: unknown }> {
  const { hmcIds, ask, anotherMayAnswer, slowMs } = question;
  return new Promise((resolve) => {
    const left = [...hmcIds];
    const problems: ProblemError[] = [];
    let underWay = 0;
    let isHedged = false;
    let isOver = false;
    /**
     * A failure for which another HMC is not asked, held back while the HMC that it was asked beside may still answer.
     */
    let final: { readonly error: unknown } | null = null;

    const askNext = (): void => {
      const hmcId = left.shift();
      if (hmcId === undefined) return finish();
      const isHedge = underWay > 0;
      underWay += 1;
      const slow = setTimeout(() => {
        if (isOver || isHedged || left.length === 0) return;
        isHedged = true;
        askNext();
      }, slowMs);
      slow.unref();
      let isEnded = false;
      const ended = (): void => {
        isEnded = true;
        clearTimeout(slow);
        underWay -= 1;
      };
      const heard = (): void => {
        if (!isEnded) slow.refresh();
      };
      ask(hmcId, heard).then(
        (answer) => {
          ended();
          isOver = true;
          resolve({ answer });
        },
        (error: unknown) => {
          ended();
          if (isOver) return;
          if (error instanceof ProblemError && anotherMayAnswer(error)) problems.push(error);
          else if (final === null || !isHedge) final = { error };
          if (final !== null && (!isHedge || underWay === 0)) return finish();
          if (underWay === 0) askNext();
        },
      );
    };
    const finish = (): void => {
      isOver = true;
      resolve(final === null ? { problems } : { final: final.error });
    };
    askNext();
  });
}
