import { heldSystemOf } from '../core/operations/held-system.js';
import type { JobWatch } from '../observability/job-journal.js';
import type { JobRecord } from '../store/job-record.js';
import type { LaneStore } from '../store/lane-store.js';
import type { Lease } from '../store/lease.js';
import { RecordGone, RecordNotUnderstood } from '../store/unusable-record.js';
import type { Executor } from './executor.js';
import { FAIR_SHARE, type LaneSettings } from './lane-settings.js';
import { LeaseKeeper } from './lease-keeper.js';
import { Pacing } from './pacing.js';
import type { RunEnd } from './run-end.js';

/** How a turn left its lane. `again`: jobs are left that could run now. */
export type TurnEnd = 'not-ours' | 'left' | 'again';

/** Pause before a job that touches two systems asks for the second lane again (ms). */
const SECOND_LANE_RETRY_MS = 1000;

/** Pause before a lane is looked at again whose next job cannot be used: a worker of a newer version may come meanwhile (ms). */
const NOT_UNDERSTOOD_RETRY_MS = 10_000;

/** The leases of a turn: of its lane, and of the lane of the second system where its first job touches two. */
interface Held {
  readonly keeper: LeaseKeeper;
  second: LeaseKeeper | null;
}

type HeadEnd = RunEnd | { readonly kind: 'empty' } | { readonly kind: 'wants-second-lane' };

/**
 * One run of a worker through a lane: takes the lease, settles what an earlier owner left, then runs the heads in order
 * until the lane is empty, paused, waits for something, or a fair share is used. Running a turn twice does no harm.
 *
 * A job that touches two systems (a migration) is the first of its turn, because the leases of both lanes are taken in
 * the order of their MTMS: of two migrations that go opposite ways one always gets both.
 */
export class TurnRunner {
  private stopping = false;
  /** Jobs that were reported as not understood: they stay in their lane, and the log needs it once. */
  private readonly reported = new Set<string>();
  private readonly pacing: Pacing;

  constructor(
    private readonly lanes: LaneStore,
    private readonly executor: Executor,
    private readonly settings: LaneSettings,
    private readonly watch: JobWatch,
    /** Told of jobs whose record cannot be used, for the log. */
    private readonly reportFault: (error: unknown, jobId: string) => void,
  ) {
    this.pacing = new Pacing(lanes.pacing, settings.pacingMs);
  }

  /** Ends running turns after their present job. */
  stop(): void {
    this.stopping = true;
  }

  async run(mtms: string): Promise<TurnEnd> {
    if (this.stopping) return 'not-ours';
    const held = await this.take(mtms);
    if (typeof held === 'string') return held;
    const { keeper } = held;
    const { lease } = keeper;
    keeper.start();
    held.second?.start();
    try {
      for (let share = 0; share < FAIR_SHARE && !this.stopping; share += 1) {
        const orphan = await this.lanes.running(lease);
        if (orphan === null) {
          const dueAt = await this.closedUntil(held);
          if (dueAt !== null) {
            await this.lanes.release(lease, dueAt);
            return 'left';
          }
        }
        const end = orphan ? await this.settle(keeper, orphan.record, orphan.observed) : await this.runHead(held);
        // The jobs behind the first one are none of the second system's business.
        await this.letGoOfSecond(held);
        switch (end.kind) {
          case 'over':
            continue;
          case 'put-back':
            await this.lanes.release(lease, end.dueAt);
            return end.dueAt <= Date.now() ? 'again' : 'left';
          case 'closed':
            await this.lanes.release(lease, end.dueAt, end.dueAt);
            return 'left';
          case 'empty':
            await this.lanes.release(lease, Date.now());
            return 'left';
          case 'wants-second-lane':
            await this.lanes.release(lease, Date.now());
            return 'again';
        }
      }
      await this.lanes.release(lease, Date.now());
      return 'again';
    } catch (error) {
      return await this.leaveUnusable(lease, error);
    } finally {
      keeper.stop();
      await this.letGoOfSecond(held);
    }
  }

  /** Takes the lane, and the second one where the next job needs it; else how the turn ends. */
  private async take(mtms: string): Promise<Held | TurnEnd> {
    const lease = await this.lanes.acquire(mtms);
    if (lease === null) return 'not-ours';
    let other: string | null;
    try {
      other = await this.secondLaneOfHead(lease);
    } catch (error) {
      return this.leaveUnusable(lease, error);
    }
    if (other === null) return { keeper: this.keeper(lease), second: null };
    if (other > mtms) {
      const second = await this.acquireSecond(other);
      if (second !== null) return { keeper: this.keeper(lease), second };
      await this.lanes.release(lease, Date.now() + SECOND_LANE_RETRY_MS);
      return 'not-ours';
    }
    await this.lanes.release(lease, Date.now() + SECOND_LANE_RETRY_MS);
    const second = await this.acquireSecond(other);
    if (second === null) return 'not-ours';
    const again = await this.lanes.acquire(mtms);
    if (again !== null) return { keeper: this.keeper(again), second };
    await this.letGo(second);
    return 'not-ours';
  }

