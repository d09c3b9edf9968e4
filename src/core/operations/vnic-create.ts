import { createVnic } from '../hmc-language/changes.js';
import type { BackingDeviceInput } from '../hmc-language/backing-device-notation.js';
import { isPlacedAs, place } from '../placement/place.js';
import { placementWish } from '../placement/placement-request.js';
import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import { sharedNames } from '../resources/partition.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import { isEqualDevice, resolveBackingDevices, type DeviceReading } from '../placement/backing-device-request.js';
import { portRoomRefusal, type RoomReading } from '../placement/port-room.js';
import { absence, boundPartition, partitionPresence, partitionTarget, vnicInSlot } from './bound-target.js';
import { clientPartitionRefusal } from './client-partition.js';
import { deadPortWarnings } from './dead-ports.js';
import { findPartition } from './find-partition.js';
import { nextFreeSlot, slotRefusal, type SlotReading } from './free-slot.js';
import { maximumRefusal, notComparedWarnings, withCarriedMaximum, withWarnings } from './maximum-capacity.js';
import { observedVnic } from './observed-vnic.js';
import type { Operation, Plan, Target } from './operation.js';
import { partitionStateRefusal } from './partition-state.js';
import type { VnicCreateRequest } from './requests.js';
import { rmcWarnings, serverStateRefusal } from './server-state.js';
import { attributesRefusal, hasAttributes, newVnicAttributes } from './vnic-attributes.js';
import { WAIT_MINUTES } from './wait-time.js';

type Reading = DeviceReading & SlotReading & RoomReading;

/**
 * A new vNIC with 1 to 6 backing devices, those that the request names or those that its placement comes to. Without a
 * slot the plan takes the next free one and names it, in the command and in its target: once sent, the same create can
 * only be refused, never be done twice. A named slot that holds an equal vNIC plans nothing; one that holds a different
 * vNIC is refused with `slot-taken`. A placement is made when the job plans, and kept in its target; a vNIC with
 * devices as the placement could have chosen them is an equal one.
 */
export const vnicCreate: Operation<VnicCreateRequest> = {
  name: 'vnic.create',
  needs: ['partitions', 'adapters', 'physicalPorts', 'logicalPorts', 'vnics', 'virtualSlots'],
  readback: ['partitions', 'vnics'],

  bind(snapshot: Reading, address, request) {
    const partition = findPartition(snapshot, address);
    if (!partition.ok) return partition;
    const target = partitionTarget(partition.value);
    const checked = check(snapshot, target, request);
    if (!checked.ok) return checked;
    return ok({ ...target, ...(request.slot === undefined ? {} : { slot: request.slot }) });
  },

  /** Of the partition: nothing else is there yet. */
  presence: partitionPresence,

  plan(snapshot: Reading, target, request): Result<Plan> {
    const partition = boundPartition(target);
    const presence = partitionPresence(snapshot, target);
    if (presence !== 'present') return refuse(absence(presence));
    const checked = check(snapshot, target, request);
    if (!checked.ok) return checked;
    const occupant = occupantOf(snapshot, target);
    if (occupant !== undefined) {
      return isEqualVnic(snapshot, occupant, target, request)
        ? ok(withWarnings({ steps: [], target }, notComparedWarnings(snapshot, occupant, request.backingDevices ?? [])))
        : refuse({
            type: 'slot-taken',
            ...(request.slot === undefined ? {} : { pointer: '/slot' }),
            detail: `Slot ${occupant.slot} of partition ${partition.name} holds another vNIC. Leave \`slot\` out to take the next free one, or name another slot.`,
          });
    }
    const unfit = partitionStateRefusal(snapshot, partition.id);
    if (unfit !== null) return refuse(unfit);
    const devices = checked.value === null ? placedDevices(snapshot, target, request) : ok(checked.value);
    if (!devices.ok) return devices;
    const made = devices.value.map((device, index) => ({ device, index }));
    const impossible =
      serverStateRefusal(snapshot, made) ??
      maximumRefusal(snapshot, made, placedMaximum(request)) ??
      portRoomRefusal(snapshot, made);
    if (impossible !== null) return refuse(impossible);
    const slot = target.slot === undefined ? nextFreeSlot(snapshot, partition) : ok(target.slot);
    if (!slot.ok) return slot;
    const command = createVnic({
      mtms: snapshot.system.mtms,
      partition,
      slot: slot.value,
      sharedNames: sharedNames(snapshot.partitions),
      waitMinutes: WAIT_MINUTES,
      ...newVnicAttributes(request),
      backingDevices: withCarriedMaximum(snapshot, devices.value),
    });
    const decided: Target = {
      ...target,
      slot: slot.value,
      ...(checked.value === null ? { placedDevices: devices.value } : {}),
    };
    if (!command.ok) return command;
    const plan = { steps: [{ command: command.value, movesActive: false }], target: decided };
    const warnings = [...rmcWarnings(snapshot, partition.id, made), ...deadPortWarnings(snapshot, made)];
    return ok(withWarnings(plan, warnings));
  },

  holds(snapshot: Reading, target, request) {
    const occupant = partitionPresence(snapshot, target) === 'present' ? occupantOf(snapshot, target) : undefined;
    return occupant !== undefined && isEqualVnic(snapshot, occupant, target, request);
  },

  observe(snapshot: Snapshot<'vnics'>, target) {
    const occupant = occupantOf(snapshot, target);
    return occupant === undefined ? null : observedVnic(occupant);
  },

  result(snapshot: Snapshot<'vnics'>, target) {
    return occupantOf(snapshot, target) ?? null;
  },
};

