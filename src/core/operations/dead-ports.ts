import { isOnSamePort, portText, type PortAddress } from '../resources/port-address.js';
import type { SnapshotParts } from '../resources/snapshot.js';
import { whyNotWorking } from '../resources/why-not-working.js';
import type { NewDevice } from '../placement/port-room.js';

/** A readback has neither. */
type PortsReading = Partial<Pick<SnapshotParts, 'adapters' | 'physicalPorts'>>;

/** Why a port is known to carry no traffic now; null also where the HMC does not tell, and on a readback. */
export function whyDead({ adapters, physicalPorts }: PortsReading, address: PortAddress): string | null {
  const port = physicalPorts?.find((one) => isOnSamePort(one, address));
  if (adapters === undefined || port === undefined) return null;
  return whyNotWorking({ adapters }, port)?.reason ?? null;
}

/** Of devices that are to be made: that is allowed, because a port may be cabled later. */
export function deadPortWarnings(reading: PortsReading, devices: readonly NewDevice[]): readonly string[] {
  return devices.flatMap(({ device }) => {
    const reason = whyDead(reading, device);
    return reason === null
      ? []
      : [`The new device goes on ${portText(device)}, which can carry no traffic now. ${reason}`];
  });
}
