import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import type { Partition } from '../resources/partition.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import type { BackingDevice } from '../resources/backing-device.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import { macDigits } from '../resources/mac-address.js';
import { isOnSamePort } from '../resources/port-address.js';
import { findPartition } from './find-partition.js';
import type { Target, TargetAddress, TargetPresence } from './operation.js';

/**
 * A vNIC is partition id + slot + MAC address, a backing device adds logical port id + VIOS + physical port: found by
 * the path of a call, kept in the job, and found again, or not, in every later reading.
 */

/** The vNIC that the path of a call names. Refuses with `target-not-found` or `ambiguous-name`. */
export function bindVnic(
  snapshot: Snapshot<'partitions' | 'vnics'>,
  address: TargetAddress,
): Result<{ readonly target: Target; readonly vnic: Vnic }> {
  const partition = findPartition(snapshot, address);
  if (!partition.ok) return partition;
  const { id, name } = partition.value;
  const slot = required(address.slot, 'slot');
  const vnic = vnicAt(snapshot, id, slot);
  if (vnic === undefined) {
    const slots = snapshot.vnics.filter((one) => one.partition.id === id).map((one) => one.slot);
    return refuse({
      type: 'target-not-found',
      detail: `Partition ${name} has no vNIC in slot ${slot}. ${
        slots.length === 0
          ? 'It has no vNIC at all.'
          : `It has vNICs in slot ${slots.sort((a, b) => a - b).join(', ')}.`
      }`,
    });
  }
  return ok({ vnic, target: { ...partitionTarget(partition.value), slot, macAddress: vnic.macAddress } });
}

/** A partition as a target is bound to it: its id, and its UUID where the HMC tells it. */
export function partitionTarget({ name, id, uuid }: Partition): Pick<Target, 'partition' | 'partitionUuid'> {
  return { partition: { name, id }, ...(uuid === null ? {} : { partitionUuid: uuid }) };
}

/**
 * Whether the partition bound at accept still has its id: by its UUID, or by its name where the HMC does not tell it, then
 * or now. An id is given again to another partition once its own is gone.
 */
export function partitionPresence({ partitions }: Snapshot<'partitions'>, target: Target): TargetPresence {
  const { id, name } = boundPartition(target);
  const there = partitions.find((one) => one.id === id);
  if (there === undefined) return 'gone';
  const uuid = target.partitionUuid ?? null;
  const isSame = uuid !== null && there.uuid !== null ? there.uuid === uuid : there.name === name;
  return isSame ? 'present' : 'replaced';
}

/** Whether the partition of a target is not on its system any more: moved to another one it took its vNICs along. */
export function hasLeft(snapshot: Snapshot<'partitions'>, target: Target): boolean {
  return target.partition !== undefined && partitionPresence(snapshot, target) !== 'present';
}

/** What there is to say where a vNIC is gone because its partition is; nothing of a migration, which is to do just that. */
export function partitionLeft(snapshot: Snapshot<'partitions'>, target: Target): readonly string[] {
  if (target.partition === undefined || target.targetSystem !== undefined || !hasLeft(snapshot, target)) return [];
  return [
    `Partition ${target.partition.name} is not on ${snapshot.system.name} any more, and so its vNIC is not. If it was ` +
      'moved to another system, the vNIC went with it: look there.',
  ];
}

/** The backing device that the path of a call names. Refuses with `target-not-found` or `ambiguous-name`. */
export function bindBackingDevice(
  snapshot: Snapshot<'partitions' | 'vnics'>,
  address: TargetAddress,
): Result<{ readonly target: Target; readonly vnic: Vnic; readonly device: BackingDevice }> {
  const bound = bindVnic(snapshot, address);
  if (!bound.ok) return bound;
  const { target, vnic } = bound.value;
  const logicalPortId = required(address.logicalPortId, 'logicalPortId').toLowerCase();
  const device = deviceAt(vnic, logicalPortId);
  if (device === undefined) {
    return refuse({
      type: 'target-not-found',
      detail: `The vNIC in slot ${vnic.slot} of ${vnic.partition.name} has no backing device with logical port id ${logicalPortId}. It has ${vnic.backingDevices.map((one) => one.logicalPortId).join(', ')}.`,
    });
  }
  const { virtualIoServer, adapterId, physicalPortId } = device;
  return ok({
    vnic,
    device,
    target: { ...target, backingDevice: { logicalPortId, virtualIoServer, adapterId, physicalPortId } },
  });
}

