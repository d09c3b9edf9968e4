import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DataDirInUseError, DataDirLock, type Owner } from '../../src/redis/data-dir-lock.js';
import { aliveness, identityOf, processSpace } from '../../src/redis/process-identity.js';

const TIMES = { heartbeatMs: 200, silenceMs: 2_000 };

describe('DataDirLock', () => {
  let dir: string;
  const locks: DataDirLock[] = [];
  const take = async (onLost = (): void => undefined): Promise<DataDirLock> => {
    const { lock } = await DataDirLock.take(dir, '/tmp/redis.sock', onLost, TIMES);
    locks.push(lock);
    return lock;
  };
  const owned = (owner: Partial<Owner>, number = 1): string => {
    const file = join(dir, `owner-${number}.json`);
    writeFileSync(
      file,
      JSON.stringify({
        service: identityOf(process.pid),
        redis: null,
        socket: '/tmp/redis.sock',
        processSpace: processSpace(),
        hostname: 'elsewhere',
        since: '2026-01-01T00:00:00.000Z',
        released: false,
        ...owner,
      } satisfies Owner),
    );
    return file;
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'test-lock-'));
  });
  afterEach(() => {
    for (const lock of locks.splice(0)) lock.release();
    rmSync(dir, { recursive: true });
  });

  it('refuses an owner whose process runs, and says who it is and what to do', async () => {
    await take();
    const refusal = await take().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DataDirInUseError);
    expect(String(refusal)).toMatch(new RegExp(`process ${process.pid} on .*remove ${dir}/owner-1\\.json`));
  });

  it('is free again when it was released', async () => {
    (await take()).release();
    await take();
    expect(readdirSync(dir)).toEqual(['owner-2.json']);
  });

  it('tells the Redis of an owner that has gone', async () => {
    owned({ service: { pid: process.pid, startTicks: '1' }, redis: { pid: 4711, startTicks: '2' } });
    const { lock, before } = await DataDirLock.take(dir, '/tmp/redis.sock', () => undefined, TIMES);
    locks.push(lock);
    expect(before?.redis).toEqual({ pid: 4711, startTicks: '2' });
  });

  it('is not taken in by a stranger who has got the number of the owner', async () => {
    owned({ service: { pid: process.pid, startTicks: '1' } });
    await take();
    expect(readdirSync(dir)).toEqual(['owner-2.json']);
  });

  it('refuses an owner of another container or machine as long as its heart beats', async () => {
    const file = owned({ processSpace: 'another', service: { pid: 999_999_999, startTicks: '1' } });
    const timer = setInterval(() => utimesSync(file, new Date(), new Date()), TIMES.heartbeatMs);
    try {
      await expect(take()).rejects.toThrow('on elsewhere');
    } finally {
      clearInterval(timer);
    }
  });

  it('takes over from one of another container or machine that has fallen silent, wrong clocks or not', async () => {
    const file = owned({ processSpace: 'another' });
    utimesSync(file, new Date(), new Date(Date.now() + 3_600_000));
    const startedAt = performance.now();
    await take();
    // A timer may be early by a little.
    expect(performance.now() - startedAt).toBeGreaterThan(TIMES.silenceMs - 50);
    expect(readdirSync(dir)).toEqual(['owner-2.json']);
  });

  it('takes over a file that a power failure has cut off', async () => {
    writeFileSync(join(dir, 'owner-3.json'), '{"serv');
    await take();
    expect(readdirSync(dir)).toEqual(['owner-4.json']);
  });

  it('goes to one of many that want it at once', async () => {
    owned({ service: { pid: process.pid, startTicks: '1' } });
    const ends = await Promise.allSettled(Array.from({ length: 20 }, () => take()));
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
  });

  it('keeps beating, also after the Redis was written down', async () => {
    const lock = await take();
    lock.recordRedis(process.pid);
    const file = join(dir, 'owner-1.json');
    utimesSync(file, new Date(0), new Date(0));
    await vi.waitFor(() => expect(statSync(file).mtimeMs).toBeGreaterThan(Date.now() - 3_600_000), 10_000);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ redis: identityOf(process.pid), released: false });
  });

  it('says when another has taken the folder', async () => {
    const lost = vi.fn();
    const lock = await take(lost);
    rmSync(join(dir, 'owner-1.json'));
    owned({}, 2);
    await vi.waitFor(() => expect(lost).toHaveBeenCalledOnce(), 10_000);
    lock.release();
    expect(readdirSync(dir)).toEqual(['owner-2.json']);
  });
});

describe('aliveness', () => {
  it('knows a process, one that has ended, and one with the number of another', () => {
    const self = identityOf(process.pid);
    expect(aliveness(self)).toBe('alive');
    expect(aliveness({ ...self, startTicks: '1' })).toBe('gone');
    expect(aliveness({ pid: 999_999_999, startTicks: '1' })).toBe('gone');
  });
});
