import { Keys } from './keys.js';
import { HOLD_HMC_WAIT } from './hmc-away.js';
import { NOW } from './redis-time.js';
import { LuaScript, type RedisClient } from './lua-script.js';
import { withStore } from './store-unavailable.js';
import type { Lease } from './lease.js';

/*
 * A job that touches two systems runs in the lane of the first one and is a guest in the lane of the second: while it runs
 * nothing else runs there. The mark stays when the worker is lost, until a turn of the first lane has settled the job: a
 * lease would end, and the command may still be at work.
 */

// In, under the lease of the lane: only when nothing of its own runs, may run (`doubt`), waits out a doubt, or has been
// paused. Who comes to settle a job, and sends nothing, need not wait for the one in doubt here: it may wait for the guest.
// The mark of a job that does not run was left by a lost worker: it holds nobody up (a lane without jobs has no turn that
// would look after it).
const ENTER = new LuaScript(`${NOW}${HOLD_HMC_WAIT}
local lane = KEYS[1]
local epoch, id, settles, jobs = unpack(ARGV)
if redis.call('HGET', lane, 'epoch') ~= epoch then return 0 end
if redis.call('HGET', lane, 'running') or redis.call('HGET', lane, 'paused') then return 0 end
if settles ~= '1' and redis.call('HGET', lane, 'doubt') then return 0 end
if tonumber(redis.call('HGET', lane, 'closedUntil') or '0') > now then return 0 end
local guest = redis.call('HGET', lane, 'guest')
if guest and guest ~= id and redis.call('HGET', jobs .. guest, 'state') == 'running' then return 0 end
redis.call('HSET', lane, 'guest', id)
holdHmcWait(lane)
redis.call('HDEL', lane, 'wantedUntil')
return 1
`);

const LEAVE = new LuaScript(`${NOW}
local lane = KEYS[1]
local id, closedFor = unpack(ARGV)
if redis.call('HGET', lane, 'guest') ~= id then return 0 end
redis.call('HDEL', lane, 'guest')
if closedFor ~= '0' and now + closedFor > tonumber(redis.call('HGET', lane, 'closedUntil') or '0') then
  redis.call('HSET', lane, 'closedUntil', now + closedFor)
end
return 1
`);

const WANT = new LuaScript(`${NOW}
redis.call('HSET', KEYS[1], 'wantedUntil', now + ARGV[1])
return 1
`);

/** Jobs of other lanes that work on a system. */
export class LaneGuests {
  private readonly keys: Keys;

  constructor(
    private readonly redis: RedisClient,
    prefix: string,
  ) {
    this.keys = new Keys(prefix);
  }

  /**
   * Marks the job as the guest of a lane of which we hold the lease. false: the lane is not free for it now.
   * @param settles the job is in doubt itself: it is looked at, and no command of it is sent
   */
  async enter(lease: Lease, jobId: string, settles: boolean): Promise<boolean> {
    const args = [lease.epoch, jobId, settles ? 1 : 0, this.keys.job('')];
    return (await withStore(() => ENTER.run(this.redis, [this.keys.lane(lease.mtms)], args))) === 1;
  }

  /** Ends the visit; the lane starts nothing for so long (ms). */
  async leave(mtms: string, jobId: string, closedForMs: number): Promise<void> {
    await withStore(() => LEAVE.run(this.redis, [this.keys.lane(mtms)], [jobId, closedForMs]));
  }

  /** Whether a running job of another lane is at work here. A mark that a lost worker left for a job that is over goes. */
  async isAtWork(mtms: string): Promise<boolean> {
    const id = await withStore(() => this.redis.hget(this.keys.lane(mtms), 'guest'));
    if (id === null) return false;
    if ((await withStore(() => this.redis.hget(this.keys.job(id), 'state'))) === 'running') return true;
    await this.leave(mtms, id, 0);
    return false;
  }

  /** Asks the turns of a busy lane to make way: for so long (ms) they start no further job. */
  async want(mtms: string, ms: number): Promise<void> {
    await withStore(() => WANT.run(this.redis, [this.keys.lane(mtms)], [ms]));
  }
}
