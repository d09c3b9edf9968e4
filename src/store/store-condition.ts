import type { Durability } from '../redis/durability.js';
import type { RedisClient } from '../redis/redis-client.js';
import { storeUnavailable, withStore } from './store-unavailable.js';

/** What Redis says about itself that matters before something new is stored. Bytes. */
export interface StoreReport {
  readonly usedMemory: number;
  /** 0 = no limit of its own. */
  readonly maxMemory: number;
  /** Replicas that follow the master now; null where Redis does not tell. */
  readonly onlineReplicas: number | null;
}

/** The part of `maxmemory` that new jobs may fill. The rest is for the records of jobs that run. */
export const MOST_MEMORY = 0.8;

/** A report as old as this is believed: a burst of calls asks once. */
const BELIEVED_MS = 1_000;

/**
 * In a script, because a script goes to the node of a cluster that holds our keys. Where INFO is refused it tells the time
 * only; what cannot be known then is said by DurabilityWatch.
 */
const INFO = `
local function info(section)
  local told = redis.pcall('INFO', section)
  return type(told) == 'string' and told or ''
end
return {info('memory') .. info('replication'), redis.call('TIME')}`;

/** Which server is the master now is part of INFO, too (history.ts): no lane can be worked on without. */
const FAILOVER_UNSEEN =
  'Redis refuses INFO to this user, so that a failover could not be seen, and no job is run. Allow it: ACL SETUSER … +info.';

/** Tells whether Redis may be given something new: room in its memory, replicas that follow. Costs one call a second. */
export class StoreCondition {
  private last: { readonly report: StoreReport; readonly at: number; readonly redisTime: number } | null = null;

  private doubted = false;

  /** @param key any key of this service */
  constructor(
    private readonly redis: RedisClient,
    private readonly key: string,
    private readonly durability: Durability,
  ) {}

  /**
   * Before a job is accepted.
   * @throws ProblemError store-unavailable: nothing was stored
   */
  async mayAccept(): Promise<void> {
    const obstacle = this.obstacle(await this.report());
    if (obstacle !== null) throw storeUnavailable(`${obstacle} Nothing was stored.`);
  }

  /**
   * Why nothing new can be stored now, as a sentence without an address for a page that everybody may read; null when it
   * can. Asks Redis for a write that changes nothing, which it refuses where it would refuse any.
   */
  async whyNothingIsTaken(): Promise<string | null> {
    try {
      await this.redis.persist(this.key);
      return this.obstacle(await this.report());
    } catch (error) {
      return wordsOf(error);
    }
  }

  /** The newest report, at most a second old. @throws ProblemError store-unavailable */
  async report(): Promise<StoreReport> {
    const isFresh = this.last !== null && performance.now() - this.last.at < BELIEVED_MS;
    if (this.last !== null && isFresh && !this.doubted) return this.last.report;
    const [text, [seconds, microseconds]] = (await withStore(() => this.redis.eval(INFO, 1, this.key))) as [
      string,
      [string, string],
    ];
    const report = storeReportOf(text);
    const redisTime = Number(seconds) * 1000 + Number(microseconds) / 1000;
    this.last = { report, at: performance.now(), redisTime };
    this.doubted = false;
    return report;
  }

  /**
   * About what time it is on Redis (ms since 1970), going by the last report: rather too early than too late, and whatever
   * the clock of this process says.
   */
  redisNow(): number {
    return this.last === null ? 0 : Math.round(this.last.redisTime + performance.now() - this.last.at);
  }

  /** The next report is a new one. */
  doubt(): void {
    this.doubted = true;
  }

  private obstacle(report: StoreReport): string | null {
    if (isNearlyFull(report)) {
      return (
        `Redis uses ${percent(report)} % of its maxmemory. New jobs are refused above ${MOST_MEMORY * 100} %, so that ` +
        'those that run can still record what they did. Raise maxmemory, or wait until finished jobs expire. A lower ' +
        'JOB_RETENTION_DAYS counts only for jobs that end after it was set.'
      );
    }
    const { onlineReplicas } = report;
    if (onlineReplicas === null) return this.durability.mayFailOver ? FAILOVER_UNSEEN : null;
    if (onlineReplicas >= this.durability.replicas) return null;
    return `${onlineReplicas} replicas follow the Redis master, and REDIS_WAIT_REPLICAS asks for ${this.durability.replicas}.`;
  }
}

/** The codes with which Redis refuses a write (redis.io/docs/latest/develop/reference/protocol-spec, and the sources of Redis). */
function wordsOf(error: unknown): string {
  const code = error instanceof Error && error.name === 'ReplyError' ? (/^[A-Z]+/.exec(error.message)?.[0] ?? '') : '';
  switch (code) {
    case 'READONLY':
      return 'Redis is a read-only replica: it takes no writes, and every change is refused.';
    case 'MISCONF':
      return 'Redis cannot write to its disk, and takes no writes.';
    case 'NOREPLICAS':
      return 'Redis has fewer replicas than its min-replicas-to-write asks for, and takes no writes.';
    case 'LOADING':
      return 'Redis is loading its file.';
    case '':
      return 'Redis does not answer.';
    default:
      return `Redis takes no writes (${code}).`;
  }
}

function isNearlyFull(report: StoreReport): boolean {
  return report.maxMemory > 0 && report.usedMemory >= report.maxMemory * MOST_MEMORY;
}

/** Reads the sections `memory` and `replication` of INFO (redis.io/commands/info). What is not there counts as 0, the replicas as not told. */
export function storeReportOf(info: string): StoreReport {
  const number = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return {
    // What replicas and the append-only file buffer does not count against maxmemory.
    usedMemory: number('used_memory') - number('mem_not_counted_for_evict'),
    maxMemory: number('maxmemory'),
    onlineReplicas: /^role:/m.test(info) ? [...info.matchAll(/^slave\d+:.*\bstate=online\b/gm)].length : null,
  };
}

function percent({ usedMemory, maxMemory }: StoreReport): number {
  return Math.round((usedMemory / maxMemory) * 100);
}
