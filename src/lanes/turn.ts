import type { Executor } from './executor.js';
import { FAIR_SHARE, type LaneSettings } from './lane-settings.js';
import type { LaneStore } from './lane-store.js';
import { LeaseKeeper } from './lease-keeper.js';

/** How a turn left its lane. `again`: jobs are left that could run now. */
export type TurnEnd = 'not-ours' | 'left' | 'again';

/**
 * One run of a worker through a lane: takes the lease, settles what an earlier owner left, then runs the heads in order
 * until the lane is empty, paused, waits for something, or a fair share is used. Running a turn twice does no harm.
 */
export class TurnRunner {
  private stopping = false;

  constructor(
    private readonly lanes: LaneStore,
    private readonly executor: Executor,
    private readonly settings: LaneSettings,
  ) {}

  /** Ends running turns after their present job. */
  stop(): void {
    this.stopping = true;
  }

  async run(mtms: string): Promise<TurnEnd> {
    if (this.stopping) return 'not-ours';
    const lease = await this.lanes.acquire(mtms);
    if (lease === null) return 'not-ours';
    const keeper = new LeaseKeeper(lease, this.lanes, this.settings.leaseMs);
    keeper.start();
    try {
      for (let share = 0; share < FAIR_SHARE && !this.stopping; share += 1) {
        const orphan = await this.lanes.running(lease);
        if (orphan === null) {
          const { closedUntil } = await this.lanes.state(mtms);
          if (closedUntil > Date.now()) {
            await this.lanes.release(lease, closedUntil);
            return 'left';
          }
        }
        const end = orphan
          ? await this.executor.settle(keeper, orphan.record, orphan.observed)
          : await this.runHead(keeper);
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
        }
      }
      await this.lanes.release(lease, Date.now());
      return 'again';
    } finally {
      keeper.stop();
    }
  }

  private async runHead(keeper: LeaseKeeper): Promise<Awaited<ReturnType<Executor['run']>> | { kind: 'empty' }> {
    const head = await this.lanes.head(keeper.lease);
    if (head === null) return { kind: 'empty' };
    if (head.waitingFor?.reason === 'pacing' && head.waitingFor.until !== null) {
      const dueAt = Date.parse(head.waitingFor.until);
      if (dueAt > Date.now()) return { kind: 'put-back', dueAt };
    }
    const started = await this.lanes.start(keeper.lease, {
      ...head,
      startedAt: head.startedAt ?? new Date().toISOString(),
    });
    // Paused, or the head was canceled since: what is next is seen when the lane is looked at again.
    if (started === null)
      return (await this.lanes.state(keeper.lease.mtms)).paused ? { kind: 'empty' } : { kind: 'over' };
    // Only a job in doubt after a failover of Redis comes from the queue with a command that may have been sent.
    return started.plan.some((step) => step.state === 'unknown')
      ? this.executor.settle(keeper, started, null)
      : this.executor.run(keeper, started);
  }
}
