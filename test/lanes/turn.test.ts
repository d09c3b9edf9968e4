import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FAIR_SHARE } from '../../src/lanes/lane-settings.js';
import type { JobRecord } from '../../src/store/job-record.js';
import { startLaneBench, type LaneBench } from '../support/lane-bench.js';
import { REPTILIAN } from '../support/whole-service.js';
import { until } from '../support/until.js';
import { withoutChanges } from '../support/without-changes.js';

/* One run of a worker through a lane: order, exclusion, the share of a lane, and what a turn leaves the lane for. */
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

/** Switches automatic failover off, on, off … so that each job has a command to send. */
async function acceptMany(count: number): Promise<JobRecord[]> {
  const jobs: JobRecord[] = [];
  for (let i = 0; i < count; i += 1) {
    jobs.push(await bench.accept('vnic.update', ANOLE, { autoPriorityFailover: i % 2 === 1 }));
  }
  return jobs;
}

describe('order', () => {
  it('is the order of the sequence, one command at a time, also with two workers that run turns all the time', async () => {
    const jobs = await acceptMany(12);
    bench.simulator.control.setLatency({ changeMs: 30 });
    const workers = [bench.worker, bench.newWorker(), bench.newWorker()];
    const left = async (): Promise<boolean> => (await bench.worker.lanes.state(REPTILIAN)).queuedJobIds.length > 0;
    await Promise.all(
      workers.map(async ({ turns }) => {
        while (await left()) await turns.run(REPTILIAN);
      }),
    );
    await until('the last is over', async () => (await bench.job(jobs.at(-1)?.id ?? '')).finishedAt !== null);
    const records = await Promise.all(jobs.map(({ id }) => bench.job(id)));
    expect(records.map(({ state }) => state)).toEqual(records.map(() => 'succeeded'));
    const sequences = records.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));

    const commands = bench.changes();
    expect(commands.map(({ line }) => line)).toEqual(records.map(({ plan }) => plan[0]?.command));
    for (const [i, command] of commands.entries()) {
      const next = commands[i + 1];
      if (next) expect(next.startedAt).toBeGreaterThanOrEqual(command.finishedAt ?? Infinity);
    }
  });

  it('is kept when the head is canceled', async () => {
    const [first, second, third] = await acceptMany(3);
    if (!first || !second || !third) throw new Error('no jobs');
    expect(await bench.jobs.cancel(first, new Date().toISOString())).toBe(true);
    await bench.drain();
    const states = await Promise.all([first, second, third].map(async ({ id }) => (await bench.job(id)).state));
    expect(states).toEqual(['canceled', 'succeeded', 'succeeded']);
  });
});

