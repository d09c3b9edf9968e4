import { parseRecords } from '../hmc-language/records.js';
import type { Attributes } from '../hmc-language/attributes.js';
import { optionalNumber, optionalText, requiredInteger, requiredText } from './attribute-values.js';

/** Virtual slot usage of one partition: `lshwres -r virtualio --rsubtype slot --level lpar` (hmc-cli.md §1.5). */
export interface VirtualSlots {
  readonly partition: { readonly name: string; readonly id: number };
  readonly currentMaxVirtualSlots: number | null;
  /** The next slot that no virtual adapter of any kind uses; null when there is none or the HMC does not tell. */
  readonly nextAvailableVirtualSlot: number | null;
  readonly attributes: Attributes;
}

/** @throws {HmcOutputError} for a record without the partition */
function virtualSlotsFromRecord(record: Attributes): VirtualSlots {
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

/** A virtual slot that an adapter holds: `lshwres -r virtualio --rsubtype slot --level slot` (hmc-cli.md §1.5). */
export interface UsedSlot {
  readonly partitionId: number;
  readonly slot: number;
  /** `config`, a name RECALLED: the kind of adapter, `scsi`, `eth` …; null when the HMC does not tell. */
  readonly kind: string | null;
}

/**
 * Published code takes every slot that is listed for one in use. @throws {HmcOutputError} for a record without the slot
 */
export function parseUsedSlots(text: string): UsedSlot[] {
  return parseRecords(text).map((record) => ({
    partitionId: requiredInteger(record, 'lpar_id'),
    slot: requiredInteger(record, 'slot_num'),
    kind: optionalText(record, 'config'),
  }));
}
