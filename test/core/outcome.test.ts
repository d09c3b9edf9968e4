import { describe, expect, it } from 'vitest';
import {
  effectOf,
  outcome,
  settleDecision,
  type EndOfCommand,
  type Outcome,
  type Readback,
  type StepState,
} from '../../src/core/outcome.js';

/** End of the command, readback, the outcome within the settle bound, the outcome when it is over. */
const TABLE: readonly (readonly [EndOfCommand, Readback, Outcome, Outcome])[] = [
  ['exit-zero', 'holds', 'succeeded', 'succeeded'],
  ['exit-zero', 'unchanged', 'wait', 'indeterminate'],
  ['exit-zero', 'changed', 'wait', 'indeterminate'],
  ['exit-zero', 'unreadable', 'wait', 'indeterminate'],
  ['exit-nonzero', 'holds', 'succeeded', 'succeeded'],
  ['exit-nonzero', 'unchanged', 'failed', 'failed'],
  ['exit-nonzero', 'changed', 'failed', 'failed'],
  ['exit-nonzero', 'unreadable', 'wait', 'indeterminate'],
  ['unknown', 'holds', 'succeeded', 'succeeded'],
  ['unknown', 'unchanged', 'wait', 'indeterminate'],
  ['unknown', 'changed', 'wait', 'indeterminate'],
  ['unknown', 'unreadable', 'wait', 'indeterminate'],
];

describe('the outcome of a command and its readback', () => {
  it('has a row for every end and every readback, once', () => {
    expect(new Set(TABLE.map(([end, readback]) => `${end} ${readback}`)).size).toBe(3 * 4);
    expect(TABLE).toHaveLength(12);
  });

  it.each(TABLE)('%s, %s', (end, readback, within, over) => {
    expect(outcome({ end, readback, settleBoundOver: false })).toBe(within);
    expect(outcome({ end, readback, settleBoundOver: true })).toBe(over);
  });
});

describe('the effect of a failed job', () => {
  it.each([
    ['unchanged', 'none'],
    ['changed', 'partial'],
    ['holds', 'partial'],
    ['unreadable', 'partial'],
  ] as const)('%s: %s', (readback, effect) => {
    expect(effectOf(readback)).toBe(effect);
  });
});

const STEP_STATES: readonly StepState[] = ['planned', 'sent', 'succeeded', 'failed', 'unknown', 'never-started'];

/** Every list of up to three steps. */
const STEP_LISTS: readonly (readonly StepState[])[] = [
  [],
  ...STEP_STATES.map((a) => [a]),
  ...STEP_STATES.flatMap((a) => STEP_STATES.map((b) => [a, b])),
  ...STEP_STATES.flatMap((a) => STEP_STATES.flatMap((b) => STEP_STATES.map((c) => [a, b, c]))),
];

const NOTHING_SENT: readonly StepState[] = ['planned', 'never-started'];

describe('settling an orphaned job', () => {
  const unsent = STEP_LISTS.filter((steps) => steps.every((step) => NOTHING_SENT.includes(step)));
  const sent = STEP_LISTS.filter((steps) => !unsent.includes(steps));
  const REQUEUES = [0, 1, 2, 3, 4];

  it('has succeeded where the wish holds, whatever was sent', () => {
    for (const steps of STEP_LISTS) {
      for (const requeues of REQUEUES) expect(settleDecision({ holds: true, steps, requeues })).toBe('succeeded');
    }
  });

  it.each([
    [0, 'requeue'],
    [1, 'requeue'],
    [2, 'requeue'],
    [3, 'worker-lost'],
    [4, 'worker-lost'],
  ] as const)('nothing was sent, put back %d times: %s', (requeues, decision) => {
    expect(unsent).toHaveLength(1 + 2 + 4 + 8);
    for (const steps of unsent) expect(settleDecision({ holds: false, steps, requeues }), steps.join()).toBe(decision);
  });

  it.each(REQUEUES)('something may have been sent, put back %d times: looked at, never begun anew', (requeues) => {
    expect(sent).toHaveLength(4 + 32 + 208);
    for (const steps of sent) expect(settleDecision({ holds: false, steps, requeues }), steps.join()).toBe('look');
  });
});
