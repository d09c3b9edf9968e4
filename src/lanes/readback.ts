import type { Readback as ReadbackKind } from '../core/outcome.js';
import { isSameObservation } from '../core/operations/observation.js';
import type { Operation } from '../core/operations/operation.js';
import { operationOf } from '../core/operations/operations.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { ProblemError } from '../http/problem-error.js';
import type { Inventory } from '../inventory/inventory.js';
import { readerOf } from '../jobs/job-reader.js';
import type { JobRecord } from '../store/job-record.js';
import { targetDocument } from '../core/operations/target-document.js';
import { sentSteps } from './job-steps.js';

/** What a reading after a command shows of the target of its job. */
export interface TargetReading {
  readonly kind: 'read';
  readonly snapshot: Snapshot;
  readonly holds: boolean;
  readonly observed: unknown;
  /** The target as the API shows it. */
  readonly result: unknown;
}
/** Nobody answered, or only another HMC (`elsewhere`), of which what it shows proves nothing. */
export interface NoReading {
  readonly kind: 'unreadable';
  readonly elsewhere: boolean;
}
export type Reading = NoReading | TargetReading;

/**
 * Reads the target of a job on the HMC that ran the command. If that one is gone, another HMC may prove that the wish
 * holds, and where the HMC had answered every command, that the last one has had its effect: then the rest of the plan can
 * go on there. That the other one does not see it yet proves nothing.
 *
 * @param before the observation before the last command
 */
export async function readBack(inventory: Inventory, record: JobRecord, before: unknown): Promise<Reading> {
  const operation: Operation<unknown> = operationOf(record.operation);
  const own = await tryRead(inventory, record, record.hmc);
  const snapshot = own ?? (await tryRead(inventory, record, null));
  if (snapshot === null) return { kind: 'unreadable', elsewhere: false };
  const holds = operation.holds(snapshot, record.target, record.request);
  const observed = operation.observe(snapshot, record.target);
  // Asked among all of them, the HMC that ran the command may answer this time.
  if (snapshot.hmcId !== record.hmc && !holds) {
    const hasEffect = isAnswered(record) && !isSameObservation(observed, before);
    if (!hasEffect) return { kind: 'unreadable', elsewhere: true };
  }
  return {
    kind: 'read',
    snapshot,
    holds,
    observed,
    result: targetDocument(operation, snapshot, record.target),
  };
}

/** Whether the HMC has answered every command that was sent: none of them can be at work any more. */
function isAnswered(record: JobRecord): boolean {
  return sentSteps(record).every(({ state }) => state === 'succeeded' || state === 'failed');
}

/** What the operation reads back, from one HMC, or from any; null when it cannot be read now. */
async function tryRead(inventory: Inventory, record: JobRecord, hmcId: string | null): Promise<Snapshot | null> {
  try {
    return await (await readerOf(inventory, record)).read('readback', 'own', hmcId);
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
