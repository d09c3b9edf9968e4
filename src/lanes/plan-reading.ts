import { operationOf } from '../core/operations/operations.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { ProblemError } from '../http/problem-error.js';
import type { Inventory } from '../inventory/inventory.js';
import { withUsedSlots } from '../inventory/with-used-slots.js';
import { readerOf } from '../jobs/job-reader.js';
import type { JobRecord } from '../store/job-record.js';

/**
 * What the operation needs to plan, or to plan the rest. After an HMC did not take the command the other one goes first: its
 * reads may work where its changes do not.
 * @throws ProblemError what a reading throws
 */
export async function readToPlan(
  inventory: Inventory,
  record: JobRecord,
  what: 'needs' | 'readback',
): Promise<Snapshot> {
  const operation = operationOf(record.operation);
  const reader = await readerOf(inventory, record);
  const whole = (snapshot: Snapshot): Snapshot | Promise<Snapshot> =>
    what === 'needs' ? withUsedSlots(inventory, operation, snapshot, record.target, 'own') : snapshot;
  if (record.plan.some((step) => step.state === 'never-started')) {
    const other = reader.seenBy.find((view) => view.hmcId !== record.hmc);
    try {
      if (other !== undefined) return await whole(await reader.read(what, 'own', other.hmcId));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
    }
  }
  return whole(await reader.read(what, 'own', null));
}

/** What planning the rest of a job needs; null while it cannot be read. */
export async function readRest(inventory: Inventory, record: JobRecord): Promise<Snapshot | null> {
  try {
    return await readToPlan(inventory, record, 'readback');
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}
