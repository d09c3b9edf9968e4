import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { ProblemError } from '../http/problem-error.js';
import { ONE_REDIS, type Durability } from '../redis/durability.js';
import { EVENTS_KEPT, TELL } from './event-entry.js';
import { idOf, JobLists } from './job-lists.js';
import type { JobRecord, JobState, NewJob } from './job-record.js';
import { HISTORY } from './history.js';
import { NOW } from './redis-time.js';
import { Keys } from './keys.js';
import { LuaScript, type RedisClient } from './lua-script.js';
import { StoreCondition } from './store-condition.js';
import { storeUnavailable, withStore } from './store-unavailable.js';
import { RecordNotUnderstood, shownRecord } from './unusable-record.js';

/** What a caller says to make a repeated call safe. */
export interface IdempotencyEntry {
  readonly caller: string;
  readonly key: string;
  /** Hash of method, path, body, If-Match and If-None-Match. */
  readonly fingerprint: string;
}

export type Accepted =
  | { readonly kind: 'created'; readonly record: JobRecord }
  | { readonly kind: 'replayed'; readonly jobId: string }
  | { readonly kind: 'mismatch' };

export interface JobFilter {
  readonly mtms?: string;
  readonly state?: JobState;
  readonly operation?: string;
}

export interface JobPage {
  readonly records: readonly JobRecord[];
  /** Sequence below which the next page begins; null at the end. */
  readonly nextSequence: number | null;
}

/** Jobs that may wait in one lane: more is a caller that has run wild, and every view of a job looks at its lane. */
export const MOST_QUEUED = 1000;

/**
 * Redis takes a new job, or a word for a lane, only within this time after the call. A call that waited in the socket of a
 * frozen Redis would otherwise be carried out when its caller has long been answered 503. Shorter than the call itself is
 * waited for.
 */
const TAKEN_WITHIN_MS = 3000;

/** The caller asks for the turn itself; the sweep steps in when that did not happen. */
const SWEPT_AFTER_MS = 2000;

/** A list call looks at no more records than this; a narrow filter then answers a short page with a cursor. */
const MOST_SCANNED = 2000;

// One atomic call: idempotency, sequence, record, place in the lane, lists, event. Either all of it or nothing. A call that
// comes a second time, because its answer was lost, changes nothing and gets the same answer; it still writes, so that a
// WAIT behind it waits for something (LuaScript.runReplicated).
const ACCEPT = new LuaScript(`${NOW}${TELL}
local job, queue, lanes, sequence, jobs, jobsOfSystem, events, idempotency =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local id, mtms, operation, record, fingerprint, dueIn, kept, most, deadline = unpack(ARGV)
local stored = redis.call('HGET', job, 'sequence')
if stored then
  redis.call('HSET', job, 'sequence', stored)
  return {'created', stored}
end
if now > tonumber(deadline) then return {'late', ''} end
if fingerprint ~= '' then
  local entry = redis.call('GET', idempotency)
  if entry then
    redis.call('SET', idempotency, entry, 'KEEPTTL')
    local split = string.find(entry, ' ', 1, true)
    if string.sub(entry, 1, split - 1) ~= fingerprint then return {'mismatch', ''} end
    return {'replayed', string.sub(entry, split + 1)}
  end
end
if redis.call('LLEN', queue) >= tonumber(most) then return {'full', ''} end
local place = redis.call('INCR', sequence)
redis.call('HSET', job, 'record', record, 'state', 'queued', 'sequence', place, 'operation', operation, 'mtms', mtms)
if fingerprint ~= '' then
  redis.call('SET', idempotency, fingerprint .. ' ' .. id)
  redis.call('HSET', job, 'idempotency', idempotency)
end
redis.call('RPUSH', queue, id)
redis.call('ZADD', lanes, 'NX', now + dueIn, mtms)
redis.call('ZADD', jobs, place, id .. ' ' .. mtms)
redis.call('ZADD', jobsOfSystem, place, id .. ' ' .. mtms)
tell(events, kept, job, id, 'queued', record)
return {'created', tostring(place)}
`);

