import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { HmcConnections } from '../hmc/hmc-connections.js';
import { REDIS } from '../redis/redis.module.js';
import type { ReadyDto } from './health.dto.js';
import { Readiness } from './readiness.js';

/** Tells whether this replica can serve, and how the HMCs are. */
@Injectable()
export class HealthService {
  constructor(
    private readonly readiness: Readiness,
    private readonly hmcs: HmcConnections,
    @Inject(REDIS) redis: Redis,
  ) {
    readiness.add('redis', async () => {
      try {
        await redis.ping();
        return { ready: true, detail: 'Redis answers.' };
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
