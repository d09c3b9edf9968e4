import { ProblemError } from '../http/problem-error.js';
import { ONE_REDIS, type Durability } from '../redis/durability.js';
import { EVENTS_KEPT, TELL } from './event-entry.js';
import type { JobRecord, JobState } from './job-record.js';
import { HmcAway, HOLD_HMC_WAIT } from './hmc-away.js';
import { maybeSent } from './in-doubt.js';
import { Keys } from './keys.js';
import { LuaScript, type RedisClient } from './lua-script.js';
import { PacingStore } from './pacing-store.js';
import { storeUnavailable, withStore } from './store-unavailable.js';
import { HISTORY } from './history.js';
import { LaneGuests } from './lane-guests.js';
import { LeaseLost, type Lease } from './lease.js';
import { LostJobs } from './lost-jobs.js';
import { NOW } from './redis-time.js';
import { checkUnderstood, RecordGone, shownRecord } from './unusable-record.js';

/*
 * ┌──────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
 * │ THE FENCE. A lane has one owner at a time: the turn whose epoch stands in the lane's hash. Taking the lease counts │
 * │ the epoch up, giving it back too. Every write here is refused (LeaseLost) when the epoch has moved on, so an owner │
 * │ that slept too long can no longer change a record. Sending to an HMC is fenced by `confirm`, asked at the last     │
 * │ moment before the exec request is written: it renews the lease, so no other turn can take the lane while the       │
 * │ request is on its way.                                                                                             │
 * │                                                                                                                    │
 * │ WHAT STAYS OPEN: a process frozen exactly between the answer of `confirm` and the write to the socket, for longer  │
 * │ than the lease. No lock in Redis can close that window; the HMC refuses the second command where the command       │
 * │ fences itself (a create names its slot).                                                                           │
 * └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 */

export interface LaneState {
  readonly runningJobId: string | null;
  /**
   * No job is started before this time (ms since 1970, by the clock of this process): a command with an unknown outcome may
   * still be at work.
   */
  readonly closedUntil: number;
  /** No job is started before this time, because a job that touches two systems waits for this lane. */
  readonly wantedUntil: number;
  /** The job of another lane that works on this system now. */
  readonly guestJobId: string | null;
  readonly paused: { readonly by: string; readonly at: string } | null;
  readonly queuedJobIds: readonly string[];
}

const ACQUIRE = new LuaScript(`${HISTORY}
local lease, lane, queue = KEYS[1], KEYS[2], KEYS[3]
local expiry, mayFailOver = unpack(ARGV)
if redis.call('SET', lease, 'taken', 'NX', 'PX', expiry) == false then return 0 end
local time = redis.call('TIME')
local last = tonumber(redis.call('HGET', lane, 'epoch') or '0')
local epoch = math.max(last + 1, tonumber(time[1]) * 1000000 + tonumber(time[2]))
local before, now = redis.call('HGET', lane, 'history'), history(mayFailOver)
if before and before ~= now then
  local doubted = redis.call('HGET', lane, 'running') or redis.call('LINDEX', queue, 0)
  if doubted then redis.call('HSET', lane, 'doubt', doubted) end
end
local text = string.format('%.0f', epoch)
redis.call('HSET', lane, 'epoch', text, 'history', now)
redis.call('SET', lease, text, 'PX', expiry)
return epoch
`);

// The epoch decides, not the lease key: as long as nobody has taken the lane since, its owner may take the key again.
const RENEW = new LuaScript(`${NOW}
if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('ZADD', KEYS[3], 'XX', now + ARGV[3], ARGV[4])
return 1
`);

// Leaves the lane: out of the set of lanes when nothing is left, else due at the given time (paused: never by itself).
// Counts the epoch up: a renewal that was on its way must not take the lane again for a turn that is over.
const RELEASE = new LuaScript(`${HISTORY}${NOW}
local lease, lane, queue, lanes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local epoch, mtms, dueIn, closedFor, mayFailOver = unpack(ARGV)
if redis.call('HGET', lane, 'epoch') ~= epoch then return 0 end
redis.call('HINCRBY', lane, 'epoch', 1)
if redis.call('HGET', lane, 'history') == history(mayFailOver) then redis.call('HDEL', lane, 'history') end
redis.call('DEL', lease)
if closedFor ~= '0' then redis.call('HSET', lane, 'closedUntil', now + closedFor) end
if redis.call('LLEN', queue) == 0 and not redis.call('HGET', lane, 'running') then
  redis.call('ZREM', lanes, mtms)
  redis.call('HDEL', lane, 'hmcAwayUntil', 'hmcAwayLeft')
elseif redis.call('HGET', lane, 'paused') and not redis.call('HGET', lane, 'running') then
  redis.call('ZADD', lanes, '+inf', mtms)
else
  redis.call('ZADD', lanes, now + dueIn, mtms)
end
return 1
`);

