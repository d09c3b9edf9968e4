import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../src/store/job-record.js';
import { startLaneBench, type BenchWorker, type LaneBench } from '../support/lane-bench.js';
import { REPTILIAN } from '../support/whole-service.js';

/*
 * Each row of the outcome table, through the executor: a command as an HMC may end it, and what the readback shows. The
 * vNIC of anole (AIX, partition 9) in slot 5 has two devices; the active one has priority 10.
 */
const ANOLE = { partition: { name: 'anole' }, slot: 5 } as const;
const REFUSAL = 'HSCL2929 The resource is busy.';
const OFF = { autoPriorityFailover: false };

let bench: LaneBench;
/** A worker whose deadline for a change is short, for those that never answer. */
let impatient: BenchWorker;
beforeAll(async () => {
  bench = await startLaneBench();
  impatient = bench.newWorker({ changeDeadlineMs: 300 });
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const commands = (): string[] => bench.changes().map((entry) => entry.line);
const devices = (): { id: string; active: boolean }[] => {
  const vnic = bench.vnic(9, 5);
  return (vnic?.devices ?? []).map(({ logicalPortId }) => ({
    id: logicalPortId,
    active: logicalPortId === vnic?.activeLogicalPortId,
  }));
};
const device = (active: boolean): string => devices().find((each) => each.active === active)?.id ?? '';

describe('exit 0', () => {
  it('and the wish holds: succeeded, with the readback as the result', async () => {
    const job = await bench.run('vnic.update', ANOLE, OFF);
    expect(job).toMatchObject({
      state: 'succeeded',
      error: null,
      warnings: [],
      hmc: 'hmc1',
      before: { slot: 5, autoPriorityFailover: true },
      result: { slot: 5, autoPriorityFailover: false, backingDevices: [{ active: true }, { active: false }] },
      plan: [{ state: 'succeeded', exitStatus: 0, hmcMessage: null }],
      waitingFor: null,
    });
    expect(job.startedAt).not.toBeNull();
    expect(job.finishedAt).not.toBeNull();
    expect(commands()).toEqual([job.plan[0]?.command]);
  });

  it('and the effect comes a little later: succeeded, nothing sent twice', async () => {
    bench.simulator.control.addFault({ type: 'delay-effect', ms: 300, kind: 'change' });
    const job = await bench.run('vnic.update', ANOLE, OFF);
    expect(job).toMatchObject({ state: 'succeeded', result: { autoPriorityFailover: false } });
    expect(commands()).toHaveLength(1);
  });

  it('and no effect within the bound: indeterminate', async () => {
    bench.simulator.control.addFault({ type: 'delay-effect', ms: 60_000, kind: 'change' });
    const job = await bench.run('vnic.update', ANOLE, OFF);
    expect(job).toMatchObject({
      state: 'indeterminate',
      error: { type: 'urn:hmc-vnic-gateway:problem:outcome-unknown', command: job.plan[0]?.command },
      result: { autoPriorityFailover: true },
      plan: [{ state: 'succeeded', exitStatus: 0 }],
    });
    expect(commands()).toHaveLength(1);
  });

  it.each(['stdout', 'stderr'] as const)('with words on %s: they are kept, and a warning', async (stream) => {
    const text = 'HSCLA29A Warning: something was left as it is.';
    bench.simulator.control.addFault({ type: 'refuse', text, stream, exitStatus: 0, kind: 'change', effect: 'full' });
    const job = await bench.run('vnic.update', ANOLE, OFF);
    expect(job).toMatchObject({
      state: 'succeeded',
      error: null,
      warnings: [text],
      plan: [{ state: 'succeeded', exitStatus: 0, hmcMessage: text }],
    });
  });

  it('with words and no effect within the bound: indeterminate, the words are kept', async () => {
    const text = 'HSCL2957 The profile was saved.';
    bench.simulator.control.addFault({ type: 'refuse', text, exitStatus: 0, kind: 'change' });
    const job = await bench.run('vnic.update', ANOLE, OFF);
    expect(job).toMatchObject({ state: 'indeterminate', warnings: [text], plan: [{ hmcMessage: text }] });
  });

  it('and the wish holds already: succeeded without any command', async () => {
    const job = await bench.run('vnic.update', ANOLE, { autoPriorityFailover: true });
    expect(job).toMatchObject({ state: 'succeeded', plan: [], result: { autoPriorityFailover: true } });
    expect(commands()).toEqual([]);
  });
});

describe('exit ≠ 0', () => {
  it.each(['stdout', 'stderr'] as const)(
    'and nothing changed: failed without effect, in the words of the HMC on %s',
    async (stream) => {
      bench.simulator.control.addFault({ type: 'refuse', text: REFUSAL, stream, exitStatus: 3, kind: 'change' });
      const job = await bench.run('vnic.update', ANOLE, OFF);
      expect(job).toMatchObject({
        state: 'failed',
        error: {
          type: 'urn:hmc-vnic-gateway:problem:hmc-refused',
          effect: 'none',
          hmc: 'hmc1',
          hmcCode: 'HSCL2929',
          hmcMessage: REFUSAL,
          command: job.plan[0]?.command,
          exitStatus: 3,
          retryable: false,
        },
        plan: [{ state: 'failed', exitStatus: 3, hmcMessage: REFUSAL }],
        result: { autoPriorityFailover: true },
      });
      expect(commands()).toHaveLength(1);
    },
  );

  it('of an HMC that stays busy: the same may work later', async () => {
    bench.simulator.control.addFault({ type: 'refuse', text: 'HSCL3205 Busy.', kind: 'change', times: null });
    const job = await bench.run('vnic.update', ANOLE, OFF);
    expect(job).toMatchObject({ state: 'failed', error: { hmcCode: 'HSCL3205', retryable: true, effect: 'none' } });
    expect(commands()).toHaveLength(4);
  });

  it('and a part of it changed: failed with a partial effect, before and after shown', async () => {
    const one = `chhwres -r virtualio -m '${REPTILIAN}' -o s --rsubtype vnic --id 9 -s 5 -a 'backing_devices+=sriov/vios1//4/1/2.0/30'`;
    bench.simulator.control.addFault({ type: 'refuse', text: REFUSAL, kind: 'change', effect: { instead: one } });
    const job = await bench.run('backing-device.add', ANOLE, {
      backingDevices: [
        { virtualIoServer: { name: 'vios1' }, adapterId: 4, physicalPortId: 1, capacity: 2, failoverPriority: 30 },
        { virtualIoServer: { name: 'vios2' }, adapterId: 3, physicalPortId: 1, capacity: 2, failoverPriority: 40 },
      ],
    });
    expect(job).toMatchObject({ state: 'failed', error: { effect: 'partial', hmcCode: 'HSCL2929', exitStatus: 1 } });
    expect((job.before as { backingDevices: unknown[] }).backingDevices).toHaveLength(2);
    expect((job.result as { backingDevices: unknown[] }).backingDevices).toHaveLength(3);
    expect(commands()).toHaveLength(1);
  });

  it('and the wish holds all the same: succeeded, the words of the HMC in the warnings', async () => {
    bench.simulator.control.addFault({ type: 'refuse', text: REFUSAL, kind: 'change', effect: 'full' });
    const job = await bench.run('vnic.update', ANOLE, OFF);
    expect(job).toMatchObject({
      state: 'succeeded',
      error: null,
      warnings: [REFUSAL],
      plan: [{ state: 'failed', exitStatus: 1 }],
      result: { autoPriorityFailover: false },
    });
    expect(commands()).toHaveLength(1);
  });

  it('for want of authority: failed, and no other HMC is asked for the change', async () => {
    const text = 'HSCL350B The user does not have the appropriate authority';
    bench.simulator.control.addFault({ type: 'refuse', text, kind: 'change' });
    const job = await bench.run('vnic.update', ANOLE, OFF);
    expect(job).toMatchObject({ state: 'failed', error: { effect: 'none', hmcCode: 'HSCL350B', retryable: false } });
    expect(commands()).toHaveLength(1);
  });

  it('with HSCL2957: failed, and the profile may differ', async () => {
    const text = 'HSCL2957 There is no RMC connection between the HMC and the partition.';
    bench.simulator.control.addFault({ type: 'refuse', text, kind: 'change' });
    const job = await bench.run('vnic.update', ANOLE, OFF);
    expect(job).toMatchObject({
      state: 'failed',
      error: { effect: 'none', hmcCode: 'HSCL2957', profileMayDiffer: true },
    });
  });

  it('of a refusal that the estate itself makes: failed with its code', async () => {
    // RMC goes down between the reading and the command.
    bench.simulator.control.addFault({ type: 'latency', ms: 200, kind: 'change' });
    const running = bench.run('vnic.update', ANOLE, OFF);
    await expect.poll(() => commands().length).toBe(1);
    bench.simulator.control.setPartitionState(REPTILIAN, 'anole', 'Running', 'inactive');
    const job = await running;
    expect(job).toMatchObject({ state: 'failed', error: { effect: 'none', retryable: false } });
    expect(job.error?.['hmcCode']).toMatch(/^HSCL/);
  });
});

const UNKNOWN_WITH_EFFECT = [
  ['the connection lost after the effect', { type: 'drop-connection', when: 'after-effect' }],
  ['no answer within the deadline', { type: 'no-answer', effect: 'full' }],
  ['no exit status', { type: 'no-exit-status', effect: 'full' }],
] as const;
const UNKNOWN_WITHOUT_EFFECT = [
  ['the connection lost before the effect', { type: 'drop-connection', when: 'before-effect' }],
  ['no answer within the deadline', { type: 'no-answer', effect: 'none' }],
  ['no exit status', { type: 'no-exit-status', effect: 'none' }],
] as const;

describe('an unknown end', () => {
  it.each(UNKNOWN_WITH_EFFECT)('%s, and the wish holds: succeeded', async (_name, fault) => {
    bench.simulator.control.addFault({ ...fault, kind: 'change' });
    const worker = fault.type === 'no-answer' ? impatient : bench.worker;
    const job = await bench.run('vnic.update', ANOLE, OFF, { worker });
    expect(job).toMatchObject({
      state: 'succeeded',
      error: null,
      plan: [{ state: 'unknown', exitStatus: null }],
      result: { autoPriorityFailover: false },
    });
    expect(commands()).toHaveLength(1);
  });

  it.each(UNKNOWN_WITHOUT_EFFECT)('%s, and it does not hold: indeterminate', async (_name, fault) => {
    bench.simulator.control.addFault({ ...fault, kind: 'change' });
    const worker = fault.type === 'no-answer' ? impatient : bench.worker;
    const job = await bench.run('vnic.update', ANOLE, OFF, { worker });
    expect(job).toMatchObject({
      state: 'indeterminate',
      error: { type: 'urn:hmc-vnic-gateway:problem:outcome-unknown', command: job.plan[0]?.command },
      plan: [{ state: 'unknown' }],
      result: { autoPriorityFailover: true },
    });
    expect(commands()).toHaveLength(1);
  });

  /** The one that runs the command: not always the first, which goes last for a while after it was away. */
  const hmcAtWork = async (): Promise<string> => {
    await expect.poll(() => commands().length).toBe(1);
    return bench.changes()[0]?.hmcId ?? '';
  };

  it('and the HMC that ran it is gone: the other one proves success', async () => {
    bench.simulator.control.addFault({ type: 'latency', ms: 300, kind: 'change' });
    const running = bench.run('vnic.update', ANOLE, OFF);
    const hmc = await hmcAtWork();
    await bench.simulator.control.stopHmc(hmc);
    try {
      const job = await running;
      expect(job).toMatchObject({ state: 'succeeded', hmc, plan: [{ state: 'unknown' }] });
      expect(commands()).toHaveLength(1);
    } finally {
      await bench.simulator.control.startHmc(hmc);
    }
  });

  it('and the HMC that ran it is gone: what the other one does not see proves nothing', async () => {
    bench.simulator.control.addFault({ type: 'no-answer', effect: 'none', kind: 'change' });
    const running = bench.run('vnic.update', ANOLE, OFF);
    const hmc = await hmcAtWork();
    await bench.simulator.control.stopHmc(hmc);
    try {
      const job = await running;
      expect(job).toMatchObject({ state: 'indeterminate', result: null, plan: [{ state: 'unknown' }] });
      expect(job.error?.detail).toContain('could not be read');
      expect(commands()).toHaveLength(1);
    } finally {
      await bench.simulator.control.startHmc(hmc);
    }
  });
});

describe('a readback that the HMC which ran the command refuses, or prints so that it is not understood', () => {
  const garbled = { type: 'refuse', match: '--rsubtype vnic ', kind: 'read', times: null } as const;
  const unreadable = [
    { ...garbled, text: 'HSCL350B The user does not have the appropriate authority', exitStatus: 1 },
    { ...garbled, text: 'lpar_name=anole,lpar_id=nine,slot_num=5', exitStatus: 0 },
  ];

  /** A change that takes a while; meanwhile its HMC, and only that one, becomes unreadable. */
  async function runOnUnreadable(fault: (typeof unreadable)[number]): Promise<JobRecord> {
    bench.simulator.control.addFault({ type: 'latency', ms: 300, kind: 'change' });
    const running = bench.run('vnic.update', ANOLE, OFF);
    await expect.poll(() => commands().length).toBe(1);
    bench.simulator.control.addFault({ ...fault, hmcId: bench.changes()[0]?.hmcId ?? '' });
    return running;
  }

  it.each(unreadable)('$text: the other one proves success', async (fault) => {
    const job = await runOnUnreadable(fault);
    expect(job).toMatchObject({ state: 'succeeded', result: { autoPriorityFailover: false } });
    expect(commands()).toHaveLength(1);
  });

  it.each(unreadable)('$text: what the other one does not see proves nothing', async (fault) => {
    bench.simulator.control.addFault({ type: 'refuse', text: REFUSAL, kind: 'change' });
    const job = await runOnUnreadable(fault);
    expect(job).toMatchObject({ state: 'indeterminate', result: null, plan: [{ state: 'failed' }] });
    expect(job.error?.detail).toContain('another one does not show the change, which proves nothing');
    expect(commands()).toHaveLength(1);
  });
});

describe('a plan of several commands', () => {
  const activate = (restore: boolean) => ({
    address: { ...ANOLE, logicalPortId: device(false) },
    request: { restoreAutoPriorityFailover: restore },
  });

  it('goes on with each readback: activate, then automatic failover on again', async () => {
    // The standby becomes the one with the lowest number, so that a restore is allowed.
    const vnic = bench.vnic(9, 5);
    if (vnic) vnic.autoPriorityFailover = false;
    for (const each of vnic?.devices ?? []) if (each.logicalPortId === device(false)) each.failoverPriority = 1;
    const { address, request } = activate(true);
    const job = await bench.run('backing-device.activate', address, request);
    expect(job).toMatchObject({ state: 'succeeded', result: { autoPriorityFailover: true } });
    expect(job.plan.map((step) => step.state)).toEqual(['succeeded', 'succeeded']);
    expect(commands()).toEqual(job.plan.map((step) => step.command));
    expect(commands()[0]).toContain('-o act');
    expect(commands()[1]).toContain('auto_priority_failover=1');
  });

  it('removes the active device: another is made active, the device goes, automatic failover is on again', async () => {
    const active = device(true);
    const job = await bench.run('backing-device.remove', { ...ANOLE, logicalPortId: active });
    expect(job).toMatchObject({ state: 'succeeded', result: { autoPriorityFailover: true } });
    expect(job.plan.map((step) => step.state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(devices()).toEqual([{ id: expect.any(String), active: true }]);
    expect(commands()).toHaveLength(3);
  });

  it('does not leave automatic failover off when the HMC refuses a later command', async () => {
    bench.simulator.control.addFault({ type: 'refuse', text: REFUSAL, match: 'backing_devices-=' });
    const active = device(true);
    const job = await bench.run('backing-device.remove', { ...ANOLE, logicalPortId: active });
    expect(job).toMatchObject({ state: 'failed', error: { hmcCode: 'HSCL2929', effect: 'none' }, warnings: [] });
    expect(job.plan.map((step) => step.state)).toEqual(['succeeded', 'failed', 'succeeded']);
    expect(bench.vnic(9, 5)?.autoPriorityFailover).toBe(true);
    // Given back to the hypervisor, which goes back to the lowest number.
    expect(device(true)).toBe(active);
    expect(commands()).toHaveLength(3);
  });

  it('says so when it had to leave automatic failover off', async () => {
    bench.simulator.control.addFault({ type: 'refuse', text: REFUSAL, match: 'backing_devices-=' });
    bench.simulator.control.addFault({
      type: 'refuse',
      text: 'HSCL350B No authority.',
      match: 'auto_priority_failover=1',
    });
    const job = await bench.run('backing-device.remove', { ...ANOLE, logicalPortId: device(true) });
    expect(job).toMatchObject({ state: 'failed', error: { hmcCode: 'HSCL2929', effect: 'partial' } });
    expect(job.warnings).toEqual([expect.stringContaining('Automatic failover of this vNIC is off')]);
    expect(bench.vnic(9, 5)?.autoPriorityFailover).toBe(false);
    expect(commands()).toHaveLength(3);
  });

  it('ends where the outcome of a command is unknown', async () => {
    bench.simulator.control.addFault({ type: 'drop-connection', when: 'before-effect', match: 'backing_devices-=' });
    const job = await bench.run('backing-device.remove', { ...ANOLE, logicalPortId: device(true) });
    expect(job).toMatchObject({ state: 'indeterminate' });
    expect(job.plan.map((step) => step.state)).toEqual(['succeeded', 'unknown']);
    expect(job.warnings).toEqual([expect.stringContaining('Automatic failover of this vNIC is off')]);
    expect(commands()).toHaveLength(2);
  });
});

describe('a fault of ours', () => {
  it('before anything was sent: failed as such, and the lane goes on', async () => {
    const broken = bench.newWorker({}, { inventory: brokenInventory(bench, () => true) });
    const job = await bench.run('vnic.update', ANOLE, OFF, { worker: broken });
    expect(job).toMatchObject({
      state: 'failed',
      error: { type: 'urn:hmc-vnic-gateway:problem:internal-error', effect: 'none' },
    });
    expect(broken.faults).toHaveLength(1);
    expect(commands()).toEqual([]);
  });

  it('after something was sent: indeterminate, and the lane stays closed until the settle bound has passed', async () => {
    const broken = bench.newWorker({}, { inventory: brokenInventory(bench, () => commands().length > 0) });
    const first = await bench.accept('vnic.update', ANOLE, OFF);
    const second = await bench.accept('vnic.update', ANOLE, { autoPriorityFailover: true });
    await broken.turns.run(REPTILIAN);
    expect(await bench.job(first.id)).toMatchObject({ state: 'indeterminate', plan: [{ state: 'succeeded' }] });
    expect((await bench.worker.lanes.state(REPTILIAN)).closedUntil).toBeGreaterThan(Date.now());

    expect(await bench.worker.turns.run(REPTILIAN)).toBe('left');
    expect(await bench.job(second.id)).toMatchObject({ state: 'queued' });
    const { closedUntil } = await bench.worker.lanes.state(REPTILIAN);
    await expect.poll(() => Date.now() > closedUntil, { timeout: 5000 }).toBe(true);
    await bench.drain();
    expect(await bench.job(second.id)).toMatchObject({ state: 'succeeded' });
  });
});

/** The real inventory, with a fault of its own whenever the condition is true. */
function brokenInventory({ inventory }: LaneBench, broken: () => boolean): LaneBench['inventory'] {
  return {
    systems: () => inventory.systems(),
    resolve: (name) => inventory.resolve(name),
    find: (mtms) => inventory.find(mtms),
    read: (system, parts, options) => {
      if (broken()) throw new TypeError('a fault of ours');
      return inventory.read(system, parts, options);
    },
    readBoth: (system, parts, target, options) => inventory.readBoth(system, parts, target, options),
    usedSlots: (...of) => inventory.usedSlots(...of),
  };
}
