import type { Readback as ReadbackKind } from '../core/outcome.js';
import { isSameObservation } from '../core/operations/observation.js';
import type { Operation } from '../core/operations/operation.js';
import { operationOf } from '../core/operations/operations.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { ProblemError } from '../http/problem-error.js';
import type { Inventory } from '../inventory/inventory.js';
import { readForOperation } from '../inventory/read-for-operation.js';
import type { JobRecord } from '../store/job-record.js';
import { targetDocument } from '../core/operations/target-document.js';

/** What a reading after a command shows of the target of its job. */
export interface TargetReading {
  readonly kind: 'read';
  readonly snapshot: Snapshot;
  readonly holds: boolean;
  readonly observed: unknown;
  /** The target as the API shows it. */
  readonly result: unknown;
}
export type Reading = { readonly kind: 'unreadable' } | TargetReading;

/**
 * Reads the target of a job on the HMC that ran the command. If that one is gone, another HMC may prove that the wish
 * holds; that the other one does not see it yet proves nothing.
 */
export async function readBack(inventory: Inventory, record: JobRecord): Promise<Reading> {
  const operation: Operation<unknown> = operationOf(record.operation);
  const own = await tryRead(inventory, record, record.hmc);
  const snapshot = own ?? (await tryRead(inventory, record, null));
  if (snapshot === null) return { kind: 'unreadable' };
  const holds = operation.holds(snapshot, record.target, record.request);
  // Asked among all of them, the HMC that ran the command may answer this time.
  if (snapshot.hmcId !== record.hmc && !holds) return { kind: 'unreadable' };
  return {
    kind: 'read',
    snapshot,
    holds,
    observed: operation.observe(snapshot, record.target),
    result: targetDocument(operation, snapshot, record.target),
  };
}

/** What the operation reads back, from one HMC, or from any; null when it cannot be read now. */
async function tryRead(inventory: Inventory, record: JobRecord, hmcId: string | null): Promise<Snapshot | null> {
  const operation: Operation<unknown> = operationOf(record.operation);
  const options = { sharing: 'own', ...(hmcId === null ? {} : { hmcId }) } as const;
  try {
    const system = await inventory.find(record.managedSystem.mtms);
    const systems = { system, targetMtms: record.target.targetSystem?.mtms };
    return await readForOperation(inventory, operation, 'readback', systems, options);
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}

/** The reading against the wish, and against what was observed before. */
export function kindOfReading(reading: Reading, before: unknown): ReadbackKind {
  if (reading.kind === 'unreadable') return 'unreadable';
  if (reading.holds) return 'holds';
  return isSameObservation(reading.observed, before) ? 'unchanged' : 'changed';
}