// All of a lane, and the time of Redis.
const STATE = new LuaScript(`${NOW}
return {redis.call('HGETALL', KEYS[1]), redis.call('LRANGE', KEYS[2], 0, -1), now}
`);

// A write that changes nothing.
const PROBE = new LuaScript(`return redis.call('HINCRBY', KEYS[1], 'epoch', 0)`);

// queued -> running: only the head, only when it was not canceled and the lane was not paused since it was looked at.
const START = new LuaScript(`${HISTORY}${TELL}
local lane, queue, job, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local epoch, id, record, kept, mayFailOver = unpack(ARGV)
if redis.call('HGET', lane, 'epoch') ~= epoch then return -1 end
if redis.call('HGET', lane, 'running') == id then return 1 end
if redis.call('HGET', lane, 'history') ~= history(mayFailOver) then return -1 end
if redis.call('HGET', lane, 'paused') or redis.call('LINDEX', queue, 0) ~= id then return 0 end
redis.call('LPOP', queue)
redis.call('HSET', lane, 'running', id)
redis.call('HSET', job, 'state', 'running', 'record', record)
tell(events, kept, job, id, 'running', record)
return 1
`);

// Writes the running job's record; 'to' is its next state. Final states leave the lane and begin to expire. The same call
// may come a second time, because its answer was lost.
const WRITE = new LuaScript(`${HISTORY}${TELL}
local lane, queue, job, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local epoch, id, to, record, observed, retention, kept, mayFailOver = unpack(ARGV)
if redis.call('HGET', lane, 'epoch') ~= epoch then return -1 end
if redis.call('HGET', lane, 'running') ~= id or redis.call('HGET', job, 'state') ~= 'running' then
  if redis.call('HGET', job, 'state') ~= to or redis.call('HGET', job, 'record') ~= record then return -1 end
  redis.call('HSET', job, 'record', record)
  return 1
end
redis.call('HSET', job, 'state', to, 'record', record)
redis.call('HSET', lane, 'history', history(mayFailOver))
if to ~= 'running' and redis.call('HGET', lane, 'doubt') == id then redis.call('HDEL', lane, 'doubt') end
if observed ~= '' then redis.call('HSET', job, 'observed', observed) end
if to == 'queued' then
  redis.call('HDEL', lane, 'running')
  redis.call('LPUSH', queue, id)
elseif to ~= 'running' then
  redis.call('HDEL', lane, 'running')
  redis.call('PEXPIRE', job, retention)
  local idempotency = redis.call('HGET', job, 'idempotency')
  if idempotency then redis.call('PEXPIRE', idempotency, retention) end
end
tell(events, kept, job, id, to, record)
return 1
`);

// One that waited in the socket of a frozen Redis would else undo what its caller has asked for since: -1.
const PAUSE = new LuaScript(`${NOW}${HOLD_HMC_WAIT}
if now > tonumber(ARGV[2]) then return -1 end
if redis.call('HEXISTS', KEYS[1], 'paused') == 1 then return 0 end
redis.call('HSET', KEYS[1], 'paused', ARGV[1])
holdHmcWait(KEYS[1])
return 1
`);

const RESUME = new LuaScript(`${NOW}
if now > tonumber(ARGV[2]) then return -1 end
redis.call('HDEL', KEYS[1], 'paused')
redis.call('ZADD', KEYS[2], 'XX', now, ARGV[1])
return 1
`);

// Takes due lanes and pushes their time on, so that each is handed to one sweep only; a lost turn comes up again.
const TAKE_DUE = new LuaScript(`${NOW}
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[2])
for _, mtms in ipairs(due) do redis.call('ZADD', KEYS[1], now + ARGV[1], mtms) end
return due
`);

/** Lanes in Redis: who owns one, what runs in it, what waits. Every write of a running job's record goes through here. */
export class LaneStore {
  readonly keys: Keys;
  readonly guests: LaneGuests;
  readonly lost: LostJobs;
  readonly pacing: PacingStore;
  readonly hmcAway: HmcAway;
  private readonly mayFailOver: 0 | 1;