// Reads an idempotency entry and writes it again as it is: what it stands for is on the replicas when this write is.
const TOUCH = new LuaScript(`
local entry = redis.call('GET', KEYS[1])
if entry then redis.call('SET', KEYS[1], entry, 'KEEPTTL') end
return entry
`);

// Not the job that a lost owner may have been at when Redis failed over: a command of it may have been sent.
const CANCEL = new LuaScript(`${HISTORY}${TELL}
local job, queue, events, idempotency, lane = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, record, retention, kept, mayFailOver = unpack(ARGV)
local state = redis.call('HGET', job, 'state')
if state == 'canceled' and redis.call('HGET', job, 'record') == record then return 1 end
if redis.call('HGET', lane, 'doubt') == id then return 0 end
local before = redis.call('HGET', lane, 'history')
if before and before ~= history(mayFailOver) and redis.call('LINDEX', queue, 0) == id then return 0 end
if state ~= 'queued' or redis.call('LREM', queue, 1, id) == 0 then return 0 end
redis.call('HSET', job, 'state', 'canceled', 'record', record)
redis.call('PEXPIRE', job, retention)
redis.call('PEXPIRE', idempotency, retention)
tell(events, kept, job, id, 'canceled', record)
return 1
`);

// What was not known may become known; an indeterminate job belongs to no lane any more, so its state is the fence.
const RECONCILE = new LuaScript(`${TELL}
local job, events = KEYS[1], KEYS[2]
local id, to, record, kept = unpack(ARGV)
if redis.call('HGET', job, 'state') ~= 'indeterminate' then return 0 end
redis.call('HSET', job, 'state', to, 'record', record)
tell(events, kept, job, id, to, record)
return 1
`);

/** The durable job records: accepting, reading, listing, canceling. A running one is LaneStore's. */
export class JobStore {
  readonly keys: Keys;
  readonly lists: JobLists;
  private readonly condition: StoreCondition;
  private readonly logger = new Logger(JobStore.name);

  constructor(
    private readonly redis: RedisClient,
    prefix: string,
    private readonly retentionMs: number,
    private readonly durability: Durability = ONE_REDIS,
  ) {
    this.keys = new Keys(prefix);
    this.lists = new JobLists(redis, prefix);
    this.condition = new StoreCondition(redis, this.keys.sequence(), durability);
  }

  /** @throws ProblemError store-unavailable when Redis is away, nearly full, or without the replicas that are asked for */
  async mayAccept(): Promise<void> {
    await this.condition.mayAccept();
  }

  /**
   * Until when (ms since 1970, by the clock of Redis) something that is asked for now is still to be taken.
   * @throws ProblemError store-unavailable
   */
  async takenBefore(): Promise<number> {
    await this.condition.report();
    return this.condition.redisNow() + TAKEN_WITHIN_MS;
  }