describe('a turn', () => {
  it('runs no more than its fair share', async () => {
    await acceptMany(FAIR_SHARE + 2);
    expect(await bench.worker.turns.run(REPTILIAN)).toBe('again');
    expect((await bench.worker.lanes.state(REPTILIAN)).queuedJobIds).toHaveLength(2);
    expect(await bench.worker.turns.run(REPTILIAN)).toBe('left');
  });

  it('leaves a lane that belongs to another turn', async () => {
    bench.simulator.control.setLatency({ changeMs: 300 });
    const [job] = await acceptMany(1);
    const first = bench.worker.turns.run(REPTILIAN);
    await until('it runs', async () => (await bench.job(job?.id ?? '')).state === 'running');
    expect(await bench.newWorker().turns.run(REPTILIAN)).toBe('not-ours');
    expect(await first).toBe('left');
    expect(bench.changes()).toHaveLength(1);
  });

  it('takes no lane after it was told to stop, and ends after its present job', async () => {
    const [first, second] = await acceptMany(2);
    bench.simulator.control.setLatency({ changeMs: 200 });
    const worker = bench.newWorker();
    const turn = worker.turns.run(REPTILIAN);
    await until('it runs', async () => (await bench.job(first?.id ?? '')).state === 'running');
    worker.turns.stop();
    await turn;
    expect(await bench.job(first?.id ?? '')).toMatchObject({ state: 'succeeded' });
    expect(await bench.job(second?.id ?? '')).toMatchObject({ state: 'queued' });
    expect(await worker.turns.run(REPTILIAN)).toBe('not-ours');
    await bench.drain();
    expect(await bench.job(second?.id ?? '')).toMatchObject({ state: 'succeeded' });
  });

  it('takes the lane out of the set when nothing is left, and keeps it for the sweep when it must come back', async () => {
    const { lanes } = bench.worker;
    await acceptMany(1);
    await bench.drain();
    expect(await bench.redis.zcard(lanes.keys.lanes())).toBe(0);
    await acceptMany(1);
    await lanes.pause(REPTILIAN, 'the test', new Date().toISOString(), Date.now() + 60_000);
    await bench.drain();
    expect(await bench.redis.zscore(lanes.keys.lanes(), REPTILIAN)).toBe('inf');
    expect(await lanes.takeDue(10)).toEqual([]);
    await lanes.resume(REPTILIAN, Date.now() + 60_000);
    expect(await lanes.takeDue(10)).toEqual([REPTILIAN]);
    // Handed to one sweep only.
    expect(await lanes.takeDue(10)).toEqual([]);
  });

  it('follows no word that Redis takes too late: its caller was answered 503, and has said something else since', async () => {
    const { lanes } = bench.worker;
    const isPaused = async (): Promise<boolean> => (await lanes.state(REPTILIAN)).paused !== null;
    const late = { type: 'store-unavailable', members: { retryable: true } };
    const before = Date.now() - 1;
    await expect(lanes.pause(REPTILIAN, 'the test', new Date().toISOString(), before)).rejects.toMatchObject(late);
    expect(await isPaused()).toBe(false);
    await lanes.pause(REPTILIAN, 'the test', new Date().toISOString(), Date.now() + 60_000);
    await expect(lanes.resume(REPTILIAN, before)).rejects.toMatchObject(late);
    expect(await isPaused()).toBe(true);
    await lanes.resume(REPTILIAN, Date.now() + 60_000);
    expect(await isPaused()).toBe(false);
  });

  it('starts no job of a lane that was paused while the one before ran', async () => {
    const [first, second] = await acceptMany(2);
    bench.simulator.control.setLatency({ changeMs: 200 });
    const turn = bench.worker.turns.run(REPTILIAN);
    await until('it runs', async () => (await bench.job(first?.id ?? '')).state === 'running');
    await bench.worker.lanes.pause(REPTILIAN, 'the test', new Date().toISOString(), Date.now() + 60_000);
    expect(await turn).toBe('left');
    expect(await bench.job(first?.id ?? '')).toMatchObject({ state: 'succeeded' });
    expect(await bench.job(second?.id ?? '')).toMatchObject({ state: 'queued' });
    await bench.worker.lanes.resume(REPTILIAN, Date.now() + 60_000);
    await bench.drain();
    expect(await bench.job(second?.id ?? '')).toMatchObject({ state: 'succeeded' });
  });
});

