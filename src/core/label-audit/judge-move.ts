import { isOnSamePort, portText } from '../operations/backing-device-request.js';
import type { Vnic } from '../resources/vnic.js';
import type { BackingDevice, PartitionRef } from '../resources/backing-device.js';
import { hasRoomFor, whyNoRoom, type AuditedPort } from './audited-port.js';

/** Why a backing device finds no port on the other system. */
export const MOVE_PROBLEM_CODES = [
  'port-not-listed',
  'no-label',
  'label-missing',
  'no-usable-port',
  'too-few-ports',
] as const;
export const MOVE_WARNING_CODES = ['sub-label-not-kept'] as const;
export type MoveProblemCode = (typeof MOVE_PROBLEM_CODES)[number];
export type MoveWarningCode = (typeof MOVE_WARNING_CODES)[number];

/** One backing device, and what stands in its way. */
export interface DeviceFinding<C extends string> {
  readonly code: C;
  readonly slot: number;
  readonly logicalPortId: string;
  readonly adapterId: number;
  readonly physicalPortId: number;
  /** Of its port; null when the port is not listed. */
  readonly label: string | null;
  readonly subLabel: string | null;
  readonly detail: string;
}

/** A partition that has vNICs, and whether their backing devices find ports on the other system. */
export interface MovingPartition extends PartitionRef {
  /** No problem. Room is looked at device by device, not for all of them together. */
  readonly movable: boolean;
  readonly problems: readonly DeviceFinding<MoveProblemCode>[];
  readonly warnings: readonly DeviceFinding<MoveWarningCode>[];
}

/** The side that partitions leave. */
export interface MoveSource {
  readonly ports: readonly AuditedPort[];
  readonly vnics: readonly Vnic[];
}

/** The side that they go to. */
export interface MoveTarget {
  readonly name: string;
  readonly ports: readonly AuditedPort[];
}

interface Device {
  readonly device: BackingDevice;
  readonly port: AuditedPort;
  /** Ports of its label on the target that can take it. */
  readonly usable: readonly AuditedPort[];
}

/**
 * The partitions with vNICs, in the order of their ids. Without `vnic_mappings` the HMC maps a backing device to a port
 * with the same label (hmc-cli.md §1.10); the label decides, a sub-label is a preference (SEED: "most important is
 * label"). What the HMC does when several ports fit is not known.
 */
export function judgeMove(from: MoveSource, to: MoveTarget): readonly MovingPartition[] {
  const byId = new Map<number, { partition: PartitionRef; vnics: Vnic[] }>();
  for (const vnic of [...from.vnics].sort((a, b) => a.partition.id - b.partition.id || a.slot - b.slot)) {
    const entry = byId.get(vnic.partition.id) ?? { partition: vnic.partition, vnics: [] };
    entry.vnics.push(vnic);
    byId.set(vnic.partition.id, entry);
  }
  return [...byId.values()].map(({ partition: { name, id }, vnics }) => {
    const judged = vnics.map((vnic) => judgeVnic(vnic, from, to));
    const problems = judged.flatMap((one) => one.problems);
    return { name, id, movable: problems.length === 0, problems, warnings: judged.flatMap((one) => one.warnings) };
  });
}

function judgeVnic(
  { slot, backingDevices }: Vnic,
  from: MoveSource,
  to: MoveTarget,
): Pick<MovingPartition, 'problems' | 'warnings'> {
  const problems: DeviceFinding<MoveProblemCode>[] = [];
  const warnings: DeviceFinding<MoveWarningCode>[] = [];
  const found: Device[] = [];
  for (const device of backingDevices) {
    const port = from.ports.find((one) => isOnSamePort(one, device));
    const problem = <C extends string>(code: C, detail: string): DeviceFinding<C> =>
      finding(code, slot, device, port, detail);
    if (port === undefined) {
      const detail = `The HMC does not list ${portText(device)}, so that its label is not known.`;
      problems.push(problem('port-not-listed', detail));
      continue;
    }
    if (port.label === '') {
      problems.push(problem('no-label', `${portText(port)} has no label.`));
      continue;
    }
    const labelled = to.ports.filter(({ label }) => label === port.label);
    const usable = labelled.filter((one) => hasRoomFor(one, device.desiredCapacity));
    if (labelled.length === 0) {
      problems.push(problem('label-missing', `No port of ${to.name} has the label ${port.label}.`));
    } else if (usable.length === 0) {
      const reasons = labelled.map((one) => `${portText(one)}: ${whyNoRoom(one, device.desiredCapacity)}`);
      const detail = `No port of ${to.name} with the label ${port.label} can take it. ${reasons.join(' ')}`;
      problems.push(problem('no-usable-port', detail));
    } else {
      found.push({ device, port, usable });
      const kept = usable.some(({ subLabel }) => subLabel === port.subLabel);
      if (port.subLabel !== '' && !kept) {
        const detail = `No port of ${to.name} with the label ${port.label} that can take it has the sub-label ${port.subLabel}. The label decides.`;
        warnings.push(problem('sub-label-not-kept', detail));
      }
    }
  }
  for (const { device, port, usable } of withoutPortOfTheirOwn(found)) {
    const detail = `A vNIC uses a port once. ${usable.length} port${usable.length === 1 ? '' : 's'} of ${to.name} with the label ${port.label} can take it, and other devices of the vNIC need them.`;
    problems.push(finding('too-few-ports', slot, device, port, detail));
  }
  return { problems, warnings };
}

function finding<C extends string>(
  code: C,
  slot: number,
  { logicalPortId, adapterId, physicalPortId }: BackingDevice,
  port: AuditedPort | undefined,
  detail: string,
): DeviceFinding<C> {
  const label = port?.label ?? null;
  const subLabel = port?.subLabel ?? null;
  return { code, slot, logicalPortId, adapterId, physicalPortId, label, subLabel, detail };
}

/** The devices of one vNIC that are left over when as many as can be have a port each (augmenting paths). */
function withoutPortOfTheirOwn(devices: readonly Device[]): readonly Device[] {
  const takenBy = new Map<AuditedPort, Device>();
  const place = (device: Device, tried: Set<AuditedPort>): boolean => {
    for (const port of device.usable) {
      if (tried.has(port)) {
        continue;
      }
      tried.add(port);
      const other = takenBy.get(port);
      if (other === undefined || place(other, tried)) {
        takenBy.set(port, device);
        return true;
      }
    }
    return false;
  };
  return devices.filter((device) => !place(device, new Set()));
}
