import { describe, expect, it } from 'vitest';
import { backingDeviceAdd } from '../../../src/core/operations/backing-device-add.js';
import type { BackingDeviceRequest } from '../../../src/core/placement/backing-device-request.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import { device, estate, logicalPort, seedVnic } from './estate.js';
import { bindAndPlan, lines, moves, refusalOf, valueOf } from './plan-helpers.js';

const ADDRESS = { partition: { id: 6 }, slot: 6 } as const;
const NEW: BackingDeviceRequest = { virtualIoServer: { name: 'vios2' }, adapterId: 4, physicalPortId: 2, capacity: 2 };
const THERE: BackingDeviceRequest = {
  virtualIoServer: { id: 1 },
  adapterId: 1,
  physicalPortId: 1,
  failoverPriority: 10,
};

const now = (changes: Partial<Vnic> = {}): Snapshot => estate({ vnics: [seedVnic(changes)] });
const add = (...backingDevices: BackingDeviceRequest[]) => ({ backingDevices });

describe('adding backing devices', () => {
  it('is one command for all of them', () => {
    const { target, planned } = bindAndPlan(backingDeviceAdd, now(), ADDRESS, add(NEW, { ...NEW, adapterId: 3 }));
    expect(lines(valueOf(planned))).toEqual([
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 6 -s 6 -w 5 -a '"backing_devices+=sriov/vios2//4/2/2.0,sriov/vios2//3/2/2.0"'`,
    ]);
    expect(backingDeviceAdd.holds(now(), target, add(NEW))).toBe(false);
  });

  it('leaves out those that are there already, equal in what is named', () => {
    const both = bindAndPlan(backingDeviceAdd, now(), ADDRESS, add(THERE, NEW));
    expect(lines(valueOf(both.planned)).join()).toContain('backing_devices+=sriov/vios2//4/2/2.0');
    expect(lines(valueOf(both.planned)).join()).not.toContain('vios1');
    const none = bindAndPlan(backingDeviceAdd, now(), ADDRESS, add(THERE));
    expect(valueOf(none.planned).steps).toEqual([]);
    expect(backingDeviceAdd.holds(now(), none.target, add(THERE))).toBe(true);
  });

  it.each([
    ['priority', { ...THERE, failoverPriority: 11 }],
    ['capacity', { ...THERE, capacity: 4 }],
    ['Virtual I/O Server', { ...THERE, virtualIoServer: { id: 2 } }],
  ])('with another %s on a port that the vNIC uses is refused', (_what, wanted) => {
    const { planned } = bindAndPlan(backingDeviceAdd, now(), ADDRESS, add(NEW, wanted));
    expect(refusalOf(planned)).toMatchObject({
      type: 'port-in-use',
      pointer: '/backingDevices/1',
      members: { logicalPortId: '2700400b' },
    });
  });

  it('needs a Virtual I/O Server that runs with RMC, where the HMC tells', () => {
    const without = (rmcState: string | null): Snapshot => ({
      ...now(),
      partitions: estate().partitions.map((one) => (one.name === 'vios2' ? { ...one, rmcState } : one)),
    });
    expect(
      refusalOf(bindAndPlan(backingDeviceAdd, without('inactive'), ADDRESS, add(THERE, NEW)).planned),
    ).toMatchObject({
      type: 'partition-state',
      pointer: '/backingDevices/1/virtualIoServer',
      members: { rmcState: 'inactive' },
    });
    expect(valueOf(bindAndPlan(backingDeviceAdd, without(null), ADDRESS, add(NEW)).planned).steps).toHaveLength(1);
    // What is there already needs nothing of it.
    const busy = valueOf(bindAndPlan(backingDeviceAdd, without('busy'), ADDRESS, add(THERE, NEW)).planned);
    expect(busy.steps).toHaveLength(1);
    expect(busy.warnings).toEqual([expect.stringContaining('"busy"')]);
    expect(valueOf(bindAndPlan(backingDeviceAdd, without('inactive'), ADDRESS, add(THERE)).planned).steps).toEqual([]);
  });

  it('moves nothing onto a port without a link, or an adapter that does not run', () => {
    const alone = { ...NEW, failoverPriority: 1 };
    const movesOn = (changes: Partial<Snapshot>): boolean[] =>
      valueOf(bindAndPlan(backingDeviceAdd, { ...now(), ...changes }, ADDRESS, add(alone)).planned).steps.map(
        ({ movesActive }) => movesActive,
      );
    const ofIt = ({ adapterId }: { adapterId: number | null }): boolean => adapterId === NEW.adapterId;
    const { physicalPorts, adapters } = estate();
    expect(movesOn({})).toEqual([true]);
    expect(
      movesOn({ physicalPorts: physicalPorts.map((one) => (ofIt(one) ? { ...one, linkUp: false } : one)) }),
    ).toEqual([false]);
    expect(movesOn({ adapters: adapters.map((one) => (ofIt(one) ? { ...one, status: 'failed' } : one)) })).toEqual([
      false,
    ]);
    expect(movesOn({ physicalPorts: physicalPorts.map((one) => ({ ...one, linkUp: null })) })).toEqual([true]);
  });

  it('stops at six', () => {
    const [a, b, c] = [0, 2, 3].map((physicalPortId) => ({ ...NEW, physicalPortId }));
    if (!a || !b || !c) throw new Error('three devices');
    expect(valueOf(bindAndPlan(backingDeviceAdd, now(), ADDRESS, add(a, b)).planned).steps).toHaveLength(1);
    expect(refusalOf(bindAndPlan(backingDeviceAdd, now(), ADDRESS, add(a, b, c)).planned)).toMatchObject({
      type: 'too-many-backing-devices',
      pointer: '/backingDevices',
    });
    // One that is there already takes no new place.
    expect(valueOf(bindAndPlan(backingDeviceAdd, now(), ADDRESS, add(THERE, a, b)).planned).steps).toHaveLength(1);
  });

  it('checks room only for what is new, and points at its place in the body', () => {
    const full = {
      ...now(),
      logicalPorts: [1, 4].map((id) => logicalPort(id, 7, { physicalPortId: id === 1 ? 1 : 2, capacity: 98 })),
    };
    expect(valueOf(bindAndPlan(backingDeviceAdd, full, ADDRESS, add(THERE, NEW)).planned).steps).toHaveLength(1);
    expect(
      refusalOf(bindAndPlan(backingDeviceAdd, full, ADDRESS, add(THERE, { ...NEW, capacity: 4 })).planned),
    ).toMatchObject({
      type: 'port-full',
      pointer: '/backingDevices/1/capacity',
    });
  });

  it('checks references and rules before anything is planned', () => {
    expect(refusalOf(backingDeviceAdd.bind(now(), ADDRESS, add({ ...NEW, adapterId: 9 })))).toMatchObject({
      type: 'unknown-reference',
      pointer: '/backingDevices/0/adapterId',
    });
    expect(refusalOf(backingDeviceAdd.bind(now(), ADDRESS, add(NEW, NEW)))).toMatchObject({
      type: 'rule-violation',
      pointer: '/backingDevices/1',
    });
    expect(refusalOf(backingDeviceAdd.bind(estate(), ADDRESS, add(NEW))).type).toBe('target-not-found');
  });

  it.each([
    ['a lower number while automatic failover is on', true, 9, [true]],
    ['the same number', true, 10, [false]],
    ['a higher number', true, 41, [false]],
    ['no number, which is 50', true, undefined, [false]],
    ['a lower number while it is off', false, 9, [false]],
    ['a lower number while it is not told', null, 9, [true]],
  ] as const)('%s: moves the active device or not', (_what, autoPriorityFailover, failoverPriority, expected) => {
    const { planned } = bindAndPlan(
      backingDeviceAdd,
      now({ autoPriorityFailover }),
      ADDRESS,
      add({ ...NEW, failoverPriority }),
    );
    expect(moves(valueOf(planned))).toEqual(expected);
  });

  it('holds by the desired capacity, and does not compare a maximum that is not told', () => {
    const { target } = bindAndPlan(backingDeviceAdd, now(), ADDRESS, add(NEW));
    const added = (changes: object): Snapshot =>
      now({
        backingDevices: [
          ...seedVnic().backingDevices,
          device({
            logicalPortId: '27010002',
            virtualIoServer: { name: 'vios2', id: 2 },
            adapterId: 4,
            physicalPortId: 2,
            ...changes,
          }),
        ],
      });
    expect(backingDeviceAdd.holds(added({ capacity: 0 }), target, add(NEW))).toBe(true);
    expect(backingDeviceAdd.holds(added({ desiredCapacity: 4 }), target, add(NEW))).toBe(false);
    const nineFields = added({ maxCapacity: null, desiredMaxCapacity: null });
    expect(backingDeviceAdd.holds(nineFields, target, add({ ...NEW, maxCapacity: 100 }))).toBe(true);
    expect(backingDeviceAdd.holds(nineFields, target, add({ ...NEW, maxCapacity: 50 }))).toBe(true);
    expect(backingDeviceAdd.holds(added({}), target, add({ ...NEW, maxCapacity: 50 }))).toBe(false);
    expect(backingDeviceAdd.observe(added({}), target)).not.toEqual(backingDeviceAdd.observe(now(), target));
  });

  it.each([{ state: 'Open Firmware' }, { rmcState: 'inactive' }])('needs a partition that takes it: %j', (changes) => {
    const partitions = estate().partitions.map((one) => (one.id === 6 ? { ...one, ...changes } : one));
    const { planned } = bindAndPlan(backingDeviceAdd, { ...now(), partitions }, ADDRESS, add(NEW));
    expect(refusalOf(planned)).toMatchObject({ type: 'partition-state' });
  });

  it('needs its vNIC', () => {
    const { target } = bindAndPlan(backingDeviceAdd, now(), ADDRESS, add(NEW));
    expect(refusalOf(backingDeviceAdd.plan(estate(), target, add(NEW))).type).toBe('target-gone');
    expect(backingDeviceAdd.holds(estate(), target, add(NEW))).toBe(false);
  });
});
