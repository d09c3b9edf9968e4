import { Keys } from './keys.js';
import { LuaScript, type RedisClient } from './lua-script.js';
import { withStore } from './store-unavailable.js';
import type { Lease } from './lease.js';
import { NOW } from './redis-time.js';

// Out of the lane, where it is marked as running or stands in front, and only when it has no record. What was marked as
// running may have sent a command, which may still be at work: the lane stays closed for a while.
const DROP = new LuaScript(`${NOW}
local lane, queue, job = KEYS[1], KEYS[2], KEYS[3]
local epoch, id, closedFor = unpack(ARGV)
if redis.call('HGET', lane, 'epoch') ~= epoch or redis.call('HEXISTS', job, 'record') == 1 then return 0 end
if redis.call('HGET', lane, 'running') == id then
  redis.call('HDEL', lane, 'running')
  redis.call('HSET', lane, 'closedUntil', math.max(now + closedFor, tonumber(redis.call('HGET', lane, 'closedUntil') or '0')))
elseif redis.call('LINDEX', queue, 0) == id then
  redis.call('LPOP', queue)
else
  return 0
end
if redis.call('HGET', lane, 'doubt') == id then redis.call('HDEL', lane, 'doubt') end
return 1
`);

/** Jobs of which nothing is left but their place in a lane: somebody deleted their record, or Redis evicted it. */
export class LostJobs {
  private readonly keys: Keys;

  constructor(
    private readonly redis: RedisClient,
    prefix: string,
  ) {
    this.keys = new Keys(prefix);
  }

  /**
   * Takes the job out of the lane of which we hold the lease. false: it has a record, or is neither running nor the head.
   * @param closedForMs how long the lane starts nothing after one that was marked as running
   */
  async drop({ mtms, epoch }: Lease, jobId: string, closedForMs: number): Promise<boolean> {
    const keys = [this.keys.lane(mtms), this.keys.laneQueue(mtms), this.keys.job(jobId)];
    return (await withStore(() => DROP.run(this.redis, keys, [epoch, jobId, closedForMs]))) === 1;
  }
}
