import type { JobRecord } from '../store/job-record.js';
import type { Lease } from '../store/lease.js';
import type { PacingStore } from '../store/pacing-store.js';

/** The distance that two moves of the active device of one vNIC keep, where the partition runs Linux. */
export class Pacing {
  constructor(
    private readonly store: PacingStore,
    private readonly ms: number,
  ) {}

  /** How long (ms) the next move of this job's vNIC still waits. */
  async left({ managedSystem, target }: JobRecord): Promise<number> {
    const { partition, slot } = target;
    if (partition === undefined || slot === undefined) return 0;
    return this.store.left(managedSystem.mtms, partition.id, slot);
  }

  /** `again`: only where the distance was being kept already, as the one who knew the partition had found. */
  async begin(record: JobRecord, again = false): Promise<void> {
    const { managedSystem, target } = record;
    const { partition, slot } = target;
    if (partition === undefined || slot === undefined) return;
    if (again && (await this.left(record)) === 0) return;
    await this.store.start(managedSystem.mtms, partition.id, slot, this.ms);
  }

  /** Nothing was sent, so nothing has moved; not for one who has lost the lane meanwhile. */
  async end(lease: Lease, { target }: JobRecord): Promise<void> {
    const { partition, slot } = target;
    if (partition === undefined || slot === undefined) return;
    await this.store.end(lease, partition.id, slot);
  }
}
