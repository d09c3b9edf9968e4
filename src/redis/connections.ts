import { Redis } from 'ioredis';

/**
 * The connection for answering HTTP calls. While Redis is away a command fails within seconds, so that the caller gets
 * 503 and can try again, instead of waiting in a queue that nobody sees.
 * @param url `redis://…`, `rediss://…` or the path of a Unix socket
 */
export function connectStore(url: string): Redis {
  return new Redis(url, {
    connectionName: 'hmc-vnic-gateway-store',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 5_000,
    // Forever, at most two seconds apart: the service is useful again as soon as Redis is.
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
}

/**
 * A connection for work in the background and for blocking reads: commands wait until Redis is back. BullMQ demands
 * this (`maxRetriesPerRequest: null`).
 * @param url as for connectStore
 */
export function connectWorker(url: string): Redis {
  return new Redis(url, {
    connectionName: 'hmc-vnic-gateway-worker',
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
}
