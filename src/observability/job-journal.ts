import { Injectable, Logger } from '@nestjs/common';
import type { JobRecord } from '../store/job-record.js';
import { isFinal } from '../store/job-state.js';
import { Metrics } from './metrics.js';

/** Told of every state that a job enters in this process, by whoever has just written it to the store. */
export interface JobWatch {
  jobEntered(record: JobRecord): void;
}

/** Counts the states of jobs, and logs a line for each job that is over: who changed what outlasts its record. */
@Injectable()
export class JobJournal implements JobWatch {
  private readonly logger = new Logger('Jobs');

  constructor(private readonly metrics: Metrics) {}

  jobEntered(record: JobRecord): void {
    const { id: jobId, operation, state, managedSystem, target, requestedBy } = record;
    this.metrics.jobEntered(operation, state);
    if (!isFinal(state)) return;
    const { partition, slot, physicalPort } = target;
    this.logger.log(
      {
        jobId,
        operation,
        state,
        system: managedSystem,
        target: { partition: partition?.name, slot, physicalPort },
        requestedBy,
        durationMs: Date.parse(record.finishedAt ?? '') - Date.parse(record.createdAt),
      },
      'job ended',
    );
  }
}
