import type { Refusal } from '../refusal.js';
import { isVirtualIoServer } from '../resources/partition.js';
import type { Snapshot } from '../resources/snapshot.js';

/**
 * The refusal (`rule-violation`) of a vNIC for a Virtual I/O Server (`lpar_env` vioserver, hmc-cli.md §1.8): it hosts
 * the backing devices of client partitions, and is none itself. Null for every other partition.
 */
export function clientPartitionRefusal(snapshot: Snapshot<'partitions'>, partitionId: number): Refusal | null {
  const partition = snapshot.partitions.find(({ id }) => id === partitionId);
  return partition !== undefined && isVirtualIoServer(partition)
    ? {
        type: 'rule-violation',
        detail: `Partition ${partition.name} is a Virtual I/O Server: it hosts the backing devices of vNICs, and has no vNIC itself. Name a client partition.`,
      }
    : null;
}
