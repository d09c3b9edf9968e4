import { explainFailure } from '../core/hmc-language/error-catalogue.js';
import { HMC_RETRY_AFTER_SECONDS } from '../hmc/command-problem.js';
import { ProblemError } from '../http/problem-error.js';

/**
 * The kinds of problem after which another HMC may still answer: this one cannot be reached, or not in time, or has
 * itself no connection to the system.
 */
const ANOTHER_MAY_ANSWER = new Set<string>([
  'hmc-unavailable',
  'hmc-timeout',
  'hmc-authentication-failed',
  'hmc-host-key-refused',
  'system-not-connected',
]);

/**
 * Whether to ask the next HMC. Not when this one has answered, be it with a refusal: the next would say the same,
 * unless the refusal is about this HMC (`isOfThisHmcOnly`).
 */
export function anotherHmcMayAnswer(problem: unknown): problem is ProblemError {
  return problem instanceof ProblemError && (ANOTHER_MAY_ANSWER.has(problem.type) || isOfThisHmcOnly(problem));
}

/** A read that this HMC refused because it has no connection to the system, or is too old for the command. */
export function isOfThisHmcOnly({ type, members }: ProblemError): boolean {
  const { exitStatus, hmcMessage } = members;
  if (type !== 'hmc-refused' || typeof exitStatus !== 'number' || typeof hmcMessage !== 'string') return false;
  return explainFailure({ kind: 'read', exitStatus, stdout: hmcMessage, stderr: '' }).ofThisHmcOnly;
}

/**
 * The one problem for a call that no HMC answered. When all failed in the same way it is that kind (502 login or host
 * key refused, 504 no answer in time, 409 not connected to any of them), else 503 `hmc-unavailable`; `hmcs` tells of
 * each. Where every HMC refused, it is the most telling refusal: that of an HMC without a connection to the system,
 * then one with a code. `about` begins the sentence, such as `No HMC lists its managed systems`.
 */
export function noHmcAnswered(about: string, problems: readonly ProblemError[]): ProblemError {
  const [first, ...rest] = problems;
  if (first !== undefined && rest.length === 0) return first;
  const hmcs = problems.map((problem) => ({
    id: problem.members['hmc'],
    problem: problem.type,
    detail: problem.message,
  }));
  const refusal = mostTellingRefusal(problems);
  if (refusal !== null) {
    const { type, message: detail, members } = refusal;
    return new ProblemError({ type, detail, members: { ...members, hmcs } }, { cause: refusal });
  }
  const alike = first !== undefined && rest.every((problem) => problem.type === first.type);
  const type = alike ? first.type : 'hmc-unavailable';
  const reasons = problems.map((problem) => problem.message).join(' ');
  return new ProblemError({
    type,
    detail: `${about}. ${reasons}`.trimEnd(),
    members: {
      retryable: type === 'hmc-unavailable' || problems.some((problem) => problem.members['retryable'] === true),
      hmcs,
      ...(type === 'hmc-unavailable' ? { retryAfterSeconds: HMC_RETRY_AFTER_SECONDS } : {}),
    },
  });
}

/** null unless all of them refused, one at least on its own account. */
function mostTellingRefusal(problems: readonly ProblemError[]): ProblemError | null {
  const isRefusal = ({ type }: ProblemError): boolean => type === 'hmc-refused' || type === 'system-not-connected';
  const refused = problems.filter(({ type }) => type === 'hmc-refused');
  if (refused.length === 0 || !problems.every(isRefusal)) return null;
  return (
    problems.find(({ type }) => type === 'system-not-connected') ??
    refused.find(({ members }) => members['hmcCode'] !== null) ??
    refused[0] ??
    null
  );
}
