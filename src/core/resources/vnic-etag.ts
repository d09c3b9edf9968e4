import { createHash } from 'node:crypto';

import type { PhysicalPort } from './physical-port.js';
import type { Vnic } from './vnic.js';

/**
 * Strong entity tags (RFC 9110 §8.8.3, quotes included) of the typed configuration. What moves by itself has no part in
 * them: who is active, status, link, counters, and the HMC's own attributes with the times among them. So a tag stays
 * the same over a failover and over HMC levels, and changes with every change of the configuration.
 */

/** The order of the backing devices, of VLANs and of MAC addresses means nothing. */
export function vnicEtag(vnic: Vnic): string {
  return etagOf([
    [vnic.partition.id, vnic.partition.name, vnic.slot],
    [vnic.autoPriorityFailover, vnic.portVlanId, vnic.portVlanPriority, vnic.macAddress],
    listInOrder(vnic.allowedVlanIds),
    listInOrder(vnic.allowedOsMacAddresses),
    [vnic.desiredMode, vnic.currentMode],
    inOrder(
      vnic.backingDevices.map((device) =>
        JSON.stringify([
          [device.logicalPortId, device.virtualIoServer.id, device.virtualIoServer.name],
          [device.adapterId, device.physicalPortId, device.failoverPriority],
          [device.capacity, device.desiredCapacity, device.maxCapacity, device.desiredMaxCapacity],
        ]),
      ),
    ),
  ]);
}

export function physicalPortEtag(port: PhysicalPort): string {
  return etagOf([
    [port.adapterId, port.physicalPortId, port.label, port.subLabel],
    [port.location, port.type, port.maxLogicalPorts, port.capacityGranularity],
  ]);
}

function listInOrder<T extends string | number>(value: string | readonly T[] | null): unknown {
  return typeof value === 'object' && value !== null ? inOrder(value) : value;
}

function inOrder<T extends string | number>(values: readonly T[]): T[] {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function etagOf(configuration: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(configuration)).digest('base64url').slice(0, 27)}"`;
}
