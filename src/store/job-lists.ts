import type { JobRecord } from './job-record.js';
import { Keys } from './keys.js';
import { LuaScript, type RedisClient } from './lua-script.js';
import { withStore } from './store-unavailable.js';
import { checkUnderstood, RecordNotUnderstood, shownRecord } from './unusable-record.js';

const PAGE = 100;

// Takes those out whose record has expired. The lane remembers the newest of them (`forgotten`): who asks what has been
// done since some job must not take what is no longer listed for what never was.
const TRIM = new LuaScript(`
local jobs = KEYS[1]
local from, most, job, jobsOfSystem, lane = unpack(ARGV)
local rows = redis.call('ZRANGEBYSCORE', jobs, from, '+inf', 'WITHSCORES', 'LIMIT', 0, most)
for i = 1, #rows, 2 do
  local member, sequence = rows[i], rows[i + 1]
  local split = string.find(member, ' ', 1, true)
  local id, mtms = string.sub(member, 1, split - 1), string.sub(member, split + 1)
  if redis.call('EXISTS', job .. id) == 0 then
    redis.call('ZREM', jobs, member)
    redis.call('ZREM', jobsOfSystem .. mtms, member)
    if tonumber(sequence) > tonumber(redis.call('HGET', lane .. mtms, 'forgotten') or '0') then
      redis.call('HSET', lane .. mtms, 'forgotten', sequence)
    end
  end
end
return rows[#rows] or ''
`);

/** A place in the list of the jobs of a system. `record` is null when it has expired, or is not understood. */
export interface ListedJob {
  readonly sequence: number;
  readonly record: JobRecord | null;
}

/** The lists of jobs, from which a job goes some time after its record. */
export class JobLists {
  private readonly keys: Keys;

  constructor(
    private readonly redis: RedisClient,
    prefix: string,
  ) {
    this.keys = new Keys(prefix);
  }

  /** Takes expired jobs out of the lists, wherever they stand: a job that waits in a paused lane stays for long. */
  async trim(): Promise<void> {
    const { keys } = this;
    const prefixes = [keys.job(''), keys.jobsOfSystem(''), keys.lane('')];
    for (let from = '-inf'; ;) {
      const args = [from, PAGE, ...prefixes];
      const last = (await withStore(() => TRIM.run(this.redis, [keys.jobs()], args))) as string;
      if (last === '') return;
      from = `(${last}`;
    }
  }

  /** All that is listed of a system, newest first, also what has expired since the last `trim`. */
  async *newestFirst(mtms: string): AsyncGenerator<ListedJob> {
    for (let from = '+inf'; ;) {
      const rows = await withStore(() =>
        this.redis.zrevrangebyscore(this.keys.jobsOfSystem(mtms), from, '-inf', 'WITHSCORES', 'LIMIT', 0, PAGE),
      );
      const listed = rows.flatMap((member, i) =>
        i % 2 === 0 ? [{ id: idOf(member), sequence: Number(rows[i + 1]) }] : [],
      );
      const records = await Promise.all(listed.map(({ id }) => this.read(id)));
      for (const [i, { sequence }] of listed.entries()) yield { sequence, record: records[i] ?? null };
      const last = listed.at(-1);
      if (last === undefined) return;
      from = `(${last.sequence}`;
    }
  }

  /**
   * The highest `sequence` of this system that was taken out of the lists; 0 when there is none. Ask after `newestFirst`:
   * what goes from the list in between is then in one of the two.
   */
  async forgotten(mtms: string): Promise<number> {
    return Number((await withStore(() => this.redis.hget(this.keys.lane(mtms), 'forgotten'))) ?? 0);
  }

  private async read(id: string): Promise<JobRecord | null> {
    const hash = await withStore(() => this.redis.hgetall(this.keys.job(id)));
    try {
      const record = shownRecord(id, hash);
      if (record !== null) checkUnderstood(record);
      return record;
    } catch (error) {
      if (error instanceof RecordNotUnderstood) return null;
      throw error;
    }
  }
}

/** A member of a list is `id mtms`, so that an expired job can be taken out of both of its lists. */
export function idOf(member: string): string {
  return member.slice(0, member.indexOf(' '));
}
