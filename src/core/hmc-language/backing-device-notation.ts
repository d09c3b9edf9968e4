import { isRepresentable } from './quote-word.js';
import type { PartitionRef } from './partition-ref.js';
import { HmcOutputError } from './hmc-output-error.js';

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

/** Whether the notation with slashes, here and in `vnic_mappings`, can carry this name of a Virtual I/O Server. */
export const fitsNotation = (name: string): boolean => isRepresentable(name) && !/[/,"]/.test(name);

/**
 * A percentage in the HMC's way of writing one: `2.0`, `42.42`.
 * @throws {RangeError} for what is not a plain, non-negative number
 */
export function percentText(percent: number): string {
  const text = Number.isInteger(percent) ? percent.toFixed(1) : String(percent);
  if (!/^\d+\.\d+$/.test(text)) throw new RangeError(`not a percentage: ${text}`);
  return text;
}

/**
 * The INPUT form (hmc-cli.md §1.2): `sriov/name/id/adapter/port/capacity/priority[/max-capacity]`.
 * The Virtual I/O Server is given by its name, as the seed does (BLOG); by its id alone one whose name is no name for
 * it: the notation cannot carry a slash, a comma or a quote, and a name in `sharedNames` stands for another partition,
 * too. The synopsis has the id alone, no capture shows it (INFERRED); the name with the id is LIVE, but not which of
 * the two the HMC looks for where several have the name. Priority is left out with its slash when nobody asked for one
 * (LIVE); a place left empty before it (`…/1//20`) follows the synopsis and was not seen (INFERRED).
 */
export function formatBackingDeviceInput(
  device: BackingDeviceInput,
  sharedNames: ReadonlySet<string> = new Set(),
): string {
  const { virtualIoServer, capacity, failoverPriority, maxCapacity } = device;
  const { name } = virtualIoServer;
  const nameFits = fitsNotation(name) && !sharedNames.has(name);
  const fields = [
    'sriov',
    nameFits ? name : '',
    nameFits ? '' : String(virtualIoServer.id),
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

/**
 * Reads one device of the INPUT form, with 6, 7 or 8 fields, as people and other programs write it.
 * @throws {HmcOutputError} for anything else
 */
export function parseBackingDeviceInput(text: string): ParsedBackingDeviceInput {
  const [, name, id, adapterId, physicalPortId, capacity, priority, maxCapacity] =
    /^sriov\/([^/]*)\/(\d*)\/(\d+)\/(\d+)\/([\d.]*)(?:\/(\d*)(?:\/([\d.]*))?)?$/.exec(text) ?? notUnderstood(text);
  return {
    virtualIoServer: { name: name || null, id: id ? Number(id) : null },
    adapterId: Number(adapterId),
    physicalPortId: Number(physicalPortId),
    capacity: capacity ? percent(capacity, text) : null,
    failoverPriority: priority ? Number(priority) : null,
    maxCapacity: maxCapacity ? percent(maxCapacity, text) : null,
  };
}

/**
 * The OUTPUT form (hmc-cli.md §1.2), one device:
 * `sriov/name/id/adapter/port/logical-port/capacity/desired-capacity/priority[/max-capacity/desired-max-capacity]`.
 * The last two are LIVE on V10 and V11; that older HMCs end at the priority is INFERRED. Read from the right: a slash
 * in the name of a Virtual I/O Server cannot shift the fields, because a logical port id has eight hex digits.
 */
const OUTPUT_FORM =
  /^sriov\/(.*)\/(\d+)\/(\d+)\/(\d+)\/([0-9a-f]{8})\/([^/]*)\/([\d.]+)\/(\d+)(?:\/([^/]*)\/([^/]*))?$/i;

/** A device as the `backing_devices` attribute shows it: whether it is active stands in another attribute. */
export interface PrintedBackingDevice {
  /** Lower-case hex, `2700400b`. */
  readonly logicalPortId: string;
  readonly virtualIoServer: PartitionRef;
  readonly adapterId: number;
  readonly physicalPortId: number;
  /**
   * Percent of the physical port, as it is now; null where the HMC prints a non-value (hmc-cli.md §3), as it does for
   * what stood on a missing adapter in other listings. Seen of no vNIC (INFERRED).
   */
  readonly capacity: number | null;
  /** Percent of the physical port, as it was asked for. */
  readonly desiredCapacity: number;
  /**
   * null where the HMC does not tell it, as those that print nine fields: any maximum is possible then, not only 100.
   */
  readonly maxCapacity: number | null;
  readonly desiredMaxCapacity: number | null;
  /** 1 to 100; the lowest number wins. */
  readonly failoverPriority: number;
}

/**
 * The value of `backing_devices`, in the HMC's order; [] where it is empty or `none`.
 * @throws {HmcOutputError} when one device cannot be read: half a vNIC would be taken for the whole
 */
export function parseBackingDevices(text: string): PrintedBackingDevice[] {
  return (isNone(text) ? [] : elements(text)).map((element) => {
    const [, name, id, adapterId, physicalPortId, logicalPortId, capacity, desired, priority, max, desiredMax] =
      OUTPUT_FORM.exec(element) ?? notUnderstood(element);
    return {
      logicalPortId: (logicalPortId ?? '').toLowerCase(),
      virtualIoServer: { name: name ?? '', id: Number(id) },
      adapterId: Number(adapterId),
      physicalPortId: Number(physicalPortId),
      capacity: isNonValue(capacity ?? '') ? null : percent(capacity ?? '', element),
      desiredCapacity: percent(desired ?? '', element),
      maxCapacity: isPercent(max) ? Number(max) : null,
      desiredMaxCapacity: isPercent(desiredMax) ? Number(desiredMax) : null,
      failoverPriority: Number(priority),
    };
  });
}

/** The state of a device as the `backing_device_states` attribute shows it. */
export interface BackingDeviceState {
  /** null when the HMC prints neither 0 nor 1, or no state for this device. */
  readonly active: boolean | null;
  /** `Operational`, `Link Down` … as printed; null when empty, or when the HMC prints no state for this device. */
  readonly status: string | null;
}

/**
 * The value of `backing_device_states` by logical port id: `sriov/27004003/1/Operational,…`. What is printed for a
 * partition that is not running was not seen, so a non-value (hmc-cli.md §3) is no states. Nor are the states of a vNIC
 * told where one stands without its logical port (`sriov/null/0/Unknown`, not seen either): whose it is, is not known,
 * and the others alone would say that nobody is active, or operational.
 * @throws {HmcOutputError} for an element of another form
 */
export function parseBackingDeviceStates(text: string): Map<string, BackingDeviceState> {
  const states = new Map<string, BackingDeviceState>();
  for (const element of isNonValue(text) ? [] : elements(text)) {
    const [, id = '', active, status] = /^sriov\/([^/]*)\/([^/]*)\/(.*)$/.exec(element) ?? notUnderstood(element);
    if (isNonValue(id)) return new Map();
    if (!/^[0-9a-f]+$/i.test(id)) notUnderstood(element);
    const isActive = active === '1' ? true : active === '0' ? false : null;
    states.set(id.toLowerCase(), { active: isActive, status: status || null });
  }
  return states;
}

/**
 * Each element begins with its type, so a comma in a name does not part it. A blank after the comma was not seen; it is
 * taken to part as well (INFERRED): no name holds `, sriov/`, and one device would swallow the other.
 */
function elements(text: string): string[] {
  return text.split(/,\s*(?=sriov\/)/);
}

/** What stands for no device at all. `Unknown` does not: devices that are not known may be there. */
function isNone(text: string): boolean {
  return ['', 'none', 'null', 'unavailable'].includes(text);
}

/** A non-value (hmc-cli.md §3). */
function isNonValue(text: string): boolean {
  return isNone(text) || text === 'Unknown';
}

function isPercent(text: string | undefined): boolean {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text);
}

function percent(text: string, element: string): number {
  return isPercent(text) ? Number(text) : notUnderstood(element);
}

function notUnderstood(text: string): never {
  throw new HmcOutputError('This is not a backing device as the HMC writes one', text);
}
