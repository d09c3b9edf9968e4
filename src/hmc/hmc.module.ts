import { Global, Inject, Module, type BeforeApplicationShutdown } from '@nestjs/common';
import { SERVICE_CONFIG, type ServiceConfig } from '../config/service-config.js';
import { Metrics } from '../observability/metrics.js';
import type { RedisClient } from '../redis/redis-client.js';
import { REDIS } from '../redis/redis.module.js';
import { RedisLoginLedger } from '../store/redis-login-ledger.js';
import { HmcConnections } from './hmc-connections.js';
import { SshHmcConnections } from './ssh-hmc-connections.js';

/**
 * The way to the HMCs. It ends in beforeApplicationShutdown at the latest. Where jobs run, LaneWorker ends it before
 * that, in onModuleDestroy, and what is left of its grace holds here too: the stop has one grace in all.
 */
@Global()
@Module({
  providers: [
    {
      provide: HmcConnections,
      inject: [SERVICE_CONFIG, Metrics, REDIS],
      useFactory: (config: ServiceConfig, metrics: Metrics, redis: RedisClient): HmcConnections => {
        return new SshHmcConnections(
          config.hmcs,
          ({ hmcId, kind, end, reason, durationMs }) => {
            metrics.hmcCommand(hmcId, kind, reason === null ? end : `${end}:${reason}`, durationMs / 1000);
          },
          new RedisLoginLedger(redis, config.redisPrefix),
        );
      },
    },
  ],
  exports: [HmcConnections],
})
export class HmcModule implements BeforeApplicationShutdown {
  constructor(
    private readonly connections: HmcConnections,
    @Inject(SERVICE_CONFIG) private readonly config: ServiceConfig,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.connections.close(this.config.shutdownGraceSeconds * 1000);
  }
}
