import type { HmcCommand } from '../core/hmc-language/command.js';
import { renderCommand } from '../core/hmc-language/quote-word.js';
import type { Answer } from '../core/answer.js';
import { ProblemError } from '../http/problem-error.js';
import { firstAnswer } from './first-answer.js';
import type { HmcReader } from './hmc-reader.js';
import { noHmcAnswered } from './no-hmc-answered.js';

/** What one command said, and where. */
export interface Inquired<T> {
  readonly value: T;
  readonly hmcId: string;
  /** A moment of `performance.now()`: nothing was sent before. */
  readonly startedAt: number;
}

/**
 * Single commands about a managed system that any of its HMCs may answer. Unlike a snapshot, an HMC that refuses does
 * not end it: each HMC has RMC connections of its own, a level of its own and a user with a role of its own.
 */
export class SystemInquiry {
  constructor(private readonly reader: HmcReader) {}

  /** How long one command may run, in milliseconds (HMC_READ_TIMEOUT_SECONDS). */
  get deadlineMs(): number {
    return this.reader.deadlineMs;
  }

  /**
   * The answer of the first HMC of `hmcIds` (in this order, those last that seem to be away) that gives one.
   * @throws ProblemError a refusal where an HMC spoke, else why none could be asked
   */
  async read<T>(hmcIds: readonly string[], command: HmcCommand, parse: (stdout: string) => T): Promise<Inquired<T>> {
    const result = await firstAnswer({
      hmcIds: this.reader.inOrder(hmcIds),
      ask: async (hmcId): Promise<Inquired<T>> => {
        const flight = this.reader.read(hmcId, command, parse, 'in-flight');
        return { value: await flight.value, hmcId, startedAt: flight.startedAt };
      },
      anotherMayAnswer: () => true,
      slowMs: this.reader.slowMs,
    });
    if ('answer' in result) return result.answer;
    const { problems } = result;
    const spoken = problems.find(({ type }) => type === 'hmc-refused' || type === 'hmc-output-not-understood');
    throw spoken ?? noHmcAnswered('No HMC that manages the system answered', problems);
  }

  /** The same, where it is no fault that nothing is told. */
  async ask<T>(hmcIds: readonly string[], command: HmcCommand, parse: (stdout: string) => T): Promise<Answer<T>> {
    const line = renderCommand(command);
    try {
      const { value, hmcId } = await this.read(hmcIds, command, parse);
      return { told: true, value, command: line, hmcId };
    } catch (error) {
      return untold(error, line);
    }
  }
}

/** A failure as an answer. @throws what is no ProblemError: a fault of ours */
export function untold(error: unknown, command: string): Answer<never> {
  if (!(error instanceof ProblemError)) throw error;
  const { hmc, command: sent } = error.members;
  return {
    told: false,
    reason: error.message,
    command: typeof sent === 'string' ? sent : command,
    hmcId: typeof hmc === 'string' ? hmc : null,
  };
}
