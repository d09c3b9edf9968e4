import { whyNotPort } from '../migrations/target-ports.js';
import { TargetRoom } from '../migrations/target-room.js';
import type { PortsReading } from '../migrations/migration-reading.js';
import { isOnSamePort } from '../resources/port-address.js';

/** What an audit is made from: of one system. */
export type AuditReading = PortsReading;

/** A physical port as far as Live Partition Mobility looks at it, and what it can still take. */
export interface AuditedPort {
  readonly adapterId: number;
  readonly physicalPortId: number;
  /** Empty when it has none. */
  readonly label: string;
  readonly subLabel: string;
  readonly location: string;
  /** `eth`, `ethc`, `roce` as printed. */
  readonly type: string;
  readonly linkUp: boolean | null;
  /** Percent of the port that no logical port has; null when the HMC does not tell. */
  readonly capacityLeft: number | null;
  /** On the port and on its adapter; null when the HMC does not tell. */
  readonly logicalPortsLeft: number | null;
  /** How many vNICs have a backing device on it. */
  readonly vnics: number;
  /** Why it takes no backing device now, however small; null when it does. */
  readonly unusable: string | null;
}

/** The ports of a system, in the order of adapter and port; what is told of one is what a migration goes by, too. */
export function auditedPorts(reading: AuditReading): readonly AuditedPort[] {
  const room = new TargetRoom(reading);
  return [...reading.physicalPorts]
    .sort((a, b) => a.adapterId - b.adapterId || a.physicalPortId - b.physicalPortId)
    .map((port) => {
      const { adapterId, physicalPortId, label, subLabel, location, type, linkUp, capacityGranularity } = port;
      const untold = reading.logicalPorts.some(
        (one) => one.configured && one.capacity === null && isOnSamePort(one, port),
      );
      return {
        adapterId,
        physicalPortId,
        label,
        subLabel,
        location,
        type,
        linkUp,
        capacityLeft: untold ? null : room.freeCapacity(port),
        logicalPortsLeft: room.freeLogicalPorts(port),
        vnics: reading.vnics.filter(({ backingDevices }) => backingDevices.some((one) => isOnSamePort(one, port)))
          .length,
        unusable: whyNotPort(reading, room, port, capacityGranularity ?? 0.01)?.detail ?? null,
      };
    });
}
