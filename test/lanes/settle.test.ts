import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord, JobStep } from '../../src/store/job-record.js';
import { startLaneBench, type BenchWorker, type LaneBench } from '../support/lane-bench.js';
import { REPTILIAN } from '../support/whole-service.js';

/*
 * What a turn makes of a job that an earlier owner of the lane left running: a worker that died at any point between
 * two of its writes. The vNIC of anole (AIX, partition 9) in slot 5 has two devices.
 */
const ANOLE = { partition: { name: 'anole' }, slot: 5 } as const;
const OFF = { autoPriorityFailover: false };
const SWITCH_OFF = `chhwres -r virtualio -m '${REPTILIAN}' -o s --rsubtype vnic --id 9 -s 5 -w 5 -a auto_priority_failover=0`;

let bench: LaneBench;
let worker: BenchWorker;
beforeAll(async () => {
  bench = await startLaneBench();
  worker = bench.newWorker();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const commands = (): string[] => bench.changes().map((entry) => entry.line);
const step = (state: JobStep['state'], command = SWITCH_OFF, more: Partial<JobStep> = {}): JobStep => ({
  command,
  state,
  movesActive: false,
  exitStatus: state === 'succeeded' ? 0 : state === 'failed' ? 1 : null,
  hmcMessage: null,
  startedAt: new Date().toISOString(),
  finishedAt: null,
  ...more,
});

/** A job that a worker began and left with this plan. */
async function orphan(plan: readonly JobStep[], more: Partial<JobRecord> = {}): Promise<JobRecord> {
  const job = await bench.accept('vnic.update', ANOLE, OFF);
  await bench.abandon(job, { plan, hmc: plan.length === 0 ? null : 'hmc1', ...more }, await bench.observe(job));
  return job;
}

describe('nothing was sent', () => {
  it.each([
    ['before it had a plan', []],
    ['with a plan', [step('planned')]],
    ['after a command that surely never started', [step('never-started')]],
  ])('%s: back to the front, and run then', async (_name, plan) => {
    const job = await orphan(plan);
    const next = await bench.accept('vnic.update', ANOLE, { autoPriorityFailover: true });

    expect(await worker.turns.run(REPTILIAN)).toBe('again');
    expect(await bench.job(job.id)).toMatchObject({ state: 'queued', requeues: 1 });
    expect((await worker.lanes.state(REPTILIAN)).queuedJobIds).toEqual([job.id, next.id]);
    expect(commands()).toEqual([]);

    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded', requeues: 1, plan: [{ state: 'succeeded' }] });
    expect(await bench.job(next.id)).toMatchObject({ state: 'succeeded' });
    expect(commands()).toHaveLength(2);
  });

  it('at most three times, then failed: worker after worker was lost', async () => {
    const job = await bench.accept('vnic.update', ANOLE, OFF);
    for (let lost = 1; lost <= 3; lost += 1) {
      await bench.abandon(await bench.job(job.id), { plan: [step('planned')], hmc: 'hmc1' });
      expect(await worker.turns.run(REPTILIAN)).toBe('again');
      expect(await bench.job(job.id)).toMatchObject({ state: 'queued', requeues: lost });
    }
    await bench.abandon(await bench.job(job.id), { plan: [step('planned')], hmc: 'hmc1' });
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({
      state: 'failed',
      error: { type: 'urn:hmc-vnic-gateway:problem:worker-lost', effect: 'none' },
      result: { slot: 5, autoPriorityFailover: true },
      plan: [],
    });
    expect(commands()).toEqual([]);
  });

  it('in a lane that was paused meanwhile: back to the front, not run', async () => {
    const job = await orphan([step('planned')]);
    await worker.lanes.pause(REPTILIAN, 'the test', new Date().toISOString(), Date.now() + 60_000);
    try {
      await bench.drain(worker);
      expect(await bench.job(job.id)).toMatchObject({ state: 'queued' });
      expect(commands()).toEqual([]);
    } finally {
      await worker.lanes.resume(REPTILIAN, Date.now() + 60_000);
    }
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded' });
  });
});

describe('a command was sent and its answer is not on record', () => {
  it('the wish holds: succeeded', async () => {
    const job = await orphan([step('sent')]);
    const vnic = bench.vnic(9, 5);
    if (vnic) vnic.autoPriorityFailover = false;
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({
      state: 'succeeded',
      result: { slot: 5, autoPriorityFailover: false },
    });
    expect(commands()).toEqual([]);
  });

  it('the wish comes to hold within the settle bound: succeeded, never sent again', async () => {
    const job = await orphan([step('sent')]);
    const settling = bench.drain(worker);
    await expect.poll(async () => (await bench.job(job.id)).waitingFor?.reason).toBe('settling');
    const vnic = bench.vnic(9, 5);
    if (vnic) vnic.autoPriorityFailover = false;
    await settling;
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded', waitingFor: null });
    expect(commands()).toEqual([]);
  });

  it.each(['sent', 'unknown'] as const)('(%s) it does not: indeterminate, and the lane goes on', async (state) => {
    const job = await orphan([step(state)]);
    const next = await bench.accept('vnic.update', { partition: { name: 'anole' }, slot: 4 }, OFF);
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({
      state: 'indeterminate',
      error: { type: 'urn:hmc-vnic-gateway:problem:outcome-unknown', command: SWITCH_OFF },
      plan: [{ state: 'unknown', command: SWITCH_OFF }],
      result: { autoPriorityFailover: true },
    });
    expect(await bench.job(next.id)).toMatchObject({ state: 'succeeded' });
    expect(commands().filter((line) => line.includes('-s 5'))).toEqual([]);
  });
});

describe('every command that was sent has its answer on record', () => {
  /** Activate with a restore, of a device that has the lowest number; automatic failover was on when it began. */
  async function activation(): Promise<{ job: JobRecord; standby: string; act: string; restore: string }> {
    const vnic = bench.vnic(9, 5);
    if (!vnic) throw new Error('no vNIC');
    const standby = vnic.devices.find((each) => each.logicalPortId !== vnic.activeLogicalPortId);
    if (!standby) throw new Error('no standby');
    standby.failoverPriority = 1;
    vnic.autoPriorityFailover = false;
    const address = { ...ANOLE, logicalPortId: standby.logicalPortId };
    const job = await bench.accept('backing-device.activate', address, { restoreAutoPriorityFailover: true });
    return {
      job,
      standby: standby.logicalPortId,
      act: `chhwres -r virtualio -m '${REPTILIAN}' -o act --rsubtype vnicbkdev --id 9 -s 5 --logport ${standby.logicalPortId}`,
      restore: SWITCH_OFF.replace('failover=0', 'failover=1'),
    };
  }

  it.each(['planned', 'never-started'] as const)('and the rest is %s: goes on with the rest', async (rest) => {
    const { job, standby, act, restore } = await activation();
    const plan = [step('succeeded', act, { movesActive: true }), step(rest, restore)];
    await bench.abandon(job, { plan, hmc: 'hmc1' }, await bench.observe(job));
    const vnic = bench.vnic(9, 5);
    if (vnic) vnic.activeLogicalPortId = standby;

    await bench.drain(worker);
    const settled = await bench.job(job.id);
    expect(settled).toMatchObject({ state: 'succeeded', result: { autoPriorityFailover: true } });
    expect(settled.plan.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    expect(commands()).toEqual([settled.plan[1]?.command]);
    expect(commands()[0]).toContain('auto_priority_failover=1');
  });

  it('and the effect of the last one does not show: indeterminate, not sent again', async () => {
    const job = await orphan([step('succeeded')]);
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({ state: 'indeterminate', plan: [{ state: 'succeeded' }] });
    expect(commands()).toEqual([]);
  });

  it('and it is a refusal that changed nothing: failed without effect, in the words on record', async () => {
    const job = await orphan([step('failed', SWITCH_OFF, { hmcMessage: 'HSCL2929 Busy.', exitStatus: 1 })]);
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({
      state: 'failed',
      error: {
        type: 'urn:hmc-vnic-gateway:problem:hmc-refused',
        effect: 'none',
        hmc: 'hmc1',
        hmcCode: 'HSCL2929',
        hmcMessage: 'HSCL2929 Busy.',
        exitStatus: 1,
        command: SWITCH_OFF,
      },
    });
    expect(commands()).toEqual([]);
  });

  it('and it is a refusal that left a part: failed with a partial effect', async () => {
    const request = {
      backingDevices: [
        { virtualIoServer: { name: 'vios1' }, adapterId: 4, physicalPortId: 1, capacity: 2 },
        { virtualIoServer: { name: 'vios2' }, adapterId: 3, physicalPortId: 1, capacity: 2 },
      ],
    };
    const job = await bench.accept('backing-device.add', ANOLE, request);
    const command = SWITCH_OFF.replace(/-a .*/, "-a 'backing_devices+=…'");
    const plan = [step('failed', command, { hmcMessage: 'HSCL2929 Busy.' })];
    await bench.abandon(job, { plan, hmc: 'hmc1' }, await bench.observe(job));
    // One of the two was made.
    const [device] = bench.vnic(9, 5)?.devices ?? [];
    if (device)
      bench.vnic(9, 5)?.devices.push({ ...device, adapterId: 4, physicalPortId: 1, logicalPortId: '27010001' });
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({ state: 'failed', error: { effect: 'partial' } });
    expect(commands()).toEqual([]);
  });

  it('and it is a refusal although the wish holds: succeeded', async () => {
    const job = await orphan([step('failed', SWITCH_OFF, { hmcMessage: 'HSCL2929 Busy.' })]);
    const vnic = bench.vnic(9, 5);
    if (vnic) vnic.autoPriorityFailover = false;
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded', result: { autoPriorityFailover: false } });
    expect(commands()).toEqual([]);
  });

  it('and a refusal came after automatic failover was switched off: it is switched on again, then failed', async () => {
    const active = bench.vnic(9, 5)?.activeLogicalPortId ?? '';
    const job = await bench.accept('backing-device.remove', { ...ANOLE, logicalPortId: active });
    const before = await bench.observe(job);
    const vnic = bench.vnic(9, 5);
    const other = vnic?.devices.find((each) => each.logicalPortId !== active)?.logicalPortId ?? '';
    if (vnic) Object.assign(vnic, { autoPriorityFailover: false, activeLogicalPortId: other });
    const act = `chhwres -r virtualio -m '${REPTILIAN}' -o act --rsubtype vnicbkdev --id 9 -s 5 --logport ${other}`;
    const remove = SWITCH_OFF.replace(/-a .*/, "-a 'backing_devices-=…'");
    const plan = [step('succeeded', act), step('failed', remove, { hmcMessage: 'HSCL2929 Busy.' })];
    const target = { ...job.target, restoreAutoPriorityFailover: true };
    await bench.abandon(job, { plan, target, hmc: 'hmc1' }, before);

    await bench.drain(worker);
    const settled = await bench.job(job.id);
    expect(settled).toMatchObject({ state: 'failed', error: { hmcCode: 'HSCL2929', effect: 'none' } });
    expect(settled.plan.map(({ state }) => state)).toEqual(['succeeded', 'failed', 'succeeded']);
    expect(bench.vnic(9, 5)?.autoPriorityFailover).toBe(true);
    expect(commands()).toHaveLength(1);
  });
});

describe('the partition is gone', () => {
  it.each([
    ['a command was sent', [step('sent')]],
    ['its command was accepted', [step('succeeded')]],
    ['nothing was sent', [step('planned')]],
  ])('%s to delete its vNIC: succeeded, with the word that the vNIC may have moved along', async (_name, plan) => {
    const job = await bench.accept('vnic.delete', ANOLE);
    await bench.abandon(job, { plan, hmc: 'hmc1' }, await bench.observe(job));
    const frame = bench.frame();
    frame.vnics.splice(0, Infinity, ...frame.vnics.filter(({ partitionId }) => partitionId !== 9));
    frame.partitions.splice(0, Infinity, ...frame.partitions.filter(({ id }) => id !== 9));
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({
      state: 'succeeded',
      warnings: [expect.stringMatching(/^Partition anole is not on .* any more.*look there/)],
    });
    expect(commands()).toEqual([]);
  });
});

describe('the system cannot be read', () => {
  it('a sent command stays in doubt: indeterminate after the bound', async () => {
    const job = await orphan([step('sent')]);
    await bench.simulator.control.stopHmc('hmc1');
    await bench.simulator.control.stopHmc('hmc2');
    try {
      await bench.drain(worker);
      expect(await bench.job(job.id)).toMatchObject({ state: 'indeterminate', result: null });
    } finally {
      await bench.simulator.control.startHmc('hmc1');
      await bench.simulator.control.startHmc('hmc2');
    }
  });
});