  /**
   * Stores the job and its place in the lane, or finds the job that the same Idempotency-Key made before.
   * @throws ProblemError store-unavailable; its words say whether the job may have been stored nevertheless
   */
  async accept(job: NewJob, idempotency: IdempotencyEntry | null): Promise<Accepted> {
    await this.condition.mayAccept();
    const mtms = job.managedSystem.mtms;
    const keys = [
      this.keys.job(job.id),
      this.keys.laneQueue(mtms),
      this.keys.lanes(),
      this.keys.sequence(),
      this.keys.jobs(),
      this.keys.jobsOfSystem(mtms),
      this.keys.events(),
      idempotency ? this.idempotencyKey(idempotency) : this.keys.job(job.id),
    ];
    const fingerprint = idempotency?.fingerprint ?? '';
    const bounds = [EVENTS_KEPT, MOST_QUEUED, this.condition.redisNow() + TAKEN_WITHIN_MS];
    const args = [job.id, mtms, job.operation, JSON.stringify(job), fingerprint, SWEPT_AFTER_MS, ...bounds];
    const stored = (): Promise<{ answer: unknown; replicated: boolean }> =>
      ACCEPT.runReplicated(this.redis, keys, args, this.durability);
    const accepted = await withStore(stored, (cause) => maybeAccepted(job.id, cause));
    const [kind, value] = accepted.answer as [string, string];
    if (!accepted.replicated) throw notReplicated(kind === 'created' ? job.id : null);
    switch (kind) {
      case 'created':
        return { kind, record: { ...job, state: 'queued', sequence: Number(value) } };
      case 'replayed':
        return { kind, jobId: value };
      case 'mismatch':
        return { kind };
      case 'late':
        this.condition.doubt();
        throw tooLate();
      case 'full':
        throw laneFull(job.managedSystem.name);
      default:
        throw new Error(`unknown answer of the accept script: ${kind}`);
    }
  }

  /** The job that this Idempotency-Key made, if there is one: asked before anything is read from an HMC. */
  async findReplay(entry: IdempotencyEntry): Promise<Exclude<Accepted, { kind: 'created' }> | null> {
    const key = this.idempotencyKey(entry);
    let value: string | null;
    if (this.durability.replicas === 0) {
      value = await withStore(() => this.redis.get(key));
    } else {
      // A job that is not on the replicas yet is no answer either.
      const found = await withStore(() => TOUCH.runReplicated(this.redis, [key], [], this.durability));
      value = found.answer as string | null;
      if (value !== null && !found.replicated) throw notReplicated(null);
    }
    if (value === null) return null;
    const split = value.indexOf(' ');
    if (value.slice(0, split) !== entry.fingerprint) return { kind: 'mismatch' };
    return { kind: 'replayed', jobId: value.slice(split + 1) };
  }

  /** @throws RecordNotUnderstood */
  async get(id: string): Promise<JobRecord | null> {
    return shownRecord(id, await withStore(() => this.redis.hgetall(this.keys.job(id))));
  }

  /** As `get`, for what shows several: one that is not understood is left out, and the log says so. */
  async find(id: string): Promise<JobRecord | null> {
    try {
      return await this.get(id);
    } catch (error) {
      if (!(error instanceof RecordNotUnderstood)) throw error;
      this.logger.error(error.message);
      return null;
    }
  }

  /** How many of these jobs have a record. */
  async count(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    return withStore(() => this.redis.exists(...ids.map((id) => this.keys.job(id))));
  }

  /** The sequence of each of these jobs of one system; null for one that is in no list. */
  async sequences(mtms: string, ids: readonly string[]): Promise<readonly (number | null)[]> {
    if (ids.length === 0) return [];
    const members = ids.map((id) => `${id} ${mtms}`);
    const scores = await withStore(() => this.redis.zmscore(this.keys.jobsOfSystem(mtms), ...members));
    return scores.map((score) => (score === null ? null : Number(score)));
  }

  /** Newest first. `before`: only jobs with a smaller sequence. */
  async list(filter: JobFilter, limit: number, before: number | null): Promise<JobPage> {
    const index = filter.mtms === undefined ? this.keys.jobs() : this.keys.jobsOfSystem(filter.mtms);
    const records: JobRecord[] = [];
    let from: string = before === null ? '+inf' : `(${before}`;
    let scanned = 0;
    while (scanned < MOST_SCANNED) {
      const batch = Math.min(100, Math.max(limit, 20));
      const rows = await withStore(() =>
        this.redis.zrevrangebyscore(index, from, '-inf', 'WITHSCORES', 'LIMIT', 0, batch),
      );
      const ids = rows.filter((_, i) => i % 2 === 0).map(idOf);
      const read = await Promise.all(ids.map((id) => this.find(id)));
      for (const [i, record] of read.entries()) {
        const sequence = Number(rows[i * 2 + 1]);
        scanned += 1;
        from = `(${sequence}`;
        // A record that has expired is still in the list until the sweep takes it out.
        if (record === null || !matches(record, filter)) continue;
        records.push(record);
        if (records.length === limit) return { records, nextSequence: sequence };
      }
      if (rows.length < batch * 2) return { records, nextSequence: null };
    }
    return { records, nextSequence: Number(from.slice(1)) };
  }

