import { Inject, Injectable } from '@nestjs/common';
import { SERVICE_CONFIG, type ServiceConfig } from '../config/service-config.js';
import { HmcConnections } from '../hmc/hmc-connections.js';
import { within } from '../within.js';
import { Keys } from '../store/keys.js';
import { StoreCondition } from '../store/store-condition.js';
import { durabilityOf } from '../redis/durability.js';
import type { RedisClient } from '../redis/redis-client.js';
import { REDIS } from '../redis/redis.module.js';
import type { ReadyDto } from './health.dto.js';
import { ReplicaReadiness } from './replica-readiness.js';

/** How long the page waits for HMCs that are tried: whoever asks for it wants it soon, and looks again. */
const PROBE_PATIENCE_MS = 1_000;

/** Tells whether this replica can serve, and how the HMCs are. */
@Injectable()
export class HealthService {
  constructor(
    private readonly readiness: ReplicaReadiness,
    private readonly hmcs: HmcConnections,
    @Inject(REDIS) redis: RedisClient,
    @Inject(SERVICE_CONFIG) config: ServiceConfig,
  ) {
    // A key of ours: in a cluster only the node that holds them counts.
    const condition = new StoreCondition(redis, new Keys(config.redisPrefix).sequence(), durabilityOf(config));
    readiness.add('redis', async () => {
      const why = await condition.whyNothingIsTaken();
      return why === null ? { ready: true, detail: 'Redis answers and takes writes.' } : { ready: false, detail: why };
    });
  }

  /** Ready when every check is; an HMC that is away is shown and does not count, because the others are served. */
  async ready(): Promise<ReadyDto> {
    // Nobody may have called for long: then what is known of an HMC is old, and this is who asks.
    const probes = Promise.all(this.hmcs.hmcIds().map((id) => this.hmcs.probe(id)));
    const [checks] = await Promise.all([this.readiness.results(), within(probes, PROBE_PATIENCE_MS)]);
    return {
      status: Object.values(checks).every((check) => check.ready) ? 'ready' : 'not-ready',
      checks,
      hmcs: this.hmcs.hmcIds().map((id) => {
        // Without addresses and messages: everybody may read this.
        const { reachable, lastSeenAt, circuit, lastError } = this.hmcs.reachability(id);
        return { id, reachable, lastSeenAt, circuit, lastError: lastError?.reason ?? null };
      }),
    };
  }
}
