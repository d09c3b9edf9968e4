import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findProgram } from '../../scripts/ensure-packages.mjs';
import { freePort } from './free-port.js';

export interface TestRedis {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** SIGKILL, keeping the folder. */
  kill(): Promise<void>;
  /** Starts it again on the same port and folder after `kill`. */
  restart(): Promise<void>;
}

/**
 * A real Redis on a free loopback port with its own temporary folder. Fails with what to install when there is none.
 */
export async function startTestRedis(): Promise<TestRedis> {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'test-redis-'));
  let child = await launch(port, dir);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGCONT');
    child.kill(signal);
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid ?? -1;
    },
    stop: async () => {
      await end('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    restart: async () => {
      child = await launch(port, dir);
    },
  };
}

/** A key prefix that no other test uses. */
export function uniquePrefix(): string {
  return `test-${randomUUID()}`;
}

async function launch(port: number, dir: string): Promise<ReturnType<typeof spawn>> {
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', ''];
  const program = findProgram('redis-server') ?? findProgram('valkey-server') ?? 'redis-server';
  const child = spawn(program, [...words, '--appendonly', 'yes', '--appendfsync', 'always'], {
    stdio: 'ignore',
  });
  let failure: Error | null = null;
  child.once('error', (error) => (failure = error));
  const redis = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  try {
    for (let tries = 0; tries < 600; tries += 1) {
      if (failure !== null)
        throw new Error('These tests need redis-server: apt-get install redis-server', { cause: failure });
      if (child.exitCode !== null) throw new Error(`redis-server exited with ${child.exitCode}`);
      if (redis.status === 'wait') void redis.connect().catch(() => undefined);
      if (redis.status === 'ready') return child;
      await sleep(50);
    }
    child.kill('SIGKILL');
    throw new Error('redis-server did not start within 30 s');
  } finally {
    redis.disconnect();
  }
}
