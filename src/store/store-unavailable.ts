import { ProblemError } from '../http/problem-error.js';
import { isStoreAway } from '../redis/store-away.js';

/**
 * Runs a call to Redis; when Redis is away, that comes out as a `store-unavailable` problem (503). A write whose answer
 * was lost may have been done: the words say so, and say what makes asking again safe.
 */
export async function withStore<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isStoreAway(error)) throw error;
    const detail =
      'Redis did not take the call. If this was a change, ask again with the same Idempotency-Key: ' +
      'it makes one job, even if the lost call was stored.';
    throw new ProblemError(
      { type: 'store-unavailable', detail, members: { retryable: true, retryAfterSeconds: 5 } },
      { cause: error },
    );
  }
}
