import { describe, expect, it } from 'vitest';
import { FAULT_CLASS_NAMES } from './fault-classes.js';
import type { JobDocument, SystemState, VnicState, World } from './history.js';
import { schedule } from './run.js';
import { concerned, wishHolds } from './wish.js';

const first = { logicalPortId: '27004001', adapterId: 1, physicalPortId: 0, failoverPriority: 10 };
const second = { logicalPortId: '27008001', adapterId: 2, physicalPortId: 1, failoverPriority: 20 };
const VNIC: VnicState = {
  partition: 'client3',
  partitionId: 3,
  slot: 3,
  macAddress: 'ea0000000001',
  portVlanId: 7,
  autoPriorityFailover: true,
  activeLogicalPortId: '27004001',
  devices: [first, second],
};
const state = (...vnics: readonly VnicState[]): SystemState => ({
  at: 0,
  partitions: ['client3'],
  vnics,
  labels: { '1/0': 'here' },
});
const NONE = state();
/** The system of the jobs as given, and another one. */
const world = (here: SystemState, there: SystemState = { ...NONE, partitions: [] }): World =>
  new Map([
    ['x', here],
    ['y', there],
  ]);

function job(operation: string, request: object = {}, target: JobDocument['target'] = {}): JobDocument {
  return {
    id: 'a',
    operation,
    state: 'succeeded',
    sequence: 1,
    managedSystem: { mtms: 'x' },
    target: { partition: { id: 3, name: 'client3' }, slot: 3, macAddress: 'ea0000000001', ...target },
    request: request as Record<string, unknown>,
    plan: [],
    hmc: null,
    result: null,
    error: null,
    createdAt: '',
    startedAt: null,
    finishedAt: null,
  };
}

const wanted = ({ adapterId, physicalPortId, failoverPriority }: typeof first): object => ({
  adapterId,
  physicalPortId,
  failoverPriority,
});
const create = job('vnic.create', { portVlanId: 7, backingDevices: [wanted(first), wanted(second)] });
const set = job('vnic.set', { autoPriorityFailover: true, backingDevices: [wanted(first), wanted(second)] });
const remove = job('backing-device.remove', {}, { backingDevice: first, restoreAutoPriorityFailover: true });

