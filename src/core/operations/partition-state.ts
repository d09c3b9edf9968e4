import { type Refusal } from '../refusal.js';
import { UNSTABLE_STATES } from '../resources/partition.js';
import { rmcConnection } from '../resources/rmc-connection.js';
import type { Snapshot } from '../resources/snapshot.js';

/**
 * The refusal (`partition-state`) when a vNIC of this partition can be neither created nor deleted now, nor given other
 * devices, else null. A running partition needs RMC, but for IBM i (hmc-cli.md §1.1, SEED).
 */
export function partitionStateRefusal(snapshot: Snapshot<'partitions'>, partitionId: number): Refusal | null {
  const partition = snapshot.partitions.find(({ id }) => id === partitionId);
  if (partition === undefined || partition.state === null) return null;
  const { name, state, rmcState, environment } = partition;
  // While it runs or is shut off (hmc-cli.md §1.1, SEED). Known is that adding fails in Open Firmware; that removing does,
  // and both in the other states, is INFERRED.
  if (UNSTABLE_STATES.includes(state)) {
    return {
      type: 'partition-state',
      detail: `Partition ${name} is in state ${JSON.stringify(state)}. A vNIC is created or deleted, and its devices are added and removed, while the partition is Running or Not Activated: bring it there first.`,
      members: { partitionState: state },
    };
  }
  if (state === 'Running' && environment !== 'os400' && rmcConnection(partition) === 'none') {
    return {
      type: 'partition-state',
      detail: `Partition ${name} is Running, and its RMC connection is ${JSON.stringify(rmcState)}. A vNIC of a running partition is created or deleted, and its devices are added and removed, through RMC: mend the connection, or shut the partition off.`,
      members: { partitionState: state, rmcState },
    };
  }
  return null;
}

/**
 * Whether the partition is known to be shut off: no hypervisor elects among its devices, whatever the listing prints.
 */
export function isShutOff(snapshot: Snapshot<'partitions'>, partitionId: number): boolean {
  return snapshot.partitions.find(({ id }) => id === partitionId)?.state === 'Not Activated';
}
