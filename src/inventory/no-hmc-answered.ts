import { explainFailure } from '../core/hmc-language/error-catalogue.js';
import { HMC_RETRY_AFTER_SECONDS } from '../hmc/command-problem.js';
import { ProblemError } from '../http/problem-error.js';

/**
 * The kinds of problem after which another HMC may still answer: this one cannot be reached, or not in time, has itself
 * no connection to the system, or has printed what is not understood.
 */
const ANOTHER_MAY_ANSWER = new Set<string>([
  'hmc-unavailable',
  'hmc-timeout',
  'hmc-authentication-failed',
  'hmc-host-key-refused',
  'system-not-connected',
  'hmc-output-not-understood',
]);

/**
 * Whether to ask the next HMC. Not when this one has answered with a refusal: the next would say the same, unless the
 * refusal is about this HMC.
 */
export function anotherHmcMayAnswer(problem: unknown): problem is ProblemError {
  return (
    problem instanceof ProblemError &&
    (ANOTHER_MAY_ANSWER.has(problem.type) || refusalOf(problem)?.ofThisHmcOnly === true)
  );
}

/** A read that this HMC refused because it has no connection to the system, which its list does not show yet. */
export function hasLostSystem(problem: ProblemError): boolean {
  const refusal = refusalOf(problem);
  return refusal?.ofThisHmcOnly === true && refusal.kind === 'state';
}

/**
 * A read that this HMC is not fit for, however often it is asked: it is too old for the command, its user may not do
 * this, or what it prints is not understood.
 */
export function isUnfit(problem: ProblemError): boolean {
  if (problem.type === 'hmc-output-not-understood') return true;
  const refusal = refusalOf(problem);
  return refusal?.ofThisHmcOnly === true && refusal.kind !== 'state';
}

/** What a refused read means; null for what is no refusal. */
function refusalOf({ type, members }: ProblemError): ReturnType<typeof explainFailure> | null {
  const { exitStatus, hmcMessage } = members;
  if (type !== 'hmc-refused' || typeof exitStatus !== 'number' || typeof hmcMessage !== 'string') return null;
  return explainFailure({ kind: 'read', exitStatus, stdout: hmcMessage, stderr: '' });
}

/**
 * The one problem for a reading of a system that no HMC answered. The first HMC that could have, had its user the right
 * to or were it understood, has the word: that is to be mended there, wherever the others are. Else `noHmcAnswered`.
 */
export function notRead(about: string, problems: readonly ProblemError[]): ProblemError {
  const toBeMended = problems.find(
    (problem) => problem.type === 'hmc-output-not-understood' || refusalOf(problem)?.kind === 'authority',
  );
  return toBeMended === undefined ? noHmcAnswered(about, problems) : tellingOfEach(toBeMended, problems);
}

/**
 * The one problem for a call that no HMC answered. When all failed in the same way it is that kind (502 login or host
 * key refused, 504 no answer in time, 409 not connected to any of them), else 503 `hmc-unavailable`; `hmcs` tells of
 * each. Where every HMC refused, it is the most telling refusal: that of an HMC without a connection to the system,
 * then one with a code. `about` begins the sentence, such as `No HMC lists its managed systems`.
 */
export function noHmcAnswered(about: string, problems: readonly ProblemError[]): ProblemError {
  const [first, ...rest] = problems;
  const told = mostTellingRefusal(problems) ?? (rest.length === 0 ? first : undefined);
  if (told !== undefined) return tellingOfEach(told, problems);
  const alike = first !== undefined && rest.every((problem) => problem.type === first.type);
  const type = alike ? first.type : 'hmc-unavailable';
  const reasons = problems.map((problem) => problem.message).join(' ');
  return new ProblemError({
    type,
    detail: `${about}. ${reasons}`.trimEnd(),
    members: {
      retryable: type === 'hmc-unavailable' || problems.some((problem) => problem.members['retryable'] === true),
      hmcs: each(problems),
      ...(type === 'hmc-unavailable' ? { retryAfterSeconds: HMC_RETRY_AFTER_SECONDS } : {}),
    },
  });
}

/** One problem of several with what each of them is; the only one as it is. */
function tellingOfEach(problem: ProblemError, problems: readonly ProblemError[]): ProblemError {
  if (problems.length === 1) return problem;
  const { type, message: detail, members } = problem;
  return new ProblemError({ type, detail, members: { ...members, hmcs: each(problems) } }, { cause: problem });
}

function each(problems: readonly ProblemError[]): unknown {
  return problems.map((problem) => ({
    id: problem.members['hmc'],
    problem: problem.type,
    detail: problem.message,
  }));
}

/** None unless all of them refused, one at least on its own account. */
function mostTellingRefusal(problems: readonly ProblemError[]): ProblemError | undefined {
  const isRefusal = ({ type }: ProblemError): boolean => type === 'hmc-refused' || type === 'system-not-connected';
  const refused = problems.filter(({ type }) => type === 'hmc-refused');
  if (refused.length === 0 || !problems.every(isRefusal)) return undefined;
  return (
    problems.find(({ type }) => type === 'system-not-connected') ??
    refused.find(({ members }) => members['hmcCode'] !== null) ??
    refused[0]
  );
}
