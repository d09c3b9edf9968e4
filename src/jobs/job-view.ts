import type { LaneState } from '../store/lane-store.js';
import type { JobRecord } from '../store/job-record.js';

/** What a view of a job tells of its lane. */
export type LaneShown = Pick<LaneState, 'paused' | 'closedUntil' | 'queuedJobIds'>;

/** A job as the API shows it. */
export type JobView = Omit<JobRecord, 'requeues' | 'afterFailover' | 'ifMatch' | 'ifNoneMatch' | 'boundTarget'> & {
  /** 1 = the next of its lane to run; null when it is not queued. */
  readonly queuePosition: number | null;
};

/** The record with what depends on the moment: its place in the lane, and what it waits for. */
export function jobView(record: JobRecord, lane: LaneShown): JobView {
  const place = record.state === 'queued' ? lane.queuedJobIds.indexOf(record.id) : -1;
  const { id, operation, state, sequence, ...shown } = record;
  const {
    requeues: _requeues,
    afterFailover: _afterFailover,
    ifMatch: _ifMatch,
    ifNoneMatch: _ifNoneMatch,
    boundTarget: _boundTarget,
    ...rest
  } = shown;
  return {
    id,
    operation,
    state,
    sequence,
    queuePosition: place === -1 ? null : place + 1,
    ...rest,
    waitingFor: record.state === 'queued' ? whatAQueuedJobWaitsFor(record, lane) : record.waitingFor,
  };
}

function whatAQueuedJobWaitsFor(record: JobRecord, lane: LaneShown): JobRecord['waitingFor'] {
  if (lane.paused !== null) return { reason: 'paused', until: null };
  if (record.waitingFor !== null) return record.waitingFor;
  if (lane.closedUntil > Date.now()) return { reason: 'settling', until: new Date(lane.closedUntil).toISOString() };
  return { reason: 'turn', until: null };
}
