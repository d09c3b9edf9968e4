import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HmcEndpoint } from '../../src/hmc/hmc-endpoint.js';
import { HmcConnections } from '../../src/hmc/hmc-connections.js';
import { ReplicaReadiness } from '../../src/health/replica-readiness.js';
import { Metrics } from '../../src/observability/metrics.js';
import { REDIS, REDIS_URL_IN_USE } from '../../src/redis/redis.module.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { KEYS, startTestApp, testConfig, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';
import { freePort } from '../support/free-port.js';

const ready = async (app: TestApp): Promise<request.Response> => request(app.url).get('/health/ready');

describe('health, metrics and log of the running service', () => {
  let redis: TestRedis;
  let app: TestApp;
  beforeAll(async () => {
    redis = await startTestRedis();
    const gone: HmcEndpoint = {
      id: 'hmc-gone',
      host: '127.0.0.1',
      port: await freePort(),
      username: 'hscroot',
      credential: { kind: 'password', password: 'never-in-a-log-9' },
      hostKeys: [],
    };
    app = await startTestApp(testConfig(redis.url, { hmcs: [gone] }));
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  it('is live and ready, whether an HMC is there or not', async () => {
    expect((await request(app.url).get('/health/live')).body).toEqual({ status: 'live' });
    const first = await ready(app);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ status: 'ready', checks: { redis: { ready: true } } });
    // Nothing else has asked for this HMC.
    const gone = { id: 'hmc-gone', reachable: false, lastSeenAt: null, circuit: 'closed', lastError: 'unreachable' };
    expect(first.body.hmcs).toEqual([gone]);

    await app.app.get(HmcConnections).run('hmc-gone', 'lshmc -V', { kind: 'read', deadlineMs: 5_000 });
    const after = await ready(app);
    expect(after.status).toBe(200);
    expect(after.body.hmcs).toEqual([gone]);
    // Everybody may read this page.
    expect(after.text).not.toContain('127.0.0.1');
  });

  it('is not ready while another check fails, throws or hangs', async () => {
    const readiness = app.app.get(ReplicaReadiness);
    readiness.add('worker', () => ({ ready: false, detail: 'No worker.' }));
    expect((await ready(app)).status).toBe(503);
    readiness.add('worker', () => {
      throw new Error('redis://:secret@host');
    });
    expect((await ready(app)).body.checks.worker).toEqual({ ready: false, detail: 'The check failed.' });
    readiness.add('worker', () => new Promise(() => undefined));
    expect((await ready(app)).body.checks.worker).toMatchObject({ ready: false });
    readiness.add('worker', () => ({ ready: true, detail: 'Fine.' }));
    expect((await ready(app)).status).toBe(200);
  });

  it('counts requests by route template, commands by their end, jobs by state', async () => {
    const viewer = { Authorization: `Bearer ${KEYS.viewer}` };
    await request(app.url).get('/v1/nothing/here').set(viewer);
    const metrics = app.app.get(Metrics);
    metrics.jobEntered('vnic.create', 'succeeded');
    metrics.busyLanes(3);
    const { text, headers } = await request(app.url).get('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain(
      'hmc_vnic_gateway_http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 1',
    );
    expect(text).toMatch(/http_request_duration_seconds_count\{method="GET",route="\/health\/ready",status="200"\} \d/);
    expect(text).toMatch(
      /hmc_command_duration_seconds_count\{hmc="hmc-gone",kind="read",end="never-started:unreachable"\} 1/,
    );
    expect(text).toContain('hmc_vnic_gateway_job_transitions_total{operation="vnic.create",state="succeeded"} 1');
    expect(text).toContain('hmc_vnic_gateway_busy_lanes 3');
    expect(text).toContain('hmc_vnic_gateway_process_cpu_seconds_total');
    expect(text).not.toContain('/v1/nothing');
  });

  it('logs one line for each answer, without query and headers, and no secret', async () => {
    await request(app.url)
      .get('/v1/nothing?password=q1w2')
      .set('Authorization', `Bearer ${KEYS.viewer}`)
      .set('X-Request-Id', 'log-1');
    await until('the call is logged', () => app.log.some((line) => line['requestId'] === 'log-1'));
    const line = app.log.find((entry) => entry['requestId'] === 'log-1');
    expect(line).toMatchObject({
      level: 'info',
      method: 'GET',
      path: '/v1/nothing',
      status: 404,
      caller: 'the viewer',
    });
    expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    const text = JSON.stringify(app.log);
    for (const secret of ['q1w2', KEYS.viewer, 'never-in-a-log-9']) expect(text).not.toContain(secret);
  });

  it('is not ready while Redis is away, and is again after', async () => {
    await redis.kill();
    const away = await ready(app);
    expect(away.status).toBe(503);
    expect(away.body).toMatchObject({ status: 'not-ready', checks: { redis: { ready: false } } });
    expect((await request(app.url).get('/health/live')).status).toBe(200);
    await redis.restart();
    for (let i = 0; i < 500 && (await ready(app)).status !== 200; i += 1) await sleep(20);
    expect((await ready(app)).status).toBe(200);
  });
});

