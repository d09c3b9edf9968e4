/**
 * How the last command of a job ended. `unknown`: timed out, lost, or without an exit status; it may still be running.
 */
export type EndOfCommand = 'exit-zero' | 'exit-nonzero' | 'unknown';

/** What the reading after the command shows, against the wish and against the observation before the first command. */
export type Readback = 'holds' | 'unchanged' | 'changed' | 'unreadable';

/** `wait`: read again later, within the settle bound. */
export type Outcome = 'succeeded' | 'failed' | 'indeterminate' | 'wait';

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
  const notYet: Outcome = settleBoundOver ? 'indeterminate' : 'wait';
  switch (readback) {
    case 'holds':
      return 'succeeded';
    case 'unchanged':
    case 'changed':
      return end === 'exit-nonzero' ? 'failed' : notYet;
    case 'unreadable':
      return notYet;
  }
}

/** What a failed job has left behind: `none` only where the target is just as it was before the first command. */
export type Effect = 'none' | 'partial';

/** The effect of a job that fails after a command was sent, by its last readback. */
export function effectOf(readback: Readback): Effect {
  return readback === 'unchanged' ? 'none' : 'partial';
}

/** How far a step of a job has come, as its record says. */
export type StepState = 'planned' | 'sent' | 'succeeded' | 'failed' | 'unknown' | 'never-started';

/** How often a job goes back to the front because its worker was lost before anything was sent. */
export const MOST_REQUEUES = 3;

export type SettleDecision =
  | 'succeeded'
  /** Back to the front of the lane, one requeue more. */
  | 'requeue'
  /** Failed: worker after worker was lost before anything was sent. */
  | 'worker-lost'
  /** Something was sent: its end, as far as the record tells it, and the readback decide (`outcome`). */
  | 'look';

/**
 * What to do with a job that an earlier owner of its lane left running, after the system has been read. In this order:
 * the wish holds → succeeded; nothing was sent → back to the front, at most three times; else it is looked at as if its
 * worker had not been lost.
 */
export function settleDecision(input: {
  readonly holds: boolean;
  readonly steps: readonly StepState[];
  /** How often it was put back already. */
  readonly requeues: number;
}): SettleDecision {
  const { holds, steps, requeues } = input;
  if (holds) return 'succeeded';
  if (steps.some((step) => step !== 'planned' && step !== 'never-started')) return 'look';
  return requeues < MOST_REQUEUES ? 'requeue' : 'worker-lost';
}
