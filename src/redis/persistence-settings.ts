import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import { isRefusal } from './info-refused.js';
import type { RedisClient } from './redis-client.js';

/** The settings of a Redis on which it depends what a crash loses. */
export interface PersistenceSettings {
  readonly appendonly: string;
  readonly appendfsync: string;
  readonly 'maxmemory-policy': string;
}

const NAMES = ['appendonly', 'appendfsync', 'maxmemory-policy'] as const;

/**
 * What may be lost with these settings, one sentence each (docs/reliability.md, "Redis set-ups"); none when every write
 * is on the disk before it is answered, and nothing is thrown away to make room.
 */
export function whatMayBeLost(settings: PersistenceSettings): string[] {
  const losses: string[] = [];
  if (settings.appendonly !== 'yes') {
    losses.push(
      `appendonly is ${settings.appendonly}: a restart of Redis loses every job since its last snapshot, or all of them.`,
    );
  } else if (settings.appendfsync !== 'always') {
    const howMuch = settings.appendfsync === 'everysec' ? 'up to a second' : 'half a minute or more';
    losses.push(
      `appendfsync is ${settings.appendfsync}: a crash of its machine loses ${howMuch} of accepted jobs, and of the marks of commands that were sent.`,
    );
  }
  if (settings['maxmemory-policy'] !== 'noeviction') {
    losses.push(
      `maxmemory-policy is ${settings['maxmemory-policy']}: when Redis is full it deletes keys of ours, accepted jobs and leases among them.`,
    );
  }
  return losses;
}

/**
 * The settings of each master that this connection may write to; null where Redis does not tell (a managed one may
 * refuse CONFIG, as may an ACL). Its replicas are not asked.
 * @throws what ioredis throws when Redis is away
 */
export async function readPersistenceSettings(redis: RedisClient): Promise<(PersistenceSettings | null)[]> {
  // CONFIG has no key and is not allowed in scripts, so of a cluster every master is asked.
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  return Promise.all(servers.map(settingsOf));
}

async function settingsOf(server: Redis): Promise<PersistenceSettings | null> {
  try {
    // One at a time: before Redis 7 CONFIG GET takes one name.
    const answers = await Promise.all(NAMES.map((name) => server.config('GET', name)));
    const [appendonly, appendfsync, policy] = answers.map((answer) => answer[1]);
    if (appendonly === undefined || appendfsync === undefined || policy === undefined) return null;
    return { appendonly, appendfsync, 'maxmemory-policy': policy };
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}
