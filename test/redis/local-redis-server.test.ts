import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectStore, connectWorker, endConnection } from '../../src/redis/connections.js';
import { LocalRedisServer } from '../../src/redis/local-redis-server.js';
import { aliveness, identityOf } from '../../src/redis/process-identity.js';
import { isStoreAway } from '../../src/redis/store-away.js';
import { compileService } from '../support/compiled-service.js';
import { startTestRedis } from '../support/redis.js';
import { until } from '../support/until.js';

const log = { log: () => undefined, error: () => undefined };

describe('LocalRedisServer', () => {
  let dir: string;
  const running: LocalRedisServer[] = [];
  const start = async (): Promise<LocalRedisServer> => {
    const server = await LocalRedisServer.start(dir, log);
    running.push(server);
    return server;
  };
  const withStore = async <T>(
    url: string,
    use: (redis: ReturnType<typeof connectWorker>) => Promise<T>,
  ): Promise<T> => {
    const redis = connectWorker(url);
    try {
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'test-local-redis-'));
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    rmSync(dir, { recursive: true });
  });

  it('is durable and private: no TCP port, fsync always, no eviction, a socket of our own', async () => {
    const server = await start();
    const setting = (name: string): Promise<unknown> =>
      withStore(server.url, async (redis) => (await redis.config('GET', name))[1]);
    expect(await setting('port')).toBe('0');
    expect(await setting('appendonly')).toBe('yes');
    expect(await setting('appendfsync')).toBe('always');
    expect(await setting('maxmemory-policy')).toBe('noeviction');
    expect(await setting('dir')).toBe(dir);
    expect(statSync(dirname(server.url)).mode & 0o777).toBe(0o700);
  });

  it('keeps everything over stop and start', async () => {
    const first = await start();
    await withStore(first.url, (redis) => redis.set('job', '1'));
    await first.stop();
    const second = await start();
    expect(await withStore(second.url, (redis) => redis.get('job'))).toBe('1');
  });

  it('starts again on the same file when it is killed', async () => {
    const server = await start();
    const pid = server.pid ?? 0;
    await withStore(server.url, async (redis) => {
      await redis.set('job', '2');
      process.kill(pid, 'SIGKILL');
      // A worker's connection waits for it.
      expect(await redis.get('job')).toBe('2');
    });
    expect(server.pid).not.toBe(pid);
  });

  it('does not get the Ctrl-C of its parent: it leads a session of its own', async () => {
    const server = await start();
    const stat = readFileSync(`/proc/${server.pid}/stat`, 'utf8');
    const [, , processGroup, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    expect(Number(processGroup)).toBe(server.pid);
    expect(Number(session)).toBe(server.pid);
  });

  it('ends when its service is killed', async () => {
    const { service, redisPid } = await startElsewhere(dir);
    expect(isRunning(redisPid)).toBe(true);
    service.kill('SIGKILL');
    await until('its Redis has ended', () => !isRunning(redisPid));
  });

  it('takes over from a service that was killed, and keeps its data', async () => {
    const { service: orphan } = await startElsewhere(dir);
    orphan.kill('SIGKILL');
    await new Promise((resolve) => orphan.once('exit', resolve));
    const server = await start();
    expect(await withStore(server.url, (redis) => redis.get('from'))).toBe('elsewhere');
  });

  it('refuses the folder of a service that is alive', async () => {
    const { service } = await startElsewhere(dir);
    await expect(start()).rejects.toThrow(/Another service \(process \d+ on [^]*REDIS_DATA_DIR[^]*owner-1\.json/);
    service.kill('SIGTERM');
    await new Promise((resolve) => service.once('exit', resolve));
    await start();
  });

  it('refuses it also for a service with another folder for temporary files', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'test-tmpdir-'));
    const { service } = await startElsewhere(dir, { TMPDIR: elsewhere });
    try {
      await expect(start()).rejects.toThrow(`(process ${service.pid} on `);
    } finally {
      service.kill('SIGKILL');
      rmSync(elsewhere, { recursive: true });
    }
  });

  it('refuses it also while the other Redis does not answer', async () => {
    const { service, redisPid } = await startElsewhere(dir);
    process.kill(redisPid, 'SIGSTOP');
    await expect(start()).rejects.toThrow(`(process ${service.pid} on `);
    process.kill(redisPid, 'SIGCONT');
    service.kill('SIGKILL');
  });

  it('stops when another service has taken its folder', async () => {
    const server = await start();
    const pid = server.pid ?? 0;
    rmSync(join(dir, 'owner-1.json'));
    await until('it has ended', () => !isRunning(pid));
  });

  it('says what to type when there is no redis-server', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      await expect(start()).rejects.toThrow(/apt-get install redis-server[\s\S]*REDIS_URL=/);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('says why the server did not start', async () => {
    dir = join(dir, 'file');
    writeFileSync(dir, '');
    await expect(start()).rejects.toThrow(/REDIS_DATA_DIR/);
    dir = dirname(dir);
  });
});

