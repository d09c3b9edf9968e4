import type { OperationName, Target } from './operation.js';
import { isKnownOperation, operationOf } from './operations.js';

/** What is asked of a job here. */
interface Job {
  readonly operation: OperationName;
  readonly target: Target;
}

/**
 * The job moves a partition to another system: its command takes longer than any other change. Of an operation of a newer
 * version, which only views ask of, that cannot be said.
 */
export function movesPartition({ operation }: Pick<Job, 'operation'>): boolean {
  return isKnownOperation(operation) && operationOf(operation).targetSystem?.holdsLane === true;
}

/** MTMS of the system whose lane the job holds besides its own; null when there is none. */
export function heldSystemOf(job: Job): string | null {
  return movesPartition(job) ? (job.target.targetSystem?.mtms ?? null) : null;
}
