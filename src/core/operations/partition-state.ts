import { type Refusal } from '../refusal.js';
import type { Snapshot } from '../resources/snapshot.js';

/**
 * A vNIC can be created and deleted while the partition runs or is shut off, not while it sits in Open Firmware
 * (hmc-cli.md §1.1, SEED). The other states named here are between the two (§1.8); that they do not allow it is
 * INFERRED. A state that is not known to us, or not told, is left to the HMC.
 */
const STATES_WITHOUT_VNIC_CHANGES: readonly string[] = [
  'Open Firmware',
  'Error',
  'Not Available',
  'Starting',
  'Shutting Down',
  'Migrating - Running',
  'Migrating - Not Activated',
];

/** The refusal (`partition-state`) when a vNIC of this partition can be neither created nor deleted now, else null. */
export function partitionStateRefusal(snapshot: Snapshot<'partitions'>, partitionId: number): Refusal | null {
  const partition = snapshot.partitions.find(({ id }) => id === partitionId);
  if (partition === undefined || partition.state === null || !STATES_WITHOUT_VNIC_CHANGES.includes(partition.state)) {
    return null;
  }
  return {
    type: 'partition-state',
    detail: `Partition ${partition.name} is in state ${JSON.stringify(partition.state)}. A vNIC is created or deleted while the partition is Running or Not Activated: bring it there first.`,
    members: { partitionState: partition.state },
  };
}
