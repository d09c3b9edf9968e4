import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLaneBench, type LaneBench } from '../support/lane-bench.js';

/*
 * A plan of several steps of which one has no answer. The vNIC of anole (partition 9) in slot 5 has two devices and
 * automatic failover on; removing the active one activates the other, removes, and
 * switches automatic failover on again.
 */
let bench: LaneBench;
beforeAll(async () => {
  bench = await startLaneBench({ settings: { settleMs: 600 } });
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const active = (): string => bench.vnic(9, 5)?.activeLogicalPortId ?? '';
const address = (logicalPortId: string): { partition: { name: string }; slot: number; logicalPortId: string } => ({
  partition: { name: 'anole' },
  slot: 5,
  logicalPortId,
});

describe('a step without an answer in the middle of a plan', () => {
  it.each(['-o act ', 'backing_devices-='])('goes on when the readback shows what it did: %s', async (match) => {
    const removed = active();
    bench.simulator.control.addFault({ type: 'drop-connection', when: 'after-effect', kind: 'change', match });
    const job = await bench.run('backing-device.remove', address(removed));

    expect(job).toMatchObject({ state: 'succeeded', error: null, result: { autoPriorityFailover: true } });
    expect(job.plan.map(({ state }) => state).sort()).toEqual(['succeeded', 'succeeded', 'unknown']);
    expect(bench.vnic(9, 5)).toMatchObject({ autoPriorityFailover: true });
    expect(bench.vnic(9, 5)?.devices.map(({ logicalPortId }) => logicalPortId)).not.toContain(removed);
    const lines = bench.changes().map(({ line }) => line);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('goes on when its HMC, the only one, is silent for longer than the settle bound', async () => {
    const removed = active();
    await bench.simulator.control.stopHmc('hmc2');
    try {
      const job = await bench.accept('backing-device.remove', address(removed));
      bench.simulator.control.addFault({ type: 'latency', ms: 500, match: '-o act ' });
      const drained = bench.drain();
      await vi.waitFor(() => expect(bench.changes()).toHaveLength(1), { timeout: 5000, interval: 10 });
      bench.simulator.control.addFault({ type: 'no-answer', hmcId: 'hmc1', kind: 'read' });
      await drained;

      expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded', hmc: 'hmc1' });
      expect(bench.changes()).toHaveLength(3);
    } finally {
      await bench.simulator.control.startHmc('hmc2');
    }
  });

  it('goes on by the other HMC when its own goes right after its answer', async () => {
    const removed = active();
    const job = await bench.accept('backing-device.remove', address(removed));
    bench.simulator.control.addFault({ type: 'latency', ms: 500, match: '-o act ' });
    const drained = bench.drain();
    await vi.waitFor(() => expect(bench.changes()[0]?.finishedAt).toBeTruthy(), { timeout: 10_000, interval: 5 });
    const [first] = bench.changes();
    await bench.simulator.control.stopHmc(first?.hmcId ?? '');
    try {
      await drained;
      const other = first?.hmcId === 'hmc1' ? 'hmc2' : 'hmc1';
      expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded', error: null, hmc: other });
      expect(bench.vnic(9, 5)).toMatchObject({ autoPriorityFailover: true });
      expect(bench.vnic(9, 5)?.devices.map(({ logicalPortId }) => logicalPortId)).not.toContain(removed);
      expect(bench.changes().map(({ hmcId }) => hmcId)).toEqual([first?.hmcId, other, other]);
    } finally {
      await bench.simulator.control.startHmc(first?.hmcId ?? '');
    }
  });

  it('stays in doubt when the readback does not show it, and sends nothing more', async () => {
    const removed = active();
    const match = 'backing_devices-=';
    bench.simulator.control.addFault({ type: 'drop-connection', when: 'before-effect', kind: 'change', match });
    const job = await bench.run('backing-device.remove', address(removed));

    expect(job).toMatchObject({
      state: 'indeterminate',
      error: { type: 'urn:hmc-vnic-gateway:problem:outcome-unknown' },
    });
    expect(job.warnings.join()).toContain('Automatic failover of this vNIC is off');
    expect(bench.changes()).toHaveLength(2);
  });
});
