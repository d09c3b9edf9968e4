import type { RedisClient } from './redis-client.js';

/** Whether an answer of Redis says that this user may not run a command, or that the server has none of this name. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError' && /^(ERR|NOPERM)\b/.test(error.message);
}

/**
 * Whether Redis refuses INFO, as an ACL without `@dangerous` makes it: then it tells neither its version nor its memory nor
 * its replicas.
 * @throws what ioredis throws when Redis is away
 */
export async function isInfoRefused(redis: RedisClient): Promise<boolean> {
  try {
    await redis.info('server');
    return false;
  } catch (error) {
    if (isRefusal(error)) return true;
    throw error;
  }
}
