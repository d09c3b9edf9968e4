import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_FAILED_LOGINS, type LoginLedger, type LoginTurn } from '../hmc/login-ledger.js';
import { LATE, within } from '../within.js';
import { Keys } from './keys.js';
import { LuaScript, type RedisClient } from './lua-script.js';
import { NOW } from './redis-time.js';

/** A failed login is remembered so long: far beyond the longest pause of the guard, and not for ever. */
const MEMORY_MS = 24 * 3_600_000;
const LOOK_AGAIN_MS = 50;
/** A Redis that is slower than this is away: a login does not wait for it. */
const ANSWER_MS = 1_000;
/** At the start of the process the connection may need a moment; a guard that begins later would not guard the start. */
const FIRST_CONNECTION_MS = 2_000;

// KEYS of both scripts: the failed logins (a hash: count, until), the turn.
/** ARGV: token, how long the turn lasts (ms). Returns whether it is ours, how many failed, how long none may be tried. */
const TAKE = new LuaScript(`${NOW}
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {0, 0, 0} end
local failed = redis.call('HMGET', KEYS[1], 'count', 'until')
return {1, tonumber(failed[1] or 0), math.max(0, tonumber(failed[2] or 0) - now)}
`);
/** ARGV: token, how many have failed, ms until one may be tried, how long this is remembered (ms). */
const END = new LuaScript(`${NOW}
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
if tonumber(ARGV[2]) == 0 then return redis.call('DEL', KEYS[1]) end
local known = redis.call('HMGET', KEYS[1], 'count', 'until')
local count = math.max(tonumber(known[1] or 0), tonumber(ARGV[2]))
local lockedUntil = math.max(tonumber(known[2] or 0), now + ARGV[3])
redis.call('HSET', KEYS[1], 'count', count, 'until', string.format('%.0f', lockedUntil))
return redis.call('PEXPIRE', KEYS[1], ARGV[4])
`);

/**
 * For all processes that share a Redis, and over their restarts. While Redis is away every process is on its own, with
 * the guard that it has itself (Circuit): reads of the HMCs do not depend on Redis.
 */
export class RedisLoginLedger implements LoginLedger {
  readonly #redis: RedisClient;
  readonly #keys: Keys;
  #sawRedis = false;

  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#keys = new Keys(prefix);
  }

  async take(login: string, turnMs: number, abort: AbortSignal): Promise<LoginTurn> {
    const key = this.#keys.hmcLogin(login);
    const keys = [key, `${key}:turn`];
    const token = randomUUID();
    await this.#awaitFirstConnection(abort);
    while (!abort.aborted) {
      const answer = await this.#run(TAKE, keys, [token, turnMs]);
      if (answer === null) break;
      const [taken = 0, count = 0, lockedMs = 0] = answer as number[];
      if (taken === 1) {
        return {
          failed: { count, lockedMs },
          end: async (failed) => {
            await this.#run(END, keys, [token, failed.count, Math.round(failed.lockedMs), MEMORY_MS]);
          },
        };
      }
      await sleep(LOOK_AGAIN_MS);
    }
    return {
      failed: NO_FAILED_LOGINS,
      // Redis may be back by now, and others should know.
      end: async (failed) => {
        if (failed.count > 0) await this.#run(END, keys, [token, failed.count, Math.round(failed.lockedMs), MEMORY_MS]);
      },
    };
  }

  /** Null when Redis is away. */
  async #run(script: LuaScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      const answer = await within(script.run(this.#redis, keys, args), ANSWER_MS);
      return answer === LATE ? null : answer;
    } catch {
      return null;
    }
  }

  async #awaitFirstConnection(abort: AbortSignal): Promise<void> {
    const deadline = performance.now() + FIRST_CONNECTION_MS;
    while (!this.#sawRedis && !abort.aborted && performance.now() < deadline) {
      if (this.#redis.status === 'ready') break;
      await sleep(LOOK_AGAIN_MS);
    }
    this.#sawRedis = true;
  }
}
