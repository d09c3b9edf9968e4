import type { Refusal } from '../refusal.js';
import type { BackingDevice } from '../resources/backing-device.js';
import { logicalPortsInUse } from '../resources/logical-ports-in-use.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import { isOnSamePort } from '../resources/port-address.js';
import { portRoomRefusal, type RoomReading } from '../placement/port-room.js';
import {
  leavingDevices,
  missingDevices,
  replacedInPlace,
  type DesiredVnic,
  type VnicState,
} from './desired-devices.js';
import { maximumRefusal } from './maximum-capacity.js';
import type { AdapterRoom } from './operation.js';
import { serverStateRefusal } from './server-state.js';

/** What planning reads, of which some may be missing. */
export type Reading = RoomReading & Snapshot<'partitions'>;

/** What keeps the devices that are still missing from being made. */
export function missingRefusal(snapshot: Reading, vnic: Vnic, from: VnicState, desired: DesiredVnic): Refusal | null {
  const missing = missingDevices(from, desired);
  return (
    serverStateRefusal(snapshot, missing) ??
    maximumRefusal(snapshot, missing) ??
    portRoomRefusal(withoutDevices(snapshot, vnic, leavingDevices(from, desired)), missing)
  );
}

/** The only device cannot go first, and there is no logical port for the new one beside it. */
export function noRoomBeside(snapshot: Reading, vnic: Vnic, from: VnicState, desired: DesiredVnic): Refusal | null {
  const reading = withoutDevices(snapshot, vnic, replacedInPlace(from, desired));
  return portRoomRefusal(reading, missingDevices(from, desired));
}

/** The adapters that have not enough logical ports for the devices that are there and the new ones side by side. */
export function tightAdapters(
  snapshot: Reading,
  vnic: Vnic,
  from: VnicState,
  desired: DesiredVnic,
): readonly AdapterRoom[] {
  const { adapters = [], logicalPorts } = snapshot;
  if (logicalPorts === undefined) return [];
  const on = <T extends { readonly adapterId: number }>(all: readonly T[], adapterId: number): number =>
    all.filter((one) => one.adapterId === adapterId).length;
  const inUse = logicalPortsInUse(snapshot.vnics, logicalPorts);
  const missing = missingDevices(from, desired).map(({ device }) => device);
  return adapters.flatMap(({ adapterId, logicalPorts: total }) => {
    if (adapterId === null || total === null) return [];
    const own = on(vnic.backingDevices, adapterId);
    const devices = total - on(inUse, adapterId) + own;
    return own + on(missing, adapterId) > devices ? [{ adapterId, devices }] : [];
  });
}

/** The reading as it is once these devices of the vNIC have gone: they leave their room behind. */
function withoutDevices(snapshot: Reading, vnic: Vnic, gone: readonly BackingDevice[]): RoomReading {
  const isGone = (logicalPortId: string): boolean => gone.some((one) => one.logicalPortId === logicalPortId);
  const { logicalPorts, physicalPorts } = snapshot;
  return {
    ...snapshot,
    vnics: snapshot.vnics.map((one) =>
      one === vnic
        ? { ...one, backingDevices: one.backingDevices.filter((device) => !isGone(device.logicalPortId)) }
        : one,
    ),
    ...(logicalPorts === undefined ? {} : { logicalPorts: logicalPorts.filter((one) => !isGone(one.logicalPortId)) }),
    ...(physicalPorts === undefined
      ? {}
      : {
          physicalPorts: physicalPorts.map((port) => {
            const { configuredLogicalPorts: configured, ethernetLogicalPorts: ethernet } = port;
            if (!gone.some((one) => isOnSamePort(one, port))) return port;
            return {
              ...port,
              configuredLogicalPorts: configured === null ? null : configured - 1,
              ethernetLogicalPorts: ethernet === null ? null : ethernet - 1,
            };
          }),
        }),
  };
}
