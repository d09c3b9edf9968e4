import { describe, expect, it } from 'vitest';
import type { BackingDeviceRequest } from '../../../src/core/placement/backing-device-request.js';
import { backingDeviceAdd } from '../../../src/core/operations/backing-device-add.js';
import type { Plan } from '../../../src/core/operations/operation.js';
import { vnicCreate } from '../../../src/core/operations/vnic-create.js';
import { vnicSet } from '../../../src/core/operations/vnic-set.js';
import type { PhysicalPort } from '../../../src/core/resources/physical-port.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import type { SriovAdapter } from '../../../src/core/resources/sriov-adapter.js';
import { device, estate, LIZARD, vnic } from './estate.js';
import { bindAndPlan, valueOf } from './plan-helpers.js';

const TO_LIZARD = { partition: { id: LIZARD.id } };
const SLOT_6 = { ...TO_LIZARD, slot: 6 };
const on = (adapterId: number): BackingDeviceRequest => ({
  virtualIoServer: { name: 'vios1' },
  adapterId,
  physicalPortId: 1,
});
const THERE = on(1);
const NEW = on(2);
const backingDevices = [THERE, NEW];

/** Lizard has a vNIC on port 1 of adapter 1. */
const WITH_VNIC = { vnics: [vnic({ backingDevices: [device({ logicalPortId: '2700400b', active: true })] })] };

const changed = (
  adapterId: number,
  { port = {}, adapter = {} }: { port?: Partial<PhysicalPort>; adapter?: Partial<SriovAdapter> },
): Partial<Snapshot> => {
  const { adapters, physicalPorts } = estate();
  return {
    adapters: adapters.map((one) => (one.adapterId === adapterId ? { ...one, ...adapter } : one)),
    physicalPorts: physicalPorts.map((one) => (one.adapterId === adapterId ? { ...one, ...port } : one)),
  };
};

/** Every way to make a device on port 1 of adapter 2: in a vNIC that has one on adapter 1, or together with that. */
const WAYS: readonly [string, (changes: Partial<Snapshot>) => Plan][] = [
  [
    'vnic.create',
    (changes) => valueOf(bindAndPlan(vnicCreate, estate(changes), TO_LIZARD, { backingDevices }).planned),
  ],
  [
    'vnic.set of an empty slot',
    (changes) => valueOf(bindAndPlan(vnicSet, estate(changes), SLOT_6, { backingDevices }).planned),
  ],
  [
    'vnic.set',
    (changes) =>
      valueOf(bindAndPlan(vnicSet, estate({ ...changes, ...WITH_VNIC }), SLOT_6, { backingDevices }).planned),
  ],
  [
    'backing-device.add',
    (changes) =>
      valueOf(bindAndPlan(backingDeviceAdd, estate({ ...changes, ...WITH_VNIC }), SLOT_6, { backingDevices }).planned),
  ],
];

const DEAD = 'The new device goes on adapter 2 port 1, which can carry no traffic now.';

describe.each(WAYS)('%s', (_name, plan) => {
  it.each([
    [{ port: { linkUp: false } }, 'Its link is down.'],
    [{ adapter: { status: 'missing' } }, 'Adapter 2 is "missing", not running.'],
    [{ adapter: { functional: false } }, 'Adapter 2 is not functional.'],
  ])('makes a device on a port with %j, and warns of it', (changes, reason) => {
    const { steps, warnings } = plan(changed(2, changes));
    expect(steps).not.toEqual([]);
    expect(warnings).toEqual([`${DEAD} ${reason}`]);
  });

  it('warns of nothing that the HMC does not tell', () => {
    expect(plan(changed(2, {})).warnings).toBeUndefined();
    const untold = { port: { linkUp: null }, adapter: { status: null, functional: null } };
    expect(plan(changed(2, untold)).warnings).toBeUndefined();
  });
});

describe('a device that is there', () => {
  const { planned } = bindAndPlan(
    vnicSet,
    estate({ ...WITH_VNIC, ...changed(1, { port: { linkUp: false } }) }),
    SLOT_6,
    { backingDevices },
  );

  it('is not new, whatever its port', () => {
    expect(valueOf(planned).warnings).toBeUndefined();
  });

  it('is new where it is made anew on its port', () => {
    const anew = { backingDevices: [{ ...THERE, capacity: 4 }, NEW] };
    const snapshot = estate({ ...WITH_VNIC, ...changed(1, { port: { linkUp: false } }) });
    expect(valueOf(bindAndPlan(vnicSet, snapshot, SLOT_6, anew).planned).warnings).toEqual([
      'The new device goes on adapter 1 port 1, which can carry no traffic now. Its link is down.',
    ]);
  });
});