  constructor(
    private readonly redis: RedisClient,
    prefix: string,
    private readonly leaseMs: number,
    private readonly retentionMs: number,
    private readonly durability: Durability = ONE_REDIS,
  ) {
    this.keys = new Keys(prefix);
    this.guests = new LaneGuests(redis, prefix);
    this.lost = new LostJobs(redis, prefix);
    this.pacing = new PacingStore(redis, prefix);
    this.hmcAway = new HmcAway(redis, prefix);
    this.mayFailOver = durability.mayFailOver ? 1 : 0;
  }

  /** Takes the lane, or null when another turn owns it. */
  async acquire(mtms: string): Promise<Lease | null> {
    const keys = [this.keys.laneLease(mtms), this.keys.lane(mtms), this.keys.laneQueue(mtms)];
    const epoch = await withStore(() => ACQUIRE.run(this.redis, keys, [this.leaseMs, this.mayFailOver]));
    return epoch === 0 ? null : { mtms, epoch: Number(epoch) };
  }

  /** True when the lane is still ours; the lease then lasts a whole period from now. */
  async confirm(lease: Lease): Promise<boolean> {
    const keys = [this.keys.laneLease(lease.mtms), this.keys.lane(lease.mtms), this.keys.lanes()];
    // When the owner falls silent the sweep looks again just after the lease has ended.
    const args = [lease.epoch, this.leaseMs, this.leaseMs + 1000, lease.mtms];
    return (await withStore(() => RENEW.run(this.redis, keys, args))) === 1;
  }

  /**
   * Gives the lane back. It wants its next turn at `dueAt` (ms since 1970) if a job is left in it, and starts none
   * before `closedUntil`.
   */
  async release(lease: Lease, dueAt: number, closedUntil = 0): Promise<void> {
    const { mtms, epoch } = lease;
    const keys = [this.keys.laneLease(mtms), this.keys.lane(mtms), this.keys.laneQueue(mtms), this.keys.lanes()];
    const fromNow = (at: number): number => Math.max(0, Math.round(at - Date.now()));
    const args = [epoch, mtms, fromNow(dueAt), fromNow(closedUntil), this.mayFailOver];
    await withStore(() => RELEASE.run(this.redis, keys, args));
  }

  async state(mtms: string): Promise<LaneState> {
    const keys = [this.keys.lane(mtms), this.keys.laneQueue(mtms)];
    const [fields, queuedJobIds, now] = (await withStore(() => STATE.run(this.redis, keys, []))) as [
      string[],
      string[],
      number,
    ];
    const lane = Object.fromEntries(pairs(fields)) as Partial<Record<string, string>>;
    const here = (time: string | undefined): number => (time === undefined ? 0 : Number(time) - now + Date.now());
    return {
      runningJobId: lane['running'] ?? null,
      closedUntil: here(lane['closedUntil']),
      wantedUntil: here(lane['wantedUntil']),
      guestJobId: lane['guest'] ?? null,
      paused: lane['paused'] === undefined ? null : (JSON.parse(lane['paused']) as LaneState['paused']),
      queuedJobIds,
    };
  }

  /** The present epoch: it moves on with every turn that begins or ends. */
  async epoch(mtms: string): Promise<number> {
    return Number((await withStore(() => this.redis.hget(this.keys.lane(mtms), 'epoch'))) ?? 0);
  }

  /** What would stop a command at its mark stops the job before it starts: it stays queued, whatever the replicas do. */
  private async checkReplicas(lease: Lease): Promise<void> {
    if (this.durability.replicas === 0) return;
    const keys = [this.keys.lane(lease.mtms)];
    const { replicated } = await withStore(() => PROBE.runReplicated(this.redis, keys, [], this.durability));
    if (replicated) return;
    throw new ProblemError({
      type: 'store-unavailable',
      detail: 'Too few replicas of Redis answer: no job is started, because the mark of its command could be lost.',
      members: { retryable: true },
    });
  }

  /**
   * The job that is marked as running in this lane, with what was observed before its first command.
   * @throws RecordGone, RecordNotUnderstood
   */
  async running(lease: Lease): Promise<{ record: JobRecord; observed: unknown } | null> {
    const { id, doubt } = await this.laneFields(lease);
    if (id === null) return null;
    const loaded = await this.load(id);
    return doubt === id ? { ...loaded, record: maybeSent(loaded.record) } : loaded;
  }

  /**
   * The next job. One that a lost owner may have been at (`doubt`) shows a command that may have been sent: settle it.
   * @throws RecordGone, RecordNotUnderstood
   */
  async head(lease: Lease): Promise<JobRecord | null> {
    const id = await withStore(() => this.redis.lindex(this.keys.laneQueue(lease.mtms), 0));
    if (id === null) return null;
    const { record } = await this.load(id);
    const { doubt } = await this.laneFields(lease);
    return doubt === id ? maybeSent(record) : record;
  }

