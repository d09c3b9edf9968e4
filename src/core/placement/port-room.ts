import type { BackingDeviceInput } from '../hmc-language/backing-device-notation.js';
import type { Refusal } from '../refusal.js';
import type { Snapshot, SnapshotParts } from '../resources/snapshot.js';
import { isOnSamePort, portText } from '../resources/port-address.js';
import { logicalPortsInUse } from '../resources/logical-ports-in-use.js';
import { logicalPortsLeft } from '../resources/logical-ports-left.js';
import { hundredths } from '../resources/percent.js';

/** What tells how full a port is; a readback has only the vNICs. */
export type RoomReading = Snapshot<'vnics'> &
  Partial<Pick<SnapshotParts, 'adapters' | 'physicalPorts' | 'logicalPorts'>>;

/** A device to be made and its place in the body, for the pointer. */
export interface NewDevice {
  readonly device: BackingDeviceInput;
  readonly index: number;
}

/**
 * The refusal (`port-full`) when a port has too little capacity or no logical port left for a new device, else null.
 * The capacities on one port add up to at most 100 (HSCL127D with HSCL1293, hmc-cli.md §4); a port and an
 * adapter have a fixed number of logical ports (§1.5; the adapter's `logical_ports` counts the unused ones too, as the
 * captures show). What the HMC does not tell is left to it.
 */
export function portRoomRefusal(reading: RoomReading, devices: readonly NewDevice[]): Refusal | null {
  const { adapters, physicalPorts, logicalPorts } = reading;
  if (adapters === undefined || physicalPorts === undefined || logicalPorts === undefined) return null;
  const inUse = logicalPortsInUse(reading.vnics, logicalPorts);
  const wanted = new Map<number, number>();
  for (const { device, index } of devices) {
    const port = physicalPorts.find((one) => isOnSamePort(one, device));
    if (port === undefined) continue;
    const pointer = `/backingDevices/${index}`;
    const used = inUse.filter((one) => isOnSamePort(one, device)).reduce((sum, one) => sum + one.hundredths, 0);
    // Left out, the HMC takes the smallest capacity of the port (INFERRED from the captures, hmc-cli.md §1.1).
    const needed = hundredths(device.capacity ?? port.capacityGranularity ?? 0.01);
    if (used + needed > 10_000) {
      const left = Math.max(0, 10_000 - used) / 100;
      return {
        type: 'port-full',
        pointer: device.capacity === undefined ? pointer : `${pointer}/capacity`,
        detail: `${portText(device)} has ${left} % of its capacity left, ${needed / 100} % is needed. ${left > 0 ? 'Ask for less, or choose' : 'Choose'} another port.`,
        members: { capacityLeft: left },
      };
    }
    if (logicalPortsLeft(port) === 0) {
      return {
        type: 'port-full',
        pointer,
        detail: `All logical ports that ${portText(device)} has for vNICs are in use. Choose another port.`,
        members: { logicalPortsLeft: 0 },
      };
    }
    const total = adapters.find(({ adapterId }) => adapterId === device.adapterId)?.logicalPorts ?? null;
    const usedOfAdapter = inUse.filter(({ adapterId }) => adapterId === device.adapterId).length;
    const wantedOfAdapter = (wanted.get(device.adapterId) ?? 0) + 1;
    wanted.set(device.adapterId, wantedOfAdapter);
    if (total !== null && usedOfAdapter + wantedOfAdapter > total) {
      const left = Math.max(0, total - usedOfAdapter);
      return {
        type: 'port-full',
        pointer,
        detail: `Adapter ${device.adapterId} has ${left} unused logical ports, ${wantedOfAdapter} are needed. Choose a port of another adapter.`,
        members: { logicalPortsLeft: left },
      };
    }
  }
  return null;
}
