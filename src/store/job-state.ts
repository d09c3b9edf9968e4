import type { JobState } from './job-record.js';

/** The states a job may go to from each state; every write of a record is checked against this. */
export const NEXT_STATES: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['running', 'canceled'],
  running: ['queued', 'succeeded', 'failed', 'indeterminate'],
  // Reconciled later: what was not known is known now.
  indeterminate: ['succeeded', 'failed'],
  succeeded: [],
  failed: [],
  canceled: [],
};

/** True when nothing will happen to the job by itself any more. */
export function isFinal(state: JobState): boolean {
  switch (state) {
    case 'queued':
    case 'running':
      return false;
    case 'succeeded':
    case 'failed':
    case 'indeterminate':
    case 'canceled':
      return true;
  }
}
