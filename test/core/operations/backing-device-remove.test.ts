import { describe, expect, it } from 'vitest';
import { owedRestoration } from '../../../src/core/operations/automatic-failover.js';
import { backingDeviceRemove } from '../../../src/core/operations/backing-device-remove.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import type { BackingDevice } from '../../../src/core/resources/backing-device.js';
import { estate, seedVnic } from './estate.js';
import { bindAndPlan, lines, moves, refusalOf, valueOf } from './plan-helpers.js';

const FIRST = { partition: { id: 6 }, slot: 6, logicalPortId: '2700400b' } as const;
const THIRD = { ...FIRST, logicalPortId: '27008005' };

const ACTIVATE_SECOND = `chhwres -r virtualio -m '9119-MME*65BA46F' -o act --rsubtype vnicbkdev -p lizard -s 6 --logport 2700c001`;
const REMOVE_FIRST = `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 6 -s 6 -w 5 -a backing_devices-=sriov/vios1//1/1/2.0/10`;
const AUTO_ON = `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 6 -s 6 -w 5 -a auto_priority_failover=1`;

const now = (changes: Partial<Vnic> = {}): Snapshot => estate({ vnics: [seedVnic(changes)] });

function devices(
  changes: Readonly<Record<string, Partial<BackingDevice> | null>>,
  of: readonly BackingDevice[] = seedVnic().backingDevices,
): BackingDevice[] {
  return of.flatMap((one) => {
    const change = changes[one.logicalPortId];
    return change === null ? [] : [{ ...one, ...change }];
  });
}

const plan = (snapshot: Snapshot, address: typeof THIRD) => bindAndPlan(backingDeviceRemove, snapshot, address, {});

describe('removing a backing device that is not active', () => {
  it('is one command, in the INPUT form with its present capacity and priority', () => {
    const { target, planned } = plan(now(), THIRD);
    expect(lines(valueOf(planned))).toEqual([
      REMOVE_FIRST.replace('sriov/vios1//1/1/2.0/10', 'sriov/vios1//2/1/2.0/30'),
    ]);
    expect(moves(valueOf(planned))).toEqual([false]);
    expect(valueOf(planned).target).toEqual(target);
  });

  it.each([{ state: 'Open Firmware' }, { rmcState: 'none' }])('needs a partition that takes it: %j', (changes) => {
    const partitions = estate().partitions.map((one) => (one.id === 6 ? { ...one, ...changes } : one));
    const { planned } = plan({ ...now(), partitions }, THIRD);
    expect(refusalOf(planned)).toMatchObject({ type: 'partition-state' });
  });

  it('needs to know who is active, unless the partition is shut off', () => {
    const untold = seedVnic().backingDevices.map((one) => ({ ...one, active: null, status: null }));
    const running = now({ backingDevices: untold });
    expect(refusalOf(plan(running, THIRD).planned)).toMatchObject({
      type: 'no-operational-backing-device',
      detail: expect.stringContaining('does not tell which device of the vNIC is active'),
    });
    const partitions = running.partitions?.map((one) =>
      one.id === 6 ? { ...one, state: 'Not Activated', rmcState: 'inactive' } : one,
    );
    expect(lines(valueOf(plan({ ...running, partitions }, THIRD).planned))).toHaveLength(1);
  });

  it('is over when it is gone', () => {
    const { target } = plan(now(), THIRD);
    const without = now({ backingDevices: devices({ '27008005': null }) });
    expect(backingDeviceRemove.presence(without, target)).toBe('gone');
    expect(backingDeviceRemove.holds(now(), target, {})).toBe(false);
    expect(backingDeviceRemove.holds(without, target, {})).toBe(true);
    expect(valueOf(backingDeviceRemove.plan(without, target, {})).steps).toEqual([]);
    expect(backingDeviceRemove.result(without, target)).toEqual(without.vnics[0]);
    expect(backingDeviceRemove.holds(estate(), target, {})).toBe(true);
    expect(valueOf(backingDeviceRemove.plan(estate(), target, {})).steps).toEqual([]);
  });

  it('never removes another device that has taken its logical port', () => {
    const { target } = plan(now(), THIRD);
    const other = now({ backingDevices: devices({ '27008005': { physicalPortId: 3 } }) });
    expect(backingDeviceRemove.presence(other, target)).toBe('replaced');
    expect(valueOf(backingDeviceRemove.plan(other, target, {})).steps).toEqual([]);
  });

  it('leaves automatic failover as it is', () => {
    const { target } = plan(now({ autoPriorityFailover: false }), THIRD);
    const without = now({ autoPriorityFailover: false, backingDevices: devices({ '27008005': null }) });
    expect(backingDeviceRemove.holds(without, target, {})).toBe(true);
    expect(owedRestoration(without, target)).toBeNull();
  });
});

