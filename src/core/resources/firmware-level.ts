import { HmcOutputError } from '../hmc-language/hmc-output-error.js';
import { parseRecords } from '../hmc-language/records.js';
import type { Attributes } from '../hmc-language/attributes.js';
import { optionalText } from './attribute-values.js';

/**
 * The firmware of a system: a record of `lslic`. The attribute names are from the seed and IBM's page, the shape of the
 * values is INFERRED (hmc-cli.md §1.9): each is null where it cannot be read.
 */
export interface FirmwareLevel {
  /** `activated_level`: the level within the release, `56`. */
  readonly activatedLevel: string | null;
  /** `activated_spname`: `FW860.10`. */
  readonly servicePackName: string | null;
  /** `ecnumber`: `01SC860`. */
  readonly ecNumber: string | null;
  /** The releases that the two names speak of, `[860]`; two different ones where they contradict each other. */
  readonly releases: readonly number[];
  readonly attributes: Attributes;
}

/** The output of `lslic -t sys`: the line of the system where there are several. @throws {HmcOutputError} */
export function parseFirmwareLevel(text: string): FirmwareLevel {
  const records = parseRecords(text);
  const record = records.find((one) => one['activated_level'] !== undefined) ?? records[0];
  if (record === undefined) throw new HmcOutputError('The HMC says nothing of the firmware', text);
  const servicePackName = optionalText(record, 'activated_spname');
  const ecNumber = optionalText(record, 'ecnumber');
  const releases = [
    /FW\s?(\d{3,4})(?!\d)/i.exec(servicePackName ?? '')?.[1],
    /^\d\d[A-Z]{2}(\d{3,4})$/i.exec(ecNumber ?? '')?.[1],
  ].flatMap((release) => (release === undefined ? [] : [Number(release)]));
  return {
    activatedLevel: optionalText(record, 'activated_level'),
    servicePackName,
    ecNumber,
    releases: [...new Set(releases)],
    attributes: record,
  };
}