  /**
   * Leaves the lane because of a job whose record is gone (it is dropped) or not understood (it stays, for a worker of a
   * newer version).
   * @throws every other error, as it came
   */
  private async leaveUnusable(lease: Lease, error: unknown): Promise<TurnEnd> {
    if (error instanceof RecordGone) {
      if (await this.lanes.lost.drop(lease, error.jobId, this.settings.settleMs)) {
        this.reportFault(new Error(`${error.message}: dropped`), error.jobId);
      }
      await this.lanes.release(lease, Date.now());
      return 'again';
    }
    if (!(error instanceof RecordNotUnderstood)) throw error;
    if (!this.reported.has(error.jobId)) this.reportFault(error, error.jobId);
    this.reported.add(error.jobId);
    await this.lanes.release(lease, Date.now() + NOT_UNDERSTOOD_RETRY_MS);
    return 'left';
  }

  /** Of the system that the next job touches besides its own; null when there is none, or an orphan is settled first. */
  private async secondLaneOfHead(lease: Lease): Promise<string | null> {
    if ((await this.lanes.running(lease)) !== null) return null;
    const head = await this.lanes.head(lease);
    return head === null ? null : heldSystemOf(head);
  }

  private async acquireSecond(mtms: string): Promise<LeaseKeeper | null> {
    const lease = await this.lanes.acquire(mtms);
    if (lease !== null) return this.keeper(lease);
    await this.lanes.guests.want(mtms, 3 * SECOND_LANE_RETRY_MS);
    return null;
  }

  private async letGoOfSecond(held: Held): Promise<void> {
    const { second } = held;
    held.second = null;
    if (second !== null) await this.letGo(second);
  }

  private async letGo(second: LeaseKeeper): Promise<void> {
    second.stop();
    await this.lanes.release(second.lease, Date.now());
  }

  private keeper(lease: Lease): LeaseKeeper {
    return new LeaseKeeper(lease, this.lanes, this.settings.leaseMs);
  }

  /** When the lane wants its next turn, if no job may start in it now (ms since 1970). */
  private async closedUntil({ keeper, second }: Held): Promise<number | null> {
    const { mtms } = keeper.lease;
    const { closedUntil, wantedUntil, guestJobId } = await this.lanes.state(mtms);
    // Who has both lanes makes way for nobody: else two migrations that go opposite ways could do so for ever.
    const until = Math.max(closedUntil, second === null ? wantedUntil : 0);
    if (until > Date.now()) return until;
    if (guestJobId === null || !(await this.lanes.guests.isAtWork(mtms))) return null;
    return Date.now() + SECOND_LANE_RETRY_MS;
  }

  private async runHead({ keeper, second }: Held): Promise<HeadEnd> {
    const head = await this.lanes.head(keeper.lease);
    if (head === null) return { kind: 'empty' };
    if (head.waitingFor?.reason === 'pacing') {
      const left = await this.pacing.left(head);
      if (left > 0) return { kind: 'put-back', dueAt: Date.now() + left };
    }
    const other = heldSystemOf(head);
    if (other !== null) {
      if (second?.lease.mtms !== other) return { kind: 'wants-second-lane' };
      const free = await this.lanes.guests.enter(second.lease, head.id, inDoubt(head));
      if (!free) return { kind: 'put-back', dueAt: Date.now() + SECOND_LANE_RETRY_MS };
    }
    const started = await this.lanes.start(keeper.lease, {
      ...head,
      startedAt: head.startedAt ?? new Date().toISOString(),
    });
    // Paused, or the head was canceled since: what is next is seen when the lane is looked at again.
    if (started === null && other !== null) await this.lanes.guests.leave(other, head.id, 0);
    if (started === null)
      return (await this.lanes.state(keeper.lease.mtms)).paused ? { kind: 'empty' } : { kind: 'over' };
    this.watch.jobEntered(started);
    if (inDoubt(started)) return this.settle(keeper, started, null);
    keeper.second = other === null ? null : second;
    const end = await this.executor.run(keeper, started);
    keeper.second = null;
    await this.leaveSecondLane(started, end);
    return end;
  }

  private async settle(keeper: LeaseKeeper, orphan: JobRecord, observed: unknown): Promise<RunEnd> {
    const end = await this.executor.settle(keeper, orphan, observed);
    await this.leaveSecondLane(orphan, end);
    return end;
  }

  private async leaveSecondLane(job: JobRecord, end: RunEnd): Promise<void> {
    const other = heldSystemOf(job);
    if (other !== null) {
      const closedForMs = end.kind === 'closed' ? Math.max(0, end.dueAt - Date.now()) : 0;
      await this.lanes.guests.leave(other, job.id, closedForMs);
    }
  }
}

/** Only a job in doubt after a failover of Redis comes from the queue with a command that may have been sent. */
function inDoubt(head: JobRecord): boolean {
  return head.plan.some((step) => step.state === 'unknown');
}