  /**
   * queued → running. null: the job was canceled or the lane was paused in the meantime.
   * @throws ProblemError store-unavailable while fewer replicas follow than are asked for: the job stays where it is
   */
  async start(lease: Lease, record: JobRecord): Promise<JobRecord | null> {
    await this.checkReplicas(lease);
    const running: JobRecord = { ...record, state: 'running' };
    const keys = this.keysOf(lease, record.id);
    const args = [lease.epoch, record.id, JSON.stringify(running), EVENTS_KEPT, this.mayFailOver];
    const answer = await withStore(() => START.run(this.redis, keys, args));
    if (answer === -1) throw new LeaseLost(lease.mtms, lease.epoch);
    return answer === 1 ? running : null;
  }

  /**
   * Writes the record of the running job; `record.state` may be its next state. Throws LeaseLost when the lane has
   * another owner. `observed` is what the outcome compares with later, in case this worker is lost.
   *
   * A record with a step that is marked as sent is waited for until the replicas have it. False: too few said so, and
   * the command must not be sent.
   */
  async write(lease: Lease, record: JobRecord, observed?: unknown): Promise<boolean> {
    const args = [
      lease.epoch,
      record.id,
      record.state satisfies JobState,
      JSON.stringify(record),
      observed === undefined ? '' : JSON.stringify(observed),
      this.retentionMs,
      EVENTS_KEPT,
      this.mayFailOver,
    ];
    const keys = this.keysOf(lease, record.id);
    const durability = record.plan.some((step) => step.state === 'sent') ? this.durability : ONE_REDIS;
    const written = await withStore(() => WRITE.runReplicated(this.redis, keys, args, durability));
    if (written.answer !== 1) throw new LeaseLost(lease.mtms, lease.epoch);
    return written.replicated;
  }

  /**
   * No further job of this lane is started; the running one goes on. A lane that is paused stays as it is.
   * @param before ms since 1970, by the clock of Redis: taken later, it does nothing
   * @throws ProblemError store-unavailable
   */
  async pause(mtms: string, by: string, at: string, before: number): Promise<void> {
    const args = [JSON.stringify({ by, at }), before];
    const answer = await withStore(() => PAUSE.run(this.redis, [this.keys.lane(mtms)], args), maybeTaken);
    if (answer === -1) throw takenTooLate();
  }

  /** The opposite of `pause`, with the same `before`. */
  async resume(mtms: string, before: number): Promise<void> {
    const keys = [this.keys.lane(mtms), this.keys.lanes()];
    const answer = await withStore(() => RESUME.run(this.redis, keys, [mtms, before]), maybeTaken);
    if (answer === -1) throw takenTooLate();
  }

  /** Lanes that want a turn now, at most `limit`; each comes up again after a lease, if nobody has served it. */
  async takeDue(limit: number): Promise<string[]> {
    const args = [this.leaseMs, limit];
    return (await withStore(() => TAKE_DUE.run(this.redis, [this.keys.lanes()], args))) as string[];
  }

  private async laneFields(lease: Lease): Promise<{ readonly id: string | null; readonly doubt: string | null }> {
    const lane = this.keys.lane(lease.mtms);
    const [id = null, doubt = null] = await withStore(() => this.redis.hmget(lane, 'running', 'doubt'));
    return { id, doubt };
  }

  private async load(id: string): Promise<{ record: JobRecord; observed: unknown }> {
    const hash = await withStore(() => this.redis.hgetall(this.keys.job(id)));
    const record = shownRecord(id, hash);
    if (record === null) throw new RecordGone(id);
    checkUnderstood(record);
    return { record, observed: hash['observed'] === undefined ? null : (JSON.parse(hash['observed']) as unknown) };
  }

  private keysOf(lease: Lease, jobId: string): string[] {
    return [this.keys.lane(lease.mtms), this.keys.laneQueue(lease.mtms), this.keys.job(jobId), this.keys.events()];
  }
}

/** Field and value, as HGETALL lists them. */
function pairs(fields: readonly string[]): (readonly [string, string])[] {
  return fields.flatMap((field, i) => (i % 2 === 0 ? [[field, fields[i + 1] ?? ''] as const] : []));
}

function maybeTaken(cause: unknown): ProblemError {
  const detail =
    'Redis did not answer. If it did not take this in time, it will not do so later either. Look at the lane, and ask again.';
  return storeUnavailable(detail, { cause });
}

function takenTooLate(): ProblemError {
  return storeUnavailable('Redis took this too late, and the lane stays as it was. Ask again.');
}
