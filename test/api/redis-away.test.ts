import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LaneStore } from '../../src/store/lane-store.js';
import { storeUnavailable } from '../../src/store/store-unavailable.js';
import { startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';
import { until } from '../support/until.js';

/* What a caller is told when Redis goes away, or takes no more, in the middle of a call. */
const SYSTEM = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
const VNIC = `${SYSTEM}/partitions/anole/vnics/5`;
const AWAY = { type: 'urn:hmc-vnic-gateway:problem:store-unavailable', retryable: true, retryAfterSeconds: 5 };

let service: WholeService;
let admin: Redis;
beforeAll(async () => {
  service = await startWholeService();
  admin = new Redis(service.redis.url);
});
afterAll(async () => {
  admin.disconnect();
  await service.close();
});
beforeEach(() => service.simulator.control.reset());
afterEach(() => void vi.restoreAllMocks());

const toggle = async (on: boolean): Promise<JobBody> =>
  (await service.call('patch', VNIC).send({ autoPriorityFailover: on }).expect(202)).body as JobBody;
const turn = (action: 'pause' | 'resume') => service.call('post', `${SYSTEM}/lane/${action}`, 'admin');

describe('a pause or a resume', () => {
  it('that is stored is answered so, although Redis takes no turn for want of memory', async () => {
    await turn('pause').expect(200);
    const job = await toggle(false);
    await admin.config('SET', 'maxmemory', '1000000');
    try {
      await until('Redis is full', async () => (await service.call('get', '/health/ready')).status === 503);
      expect((await turn('resume').expect(200)).body).toMatchObject({ paused: null });
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    expect(await service.finished(job.id)).toMatchObject({ state: 'succeeded' });
  }, 60_000);

  it('that is stored says so where the lane cannot be shown', async () => {
    for (const [action, done] of [
      ['pause', 'The lane is paused.'],
      ['resume', 'The lane is open.'],
    ] as const) {
      const state = vi
        .spyOn(LaneStore.prototype, 'state')
        .mockImplementation(() => Promise.reject(storeUnavailable('Redis did not answer the call.')));
      const { body } = await turn(action).expect(503);
      state.mockRestore();
      expect(body).toMatchObject({ ...AWAY, detail: expect.stringContaining(done) });
      const { body: lane } = await service.call('get', `${SYSTEM}/lane`).expect(200);
      expect(lane.paused === null).toBe(action === 'resume');
    }
  });
});

describe('a change that is stored', () => {
  it('is named in the 503 of a call that waited for its end, also where the call was a repetition', async () => {
    service.simulator.control.setLatency({ changeMs: 3000 });
    const wait = (): Promise<{ status: number; body: Record<string, unknown> }> =>
      service
        .call('patch', VNIC)
        .set('Prefer', 'wait=30')
        .set('Idempotency-Key', 'waits')
        .send({ autoPriorityFailover: false })
        .then();
    const first = wait();
    await until('it is stored', async () => {
      const { body } = await service.call('get', '/v1/jobs?state=running').expect(200);
      return (body as { items: unknown[] }).items.length === 1;
    });
    const again = wait();
    const { body } = await service.call('get', '/v1/jobs?limit=1').expect(200);
    const [job] = (body as { items: JobBody[] }).items;
    await service.redis.kill();
    try {
      for (const call of [first, again]) {
        const answer = await call;
        expect(answer.status).toBe(503);
        expect(answer.body).toMatchObject(AWAY);
      }
      expect((await first).body).toMatchObject({
        jobId: job?.id,
        detail: expect.stringContaining(`stored as job ${job?.id}`),
      });
    } finally {
      await service.redis.restart();
    }
    await until('Redis is back', async () => (await service.call('get', '/health/ready')).status === 200);
    expect(await service.finished(job?.id ?? '', 60_000)).toMatchObject({ state: 'succeeded' });
  }, 120_000);
});
