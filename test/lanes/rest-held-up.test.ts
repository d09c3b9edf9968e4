import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../src/store/job-record.js';
import { startLaneBench, type LaneBench } from '../support/lane-bench.js';
import { until } from '../support/until.js';
import { REPTILIAN } from '../support/whole-service.js';
import { withoutChanges } from '../support/without-changes.js';

/*
 * A plan of several steps of which a later one is taken by no HMC. Removing the active device of anole's vNIC activates the
 * other one, which switches automatic failover off, removes, and switches automatic failover on again.
 */
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

const active = (): string => bench.vnic(9, 5)?.activeLogicalPortId ?? '';
const removeActive = (): Promise<JobRecord> =>
  bench.accept('backing-device.remove', { ...ANOLE, logicalPortId: active() });
const hasBegun = (): boolean => bench.changes().length > 0;
const states = (job: JobRecord): string[] => job.plan.map(({ state }) => state);

describe('the rest of a plan that no HMC takes', () => {
  it('is carried out by the other HMC', async () => {
    const tried: string[] = [];
    const worker = withoutChanges(bench, 60_000, tried, (id) => id === 'hmc1' && hasBegun());
    const job = await removeActive();
    await bench.drain(worker);
    const done = await bench.job(job.id);
    expect(done).toMatchObject({ state: 'succeeded', hmc: 'hmc2', result: { autoPriorityFailover: true } });
    expect(states(done)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(bench.changes().map(({ hmcId }) => hmcId)).toEqual(['hmc1', 'hmc2', 'hmc2']);
    expect(tried).toEqual(['hmc1']);
  });

  it('waits while the other HMC does not show yet what the first one has accepted', async () => {
    // The listing as it was before the first command, twice, as an HMC would print it that lags behind.
    const vnics = `lshwres -r virtualio --rsubtype vnic -m '9119-MME*65BA46F' --level lpar`;
    const before = await bench.hmcs.run('hmc2', vnics, { kind: 'read', deadlineMs: 5000 });
    if (before.kind !== 'exited') throw new Error('the vNICs cannot be listed');
    const text = before.stdout.trimEnd();
    const match = 'rsubtype vnic .*--level lpar';
    const stale = { type: 'refuse', kind: 'read', match, text, stream: 'stdout', exitStatus: 0, times: 2 } as const;
    const lags = (): boolean => {
      bench.simulator.control.addFault({ ...stale, hmcId: 'hmc2' });
      return true;
    };
    let asked = false;
    const worker = withoutChanges(bench, 60_000, [], (id) => id === 'hmc1' && hasBegun() && (asked ||= lags()));
    const job = await removeActive();
    await bench.drain(worker);
    expect(asked).toBe(true);
    expect(bench.simulator.control.listFaults()).toEqual([]);
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded', hmc: 'hmc2' });
    expect(bench.changes().map(({ hmcId }) => hmcId)).toEqual(['hmc1', 'hmc2', 'hmc2']);
  });

  it('is given up after a bounded time, and what is left behind is said', async () => {
    const tried: string[] = [];
    const worker = withoutChanges(bench, 600, tried, hasBegun);
    const job = await removeActive();
    await bench.drain(worker);
    const failed = await bench.job(job.id);
    expect(failed).toMatchObject({
      state: 'failed',
      error: { type: 'urn:hmc-vnic-gateway:problem:hmc-unavailable', effect: 'partial' },
      result: { autoPriorityFailover: false },
    });
    expect(failed.warnings).toEqual([expect.stringContaining('Automatic failover of this vNIC is off')]);
    // The removal, and the last try to switch automatic failover on again.
    expect(states(failed)).toEqual(['succeeded', 'never-started', 'never-started']);
    expect(new Set(tried)).toEqual(new Set(['hmc1', 'hmc2']));
    expect(bench.changes()).toHaveLength(1);
  });

  it('is given up when it has become impossible, and automatic failover is switched on again', async () => {
    const removed = active();
    let isHeldUp = true;
    const worker = withoutChanges(bench, 60_000, [], () => isHeldUp && hasBegun());
    const job = await removeActive();
    const drained = bench.drain(worker);
    await until('the rest waits', async () => (await bench.job(job.id)).waitingFor?.reason === 'hmc');
    // Meanwhile the other device is lost, and somebody has made the old one active again.
    const other = active();
    expect(other).not.toBe(removed);
    const vnic = bench.vnic(9, 5);
    if (vnic === undefined) throw new Error('the vNIC is gone');
    bench.simulator.control.setDeviceStatus(REPTILIAN, other, 'Link Down');
    vnic.activeLogicalPortId = removed;
    isHeldUp = false;
    await drained;
    const failed = await bench.job(job.id);
    // Nothing: all is as it was before the first command.
    expect(failed).toMatchObject({
      state: 'failed',
      error: { type: 'urn:hmc-vnic-gateway:problem:no-operational-backing-device', effect: 'none' },
      result: { autoPriorityFailover: true },
      warnings: [],
    });
    expect(bench.changes().map(({ line }) => /-o act |auto_priority_failover=1/.exec(line)?.[0])).toEqual([
      '-o act ',
      'auto_priority_failover=1',
    ]);
  });

  it('has left nothing behind where the only command before was refused as busy', async () => {
    bench.simulator.control.addFault({ type: 'refuse', kind: 'change', text: 'HSCL3205 busy, try again later.' });
    const worker = withoutChanges(bench, 600, [], hasBegun);
    const job = await bench.accept('vnic.update', ANOLE, { autoPriorityFailover: false });
    await bench.drain(worker);
    const failed = await bench.job(job.id);
    expect(failed).toMatchObject({
      state: 'failed',
      error: { type: 'urn:hmc-vnic-gateway:problem:hmc-unavailable', effect: 'none' },
      result: { autoPriorityFailover: true },
    });
    expect(states(failed)).toEqual(['failed', 'never-started']);
  });

  it('… nor where nobody can be read then either', async () => {
    bench.simulator.control.addFault({ type: 'refuse', kind: 'change', text: 'HSCL3205 busy, try again later.' });
    const worker = withoutChanges(bench, 600, [], () => {
      if (!hasBegun()) return false;
      bench.simulator.control.addFault({ type: 'refuse', kind: 'read', text: 'HSCL0000 no.', times: null });
      return true;
    });
    const job = await bench.accept('vnic.update', ANOLE, { autoPriorityFailover: false });
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({ state: 'failed', error: { effect: 'none' }, result: null });
  });
});
