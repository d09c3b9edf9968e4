import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hundredths, isMultipleOf, isPercentage, neighbouringMultiples } from '../../../src/core/resources/percent.js';

const exact = fc.integer({ min: 1, max: 10_000 });

describe('percentages with two decimals', () => {
  it('are whole hundredths, whatever binary fractions make of them', () => {
    fc.assert(fc.property(exact, (n) => hundredths(n / 100) === n && isPercentage(n / 100)));
    expect(0.29 * 100).not.toBe(29);
    expect(hundredths(0.29)).toBe(29);
  });

  it.each([0, -1, 100.01, 0.001, 2.005, Number.NaN, Number.POSITIVE_INFINITY])('%d is none', (value) => {
    expect(isPercentage(value)).toBe(false);
  });

  it('know their multiples', () => {
    fc.assert(
      fc.property(
        exact,
        fc.integer({ min: 1, max: 500 }),
        (n, step) => isMultipleOf(n / 100, step / 100) === (n % step === 0),
      ),
    );
  });

  it.each([
    [5, 2, [4, 6]],
    [1.3, 2, [2]],
    [99, 2, [98, 100]],
    [100, 30, [90]],
    [0.29, 0.02, [0.28, 0.3]],
  ])('%d between the multiples of %d', (percent, step, expected) => {
    expect(neighbouringMultiples(percent, step)).toEqual(expected);
  });
});
