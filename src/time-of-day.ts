/**
 * What time of day it is at a moment of `performance.now()` (ISO 8601 UTC), by the clock of this machine as it is set now.
 * How long something takes or lasts inside one process is reckoned by `performance.now()`, which nobody sets: a clock
 * that is set back would else prolong every pause by as much.
 */
export function timeOfDay(moment: number): string {
  return new Date(Date.now() + moment - performance.now()).toISOString();
}
