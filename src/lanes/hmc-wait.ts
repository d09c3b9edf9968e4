import { ProblemError } from '../http/problem-error.js';
import type { Inventory } from '../inventory/inventory.js';
import type { JobRecord } from '../store/job-record.js';
import type { LaneStore } from '../store/lane-store.js';
import type { JobRun } from './job-run.js';
import type { LaneSettings } from './lane-settings.js';
import { OVER, type RunEnd } from './run-end.js';

/** A job that has sent nothing waits in its lane for an HMC that takes it. */
export class HmcWait {
  constructor(
    private readonly lanes: LaneStore,
    private readonly inventory: Inventory,
    private readonly settings: LaneSettings,
  ) {}

  /**
   * Nothing was sent: wait in the lane for an HMC, together with all jobs of the lane for a bounded time, however often one
   * seems to be back; what waiting cannot mend fails at once. `another`: another HMC may take what this one did not, so the
   * first time it is tried at once, whatever kept this one from it.
   */
  async putBack(run: JobRun, error: unknown, another = false): Promise<RunEnd> {
    if (!(error instanceof ProblemError)) throw error;
    const { mtms } = run.record.managedSystem;
    const left = await this.lanes.hmcAway.left(mtms, this.settings.hmcWaitMs);
    const tryAnother = another && !run.waitedForHmc && (await this.hasAnotherHmc(run.record));
    // A system that no reachable HMC lists belongs to one that cannot be reached just now: it was there at accept.
    const away = ['hmc-unavailable', 'hmc-timeout', 'target-not-found'].includes(error.type);
    const worthWaiting = away || error.members['retryable'] === true;
    if (!tryAnother && (!worthWaiting || left === 0)) {
      await run.fail(error, 'none', run.record.before);
      return OVER;
    }
    const until = Date.now() + left;
    await run.putBack({ reason: 'hmc', until: new Date(until).toISOString() }, false);
    const pause = tryAnother ? 0 : Math.min(left, this.settings.hmcRetryMs);
    return { kind: 'put-back', dueAt: Date.now() + pause };
  }

  private async hasAnotherHmc({ managedSystem, hmc }: JobRecord): Promise<boolean> {
    try {
      const { seenBy } = await this.inventory.find(managedSystem.mtms);
      return seenBy.some(({ hmcId }) => hmcId !== hmc);
    } catch (error) {
      if (error instanceof ProblemError) return false;
      throw error;
    }
  }
}
