import type { Refusal } from '../refusal.js';
import { maximumOf, type BackingDevice } from '../resources/backing-device.js';
import { isOnSamePort, portText, type PortAddress } from '../resources/port-address.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import type { NewDevice } from '../placement/port-room.js';
import type { BackingDeviceRequest } from '../placement/backing-device-request.js';
import type { Plan } from './operation.js';

/*
 * HMCs before the maximum capacity (V8R8.x) print nine fields of a device and no maximum (hmc-cli.md §1.2, INFERRED).
 * Such an HMC may serve a system beside one that knows maximum capacities: what it does not print is not 100, but not
 * told.
 */

/** 100 is what the HMC takes by itself (LIVE); only some adapters can be told so (hmc-cli.md §1.6). */
export const NO_LIMIT = 100;

/**
 * Whether the devices that this HMC lists show that it knows no maximum capacities. Without a device nothing is shown.
 */
function tellsNoMaximum({ vnics }: Snapshot<'vnics'>): boolean {
  const devices = vnics.flatMap((vnic) => vnic.backingDevices);
  return devices.length > 0 && devices.every((device) => maximumOf(device) === null);
}

/** Devices as the HMC can be told of them: the maximum that it takes by itself is left out where it knows none. */
export function withCarriedMaximum<T extends { readonly maxCapacity?: number | undefined }>(
  snapshot: Snapshot<'vnics'>,
  devices: readonly T[],
): readonly T[] {
  if (!tellsNoMaximum(snapshot)) return devices;
  return devices.map((device) => (device.maxCapacity === NO_LIMIT ? { ...device, maxCapacity: undefined } : device));
}

/**
 * The refusal (`rule-violation`) when a new device is to have a maximum capacity and this HMC knows none, else null.
 * `pointer`: the member of the body that asks for it, where it is not that of the device.
 */
export function maximumRefusal(
  snapshot: Snapshot<'vnics'>,
  devices: readonly NewDevice[],
  pointer?: string,
): Refusal | null {
  const limited = devices.find(({ device: { maxCapacity } }) => maxCapacity !== undefined && maxCapacity !== NO_LIMIT);
  if (limited === undefined || !tellsNoMaximum(snapshot)) return null;
  const { device, index } = limited;
  return {
    type: 'rule-violation',
    pointer: pointer ?? `/backingDevices/${index}/maxCapacity`,
    detail:
      `The new device on ${portText(device)} shall have maximum capacity ${device.maxCapacity}, and HMC ${snapshot.hmcId}, which ` +
      'serves now, lists no maximum for any device: it is too old to be told of one. Ask again when a newer HMC of the ' +
      `system serves, or say maxCapacity: ${NO_LIMIT}, which is no limit.`,
  };
}

/**
 * What to warn of where devices stay whose maximum is asked for and not told. `made`: ports of the job's own new
 * devices.
 */
export function notComparedWarnings(
  { hmcId }: Snapshot<'vnics'>,
  { backingDevices }: Vnic,
  asked: readonly BackingDeviceRequest[],
  made: readonly PortAddress[] = [],
): readonly string[] {
  return asked.flatMap((one) => {
    const device = backingDevices.find((other) => isOnSamePort(other, one));
    const isUnknown = one.maxCapacity !== undefined && device !== undefined && maximumOf(device) === null;
    return isUnknown && !made.some((other) => isOnSamePort(other, one))
      ? [
          `HMC ${hmcId} does not tell maximum capacities: whether device ${device.logicalPortId} on ${portText(one)} has ` +
            `maximum ${one.maxCapacity} was not compared. Ask again when a newer HMC of the system serves.`,
        ]
      : [];
  });
}

/** What to warn of where a device is made anew whose maximum is neither asked for nor told. */
export function lostMaximumWarning(hmcId: string, device: BackingDevice): string {
  return (
    `HMC ${hmcId} does not tell maximum capacities: the new device on ${portText(device)} gets the default, ${NO_LIMIT}, ` +
    `whatever maximum device ${device.logicalPortId} had.`
  );
}

/** A plan with these warnings; without any it is the plan as it is. */
export function withWarnings(plan: Plan, warnings: readonly string[]): Plan {
  return warnings.length === 0 ? plan : { ...plan, warnings: [...(plan.warnings ?? []), ...warnings] };
}
