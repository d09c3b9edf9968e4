import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReconcileService } from '../../src/jobs/reconcile.service.js';
import type { JobsService } from '../../src/jobs/jobs.service.js';
import { JobJournal } from '../../src/observability/job-journal.js';
import { Metrics } from '../../src/observability/metrics.js';
import type { JobRecord } from '../../src/store/job-record.js';
import { JobStore } from '../../src/store/job-store.js';
import { ONE_REDIS, type Durability } from '../../src/redis/durability.js';
import { connectWorker, endConnection } from '../../src/redis/connections.js';
import type { RedisClient } from '../../src/redis/redis-client.js';
import { owned, RETENTION_MS, startLaneBench, type BenchWorker, type LaneBench } from '../support/lane-bench.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { testConfig } from '../support/test-app.js';
import { REPTILIAN, SAURIAN } from '../support/whole-service.js';
import { until } from '../support/until.js';

/*
 * A replica takes the place of the master without its last writes: it becomes a master at the wished moment (`cutOff`),
 * while the old one goes on alone, does its work, and is killed.
 */
const WATCHED: Durability = { replicas: 0, waitMs: 500, mayFailOver: true };
const WAITING: Durability = { replicas: 1, waitMs: 500, mayFailOver: true };

const LIZARD = { partition: { name: 'lizard' } };
const CREATE = {
  backingDevices: [{ virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 1, capacity: 2 }],
};
const ANOLE = { partition: { name: 'anole' }, slot: 5 } as const;
const OFF = { autoPriorityFailover: false };

let bench: LaneBench;
let replica: TestRedis;
let follower: RedisClient;

beforeEach(async () => {
  bench = await startLaneBench();
  replica = await startTestRedis();
  follower = connectWorker(replica.url);
  // Without the pause that a master takes to gather replicas for one transfer.
  await bench.redis.config('SET', 'repl-diskless-sync-delay', '0');
  await follower.call('REPLICAOF', '127.0.0.1', String(bench.server.port));
  await synced();
});
afterEach(async () => {
  endConnection(follower);
  await replica.stop();
  await bench.close();
});

/** Waits until the replica has everything. */
const synced = (): Promise<void> =>
  until('the replica follows', async () => {
    await bench.redis.set('mark', String(Date.now()));
    return (await bench.redis.wait(1, 500)) === 1;
  });

/** From now on the replica hears nothing more. */
const cutOff = (): Promise<unknown> => follower.call('REPLICAOF', 'NO', 'ONE');

/** The master dies, the replica has taken its place with what it had. Returns a worker of the new master. */
async function failOver(durability = WATCHED): Promise<BenchWorker> {
  await bench.server.kill();
  const worker = bench.newWorker({}, { redisUrl: replica.url, durability });
  const leases = [REPTILIAN, SAURIAN].map((mtms) => worker.lanes.keys.laneLease(mtms));
  await until('the leases of the lost owner are over', async () => (await follower.exists(...leases)) === 0);
  return worker;
}

/** The job as the new master knows it. */
async function survivor(id: string): Promise<JobRecord> {
  const prefix = bench.jobs.keys.tag.slice(1, -1);
  const record = await new JobStore(follower, prefix, RETENTION_MS).get(id);
  if (record === null) throw new Error(`job ${id} is lost`);
  return record;
}

/** Runs the job on the master and cuts the replica off when it knows that the job runs, before there is a plan. */
async function runUnseen(worker: BenchWorker, job: JobRecord): Promise<void> {
  await synced();
  bench.simulator.control.addFault({ type: 'latency', ms: 1000, kind: 'read' });
  const turn = worker.turns.run(REPTILIAN);
  await until('the replica knows that it runs', async () => (await survivor(job.id)).state === 'running');
  await cutOff();
  await turn;
  expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded' });
  expect(bench.changes()).toHaveLength(1);
}

describe('the plan and the mark of the command are lost', () => {
  it('a create that takes the next free slot is not sent again: nobody can say which slot it took', async () => {
    const job = await bench.accept('vnic.create', LIZARD, CREATE);
    await runUnseen(bench.newWorker({}, { durability: WATCHED }), job);
    await bench.drain(await failOver());
    expect(await survivor(job.id)).toMatchObject({ state: 'indeterminate', plan: [{ state: 'unknown' }] });
    expect(bench.changes()).toHaveLength(1);
  });

  it('which is the danger: a service that trusts the new master makes a second vNIC', async () => {
    const job = await bench.accept('vnic.create', LIZARD, CREATE);
    await runUnseen(bench.worker, job);
    await bench.drain(await failOver(ONE_REDIS));
    expect(await survivor(job.id)).toMatchObject({ state: 'succeeded', target: { slot: 7 } });
    expect(bench.changes()).toHaveLength(2);
  });

  it('a change whose wish the system shows has succeeded', async () => {
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    await runUnseen(bench.newWorker({}, { durability: WATCHED }), job);
    await bench.drain(await failOver());
    const survived = await survivor(job.id);
    expect(survived).toMatchObject({ state: 'succeeded' });
    expect(survived.warnings.join()).toContain('automatic failover of this vNIC is off now');
    expect(bench.changes()).toHaveLength(1);
  });
});

