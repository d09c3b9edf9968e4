import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../src/store/job-record.js';
import { startLaneBench, type LaneBench } from '../support/lane-bench.js';
import { REPTILIAN, SAURIAN } from '../support/whole-service.js';

/* What a job says whose partition has left its system, or only has another name, since the job was accepted. */
const ANOLE = { partition: { name: 'anole' }, slot: 5 } as const;

let bench: LaneBench;
beforeAll(async () => {
  bench = await startLaneBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  bench.reset();
  await bench.redis.flushall();
});

const migrate = (): Promise<JobRecord> =>
  bench.accept(
    'partition.migrate',
    { partition: { name: 'lizard' } },
    { targetSystem: SAURIAN },
    { targetMtms: SAURIAN },
  );

describe('a partition that has another name now', () => {
  it('has not left: its vNIC is deleted, and nothing is said of a move', async () => {
    const job = await bench.accept('vnic.delete', ANOLE);
    bench.partition('anole').name = 'anolis';
    await bench.drain();
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded', warnings: [] });
    expect(bench.changes()).toHaveLength(1);
  });
});

describe('a partition that has left', () => {
  it('a change of its vNIC fails, and says where to look', async () => {
    const job = await bench.accept('vnic.update', ANOLE, { autoPriorityFailover: false });
    const frame = bench.frame();
    frame.vnics.splice(0, Infinity, ...frame.vnics.filter(({ partitionId }) => partitionId !== 9));
    frame.partitions.splice(0, Infinity, ...frame.partitions.filter(({ id }) => id !== 9));
    await bench.drain();
    const failed = await bench.job(job.id);
    expect(failed).toMatchObject({
      state: 'failed',
      error: { type: 'urn:hmc-vnic-gateway:problem:target-gone', effect: 'none' },
    });
    expect(failed.error?.detail).toMatch(
      /is gone now\. Partition anole is not on .* any more.*look there\. Nothing was sent\.$/,
    );
  });

  it('a second migration of it to the same system has nothing to do, and nothing to warn of', async () => {
    const [first, second] = [await migrate(), await migrate()];
    for (const { id } of [first, second]) {
      await bench.drain();
      expect(await bench.job(id)).toMatchObject({ state: 'succeeded', warnings: [] });
    }
    expect(bench.changes()).toHaveLength(1);
    expect(bench.partition('lizard', SAURIAN)).toBeDefined();
    expect(bench.frame(REPTILIAN).partitions.some(({ name }) => name === 'lizard')).toBe(false);
  });
});
