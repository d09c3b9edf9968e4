import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aliveness, identityOf, processSpace, type ProcessIdentity } from './process-identity.js';

/** Times in milliseconds. */
export interface LockTimes {
  /** How often the owner shows that it lives. */
  readonly heartbeatMs: number;
  /** How long no heartbeat must come before an owner that cannot be looked at counts as gone: many times the former. */
  readonly silenceMs: number;
}

const LOCK_TIMES: LockTimes = { heartbeatMs: 2_000, silenceMs: 20_000 };

/** Who keeps its Redis in a folder: the content of `owner-N.json`. */
export interface Owner {
  readonly service: ProcessIdentity;
  /** The redis-server; null before it is started. */
  readonly redis: ProcessIdentity | null;
  /** The Unix socket at which it listens, for `redis-cli -s`. */
  readonly socket: string;
  /** In which these process numbers mean something (processSpace). */
  readonly processSpace: string | null;
  readonly hostname: string;
  /** ISO 8601. */
  readonly since: string;
  /** The service has stopped in order: the folder is free. */
  readonly released: boolean;
}

/** The folder belongs to a service that is alive. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
}

interface Entry {
  readonly number: number;
  readonly file: string;
}

/**
 * Makes sure that one service at a time keeps its Redis in a folder: two servers on one append-only file destroy it.
 * The lock stands in the folder itself, so that everybody who can reach the file sees it: another user, another TMPDIR,
 * a container with the same volume.
 *
 * The owner is who made the file `owner-N.json` with the highest number. Taking a folder over makes number N + 1, which
 * only one of several can, and the last file always stays: a number is never used again. An owner in our own process
 * space is alive as long as its process is, whether it answers or not. Of another one (another machine, another
 * container) only the heartbeat can be seen, the time of the file. We watch whether it changes, because clocks of
 * machines differ.
 */
export class DataDirLock {
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly file: string,
    private owner: Owner,
    heartbeatMs: number,
    private readonly onLost: () => void,
  ) {
    this.timer = setInterval(() => this.beat(), heartbeatMs);
    this.timer.unref();
  }

  /**
   * Takes the folder, which is made if need be. `onLost` is called when somebody has taken it from us later on, which
   * happens only when this process stood still for long, or by hand.
   * @throws DataDirInUseError when its owner is alive
   * @returns the lock, and the owner before us, if it did not stop in order
   */
  static async take(
    dir: string,
    socket: string,
    onLost: () => void,
    times: LockTimes = LOCK_TIMES,
  ): Promise<{ readonly lock: DataDirLock; readonly before: Owner | null }> {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    for (;;) {
      const last = newest(dir);
      const before = last === null ? null : read(last.file);
      if (last !== null && !before?.released) {
        if (await isAlive(last.file, before, times)) throw inUse(dir, last.file, before);
      }
      const number = (last?.number ?? 0) + 1;
      const file = join(dir, `owner-${number}.json`);
      const owner: Owner = {
        service: identityOf(process.pid),
        redis: null,
        socket,
        processSpace: processSpace(),
        hostname: hostname(),
        since: new Date().toISOString(),
        released: false,
      };
      if (!create(file, owner)) continue; // Of several that take it at once one has been quicker.
      if (newest(dir)?.number !== number) {
        // We were so slow that others have come and gone meanwhile.
        rmSync(file, { force: true });
        continue;
      }
      for (const old of entries(dir)) if (old.number < number) rmSync(old.file, { force: true });
      const lock = new DataDirLock(file, owner, times.heartbeatMs, onLost);
      return { lock, before: before?.released === true ? null : before };
    }
  }

  /** Writes down which redis-server is at the folder. */
  recordRedis(pid: number): void {
    this.write({ ...this.owner, redis: identityOf(pid) });
  }

  /** Gives the folder back; to be called when its Redis has ended. */
  release(): void {
    clearInterval(this.timer);
    if (this.isOurs()) this.write({ ...this.owner, redis: null, released: true });
  }

  private beat(): void {
    if (this.isOurs()) {
      const now = new Date();
      utimesSync(this.file, now, now);
      return;
    }
    clearInterval(this.timer);
    this.onLost();
  }

  private isOurs(): boolean {
    const present = read(this.file);
    return present?.since === this.owner.since && present.service.pid === this.owner.service.pid;
  }

  /** In one step, so that nobody reads half of it. */
  private write(owner: Owner): void {
    this.owner = owner;
    writeFileSync(`${this.file}.new`, JSON.stringify(owner), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }
}

/** A file that cannot be read or understood (just being made, or cut off by a power failure) says nothing: null. */
function read(file: string): Owner | null {
  try {
    const owner: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isOwner(owner) ? owner : null;
  } catch {
    return null;
  }
}

function isOwner(value: unknown): value is Owner {
  return typeof value === 'object' && value !== null && 'service' in value && 'since' in value && 'released' in value;
}

function create(file: string, owner: Owner): boolean {
  try {
    writeFileSync(file, JSON.stringify(owner), { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function entries(dir: string): Entry[] {
  return readdirSync(dir).flatMap((name) => {
    const number = /^owner-(\d{1,15})\.json$/.exec(name)?.[1];
    return number === undefined ? [] : [{ number: Number(number), file: join(dir, name) }];
  });
}

function newest(dir: string): Entry | null {
  return entries(dir).reduce<Entry | null>((best, entry) => {
    return best === null || entry.number > best.number ? entry : best;
  }, null);
}

async function isAlive(file: string, owner: Owner | null, times: LockTimes): Promise<boolean> {
  if (owner !== null && owner.processSpace !== null && owner.processSpace === processSpace()) {
    const state = aliveness(owner.service);
    if (state !== 'unknown') return state === 'alive';
  }
  const first = modifiedAt(file);
  const deadline = performance.now() + times.silenceMs;
  while (performance.now() < deadline) {
    await sleep(Math.min(times.heartbeatMs, 200));
    // Gone or released: its owner has stopped, or another one has taken over; whoever it is now is looked at next.
    if (modifiedAt(file) !== first) return modifiedAt(file) !== null && read(file)?.released !== true;
  }
  return false;
}

function modifiedAt(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function inUse(dir: string, file: string, owner: Owner | null): DataDirInUseError {
  const who = owner === null ? '' : ` (process ${owner.service.pid} on ${owner.hostname}, since ${owner.since})`;
  return new DataDirInUseError(
    `Another service${who} already keeps its jobs in ${dir}: stop it, set another REDIS_DATA_DIR, or let both share ` +
      `one Redis by REDIS_URL. Only if it has surely ended, with its redis-server: remove ${file}.`,
  );
}