describe('start and stop', () => {
  it('starts although Redis is away, and is not ready', async () => {
    const app = await startTestApp(testConfig(`redis://127.0.0.1:${await freePort()}`, { shutdownGraceSeconds: 1 }));
    try {
      expect((await ready(app)).status).toBe(503);
      expect((await request(app.url).get('/health/live')).status).toBe(200);
    } finally {
      await app.close();
    }
  });

  it('starts a Redis of its own and stops it last', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'test-app-redis-'));
    try {
      const app = await startTestApp(testConfig(null, { redisDataDir: dir }));
      const url = app.app.get<string>(REDIS_URL_IN_USE);
      expect((await ready(app)).status).toBe(200);
      await app.app.get<Redis>(REDIS).set('kept', 'yes');
      await app.close();
      const after = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
      after.on('error', () => undefined);
      await expect(after.connect()).rejects.toThrow();
      after.disconnect();

      const again = await startTestApp(testConfig(null, { redisDataDir: dir }));
      expect(await again.app.get<Redis>(REDIS).get('kept')).toBe('yes');
      await again.close();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('leaves no Redis behind when it cannot listen', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'test-app-redis-'));
    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    try {
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      await expect(startTestApp(testConfig(null, { redisDataDir: dir, port }))).rejects.toThrow(/EADDRINUSE/);
      // The folder is free again: another service may start on it at once.
      const again = await startTestApp(testConfig(null, { redisDataDir: dir }));
      expect((await ready(again)).status).toBe(200);
      await again.close();
    } finally {
      await new Promise((resolve) => server.close(resolve));
      rmSync(dir, { recursive: true });
    }
  });

  it('shows its configuration warnings in the log', async () => {
    const redis = await startTestRedis();
    const app = await startTestApp(testConfig(redis.url, { warnings: ['others may read the key'] }));
    expect(app.log).toContainEqual(expect.objectContaining({ level: 'warn', msg: 'others may read the key' }));
    await app.close();
    await redis.stop();
  });

  it('as a worker it serves health and metrics, and nothing under /v1', async () => {
    const redis = await startTestRedis();
    const app = await startTestApp(testConfig(redis.url, { role: 'worker' }));
    expect((await ready(app)).status).toBe(200);
    expect((await request(app.url).get('/metrics')).status).toBe(200);
    const jobs = await request(app.url).get('/v1/jobs').set('Authorization', `Bearer ${KEYS.viewer}`);
    expect(jobs.status).toBe(404);
    await app.close();
    await redis.stop();
  });

  it('closes in good time although a client keeps its connection busy', async () => {
    const redis = await startTestRedis();
    const app = await startTestApp(testConfig(redis.url));
    const { connect } = await import('node:net');
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    // Headers without an end: the request never arrives.
    socket.write('POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    await sleep(100);
    await app.close();
    socket.destroy();
    await redis.stop();
  });
});
