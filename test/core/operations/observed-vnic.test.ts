import { describe, expect, it } from 'vitest';
import { observedActive, observedDevices, observedVnic } from '../../../src/core/operations/observed-vnic.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import type { BackingDevice } from '../../../src/core/resources/backing-device.js';
import { seedVnic, VIOS2 } from './estate.js';

function withFirst(changes: Partial<BackingDevice>): Vnic {
  return seedVnic({
    backingDevices: seedVnic().backingDevices.map((one, i) => (i === 0 ? { ...one, ...changes } : one)),
  });
}

describe('what is observed of a vNIC', () => {
  it.each<Partial<BackingDevice>>([
    { logicalPortId: '2700400c' },
    { virtualIoServer: VIOS2 },
    { adapterId: 5 },
    { physicalPortId: 3 },
    { desiredCapacity: 4 },
    { failoverPriority: 11 },
  ])('changes with %o of a device', (changes) => {
    expect(observedDevices(withFirst(changes))).not.toEqual(observedDevices(seedVnic()));
  });

  it('does not change with what another HMC tells of maximum capacities', () => {
    const toldElsewhere = withFirst({ maxCapacity: 50, desiredMaxCapacity: null });
    expect(observedDevices(toldElsewhere)).toEqual(observedDevices(seedVnic()));
  });

  it('does not change with the capacity that a device has just now', () => {
    expect(observedDevices(withFirst({ capacity: null }))).toEqual(observedDevices(seedVnic()));
  });

  it.each<Partial<Vnic>>([
    { macAddress: 'eaadf2188309' },
    { autoPriorityFailover: false },
    { portVlanId: 12 },
    { portVlanPriority: 1 },
    { allowedVlanIds: 'none' },
    { allowedOsMacAddresses: 'none' },
    { backingDevices: [] },
  ])('changes with %o of the vNIC', (changes) => {
    expect(observedVnic(seedVnic(changes))).not.toEqual(observedVnic(seedVnic()));
  });

  it('does not change with the status, with who is active, or with the order of the listing', () => {
    const moved = seedVnic({
      backingDevices: [...seedVnic().backingDevices]
        .reverse()
        .map((one) => ({ ...one, active: !one.active, status: 'Link Down' })),
    });
    expect(observedVnic(moved)).toEqual(observedVnic(seedVnic()));
  });

  it('names the active device where it counts', () => {
    expect(observedActive(seedVnic())).toBe('2700400b');
    expect(observedActive(withFirst({ active: null }))).toBeNull();
  });
});
