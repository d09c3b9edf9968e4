import type { Partition } from './partition.js';

/**
 * What the HMC says of the RMC connection of a running partition, in one place for all that goes by it. `none` (it prints
 * `inactive` or `none`) refuses what needs one. `not-told` (`busy`, `unknown`, a word that is not known, or nothing;
 * hmc-cli.md §1.8) refuses nothing: that is left to the HMC, with a warning where there is a place for one, and readiness
 * says `unknown`. Of IBM i an RMC connection is not asked for (RECALLED: it does without).
 */
export type RmcConnection = 'active' | 'none' | 'not-told';

export function rmcConnection({ rmcState }: Pick<Partition, 'rmcState'>): RmcConnection {
  if (rmcState === 'active') return 'active';
  return rmcState === 'inactive' || rmcState === 'none' ? 'none' : 'not-told';
}

/**
 * For people, where the HMC prints a state of the connection that says neither; null where there is nothing to warn of: the
 * partition does not run, or the HMC prints no state at all.
 */
export function rmcNotKnown({ name, state, rmcState, environment }: Partition): string | null {
  const asked = state === 'Running' && environment !== 'os400' && rmcState !== null;
  return asked && rmcConnection({ rmcState }) === 'not-told'
    ? `${name} runs and its RMC connection is ${JSON.stringify(rmcState)}: whether the HMC reaches it is not known.`
    : null;
}
