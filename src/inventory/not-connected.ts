import { asSentence } from '../core/hmc-language/as-sentence.js';
import { ProblemError } from '../http/problem-error.js';
import type { SystemSeenBy } from './inventory.js';
import { OPERATING } from './merge-systems.js';

/**
 * What a read that failed is, for a system in the state that the HMC lists: the refusal of one that is not `Operating`
 * is a conflict with that state, not a fault between us and the HMC. How an HMC words and numbers that refusal differs
 * from state to state, so the state decides and not the code. Everything else stays as it is.
 */
export function notConnectedOr<T>(
  error: T,
  view: Pick<SystemSeenBy, 'hmcId' | 'system'> | undefined,
): T | ProblemError {
  if (!(error instanceof ProblemError) || error.type !== 'hmc-refused') return error;
  if (view === undefined || view.system.state === null || view.system.state === OPERATING) return error;
  const { hmcId, system } = view;
  const { hmcMessage } = error.members;
  const words = typeof hmcMessage === 'string' && hmcMessage !== '' ? `: ${asSentence(hmcMessage)}` : '.';
  return new ProblemError(
    {
      type: 'system-not-connected',
      detail:
        `HMC ${hmcId} sees ${system.mtms} in the state ${system.state}, and refused the command${words} ` +
        "Bring the system to the state Operating, or mend the HMC's connection to it.",
      members: { ...error.members, state: system.state },
    },
    { cause: error },
  );
}
