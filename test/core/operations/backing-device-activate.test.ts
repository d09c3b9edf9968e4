import { describe, expect, it } from 'vitest';
import { owedRestoration } from '../../../src/core/operations/automatic-failover.js';
import { backingDeviceActivate } from '../../../src/core/operations/backing-device-activate.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import type { BackingDevice } from '../../../src/core/resources/backing-device.js';
import { estate, seedVnic } from './estate.js';
import { bindAndPlan, lines, moves, refusalOf, valueOf } from './plan-helpers.js';

const FIRST = { partition: { id: 6 }, slot: 6, logicalPortId: '2700400b' } as const;
const THIRD = { ...FIRST, logicalPortId: '27008005' };
const RESTORE = { restoreAutoPriorityFailover: true } as const;

const ACTIVATE_FIRST = `chhwres -r virtualio -m '9119-MME*65BA46F' -o act --rsubtype vnicbkdev -p lizard -s 6 --logport 2700400b`;
const AUTO = (flag: 0 | 1) =>
  `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 6 -s 6 -w 5 -a auto_priority_failover=${flag}`;

/** The seed's vNIC with another device active, automatic failover on or off, and single devices changed. */
function now(
  activeId: string,
  autoPriorityFailover: boolean | null,
  changes: Readonly<Record<string, Partial<BackingDevice>>> = {},
): Snapshot {
  const vnic: Partial<Vnic> = {
    autoPriorityFailover,
    backingDevices: seedVnic().backingDevices.map((one) => ({
      ...one,
      active: one.logicalPortId === activeId,
      ...changes[one.logicalPortId],
    })),
  };
  return estate({ vnics: [seedVnic(vnic)] });
}

const plan = (snapshot: Snapshot, address: typeof THIRD, request: object) =>
  bindAndPlan(backingDeviceActivate, snapshot, address, request);

describe('activating a device', () => {
  it('is one command that moves the vNIC', () => {
    const { target, planned } = plan(now('2700400b', true), THIRD, {});
    expect(lines(valueOf(planned))).toEqual([ACTIVATE_FIRST.replace('2700400b', '27008005')]);
    expect(moves(valueOf(planned))).toEqual([true]);
    expect(valueOf(planned).target).toEqual(target);
    expect(backingDeviceActivate.holds(now('27008005', false), target, {})).toBe(true);
    expect(backingDeviceActivate.holds(now('2700400b', false), target, {})).toBe(false);
    // About to be moved away from: this is not what was wished for.
    expect(backingDeviceActivate.holds(now('27008005', true), target, {})).toBe(false);
  });

  it('plans nothing when it is active and automatic failover is off', () => {
    expect(valueOf(plan(now('27008005', false), THIRD, {}).planned).steps).toEqual([]);
    expect(valueOf(plan(now('27008005', false), THIRD, { restoreAutoPriorityFailover: false }).planned).steps).toEqual(
      [],
    );
  });

  it('only switches automatic failover off when it is active already', () => {
    const { planned } = plan(now('2700400b', true), FIRST, {});
    expect(lines(valueOf(planned))).toEqual([AUTO(0)]);
    expect(moves(valueOf(planned))).toEqual([false]);
  });

  it('is refused when it is known not to be operational', () => {
    for (const request of [{}, RESTORE]) {
      const snapshot = now('2700400b', true, { '27008005': { status: 'Link Down', failoverPriority: 1 } });
      expect(refusalOf(plan(snapshot, THIRD, request).planned)).toMatchObject({
        type: 'backing-device-not-operational',
        members: { deviceStatus: 'Link Down' },
      });
    }
  });

  it('is left to the HMC when the status is not told', () => {
    const snapshot = now('none', false, { '27008005': { status: null, active: null } });
    expect(valueOf(plan(snapshot, THIRD, {}).planned).steps).toHaveLength(1);
  });

  it('needs its device', () => {
    const { target } = plan(now('2700400b', true), THIRD, {});
    expect(refusalOf(backingDeviceActivate.plan(estate(), target, {})).type).toBe('target-gone');
    expect(backingDeviceActivate.holds(estate(), target, {})).toBe(false);
    expect(refusalOf(backingDeviceActivate.bind(estate(), THIRD, {})).type).toBe('target-not-found');
  });

  it('observes who is active and whether automatic failover is on', () => {
    const { target } = plan(now('2700400b', true), THIRD, {});
    expect(backingDeviceActivate.observe(now('27008005', false), target)).toEqual({
      active: '27008005',
      autoPriorityFailover: false,
    });
    expect(backingDeviceActivate.observe(now('2700400b', true), target)).toEqual(
      backingDeviceActivate.observe(now('2700400b', true, { '27010001': { status: 'Link Down' } }), target),
    );
  });
});

