import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LeaseLost } from '../../src/store/lease.js';
import { LeaseKeeper } from '../../src/lanes/lease-keeper.js';
import { overtaken, owned, RETENTION_MS, startLaneBench, type LaneBench } from '../support/lane-bench.js';
import { REPTILIAN, SAURIAN } from '../support/whole-service.js';
import { until } from '../support/until.js';

/* One owner per lane: what the lease lets an owner do, and what it keeps a former one from. */
const ANOLE = { partition: { name: 'anole' }, slot: 5 } as const;
const OFF = { autoPriorityFailover: false };

let bench: LaneBench;
beforeAll(async () => {
  bench = await startLaneBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  bench.reset();
  await bench.redis.flushall();
});

/** What the end of a lease leaves behind: its key is gone. */
const expire = (mtms: string): Promise<number> => bench.redis.del(bench.worker.lanes.keys.laneLease(mtms));

describe('the lease', () => {
  it('has one owner; the next turn gets the lane when it was given back, under a later epoch', async () => {
    const { lanes } = bench.worker;
    const first = await lanes.acquire(REPTILIAN);
    expect(first).not.toBeNull();
    expect(await lanes.acquire(REPTILIAN)).toBeNull();
    expect(await lanes.acquire(SAURIAN)).not.toBeNull();
    if (first) await lanes.release(first, Date.now());
    const second = await lanes.acquire(REPTILIAN);
    expect(second?.epoch).toBeGreaterThan(first?.epoch ?? 0);
  });

  it('goes to one of many who ask at once', async () => {
    const workers = Array.from({ length: 5 }, () => bench.newWorker());
    const leases = await Promise.all(
      workers.flatMap(({ lanes }) => [lanes.acquire(REPTILIAN), lanes.acquire(REPTILIAN)]),
    );
    expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
  });

  it('ends by itself when its owner is silent, and lasts while it is renewed', async () => {
    const short = bench.newWorker({ leaseMs: 1500 });
    const { keeper } = await owned(short, REPTILIAN);
    keeper.start();
    try {
      for (let i = 0; i < 10; i += 1) {
        await sleep(250);
        expect(await short.lanes.acquire(REPTILIAN)).toBeNull();
      }
      expect(await keeper.confirm()).toBe(true);
    } finally {
      keeper.stop();
    }
    await until('the lease ends', async () => (await short.lanes.acquire(REPTILIAN)) !== null);
    expect(await keeper.confirm()).toBe(false);
  });

  it('can be renewed by its owner after it ended, as long as nobody else took the lane', async () => {
    const { keeper } = await owned(bench.worker, REPTILIAN);
    await expire(REPTILIAN);
    expect(await keeper.confirm()).toBe(true);
    expect(await bench.worker.lanes.acquire(REPTILIAN)).toBeNull();
  });

  it('is not taken back by a renewal that arrives after the lane was given back', async () => {
    const { lease, keeper } = await owned(bench.worker, REPTILIAN);
    await bench.worker.lanes.release(lease, Date.now());
    expect(await keeper.confirm()).toBe(false);
    expect(await bench.worker.lanes.acquire(REPTILIAN)).not.toBeNull();
  });

  it('is not confirmed by an answer that took longer than the lease lasts', async () => {
    const { lanes } = bench.newWorker({ leaseMs: 300 });
    const lease = await lanes.acquire(REPTILIAN);
    if (lease === null) throw new Error('no lease');
    const keeper = new LeaseKeeper(lease, lanes, 300);
    bench.server.freeze();
    const answer = keeper.confirm();
    await sleep(600);
    bench.server.thaw();
    expect(await answer).toBe(false);
    await until('it is confirmed again', () => keeper.confirm());
  });
});

describe('an owner whose epoch is over', () => {
  it('writes nothing, starts nothing, releases nothing, and stops waiting', async () => {
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    const waiting = await bench.accept('vnic.update', ANOLE, OFF);
    const { lease, keeper } = await owned(bench.worker, REPTILIAN);
    const started = await bench.worker.lanes.start(lease, job);
    if (started === null) throw new Error('not started');

    const other = bench.newWorker();
    const later = await overtaken(other, bench.redis, REPTILIAN);

    const late = { ...started, state: 'succeeded' as const };
    await expect(bench.worker.lanes.write(lease, late)).rejects.toBeInstanceOf(LeaseLost);
    await expect(bench.worker.lanes.start(lease, waiting)).rejects.toBeInstanceOf(LeaseLost);
    expect(await keeper.confirm()).toBe(false);
    await expect(keeper.sleep(60_000)).rejects.toBeInstanceOf(LeaseLost);
    await bench.worker.lanes.release(lease, 0);
    expect(await bench.job(job.id)).toMatchObject({ state: 'running' });
    expect(await later.keeper.confirm()).toBe(true);
    expect(await bench.worker.lanes.acquire(REPTILIAN)).toBeNull();
  });

  it('sends nothing: the last check before the command says no', async () => {
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    // The lane changes hands while the reading before the plan is under way.
    bench.simulator.control.addFault({ type: 'latency', ms: 400, kind: 'read', match: 'rsubtype vnic ' });
    const turn = bench.worker.turns.run(REPTILIAN).catch((error: unknown) => error);
    await until('the job runs', async () => (await bench.job(job.id)).state === 'running');
    await overtaken(bench.newWorker(), bench.redis, REPTILIAN);
    expect(await turn).toBeInstanceOf(LeaseLost);
    expect(bench.changes()).toEqual([]);
    expect(await bench.job(job.id)).toMatchObject({ state: 'running', plan: [] });
  });

  it('sends nothing when the lane changes hands after the command was noted as sent', async () => {
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    bench.simulator.control.addFault({ type: 'delay-channel', ms: 500, times: null });
    const turn = bench.worker.turns.run(REPTILIAN).catch((error: unknown) => error);
    await until('it is noted', async () => (await bench.job(job.id)).plan[0]?.state === 'sent');
    const other = bench.newWorker();
    const later = await overtaken(other, bench.redis, REPTILIAN);
    expect(await turn).toBeInstanceOf(LeaseLost);
    expect(bench.changes()).toEqual([]);

    // The next owner cannot know that: it looks, waits, and does not send again.
    bench.simulator.control.clearFaults();
    await other.lanes.release(later.lease, Date.now());
    await bench.drain(other);
    expect(await bench.job(job.id)).toMatchObject({ state: 'indeterminate' });
    expect(bench.changes()).toEqual([]);
  });
});

