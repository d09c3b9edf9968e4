import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { until } from './until.js';
import { freePort } from './free-port.js';

/** A real redis-server or sentinel on a loopback port. */
export interface RedisProcess {
  readonly port: number;
  readonly pid: number;
  /** Runs one command on it and closes the connection again. */
  ask<T>(question: (redis: Redis) => Promise<T>): Promise<T>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port and file. */
  restart(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

export interface RedisCluster {
  /** REDIS_URL, naming two of the three masters. */
  readonly url: string;
  readonly masters: readonly RedisProcess[];
  stop(): Promise<void>;
}

export interface RedisBehindSentinel {
  /** REDIS_URL, naming the sentinels. */
  readonly url: string;
  readonly servers: readonly RedisProcess[];
  /** The server that is the master as the sentinels see it now. */
  master(): Promise<RedisProcess>;
  /** Waits until another server than this one is the master, and says so itself. */
  newMaster(than: RedisProcess): Promise<RedisProcess>;
  /** Waits until this many replicas follow the master. */
  untilReplicas(count: number): Promise<void>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const NODE_TIMEOUT_MS = 2_000;
const MASTER_NAME = 'vnics';

/** Three masters without replicas, each with a third of the slots, put together by hand (CLUSTER MEET, ADDSLOTS). */
export async function startRedisCluster(): Promise<RedisCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'test-redis-cluster-'));
  const masters: RedisProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(masters.map((master) => master.kill()));
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    for (let i = 0; i < 3; i += 1) {
      const port = await portWithBus();
      const words = ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}.conf`];
      masters.push(
        await launch(port, dir, [...words, '--cluster-node-timeout', String(NODE_TIMEOUT_MS), ...durable(port)]),
      );
    }
    for (const [i, master] of masters.entries()) {
      const from = Math.floor((SLOTS * i) / masters.length);
      const to = Math.floor((SLOTS * (i + 1)) / masters.length);
      const slots = Array.from({ length: to - from }, (_, k) => from + k);
      await master.ask((redis) => redis.cluster('ADDSLOTS', ...slots));
      if (i > 0) await masters[0]?.ask((redis) => redis.cluster('MEET', '127.0.0.1', master.port));
    }
    await until('the cluster stands', async () => {
      const states = await Promise.all(masters.map((master) => master.ask((redis) => redis.cluster('INFO'))));
      return states.every((state) => /cluster_state:ok/.test(state) && /cluster_known_nodes:3/.test(state));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const nodes = masters.slice(0, 2).map(({ port }) => `127.0.0.1:${port}`);
  return { url: `redis+cluster://${nodes.join(',')}`, masters, stop };
}

/** One master with replicas, and three sentinels that watch it; a failover takes about two seconds. */
export async function startRedisBehindSentinel(replicas = 2): Promise<RedisBehindSentinel> {
  const dir = mkdtempSync(join(tmpdir(), 'test-redis-sentinel-'));
  const servers: RedisProcess[] = [];
  const sentinels: RedisProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all([...sentinels, ...servers].map((process) => process.kill()));
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    for (let i = 0; i <= replicas; i += 1) {
      const port = await freePort();
      const first = servers[0];
      const following = first === undefined ? [] : ['--replicaof', '127.0.0.1', String(first.port)];
      // Without the pause that a master takes to gather replicas for one transfer.
      servers.push(await launch(port, dir, [...durable(port), '--repl-diskless-sync-delay', '0', ...following]));
    }
    for (let i = 0; i < 3; i += 1) {
      const port = await freePort();
      const file = join(dir, `sentinel-${port}.conf`);
      // A sentinel writes into its own file.
      writeFileSync(
        file,
        [
          `port ${port}`,
          'bind 127.0.0.1',
          `dir ${dir}`,
          `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${servers[0]?.port} 2`,
          `sentinel down-after-milliseconds ${MASTER_NAME} 1000`,
          `sentinel failover-timeout ${MASTER_NAME} 5000`,
          '',
        ].join('\n'),
      );
      sentinels.push(await launch(port, dir, ['--sentinel'], file));
    }
    await until('the sentinels know each other and the replicas', async () => {
      const seen = await Promise.all(
        sentinels.map((each) =>
          each.ask((redis) => redis.call('SENTINEL', 'MASTER', MASTER_NAME) as Promise<string[]>),
        ),
      );
      const field = (pairs: string[], name: string): number => Number(pairs[pairs.indexOf(name) + 1]);
      return seen.every(
        (pairs) => field(pairs, 'num-slaves') === replicas && field(pairs, 'num-other-sentinels') === 2,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }

  const master = async (): Promise<RedisProcess> => {
    const address = await sentinels[0]?.ask(
      (redis) => redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER_NAME) as Promise<string[]>,
    );
    const found = servers.find(({ port }) => String(port) === address?.[1]);
    if (found === undefined) throw new Error(`no server at ${address?.join(':')}`);
    return found;
  };
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${MASTER_NAME}`,
    servers,
    master,
    newMaster: async (than) => {
      let found = than;
      await until('another server is the master', async () => {
        found = await master();
        return found !== than && /^role:master/m.test(await found.ask((redis) => redis.info('replication')));
      });
      return found;
    },
    untilReplicas: (count) =>
      until(`${count} replicas follow`, async () => {
        const info = await (await master()).ask((redis) => redis.info('replication'));
        return [...info.matchAll(/state=online/g)].length >= count;
      }),
    stop,
  };
}

function durable(port: number): string[] {
  return ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--appendfilename', `append-${port}.aof`];
}

async function launch(port: number, dir: string, words: readonly string[], file?: string): Promise<RedisProcess> {
  const place = file === undefined ? ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir] : [file];
  // Redis 7 keeps the parts of its file in a folder of its own.
  const folder = words.includes('--appendonly') ? ['--appenddirname', `append-${port}`] : [];
  const ask: RedisProcess['ask'] = async (question) => {
    const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => null, commandTimeout: 2000, lazyConnect: true });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  };
  const start = async (): Promise<ChildProcess> => {
    const child = spawn('redis-server', [...place, ...words, ...folder], { stdio: 'ignore' });
    try {
      await until(`redis-server answers on port ${port}`, async () => (await ask((redis) => redis.ping())) === 'PONG');
      return child;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  };
  let child = await start();
  return {
    port,
    get pid() {
      return child.pid ?? -1;
    },
    ask,
    kill: () => killed(child),
    restart: async () => {
      child = await start();
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** A free port whose cluster bus port (10,000 more) is free as well. */
async function portWithBus(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port + 10_000 <= 65_535 && (await isFree(port + 10_000))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  await new Promise((resolve) => server.close(resolve));
  return free;
}
