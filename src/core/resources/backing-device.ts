import { hundredths } from './percent.js';

/** A partition as other records mention it. */
export interface PartitionRef {
  readonly name: string;
  readonly id: number;
}

/** One backing device of a vNIC as the HMC prints it (OUTPUT form, 9 or 11 fields, hmc-cli.md §1.2). */
export interface BackingDevice {
  /** Lower-case hex, `2700400b`. */
  readonly logicalPortId: string;
  readonly virtualIoServer: PartitionRef;
  readonly adapterId: number;
  readonly physicalPortId: number;
  /** Percent of the physical port. */
  readonly capacity: number;
  readonly desiredCapacity: number;
  /** null where the HMC does not tell it, as those that print nine fields: any maximum is possible then, not only 100. */
  readonly maxCapacity: number | null;
  readonly desiredMaxCapacity: number | null;
  /** 1 to 100; the lowest number wins. */
  readonly failoverPriority: number;
  /** From `backing_device_states`; null when the listing has no state for this device. */
  readonly active: boolean | null;
  /** `Operational`, `Link Down` … as printed; null when the listing has no state for this device. */
  readonly status: string | null;
}

/** `Operational` is the one status of a device that can carry traffic (hmc-cli.md §1.2); the case of letters is not trusted. */
export function isOperational({ status }: Pick<BackingDevice, 'status'>): boolean {
  return status?.toLowerCase() === 'operational';
}

/** Lowest number first; devices with the same number stay in the HMC's order. */
export function byFailoverPriority(devices: readonly BackingDevice[]): BackingDevice[] {
  return [...devices].sort((a, b) => a.failoverPriority - b.failoverPriority);
}

/** The maximum that a device is configured to have, percent of the port; null where the HMC does not tell it. */
export function maximumOf({ desiredMaxCapacity, maxCapacity }: BackingDevice): number | null {
  return desiredMaxCapacity ?? maxCapacity;
}

/** Whether a device has this maximum, as far as the HMC tells (hmc-cli.md §1.2): what is not told is not compared. */
export function mayHaveMaximum(device: BackingDevice, wanted: number): boolean {
  const maximum = maximumOf(device);
  return maximum === null || hundredths(maximum) === hundredths(wanted);
}