describe('activating a device and restoring automatic failover', () => {
  it('is two commands; the second one does not move', () => {
    const { planned } = plan(now('27008005', false), FIRST, RESTORE);
    expect(lines(valueOf(planned))).toEqual([ACTIVATE_FIRST, AUTO(1)]);
    expect(moves(valueOf(planned))).toEqual([true, false]);
  });

  it('goes on with the second one once the first is done', () => {
    const { planned } = plan(now('27008005', false), FIRST, RESTORE);
    const rest = backingDeviceActivate.plan(now('2700400b', false), valueOf(planned).target, RESTORE);
    expect(lines(valueOf(rest))).toEqual([AUTO(1)]);
    expect(backingDeviceActivate.holds(now('2700400b', false), valueOf(rest).target, RESTORE)).toBe(false);
    expect(backingDeviceActivate.holds(now('2700400b', true), valueOf(rest).target, RESTORE)).toBe(true);
    expect(valueOf(backingDeviceActivate.plan(now('2700400b', true), valueOf(rest).target, RESTORE)).steps).toEqual([]);
  });

  it('is refused when another operational device has a lower number', () => {
    for (const snapshot of [now('2700400b', true), now('27008005', false), now('27008005', true)]) {
      expect(refusalOf(plan(snapshot, THIRD, RESTORE).planned)).toMatchObject({
        type: 'not-lowest-priority',
        pointer: '/restoreAutoPriorityFailover',
        members: { preferredLogicalPortId: '2700400b' },
        detail: expect.stringContaining('Change the priority instead') as string,
      });
    }
  });

  it('is not refused because of lower numbers that are down, or of an equal one', () => {
    const down = { '2700400b': { status: 'Link Down' }, '2700c001': { status: 'Powered Off' } };
    expect(valueOf(plan(now('2700400b', false, down), THIRD, RESTORE).planned).steps).toHaveLength(2);
    const equal = now('2700400b', true, { '27008005': { failoverPriority: 10 } });
    expect(valueOf(plan(equal, THIRD, RESTORE).planned).steps).toHaveLength(2);
  });

  it('is refused for an active device that is down while another one is operational', () => {
    const down = now('2700400b', false, { '2700400b': { status: 'Link Down' } });
    expect(refusalOf(plan(down, FIRST, RESTORE).planned).type).toBe('not-lowest-priority');
  });

  it('does not leave automatic failover off when a better device comes back half way', () => {
    const down = { '2700400b': { status: 'Link Down' }, '2700c001': { status: 'Link Down' } };
    // 27010001 was active by automatic failover; 27008005 has come back and is made active.
    const before = now('27010001', true, down);
    const { target } = valueOf(plan(before, THIRD, RESTORE).planned);
    expect(target.restoreAutoPriorityFailover).toBe(true);
    const betterIsBack = now('27008005', false, { '2700400b': { status: 'Link Down' } });
    const rest = valueOf(backingDeviceActivate.plan(betterIsBack, target, RESTORE));
    expect(lines(rest)).toEqual([AUTO(1)]);
    expect(moves(rest)).toEqual([true]);
    // Automatic failover is on again, but the wish has not come true.
    const after = now('27008005', true, { '2700400b': { status: 'Link Down' } });
    expect(backingDeviceActivate.holds(after, target, RESTORE)).toBe(false);
    expect(refusalOf(backingDeviceActivate.plan(after, target, RESTORE)).type).toBe('not-lowest-priority');
  });

  it('owes nothing where automatic failover was off before', () => {
    const { target } = valueOf(plan(now('27008005', false), FIRST, RESTORE).planned);
    expect(target.restoreAutoPriorityFailover).toBeUndefined();
    expect(owedRestoration(now('2700400b', false), target)).toBeNull();
  });
});
