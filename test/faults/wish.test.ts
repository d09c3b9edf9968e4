import { describe, expect, it } from 'vitest';
import { FAULT_CLASS_NAMES } from './fault-classes.js';
import type { JobDocument, SystemState, VnicState } from './history.js';
import { schedule } from './run.js';
import { concerned, wishHolds } from './wish.js';

const first = { logicalPortId: '27004001', adapterId: 1, physicalPortId: 0, failoverPriority: 10 };
const second = { logicalPortId: '27008001', adapterId: 2, physicalPortId: 1, failoverPriority: 20 };
const VNIC: VnicState = {
  partitionId: 3,
  slot: 3,
  macAddress: 'ea0000000001',
  portVlanId: 7,
  autoPriorityFailover: true,
  activeLogicalPortId: '27004001',
  devices: [first, second],
};
const state = (...vnics: readonly VnicState[]): SystemState => ({ at: 0, vnics, labels: { '1/0': 'here' } });
const NONE = state();

function job(operation: string, request: object = {}, target: JobDocument['target'] = {}): JobDocument {
  return {
    id: 'a',
    operation,
    state: 'succeeded',
    sequence: 1,
    managedSystem: { mtms: 'x' },
    target: { partition: { id: 3 }, slot: 3, macAddress: 'ea0000000001', ...target },
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
    expect(wishHolds(of, granted)).toBe(true);
    expect(wishHolds(of, denied)).toBe(false);
  });

  it('concerns the vNIC or the label that it is about, and nothing else', () => {
    const other = { ...VNIC, slot: 4 };
    expect(concerned(create, state(VNIC, other))).toEqual(concerned(create, state(VNIC)));
    expect(concerned(create, state(other))).toBeNull();
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
