import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLaneBench, type BenchWorker, type LaneBench } from '../support/lane-bench.js';
import type { JobRecord } from '../../src/store/job-record.js';
import { REPTILIAN } from '../support/whole-service.js';

/*
 * A desired state whose way changes while the job is on it. The vNIC of anole (partition 9) in slot 4 has
 * devices on 1/0 (vios1, priority 10, active), 3/1 (vios2, 20) and 2/0 (vios1, 30), and automatic failover on.
 * Slot 17 of lizard (partition 6) is empty.
 */
let bench: LaneBench;
/** Waits for the hypervisor and the links as long as a real one does. */
let patient: BenchWorker;
beforeAll(async () => {
  bench = await startLaneBench({ settings: { settleMs: 1500 } });
  patient = bench.newWorker({ settleMs: 60_000 });
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const problem = (slug: string): string => `urn:hmc-vnic-gateway:problem:${slug}`;
const ANOLE_4 = { partition: { name: 'anole' }, slot: 4 };
const LIZARD_17 = { partition: { name: 'lizard' }, slot: 17 };

const on = (vios: string, adapterId: number, physicalPortId: number, failoverPriority: number): object => ({
  virtualIoServer: { name: vios },
  adapterId,
  physicalPortId,
  capacity: 2,
  failoverPriority,
});

/**
 * Runs the job; as soon as a command that `match`es has reached the HMC, and before it
 * has an effect, something happens.
 */
async function runWhile(by: BenchWorker, request: object, match: string, happens: () => void): Promise<JobRecord> {
  const job = await bench.accept('vnic.set', ANOLE_4, request);
  bench.simulator.control.addFault({ type: 'latency', ms: 1000, match: match.replace('+', String.raw`\+`) });
  const drained = bench.drain(by);
  const arrived = (): boolean => bench.changes().some(({ line }) => line.includes(match));
  await vi.waitFor(() => expect(arrived()).toBe(true), { timeout: 20_000, interval: 10 });
  happens();
  await drained;
  return bench.job(job.id);
}

describe('when no careful way is left half way', () => {
  const shrunk = { backingDevices: [on('vios2', 3, 1, 20), on('vios1', 2, 0, 30)] };

  it('fails at once, and says what was done, what is there, and which number a device had', async () => {
    const began = performance.now();
    const job = await runWhile(patient, shrunk, 'failover_priority=100', () => {
      bench.simulator.control.portDown(REPTILIAN, 3, 1);
      bench.simulator.control.portDown(REPTILIAN, 2, 0);
    });
    expect(performance.now() - began).toBeLessThan(patient.settings.settleMs);
    expect(job).toMatchObject({
      state: 'failed',
      error: {
        type: problem('network-disruption'),
        status: 409,
        effect: 'partial',
        step: expect.stringContaining('backing_devices-=sriov/vios1//1/0/2.0/100') as string,
        operationalDevices: 0,
      },
      plan: [{ state: 'succeeded', command: expect.stringContaining('failover_priority=100') as string }],
      before: { backingDevices: [{ failoverPriority: 10, active: true }, {}, {}] },
      result: { backingDevices: [{ failoverPriority: 100, active: true }, {}, {}] },
    });
    expect(job.warnings).toEqual([expect.stringContaining('It was 10 before this job')]);
    expect(bench.changes()).toHaveLength(1);
  });

  const moved = { backingDevices: [on('vios2', 4, 1, 10)] };

  it('waits for a device that it has just made to come up', async () => {
    const job = await runWhile(patient, moved, 'backing_devices+=', () => {
      bench.simulator.control.portDown(REPTILIAN, 4, 1);
      setTimeout(() => bench.simulator.control.portUp(REPTILIAN, 4, 1), 3000);
    });
    expect(job, JSON.stringify(job.error)).toMatchObject({ state: 'succeeded', warnings: [] });
    expect(bench.vnic(9, 4)?.devices.map(({ adapterId }) => adapterId)).toEqual([4]);
  });

  it('and fails at the end of the settle bound when it does not', async () => {
    const job = await runWhile(bench.worker, moved, 'backing_devices+=', () => {
      bench.simulator.control.portDown(REPTILIAN, 4, 1);
    });
    expect(job).toMatchObject({
      state: 'failed',
      error: { type: problem('network-disruption'), effect: 'partial' },
    });
    expect(bench.changes()).toHaveLength(1);
    expect(bench.vnic(9, 4)?.devices).toHaveLength(4);
  });

  it('fails when the server of the next device goes away', async () => {
    const anew = { backingDevices: [on('vios2', 1, 0, 10), on('vios2', 3, 1, 20), on('vios1', 2, 0, 30)] };
    const job = await runWhile(bench.worker, anew, 'backing_devices-=', () => {
      bench.simulator.control.setPartitionState(REPTILIAN, 'vios2', 'Running', 'inactive');
    });
    expect(job).toMatchObject({
      state: 'failed',
      error: { type: problem('partition-state'), effect: 'partial', rmcState: 'inactive' },
      result: { backingDevices: [{ adapterId: 3 }, { adapterId: 2 }] },
    });
  });
});

describe('a device that is made anew and does not come back', () => {
  const anew = { backingDevices: [on('vios2', 1, 0, 10), on('vios2', 3, 1, 20), on('vios1', 2, 0, 30)] };

  it('is told of as it was, when the HMC refuses to make it', async () => {
    const { devices } = bench.vnic(9, 4) ?? { devices: [] };
    const [first] = devices;
    if (first === undefined) throw new Error('anole has a vNIC in slot 4');
    devices.splice(0, 1, { ...first, maxCapacity: 50 });
    bench.simulator.control.addFault({
      type: 'refuse',
      match: String.raw`backing_devices\+=`,
      text: 'HSCL2970 The IOServer command failed.',
    });
    const job = await bench.run('vnic.set', ANOLE_4, anew);
    expect(job).toMatchObject({
      state: 'failed',
      error: { effect: 'partial' },
      target: { replacedDevices: [{ logicalPortId: first.logicalPortId, failoverPriority: 10, maxCapacity: 50 }] },
      result: { backingDevices: [{ adapterId: 3 }, { adapterId: 2 }] },
    });
    expect(job.warnings).toEqual([
      expect.stringContaining('was on vios1 with capacity 2, failover priority 10 and maximum capacity 50.'),
    ]);
  });
});

describe('a partition that is shut off', () => {
  it('gets its other devices without a move, and without waiting for one', async () => {
    bench.simulator.control.setPartitionState(REPTILIAN, 'anole', 'Not Activated', 'inactive');
    const began = performance.now();
    const job = await bench.run('vnic.set', ANOLE_4, { backingDevices: [on('vios2', 3, 1, 20)] }, { worker: patient });
    expect(performance.now() - began).toBeLessThan(patient.settings.settleMs);
    expect(job, JSON.stringify(job.error)).toMatchObject({
      state: 'succeeded',
      plan: [{ command: expect.stringContaining('backing_devices-=') as string, movesActive: false }],
    });
  });
});

describe('a slot that was empty when the call was accepted', () => {
  const wish = { backingDevices: [on('vios1', 1, 1, 10), on('vios2', 3, 1, 20)] };

  /** Somebody makes a vNIC by hand, on the HMC. */
  function occupy(changes: { failoverPriority?: number } = {}): void {
    const like = bench.vnic(9, 4);
    if (like === undefined) throw new Error('anole has a vNIC in slot 4');
    const [first, second] = structuredClone(like.devices);
    if (first === undefined || second === undefined) throw new Error('it has two devices');
    const devices = [
      { ...first, logicalPortId: '2700401f', adapterId: 1, physicalPortId: 1, failoverPriority: 10, ...changes },
      { ...second, logicalPortId: '2700c01f', adapterId: 3, physicalPortId: 1, failoverPriority: 20 },
    ];
    const vnic = { ...structuredClone(like), partitionId: 6, slot: 17, macAddress: 'eabe0600ffff', devices };
    bench.frame().vnics.push({ ...vnic, activeLogicalPortId: '2700401f' });
  }

  it('fails when another vNIC is there by then', async () => {
    const job = await bench.accept('vnic.set', LIZARD_17, wish);
    occupy({ failoverPriority: 11 });
    await bench.drain();
    expect(await bench.job(job.id)).toMatchObject({
      state: 'failed',
      error: { type: problem('target-replaced'), effect: 'none' },
      result: { macAddress: 'eabe0600ffff' },
    });
    expect(bench.changes()).toEqual([]);
  });

  it('takes an equal one for what was wished for, unless it was only to be made', async () => {
    const any = await bench.accept('vnic.set', LIZARD_17, wish);
    const onlyNew = await bench.accept('vnic.set', LIZARD_17, wish, { ifNoneMatch: '*' });
    occupy();
    await bench.drain();
    expect(await bench.job(any.id)).toMatchObject({ state: 'succeeded', plan: [] });
    expect(await bench.job(onlyNew.id)).toMatchObject({
      state: 'failed',
      error: { type: problem('precondition-failed'), effect: 'none' },
    });
    expect(bench.changes()).toEqual([]);
  });

  it('is filled where it is still empty', async () => {
    const job = await bench.run('vnic.set', LIZARD_17, wish, { ifNoneMatch: '*' });
    expect(job).toMatchObject({ state: 'succeeded', result: { slot: 17 } });
  });
});

describe('a Virtual I/O Server whose RMC connection is busy half way', () => {
  const widened = {
    backingDevices: [on('vios1', 1, 0, 10), { ...on('vios2', 3, 1, 20), capacity: 4 }, on('vios1', 2, 0, 30)],
  };
  const rmc = (state: 'busy' | 'active'): void =>
    bench.simulator.control.setPartitionState(REPTILIAN, 'vios2', 'Running', state);

  it('is waited for before its device is made anew', async () => {
    let calm: NodeJS.Timeout | undefined;
    const job = await runWhile(patient, widened, 'backing_devices-=', () => {
      rmc('busy');
      calm = setTimeout(() => rmc('active'), 4000);
    });
    clearTimeout(calm);
    rmc('active');
    expect(job).toMatchObject({ state: 'succeeded', error: null });
    expect(job.plan.map(({ state }) => state)).not.toContain('failed');
  });
});