describe('the distance between two moves of one vNIC', () => {
  const move = async (partition: string, slot: number, id: number): Promise<JobRecord> => {
    const vnic = bench.vnic(id, slot);
    const standby = vnic?.devices.find((each) => each.logicalPortId !== vnic.activeLogicalPortId)?.logicalPortId ?? '';
    return bench.accept('backing-device.activate', { partition: { name: partition }, slot, logicalPortId: standby });
  };

  it('is kept where the partition runs Linux: the second move waits in the lane, and says so', async () => {
    const paced = bench.newWorker({ pacingMs: 1500 });
    const first = await move('iguana', 4, 3);
    await bench.drain(paced);
    expect(await bench.job(first.id)).toMatchObject({ state: 'succeeded' });

    const second = await move('iguana', 4, 3);
    const behind = await bench.accept('vnic.update', ANOLE, { autoPriorityFailover: false });
    expect(await paced.turns.run(REPTILIAN)).toBe('left');
    const waiting = await bench.job(second.id);
    expect(waiting).toMatchObject({ state: 'queued', waitingFor: { reason: 'pacing' }, requeues: 0 });
    // Order stays true: what is behind waits too.
    expect(await bench.job(behind.id)).toMatchObject({ state: 'queued' });
    expect(bench.changes()).toHaveLength(1);
    const due = Number(await bench.redis.zscore(paced.lanes.keys.lanes(), REPTILIAN));
    expect(Math.abs(due - Date.parse(waiting.waitingFor?.until ?? ''))).toBeLessThan(500);

    await until('the lane is due', async () => (await paced.lanes.takeDue(10)).includes(REPTILIAN));
    await bench.drain(paced);
    expect(await bench.job(second.id)).toMatchObject({ state: 'succeeded', waitingFor: null });
    expect(await bench.job(behind.id)).toMatchObject({ state: 'succeeded' });
    const [one, two] = bench.changes();
    expect((two?.startedAt ?? 0) - (one?.startedAt ?? 0)).toBeGreaterThanOrEqual(1500);
  });

  it('is counted from when a move was seen whose command gave no answer', async () => {
    const paced = bench.newWorker({ pacingMs: 2000, changeDeadlineMs: 500, settleMs: 5000 });
    const late = bench.simulator.control.addFault({ type: 'latency', ms: 2000, kind: 'change' });
    const first = await move('iguana', 4, 3);
    await paced.turns.run(REPTILIAN);
    expect(await bench.job(first.id)).toMatchObject({ state: 'succeeded', plan: [{ state: 'unknown' }] });
    bench.simulator.control.removeFault(late);
    const second = await move('iguana', 4, 3);
    await until('the second one has moved', async () => {
      await paced.turns.run(REPTILIAN);
      return (await bench.job(second.id)).state === 'succeeded';
    });
    const [one, two] = bench.changes();
    expect((two?.startedAt ?? 0) - (one?.finishedAt ?? Infinity)).toBeGreaterThanOrEqual(2000);
  });

  it('is not kept where it runs AIX, nor between two vNICs', async () => {
    const paced = bench.newWorker({ pacingMs: 60_000 });
    for (const [partition, slot, id] of [
      ['anole', 5, 9],
      ['anole', 5, 9],
      ['iguana', 4, 3],
      ['iguana', 5, 3],
    ] as const) {
      const job = await move(partition, slot, id);
      await bench.drain(paced);
      expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded' });
    }
    expect(bench.changes()).toHaveLength(4);
  });
});

