import { toProblemDocument } from '../http/problem-document.js';
import type { ProblemError } from '../http/problem-error.js';
import type { JobWatch } from '../observability/job-journal.js';
import type { JobRecord, WaitReason } from '../store/job-record.js';
import type { Effect } from '../core/outcome.js';
import type { LaneStore } from '../store/lane-store.js';
import type { LeaseKeeper } from './lease-keeper.js';

/** The running job of one turn: the record as it stands, and the only ways in which it moves on. */
export class JobRun {
  private current: JobRecord;
  /** Whether moves of the active device keep their distance; an orphan's system is not known, and taken with care. */
  paced: boolean | 'unknown' = 'unknown';
  /** Whether the job had begun to wait for an HMC before this run. */
  readonly waitedForHmc: boolean;

  constructor(
    readonly keeper: LeaseKeeper,
    private readonly lanes: LaneStore,
    private readonly watch: JobWatch,
    started: JobRecord,
  ) {
    this.current = started;
    this.waitedForHmc = started.waitingFor?.reason === 'hmc';
  }

  get record(): JobRecord {
    return this.current;
  }

  /** Writes a change of the record; throws LeaseLost when the lane has another owner. */
  async update(change: Partial<JobRecord>, observed?: unknown): Promise<void> {
    const next = { ...this.current, ...change };
    this.keeper.recordIsSafe = await this.lanes.write(this.keeper.lease, next, observed);
    if (next.state !== this.current.state) this.watch.jobEntered(next);
    this.current = next;
  }

  async waitFor(reason: WaitReason, untilMs: number): Promise<void> {
    const until = new Date(untilMs).toISOString();
    if (this.current.waitingFor?.reason === reason && this.current.waitingFor.until === until) return;
    await this.update({ waitingFor: { reason, until } });
  }

  async warn(warning: string): Promise<void> {
    await this.update({ warnings: [...this.current.warnings, warning] });
  }

  async succeed(result: unknown, warnings: readonly string[] = []): Promise<void> {
    await this.finish({ state: 'succeeded', result, warnings: [...this.current.warnings, ...warnings] });
  }

  /** `effect` says whether anything of the wish was carried out; `after` is what the readback shows. */
  async fail(problem: ProblemError, effect: Effect, after: unknown): Promise<void> {
    const error = { ...toProblemDocument(problem), effect };
    await this.finish({ state: 'failed', error, result: after });
  }

  async leaveIndeterminate(problem: ProblemError, after: unknown): Promise<void> {
    await this.finish({ state: 'indeterminate', error: toProblemDocument(problem), result: after });
  }

  /**
   * Back to the front of the lane: nothing was sent, so the whole job may run again, and decides anew then. What this run
   * had decided (a slot, that automatic failover was on) or warned of may not be true any more by that time.
   */
  async putBack(waitingFor: JobRecord['waitingFor'], lost: boolean): Promise<void> {
    await this.update({
      state: 'queued',
      waitingFor,
      target: this.current.boundTarget,
      warnings: [],
      plan: this.current.plan.filter((step) => step.state === 'never-started'),
      requeues: this.current.requeues + (lost ? 1 : 0),
    });
  }

  private async finish(change: Partial<JobRecord>): Promise<void> {
    // What was planned and is not needed, or not possible, any more is no part of what happened; what was sent and got
    // no answer will get none.
    const plan = this.current.plan
      .filter((step) => step.state !== 'planned')
      .map((step) => (step.state === 'sent' ? { ...step, state: 'unknown' as const } : step));
    await this.update({ ...change, plan, waitingFor: null, finishedAt: new Date().toISOString() });
  }
}
