import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { DataDirInUseError, DataDirLock, type Owner } from './data-dir-lock.js';
import { aliveness, processSpace } from './process-identity.js';

const PROGRAMS = ['redis-server', 'valkey-server'];
/** Loading a large append-only file takes a while. */
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 30_000;
const RESTART_PAUSE_MS = 1_000;

/**
 * Becomes the redis-server (`$0` and the words after it), with a watcher beside it that holds the other end of a pipe
 * of ours as file 3. When we are gone, however that came, the pipe ends and the watcher asks the server to stop. A line
 * in the pipe tells the watcher that the server has ended already.
 */
const ENDS_WITH_US = '{ read -r _ <&3 || kill -TERM "$$"; } >/dev/null 2>&1 & exec "$0" "$@" 3<&-';

/** No Redis could be started; the message says what to type. */
export class LocalRedisError extends Error {
  override readonly name = 'LocalRedisError';
}

export interface LocalRedisLog {
  log(message: string): void;
  error(message: string): void;
}

/**
 * A `redis-server` (or `valkey-server`) of our own, for those who have none: a child process that listens on a Unix
 * socket only, keeps its append-only file in its own folder, and writes every change to the disk before it answers
 * (`appendfsync always`), so that an accepted job is never lost. It runs in its own session: Ctrl-C reaches us and not
 * it, because it must be the last to stop. When it dies by itself it is started again, on the same file; when we are
 * killed it ends too.
 */
export class LocalRedisServer {
  private child: ChildProcess | null = null;
  private stopping = false;
  private readonly killAtExit = (): void => {
    this.child?.kill('SIGTERM');
  };

  private lock: DataDirLock | null = null;

  private constructor(
    private readonly program: string,
    private readonly dataDir: string,
    private readonly socketDir: string,
    private readonly log: LocalRedisLog,
  ) {}

  /**
   * Starts it, or throws a LocalRedisError. A folder whose service is alive is refused (DataDirLock); what a killed
   * predecessor has left behind on the same folder is stopped first.
   */
  static async start(dataDir: string, log: LocalRedisLog): Promise<LocalRedisServer> {
    try {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new LocalRedisError(`The folder ${dataDir} (REDIS_DATA_DIR) cannot be made: ${String(error)}`);
    }
    const program = await findProgram();
    const server = new LocalRedisServer(program, realpathSync(dataDir), privateSocketDir(realpathSync(dataDir)), log);
    await server.takeDataDir();
    try {
      await server.launch();
    } catch (error) {
      await server.stop();
      throw error;
    }
    process.on('exit', server.killAtExit);
    return server;
  }

  /** What to give to connectStore and connectWorker: the path of the socket. */
  get url(): string {
    return join(this.socketDir, 'redis.sock');
  }

