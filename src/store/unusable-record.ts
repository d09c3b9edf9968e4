import { isKnownOperation } from '../core/operations/operations.js';
import { ProblemError } from '../http/problem-error.js';
import { recordOf, type JobRecord } from './job-record.js';

/** A job stands in its lane and has no record: nobody can tell any more what it was. */
export class RecordGone extends Error {
  constructor(readonly jobId: string) {
    super(`job ${jobId} stands in its lane, and its record is gone from Redis`);
    this.name = 'RecordGone';
  }
}

/** This version cannot do anything with the record: a newer one made it, or somebody else wrote it. */
export class RecordNotUnderstood extends ProblemError {
  constructor(
    readonly jobId: string,
    why: string,
  ) {
    super({ type: 'internal-error', detail: `The record of job ${jobId} is not understood: ${why}` });
    this.name = 'RecordNotUnderstood';
  }
}

/**
 * The record of a job as Redis has it, to be shown; null when there is none. Its operation may be one of a newer version.
 * @throws RecordNotUnderstood where there is nothing that could be shown as a job
 */
export function shownRecord(id: string, hash: Readonly<Record<string, string>>): JobRecord | null {
  let record: JobRecord | null;
  try {
    record = recordOf(hash);
  } catch {
    throw new RecordNotUnderstood(id, 'it is not JSON.');
  }
  if (record !== null && !hasItsMembers(record))
    throw new RecordNotUnderstood(id, 'a member that every job has is missing.');
  return record;
}

/** @throws RecordNotUnderstood unless this version can run the job, settle it, or judge what it has done */
export function checkUnderstood({ id, operation }: Pick<JobRecord, 'id' | 'operation'>): void {
  if (isKnownOperation(operation)) return;
  throw new RecordNotUnderstood(
    id,
    `its operation ${JSON.stringify(operation)} is not known to this version of the service.`,
  );
}

function hasItsMembers(record: Partial<JobRecord>): boolean {
  const { id, managedSystem, target, plan, warnings } = record;
  return (
    typeof id === 'string' &&
    typeof managedSystem?.mtms === 'string' &&
    typeof target === 'object' &&
    target !== null &&
    Array.isArray(plan) &&
    Array.isArray(warnings)
  );
}
