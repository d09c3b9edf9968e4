import type { JobRecord, JobStep } from './job-record.js';

/**
 * The record of a job whose mark of a sent command may have been lost: its next planned command, or one that nobody knows
 * any more, counts as one whose answer is missing. The plan of a record that says so by itself stays as it is.
 */
export function maybeSent(before: JobRecord): JobRecord {
  const record = { ...before, afterFailover: true } as const;
  if (record.plan.some((step) => step.state === 'sent' || step.state === 'unknown')) return record;
  const next = record.plan.findIndex((step) => step.state === 'planned');
  const lost = 'Redis failed over: whether this was sent is not known.';
  if (next >= 0) {
    const plan = record.plan.map((step, i) =>
      i === next ? { ...step, state: 'unknown' as const, hmcMessage: lost } : step,
    );
    return { ...record, plan };
  }
  const step: JobStep = {
    command: '(lost with its plan when Redis failed over)',
    state: 'unknown',
    movesActive: true,
    exitStatus: null,
    hmcMessage: lost,
    startedAt: null,
    finishedAt: null,
  };
  return { ...record, plan: [...record.plan, step] };
}