  /** Of the child, or null while there is none. */
  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /** Stops it after it has written everything. To be called when all connections to it are closed. */
  async stop(): Promise<void> {
    this.stopping = true;
    process.off('exit', this.killAtExit);
    const child = this.child;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.socketDir, { recursive: true, force: true });
    this.lock?.release();
  }

  private async takeDataDir(): Promise<void> {
    try {
      const { lock, before } = await DataDirLock.take(this.dataDir, this.url, () => this.giveUp());
      this.lock = lock;
      if (before !== null) await this.endRedisOf(before);
    } catch (error) {
      this.lock?.release();
      if (error instanceof DataDirInUseError) throw new LocalRedisError(error.message);
      throw error;
    }
  }

  /** The redis-server of a killed service ends by itself; it may still be at it, or stand still. */
  private async endRedisOf(before: Owner): Promise<void> {
    const { redis } = before;
    if (redis === null || before.processSpace !== processSpace()) return;
    const remains = async (): Promise<boolean> => {
      const state = aliveness(redis);
      return state === 'alive' || (state === 'unknown' && (await this.answers(before.socket)));
    };
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (!(await remains())) return;
      this.log.log(`Waiting for the end of the Redis that an earlier run left behind (process ${redis.pid})`);
      if (aliveness(redis) === 'alive') process.kill(redis.pid, signal);
      const deadline = performance.now() + STOP_DEADLINE_MS;
      while (performance.now() < deadline && (await remains())) await sleep(50);
    }
    if (await remains()) {
      throw new LocalRedisError(`The Redis left behind at ${this.dataDir} (process ${redis.pid}) does not stop.`);
    }
  }

  /** Somebody else has the folder now: not one more byte into its file. */
  private giveUp(): void {
    this.stopping = true;
    this.child?.kill('SIGKILL');
    this.log.error(`Another service has taken ${this.dataDir}, because this one stood still: its Redis is stopped.`);
  }

  private async launch(): Promise<void> {
    const options = {
      port: '0',
      unixsocket: this.url,
      unixsocketperm: '700',
      dir: this.dataDir,
      daemonize: 'no',
      appendonly: 'yes',
      appendfsync: 'always',
      save: '',
      'maxmemory-policy': 'noeviction',
    };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn('/bin/sh', ['-c', ENDS_WITH_US, this.program, ...words], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    if (child.pid !== undefined) this.lock?.recordRedis(child.pid);
    releaseWatcherAtExit(child);
    const lastLines: string[] = [];
    const remember = (chunk: Buffer): void => {
      lastLines.push(...chunk.toString('utf8').split('\n').filter(Boolean));
      lastLines.splice(0, lastLines.length - 5);
    };
    child.stdout?.on('data', remember);
    child.stderr?.on('data', remember);
    child.on('error', (error) => this.log.error(`${this.program}: ${error.message}`));

    const deadline = performance.now() + START_DEADLINE_MS;
    while (!(await this.answers())) {
      const ended = child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
      if (ended || performance.now() > deadline) {
        child.kill('SIGKILL');
        throw new LocalRedisError(
          `${this.program} did not start on ${this.dataDir}. Its last words:\n${lastLines.join('\n')}`,
        );
      }
      await sleep(20);
    }
    child.once('exit', (code, signal) => {
      if (this.stopping) return;
      this.log.error(`${this.program} ended by itself (${signal ?? `exit ${code}`}); starting it again`);
      void this.relaunch();
    });
    // It may have died between its first answer and the line above.
    if (child.exitCode !== null || child.signalCode !== null)
      throw new LocalRedisError(`${this.program} ended at once.`);
  }

  private async relaunch(): Promise<void> {
    while (!this.stopping) {
      await sleep(RESTART_PAUSE_MS);
      if (this.stopping) return;
      try {
        await this.launch();
        return;
      } catch (error) {
        this.log.error(error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** Whether a server is behind the socket and has loaded its file. */
  private async answers(socket = this.url): Promise<boolean> {
    if (!existsSync(socket)) return false;
    const redis = new Redis({
      path: socket,
      lazyConnect: true,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      enableReadyCheck: false,
      commandTimeout: 2_000,
    });
    // Every failure also reaches the promise below.
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return (await redis.ping()) === 'PONG';
    } catch {
      return false;
    } finally {
      redis.disconnect();
    }
  }
}

/** Whatever process gets the number of a server that has ended is not for its watcher to stop. */
function releaseWatcherAtExit(child: ChildProcess): void {
  const pipe = child.stdio[3];
  if (!(pipe instanceof Socket)) return;
  // Without a watcher, when the shell itself could not be started, there is nobody to read it.
  pipe.on('error', () => undefined);
  child.once('exit', () => pipe.end('\n'));
}

async function findProgram(): Promise<string> {
  for (const program of PROGRAMS) {
    const exists = await new Promise<boolean>((resolve) => {
      const child = spawn(program, ['--version'], { stdio: 'ignore' });
      child.once('error', () => resolve(false));
      child.once('exit', (code) => resolve(code === 0));
    });
    if (exists) return program;
  }
  throw new LocalRedisError(
    [
      'REDIS_URL is not set, and there is no redis-server or valkey-server on this machine to start. Either type',
      '  sudo apt-get install redis-server     (Debian, Ubuntu)',
      '  sudo dnf install valkey               (Fedora, RHEL 10; on RHEL 9: sudo dnf install redis)',
      '  brew install redis                    (macOS)',
      'or point REDIS_URL at a Redis: REDIS_URL=redis://127.0.0.1:6379',
    ].join('\n'),
  );
}

/**
 * The socket stands in the temporary folder because its path may have about 100 characters only, wherever the data
 * folder is. One folder for each data folder, ours alone.
 */
function privateSocketDir(dataDir: string): string {
  const { uid } = userInfo();
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const dir = join(tmpdir(), `hmc-vnic-gateway-${uid}-${hash}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const found = lstatSync(dir);
  if (!found.isDirectory() || found.uid !== uid) {
    throw new LocalRedisError(`${dir} belongs to somebody else: remove it, or set TMPDIR.`);
  }
  chmodSync(dir, 0o700);
  return dir;
}
