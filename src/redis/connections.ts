import { Redis } from 'ioredis';

/**
 * The connection for answering HTTP calls. While Redis is away a command fails within seconds, so that the caller gets
 * 503 and can try again, instead of waiting in a queue that nobody sees.
 * @param url `redis://…`, `rediss://…` or the path of a Unix socket
 */
export function connectStore(url: string): Redis {
  const redis = new Redis(url, {
    connectionName: 'hmc-vnic-gateway-store',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 5_000,
    // Forever, at most two seconds apart: the service is useful again as soon as Redis is.
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  return withErrorListener(redis);
}

/**
 * A connection for work in the background and for blocking reads: commands wait until Redis is back. BullMQ demands
 * this (`maxRetriesPerRequest: null`).
 * @param url as for connectStore
 */
export function connectWorker(url: string): Redis {
  const redis = new Redis(url, {
    connectionName: 'hmc-vnic-gateway-worker',
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  return withErrorListener(redis);
}

/**
 * Without a listener ioredis prints every failed attempt to the console. The commands that fail tell their callers, and
 * RedisModule logs the outage once.
 */
function withErrorListener(redis: Redis): Redis {
  redis.on('error', () => undefined);
  return redis;
}

/**
 * Closes a connection for good: every command that waits on it fails now. ioredis 6's own `disconnect()` forgets the
 * waiting commands of a connection that is between two attempts, and their callers would wait for ever.
 */
export function endConnection(redis: Redis): void {
  if (redis.status === 'reconnecting') {
    // Into an attempt, which the line below breaks off; only that empties the queue. What fails has told its caller.
    redis.connect().catch(() => undefined);
  }
  redis.disconnect();
}
