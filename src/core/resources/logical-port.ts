import type { Attributes } from './attributes.js';

/** A logical port (VF): a record of `lshwres -r sriov --rsubtype logport` (hmc-cli.md §1.5). */
export interface LogicalPort {
  readonly adapterId: number;
  /** Lower-case hex DRC index, `2700400b`. */
  readonly logicalPortId: string;
  readonly configured: boolean;
  /** null while unconfigured. */
  readonly physicalPortId: number | null;
  /** Owner: the VIOS for a vNIC backing device. null while unconfigured. */
  readonly partition: { readonly name: string; readonly id: number } | null;
  readonly vnicBackingDevice: boolean | null;
  /** Client partitions of a vNIC backing device, as printed. */
  readonly clients: readonly { readonly name: string; readonly id: number | null }[];
  /** Percent. */
  readonly capacity: number | null;
  readonly maxCapacity: number | null;
  readonly functional: boolean | null;
  readonly macAddress: string | null;
  readonly locationCode: string;
  readonly attributes: Attributes;
}
