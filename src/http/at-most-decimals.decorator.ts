import { ValidateBy } from 'class-validator';

const IN_WORDS = { 2: 'two', 4: 'four' } as const;

/**
 * A number with at most so many decimals. In place of class-validator's IsNumber, which looks for the decimals behind
 * the point of the text, and fails on a number that JavaScript writes without one: `1e-7`.
 */
export function AtMostDecimals(places: keyof typeof IN_WORDS): PropertyDecorator {
  return ValidateBy({
    name: 'atMostDecimals',
    validator: {
      validate: (value: unknown) => typeof value === 'number' && Number(value.toFixed(places)) === value,
      defaultMessage: () => `must be a number with at most ${IN_WORDS[places]} decimals`,
    },
  });
}
