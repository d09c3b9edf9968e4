import { Global, Inject, Logger, Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { SERVICE_CONFIG, type ServiceConfig } from '../config/service-config.js';
import { durabilityOf } from '../redis/durability.js';
import type { RedisClient } from '../redis/redis-client.js';
import { REDIS } from '../redis/redis.module.js';
import { JobStore } from './job-store.js';
import { Keys } from './keys.js';
import { LaneStore } from './lane-store.js';
import { TurnQueue } from './turn-queue.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The lanes over one connection: a worker has one of its own. */
export function laneStoreOf(redis: RedisClient, config: ServiceConfig): LaneStore {
  const { redisPrefix, leaseSeconds, jobRetentionDays } = config;
  return new LaneStore(redis, redisPrefix, leaseSeconds * 1000, jobRetentionDays * DAY_MS, durabilityOf(config));
}

/** What is kept in Redis: the records of jobs, the lanes, and the asking for turns. */
@Global()
@Module({
  providers: [
    {
      provide: JobStore,
      inject: [REDIS, SERVICE_CONFIG],
      useFactory: (redis: RedisClient, config: ServiceConfig) =>
        new JobStore(redis, config.redisPrefix, config.jobRetentionDays * DAY_MS, durabilityOf(config)),
    },
    {
      provide: LaneStore,
      inject: [REDIS, SERVICE_CONFIG],
      useFactory: laneStoreOf,
    },
    {
      provide: TurnQueue,
      inject: [REDIS, SERVICE_CONFIG],
      useFactory: (redis: RedisClient, config: ServiceConfig) => new TurnQueue(redis, new Keys(config.redisPrefix).tag),
    },
  ],
  exports: [JobStore, LaneStore, TurnQueue],
})
export class StoreModule implements BeforeApplicationShutdown {
  private readonly logger = new Logger(StoreModule.name);

  constructor(@Inject(TurnQueue) private readonly turns: TurnQueue) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.turns.close().catch((error: unknown) => this.logger.warn(`turns: ${String(error)}`));
  }
}
