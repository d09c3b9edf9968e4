import type { Vnic } from '../resources/vnic.js';
import type { BackingDevice } from '../resources/backing-device.js';

/** What `observe` compares: plain values that a change sets, in an order that does not depend on the HMC's listing. */

/**
 * The devices as they are configured. Who is active, their status and what capacity they have just now move by
 * themselves and are left out; so are their maximum capacities, which not every HMC tells: a job may be read by two.
 */
export function observedDevices(vnic: Vnic): unknown {
  return [...vnic.backingDevices]
    .sort((a, b) => (a.logicalPortId < b.logicalPortId ? -1 : 1))
    .map((device) => ({
      logicalPortId: device.logicalPortId,
      virtualIoServer: device.virtualIoServer.id,
      adapterId: device.adapterId,
      physicalPortId: device.physicalPortId,
      desiredCapacity: device.desiredCapacity,
      failoverPriority: device.failoverPriority,
    }));
}

/** Everything a vNIC is configured to be. */
export function observedVnic(vnic: Vnic): unknown {
  return {
    slot: vnic.slot,
    macAddress: vnic.macAddress,
    autoPriorityFailover: vnic.autoPriorityFailover,
    portVlanId: vnic.portVlanId,
    portVlanPriority: vnic.portVlanPriority,
    allowedVlanIds: vnic.allowedVlanIds,
    allowedOsMacAddresses: vnic.allowedOsMacAddresses,
    desiredMode: vnic.desiredMode,
    backingDevices: observedDevices(vnic),
  };
}

/** Who is active, for the changes that move it. */
export function observedActive(vnic: Vnic): string | null {
  return vnic.backingDevices.find((device: BackingDevice) => device.active === true)?.logicalPortId ?? null;
}
