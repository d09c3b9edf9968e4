import { isOnSamePort } from '../operations/backing-device-request.js';
import { hundredths } from '../operations/percent.js';
import { logicalPortsInUse, type LogicalPortInUse } from '../operations/port-room.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { SriovAdapter } from '../resources/sriov-adapter.js';

/** What an audit is made from: of one system. */
export type AuditReading = Snapshot<'adapters' | 'physicalPorts' | 'logicalPorts' | 'vnics'>;

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

/** The ports of a system, in the order of adapter and port. What the HMC does not tell counts as not usable. */
export function auditedPorts({ adapters, physicalPorts, logicalPorts, vnics }: AuditReading): readonly AuditedPort[] {
  const inUse = logicalPortsInUse(vnics, logicalPorts);
  return [...physicalPorts]
    .sort((a, b) => a.adapterId - b.adapterId || a.physicalPortId - b.physicalPortId)
    .map((port) => {
      const { adapterId, physicalPortId, label, subLabel, location, type, linkUp } = port;
      const adapter = adapters.find((one) => one.adapterId === adapterId);
      const untold = logicalPorts.some(
        (one) =>
          one.configured &&
          one.capacity === null &&
          one.adapterId === adapterId &&
          one.physicalPortId === physicalPortId,
      );
      const used = inUse.filter((one) => isOnSamePort(one, port)).reduce((sum, one) => sum + one.hundredths, 0);
      const room = {
        capacityLeft: untold ? null : Math.max(0, 10_000 - used) / 100,
        logicalPortsLeft: logicalPortsLeft(port, adapter, inUse),
      };
      return {
        adapterId,
        physicalPortId,
        label,
        subLabel,
        location,
        type,
        linkUp,
        ...room,
        vnics: vnics.filter(({ backingDevices }) => backingDevices.some((one) => isOnSamePort(one, port))).length,
        unusable: whyUnusable(port, adapter, room),
      };
    });
}

/** Whether a backing device of this capacity (percent) can be made on the port now. */
export function hasRoomFor(port: AuditedPort, capacity: number): boolean {
  return port.unusable === null && port.capacityLeft !== null && hundredths(capacity) <= hundredths(port.capacityLeft);
}

/** Why a device of this capacity finds no place on the port; for one that `hasRoomFor` denies. */
export function whyNoRoom(port: AuditedPort, capacity: number): string {
  return port.unusable ?? `It has ${port.capacityLeft ?? 0} % of its capacity left, ${capacity} % is needed.`;
}

/** The port and the adapter have a fixed number of logical ports each (see portRoomRefusal). */
function logicalPortsLeft(
  { adapterId, configuredLogicalPorts, maxLogicalPorts }: PhysicalPort,
  adapter: SriovAdapter | undefined,
  inUse: readonly LogicalPortInUse[],
): number | null {
  if (configuredLogicalPorts === null || maxLogicalPorts === null) {
    return null;
  }
  const onPort = maxLogicalPorts - configuredLogicalPorts;
  const total = adapter?.logicalPorts ?? null;
  const onAdapter = total === null ? onPort : total - inUse.filter((one) => one.adapterId === adapterId).length;
  return Math.max(0, Math.min(onPort, onAdapter));
}

function whyUnusable(
  { adapterId, linkUp }: PhysicalPort,
  adapter: SriovAdapter | undefined,
  { capacityLeft, logicalPortsLeft }: Pick<AuditedPort, 'capacityLeft' | 'logicalPortsLeft'>,
): string | null {
  if (adapter?.status !== undefined && adapter.status !== null && adapter.status !== 'running') {
    return `Adapter ${adapterId} is ${JSON.stringify(adapter.status)}, not running.`;
  }
  if (adapter?.functional === false) {
    return `Adapter ${adapterId} is not functional.`;
  }
  if (linkUp !== true) {
    return linkUp === false ? 'Its link is down.' : 'The HMC does not tell whether its link is up.';
  }
  if (logicalPortsLeft === null || capacityLeft === null) {
    return 'The HMC does not tell how much room it has left.';
  }
  if (logicalPortsLeft === 0) {
    return 'All its logical ports, or those of its adapter, are in use.';
  }
  return capacityLeft === 0 ? 'It has none of its capacity left.' : null;
}
