import { Keys } from './keys.js';
import { LuaScript, type RedisClient } from './lua-script.js';
import { NOW } from './redis-time.js';
import { withStore } from './store-unavailable.js';

/**
 * Lua: the wait of a lane for an HMC stands still from now until its next job finds none (`LEFT`), because the lane
 * starts no job meanwhile. Needs `now`.
 */
export const HOLD_HMC_WAIT = `
local function holdHmcWait(lane)
  local until_ = redis.call('HGET', lane, 'hmcAwayUntil')
  if not until_ then return end
  redis.call('HSET', lane, 'hmcAwayLeft', math.max(0, until_ - now))
  redis.call('HDEL', lane, 'hmcAwayUntil')
end
`;

// While the lane is paused the wait stands still; the job that ran when it was paused may still come here.
const LEFT = new LuaScript(`${NOW}
local lane = KEYS[1]
local left = tonumber(redis.call('HGET', lane, 'hmcAwayLeft') or ARGV[1])
local until_ = redis.call('HGET', lane, 'hmcAwayUntil')
if until_ then left = math.max(0, until_ - now) end
if redis.call('HGET', lane, 'paused') then
  redis.call('HSET', lane, 'hmcAwayLeft', left)
  redis.call('HDEL', lane, 'hmcAwayUntil')
else
  redis.call('HSET', lane, 'hmcAwayUntil', now + left)
  redis.call('HDEL', lane, 'hmcAwayLeft')
end
return left
`);

/** How long the jobs of a lane wait together for an HMC that takes their commands. */
export class HmcAway {
  private readonly keys: Keys;

  constructor(
    private readonly redis: RedisClient,
    prefix: string,
  ) {
    this.keys = new Keys(prefix);
  }

  /**
   * How long (ms) the jobs of this lane still wait for an HMC: all of them together for `waitMs`, counted from when the
   * first one found none. Time in which the lane starts no job (paused, or with a guest) does not count.
   */
  async left(mtms: string, waitMs: number): Promise<number> {
    return Number(await withStore(() => LEFT.run(this.redis, [this.keys.lane(mtms)], [waitMs])));
  }

  /** An HMC took a command, or showed that none is needed or possible. */
  async end(mtms: string): Promise<void> {
    await withStore(() => this.redis.hdel(this.keys.lane(mtms), 'hmcAwayUntil', 'hmcAwayLeft'));
  }
}
