import { explainFailure } from '../core/hmc-language/error-catalogue.js';
import type { CommandEnd } from '../hmc/command-end.js';
import { problemOfCommandEnd } from '../hmc/command-problem.js';
import { ProblemError } from '../http/problem-error.js';
import type { JobStep } from '../store/job-record.js';
import type { NoReading, Reading } from './readback.js';

/** How a command ended, as far as is known. */
export type StepEnd =
  | { readonly kind: 'exit-zero' }
  | {
      readonly kind: 'exit-nonzero';
      readonly problem: ProblemError;
      readonly words: string;
      /** The HMC or a Virtual I/O Server was busy: the same command may be taken a little later. */
      readonly busy: boolean;
    }
  | { readonly kind: 'unknown'; readonly problem: ProblemError };

export function stepEnd(end: Exclude<CommandEnd, { kind: 'never-started' }>, hmcId: string, command: string): StepEnd {
  switch (end.kind) {
    case 'exited': {
      if (end.exitStatus === 0) return { kind: 'exit-zero' };
      const { hmcMessage, kind } = explainFailure({ ...end, kind: 'change' });
      const problem = problemOfCommandEnd(end, { kind: 'change', hmcId, command });
      return { kind: 'exit-nonzero', problem, words: hmcMessage, busy: kind === 'busy' };
    }
    case 'unknown':
      return { kind: 'unknown', problem: problemOfCommandEnd(end, { kind: 'change', hmcId, command }) };
  }
}

/** The end of a step whose answer, if there was one, stands in the record. */
export function recordedEnd(step: JobStep, hmcId: string): StepEnd {
  switch (step.state) {
    case 'succeeded':
      return { kind: 'exit-zero' };
    case 'failed': {
      const { exitStatus, hmcMessage } = step;
      const end = { kind: 'exited', exitStatus: exitStatus ?? 1, stdout: hmcMessage ?? '', stderr: '' } as const;
      return stepEnd(end, hmcId, step.command);
    }
    case 'sent':
    case 'unknown':
    case 'planned':
    case 'never-started':
      return {
        kind: 'unknown',
        problem: new ProblemError({
          type: 'outcome-unknown',
          detail: 'The worker was lost after this command was sent and before its answer was recorded.',
          members: { command: step.command },
        }),
      };
  }
}

/** Says why the outcome is not known, and what to do. */
export function unknownOutcome(end: StepEnd, reading: Reading, command: string): ProblemError {
  const seen = reading.kind === 'unreadable' ? unread(reading) : 'the system does not show the wished state';
  const how = {
    'exit-zero': 'The HMC accepted the command',
    'exit-nonzero': 'The HMC refused the command',
    unknown: 'How the command ended is not known',
  }[end.kind];
  return new ProblemError({
    type: 'outcome-unknown',
    detail: `${how}, and ${seen}. The change may still happen. Look at the target before you ask again, or reconcile the job.`,
    members: { command, ...(end.kind === 'exit-zero' ? {} : { ...end.problem.members, reason: end.problem.message }) },
  });
}

function unread({ elsewhere }: NoReading): string {
  return elsewhere
    ? 'that HMC could not be read afterwards; another one does not show the change, which proves nothing'
    : 'the system could not be read afterwards';
}