describe('the wish of a job', () => {
  it.each<[string, JobDocument, SystemState, SystemState]>([
    ['a create', create, state(VNIC), NONE],
    ['the VLAN of a create', create, state(VNIC), state({ ...VNIC, portVlanId: 8 })],
    ['all devices of a create', create, state(VNIC), state({ ...VNIC, devices: [first] })],
    ['a delete', job('vnic.delete'), NONE, state(VNIC)],
    [
      'a delete, where another has come',
      job('vnic.delete'),
      state({ ...VNIC, macAddress: 'ea0000000002' }),
      state(VNIC),
    ],
    [
      'an update',
      job('vnic.update', { autoPriorityFailover: true }),
      state(VNIC),
      state({ ...VNIC, autoPriorityFailover: false }),
    ],
    ['all devices of a desired state', set, state(VNIC), state({ ...VNIC, devices: [first] })],
    [
      'no further device of a desired state',
      job('vnic.set', { backingDevices: [wanted(first)] }),
      state({ ...VNIC, devices: [first] }),
      state(VNIC),
    ],
    [
      'a priority of a desired state',
      set,
      state(VNIC),
      state({ ...VNIC, devices: [first, { ...second, failoverPriority: 21 }] }),
    ],
    ['automatic failover of a desired state', set, state(VNIC), state({ ...VNIC, autoPriorityFailover: false })],
    [
      'an addition',
      job('backing-device.add', { backingDevices: [wanted(second)] }),
      state(VNIC),
      state({ ...VNIC, devices: [first] }),
    ],
    ['a removal', remove, state({ ...VNIC, devices: [second] }), state(VNIC)],
    [
      'automatic failover after a removal',
      remove,
      state({ ...VNIC, devices: [second] }),
      state({ ...VNIC, devices: [second], autoPriorityFailover: false }),
    ],
    [
      'a priority',
      job('backing-device.set-priority', { failoverPriority: 10 }, { backingDevice: first }),
      state(VNIC),
      state({ ...VNIC, devices: [{ ...first, failoverPriority: 11 }] }),
    ],
    [
      'an activation',
      job('backing-device.activate', {}, { backingDevice: first }),
      state(VNIC),
      state({ ...VNIC, activeLogicalPortId: null }),
    ],
    [
      'a label',
      job('physical-port.set-label', { label: 'here' }, { physicalPort: { adapterId: 1, physicalPortId: 0 } }),
      NONE,
      { ...NONE, labels: { '1/0': 'there' } },
    ],
  ])('%s', (_what, of, granted, denied) => {
    expect(wishHolds(of, world(granted))).toBe(true);
    expect(wishHolds(of, world(denied))).toBe(false);
  });

  it('of a create is told by its VLAN where nobody knows its slot', () => {
    const lost = { ...create, target: { partition: { id: 3, name: 'client3' } } };
    expect(wishHolds(lost, world(state({ ...VNIC, slot: 6 })))).toBe(true);
    expect(wishHolds(lost, world(NONE))).toBe(false);
    expect(concerned(lost, world(state({ ...VNIC, slot: 6 })))).not.toEqual(concerned(lost, world(NONE)));
  });

  it('of a migration is that the partition is on the other system, and not here', () => {
    const migrate = job('partition.migrate', {}, { targetSystem: { mtms: 'y' } });
    const gone = { ...NONE, partitions: [] };
    expect(wishHolds(migrate, world(gone, NONE))).toBe(true);
    expect(wishHolds(migrate, world(NONE, NONE))).toBe(false);
    expect(wishHolds(migrate, world(NONE, gone))).toBe(false);
    expect(wishHolds(migrate, world(gone, gone))).toBe(false);
    expect(concerned(migrate, world(gone, NONE))).not.toEqual(concerned(migrate, world(NONE, gone)));
  });

  it.each([
    ['a delete', job('vnic.delete')],
    ['a removal', remove],
    ['an update', job('vnic.update', { autoPriorityFailover: true })],
  ])('of %s does not hold because the partition has gone to another system with its vNIC', (_what, of) => {
    const gone = { ...NONE, partitions: [] };
    expect(wishHolds(of, world(gone, state({ ...VNIC, partitionId: 6, devices: [second] })))).toBe(false);
  });

  it('concerns what it is about, wherever that has gone, and nothing else', () => {
    const update = job('vnic.update', { autoPriorityFailover: true });
    const other = { ...VNIC, slot: 4, macAddress: 'ea0000000002', portVlanId: 8 };
    for (const each of [create, update]) {
      expect(concerned(each, world(state(VNIC, other)))).toEqual(concerned(each, world(state(VNIC))));
      expect(concerned(each, world(NONE, state(VNIC)))).toEqual(concerned(each, world(state(VNIC))));
      expect(concerned(each, world(state(other)))).toEqual(concerned(each, world(NONE)));
      expect(concerned(each, world(state(VNIC)))).not.toEqual(concerned(each, world(NONE)));
    }
  });
});

describe('the order of faults', () => {
  it('has each class equally often, at least ten times in the long form, and comes again with its seed', () => {
    const long = schedule(FAULT_CLASS_NAMES, 300, 5);
    expect(long).toHaveLength(300);
    for (const name of FAULT_CLASS_NAMES) expect(long.filter((each) => each === name).length).toBeGreaterThan(10);
    expect(schedule(FAULT_CLASS_NAMES, 300, 5)).toEqual(long);
    expect(schedule(FAULT_CLASS_NAMES, 300, 6)).not.toEqual(long);
    expect([...schedule(FAULT_CLASS_NAMES, FAULT_CLASS_NAMES.length, 7)].sort()).toEqual([...FAULT_CLASS_NAMES].sort());
  });
});