describe('an HMC that is away', () => {
  const OFF = { autoPriorityFailover: false };
  const restart = async (): Promise<void> => {
    await bench.simulator.control.startHmc('hmc1');
    await bench.simulator.control.startHmc('hmc2');
  };

  it('both: the job waits, and runs when one is back', async () => {
    const patient = bench.newWorker({ hmcWaitMs: 60_000 });
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    await bench.simulator.control.stopHmc('hmc1');
    await bench.simulator.control.stopHmc('hmc2');
    try {
      expect(await patient.turns.run(REPTILIAN)).toBe('left');
      expect(await bench.job(job.id)).toMatchObject({ state: 'queued', waitingFor: { reason: 'hmc' }, requeues: 0 });
      await bench.simulator.control.startHmc('hmc2');
      await until('it ran', async () => {
        await patient.turns.run(REPTILIAN);
        return (await bench.job(job.id)).state === 'succeeded';
      });
      expect(await bench.job(job.id)).toMatchObject({ hmc: 'hmc2', waitingFor: null });
      expect(bench.changes().map(({ hmcId }) => hmcId)).toEqual(['hmc2']);
    } finally {
      await bench.simulator.control.startHmc('hmc1');
    }
  });

  it('both, for longer than a job waits: failed, nothing sent', async () => {
    const impatient = bench.newWorker({ hmcWaitMs: 400 });
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    await bench.simulator.control.stopHmc('hmc1');
    await bench.simulator.control.stopHmc('hmc2');
    try {
      await until('it failed', async () => {
        await impatient.turns.run(REPTILIAN);
        return (await bench.job(job.id)).state === 'failed';
      });
      expect(await bench.job(job.id)).toMatchObject({
        error: { type: 'urn:hmc-vnic-gateway:problem:hmc-unavailable', effect: 'none', retryable: true },
        plan: [],
      });
      expect(bench.changes()).toEqual([]);
    } finally {
      await restart();
    }
  });

  it('one of two when the command is to be sent: the other runs it, and `hmc` tells', async () => {
    // Reads reach hmc1, its connection for the change does not come about.
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    bench.simulator.control.addFault({
      type: 'latency',
      ms: 300,
      kind: 'read',
      hmcId: 'hmc1',
      match: 'rsubtype vnic ',
    });
    const turn = bench.drain();
    await until('the readings are there', async () => (await bench.job(job.id)).state === 'running');
    await until('the plan waits', () => bench.simulator.log.entries.some((entry) => /rsubtype vnic /.test(entry.line)));
    const stopping = until('planned', async () => (await bench.job(job.id)).plan.length > 0);
    bench.simulator.control.addFault({ type: 'refuse-channel', hmcId: 'hmc1', times: null });
    await stopping;
    await turn;
    const done = await bench.job(job.id);
    expect(done).toMatchObject({ state: 'succeeded', hmc: 'hmc2', requeues: 0 });
    expect(bench.changes().map(({ hmcId }) => hmcId)).toEqual(['hmc2']);
  });

  it('to changes alone, while it can be read: the wait is bounded all the same', async () => {
    const tried: string[] = [];
    const worker = withoutChanges(bench, 600, tried, () => true);
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    await until('it failed', async () => {
      await worker.turns.run(REPTILIAN);
      return (await bench.job(job.id)).state === 'failed';
    });
    expect(await bench.job(job.id)).toMatchObject({
      error: { type: 'urn:hmc-vnic-gateway:problem:hmc-unavailable', effect: 'none' },
      plan: [{ state: 'never-started' }],
    });
    // One after the other, the second at once.
    expect(tried.slice(0, 2)).toEqual(['hmc1', 'hmc2']);
    expect(bench.changes()).toEqual([]);
  });

  it('to changes alone, for several jobs: they wait together, not one after the other', async () => {
    const worker = withoutChanges(bench, 1500, [], () => true);
    const jobs: JobRecord[] = [];
    for (let i = 0; i < 4; i += 1) jobs.push(await bench.accept('vnic.update', ANOLE, OFF));
    const began = Date.now();
    await until('all of them failed', async () => {
      await worker.turns.run(REPTILIAN);
      return (await bench.job(jobs.at(-1)?.id ?? '')).state === 'failed';
    });
    const ended = await Promise.all(jobs.map(({ id }) => bench.job(id)));
    expect(ended.map(({ error }) => error?.type)).toEqual(
      Array.from({ length: 4 }, () => 'urn:hmc-vnic-gateway:problem:hmc-unavailable'),
    );
    const [first, , , last] = ended.map(({ finishedAt }) => Date.parse(finishedAt ?? ''));
    expect((first ?? 0) - began).toBeGreaterThanOrEqual(1500);
    expect((last ?? 0) - (first ?? 0)).toBeLessThan(1500);

    // The next one to find nobody there waits anew.
    const next = await bench.accept('vnic.update', ANOLE, OFF);
    await worker.turns.run(REPTILIAN);
    await worker.turns.run(REPTILIAN);
    expect(await bench.job(next.id)).toMatchObject({ state: 'queued', waitingFor: { reason: 'hmc' } });
    await bench.drain();
    expect(await bench.job(next.id)).toMatchObject({ state: 'succeeded' });
  });

  it('and then back for a job that had nothing to send: the next one waits anew', async () => {
    const worker = withoutChanges(bench, 60_000, [], () => true);
    const [first, , third] = [
      await bench.accept('vnic.update', ANOLE, OFF),
      await bench.accept('vnic.update', ANOLE, OFF, { ifMatch: '"another"' }),
      await bench.accept('vnic.update', ANOLE, OFF),
    ];
    const waitsUntil = async ({ id }: JobRecord): Promise<number> =>
      Date.parse((await bench.job(id)).waitingFor?.until ?? '');
    await worker.turns.run(REPTILIAN);
    const before = await waitsUntil(first);
    await sleep(2000);
    expect(await bench.jobs.cancel(await bench.job(first.id), new Date().toISOString())).toBe(true);
    await worker.turns.run(REPTILIAN);
    expect((await waitsUntil(third)) - before).toBeGreaterThan(1000);
  });

  describe('while its lane starts no job: that time is no part of the wait', () => {
    const WAIT_MS = 60_000;
    const left = (): Promise<number> => bench.worker.lanes.hmcAway.left(REPTILIAN, WAIT_MS);
    const inTime = (): number => Date.now() + 60_000;
    /** Holds the lane, and says how much of the wait is left after a while. At most `spent` ms of it were not held. */
    const heldBy = async (hold: () => Promise<unknown>): Promise<{ left: number; spent: number }> => {
      const began = performance.now();
      await left();
      await hold();
      const spent = performance.now() - began;
      await sleep(spent + 1000);
      return { left: await left(), spent };
    };

    it('the lane is paused', async () => {
      const { lanes } = bench.worker;
      const held = await heldBy(() => lanes.pause(REPTILIAN, 'an admin', new Date().toISOString(), inTime()));
      expect(held.left).toBeGreaterThan(WAIT_MS - held.spent - 100);
      // Nor does it begin to count with the job that ran when the lane was paused.
      await sleep(500);
      expect(await left()).toBe(held.left);
      await lanes.resume(REPTILIAN, inTime());
      expect(await left()).toBe(held.left);
      await sleep(500);
      expect(await left()).toBeLessThan(held.left);
    });

    it('a migration to the system has the lane', async () => {
      const lease = await bench.worker.lanes.acquire(REPTILIAN);
      if (lease === null) throw new Error('the lane has an owner');
      const held = await heldBy(() => bench.worker.lanes.guests.enter(lease, 'a migration', false));
      expect(held.left).toBeGreaterThan(WAIT_MS - held.spent - 100);
    });

    it('which ends with the wait, when an HMC is back', async () => {
      const { lanes } = bench.worker;
      await heldBy(() => lanes.pause(REPTILIAN, 'an admin', new Date().toISOString(), inTime()));
      await lanes.resume(REPTILIAN, inTime());
      await lanes.hmcAway.end(REPTILIAN);
      expect(await left()).toBe(WAIT_MS);
    });
  });

  it('to logins alone, while a connection for reads is still open: the other one is tried at once', async () => {
    const fresh = await startLaneBench();
    try {
      // Reads have logged in, changes have not yet.
      const job = await fresh.accept('vnic.update', ANOLE, OFF);
      fresh.simulator.control.addFault({ type: 'refuse-login', hmcId: 'hmc1', times: null });
      await fresh.drain();
      expect(await fresh.job(job.id)).toMatchObject({ state: 'succeeded', hmc: 'hmc2' });
      expect(fresh.changes().map(({ hmcId }) => hmcId)).toEqual(['hmc2']);
    } finally {
      await fresh.close();
    }
  });
});
