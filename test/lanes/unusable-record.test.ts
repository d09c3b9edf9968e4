import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../src/store/job-record.js';
import { startLaneBench, type BenchWorker, type LaneBench } from '../support/lane-bench.js';
import { until } from '../support/until.js';
import { REPTILIAN } from '../support/whole-service.js';

const ANOLE = { partition: { name: 'anole' }, slot: 5 } as const;

let bench: LaneBench;
let worker: BenchWorker;
beforeAll(async () => {
  bench = await startLaneBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  bench.reset();
  await bench.redis.flushall();
  worker = bench.newWorker();
});

const accept = (autoPriorityFailover: boolean): Promise<JobRecord> =>
  bench.accept('vnic.update', ANOLE, { autoPriorityFailover });
const key = ({ id }: JobRecord): string => bench.jobs.keys.job(id);

/** As a newer version would have stored it. */
async function become(job: JobRecord, operation: string): Promise<void> {
  const stored = JSON.parse((await bench.redis.hget(key(job), 'record')) ?? '') as JobRecord;
  await bench.redis.hset(key(job), 'record', JSON.stringify({ ...stored, operation }));
}

describe('a job of which nothing is left but its place in the lane', () => {
  it('holds up nobody where it was queued, and is reported', async () => {
    const [lost, alsoLost, next] = [await accept(false), await accept(true), await accept(false)];
    await bench.redis.del(key(lost), key(alsoLost));
    await bench.drain(worker);
    expect(await bench.job(next.id)).toMatchObject({ state: 'succeeded' });
    expect(worker.faults.map(String)).toEqual([
      expect.stringContaining(`${lost.id} stands in its lane, and its record is gone`),
      expect.stringContaining(`${alsoLost.id} stands in its lane, and its record is gone`),
    ]);
    expect(bench.changes()).toHaveLength(1);
    expect(await bench.redis.zcard(bench.jobs.keys.lanes())).toBe(0);
  });

  it('keeps the lane closed for the settle bound where it ran: its command may be at work', async () => {
    const lost = await accept(false);
    await bench.abandon(lost, {});
    const next = await accept(false);
    await bench.redis.del(key(lost));
    expect(await worker.turns.run(REPTILIAN)).toBe('again');
    const state = await worker.lanes.state(REPTILIAN);
    expect(state).toMatchObject({ runningJobId: null, queuedJobIds: [next.id] });
    expect(state.closedUntil).toBeGreaterThan(Date.now());
    expect(await worker.turns.run(REPTILIAN)).toBe('left');
    expect(bench.changes()).toEqual([]);
    expect(worker.faults).toHaveLength(1);

    await until('the lane is open', async () => (await worker.lanes.state(REPTILIAN)).closedUntil <= Date.now());
    await bench.drain(worker);
    expect(await bench.job(next.id)).toMatchObject({ state: 'succeeded' });
  });

  it('is not dropped by a turn that has lost the lane, nor while it has a record', async () => {
    const job = await accept(false);
    const lease = await worker.lanes.acquire(REPTILIAN);
    if (lease === null) throw new Error('the lane has an owner');
    expect(await worker.lanes.lost.drop(lease, job.id, 0)).toBe(false);
    await bench.redis.del(key(job));
    expect(await worker.lanes.lost.drop({ ...lease, epoch: lease.epoch - 1 }, job.id, 0)).toBe(false);
    expect((await worker.lanes.state(REPTILIAN)).queuedJobIds).toEqual([job.id]);
    expect(await worker.lanes.lost.drop(lease, job.id, 0)).toBe(true);
    expect((await worker.lanes.state(REPTILIAN)).queuedJobIds).toEqual([]);
  });
});

describe('a job of an operation that this version does not know', () => {
  const dueIn = async (): Promise<number> =>
    Number(await bench.redis.zscore(bench.jobs.keys.lanes(), REPTILIAN)) - Date.now();

  it('is left in its place for another worker, which can take the lane at once', async () => {
    const job = await accept(false);
    await become(job, 'vnic.teleport');
    expect(await worker.turns.run(REPTILIAN)).toBe('left');
    expect(await worker.turns.run(REPTILIAN)).toBe('left');
    expect(worker.faults.map(String)).toEqual([
      expect.stringContaining('"vnic.teleport" is not known to this version'),
    ]);
    expect(await dueIn()).toBeGreaterThan(3000);
    expect(await bench.job(job.id)).toMatchObject({ state: 'queued', operation: 'vnic.teleport' });

    await become(job, 'vnic.update');
    await bench.drain();
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded' });
  });

  it('is left in its place behind a job that is known, too', async () => {
    const [known, unknown] = [await accept(false), await accept(true)];
    await become(unknown, 'vnic.teleport');
    expect(await worker.turns.run(REPTILIAN)).toBe('left');
    expect(await bench.job(known.id)).toMatchObject({ state: 'succeeded' });
    expect(await bench.job(unknown.id)).toMatchObject({ state: 'queued' });
    expect(await worker.lanes.acquire(REPTILIAN)).not.toBeNull();
  });

  it('is not settled by a worker that does not know it', async () => {
    const job = await accept(false);
    await bench.abandon(job, { hmc: 'hmc1' });
    await become(job, 'vnic.teleport');
    const next = await accept(false);
    expect(await worker.turns.run(REPTILIAN)).toBe('left');
    expect(await bench.job(job.id)).toMatchObject({ state: 'running' });
    expect(await bench.job(next.id)).toMatchObject({ state: 'queued' });
    expect(bench.changes()).toEqual([]);

    await become(job, 'vnic.update');
    await bench.drain();
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded', requeues: 1 });
  });
});
