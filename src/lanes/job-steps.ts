import { hmcWords } from '../core/hmc-language/error-catalogue.js';
import { showCommand } from '../core/hmc-language/quote-word.js';
import type { PlannedCommand } from '../core/operations/operation.js';
import type { CommandEnd } from '../hmc/command-end.js';
import type { JobRecord, JobStep } from '../store/job-record.js';

/** Steps that may have reached an HMC: everything but what is only planned and what surely never started. */
export function sentSteps(record: JobRecord): readonly JobStep[] {
  return record.plan.filter((step) => step.state !== 'planned' && step.state !== 'never-started');
}

/** Whether this command line was sent and not refused. A refused one may come again: when it found the HMC busy. */
export function isAccepted(record: JobRecord, line: string): boolean {
  return sentSteps(record).some((step) => step.command === line && step.state !== 'failed');
}

/**
 * The step whose end decides what becomes of a job: the last that was sent, or a refusal before it that was not followed
 * by another try (after a refusal automatic failover may have been restored). undefined: nothing was sent.
 */
export function decidingStep(record: JobRecord): JobStep | undefined {
  const sent = sentSteps(record);
  const last = sent.at(-1);
  if (last === undefined || last.state === 'sent' || last.state === 'unknown') return last;
  const refused = sent.find(
    (step, i) => step.state === 'failed' && !sent.slice(i + 1).some((later) => later.command === step.command),
  );
  return refused ?? last;
}

/** What stands in the record of a command that ended. */
export function answerOf(end: CommandEnd): Partial<JobStep> {
  const finishedAt = new Date().toISOString();
  switch (end.kind) {
    case 'exited': {
      const { exitStatus } = end;
      const hmcMessage = hmcWords(end);
      return exitStatus === 0
        ? { state: 'succeeded', exitStatus, hmcMessage: hmcMessage === '' ? null : hmcMessage, finishedAt }
        : { state: 'failed', exitStatus, hmcMessage, finishedAt };
    }
    case 'never-started':
      return { state: 'never-started', hmcMessage: end.message, finishedAt };
    case 'unknown':
      return { state: 'unknown', hmcMessage: end.message, finishedAt };
  }
}

/**
 * What an HMC says of a change that it accepts, for the warnings of the job. A change that succeeds prints nothing
 * (LIVE vnic-add-remove-live.txt), and no words that mean nothing are known: any may tell what the readback cannot show.
 */
export function wordsBesideSuccess({ state, hmcMessage }: Partial<JobStep>): readonly string[] {
  return state === 'succeeded' && typeof hmcMessage === 'string' ? [hmcMessage] : [];
}

/** Marks the planned step with this command line as sent. */
export function withSent(plan: readonly JobStep[], line: string): JobStep[] {
  const startedAt = new Date().toISOString();
  return plan.map((step) =>
    step.state === 'planned' && step.command === line ? { ...step, state: 'sent', startedAt } : step,
  );
}

/** Changes the step that was sent last. */
export function withLastSent(plan: readonly JobStep[], change: Partial<JobStep>): JobStep[] {
  const index = plan.findLastIndex((step) => step.state === 'sent');
  return plan.map((step, i) => (i === index ? { ...step, ...change } : step));
}

/** Keeps what was sent and puts the new rest behind it. */
export function withPlan(plan: readonly JobStep[], rest: readonly PlannedCommand[]): JobStep[] {
  const planned = rest.map(({ command, movesActive }) => ({
    command: showCommand(command),
    state: 'planned' as const,
    movesActive,
    exitStatus: null,
    hmcMessage: null,
    startedAt: null,
    finishedAt: null,
  }));
  const lines = new Set(planned.map((step) => step.command));
  const kept = plan.filter(
    (step) => step.state !== 'planned' && !(step.state === 'never-started' && lines.has(step.command)),
  );
  return [...kept, ...planned];
}

/** The warnings of a job with further ones, those of a plan say: each is told once, however often it comes. */
export function withWarnings(told: readonly string[], further: readonly string[] = []): readonly string[] {
  return [...new Set([...told, ...further])];
}
