import { createHash } from 'node:crypto';
import type { RedisClient } from '../redis/redis-client.js';
import type { Durability } from '../redis/durability.js';

export type { RedisClient };

/** MOVED or ASK from a pipeline, which ioredis does not follow where another command of it has succeeded. */
const ELSEWHERE = /^(MOVED|ASK|TRYAGAIN)\b/;
const MOST_TRIES = 3;

/**
 * One Lua script that Redis runs atomically. All keys of this service carry one hash tag, so a script may touch several
 * of them on a Redis Cluster too.
 */
export class LuaScript {
  private readonly sha: string;

  constructor(private readonly source: string) {
    this.sha = createHash('sha1').update(source).digest('hex');
  }

  /** Runs the script by its hash; sends the source only to a server that does not know it (`NOSCRIPT`). */
  async run(redis: RedisClient, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT')) {
        return redis.eval(this.source, keys.length, ...keys, ...args);
      }
      throw error;
    }
  }

  /**
   * Runs the script and then waits until its writes are on as many replicas as asked for. `WAIT` counts the writes of its
   * own connection only, so both go out together, in a cluster to the node that holds the keys. The script has to write
   * whatever its answer is, and has to give the same answer when it is run again with the same arguments: a connection
   * that broke makes ioredis send both once more, and without a write of the new connection WAIT would say yes at once.
   */
  async runReplicated(
    redis: RedisClient,
    keys: readonly string[],
    args: readonly (string | number)[],
    { replicas, waitMs }: Durability,
  ): Promise<{ readonly answer: unknown; readonly replicated: boolean }> {
    if (replicas === 0) return { answer: await this.run(redis, keys, args), replicated: true };
    for (let tries = 1; ; tries += 1) {
      const pipeline = redis.pipeline();
      pipeline.evalsha(this.sha, keys.length, ...keys, ...args);
      pipeline.wait(replicas, waitMs);
      const [script, wait] = (await pipeline.exec()) ?? [];
      const error = script === undefined ? new Error('Connection is closed.') : script[0];
      // A WAIT that failed confirms nothing; the script's own answer stands.
      if (error === null) return { answer: script?.[1], replicated: wait?.[0] === null && Number(wait[1]) >= replicas };
      const mendable = error.message.startsWith('NOSCRIPT') || ELSEWHERE.test(error.message);
      if (!mendable || tries === MOST_TRIES) throw error;
      // Loads the script, or finds the node that has the keys now.
      await this.run(redis, keys, args);
    }
  }
}