describe('the mark of a later command is lost', () => {
  it('it counts as sent, although an earlier one has its answer', async () => {
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    const worker = bench.newWorker({}, { durability: WATCHED });
    const step = { exitStatus: 0, hmcMessage: null, startedAt: null, finishedAt: null, movesActive: false };
    const { lease } = await owned(worker, REPTILIAN);
    const started = await worker.lanes.start(lease, job);
    if (started === null) throw new Error('not started');
    const first = { ...step, command: 'first', state: 'succeeded' as const };
    const second = { ...step, command: 'second', state: 'planned' as const, exitStatus: null };
    await worker.lanes.write(lease, { ...started, plan: [first, second] }, null);
    await synced();
    await cutOff();
    await bench.drain(await failOver());
    expect(await survivor(job.id)).toMatchObject({
      state: 'indeterminate',
      plan: [
        { command: 'first', state: 'succeeded' },
        { command: 'second', state: 'unknown' },
      ],
    });
    expect(bench.changes()).toEqual([]);
  });
});

describe('the start of the job is lost', () => {
  it('the head of a lane that had an owner is not run again', async () => {
    const job = await bench.accept('vnic.create', LIZARD, CREATE);
    const worker = bench.newWorker({}, { durability: WATCHED });
    const { lease, keeper } = await owned(worker, REPTILIAN);
    await synced();
    await cutOff();
    const started = await worker.lanes.start(lease, job);
    if (started === null) throw new Error('not started');
    await worker.executor.run(keeper, started);
    expect(bench.changes()).toHaveLength(1);

    const next = await failOver();
    const queued = await survivor(job.id);
    expect(queued).toMatchObject({ state: 'queued' });
    // What may have been sent cannot be canceled, neither before a turn has looked at the lane nor after that.
    const store = new JobStore(follower, bench.jobs.keys.tag.slice(1, -1), RETENTION_MS, WATCHED);
    expect(await store.cancel(queued, new Date().toISOString())).toBe(false);
    const looked = await next.lanes.acquire(REPTILIAN);
    if (looked === null) throw new Error('the lane has an owner');
    expect(await store.cancel(queued, new Date().toISOString())).toBe(false);
    await next.lanes.release(looked, Date.now());
    await bench.drain(next);
    expect(await survivor(job.id)).toMatchObject({ state: 'indeterminate' });
    expect(bench.changes()).toHaveLength(1);
  });

  it('the lane goes on with the jobs behind it, and one that nobody owned is not in doubt', async () => {
    const lost = await bench.accept('vnic.create', LIZARD, CREATE);
    const behind = await bench.accept('vnic.update', ANOLE, OFF);
    const worker = bench.newWorker({}, { durability: WATCHED });
    await owned(worker, REPTILIAN);
    await synced();
    await cutOff();
    const next = await failOver();
    await bench.drain(next);
    await until('the lane is open again', async () => (await next.lanes.state(REPTILIAN)).closedUntil < Date.now());
    await bench.drain(next);
    expect(await survivor(lost.id)).toMatchObject({ state: 'indeterminate' });
    expect(await survivor(behind.id)).toMatchObject({ state: 'succeeded' });
    expect(bench.changes()).toHaveLength(1);
  });

  it('a lane without an owner just runs its jobs', async () => {
    const job = await bench.accept('vnic.create', LIZARD, CREATE);
    await synced();
    await cutOff();
    await bench.drain(await failOver());
    expect(await survivor(job.id)).toMatchObject({ state: 'succeeded', target: { slot: 6 } });
    expect(bench.changes()).toHaveLength(1);
  });
});

