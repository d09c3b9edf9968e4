import { partitionOfNamedSlot } from '../core/operations/free-slot.js';
import type { Operation, Target } from '../core/operations/operation.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import type { Inventory } from './inventory.js';
import type { Sharing } from './single-flight.js';

/**
 * The reading, with the slots in use of the partition where the operation is about to fill a slot that was named: vNICs
 * share the slots with other virtual adapters, and no other listing shows those. One
 * command more, for such a change only.
 */
export async function withUsedSlots(
  inventory: Pick<Inventory, 'usedSlots'>,
  operation: Pick<Operation<unknown>, 'needs'>,
  snapshot: Snapshot,
  target: Target,
  sharing: Sharing,
): Promise<Snapshot> {
  const partition = partitionOfNamedSlot(operation, snapshot, target);
  if (partition === null) return snapshot;
  const { hmcId, system } = snapshot;
  const usedSlots = await inventory.usedSlots(hmcId, system.mtms, partition.id, sharing);
  return usedSlots === null ? snapshot : { ...snapshot, usedSlots };
}
