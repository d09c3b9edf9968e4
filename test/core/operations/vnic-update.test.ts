import { describe, expect, it } from 'vitest';
import { vnicUpdate } from '../../../src/core/operations/vnic-update.js';
import { estate, seedVnic } from './estate.js';
import { bindAndPlan, lines, moves, refusalOf, valueOf } from './plan-helpers.js';

const ADDRESS = { partition: { name: 'lizard' }, slot: 6 } as const;
const on = estate({ vnics: [seedVnic({ autoPriorityFailover: true })] });
const off = estate({ vnics: [seedVnic({ autoPriorityFailover: false })] });
/** After the seed's activation: 27008005 with priority 30 is active. */
const offAndElsewhere = estate({
  vnics: [
    seedVnic({
      autoPriorityFailover: false,
      backingDevices: seedVnic().backingDevices.map((one) => ({ ...one, active: one.logicalPortId === '27008005' })),
    }),
  ],
});

describe('switching automatic failover', () => {
  it('plans nothing when it is so already, or nothing is asked', () => {
    for (const [snapshot, request] of [
      [on, { autoPriorityFailover: true }],
      [off, { autoPriorityFailover: false }],
      [off, {}],
    ] as const) {
      const { target, planned } = bindAndPlan(vnicUpdate, snapshot, ADDRESS, request);
      expect(valueOf(planned).steps).toEqual([]);
      expect(vnicUpdate.holds(snapshot, target, request)).toBe(true);
    }
  });

  it('is one command', () => {
    const { target, planned } = bindAndPlan(vnicUpdate, on, ADDRESS, { autoPriorityFailover: false });
    expect(lines(valueOf(planned))).toEqual([
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 6 -s 6 -w 5 -a auto_priority_failover=0`,
    ]);
    expect(moves(valueOf(planned))).toEqual([false]);
    expect(vnicUpdate.holds(on, target, { autoPriorityFailover: false })).toBe(false);
    expect(vnicUpdate.holds(off, target, { autoPriorityFailover: false })).toBe(true);
  });

  it('moves the vNIC when another device has the lowest number', () => {
    const wish = { autoPriorityFailover: true };
    expect(moves(valueOf(bindAndPlan(vnicUpdate, off, ADDRESS, wish).planned))).toEqual([false]);
    expect(moves(valueOf(bindAndPlan(vnicUpdate, offAndElsewhere, ADDRESS, wish).planned))).toEqual([true]);
  });

  it('needs its vNIC', () => {
    const { target } = bindAndPlan(vnicUpdate, on, ADDRESS, {});
    expect(refusalOf(vnicUpdate.plan(estate(), target, {})).type).toBe('target-gone');
    const other = estate({ vnics: [seedVnic({ macAddress: 'eaadf2188309' })] });
    expect(refusalOf(vnicUpdate.plan(other, target, {})).type).toBe('target-replaced');
    expect(vnicUpdate.holds(estate(), target, {})).toBe(false);
    expect(refusalOf(vnicUpdate.bind(estate(), ADDRESS, {})).type).toBe('target-not-found');
  });

  it('observes the attribute, not who is active', () => {
    const { target } = bindAndPlan(vnicUpdate, off, ADDRESS, {});
    expect(vnicUpdate.observe(off, target)).toEqual(vnicUpdate.observe(offAndElsewhere, target));
    expect(vnicUpdate.observe(off, target)).not.toEqual(vnicUpdate.observe(on, target));
    expect(vnicUpdate.result(off, target)).toEqual(off.vnics[0]);
  });
});