describe('a migration after a failover', () => {
  const migration = (partition: string, mtms: string, targetMtms: string): Promise<JobRecord> =>
    bench.accept(
      'partition.migrate',
      { partition: { name: partition } },
      { targetSystem: targetMtms },
      { mtms, targetMtms },
    );
  const migrations = (): readonly string[] =>
    bench
      .changes()
      .map(({ line }) => line)
      .filter((line) => line.startsWith('migrlpar'));
  const over = async (...jobs: readonly JobRecord[]): Promise<boolean> => {
    const states = await Promise.all(jobs.map(async ({ id }) => (await survivor(id)).state));
    return !states.some((state) => state === 'queued' || state === 'running');
  };

  it('does not enter a lane whose head may have a command at work: that one is settled first', async () => {
    const port = { physicalPort: { adapterId: 1, physicalPortId: 3 } };
    const head = await bench.accept('physical-port.set-label', port, { label: 'x' }, { mtms: SAURIAN });
    const moving = await migration('lizard', REPTILIAN, SAURIAN);
    const worker = bench.newWorker({}, { durability: WATCHED });
    const { lease, keeper } = await owned(worker, SAURIAN);
    await synced();
    await cutOff();
    const started = await worker.lanes.start(lease, head);
    if (started === null) throw new Error('not started');
    bench.simulator.control.addFault({ type: 'latency', ms: 5000, kind: 'change', match: 'physport' });
    // It hears nothing more of its Redis, and waits for it until the test is over.
    void worker.executor.run(keeper, started).catch(() => undefined);
    await until('the label is on its way', () => bench.changes().length === 1);

    const next = await failOver();
    for (let turns = 0; turns < 3; turns += 1) await next.turns.run(REPTILIAN);
    expect(await survivor(moving.id)).toMatchObject({ state: 'queued' });
    expect(migrations()).toEqual([]);

    await until('the label is settled', async () => {
      await next.turns.run(SAURIAN);
      return over(head);
    });
    await until('the migration is over', async () => {
      await next.turns.run(REPTILIAN);
      return over(moving);
    });
    expect(await survivor(moving.id)).toMatchObject({ state: 'succeeded' });
    expect(migrations()).toHaveLength(1);
  });

  it('that is in doubt is settled, also beside one the other way that is in doubt', async () => {
    const there = await migration('lizard', REPTILIAN, SAURIAN);
    const back = await migration('komodo', SAURIAN, REPTILIAN);
    const worker = bench.newWorker({}, { durability: WATCHED });
    await owned(worker, SAURIAN);
    await owned(worker, REPTILIAN);
    await synced();
    await cutOff();
    const next = await failOver();
    await until('both are settled', async () => {
      await next.turns.run(REPTILIAN);
      await next.turns.run(SAURIAN);
      return over(there, back);
    });
    expect([await survivor(there.id), await survivor(back.id)]).toMatchObject([
      { state: 'indeterminate' },
      { state: 'indeterminate' },
    ]);
    expect(bench.changes()).toEqual([]);
  });
});

describe('reconcile of a job that was at work when Redis failed over', () => {
  /** Long after every command is over. */
  async function reconcileLater(id: string): Promise<JobRecord> {
    const store = new JobStore(follower, bench.jobs.keys.tag.slice(1, -1), RETENTION_MS, WATCHED);
    const jobs = { record: survivor, get: survivor } as unknown as JobsService;
    const reconciler = new ReconcileService(
      bench.inventory,
      store,
      jobs,
      testConfig(replica.url),
      new JobJournal(new Metrics()),
    );
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60 * 60_000 });
    try {
      await reconciler.reconcile(id);
    } finally {
      vi.useRealTimers();
    }
    return survivor(id);
  }

  /** The command reaches the HMC, which never answers it; what it does comes later, if a test makes it come. */
  async function sendUnanswered(worker: BenchWorker, isKnown: (job: JobRecord) => boolean): Promise<JobRecord> {
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    await synced();
    bench.simulator.control.addFault({ type: 'latency', ms: 1000, kind: 'read' });
    bench.simulator.control.addFault({ type: 'no-answer', effect: 'none', kind: 'change' });
    void worker.turns.run(REPTILIAN).catch(() => undefined);
    await until('the replica knows as much', async () => isKnown(await survivor(job.id)));
    await cutOff();
    await until('the command has reached the HMC', () => bench.changes().length === 1);
    await bench.drain(await failOver());
    expect(await survivor(job.id)).toMatchObject({ state: 'indeterminate', plan: [{ state: 'unknown' }] });
    return job;
  }

  it('never calls a create failed whose slot was lost: its vNIC may be there', async () => {
    const job = await bench.accept('vnic.create', LIZARD, CREATE);
    await runUnseen(bench.newWorker({}, { durability: WATCHED }), job);
    await bench.drain(await failOver());
    expect(bench.vnic(bench.partition('lizard').id, 6)).toBeDefined();
    const looked = await reconcileLater(job.id);
    expect(looked).toMatchObject({
      state: 'indeterminate',
      error: { type: expect.stringContaining('outcome-unknown') },
    });
    expect(looked.warnings.at(-1)).toMatch(/the wished state is not there, but Redis failed over while it ran/);
  });

  it.each([
    ['its plan and its mark are lost', (job: JobRecord): boolean => job.state === 'running'],
    ['its mark is known, and what came after it may be lost', ({ plan }: JobRecord) => plan[0]?.state === 'sent'],
  ])('calls it succeeded when the wish is there, and never failed: %s', async (_name, isKnown) => {
    const job = await sendUnanswered(bench.newWorker({}, { durability: WATCHED }), isKnown);
    const looked = await reconcileLater(job.id);
    expect(looked.state).toBe('indeterminate');
    expect(looked.warnings.at(-1)).toMatch(/Redis failed over while it ran/);

    const vnic = bench.vnic(9, 5);
    if (vnic === undefined) throw new Error('the vNIC is not there');
    vnic.autoPriorityFailover = false;
    expect(await reconcileLater(job.id)).toMatchObject({ state: 'succeeded', error: null });
  });
});

