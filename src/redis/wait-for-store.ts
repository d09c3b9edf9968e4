import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { RedisClient } from './redis-client.js';

const PATIENCE_MS = 5_000;

/**
 * Gives the first connection to Redis a moment, so that the first call does not fail on it. A Redis that is away does
 * not stop the start: /health/ready says so, and the connection comes as soon as Redis does.
 */
export async function waitForStore(redis: RedisClient, logger: Pick<Logger, 'warn'>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (redis.status !== 'ready') {
    if (performance.now() > deadline) {
      logger.warn('Redis cannot be reached yet; changes are answered with 503 until it can');
      return;
    }
    await sleep(20);
  }
}
