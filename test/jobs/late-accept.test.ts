import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectStore } from '../../src/redis/connections.js';
import { JobStore } from '../../src/store/job-store.js';
import { startLaneBench, RETENTION_MS, type LaneBench } from '../support/lane-bench.js';
import { REPTILIAN } from '../support/whole-service.js';

let bench: LaneBench;
beforeAll(async () => {
  bench = await startLaneBench();
});
afterAll(() => bench.close());

it('a change that a frozen Redis takes too late is not stored: its caller was answered 503', async () => {
  const redis = connectStore(bench.server.url);
  try {
    await new Promise((resolve) => redis.once('ready', resolve));
    const store = new JobStore(redis, bench.jobs.keys.tag.slice(1, -1), RETENTION_MS);
    const template = await bench.accept('vnic.update', { partition: { name: 'anole' }, slot: 5 }, {});
    await store.mayAccept();
    bench.server.freeze();
    const late = store.accept({ ...template, id: 'late' }, { caller: 'me', key: 'k', fingerprint: 'f' });
    await expect(late).rejects.toMatchObject({
      type: 'store-unavailable',
      members: { retryable: true, jobId: 'late' },
      message: expect.stringContaining('will not be stored later'),
    });
    bench.server.thaw();
    // The call stood in the socket all the time: whatever Redis makes of it, it has by now.
    await sleep(500);
    expect(await bench.jobs.get('late')).toBeNull();
    expect((await bench.worker.lanes.state(REPTILIAN)).queuedJobIds).toEqual([template.id]);
    // The same again is a new request.
    const again = await store.accept({ ...template, id: 'again' }, { caller: 'me', key: 'k', fingerprint: 'f' });
    expect(again).toMatchObject({ kind: 'created', record: { id: 'again' } });
  } finally {
    bench.server.thaw();
    redis.disconnect();
  }
});