describe('a replica that must have the mark', () => {
  it('does not answer: no job is started, nothing is sent, and the job runs when it answers again', async () => {
    const job = await bench.accept('vnic.create', LIZARD, CREATE);
    const worker = bench.newWorker({}, { durability: WAITING });
    replica.freeze();
    await expect(worker.turns.run(REPTILIAN)).rejects.toMatchObject({ type: 'store-unavailable' });
    expect(await bench.job(job.id)).toMatchObject({ state: 'queued', requeues: 0 });
    expect(bench.changes()).toEqual([]);

    replica.thaw();
    // It has to catch up before its word counts again.
    await until('the job has run', async () => {
      await bench.redis.del(worker.lanes.keys.laneLease(REPTILIAN));
      await bench.drain(worker).catch(() => undefined);
      return (await bench.job(job.id)).state === 'succeeded';
    });
    expect(bench.changes()).toHaveLength(1);
  });

  it('stops answering before the mark: the command is held back, and the job goes back to the front', async () => {
    const job = await bench.accept('vnic.create', LIZARD, CREATE);
    const worker = bench.newWorker({}, { durability: WAITING });
    bench.simulator.control.addFault({ type: 'latency', ms: 1000, kind: 'read' });
    const turn = worker.turns.run(REPTILIAN);
    await until('it runs', async () => (await bench.job(job.id)).state === 'running');
    replica.freeze();
    expect(await turn).toBe('again');
    expect(await bench.job(job.id)).toMatchObject({ state: 'queued', requeues: 1 });
    expect(bench.changes()).toEqual([]);
  });

  it('has what was accepted; a job that it has not got is answered with 503, and may have been stored', async () => {
    const prefix = bench.jobs.keys.tag.slice(1, -1);
    const store = new JobStore(bench.redis, prefix, RETENTION_MS, WAITING);
    const template = await bench.accept('vnic.update', ANOLE, OFF);
    const entry = { caller: 'me', key: 'k', fingerprint: 'f' };
    replica.freeze();
    const first = { ...template, id: 'first' };
    await expect(store.accept(first, entry)).rejects.toMatchObject({
      type: 'store-unavailable',
      message: expect.stringContaining('it may run, and it may be lost'),
    });
    // The same again is no proof either, until the replica has it.
    await expect(store.findReplay(entry)).rejects.toMatchObject({ type: 'store-unavailable' });
    replica.thaw();
    await until('the replica has it', async () => {
      const replay = await store.findReplay(entry).catch(() => null);
      return replay?.kind === 'replayed' && replay.jobId === 'first';
    });
    expect(await survivor('first')).toMatchObject({ state: 'queued' });
  });
});

describe('a call that arrives twice, because the connection broke before its answer', () => {
  it('accepts one job and queues it once', async () => {
    const template = await bench.accept('vnic.update', ANOLE, OFF);
    const job = { ...template, id: 'twice' };
    const first = await bench.jobs.accept(job, null);
    expect(await bench.jobs.accept(job, null)).toEqual(first);
    const { queuedJobIds } = await bench.worker.lanes.state(REPTILIAN);
    expect(queuedJobIds.filter((id) => id === 'twice')).toHaveLength(1);
  });

  it('writes the end of a job once, and its owner hears that it is written', async () => {
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    const { lease } = await owned(bench.worker, REPTILIAN);
    const started = await bench.worker.lanes.start(lease, job);
    if (started === null) throw new Error('not started');
    expect(await bench.worker.lanes.start(lease, job)).toMatchObject({ state: 'running' });
    const ended = { ...started, state: 'succeeded' as const };
    expect(await bench.worker.lanes.write(lease, ended)).toBe(true);
    expect(await bench.worker.lanes.write(lease, ended)).toBe(true);
  });
});
