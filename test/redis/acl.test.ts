import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import request from 'supertest';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import type { ServiceConfig } from '../../src/config/service-config.js';
import { startRedisCluster } from '../support/redis-setups.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { simulatorEndpoints } from '../support/simulator-endpoints.js';
import { KEYS, startTestApp, testConfig, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';
import type { JobBody } from '../support/whole-service.js';

const SYSTEM = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
const VNIC = `${SYSTEM}/partitions/anole/vnics/5`;
/** The words of docs/operations.md for a user of its own, with a password. */
const documented = (): string[] => {
  const line = /^ACL (SETUSER vnicgw .*)$/m.exec(readFileSync('docs/operations.md', 'utf8'))?.[1] ?? '';
  return line.replace('PASSWORD', 'secret').split(' ');
};

let simulator: Simulator;
let redis: TestRedis;
let admin: Redis;
let app: TestApp | null = null;
beforeEach(async () => {
  [simulator, redis] = await Promise.all([startSimulator(), startTestRedis()]);
  admin = new Redis(redis.url);
});
afterEach(async () => {
  await app?.close();
  app = null;
  admin.disconnect();
  await simulator.close();
  await redis.stop();
});

async function start(words: readonly string[], changes: Partial<ServiceConfig> = {}): Promise<TestApp> {
  await admin.call('ACL', ...words);
  const url = redis.url.replace('redis://', 'redis://vnicgw:secret@');
  const config = { hmcs: simulatorEndpoints(simulator), redisPrefix: 'hmc-vnic-gateway', ...changes };
  return (app = await startTestApp(testConfig(url, config)));
}
const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string): request.Test => {
  const agent = request(app?.url ?? '');
  return agent[method](path).set('Authorization', `Bearer ${KEYS.admin}`);
};
const ready = async (): Promise<request.Response> => request(app?.url ?? '').get('/health/ready');
const toggle = async (on: boolean): Promise<request.Response> =>
  call('patch', VNIC).set('Idempotency-Key', `"toggle-${on}"`).send({ autoPriorityFailover: on });
const denied = async (): Promise<unknown> => admin.call('ACL', 'LOG');

/** Something of everything that touches Redis. */
async function use(): Promise<void> {
  const job = (await toggle(false)).body as JobBody;
  // The stream ends with the job.
  expect((await call('get', `/v1/jobs/${job.id}/events`).buffer(true)).text).toContain('succeeded');
  expect((await call('get', `/v1/jobs/${job.id}`)).body).toMatchObject({ state: 'succeeded' });
  expect((await toggle(false)).headers['idempotency-replayed']).toBe('true');
  await call('post', `${SYSTEM}/lane/pause`).expect(200);
  const queued = (await toggle(true)).body as JobBody;
  await call('delete', `/v1/jobs/${queued.id}`).expect(200);
  await call('post', `${SYSTEM}/lane/resume`).expect(200);
  simulator.control.addFault({ kind: 'change', type: 'drop-connection', when: 'before-effect' });
  const lost = (await call('patch', `${SYSTEM}/sriov/physical-ports/4/0`).send({ label: 'lost' })).body as JobBody;
  const state = async (): Promise<unknown> => (await call('get', `/v1/jobs/${lost.id}`)).body.state;
  await until('it is not known', async () => (await state()) === 'indeterminate');
  await call('post', `/v1/jobs/${lost.id}/reconcile`).expect(200);
  expect((await call('get', `/v1/jobs?system=reptilian-9119-MME-65BA46F`)).body.items).toHaveLength(3);
}

describe('a user of Redis', () => {
  it('that may do what the documentation says needs no more', async () => {
    await start(documented());
    await use();
    const { status, body } = await ready();
    expect(status).toBe(200);
    expect(body.checks.durability.detail).toMatch(/^Redis keeps every write/);
    expect(await denied()).toEqual([]);
  }, 60_000);

  it('the same in a cluster', async () => {
    const cluster = await startRedisCluster();
    try {
      const words = [...documented(), '+cluster|slots', '+cluster|info'];
      for (const master of cluster.masters) await master.ask((node) => node.call('ACL', ...words));
      const config = { hmcs: simulatorEndpoints(simulator), redisPrefix: 'hmc-vnic-gateway' };
      app = await startTestApp(testConfig(cluster.url.replace('://', '://vnicgw:secret@'), config));
      await use();
      expect((await ready()).status).toBe(200);
      for (const master of cluster.masters) expect(await master.ask((node) => node.call('ACL', 'LOG'))).toEqual([]);
      await app.close();
      app = null;
    } finally {
      await cluster.stop();
    }
  }, 60_000);

  it('that may not ask for INFO and CONFIG is served; what is not known then is said once', async () => {
    const service = await start(documented().filter((word) => !['+info', '+config|get'].includes(word)));
    await use();
    const { status, body } = await ready();
    expect(status).toBe(200);
    expect(body.checks.durability.detail).toMatch(/CONFIG GET is refused.*INFO is refused.*nearly full is off/);
    const warnings = service.log.filter(({ level, context }) => level === 'warn' && context === 'Redis');
    expect(warnings).toMatchObject([{ msg: expect.stringMatching(/INFO is refused/) }]);
  }, 60_000);

  it('that may not ask for INFO is refused where a failover could not be seen', async () => {
    const words = documented().filter((word) => word !== '+info');
    await start(words, { redisWaitReplicas: 1 });
    const { status, body } = await ready();
    expect(status).toBe(503);
    expect(body.checks.redis.detail).toMatch(/refuses INFO.*\+info/);
    const refused = await toggle(false);
    expect(refused.status).toBe(503);
    expect(refused.body.detail).toMatch(/refuses INFO.*Nothing was stored/);
  }, 60_000);
});
