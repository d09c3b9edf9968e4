import { describe, expect, it } from 'vitest';
import {
  outcome,
  settleDecision,
  type EndOfCommand,
  type Outcome,
  type Readback,
  type SettledStep,
} from '../../src/core/outcome.js';

const SUCCEEDED: Outcome = { state: 'succeeded', warn: false };
const SUCCEEDED_WITH_WARNING: Outcome = { state: 'succeeded', warn: true };
const NO_EFFECT: Outcome = { state: 'failed', effect: 'none' };
const PARTIAL_EFFECT: Outcome = { state: 'failed', effect: 'partial' };
const INDETERMINATE: Outcome = { state: 'indeterminate' };
const WAIT: Outcome = { state: 'wait' };

/** End of the command, readback, the outcome within the settle bound, the outcome when it is over. */
const TABLE: readonly (readonly [EndOfCommand, Readback, Outcome, Outcome])[] = [
  ['exit-zero', 'holds', SUCCEEDED, SUCCEEDED],
  ['exit-zero', 'unchanged', WAIT, INDETERMINATE],
  ['exit-zero', 'changed', WAIT, INDETERMINATE],
  ['exit-zero', 'unreadable', WAIT, INDETERMINATE],
  ['exit-nonzero', 'holds', SUCCEEDED_WITH_WARNING, SUCCEEDED_WITH_WARNING],
  ['exit-nonzero', 'unchanged', NO_EFFECT, NO_EFFECT],
  ['exit-nonzero', 'changed', PARTIAL_EFFECT, PARTIAL_EFFECT],
  ['exit-nonzero', 'unreadable', WAIT, INDETERMINATE],
  ['unknown', 'holds', SUCCEEDED, SUCCEEDED],
  ['unknown', 'unchanged', WAIT, INDETERMINATE],
  ['unknown', 'changed', WAIT, INDETERMINATE],
  ['unknown', 'unreadable', WAIT, INDETERMINATE],
];

describe('the outcome of a command and its readback', () => {
  it('has a row for every end and every readback, once', () => {
    expect(new Set(TABLE.map(([end, readback]) => `${end} ${readback}`)).size).toBe(3 * 4);
    expect(TABLE).toHaveLength(12);
  });

  it.each(TABLE)('%s, %s', (end, readback, within, over) => {
    expect(outcome({ end, readback, settleBoundOver: false })).toEqual(within);
    expect(outcome({ end, readback, settleBoundOver: true })).toEqual(over);
  });
});

const STEP_STATES: readonly SettledStep[] = ['planned', 'sent', 'succeeded', 'failed', 'unknown', 'never-started'];

/** Every list of up to three steps. */
const STEP_LISTS: readonly (readonly SettledStep[])[] = [
  [],
  ...STEP_STATES.map((a) => [a]),
  ...STEP_STATES.flatMap((a) => STEP_STATES.map((b) => [a, b])),
  ...STEP_STATES.flatMap((a) => STEP_STATES.flatMap((b) => STEP_STATES.map((c) => [a, b, c]))),
];

/** What the steps of an orphan say, in words: by the most doubtful of them. */
type Trace = 'nothing sent' | 'all answered' | 'one in doubt';
const TRACE_OF_STATE: Record<SettledStep, Trace> = {
  planned: 'nothing sent',
  'never-started': 'nothing sent',
  succeeded: 'all answered',
  failed: 'all answered',
  sent: 'one in doubt',
  unknown: 'one in doubt',
};
const DOUBT: readonly Trace[] = ['nothing sent', 'all answered', 'one in doubt'];

function traceOf(steps: readonly SettledStep[]): Trace {
  return steps
    .map((step) => TRACE_OF_STATE[step])
    .reduce<Trace>((worst, trace) => {
      return DOUBT.indexOf(trace) > DOUBT.indexOf(worst) ? trace : worst;
    }, 'nothing sent');
}

/** Trace of the steps, requeues so far, is the bound over, decision while the wish does not hold. */
const SETTLE_TABLE = [
  ['nothing sent', 0, false, 'requeue'],
  ['nothing sent', 0, true, 'requeue'],
  ['nothing sent', 1, false, 'requeue'],
  ['nothing sent', 1, true, 'requeue'],
  ['nothing sent', 2, false, 'requeue'],
  ['nothing sent', 2, true, 'requeue'],
  ['nothing sent', 3, false, 'worker-lost'],
  ['nothing sent', 3, true, 'worker-lost'],
  ['nothing sent', 4, false, 'worker-lost'],
  ['nothing sent', 4, true, 'worker-lost'],
  ['all answered', 0, false, 'continue'],
  ['all answered', 0, true, 'continue'],
  ['all answered', 1, false, 'continue'],
  ['all answered', 1, true, 'continue'],
  ['all answered', 2, false, 'continue'],
  ['all answered', 2, true, 'continue'],
  ['all answered', 3, false, 'continue'],
  ['all answered', 3, true, 'continue'],
  ['all answered', 4, false, 'continue'],
  ['all answered', 4, true, 'continue'],
  ['one in doubt', 0, false, 'wait'],
  ['one in doubt', 0, true, 'indeterminate'],
  ['one in doubt', 1, false, 'wait'],
  ['one in doubt', 1, true, 'indeterminate'],
  ['one in doubt', 2, false, 'wait'],
  ['one in doubt', 2, true, 'indeterminate'],
  ['one in doubt', 3, false, 'wait'],
  ['one in doubt', 3, true, 'indeterminate'],
  ['one in doubt', 4, false, 'wait'],
  ['one in doubt', 4, true, 'indeterminate'],
] as const;

describe('settling an orphaned job', () => {
  it.each(SETTLE_TABLE)('%s, put back %d times, bound over: %s → %s', (trace, requeues, boundOver, decision) => {
    const lists = STEP_LISTS.filter((steps) => traceOf(steps) === trace);
    expect(lists.length).toBeGreaterThan(10);
    for (const steps of lists) {
      expect(settleDecision({ holds: false, steps, requeues, boundOver }), steps.join()).toBe(decision);
      expect(settleDecision({ holds: true, steps, requeues, boundOver }), steps.join()).toBe('succeeded');
    }
  });
});
