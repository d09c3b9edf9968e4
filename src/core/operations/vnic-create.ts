import { createVnic } from '../hmc-language/changes.js';
import type { BackingDeviceInput } from '../hmc-language/backing-device-notation.js';
import { ok, refuse, type Result } from '../refusal.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import { isEqualDevice, resolveBackingDevices, type DeviceReading } from './backing-device-request.js';
import { absence, boundPartition, vnicInSlot } from './bound-target.js';
import { findPartition } from './find-partition.js';
import { nextFreeSlot, slotRefusal, type SlotReading } from './free-slot.js';
import { observedVnic } from './observed-vnic.js';
import type { Operation, Plan, Target } from './operation.js';
import { partitionStateRefusal } from './partition-state.js';
import { portRoomRefusal, type RoomReading } from './port-room.js';
import type { VnicCreateRequest } from './requests.js';
import { attributesRefusal, hasAttributes, newVnicAttributes } from './vnic-attributes.js';
import { WAIT_MINUTES } from './wait-time.js';

type Reading = DeviceReading & SlotReading & RoomReading;

/**
 * A new vNIC with 1 to 6 backing devices. Without a slot the plan takes the next free one and names it, in the command
 * and in its target: once sent, the same create can only be refused, never be done twice. A named slot that holds an
 * equal vNIC plans nothing; one that holds a different vNIC is refused with `slot-taken`.
 */
export const vnicCreate: Operation<VnicCreateRequest> = {
  name: 'vnic.create',
  needs: ['partitions', 'adapters', 'physicalPorts', 'logicalPorts', 'vnics', 'virtualSlots'],
  readback: ['partitions', 'vnics'],

  bind(snapshot: Reading, address, request) {
    const partition = findPartition(snapshot, address);
    if (!partition.ok) {
      return partition;
    }
    const { name, id } = partition.value;
    const checked = check(snapshot, { partition: { name, id } }, request);
    if (!checked.ok) {
      return checked;
    }
    return ok({ partition: { name, id }, ...(request.slot === undefined ? {} : { slot: request.slot }) });
  },

  presence() {
    return 'present';
  },

  plan(snapshot: Reading, target, request): Result<Plan> {
    const partition = boundPartition(target);
    if (!snapshot.partitions.some(({ id }) => id === partition.id)) {
      return refuse(absence('gone'));
    }
    const devices = check(snapshot, target, request);
    if (!devices.ok) {
      return devices;
    }
    const occupant = occupantOf(snapshot, target);
    if (occupant !== undefined) {
      return isEqualVnic(occupant, request)
        ? ok({ steps: [], target })
        : refuse({
            type: 'slot-taken',
            ...(request.slot === undefined ? {} : { pointer: '/slot' }),
            detail: `Slot ${occupant.slot} of partition ${partition.name} holds another vNIC. Leave \`slot\` out to take the next free one, or name another slot.`,
          });
    }
    const refusal =
      partitionStateRefusal(snapshot, partition.id) ??
      portRoomRefusal(
        snapshot,
        devices.value.map((device, index) => ({ device, index })),
      );
    if (refusal !== null) {
      return refuse(refusal);
    }
    const slot = target.slot === undefined ? nextFreeSlot(snapshot, partition) : ok(target.slot);
    if (!slot.ok) {
      return slot;
    }
    const command = createVnic({
      mtms: snapshot.system.mtms,
      partition,
      slot: slot.value,
      waitMinutes: WAIT_MINUTES,
      ...newVnicAttributes(request),
      backingDevices: devices.value,
    });
    return command.ok
      ? ok({ steps: [{ command: command.value, movesActive: false }], target: { ...target, slot: slot.value } })
      : command;
  },

  holds(snapshot: Snapshot<'vnics'>, target, request) {
    const occupant = occupantOf(snapshot, target);
    return occupant !== undefined && isEqualVnic(occupant, request);
  },

  observe(snapshot: Snapshot<'vnics'>, target) {
    const occupant = occupantOf(snapshot, target);
    return occupant === undefined ? null : observedVnic(occupant);
  },

  result(snapshot: Snapshot<'vnics'>, target) {
    return occupantOf(snapshot, target) ?? null;
  },
};

/** What the body says, against the rules and against what exists; the devices with their servers found. */
function check(snapshot: Reading, target: Target, request: VnicCreateRequest): Result<readonly BackingDeviceInput[]> {
  const broken =
    attributesRefusal(request) ??
    (request.slot === undefined ? null : slotRefusal(snapshot, boundPartition(target), request.slot));
  return broken === null ? resolveBackingDevices(snapshot, request.backingDevices) : refuse(broken);
}

/** The vNIC in the slot of this create; undefined while no slot is decided. */
function occupantOf(snapshot: Snapshot<'vnics'>, target: Target): Vnic | undefined {
  return target.slot === undefined ? undefined : vnicInSlot(snapshot, target);
}

/** Every property that the request names is equal; the devices are a set, matched by VIOS and port. */
function isEqualVnic(vnic: Vnic, request: VnicCreateRequest): boolean {
  return (
    hasAttributes(vnic, request) &&
    vnic.backingDevices.length === request.backingDevices.length &&
    request.backingDevices.every((wanted) => vnic.backingDevices.some((device) => isEqualDevice(device, wanted)))
  );
}
