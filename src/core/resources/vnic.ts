import type { Attributes } from './attributes.js';

/** A partition as other records mention it. */
export interface PartitionRef {
  readonly name: string;
  readonly id: number;
}

/** `all`, `none`, or the list; null when the HMC printed nothing usable. */
export type AllowedVlanIds = 'all' | 'none' | readonly number[];
export type AllowedMacAddresses = 'all' | 'none' | readonly string[];

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
  /** null on HMCs that print nine fields. */
  readonly maxCapacity: number | null;
  readonly desiredMaxCapacity: number | null;
  /** 1 to 100; the lowest number wins. */
  readonly failoverPriority: number;
  /** From `backing_device_states`; null when the listing has no state for this device. */
  readonly active: boolean | null;
  /** `Operational`, `Link Down` … as printed; null when the listing has no state for this device. */
  readonly status: string | null;
}

/** A vNIC: a record of `lshwres -r virtualio --rsubtype vnic` (hmc-cli.md §1.5). */
export interface Vnic {
  readonly partition: PartitionRef;
  readonly slot: number;
  readonly autoPriorityFailover: boolean | null;
  /** 0 = no VLAN. */
  readonly portVlanId: number | null;
  readonly portVlanPriority: number | null;
  readonly allowedVlanIds: AllowedVlanIds | null;
  /** 12 hex digits, lower-case, no separators. */
  readonly macAddress: string | null;
  readonly allowedOsMacAddresses: AllowedMacAddresses | null;
  readonly desiredMode: string | null;
  readonly currentMode: string | null;
  /** In the HMC's order. */
  readonly backingDevices: readonly BackingDevice[];
  readonly attributes: Attributes;
}
