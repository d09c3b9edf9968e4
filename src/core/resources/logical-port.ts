import { parseRecords } from '../hmc-language/records.js';
import type { Attributes } from '../hmc-language/attributes.js';
import {
  listOf,
  optionalFlag,
  optionalNumber,
  optionalText,
  requiredInteger,
  requiredText,
} from './attribute-values.js';
import { macDigits } from './mac-address.js';

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

/**
 * @throws {HmcOutputError} for a record without the ids, the type or the location, or an owner's name without its id
 */
export function logicalPortFromRecord(record: Attributes): LogicalPort {
  const macAddress = optionalText(record, 'mac_addr');
  const clientIds = listOf(record, 'client_lpar_ids');
  return {
    adapterId: requiredInteger(record, 'adapter_id'),
    logicalPortId: requiredText(record, 'logical_port_id').toLowerCase(),
    configured: requiredText(record, 'logical_port_type') !== 'unconfigured',
    physicalPortId: optionalNumber(record, 'phys_port_id'),
    partition: ownerOf(record),
    vnicBackingDevice: optionalFlag(record, 'is_vnic_backing_device'),
    clients: listOf(record, 'client_lpar_names').map((name, index) => ({
      name,
      id: /^\d+$/.test(clientIds[index] ?? '') ? Number(clientIds[index]) : null,
    })),
    capacity: optionalNumber(record, 'capacity'),
    maxCapacity: optionalNumber(record, 'max_capacity'),
    functional: optionalFlag(record, 'functional_state'),
    macAddress: macAddress === null ? null : macDigits(macAddress),
    locationCode: requiredText(record, 'location_code'),
    attributes: record,
  };
}

/** `none` is a non-value (hmc-cli.md §3.8), and a name: the id tells which of the two. */
function ownerOf(record: Attributes): LogicalPort['partition'] {
  const name = optionalText(record, 'lpar_name');
  if (name === null || (name === 'none' && listOf(record, 'lpar_id').length === 0)) return null;
  return { name, id: requiredInteger(record, 'lpar_id') };
}

/** The listing of `lshwres -r sriov --rsubtype logport`, with or without `--level`. @throws {HmcOutputError} */
export function parseLogicalPorts(text: string): LogicalPort[] {
  return parseRecords(text).map(logicalPortFromRecord);
}
