import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { isInfoRefused } from '../redis/info-refused.js';
import { readPersistenceSettings, whatMayBeLost } from '../redis/persistence-settings.js';
import type { RedisClient } from '../redis/redis-client.js';
import { REDIS } from '../redis/redis.module.js';
import { ReplicaReadiness } from './replica-readiness.js';

/** How long a finding is shown before Redis is asked again: who mends a setting wants to see it. */
const FINDING_MAX_AGE_MS = 60_000;

const SAFE = 'Redis keeps every write: appendonly yes, appendfsync always, noeviction.';
const NOT_TOLD =
  'Redis does not tell its settings (CONFIG GET is refused), so they could not be checked: it needs appendonly yes, ' +
  'appendfsync always and maxmemory-policy noeviction.';
const NO_INFO =
  'Redis does not tell its memory and its replicas (INFO is refused), so the guard that refuses new jobs while it is nearly ' +
  'full is off.';
const SEE = 'See docs/reliability.md, "Redis set-ups".';

/**
 * Says what the settings of Redis may lose: in the log when the service starts, and whenever what is found differs (a
 * failover may lead to a server with other settings); and in `/health/ready`, without making it unready.
 */
@Injectable()
export class DurabilityWatch implements OnApplicationBootstrap {
  private readonly logger = new Logger('Redis');
  private found: { readonly detail: string; readonly at: number } | null = null;

  constructor(
    @Inject(REDIS) private readonly redis: RedisClient,
    readiness: ReplicaReadiness,
  ) {
    readiness.add('durability', async () => ({ ready: true, detail: await this.detail() }));
  }

  async onApplicationBootstrap(): Promise<void> {
    // Whenever a connection stands anew: it may be to another server, or the first one comes late.
    this.redis.on('ready', () => void this.look().catch(() => undefined));
    if (this.redis.status === 'ready') await this.look().catch(() => undefined);
  }

  private async detail(): Promise<string> {
    if (this.found !== null && performance.now() - this.found.at < FINDING_MAX_AGE_MS) return this.found.detail;
    try {
      return await this.look();
    } catch {
      return this.found?.detail ?? 'Redis does not answer, so its settings could not be checked.';
    }
  }

  /** @throws what ioredis throws when Redis is away */
  private async look(): Promise<string> {
    const servers = await readPersistenceSettings(this.redis);
    const losses = new Set(servers.flatMap((settings) => (settings === null ? [NOT_TOLD] : whatMayBeLost(settings))));
    if (await isInfoRefused(this.redis)) losses.add(NO_INFO);
    const detail = losses.size === 0 ? SAFE : [...losses].join(' ');
    if (losses.size > 0 && detail !== this.found?.detail) this.logger.warn(`${detail} ${SEE}`);
    this.found = { detail, at: performance.now() };
    return detail;
  }
}
