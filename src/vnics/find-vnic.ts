import { findPartition } from '../core/operations/find-partition.js';
import type { Partition } from '../core/resources/partition.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import type { Vnic } from '../core/resources/vnic.js';
import type { PartitionAddress } from '../http/path-names.js';
import { ProblemError } from '../http/problem-error.js';

/** The partition that a path names. @throws ProblemError target-not-found or ambiguous-name */
export function partitionAt(snapshot: Snapshot<'partitions'>, address: PartitionAddress): Partition {
  const found = findPartition(snapshot, { partition: address });
  if (!found.ok) throw new ProblemError(found.refusal);
  return found.value;
}

/** The vNICs of the partition that a path names, in the order of slots. */
export function vnicsOf(snapshot: Snapshot<'partitions' | 'vnics'>, address: PartitionAddress): Vnic[] {
  const { id } = partitionAt(snapshot, address);
  return snapshot.vnics.filter((vnic) => vnic.partition.id === id).sort((a, b) => a.slot - b.slot);
}

/** The vNIC in a slot of the partition that a path names. @throws ProblemError target-not-found */
export function vnicAt(snapshot: Snapshot<'partitions' | 'vnics'>, address: PartitionAddress, slot: number): Vnic {
  const vnic = vnicsOf(snapshot, address).find((candidate) => candidate.slot === slot);
  if (vnic === undefined) {
    const { name } = partitionAt(snapshot, address);
    throw new ProblemError({
      type: 'target-not-found',
      detail: `Partition ${name} of ${snapshot.system.name} has no vNIC in slot ${slot}. List its vNICs to see which there are.`,
    });
  }
  return vnic;
}
