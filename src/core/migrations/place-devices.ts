import { isOnSamePort, portText } from '../resources/port-address.js';
import type { BackingDevice } from '../resources/backing-device.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { Vnic } from '../resources/vnic.js';
import type { Conflict } from './findings.js';
import { labelAdvice } from './label-advice.js';
import type { PortsReading } from './migration-reading.js';
import { MOST_STEPS, placeTogether, type Placeable } from './place-together.js';
import { targetPortsOf } from './target-ports.js';
import type { TargetRoom } from './target-room.js';

/** A device of a vNIC with the ports it could go to. */
export interface Moving extends Placeable {
  readonly vnic: Vnic;
  readonly device: BackingDevice;
  readonly sourcePort: PhysicalPort | null;
  /** Of the ports with its label that cannot take it, or why there is none. */
  readonly conflicts: readonly Conflict[];
}

/** The devices of a partition that go together, in the order of slot and failover priority. */
export function movingDevices(
  source: PortsReading,
  target: PortsReading,
  room: TargetRoom,
  vnics: readonly Vnic[],
): readonly Moving[] {
  return [...vnics]
    .sort((a, b) => a.slot - b.slot)
    .flatMap((vnic) =>
      [...vnic.backingDevices]
        .sort((a, b) => a.failoverPriority - b.failoverPriority || (a.logicalPortId < b.logicalPortId ? -1 : 1))
        .map((device): Moving => {
          const { sourcePort, ports, conflicts } = targetPortsOf(source, target, room, device);
          const subLabel = sourcePort?.subLabel ?? null;
          return { vnic, device, capacity: device.desiredCapacity, sourcePort, subLabel, ports, conflicts };
        }),
    );
}

export interface PlacedDevices {
  readonly ports: ReadonlyMap<Moving, PhysicalPort>;
  /** Not all have one, and there may be a way: the search came to its bound. */
  readonly gaveUp: boolean;
}

/** A port for each device; where not all find one, for as many as do in their order. Leaves the room as it is. */
export function placeDevices(room: TargetRoom, moving: readonly Moving[]): PlacedDevices {
  const placeable = moving.filter(({ ports }) => ports.length > 0);
  const together = placeTogether(room, placeable);
  return typeof together === 'string'
    ? { ports: oneAfterTheOther(room, placeable), gaveUp: together === 'not-found' }
    : { ports: together, gaveUp: false };
}

function oneAfterTheOther(room: TargetRoom, moving: readonly Moving[]): ReadonlyMap<Moving, PhysicalPort> {
  const ports = new Map<Moving, PhysicalPort>();
  for (const one of moving) {
    const taken = [...ports].filter(([other]) => other.vnic === one.vnic).map(([, port]) => port);
    const port = one.ports.find(
      (candidate) => room.takes(candidate, one.capacity) && !taken.some((other) => isOnSamePort(other, candidate)),
    );
    if (port !== undefined) {
      ports.set(one, port);
      room.take(port, one.capacity);
    }
  }
  for (const [{ capacity }, port] of ports) room.giveBack(port, capacity);
  return ports;
}

/** Why a device got no port that could have one, were it alone. */
export function whyLeftOver({ ports }: Placeable, targetName: string, gaveUp: boolean): Conflict {
  const where = `${ports.map(portText).join(', ')} of ${targetName}`;
  const label = ports[0]?.label ?? '';
  const fix = labelAdvice(`Label another port ${JSON.stringify(label)} there.`, label);
  return gaveUp
    ? {
        code: 'mapping-not-found',
        detail: `No way was found in which all devices of this partition have room, and the search was ended after ${MOST_STEPS} tries: there may be one. Alone it could go to ${where}. ${fix}`,
      }
    : {
        code: 'ports-taken',
        detail: `Other devices of this partition take what ${where} ${ports.length === 1 ? 'has' : 'have'} left. A vNIC uses a port once. ${fix}`,
      };
}
