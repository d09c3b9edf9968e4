import { describe, expect, it } from 'vitest';
import { backingDeviceSetPriority } from '../../../src/core/operations/backing-device-set-priority.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import { estate, seedVnic } from './estate.js';
import { bindAndPlan, lines, moves, refusalOf, valueOf } from './plan-helpers.js';

const FIRST = { partition: { id: 6 }, slot: 6, logicalPortId: '2700400b' } as const;
const THIRD = { ...FIRST, logicalPortId: '27008005' };
const now = (changes: Partial<Vnic> = {}): Snapshot => estate({ vnics: [seedVnic(changes)] });

describe('setting a failover priority', () => {
  it('is one command, with the name of the partition', () => {
    const { planned } = bindAndPlan(backingDeviceSetPriority, now(), FIRST, { failoverPriority: 11 });
    expect(lines(valueOf(planned))).toEqual([
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnicbkdev -p lizard -s 6 --logport 2700400b -a failover_priority=11`,
    ]);
  });

  it('takes the name that the partition has by now', () => {
    const { target } = bindAndPlan(backingDeviceSetPriority, now(), FIRST, { failoverPriority: 11 });
    const renamed = now({ partition: { name: 'gila monster', id: 6 } });
    const plan = valueOf(backingDeviceSetPriority.plan(renamed, target, { failoverPriority: 11 }));
    expect(lines(plan).join()).toContain("-p 'gila monster'");
  });

  it('plans nothing when the number is the same, and holds by nothing else', () => {
    const wish = { failoverPriority: 10 };
    const { target, planned } = bindAndPlan(backingDeviceSetPriority, now(), FIRST, wish);
    expect(valueOf(planned).steps).toEqual([]);
    expect(backingDeviceSetPriority.holds(now({ autoPriorityFailover: false }), target, wish)).toBe(true);
    expect(backingDeviceSetPriority.holds(now(), target, { failoverPriority: 11 })).toBe(false);
    expect(backingDeviceSetPriority.observe(now(), target)).toEqual({ failoverPriority: 10 });
  });

  it.each([
    ['the active one stays the lowest', FIRST, 19, true, [false]],
    ['the active one goes behind another', FIRST, 21, true, [true]],
    ['the active one shares its number with another', FIRST, 20, true, [false]],
    ['another one gets the lowest number', THIRD, 9, true, [true]],
    ['another one shares the lowest number', THIRD, 10, true, [false]],
    ['another one stays behind', THIRD, 11, true, [false]],
    ['another one gets the lowest number while automatic failover is off', THIRD, 9, false, [false]],
    ['another one gets the lowest number while automatic failover is not told', THIRD, 9, null, [true]],
  ] as const)(
    '%s: moves the active device or not',
    (_what, address, failoverPriority, autoPriorityFailover, expected) => {
      const snapshot = now({ autoPriorityFailover });
      const { planned } = bindAndPlan(backingDeviceSetPriority, snapshot, address, { failoverPriority });
      expect(moves(valueOf(planned))).toEqual(expected);
    },
  );

  it('a device that is not operational is not moved to', () => {
    const snapshot = now({
      backingDevices: seedVnic().backingDevices.map((one) =>
        one.logicalPortId === '27008005' ? { ...one, status: 'Link Down' } : one,
      ),
    });
    expect(
      moves(valueOf(bindAndPlan(backingDeviceSetPriority, snapshot, THIRD, { failoverPriority: 1 }).planned)),
    ).toEqual([false]);
  });

  it.each([0, 101, 1.5, -1, Number.NaN])('%d is out of range', (failoverPriority) => {
    expect(refusalOf(backingDeviceSetPriority.bind(now(), FIRST, { failoverPriority }))).toMatchObject({
      type: 'rule-violation',
      pointer: '/failoverPriority',
    });
    const { target } = bindAndPlan(backingDeviceSetPriority, now(), FIRST, { failoverPriority: 1 });
    expect(refusalOf(backingDeviceSetPriority.plan(now(), target, { failoverPriority })).type).toBe('rule-violation');
  });

  it('refuses a partition whose name the command line cannot carry', () => {
    const odd = now({ partition: { name: '-o', id: 6 } });
    const { planned } = bindAndPlan(backingDeviceSetPriority, odd, FIRST, { failoverPriority: 11 });
    expect(refusalOf(planned).type).toBe('not-representable');
  });

  it('needs its device', () => {
    const { target } = bindAndPlan(backingDeviceSetPriority, now(), FIRST, { failoverPriority: 11 });
    const without = now({ backingDevices: seedVnic().backingDevices.slice(1) });
    expect(refusalOf(backingDeviceSetPriority.plan(without, target, { failoverPriority: 11 })).type).toBe(
      'target-gone',
    );
    expect(backingDeviceSetPriority.holds(without, target, { failoverPriority: 10 })).toBe(false);
    expect(backingDeviceSetPriority.observe(without, target)).toBeNull();
    expect(backingDeviceSetPriority.result(without, target)).toEqual(without.vnics[0]);
  });
});