/** The vNIC in the bound slot, whoever it is; undefined when there is none. */
export function vnicInSlot(snapshot: Snapshot<'vnics'>, target: Target): Vnic | undefined {
  return vnicAt(snapshot, boundPartition(target).id, required(target.slot, 'slot'));
}

/** Whether the vNIC bound at accept is there. An unknown MAC address, then or now, decides nothing. */
export function vnicPresence(snapshot: Snapshot<'vnics'>, target: Target): TargetPresence {
  const vnic = vnicInSlot(snapshot, target);
  if (vnic === undefined) return 'gone';
  const bound = target.macAddress ?? null;
  const isOther = bound !== null && vnic.macAddress !== null && macDigits(bound) !== macDigits(vnic.macAddress);
  return isOther ? 'replaced' : 'present';
}

/** Whether the backing device bound at accept is there; 'gone' also when its whole vNIC is. */
export function backingDevicePresence(snapshot: Snapshot<'vnics'>, target: Target): TargetPresence {
  const vnic = vnicInSlot(snapshot, target);
  if (vnic === undefined || vnicPresence(snapshot, target) !== 'present') return vnicPresence(snapshot, target);
  const bound = boundBackingDevice(target);
  const device = deviceAt(vnic, bound.logicalPortId);
  if (device === undefined) return 'gone';
  const isSame = device.virtualIoServer.id === bound.virtualIoServer.id && isOnSamePort(device, bound);
  return isSame ? 'present' : 'replaced';
}

/** The bound vNIC; undefined when it is gone or replaced. */
export function presentVnic(snapshot: Snapshot<'vnics'>, target: Target): Vnic | undefined {
  return vnicPresence(snapshot, target) === 'present' ? vnicInSlot(snapshot, target) : undefined;
}

/** The bound backing device and its vNIC; undefined when it is gone or replaced. */
export function presentBackingDevice(
  snapshot: Snapshot<'vnics'>,
  target: Target,
): { readonly vnic: Vnic; readonly device: BackingDevice } | undefined {
  if (backingDevicePresence(snapshot, target) !== 'present') return undefined;
  const vnic = vnicInSlot(snapshot, target);
  const device = vnic && deviceAt(vnic, boundBackingDevice(target).logicalPortId);
  return vnic && device ? { vnic, device } : undefined;
}

/** What a plan answers when the target of a change that needs it is no longer the one that was bound. */
export function absence(presence: TargetPresence): Refusal {
  return presence === 'gone'
    ? { type: 'target-gone', detail: 'The target was there when the job was accepted and is not there any more.' }
    : {
        type: 'target-replaced',
        detail:
          'Another occupant is in the place that the job was accepted for: look at it, and ask again if it is meant.',
      };
}

export function boundPartition(target: Target): PartitionRef {
  return required(target.partition, 'partition');
}

function boundBackingDevice(target: Target): NonNullable<Target['backingDevice']> {
  return required(target.backingDevice, 'backing device');
}

function vnicAt(snapshot: Snapshot<'vnics'>, partitionId: number, slot: number): Vnic | undefined {
  return snapshot.vnics.find((vnic) => vnic.partition.id === partitionId && vnic.slot === slot);
}

function deviceAt(vnic: Vnic, logicalPortId: string): BackingDevice | undefined {
  return vnic.backingDevices.find((device) => device.logicalPortId === logicalPortId);
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`this operation needs a ${what} in its target`);
  return value;
}