/**
 * What the body says, against the rules and against what exists; the devices with their servers found, or null when
 * they are to be placed.
 */
function check(
  snapshot: Reading,
  target: Target,
  { slot, backingDevices, placement, ...attributes }: VnicCreateRequest,
): Result<readonly BackingDeviceInput[] | null> {
  const broken =
    clientPartitionRefusal(snapshot, boundPartition(target).id) ??
    attributesRefusal(attributes) ??
    (slot === undefined ? null : slotRefusal(snapshot, boundPartition(target), slot)) ??
    devicesRefusal({ backingDevices, placement });
  if (broken !== null) return refuse(broken);
  if (placement !== undefined) {
    const wish = placementWish(placement, PLACEMENT);
    return wish.ok ? ok(null) : wish;
  }
  return resolveBackingDevices(snapshot, backingDevices ?? []);
}

const PLACEMENT = '/placement';

/** Where a placement says which maximum its devices shall have; undefined where the devices are named one by one. */
function placedMaximum({ placement }: VnicCreateRequest): string | undefined {
  return placement && `${PLACEMENT}/${placement.maxcapacity === undefined ? 'maxCapacity' : 'maxcapacity'}`;
}

function devicesRefusal({
  backingDevices,
  placement,
}: Pick<VnicCreateRequest, 'backingDevices' | 'placement'>): Refusal | null {
  if ((backingDevices === undefined) !== (placement === undefined)) return null;
  return {
    type: 'rule-violation',
    pointer: '/backingDevices',
    detail: 'Say which backing devices the vNIC shall have: either by `backingDevices` or by `placement`.',
  };
}

/** The devices that the placement comes to now; on a readback those that were decided before the command was sent. */
function placedDevices(
  snapshot: Reading,
  { placedDevices: decided }: Target,
  { placement }: VnicCreateRequest,
): Result<readonly BackingDeviceInput[]> {
  const { adapters, physicalPorts, logicalPorts } = snapshot;
  if (placement === undefined || adapters === undefined || physicalPorts === undefined || logicalPorts === undefined) {
    if (decided === undefined) throw new Error('a placement is decided on a whole reading');
    return ok(decided);
  }
  const placed = place({ ...snapshot, adapters, physicalPorts, logicalPorts }, placement, PLACEMENT);
  return placed.ok ? ok(placed.value.backingDevices) : placed;
}

/** The vNIC in the slot of this create; undefined while no slot is decided. */
function occupantOf(snapshot: Snapshot<'vnics'>, target: Target): Vnic | undefined {
  return target.slot === undefined ? undefined : vnicInSlot(snapshot, target);
}

/** Every property that the request names is equal; the devices are a set, matched by VIOS and port. */
function isEqualVnic(
  snapshot: Reading,
  vnic: Vnic,
  target: Target,
  { slot: _slot, backingDevices, placement, ...attributes }: VnicCreateRequest,
): boolean {
  if (!hasAttributes(vnic, attributes)) return false;
  const wanted = backingDevices ?? target.placedDevices;
  if (wanted !== undefined) {
    return (
      vnic.backingDevices.length === wanted.length &&
      wanted.every((one) => vnic.backingDevices.some((device) => isEqualDevice(device, one)))
    );
  }
  const { physicalPorts } = snapshot;
  return (
    placement !== undefined &&
    physicalPorts !== undefined &&
    isPlacedAs({ ...snapshot, physicalPorts }, vnic.backingDevices, placement)
  );
}
