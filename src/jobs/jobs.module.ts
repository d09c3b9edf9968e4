import { Global, Inject, Logger, Module, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { SERVICE_CONFIG, type ServiceConfig } from '../config/service-config.js';
import { InventoryModule } from '../inventory/inventory.module.js';
import { LaneStore } from '../lanes/lane-store.js';
import { TurnQueue } from '../lanes/turns.js';
import { connectWorker } from '../redis/connections.js';
import { durabilityOf } from '../redis/durability.js';
import type { RedisClient } from '../redis/redis-client.js';
import { REDIS, REDIS_URL_IN_USE } from '../redis/redis.module.js';
import { ChangeService } from './change.service.js';
import { JobEventStream } from './job-event-stream.js';
import { JobEvents } from './job-events.js';
import { JobStore } from './job-store.js';
import { JobsController } from './jobs.controller.js';
import { JobsService } from './jobs.service.js';
import { Keys } from './keys.js';
import { ReconcileService } from './reconcile.service.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Records, their events, and the way in for changes. What runs the jobs stands in lanes/. */
@Global()
@Module({
  imports: [InventoryModule],
  controllers: [JobsController],
  providers: [
    JobsService,
    JobEventStream,
    ChangeService,
    ReconcileService,
    {
      provide: JobStore,
      inject: [REDIS, SERVICE_CONFIG],
      useFactory: (redis: RedisClient, config: ServiceConfig) =>
        new JobStore(redis, config.redisPrefix, config.jobRetentionDays * DAY_MS, durabilityOf(config)),
    },
    {
      provide: LaneStore,
      inject: [REDIS, SERVICE_CONFIG],
      useFactory: (redis: RedisClient, config: ServiceConfig) => {
        const retentionMs = config.jobRetentionDays * DAY_MS;
        return new LaneStore(redis, config.redisPrefix, config.leaseSeconds * 1000, retentionMs, durabilityOf(config));
      },
    },
    {
      provide: TurnQueue,
      inject: [REDIS, SERVICE_CONFIG],
      useFactory: (redis: RedisClient, config: ServiceConfig) => new TurnQueue(redis, new Keys(config.redisPrefix).tag),
    },
    {
      provide: JobEvents,
      inject: [REDIS, REDIS_URL_IN_USE, SERVICE_CONFIG],
      useFactory: (redis: RedisClient, url: string, config: ServiceConfig) =>
        new JobEvents(redis, connectWorker(url), new Keys(config.redisPrefix)),
    },
  ],
  exports: [JobStore, LaneStore, TurnQueue, JobsService, ChangeService],
})
export class JobsModule implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(JobsModule.name);

  constructor(
    private readonly events: JobEvents,
    private readonly turns: TurnQueue,
    @Inject(SERVICE_CONFIG) private readonly config: ServiceConfig,
  ) {}

  onModuleInit(): void {
    // A process that only works has nobody to tell.
    if (this.config.role !== 'worker') this.events.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.events.stop();
    await this.turns.close().catch((error: unknown) => this.logger.warn(`turns: ${String(error)}`));
  }
}