describe('removing the active device', () => {
  it('first makes the next best active, and restores automatic failover', () => {
    const { planned } = plan(now(), FIRST);
    expect(lines(valueOf(planned))).toEqual([ACTIVATE_SECOND, REMOVE_FIRST, AUTO_ON]);
    expect(moves(valueOf(planned))).toEqual([true, false, false]);
    expect(valueOf(planned).target.restoreAutoPriorityFailover).toBe(true);
  });

  it('leaves automatic failover off where it was off', () => {
    const { planned } = plan(now({ autoPriorityFailover: false }), FIRST);
    expect(lines(valueOf(planned))).toEqual([ACTIVATE_SECOND, REMOVE_FIRST]);
    expect(valueOf(planned).target.restoreAutoPriorityFailover).toBeUndefined();
  });

  it('passes over a device that is down', () => {
    const { planned } = plan(now({ backingDevices: devices({ '2700c001': { status: 'Link Down' } }) }), FIRST);
    expect(lines(valueOf(planned))[0]).toBe(ACTIVATE_SECOND.replace('2700c001', '27008005'));
  });

  it('remembers half way what it owes', () => {
    const { target } = valueOf(plan(now(), FIRST).planned);
    const activated = now({
      autoPriorityFailover: false,
      backingDevices: devices({ '2700400b': { active: false }, '2700c001': { active: true } }),
    });
    expect(lines(valueOf(backingDeviceRemove.plan(activated, target, {})))).toEqual([REMOVE_FIRST, AUTO_ON]);
    expect(backingDeviceRemove.holds(activated, target, {})).toBe(false);

    const removed = now({
      autoPriorityFailover: false,
      backingDevices: devices({ '2700400b': null, '2700c001': { active: true } }),
    });
    expect(lines(valueOf(backingDeviceRemove.plan(removed, target, {})))).toEqual([AUTO_ON]);
    expect(backingDeviceRemove.presence(removed, target)).toBe('gone');
    expect(backingDeviceRemove.holds(removed, target, {})).toBe(false);

    const restored = now({ backingDevices: devices({ '2700400b': null, '2700c001': { active: true } }) });
    expect(valueOf(backingDeviceRemove.plan(restored, target, {})).steps).toEqual([]);
    expect(backingDeviceRemove.holds(restored, target, {})).toBe(true);
  });

  it('owes automatic failover to the vNIC when the removal itself is refused', () => {
    const { target } = valueOf(plan(now(), FIRST).planned);
    const activated = now({
      autoPriorityFailover: false,
      backingDevices: devices({ '2700400b': { active: false }, '2700c001': { active: true } }),
    });
    const owed = owedRestoration(activated, target);
    expect(owed && lines({ steps: [valueOf(owed)], target })).toEqual([AUTO_ON]);
    // The device that could not be removed has the lowest number: the hypervisor goes back to it.
    expect(owed && valueOf(owed).movesActive).toBe(true);
    expect(owedRestoration(now(), target)).toBeNull();
    expect(owedRestoration(estate(), target)).toBeNull();
  });

  it('is refused when no other device is operational', () => {
    const allDown = devices({
      '2700c001': { status: 'Link Down' },
      '27008005': { status: 'Powered Off' },
      '27010001': { status: null },
    });
    expect(refusalOf(plan(now({ backingDevices: allDown }), FIRST).planned)).toMatchObject({
      type: 'no-operational-backing-device',
    });
  });

  it('shows in what is observed at every step', () => {
    const { target } = plan(now(), FIRST);
    const states = [
      now(),
      now({
        autoPriorityFailover: false,
        backingDevices: devices({ '2700400b': { active: false }, '2700c001': { active: true } }),
      }),
      now({ autoPriorityFailover: false, backingDevices: devices({ '2700400b': null, '2700c001': { active: true } }) }),
      now({ backingDevices: devices({ '2700400b': null, '2700c001': { active: true } }) }),
      estate(),
    ];
    const observed = states.map((state) => JSON.stringify(backingDeviceRemove.observe(state, target)));
    expect(new Set(observed).size).toBe(states.length);
  });
});

describe('removing the last backing device', () => {
  it('is refused, whether it is active or not', () => {
    for (const active of [true, false, null]) {
      const only = devices({ '2700400b': { active }, '2700c001': null, '27008005': null, '27010001': null });
      expect(refusalOf(plan(now({ backingDevices: only }), FIRST).planned)).toMatchObject({
        type: 'last-backing-device',
        detail: expect.stringContaining('Delete the vNIC instead') as string,
      });
    }
  });
});

it('needs a backing device in its path', () => {
  expect(refusalOf(backingDeviceRemove.bind(now(), { ...FIRST, logicalPortId: '27008006' }, {})).type).toBe(
    'target-not-found',
  );
});
