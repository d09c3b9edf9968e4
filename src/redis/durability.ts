import type { ServiceConfig } from '../config/service-config.js';
import { parseRedisUrl } from './redis-address.js';

/**
 * What is done besides writing, so that a write outlives the server that took it
 * (docs/reliability.md, "Redis set-ups").
 */
export interface Durability {
  /**
   * How many replicas must have an accepted job, and the mark of a command as sent, before we go on; 0 = none is asked.
   */
  readonly replicas: number;
  /** How long they are waited for, in milliseconds. */
  readonly waitMs: number;
  /**
   * Whether another server may take the place of the master, without the last writes of the old one. False for one
   * Redis, which comes back with its own file.
   */
  readonly mayFailOver: boolean;
}

/** One Redis, nobody behind it. */
export const ONE_REDIS: Durability = { replicas: 0, waitMs: 0, mayFailOver: false };

export function durabilityOf(config: ServiceConfig): Durability {
  const { redisUrl, redisWaitReplicas: replicas, redisWaitMilliseconds: waitMs } = config;
  const oneAddress = redisUrl === null || parseRedisUrl(redisUrl).kind === 'single';
  return { replicas, waitMs, mayFailOver: !oneAddress || replicas > 0 };
}