describe('Redis that does not answer the last check', () => {
  it('holds the command back; the job goes back to the front and runs when Redis is there again', async () => {
    const quick = await startLaneBench({ limits: { channelOpenMs: 1500 } });
    try {
      const job = await quick.accept('vnic.update', ANOLE, OFF);
      quick.simulator.control.addFault({ type: 'delay-channel', ms: 500, times: null });
      const turn = quick.worker.turns.run(REPTILIAN);
      await until('it is noted', async () => (await quick.job(job.id)).plan[0]?.state === 'sent');
      quick.server.freeze();
      await sleep(2500);
      quick.server.thaw();
      expect(await turn).toBe('again');
      quick.simulator.control.clearFaults();
      expect(quick.changes()).toEqual([]);
      expect(await quick.job(job.id)).toMatchObject({ state: 'queued', requeues: 1, error: null });
      await quick.drain();
      expect(await quick.job(job.id)).toMatchObject({ state: 'succeeded', error: null });
      expect(quick.changes()).toHaveLength(1);
    } finally {
      await quick.close();
    }
  });
});

describe('the record of a job', () => {
  it('begins to expire when the job is over, not before, and its idempotency entry with it', async () => {
    const { jobs, worker } = bench;
    const template = await bench.accept('vnic.update', ANOLE, OFF);
    const { sequence: _sequence, state: _state, ...fresh } = template;
    const entry = { caller: 'somebody', key: 'k', fingerprint: 'f' };
    const id = 'aaaaaaaa-0000-4000-8000-000000000000';
    await jobs.accept({ ...fresh, id }, entry);
    const key = worker.lanes.keys.job(id);
    const [idempotency] = await bench.redis.keys('*:idempotency:*');
    expect(await bench.redis.pttl(key)).toBe(-1);
    expect(await bench.redis.pttl(idempotency ?? '')).toBe(-1);
    await bench.drain();
    expect((await bench.job(id)).state).toBe('succeeded');
    for (const each of [key, idempotency ?? '', worker.lanes.keys.job(template.id)]) {
      const ttl = await bench.redis.pttl(each);
      expect(ttl).toBeGreaterThan(RETENTION_MS - 60_000);
      expect(ttl).toBeLessThanOrEqual(RETENTION_MS);
    }
  });

  it('leaves the lists when it has expired', async () => {
    const gone = await bench.run('vnic.update', ANOLE, OFF);
    const kept = await bench.run('vnic.update', ANOLE, OFF);
    await bench.redis.del(bench.worker.lanes.keys.job(gone.id));
    const { records } = await bench.jobs.list({ mtms: REPTILIAN }, 10, null);
    expect(records.map(({ id }) => id)).toEqual([kept.id]);
    await bench.jobs.lists.trim();
    const { keys } = bench.worker.lanes;
    expect(await bench.redis.zcard(keys.jobs())).toBe(1);
    expect(await bench.redis.zcard(keys.jobsOfSystem(REPTILIAN))).toBe(1);
  });

  it('leaves the lists also behind many that are kept', async () => {
    const { keys } = bench.worker.lanes;
    const old = Array.from({ length: 350 }, (_, i) => ({ id: `old-${i}`, kept: i < 130 }));
    for (const [i, { id, kept }] of old.entries()) {
      await bench.redis.zadd(keys.jobs(), i - 1000, `${id} ${REPTILIAN}`);
      if (kept) await bench.redis.hset(keys.job(id), 'state', 'queued');
    }
    await bench.jobs.lists.trim();
    const left = await bench.redis.zrangebyscore(keys.jobs(), '-inf', 0);
    expect(left).toHaveLength(130);
    await bench.redis.zremrangebyscore(keys.jobs(), '-inf', 0);
  });
});
