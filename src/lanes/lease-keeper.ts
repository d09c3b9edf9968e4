import { type LaneStore } from '../store/lane-store.js';
import { LeaseLost, type Lease } from '../store/lease.js';

/** Keeps the lease of one turn alive, and tells whether it still is. */
export class LeaseKeeper {
  private timer: NodeJS.Timeout | null = null;
  private gone = false;
  /** Whether the record as last written would survive the loss of the Redis master. While it would not nothing is sent. */
  recordIsSafe = true;
  /** The lane of the second system, where a job touches two: without it nothing is sent either. */
  second: LeaseKeeper | null = null;

  constructor(
    readonly lease: Lease,
    private readonly lanes: LaneStore,
    private readonly leaseMs: number,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.confirm(), this.leaseMs / 3);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /**
   * Renews the lease; false when the lane has another owner, or when Redis did not say. A failure of Redis is not the
   * end of the lease (the next renewal may pass), but nothing may be sent on the strength of it. The same goes for an
   * answer that took longer than the lease lasts: another turn may have taken the lane since Redis gave it.
   */
  async confirm(): Promise<boolean> {
    if (this.gone) return false;
    const asked = performance.now();
    try {
      const held = await this.lanes.confirm(this.lease);
      if (!held) this.gone = true;
      const both = held && (this.second === null || (await this.second.confirm()));
      return both && this.recordIsSafe && performance.now() - asked < this.leaseMs;
    } catch {
      return false;
    }
  }

  /** Waits, and throws LeaseLost as soon as the lane is known to have another owner. */
  async sleep(ms: number): Promise<void> {
    const end = performance.now() + ms;
    for (;;) {
      if (this.gone) throw new LeaseLost(this.lease.mtms, this.lease.epoch);
      const left = end - performance.now();
      if (left <= 0) return;
      await new Promise((resolve) => setTimeout(resolve, Math.min(left, this.leaseMs / 3)));
    }
  }
}
