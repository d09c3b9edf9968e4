import { Inject, Injectable } from '@nestjs/common';
import { SERVICE_CONFIG, type ServiceConfig } from '../config/service-config.js';
import { HmcConnections } from '../hmc/hmc-connections.js';
import { Keys } from '../store/keys.js';
import { StoreCondition, isNearlyFull, percent } from '../store/store-condition.js';
import { durabilityOf } from '../redis/durability.js';
import type { RedisClient } from '../redis/redis-client.js';
import { REDIS } from '../redis/redis.module.js';
import type { ReadyDto } from './health.dto.js';
import { Readiness } from './readiness.js';

/** Tells whether this replica can serve, and how the HMCs are. */
@Injectable()
export class HealthService {
  constructor(
    private readonly readiness: Readiness,
    private readonly hmcs: HmcConnections,
    @Inject(REDIS) redis: RedisClient,
    @Inject(SERVICE_CONFIG) config: ServiceConfig,
  ) {
    const sequence = new Keys(config.redisPrefix).sequence();
    const condition = new StoreCondition(redis, sequence, durabilityOf(config));
    readiness.add('redis', async () => {
      try {
        // A key of ours: in a cluster only the node that holds them counts.
        await redis.exists(sequence);
        const report = await condition.report();
        // Reads go on, and so do the jobs that run.
        if (!isNearlyFull(report)) return { ready: true, detail: 'Redis answers.' };
        return { ready: true, detail: `Redis is ${percent(report)} % full: new jobs are refused.` };
      } catch {
        return { ready: false, detail: 'Redis does not answer.' };
      }
    });
  }

  /** Ready when every check is; an HMC that is away is shown and does not count, because the others are served. */
  async ready(): Promise<ReadyDto> {
    const checks = await this.readiness.results();
    return {
      status: Object.values(checks).every((check) => check.ready) ? 'ready' : 'not-ready',
      checks,
      hmcs: this.hmcs.hmcIds().map((id) => {
        // Without addresses and messages: everybody may read this.
        const { reachable, circuit, lastError } = this.hmcs.reachability(id);
        return { id, reachable, circuit, lastError: lastError?.reason ?? null };
      }),
    };
  }
}
