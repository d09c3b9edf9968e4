import type { JobStore } from '../store/job-store.js';
import type { LaneStore } from '../store/lane-store.js';
import type { TurnQueue } from '../store/turn-queue.js';

const EVERY_MS = 1000;
const LANES_AT_ONCE = 100;
const TRIM_EVERY_MS = 60 * 60 * 1000;

/**
 * Looks once a second for lanes that want a turn and have none: after a pause, a worker that was lost, or a turn that
 * never reached BullMQ. Costs one small call to Redis however many systems there are.
 */
export class Sweep {
  private timer: NodeJS.Timeout | null = null;
  private busy: Promise<void> = Promise.resolve();
  private trimmedAt = -Infinity;

  constructor(
    private readonly lanes: LaneStore,
    private readonly jobs: JobStore,
    private readonly queue: TurnQueue,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.busy = this.sweep().finally(() => {
        if (this.timer !== null) this.start();
      });
    }, EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.busy;
  }

  private async sweep(): Promise<void> {
    try {
      for (const mtms of await this.lanes.takeDue(LANES_AT_ONCE)) {
        await this.queue.askAgain(mtms, await this.lanes.epoch(mtms));
      }
      if (performance.now() - this.trimmedAt > TRIM_EVERY_MS) {
        await this.jobs.lists.trim();
        this.trimmedAt = performance.now();
      }
    } catch (error) {
      this.onError(error);
    }
  }
}
