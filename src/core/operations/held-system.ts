import type { OperationName, Target } from './operation.js';
import { operationOf } from './operations.js';

/** What is asked of a job here. */
interface Job {
  readonly operation: OperationName;
  readonly target: Target;
}

/** The job moves a partition to another system: its command takes longer than any other change. */
export function movesPartition({ operation }: Pick<Job, 'operation'>): boolean {
  return operationOf(operation).targetSystem?.holdsLane === true;
}

/** MTMS of the system whose lane the job holds besides its own; null when there is none. */
export function heldSystemOf(job: Job): string | null {
  return movesPartition(job) ? (job.target.targetSystem?.mtms ?? null) : null;
}
