import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../src/store/job-record.js';
import { Keys } from '../../src/store/keys.js';
import { REPTILIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

const SYSTEM = `/v1/managed-systems/${encodeURIComponent(REPTILIAN)}`;

let service: WholeService;
let redis: Redis;
let keys: Keys;
beforeAll(async () => {
  service = await startWholeService({ roles: ['api'] });
  redis = new Redis(service.redis.url);
  keys = new Keys(service.config.redisPrefix);
});
afterAll(async () => {
  redis.disconnect();
  await service.close();
});

async function accept(label: string): Promise<string> {
  const answer = await service.call('patch', `${SYSTEM}/sriov/physical-ports/4/2`).send({ label }).expect(202);
  return (answer.body as JobBody).id;
}
const stored = async (id: string): Promise<JobRecord> =>
  JSON.parse((await redis.hget(keys.job(id), 'record')) ?? '') as JobRecord;
const ids = (body: unknown): readonly string[] => (body as { items: JobBody[] }).items.map(({ id }) => id);

describe('records that this version does not understand', () => {
  it('are shown where they have what every job has, and left out of lists where they have not', async () => {
    const [newer, broken, cut, plain] = [await accept('a'), await accept('b'), await accept('c'), await accept('d')];
    const record = JSON.stringify({ ...(await stored(newer)), operation: 'vnic.teleport', since: 'tomorrow' });
    await redis.hset(keys.job(newer), 'record', record);
    await redis.hset(keys.job(broken), 'record', '{"id":');
    await redis.hset(keys.job(cut), 'record', JSON.stringify({ id: cut }));

    expect((await service.call('get', `/v1/jobs/${newer}`).expect(200)).body).toMatchObject({
      operation: 'vnic.teleport',
      state: 'queued',
      queuePosition: 1,
    });
    expect(ids((await service.call('get', '/v1/jobs').expect(200)).body)).toEqual([plain, newer]);
    const lane = await service.call('get', `${SYSTEM}/lane`).expect(200);
    expect(ids(lane.body)).toEqual([newer, plain]);
    expect(lane.body).toMatchObject({ queued: 4 });

    for (const id of [broken, cut]) {
      const { body } = await service.call('get', `/v1/jobs/${id}`).expect(500);
      expect(body).toMatchObject({ detail: expect.stringContaining(`The record of job ${id} is not understood`) });
    }
    expect((await service.call('delete', `/v1/jobs/${newer}`).expect(200)).body).toMatchObject({ state: 'canceled' });
  });

  it('are not reconciled', async () => {
    const id = await accept('e');
    const record = JSON.stringify({ ...(await stored(id)), operation: 'vnic.teleport' });
    await redis.hset(keys.job(id), 'record', record, 'state', 'indeterminate');
    const { body } = await service.call('post', `/v1/jobs/${id}/reconcile`).expect(500);
    expect(body).toMatchObject({ detail: expect.stringContaining('is not known to this version') });
  });

  it('are not counted as waiting where nothing is left of them', async () => {
    const id = await accept('f');
    const before = (await service.call('get', `${SYSTEM}/lane`).expect(200)).body as { queued: number };
    await redis.del(keys.job(id));
    const after = (await service.call('get', `${SYSTEM}/lane`).expect(200)).body as { queued: number };
    expect(after.queued).toBe(before.queued - 1);
  });
});
