/** Capacities are percentages with at most two decimals (hmc-cli.md §1.6): whole hundredths add and compare exactly. */
export function hundredths(percent: number): number {
  return Math.round(percent * 100);
}

/** Whether a number is a percentage above 0 and up to 100 with at most two decimals. */
export function isPercentage(percent: number): boolean {
  return percent > 0 && percent <= 100 && Math.abs(percent * 100 - hundredths(percent)) < 1e-6;
}

export function isMultipleOf(percent: number, step: number): boolean {
  return hundredths(percent) % hundredths(step) === 0;
}

/**
 * The multiples of a step around a percentage, for a message: the one below (null when that is 0) and the one above
 * (null above 100).
 */
export function neighbouringMultiples(percent: number, step: number): readonly number[] {
  const steps = hundredths(percent) / hundredths(step);
  return [Math.floor(steps), Math.ceil(steps)]
    .map((count) => (count * hundredths(step)) / 100)
    .filter((multiple) => multiple > 0 && multiple <= 100);
}