describe('connections', () => {
  it('the store fails within seconds while Redis is away, and works again after', async () => {
    const redis = await startTestRedis();
    const store = connectStore(redis.url);
    try {
      await until('it is connected', () => store.status === 'ready');
      await store.set('a', '1');
      await redis.kill();
      const began = Date.now();
      const error = await store.get('a').then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(isStoreAway(error)).toBe(true);
      expect(Date.now() - began).toBeLessThan(15_000);
      await redis.restart();
      await until('it is connected', () => store.status === 'ready');
      expect(await store.get('a')).toBe('1');
    } finally {
      store.disconnect();
      await redis.stop();
    }
  });

  it('the store gives up on a Redis that is frozen', async () => {
    const redis = await startTestRedis();
    const store = connectStore(redis.url);
    try {
      await until('it is connected', () => store.status === 'ready');
      redis.freeze();
      const error = await store.get('a').then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(isStoreAway(error)).toBe(true);
    } finally {
      store.disconnect();
      await redis.stop();
    }
  });

  it('a worker waits until Redis is back', async () => {
    const redis = await startTestRedis();
    const worker = connectWorker(redis.url);
    try {
      await worker.set('a', '1');
      await redis.kill();
      const answer = worker.get('a');
      await sleep(300);
      await redis.restart();
      expect(await answer).toBe('1');
    } finally {
      worker.disconnect();
      await redis.stop();
    }
  });

  it('ends for good at any moment: what waits on it fails, and does not wait for ever', async () => {
    const redis = await startTestRedis();
    for (const moment of ['connecting', 'ready', 'reconnecting'] as const) {
      const worker = connectWorker(redis.url);
      if (moment === 'ready') await worker.ping();
      if (moment === 'reconnecting') {
        await worker.ping();
        await redis.kill();
        await until('the connection is lost', () => worker.status === 'reconnecting');
      }
      const answer = worker.blpop('nothing', 0).then(
        () => 'an answer',
        () => 'failed',
      );
      endConnection(worker);
      expect(await answer, moment).toBe('failed');
    }
    await redis.stop();
  });

  it('what Redis says about a wrong command is a fault of ours, not an absence', async () => {
    const redis = await startTestRedis();
    const store = connectWorker(redis.url);
    try {
      await store.set('text', 'a');
      const error = await store.lpush('text', 'b').then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(Error);
      expect(isStoreAway(error)).toBe(false);
      await store.config('SET', 'maxmemory', '1');
      const full = await store.set('more', 'x').then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(isStoreAway(full)).toBe(true);
    } finally {
      store.disconnect();
      await redis.stop();
    }
  });
});

/** Another process that started the server of this folder and holds it until it gets a signal. */
async function startElsewhere(
  dir: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ readonly service: ChildProcess; readonly redisPid: number }> {
  const { dir: scripts, remove } = await compileService();
  writeFileSync(
    join(scripts, 'hold.js'),
    `
    import { LocalRedisServer } from './redis/local-redis-server.js';
    import { connectWorker } from './redis/connections.js';
    const server = await LocalRedisServer.start(${JSON.stringify(dir)}, console);
    const redis = connectWorker(server.url);
    await redis.set('from', 'elsewhere');
    redis.disconnect();
    process.on('SIGTERM', () => server.stop().then(() => process.exit(0)));
    setInterval(() => undefined, 1000);
    console.log('started', server.pid);
  `,
  );
  const child = spawn(process.execPath, [join(scripts, 'hold.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  child.once('exit', remove);
  const redisPid = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const pid = /started (\d+)/.exec(chunk.toString('utf8'))?.[1];
      if (pid !== undefined) resolve(Number(pid));
    });
    child.once('exit', (code) => reject(new Error(`exit ${code}`)));
  });
  return { service: child, redisPid };
}

function isRunning(pid: number): boolean {
  return aliveness(identityOf(pid)) === 'alive';
}
