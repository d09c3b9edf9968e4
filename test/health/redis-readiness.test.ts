import { Redis } from 'ioredis';
import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceConfig } from '../../src/config/service-config.js';
import { whatMayBeLost } from '../../src/redis/persistence-settings.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { startTestApp, testConfig, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function redisWithAdmin(): Promise<{ redis: TestRedis; admin: Redis }> {
  const redis = await startTestRedis();
  open.push(() => redis.stop());
  const admin = new Redis(redis.url);
  open.push(() => Promise.resolve(admin.disconnect()));
  return { redis, admin };
}

async function service(url: string, changes: Partial<ServiceConfig> = {}): Promise<TestApp> {
  const app = await startTestApp(testConfig(url, changes));
  open.push(() => app.close());
  return app;
}

const ready = (app: TestApp): Promise<request.Response> => request(app.url).get('/health/ready').then();
const warnings = (app: TestApp): unknown[] =>
  app.log.filter(({ level }) => level === 'warn').map((line) => line['msg']);

describe.each(['all', 'api', 'worker'] as const)('a replica with the role %s', (role) => {
  it('is not ready while Redis is read-only or too full, says so, and is again after', async () => {
    const { redis, admin } = await redisWithAdmin();
    const app = await service(redis.url, { role });
    expect((await ready(app)).body.checks.redis).toEqual({ ready: true, detail: 'Redis answers and takes writes.' });

    await admin.call('REPLICAOF', '127.0.0.1', '1');
    const readOnly = await ready(app);
    expect(readOnly.status).toBe(503);
    expect(readOnly.body.checks.redis).toMatchObject({ ready: false, detail: expect.stringContaining('read-only') });
    await admin.call('REPLICAOF', 'NO', 'ONE');
    await until('Redis takes writes', async () => (await ready(app)).status === 200);

    await admin.config('SET', 'maxmemory', '1000000');
    await until('Redis is full', async () => (await ready(app)).status === 503);
    expect((await ready(app)).body.checks.redis.detail).toMatch(
      /^Redis uses \d+ % of its maxmemory.*New jobs are refused/,
    );
    await admin.config('SET', 'maxmemory', '0');
    await until('there is room', async () => (await ready(app)).status === 200);
  }, 60_000);
});

describe('a Redis that may lose something', () => {
  it('is told in the log and in /health/ready, which stays ready', async () => {
    const { redis, admin } = await redisWithAdmin();
    await admin.config('SET', 'appendfsync', 'everysec');
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const app = await service(redis.url);
    const { status, body } = await ready(app);
    expect(status).toBe(200);
    expect(body.checks.durability.ready).toBe(true);
    expect(body.checks.durability.detail).toMatch(
      /appendfsync is everysec.*up to a second.*maxmemory-policy is allkeys-lru/,
    );
    expect(warnings(app)).toEqual([expect.stringMatching(/appendfsync is everysec.*docs\/reliability\.md/)]);

    // Another replica, after it was mended.
    await admin.config('SET', 'appendfsync', 'always');
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    const mended = await service(redis.url);
    expect((await ready(mended)).body.checks.durability).toEqual({
      ready: true,
      detail: 'Redis keeps every write: appendonly yes, appendfsync always, noeviction.',
    });
    expect(warnings(mended)).toEqual([]);
  }, 30_000);

  it('and does not tell its settings: it is said that they could not be checked', async () => {
    const { redis, admin } = await redisWithAdmin();
    await admin.call('ACL', 'SETUSER', 'service', 'on', '>secret', '~*', '&*', '+@all', '-config');
    const app = await service(redis.url.replace('redis://', 'redis://service:secret@'));
    const { status, body } = await ready(app);
    expect(status).toBe(200);
    expect(body.checks.durability).toMatchObject({
      ready: true,
      detail: expect.stringContaining('could not be checked'),
    });
    expect(warnings(app)).toEqual([expect.stringContaining('CONFIG GET is refused')]);
  }, 30_000);
});

describe('what may be lost', () => {
  const safe = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' };

  it('is nothing with the settings that we ask for', () => {
    expect(whatMayBeLost(safe)).toEqual([]);
  });

  it('is told for each setting; without a file how it is written does not matter', () => {
    expect(whatMayBeLost({ ...safe, appendonly: 'no', appendfsync: 'everysec' })).toEqual([
      expect.stringContaining('appendonly is no'),
    ]);
    expect(whatMayBeLost({ ...safe, appendfsync: 'no' })).toEqual([expect.stringContaining('half a minute')]);
    expect(whatMayBeLost({ ...safe, 'maxmemory-policy': 'volatile-ttl' })).toEqual([
      expect.stringContaining('deletes keys'),
    ]);
  });
});
