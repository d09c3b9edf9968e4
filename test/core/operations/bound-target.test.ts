import { describe, expect, it } from 'vitest';
import {
  backingDevicePresence,
  bindBackingDevice,
  bindVnic,
  vnicPresence,
} from '../../../src/core/operations/bound-target.js';
import type { Target } from '../../../src/core/operations/operation.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import { device, estate, LIZARD, partition, seedVnic, VIOS1, VIOS2 } from './estate.js';
import { refusalOf, valueOf } from './plan-helpers.js';

const ADDRESS = { partition: { id: 6 }, slot: 6, logicalPortId: '27008005' } as const;
const VNIC: Target = { partition: LIZARD, slot: 6, macAddress: 'eaadf2188302' };
const DEVICE: Target = {
  ...VNIC,
  backingDevice: { logicalPortId: '27008005', virtualIoServer: VIOS1, adapterId: 2, physicalPortId: 1 },
};
const there = estate({ vnics: [seedVnic({ slot: 3, macAddress: 'eaadf2188399' }), seedVnic()] });

describe('binding', () => {
  it('keeps the identity that was seen', () => {
    expect(valueOf(bindVnic(there, ADDRESS)).target).toEqual(VNIC);
    expect(valueOf(bindBackingDevice(there, { ...ADDRESS, partition: { name: 'lizard' } })).target).toEqual(DEVICE);
    expect(valueOf(bindBackingDevice(there, { ...ADDRESS, logicalPortId: '27008005'.toUpperCase() })).target).toEqual(
      DEVICE,
    );
  });

  it.each([
    ['partition', { ...ADDRESS, partition: { id: 60 } }],
    ['slot', { ...ADDRESS, slot: 7 }],
    ['slot of another partition', { ...ADDRESS, partition: { id: 7 } }],
    ['backing device', { ...ADDRESS, logicalPortId: '27008006' }],
  ])('refuses an unknown %s', (_what, address) => {
    expect(refusalOf(bindBackingDevice(there, address)).type).toBe('target-not-found');
  });

  it('says which slots and devices there are', () => {
    expect(refusalOf(bindVnic(there, { ...ADDRESS, slot: 7 })).detail).toContain('slot 3, 6');
    expect(refusalOf(bindBackingDevice(there, { ...ADDRESS, logicalPortId: 'x' })).detail).toContain('27010001');
  });

  it('refuses a name that two partitions have', () => {
    const twice = { ...there, partitions: [...there.partitions, partition({ name: 'lizard', id: 12 })] };
    expect(refusalOf(bindVnic(twice, { ...ADDRESS, partition: { name: 'lizard' } })).type).toBe('ambiguous-name');
  });
});

const now = (changes: Partial<Vnic>): ReturnType<typeof estate> => estate({ vnics: [seedVnic(changes)] });

describe('the presence of a vNIC', () => {
  it.each([
    ['there', now({}), 'present'],
    ['there, its MAC address printed in the other case', now({ macAddress: 'EAADF2188302' }), 'present'],
    ['there, its MAC address not told', now({ macAddress: null }), 'present'],
    ['there, its partition renamed', now({ partition: { name: 'gila', id: 6 } }), 'present'],
    ['another one', now({ macAddress: 'eaadf2188303' }), 'replaced'],
    ['in another slot', now({ slot: 7 }), 'gone'],
    ['in another partition', now({ partition: { name: 'gecko', id: 7 } }), 'gone'],
    ['nowhere', estate(), 'gone'],
  ] as const)('%s', (_what, snapshot, presence) => {
    expect(vnicPresence(snapshot, VNIC)).toBe(presence);
    // What is true of the vNIC is true of its devices.
    expect(backingDevicePresence(snapshot, DEVICE)).toBe(presence);
  });

  it('with an address unknown at accept compares the rest', () => {
    expect(vnicPresence(now({}), { ...VNIC, macAddress: null })).toBe('present');
    expect(vnicPresence(now({}), { partition: LIZARD, slot: 6 })).toBe('present');
    expect(vnicPresence(now({ slot: 8 }), { partition: LIZARD, slot: 6 })).toBe('gone');
  });
});

describe('the presence of a backing device', () => {
  const only = (changes: object): ReturnType<typeof estate> =>
    now({ backingDevices: [device({ logicalPortId: '27008005', adapterId: 2, ...changes })] });

  it.each([
    ['there', only({}), 'present'],
    ['there with another priority', only({ failoverPriority: 99, status: 'Link Down' }), 'present'],
    ['on another VIOS', only({ virtualIoServer: VIOS2 }), 'replaced'],
    ['on another port', only({ physicalPortId: 2 }), 'replaced'],
    ['on another adapter', only({ adapterId: 1 }), 'replaced'],
    ['removed', only({ logicalPortId: '27008006' }), 'gone'],
  ] as const)('%s', (_what, snapshot, presence) => {
    expect(backingDevicePresence(snapshot, DEVICE)).toBe(presence);
  });
});