  /**
   * Takes a queued job out of its lane. false: it runs, is over, does not exist, or a command of it may have been sent
   * before Redis failed over.
   */
  async cancel(record: JobRecord, finishedAt: string): Promise<boolean> {
    const stored = await withStore(() => this.redis.hget(this.keys.job(record.id), 'idempotency'));
    const job = this.keys.job(record.id);
    const { mtms } = record.managedSystem;
    const keys = [job, this.keys.laneQueue(mtms), this.keys.events(), stored ?? job, this.keys.lane(mtms)];
    const canceled: JobRecord = { ...record, state: 'canceled', waitingFor: null, finishedAt };
    const mayFailOver = this.durability.mayFailOver ? 1 : 0;
    const args = [record.id, JSON.stringify(canceled), this.retentionMs, EVENTS_KEPT, mayFailOver];
    return (await withStore(() => CANCEL.run(this.redis, keys, args))) === 1;
  }

  /** Writes what was found out about an indeterminate job. false: somebody else has found it out before. */
  async reconcile(record: JobRecord): Promise<boolean> {
    const keys = [this.keys.job(record.id), this.keys.events()];
    const args = [record.id, record.state, JSON.stringify(record), EVENTS_KEPT];
    return (await withStore(() => RECONCILE.run(this.redis, keys, args))) === 1;
  }

  /** What the operation observed of the target before the first command of the job; undefined when it is not on record. */
  async observed(id: string): Promise<unknown> {
    const stored = await withStore(() => this.redis.hget(this.keys.job(id), 'observed'));
    return stored === null ? undefined : (JSON.parse(stored) as unknown);
  }

  private idempotencyKey(entry: IdempotencyEntry): string {
    const hash = createHash('sha256').update(entry.key).digest('hex');
    return this.keys.idempotency(entry.caller, hash);
  }
}

/** The master has it and the replicas have not said so: the job may run, and it may be lost with the master. */
function notReplicated(jobId: string | null): ProblemError {
  const where = jobId === null ? '' : ` as job ${jobId}`;
  const detail =
    `The Redis master stored the change${where}, and too few replicas confirmed it in time: it may run, and it may be lost. ` +
    'Ask again with the same Idempotency-Key, which makes one job; without one look for the job before you ask again.';
  return storeUnavailable(detail, {}, jobId === null ? {} : { jobId });
}

/** The answer was lost: the job was stored in time or never will be. */
function maybeAccepted(jobId: string, cause: unknown): ProblemError {
  const detail =
    `Redis did not answer. If it took the change in time it is job ${jobId}; if not, it will not be stored later either. ` +
    'Look for the job, or ask again with the same Idempotency-Key, which makes one job.';
  return storeUnavailable(detail, { cause }, { jobId });
}

function tooLate(): ProblemError {
  return storeUnavailable('Redis took the change too late. Nothing was stored; ask again.');
}

function matches(record: JobRecord, filter: JobFilter): boolean {
  if (filter.state !== undefined && record.state !== filter.state) return false;
  return filter.operation === undefined || record.operation === filter.operation;
}

function laneFull(system: string): ProblemError {
  return new ProblemError({
    type: 'too-many-requests',
    detail: `${MOST_QUEUED} jobs wait in the lane of ${system}; nothing was stored. Let some of them end, or cancel them.`,
    members: { retryable: true, retryAfterSeconds: 30 },
  });
}
