import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_QUEUED } from '../../src/store/job-store.js';
import { startLaneBench, type LaneBench } from '../support/lane-bench.js';
import { REPTILIAN } from '../support/whole-service.js';

describe('a lane that is full', () => {
  let bench: LaneBench;
  beforeAll(async () => {
    bench = await startLaneBench();
  });
  afterAll(() => bench.close());

  it('takes no more, and takes them again when there is room', async () => {
    const queue = bench.jobs.keys.laneQueue(REPTILIAN);
    await bench.redis.rpush(queue, ...Array.from({ length: MOST_QUEUED }, (_, i) => `other-${i}`));
    const ask = () =>
      bench.accept('vnic.update', { partition: { name: 'anole' }, slot: 5 }, { autoPriorityFailover: false });
    await expect(ask()).rejects.toMatchObject({ type: 'too-many-requests', members: { retryAfterSeconds: 30 } });
    expect(await bench.redis.llen(queue)).toBe(MOST_QUEUED);
    expect(await bench.redis.zcard(bench.jobs.keys.jobs())).toBe(0);

    await bench.redis.lpop(queue);
    expect(await ask()).toMatchObject({ state: 'queued' });
  });
});
