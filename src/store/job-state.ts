import type { JobState } from './job-record.js';

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
