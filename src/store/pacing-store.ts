import { Keys } from './keys.js';
import type { Lease } from './lease.js';
import { LuaScript, type RedisClient } from './lua-script.js';
import { withStore } from './store-unavailable.js';

const END = new LuaScript(`
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[2])
`);

/** The distance between two moves of one vNIC, in Redis: a key that lives as long as the next move has to wait. */
export class PacingStore {
  private readonly keys: Keys;

  constructor(
    private readonly redis: RedisClient,
    prefix: string,
  ) {
    this.keys = new Keys(prefix);
  }

  /** Milliseconds that this vNIC's next move still has to wait; 0 when it may move now. */
  async left(mtms: string, partitionId: number, slot: number): Promise<number> {
    return Math.max(0, await withStore(() => this.redis.pttl(this.keys.pacing(mtms, partitionId, slot))));
  }

  async start(mtms: string, partitionId: number, slot: number, ms: number): Promise<void> {
    if (ms > 0) await withStore(() => this.redis.set(this.keys.pacing(mtms, partitionId, slot), '1', 'PX', ms));
  }

  /**
   * The move has surely not come. Only the owner of the lane may say so: for one that was frozen another may have moved
   * the vNIC meanwhile, and that move keeps its distance.
   */
  async end(lease: Lease, partitionId: number, slot: number): Promise<void> {
    const keys = [this.keys.lane(lease.mtms), this.keys.pacing(lease.mtms, partitionId, slot)];
    await withStore(() => END.run(this.redis, keys, [lease.epoch]));
  }
}
