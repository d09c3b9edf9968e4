import { ProblemError } from '../http/problem-error.js';
import { isStoreAway } from '../redis/store-away.js';

/**
 * Runs a call to Redis; when Redis is away, that comes out as a `store-unavailable` problem (503). A write whose answer
 * was lost may have been done: the words say so, and say what makes asking again safe (`unanswered`).
 */
export async function withStore<T>(
  call: () => Promise<T>,
  unanswered: (cause: unknown) => ProblemError = noAnswer,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isStoreAway(error)) throw error;
    throw surelyNotDone(error) ? notTaken(error) : unanswered(error);
  }
}

/** There was no connection on which to send it (`enableOfflineQueue: false`), or Redis refused it. */
function surelyNotDone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'ReplyError' || /enableOfflineQueue options is false$/.test(error.message);
}

function notTaken(cause: unknown): ProblemError {
  return storeUnavailable('Redis cannot be reached, or takes nothing now. Nothing was stored; ask again.', { cause });
}

function noAnswer(cause: unknown): ProblemError {
  return storeUnavailable(
    'Redis did not answer the call. If this was a change, ask again with the same Idempotency-Key: it makes one job, even ' +
      'if the lost call was stored.',
    { cause },
  );
}

/** Redis did not do, or may not have done, what was asked: 503, with when to ask again. */
export function storeUnavailable(
  detail: string,
  options: { readonly cause?: unknown } = {},
  members: Readonly<Record<string, unknown>> = {},
): ProblemError {
  return new ProblemError(
    { type: 'store-unavailable', detail, members: { retryable: true, retryAfterSeconds: 5, ...members } },
    options,
  );
}

/**
 * Shows something that is stored already, as `stored` says.
 * @throws ProblemError store-unavailable, with these words and members, where Redis does not tell how it stands
 */
export async function showStored<T>(
  stored: string,
  show: () => Promise<T>,
  members: Readonly<Record<string, unknown>> = {},
): Promise<T> {
  try {
    return await show();
  } catch (cause) {
    if (!(cause instanceof ProblemError) || cause.type !== 'store-unavailable') throw cause;
    throw storeUnavailable(stored, { cause }, members);
  }
}
