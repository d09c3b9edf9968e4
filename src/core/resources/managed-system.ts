import { HmcOutputError } from '../hmc-language/hmc-output-error.js';
import { parseRecords } from '../hmc-language/records.js';
import type { Attributes } from '../hmc-language/attributes.js';
import { optionalText, recordText, requiredText } from './attribute-values.js';

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

/** What can stand as a type-model*serial in a command: no blanks, one asterisk, no dash in front. */
const MTMS = /^[^\s*\p{Cc}-][^\s*\p{Cc}]*\*[^\s*\p{Cc}]+$/u;

/**
 * null for a system that has not told its type, model and serial number (a connection that never came about, as
 * `type_model_serial_num=unavailable` of lssysconn-states.txt, or `Unknown`, the non-value of hmc-cli.md §3): it has no
 * identity, so no call can name it, and two of them would be taken for one.
 * @throws {HmcOutputError} for a record without a name, or a type-model*serial that is none
 */
function managedSystemFromRecord(record: Attributes): ManagedSystem | null {
  const typeModel = optionalText(record, 'type_model');
  const serialNumber = optionalText(record, 'serial_num');
  if (typeModel === null || serialNumber === null) return null;
  if (typeModel === 'Unknown' || serialNumber === 'Unknown') return null;
  const mtms = `${typeModel}*${serialNumber}`;
  if (!MTMS.test(mtms)) {
    throw new HmcOutputError(`The HMC printed ${JSON.stringify(mtms)} as type, model and serial`, recordText(record));
  }
  return {
    mtms,
    name: requiredText(record, 'name'),
    state: optionalText(record, 'state'),
    ipAddress: optionalText(record, 'ipaddr'),
    attributes: record,
  };
}

/** The listing of `lssyscfg -r sys`, without the systems that have no identity. @throws {HmcOutputError} */
export function parseManagedSystems(text: string): ManagedSystem[] {
  return parseRecords(text).flatMap((record) => managedSystemFromRecord(record) ?? []);
}
