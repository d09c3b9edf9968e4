import { isRepresentable } from './quote-word.js';
import type { PartitionRef } from '../resources/vnic.js';

/** A backing device as a change names it: Virtual I/O Server and physical port, and what it shall be. */
export interface BackingDeviceInput {
  readonly virtualIoServer: PartitionRef;
  readonly adapterId: number;
  readonly physicalPortId: number;
  /** Percent of the physical port; the HMC takes the port's minimum when left out. */
  readonly capacity?: number | undefined;
  /** 1 to 100; the HMC takes 50 when left out (LIVE). */
  readonly failoverPriority?: number | undefined;
  /** Percent; the HMC takes 100.0 when left out (LIVE). */
  readonly maxCapacity?: number | undefined;
}

/** The INPUT form as written by anyone: a Virtual I/O Server may go by its name or its id alone. */
export interface ParsedBackingDeviceInput {
  readonly virtualIoServer: { readonly name: string | null; readonly id: number | null };
  readonly adapterId: number;
  readonly physicalPortId: number;
  readonly capacity: number | null;
  readonly failoverPriority: number | null;
  readonly maxCapacity: number | null;
}

/**
 * A percentage in the HMC's way of writing one: `2.0`, `42.42`.
 * @throws {RangeError} for what is not a plain, non-negative number
 */
export function percentText(percent: number): string {
  const text = Number.isInteger(percent) ? percent.toFixed(1) : String(percent);
  if (!/^\d+\.\d+$/.test(text)) {
    throw new RangeError(`not a percentage: ${text}`);
  }
  return text;
}

/**
 * The INPUT form (hmc-cli.md §1.2): `sriov/name/id/adapter/port/capacity/priority[/max-capacity]`.
 * Name and id of the Virtual I/O Server are both given (LIVE); a name that the notation cannot carry, one with a slash,
 * a comma or a quote, is left out, which the notation allows. Priority is left out with its slash when nobody asked
 * for one (LIVE); a place left empty before it (`…/1//20`) follows the synopsis and was not seen (INFERRED).
 */
export function formatBackingDeviceInput(device: BackingDeviceInput): string {
  const { virtualIoServer, capacity, failoverPriority, maxCapacity } = device;
  const nameFits = isRepresentable(virtualIoServer.name) && !/[/,"]/.test(virtualIoServer.name);
  const fields = [
    'sriov',
    nameFits ? virtualIoServer.name : '',
    String(virtualIoServer.id),
    String(device.adapterId),
    String(device.physicalPortId),
    capacity === undefined ? '' : percentText(capacity),
  ];
  if (failoverPriority !== undefined || maxCapacity !== undefined || capacity === undefined) {
    fields.push(failoverPriority === undefined ? '' : String(failoverPriority));
  }
  if (maxCapacity !== undefined) {
    fields.push(percentText(maxCapacity));
  }
  return fields.join('/');
}
