import { describe, expect, it } from 'vitest';
import { isSameObservation } from '../../../src/core/operations/observation.js';

describe('two observations of a target', () => {
  const observed = { slot: 5, devices: [{ id: '27004003', priority: 10, maximum: undefined }, null] };

  it('are the same when one of them went through Redis', () => {
    expect(isSameObservation(observed, JSON.parse(JSON.stringify(observed)))).toBe(true);
  });

  it('are the same whatever the order of their members', () => {
    expect(isSameObservation(observed, { devices: [{ priority: 10, id: '27004003' }, null], slot: 5 })).toBe(true);
  });

  it.each([
    { slot: 6, devices: observed.devices },
    { slot: '5', devices: observed.devices },
    { slot: 5, devices: [null, observed.devices[0]] },
    { slot: 5, devices: [{ id: '27004003', priority: 10, maximum: null }, null] },
    { slot: 5 },
    null,
  ])('are not the same: %j', (other) => {
    expect(isSameObservation(observed, other)).toBe(false);
  });

  it('take a target that is not there for the same, however that is written', () => {
    expect(isSameObservation(undefined, null)).toBe(true);
    expect(isSameObservation(null, null)).toBe(true);
  });
});
