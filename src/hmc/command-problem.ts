import { asSentence } from '../core/hmc-language/as-sentence.js';
import type { HmcCommand } from '../core/hmc-language/command.js';
import { explainFailure } from '../core/hmc-language/error-catalogue.js';
import { ProblemError } from '../http/problem-error.js';
import type { CommandEnd, NeverStartedReason, UnknownReason } from './command-end.js';

/** Which command it was, for the problem document. */
export interface CommandContext {
  /** Only a refused change may have left something in a profile. */
  readonly kind: HmcCommand['kind'];
  readonly hmcId: string;
  /** The command line as it was to be sent. */
  readonly command: string;
}

/**
 * What a client is told to wait before it asks again, when an HMC is away: the pause of
 * an open circuit begins so small.
 */
export const HMC_RETRY_AFTER_SECONDS = 5;

/** How much of an HMC's words goes into a `detail`; `hmcMessage` holds them whole. */
const LONGEST_QUOTE = 300;

/**
 * The problem that the end of a command is, for whoever asked for it. Members: `hmc`, `command`, `retryable`; and where
 * the HMC spoke `hmcCode`, `hmcMessage`, `exitStatus`, `advice`, `profileMayDiffer`.
 * @throws {TypeError} for a command that exited with 0: that is no problem
 */
export function problemOfCommandEnd(end: CommandEnd, context: CommandContext): ProblemError {
  switch (end.kind) {
    case 'exited':
      return refusedProblem(end.exitStatus, end.stdout, end.stderr, context);
    case 'never-started':
      return neverStartedProblem(end.reason, end.message, context);
    case 'unknown':
      return unknownProblem(end.reason, end.message, context);
  }
}

function refusedProblem(exitStatus: number, stdout: string, stderr: string, context: CommandContext): ProblemError {
  if (exitStatus === 0) throw new TypeError(`exit status 0 is not a problem: ${context.command}`);
  const failure = explainFailure({ kind: context.kind, exitStatus, stdout, stderr });
  const words = failure.hmcMessage === '' ? `exit status ${exitStatus}, without a word` : shorten(failure.hmcMessage);
  return new ProblemError({
    type: 'hmc-refused',
    detail: [`HMC ${context.hmcId} refused the command: ${asSentence(words)}`, failure.meaning ?? '', failure.advice]
      .filter((part) => part !== '')
      .join(' '),
    members: {
      hmc: context.hmcId,
      hmcCode: failure.hmcCode,
      wrappedCodes: failure.wrappedCodes,
      hmcMessage: failure.hmcMessage,
      command: context.command,
      exitStatus,
      retryable: failure.retryable,
      profileMayDiffer: failure.profileMayDiffer,
      advice: failure.advice,
    },
  });
}

function neverStartedProblem(reason: NeverStartedReason, message: string, context: CommandContext): ProblemError {
  switch (reason) {
    case 'unreachable':
    case 'circuit-open':
    case 'channel-refused':
    case 'channel-timeout':
    case 'closing':
      return unavailable(`HMC ${context.hmcId} cannot be reached: ${message}`, reason, context);
    case 'authentication-failed':
    case 'locked-out':
      return new ProblemError({
        type: 'hmc-authentication-failed',
        detail:
          `HMC ${context.hmcId} refused our login: ${message} ` +
          'Check the user and the key of this HMC with check-hmc; nothing more is tried until the pause is over, so that the account is not locked.',
        members: { hmc: context.hmcId, command: context.command, reason, retryable: false },
      });
    case 'host-key-refused':
      return new ProblemError({
        type: 'hmc-host-key-refused',
        detail: `HMC ${context.hmcId} showed a host key that is not pinned: ${message}`,
        members: { hmc: context.hmcId, command: context.command, reason, retryable: false },
      });
    case 'refused-by-caller':
      return new ProblemError({
        type: 'internal-error',
        detail: 'The command was held back at the last moment: this worker no longer holds the lane. Nothing was sent.',
        members: { hmc: context.hmcId, command: context.command, reason, retryable: true },
      });
  }
}

function unknownProblem(reason: UnknownReason, message: string, context: CommandContext): ProblemError {
  switch (reason) {
    case 'timed-out':
      return new ProblemError({
        type: 'hmc-timeout',
        detail: `HMC ${context.hmcId} did not answer in time: ${message}`,
        members: { hmc: context.hmcId, command: context.command, reason, retryable: true },
      });
    case 'lost':
    case 'no-exit-status':
      return unavailable(`The answer of HMC ${context.hmcId} was lost: ${message}`, reason, context);
    case 'output-too-large':
      return new ProblemError({
        type: 'hmc-output-not-understood',
        detail: `HMC ${context.hmcId} printed more than this service reads: ${message}`,
        members: { hmc: context.hmcId, command: context.command, reason, retryable: false },
      });
  }
}

function unavailable(detail: string, reason: string, context: CommandContext): ProblemError {
  return new ProblemError({
    type: 'hmc-unavailable',
    detail,
    members: {
      hmc: context.hmcId,
      command: context.command,
      reason,
      retryable: true,
      retryAfterSeconds: HMC_RETRY_AFTER_SECONDS,
    },
  });
}

function shorten(words: string): string {
  return words.length > LONGEST_QUOTE ? `${words.slice(0, LONGEST_QUOTE)}…` : words;
}
