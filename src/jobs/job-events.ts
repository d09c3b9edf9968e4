import { endConnection } from '../redis/connections.js';
import { recordOf, type JobRecord, type JobState } from '../store/job-record.js';
import type { Keys } from '../store/keys.js';
import type { RedisClient } from '../store/lua-script.js';

/**
 * One change of one job. `id` is the id of the entry in the Redis stream: it grows, and a reader can resume from it.
 */
export interface JobEvent {
  readonly id: string;
  readonly jobId: string;
  readonly state: JobState;
  readonly record: JobRecord;
}

type Listener = (event: JobEvent) => void;

const BLOCK_MS = 5000;
const BATCH = 200;

/**
 * The stream of job events, read once per process with one blocking connection and handed out to whoever listens for a
 * job: server-sent events, and calls that wait for the end of theirs.
 */
export class JobEvents {
  private readonly listeners = new Map<string, Set<Listener>>();
  private lastId = '$';
  private reading: Promise<void> | null = null;
  private stopped = false;

  /** @param blocking a connection of its own; `redis` answers everything that does not block */
  constructor(
    private readonly redis: RedisClient,
    private readonly blocking: RedisClient,
    private readonly keys: Keys,
  ) {}

  start(): void {
    this.reading ??= this.read();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    endConnection(this.blocking);
    await this.reading;
  }

  /** Calls back for each event of the job from now on. Returns the way to end it. */
  listen(jobId: string, listener: Listener): () => void {
    const set = this.listeners.get(jobId) ?? new Set();
    set.add(listener);
    this.listeners.set(jobId, set);
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.listeners.get(jobId) === set) this.listeners.delete(jobId);
    };
  }

  /** The kept events of a job after the one with this id; null when the stream no longer reaches back so far. */
  async after(jobId: string, lastEventId: string): Promise<readonly JobEvent[] | null> {
    const [oldest] = await this.redis.xrange(this.keys.events(), '-', '+', 'COUNT', 1);
    if (oldest === undefined || comesBefore(lastEventId, oldest[0])) return null;
    const found: JobEvent[] = [];
    for (let from = lastEventId; ;) {
      const entries = await this.redis.xrange(this.keys.events(), `(${from}`, '+', 'COUNT', BATCH);
      for (const entry of entries) {
        const event = eventOf(entry);
        if (event?.jobId === jobId) found.push(event);
        [from] = entry;
      }
      if (entries.length < BATCH) return found;
    }
  }

  /** The id of the newest event of all; `0-0` when there is none. */
  async newestId(redis = this.redis): Promise<string> {
    const [newest] = await redis.xrevrange(this.keys.events(), '+', '-', 'COUNT', 1);
    return newest?.[0] ?? '0-0';
  }

  private async read(): Promise<void> {
    while (!this.stopped) {
      try {
        if (this.lastId === '$') this.lastId = await this.newestId(this.blocking);
        const from = this.lastId;
        const answer = await this.blocking.xread(
          'COUNT',
          BATCH,
          'BLOCK',
          BLOCK_MS,
          'STREAMS',
          this.keys.events(),
          from,
        );
        for (const [, entries] of answer ?? []) {
          for (const entry of entries) this.hand(entry);
        }
      } catch {
        // Redis is away: ioredis connects again, and the stream goes on from the last id seen.
        if (!this.stopped) await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }

  private hand(entry: [string, string[]]): void {
    [this.lastId] = entry;
    const event = eventOf(entry);
    if (event === null) return;
    for (const listener of this.listeners.get(event.jobId) ?? []) listener(event);
  }
}

/** null: not an entry of ours. It must not hold up those behind it. */
function eventOf([id, fields]: [string, string[]]): JobEvent | null {
  const hash: Record<string, string> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) hash[fields[i] ?? ''] = fields[i + 1] ?? '';
  try {
    const record = recordOf(hash);
    return record === null ? null : { id, jobId: record.id, state: record.state, record };
  } catch {
    return null;
  }
}

/** Order of two ids of a Redis stream, `milliseconds-number`. */
export function comesBefore(a: string, b: string): boolean {
  const [timeA = 0, numberA = 0] = a.split('-').map(Number);
  const [timeB = 0, numberB = 0] = b.split('-').map(Number);
  return timeA < timeB || (timeA === timeB && numberA < numberB);
}
