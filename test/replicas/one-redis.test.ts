import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeReportOf } from '../../src/store/store-condition.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { startReplicas, type Replicas } from '../support/replicas.js';
import type { JobBody } from '../support/whole-service.js';
import { until } from '../support/until.js';

const PORTS = '/v1/managed-systems/saurian-9119-MME-659707C/sriov/physical-ports';
const ROUNDS = 40;

let redis: TestRedis;
let admin: Redis;
let service: Replicas;

beforeAll(async () => {
  redis = await startTestRedis();
  admin = new Redis(redis.url);
  service = await startReplicas({ redisUrl: redis.url });
}, 60_000);
afterAll(async () => {
  await service.close();
  admin.disconnect();
  await redis.stop();
});

describe('the same Idempotency-Key at two replicas at the same moment', () => {
  it('makes one job, in every one of many rounds', async () => {
    const path = `${PORTS}/1/0`;
    for (let round = 0; round < ROUNDS; round += 1) {
      const headers = { 'Idempotency-Key': `round-${round}` };
      const body = { label: `round-${round}` };
      // Calls go to the replicas in turn.
      const answers = await Promise.all(Array.from({ length: 4 }, () => service.call('patch', path, body, headers)));
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
      expect(new Set(answers.map((answer) => (answer.body as JobBody).id)).size).toBe(1);
      expect(answers.filter(({ headers: h }) => h.get('Idempotency-Replayed') === 'true')).toHaveLength(3);
      await service.finished((answers[0]?.body as JobBody).id);
    }
    const labels = service.changes().map((entry) => /phys_port_label=([^,"]*)/.exec(entry.line)?.[1]);
    expect(labels).toEqual(Array.from({ length: ROUNDS }, (_, round) => `round-${round}`));
  }, 60_000);
});

describe('Redis that takes nothing new', () => {
  const change = (label: string): ReturnType<Replicas['call']> => service.call('patch', `${PORTS}/2/2`, { label });
  /** Everything that is stored of jobs. */
  const jobs = (): Promise<string[]> => admin.keys('*:job:*');

  it('nearly full: 503 at once, nothing stored; what is accepted already still runs and is recorded', async () => {
    const lane = '/v1/managed-systems/saurian-9119-MME-659707C/lane';
    const pause = (what: string): Promise<Response> =>
      fetch(`${service.apis[0]?.url}${lane}/${what}`, {
        method: 'POST',
        headers: { Authorization: 'Bearer admin-key-02d4' },
      });
    await pause('pause');
    const waiting = await change('before');
    expect(waiting.status).toBe(202);

    const { usedMemory } = storeReportOf(await admin.info('memory'));
    await admin.config('SET', 'maxmemory', String(Math.round(usedMemory / 0.9)));
    // Each replica asks Redis once a second.
    await sleep(1_100);
    const before = await jobs();
    const reads = service.simulator.log.entries.length;
    const refused = await change('full');
    expect(refused).toMatchObject({ status: 503, body: { retryable: true } });
    expect((refused.body as { detail: string }).detail).toMatch(/maxmemory.*Nothing was stored/);
    expect(refused.headers.get('Retry-After')).toBe('5');
    // Refused before an HMC was asked.
    expect(service.simulator.log.entries).toHaveLength(reads);
    expect(await jobs()).toHaveLength(before.length);
    const ready = await fetch(`${service.apis[0]?.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(JSON.stringify(await ready.json())).toContain('New jobs are refused');

    await pause('resume');
    expect(await service.finished((waiting.body as JobBody).id)).toMatchObject({ state: 'succeeded' });
    await admin.config('SET', 'maxmemory', '0');
    await until('new jobs are taken again', async () => (await change('roomy')).status === 202);
  }, 60_000);

  it('read-only: 503 at once, nothing stored', async () => {
    const before = await jobs();
    await admin.call('REPLICAOF', '127.0.0.1', '1');
    const asked = performance.now();
    const refused = await change('read-only');
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(refused).toMatchObject({ status: 503, body: { retryable: true } });
    await admin.call('REPLICAOF', 'NO', 'ONE');
    expect(await jobs()).toHaveLength(before.length);
    await until('new jobs are taken again', async () => (await change('writable')).status === 202);
  }, 60_000);
});

describe('what Redis says about itself', () => {
  it('is read from INFO', () => {
    const info =
      '# Memory\r\nused_memory:1000\r\nused_memory_rss:5000\r\nmaxmemory:2000\r\nmem_not_counted_for_evict:100\r\n' +
      '# Replication\r\nrole:master\r\nconnected_slaves:2\r\nslave0:ip=10.0.0.1,port=6379,state=online,offset=1,lag=0\r\n' +
      'slave1:ip=10.0.0.2,port=6379,state=wait_bgsave,offset=0,lag=0\r\n';
    expect(storeReportOf(info)).toEqual({ usedMemory: 900, maxMemory: 2000, onlineReplicas: 1 });
    expect(storeReportOf('')).toEqual({ usedMemory: 0, maxMemory: 0, onlineReplicas: null });
  });
});
