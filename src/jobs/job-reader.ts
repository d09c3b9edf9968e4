import type { Operation } from '../core/operations/operation.js';
import { operationOf } from '../core/operations/operations.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import type { Inventory, SystemSeenBy } from '../inventory/inventory.js';
import { readForOperation } from '../inventory/read-for-operation.js';
import type { Sharing } from '../inventory/single-flight.js';
import type { JobRecord } from '../store/job-record.js';

/** Reads what a job is about: its system, and the second one where it touches two. */
export interface JobReader {
  readonly seenBy: readonly SystemSeenBy[];
  /**
   * @param hmcId only this HMC is asked; null: any of them
   * @throws ProblemError what a reading throws
   */
  read(what: 'needs' | 'readback', sharing: Sharing, hmcId: string | null): Promise<Snapshot>;
}

/**
 * @param operation says what is read; that of the job unless something else is asked as well
 * @throws ProblemError as Inventory.find
 */
export async function readerOf(
  inventory: Inventory,
  job: JobRecord,
  operation: Pick<Operation<unknown>, 'needs' | 'readback' | 'targetSystem'> = operationOf(job.operation),
): Promise<JobReader> {
  const system = await inventory.find(job.managedSystem.mtms);
  const systems = { system, targetMtms: job.target.targetSystem?.mtms };
  return {
    seenBy: system.seenBy,
    read: (what, sharing, hmcId) =>
      readForOperation(inventory, operation, what, systems, { sharing, ...(hmcId === null ? {} : { hmcId }) }),
  };
}
