import { canonicalJson } from '../canonical-json.js';

/**
 * Whether a target was observed (`Operation.observe`) twice as the same. One of the two may come from Redis: both are
 * compared in the form in which JSON carries them, where nothing at all is null.
 */
export function isSameObservation(one: unknown, other: unknown): boolean {
  return canonicalJson(one ?? null) === canonicalJson(other ?? null);
}
