import { operationOf } from '../core/operations/operations.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { ProblemError } from '../http/problem-error.js';
import type { Inventory } from '../inventory/inventory.js';
import { readForOperation } from '../inventory/read-for-operation.js';
import { withUsedSlots } from '../inventory/with-used-slots.js';
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
  const system = await inventory.find(record.managedSystem.mtms);
  const systems = { system, targetMtms: record.target.targetSystem?.mtms };
  const whole = (snapshot: Snapshot): Snapshot | Promise<Snapshot> =>
    what === 'needs' ? withUsedSlots(inventory, operation, snapshot, record.target, 'own') : snapshot;
  if (record.plan.some((step) => step.state === 'never-started')) {
    const other = system.seenBy.find((view) => view.hmcId !== record.hmc);
    try {
      if (other !== undefined) {
        const options = { sharing: 'own', hmcId: other.hmcId } as const;
        return await whole(await readForOperation(inventory, operation, what, systems, options));
      }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
    }
  }
  return whole(await readForOperation(inventory, operation, what, systems, { sharing: 'own' }));
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
