import { describe, expect, it } from 'vitest';
import { vnicDelete } from '../../../src/core/operations/vnic-delete.js';
import { estate, LIZARD, partition, seedVnic } from './estate.js';
import { bindAndPlan, lines, refusalOf, valueOf } from './plan-helpers.js';

const ADDRESS = { partition: { id: 6 }, slot: 6 } as const;
const there = estate({ vnics: [seedVnic()] });

describe('deleting a vNIC', () => {
  it('is one command', () => {
    const { target, planned } = bindAndPlan(vnicDelete, there, ADDRESS, {});
    expect(lines(valueOf(planned))).toEqual([
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o r --rsubtype vnic --id 6 -s 6 -w 5`,
    ]);
    expect(vnicDelete.holds(there, target, {})).toBe(false);
  });

  it('is over when the vNIC is gone, and nothing is left to do', () => {
    const { target } = bindAndPlan(vnicDelete, there, ADDRESS, {});
    expect(vnicDelete.presence(estate(), target)).toBe('gone');
    expect(vnicDelete.holds(estate(), target, {})).toBe(true);
    expect(valueOf(vnicDelete.plan(estate(), target, {})).steps).toEqual([]);
    expect(vnicDelete.result(estate(), target)).toBeNull();
  });

  it('never removes another vNIC that has taken the slot', () => {
    const { target } = bindAndPlan(vnicDelete, there, ADDRESS, {});
    const other = estate({ vnics: [seedVnic({ macAddress: 'eaadf2188309' })] });
    expect(vnicDelete.presence(other, target)).toBe('replaced');
    expect(valueOf(vnicDelete.plan(other, target, {})).steps).toEqual([]);
    expect(vnicDelete.observe(other, target)).toBeNull();
  });

  it('is refused while the partition sits in Open Firmware', () => {
    const partitions = [
      ...there.partitions.filter(({ id }) => id !== 6),
      partition(LIZARD, { state: 'Open Firmware' }),
    ];
    const { planned } = bindAndPlan(vnicDelete, { ...there, partitions }, ADDRESS, {});
    expect(refusalOf(planned)).toMatchObject({ type: 'partition-state', members: { partitionState: 'Open Firmware' } });
  });

  it('observes what a half deletion would leave', () => {
    const { target } = bindAndPlan(vnicDelete, there, ADDRESS, {});
    const half = estate({ vnics: [seedVnic({ backingDevices: seedVnic().backingDevices.slice(1) })] });
    expect(vnicDelete.observe(half, target)).not.toEqual(vnicDelete.observe(there, target));
  });

  it('needs a vNIC in its path', () => {
    expect(refusalOf(vnicDelete.bind(estate(), ADDRESS, {})).type).toBe('target-not-found');
  });
});
