import type { Attributes } from './attributes.js';

/** Virtual slot usage of one partition: `lshwres -r virtualio --rsubtype slot --level lpar` (hmc-cli.md §1.5). */
export interface VirtualSlots {
  readonly partition: { readonly name: string; readonly id: number };
  readonly currentMaxVirtualSlots: number | null;
  /** The next slot that no virtual adapter of any kind uses; null when there is none or the HMC does not tell. */
  readonly nextAvailableVirtualSlot: number | null;
  readonly attributes: Attributes;
}
