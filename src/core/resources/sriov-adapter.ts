import { parseRecords } from '../hmc-language/records.js';
import type { Attributes } from '../hmc-language/attributes.js';
import { optionalFlag, optionalNumber, optionalText, requiredText } from './attribute-values.js';

/** An SR-IOV capable adapter: a record of `lshwres -r sriov --rsubtype adapter` (hmc-cli.md §1.5). */
export interface SriovAdapter {
  /** null while the adapter is in dedicated mode (the HMC prints the word `null`). */
  readonly adapterId: number | null;
  /** DRC index in hex, `21010020`. */
  readonly slotId: string;
  /** `config_state`: `sriov` (shared mode) or `dedicated`; null when unavailable. */
  readonly mode: string | null;
  readonly functional: boolean | null;
  /** `sriov_status`: `running`, `missing` …; null in dedicated mode. */
  readonly status: string | null;
  /** null where the HMC tells none, as it tells little of an adapter that is missing. */
  readonly physicalLocation: string | null;
  readonly physicalPorts: number | null;
  readonly logicalPorts: number | null;
  readonly maxLogicalPorts: number | null;
  /** `custom_max_capacity_capable`; null where the HMC does not know the attribute or the adapter is dedicated. */
  readonly customMaxCapacityCapable: boolean | null;
  readonly attributes: Attributes;
}

/** `running` is LIVE, the case of letters is not trusted (hmc-cli.md §1.5); null where the HMC does not tell. */
export function isRunning({ status }: Pick<SriovAdapter, 'status'>): boolean | null {
  return status === null ? null : status.toLowerCase() === 'running';
}

/** @throws {HmcOutputError} for a record without a slot id */
export function sriovAdapterFromRecord(record: Attributes): SriovAdapter {
  return {
    adapterId: optionalNumber(record, 'adapter_id'),
    slotId: requiredText(record, 'slot_id'),
    mode: optionalText(record, 'config_state'),
    functional: optionalFlag(record, 'functional_state'),
    status: optionalText(record, 'sriov_status'),
    physicalLocation: optionalText(record, 'phys_loc'),
    physicalPorts: optionalNumber(record, 'phys_ports'),
    logicalPorts: optionalNumber(record, 'logical_ports'),
    maxLogicalPorts: optionalNumber(record, 'adapter_max_logical_ports'),
    customMaxCapacityCapable: optionalFlag(record, 'custom_max_capacity_capable'),
    attributes: record,
  };
}

/** The listing of `lshwres -r sriov --rsubtype adapter`. @throws {HmcOutputError} */
export function parseSriovAdapters(text: string): SriovAdapter[] {
  return parseRecords(text).map(sriovAdapterFromRecord);
}
