/** How the last command of a job ended. `unknown`: timed out, lost, or without an exit status; it may still be running. */
export type EndOfCommand = 'exit-zero' | 'exit-nonzero' | 'unknown';

/** What the reading after the command shows, against the wish and against the observation before the first command. */
export type Readback = 'holds' | 'unchanged' | 'changed' | 'unreadable';

export type Outcome =
  /** `warn`: the HMC refused the command, and yet the wished state is there; its words belong into the warnings. */
  | { readonly state: 'succeeded'; readonly warn: boolean }
  | { readonly state: 'failed'; readonly effect: 'none' | 'partial' }
  | { readonly state: 'indeterminate' }
  /** Read again later, within the settle bound. */
  | { readonly state: 'wait' };

/**
 * What the end of a command and a readback mean for the job:
 *
 * | command      | readback   | job                                                         |
 * |--------------|------------|-------------------------------------------------------------|
 * | any          | holds      | succeeded; exit ≠ 0 with a warning                          |
 * | exit 0       | else       | wait, at the end of the bound indeterminate                 |
 * | exit ≠ 0     | unchanged  | failed, no effect                                           |
 * | exit ≠ 0     | changed    | failed, partial effect                                      |
 * | exit ≠ 0     | unreadable | wait, at the end of the bound indeterminate                 |
 * | unknown      | else       | wait, at the end of the bound indeterminate                 |
 *
 * A refusal is the HMC's last word, so its row does not wait; but without a reading nobody can say what it left behind.
 */
export function outcome(input: {
  readonly end: EndOfCommand;
  readonly readback: Readback;
  readonly settleBoundOver: boolean;
}): Outcome {
  const { end, readback, settleBoundOver } = input;
  const notYet: Outcome = settleBoundOver ? { state: 'indeterminate' } : { state: 'wait' };
  switch (readback) {
    case 'holds':
      return { state: 'succeeded', warn: end === 'exit-nonzero' };
    case 'unchanged':
      return end === 'exit-nonzero' ? { state: 'failed', effect: 'none' } : notYet;
    case 'changed':
      return end === 'exit-nonzero' ? { state: 'failed', effect: 'partial' } : notYet;
    case 'unreadable':
      return notYet;
  }
}

/** How far a step of an orphaned job had come, as its record says. */
export type SettledStep = 'planned' | 'sent' | 'succeeded' | 'failed' | 'unknown' | 'never-started';

/** How often a job goes back to the front because its worker was lost before anything was sent. */
export const MOST_REQUEUES = 3;

export type SettleDecision =
  | 'succeeded'
  /** Plan again from the reading and go on. */
  | 'continue'
  /** Back to the front of the lane, one requeue more. */
  | 'requeue'
  /** Failed: worker after worker was lost before anything was sent. */
  | 'worker-lost'
  /** A command may still be running: read again within the settle bound. */
  | 'wait'
  | 'indeterminate';

/**
 * What to do with a job that an earlier owner of its lane left running, after the system has been read. In this order:
 * the wish holds → succeeded; nothing was sent → back to the front, at most three times; every sent step has a recorded
 * answer of the HMC → go on, so that no plan stays half way; else a command may still be running.
 */
export function settleDecision(input: {
  readonly holds: boolean;
  readonly steps: readonly SettledStep[];
  /** How often it was put back already. */
  readonly requeues: number;
  readonly boundOver: boolean;
}): SettleDecision {
  const { holds, steps, requeues, boundOver } = input;
  if (holds) {
    return 'succeeded';
  }
  const sent = steps.filter((step) => step !== 'planned' && step !== 'never-started');
  if (sent.length === 0) {
    return requeues < MOST_REQUEUES ? 'requeue' : 'worker-lost';
  }
  if (sent.every((step) => step === 'succeeded' || step === 'failed')) {
    return 'continue';
  }
  return boundOver ? 'indeterminate' : 'wait';
}
