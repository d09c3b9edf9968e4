import { placeDevices, movingDevices, whyLeftOver, type Moving } from '../migrations/place-devices.js';
import type { ConflictCode } from '../migrations/findings.js';
import { TargetRoom } from '../migrations/target-room.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import type { Vnic } from '../resources/vnic.js';
import type { Pieces } from './pieces.js';
import type { AuditReading } from './audited-port.js';

/** Why a backing device finds no port on the other system: as a preview of the migration says it. */
export const MOVE_PROBLEM_CODES = [
  'source-port-unknown',
  'port-without-label',
  'label-not-on-target',
  'no-usable-port',
  'ports-taken',
  'mapping-not-found',
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
  /** No problem: there is a port with room for each device, for all of them together. */
  readonly movable: boolean;
  readonly problems: readonly DeviceFinding<MoveProblemCode>[];
  readonly warnings: readonly DeviceFinding<MoveWarningCode>[];
}

/**
 * The partitions with vNICs, in the order of their ids. Their devices find ports by the same rules as in the preview of
 * a migration; Virtual I/O Servers, and what else a migration needs, are not looked at.
 */
export function* judgeMove(from: AuditReading, to: AuditReading): Pieces<readonly MovingPartition[]> {
  const room = new TargetRoom(to);
  const partitions = new Map<number, { partition: PartitionRef; vnics: Vnic[] }>();
  for (const vnic of [...from.vnics].sort((a, b) => a.partition.id - b.partition.id)) {
    const entry = partitions.get(vnic.partition.id) ?? { partition: vnic.partition, vnics: [] };
    entry.vnics.push(vnic);
    partitions.set(vnic.partition.id, entry);
  }
  const judged: MovingPartition[] = [];
  for (const { partition, vnics } of partitions.values()) {
    const { name, id } = partition;
    const moving = movingDevices(from, to, room, vnics);
    const { ports, gaveUp } = placeDevices(room, moving);
    const problems = moving.flatMap((one) => (ports.has(one) ? [] : problemOf(one, to.system.name, gaveUp)));
    const warnings = moving.flatMap((one) => subLabelWarning(one, to.system.name));
    judged.push({ name, id, movable: problems.length === 0, problems, warnings });
    yield;
  }
  return judged;
}

/** One for a device: where several ports with its label cannot take it, with the reason for each. */
function problemOf(moving: Moving, targetName: string, gaveUp: boolean): DeviceFinding<MoveProblemCode> {
  const reasons = moving.conflicts.map(({ detail }) => detail).join(' ');
  if (moving.ports.length > 0) {
    const { code, detail } = whyLeftOver(moving, targetName, gaveUp);
    return finding(problemCode(code), moving, [detail, reasons].join(' ').trimEnd());
  }
  const [first] = moving.conflicts;
  return finding(first === undefined ? 'no-usable-port' : problemCode(first.code), moving, reasons);
}

const isProblemCode = (code: string): code is MoveProblemCode => MOVE_PROBLEM_CODES.some((one) => one === code);
const problemCode = (code: ConflictCode): MoveProblemCode => (isProblemCode(code) ? code : 'no-usable-port');

function subLabelWarning(moving: Moving, targetName: string): readonly DeviceFinding<MoveWarningCode>[] {
  const { ports, subLabel } = moving;
  if (ports.length === 0 || subLabel === null || subLabel === '') return [];
  if (ports.some((port) => port.subLabel === subLabel)) return [];
  const detail = `No port of ${targetName} with the label ${JSON.stringify(ports[0]?.label)} that can take it has the sub-label ${JSON.stringify(subLabel)}. The label decides.`;
  return [finding('sub-label-not-kept', moving, detail)];
}

function finding<C extends string>(
  code: C,
  { vnic: { slot }, device: { logicalPortId, adapterId, physicalPortId }, sourcePort, subLabel }: Moving,
  detail: string,
): DeviceFinding<C> {
  return { code, slot, logicalPortId, adapterId, physicalPortId, label: sourcePort?.label ?? null, subLabel, detail };
}
