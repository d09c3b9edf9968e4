import { describe, expect, it } from 'vitest';
import { elected, electionMoves, nextBest } from '../../../src/core/resources/election.js';
import { device } from '../operations/estate.js';

const a = device({ logicalPortId: 'a', failoverPriority: 10, active: true });
const b = device({ logicalPortId: 'b', failoverPriority: 20 });
const c = device({ logicalPortId: 'c', failoverPriority: 20 });

describe('the election of automatic failover', () => {
  it('goes to the lowest number', () => {
    expect(elected([b, a, c])).toBe(a);
    expect(elected([])).toBeNull();
  });

  it('passes over what is not operational', () => {
    const down = { ...a, status: 'Link Down' };
    expect(elected([down, b])).toBe(b);
    expect(electionMoves([down, b])).toBe(true);
    expect(elected([down])).toBeNull();
    expect(electionMoves([down])).toBe(false);
  });

  it('stays where it is among equals, and compares numbers, not text', () => {
    expect(elected([b, { ...c, active: true }])?.logicalPortId).toBe('c');
    expect(electionMoves([b, { ...c, active: true }])).toBe(false);
    expect(
      elected([
        { ...b, failoverPriority: 100 },
        { ...c, failoverPriority: 9 },
      ])?.logicalPortId,
    ).toBe('c');
  });

  it('counts a status that is not told as one that may be operational', () => {
    expect(elected([{ ...a, status: null, active: null }, b])?.logicalPortId).toBe('a');
  });
});

describe('the next best device', () => {
  it('is the lowest of the others, and known to be operational', () => {
    expect(nextBest([a, c, b], a)?.logicalPortId).toBe('c');
    expect(nextBest([a, { ...b, status: null }, { ...c, status: 'Link Down' }], a)).toBeNull();
    expect(nextBest([a], a)).toBeNull();
  });
});
