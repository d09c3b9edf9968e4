import type { Attributes } from './attributes.js';

/** One managed system as ONE HMC lists it: a record of `lssyscfg -r sys` (hmc-cli.md §1.8). */
export interface ManagedSystem {
  /** `type_model*serial_num`, e.g. `9119-MME*65BA46F`: the identity. */
  readonly mtms: string;
  /** User-defined name: a label that may repeat. */
  readonly name: string;
  /** `Operating`, `Power Off`, `No Connection` … as printed; null when the HMC prints `unavailable` or nothing. */
  readonly state: string | null;
  readonly ipAddress: string | null;
  readonly attributes: Attributes;
}
