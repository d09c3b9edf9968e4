import { parseRecords } from '../hmc-language/records.js';
import { optionalNumber, requiredInteger, requiredText } from './attribute-values.js';
import type { Attributes } from './attributes.js';

/** Virtual slot usage of one partition: `lshwres -r virtualio --rsubtype slot --level lpar` (hmc-cli.md §1.5). */
export interface VirtualSlots {
  readonly partition: { readonly name: string; readonly id: number };
  readonly currentMaxVirtualSlots: number | null;
  /** The next slot that no virtual adapter of any kind uses; null when there is none or the HMC does not tell. */
  readonly nextAvailableVirtualSlot: number | null;
  readonly attributes: Attributes;
}

/** @throws {HmcOutputError} for a record without the partition */
export function virtualSlotsFromRecord(record: Attributes): VirtualSlots {
  return {
    partition: { name: requiredText(record, 'lpar_name'), id: requiredInteger(record, 'lpar_id') },
    currentMaxVirtualSlots: optionalNumber(record, 'curr_max_virtual_slots'),
    nextAvailableVirtualSlot: optionalNumber(record, 'next_avail_virtual_slot'),
    attributes: record,
  };
}

/** The listing of `lshwres -r virtualio --rsubtype slot --level lpar`. @throws {HmcOutputError} */
export function parseVirtualSlots(text: string): VirtualSlots[] {
  return parseRecords(text).map(virtualSlotsFromRecord);
}
