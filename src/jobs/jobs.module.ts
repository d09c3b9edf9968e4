import { Global, Inject, Module, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { SERVICE_CONFIG, type ServiceConfig } from '../config/service-config.js';
import { InventoryModule } from '../inventory/inventory.module.js';
import { connectWorker } from '../redis/connections.js';
import type { RedisClient } from '../redis/redis-client.js';
import { REDIS, REDIS_URL_IN_USE } from '../redis/redis.module.js';
import { Keys } from '../store/keys.js';
import { StoreModule } from '../store/store.module.js';
import { ChangeService } from './change.service.js';
import { JobEventStream } from './job-event-stream.js';
import { JobEvents } from './job-events.js';
import { JobsController } from './jobs.controller.js';
import { JobsService } from './jobs.service.js';
import { ReconcileService } from './reconcile.service.js';

/** Jobs as people see them, their events, and the way in for changes. What runs them stands in lanes/. */
@Global()
@Module({
  imports: [InventoryModule, StoreModule],
  controllers: [JobsController],
  providers: [
    JobsService,
    JobEventStream,
    ChangeService,
    ReconcileService,
    {
      provide: JobEvents,
      inject: [REDIS, REDIS_URL_IN_USE, SERVICE_CONFIG],
      useFactory: (redis: RedisClient, url: string, config: ServiceConfig) =>
        new JobEvents(redis, connectWorker(url), new Keys(config.redisPrefix)),
    },
  ],
  exports: [JobsService, ChangeService],
})
export class JobsModule implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly events: JobEvents,
    @Inject(SERVICE_CONFIG) private readonly config: ServiceConfig,
  ) {}

  onModuleInit(): void {
    // A process that only works has nobody to tell.
    if (this.config.role !== 'worker') this.events.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.events.stop();
  }
}
