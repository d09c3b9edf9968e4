import { configurationEtag } from './configuration-etag.js';
import type { Vnic } from './vnic.js';

/**
 * Of a vNIC with all its backing devices. The order of devices, of VLANs and of MAC addresses means nothing, and what
 * something is just now (current capacity and mode, status, who is active) is no configuration: it moves by itself.
 *
 * The tag is the same whichever HMC of the system answered: what an older level does not print has no part in it. That
 * is the maximum capacity of a device (9 fields instead of 11, hmc-cli.md §1.2), which nobody can change on a device
 * that is there: with another maximum it is made anew.
 */
export function vnicEtag(vnic: Vnic): string {
  return configurationEtag([
    [vnic.partition.id, vnic.partition.name, vnic.slot],
    [vnic.autoPriorityFailover, vnic.portVlanId, vnic.portVlanPriority, vnic.macAddress],
    listInOrder(vnic.allowedVlanIds),
    listInOrder(vnic.allowedOsMacAddresses),
    [vnic.desiredMode],
    inOrder(
      vnic.backingDevices.map((device) =>
        JSON.stringify([
          [device.logicalPortId, device.virtualIoServer.id, device.virtualIoServer.name],
          [device.adapterId, device.physicalPortId, device.failoverPriority],
          [device.desiredCapacity],
        ]),
      ),
    ),
  ]);
}

function listInOrder<T extends string | number>(value: string | readonly T[] | null): unknown {
  return typeof value === 'object' && value !== null ? inOrder(value) : value;
}

function inOrder<T extends string | number>(values: readonly T[]): T[] {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
