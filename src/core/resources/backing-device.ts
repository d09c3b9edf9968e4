import type { BackingDeviceState, PrintedBackingDevice } from '../hmc-language/backing-device-notation.js';
import { hundredths } from './percent.js';

/** One backing device of a vNIC, with its state where the listing has one. */
export interface BackingDevice extends PrintedBackingDevice, BackingDeviceState {}

/**
 * `Operational` is the one status of a device that can carry traffic (hmc-cli.md §1.2); the case of letters is not
 * trusted.
 */
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
