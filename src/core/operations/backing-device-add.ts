import type { BackingDeviceInput } from '../hmc-language/backing-device-notation.js';
import { addBackingDevices } from '../hmc-language/changes.js';
import { ok, refuse, type Result } from '../refusal.js';
import { sharedNames } from '../resources/partition.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import {
  isEqualDevice,
  MAX_BACKING_DEVICES,
  resolveBackingDevices,
  type DeviceReading,
  type BackingDeviceRequest,
} from '../placement/backing-device-request.js';
import { isOnSamePort, portText } from '../resources/port-address.js';
import { electionMoves } from '../resources/election.js';
import { portRoomRefusal, type NewDevice, type RoomReading } from '../placement/port-room.js';
import { absence, bindVnic, presentVnic, vnicInSlot, vnicPresence } from './bound-target.js';
import { deadPortWarnings } from './dead-ports.js';
import { expectedDevice, onItsPort } from './expected-device.js';
import { maximumRefusal, notComparedWarnings, withCarriedMaximum, withWarnings } from './maximum-capacity.js';
import { observedDevices } from './observed-vnic.js';
import type { Operation, Plan } from './operation.js';
import { isShutOff, partitionStateRefusal } from './partition-state.js';
import type { BackingDeviceAddRequest } from './requests.js';
import { rmcWarnings, serverStateRefusal } from './server-state.js';
import { WAIT_MINUTES } from './wait-time.js';

type Reading = DeviceReading & RoomReading;

/**
 * More backing devices for a vNIC, all in one command. A device that is there already, equal in everything the request
 * names, is not added again; a different one on the same port is refused with `port-in-use`.
 */
export const backingDeviceAdd: Operation<BackingDeviceAddRequest> = {
  name: 'backing-device.add',
  needs: ['partitions', 'adapters', 'physicalPorts', 'logicalPorts', 'vnics'],
  readback: ['partitions', 'vnics'],

  bind(snapshot: Reading, address, request) {
    const bound = bindVnic(snapshot, address);
    if (!bound.ok) return bound;
    const devices = resolveBackingDevices(snapshot, request.backingDevices);
    return devices.ok ? ok(bound.value.target) : devices;
  },

  presence: vnicPresence,

  plan(snapshot: Reading, target, request): Result<Plan> {
    const vnic = presentVnic(snapshot, target);
    if (vnic === undefined) return refuse(absence(vnicPresence(snapshot, target)));
    const devices = resolveBackingDevices(snapshot, request.backingDevices);
    if (!devices.ok) return devices;
    const missing = missingDevices(vnic, request.backingDevices, devices.value);
    if (!missing.ok) return missing;
    const warnings = [
      ...notComparedWarnings(snapshot, vnic, request.backingDevices),
      ...rmcWarnings(snapshot, vnic.partition.id, missing.value),
      ...deadPortWarnings(snapshot, missing.value),
    ];
    if (missing.value.length === 0) return ok(withWarnings({ steps: [], target }, warnings));
    const total = vnic.backingDevices.length + missing.value.length;
    if (total > MAX_BACKING_DEVICES) {
      return refuse({
        type: 'too-many-backing-devices',
        pointer: '/backingDevices',
        detail: `The vNIC has ${vnic.backingDevices.length} backing devices; with these it would have ${total}. At most ${MAX_BACKING_DEVICES} are possible: remove one first, or add fewer.`,
      });
    }
    const impossible =
      partitionStateRefusal(snapshot, vnic.partition.id) ??
      serverStateRefusal(snapshot, missing.value) ??
      maximumRefusal(snapshot, missing.value) ??
      portRoomRefusal(snapshot, missing.value);
    if (impossible !== null) return refuse(impossible);
    const added = missing.value.map(({ device }) => device);
    const command = addBackingDevices({
      mtms: snapshot.system.mtms,
      partition: vnic.partition,
      slot: vnic.slot,
      sharedNames: sharedNames(snapshot.partitions),
      waitMinutes: WAIT_MINUTES,
      backingDevices: withCarriedMaximum(snapshot, added),
    });
    // Unknown counts as on: to keep a distance that was not needed costs a minute, not to keep it can cost the card.
    const expected = added.map((device) => expectedDevice(onItsPort(snapshot, device)));
    const mayElect = vnic.autoPriorityFailover !== false && !isShutOff(snapshot, vnic.partition.id);
    const movesActive = mayElect && electionMoves([...vnic.backingDevices, ...expected]);
    return command.ok
      ? ok(withWarnings({ steps: [{ command: command.value, movesActive }], target }, warnings))
      : command;
  },

  holds(snapshot: Snapshot<'vnics'>, target, request) {
    const vnic = presentVnic(snapshot, target);
    return (
      vnic !== undefined &&
      request.backingDevices.every((wanted) => vnic.backingDevices.some((device) => isEqualDevice(device, wanted)))
    );
  },

  observe(snapshot: Snapshot<'vnics'>, target) {
    const vnic = presentVnic(snapshot, target);
    return vnic === undefined ? null : observedDevices(vnic);
  },

  result(snapshot: Snapshot<'vnics'>, target) {
    return vnicInSlot(snapshot, target) ?? null;
  },
};

/** The asked devices that the vNIC does not have. Refuses with `port-in-use` where it has a different one. */
function missingDevices(
  vnic: Vnic,
  requested: readonly BackingDeviceRequest[],
  resolved: readonly BackingDeviceInput[],
): Result<readonly NewDevice[]> {
  const missing: NewDevice[] = [];
  for (const [index, device] of resolved.entries()) {
    const occupant = vnic.backingDevices.find((one) => isOnSamePort(one, device));
    const request = requested[index];
    if (occupant === undefined) {
      missing.push({ device, index });
    } else if (request !== undefined && !isEqualDevice(occupant, request)) {
      return refuse({
        type: 'port-in-use',
        pointer: `/backingDevices/${index}`,
        detail: `The vNIC has a different backing device on ${portText(device)} already: ${occupant.logicalPortId} on ${occupant.virtualIoServer.name}, capacity ${occupant.desiredCapacity}, failover priority ${occupant.failoverPriority}. Choose another port, or change or remove that device.`,
        members: { logicalPortId: occupant.logicalPortId },
      });
    }
  }
  return ok(missing);
}
