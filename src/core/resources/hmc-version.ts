import { HmcOutputError } from '../hmc-language/hmc-output-error.js';
import { parseRecords } from '../hmc-language/records.js';
import type { Attributes } from '../hmc-language/attributes.js';
import { optionalText, requiredText } from './attribute-values.js';

/** What `lshmc -V` says (hmc-cli.md §1.9): one record with newlines inside its values. */
export interface HmcVersion {
  /** `V10R3`, `V8R8.2.0`; null where the HMC does not print `base_version`. */
  readonly baseVersion: string | null;
  /** `8`. */
  readonly version: string | null;
  /** `8.2.0`; a V10 prints `3`. */
  readonly release: string | null;
  /** `0`, `1060`. */
  readonly servicePack: string | null;
  /** `2408210051`. */
  readonly buildLevel: string | null;
  /** The lines after the build level, as printed: `MF71697 - iFix for HMC V10R3 M1060`. */
  readonly fixes: readonly string[];
  readonly attributes: Attributes;
}

/** @throws {HmcOutputError} */
function hmcVersionFromRecord(record: Attributes): HmcVersion {
  const text = requiredText(record, 'version');
  const find = (pattern: RegExp): string | null => pattern.exec(text)?.[1]?.trim() ?? null;
  const lines = text.split('\n').map((line) => line.trim());
  const buildLine = lines.findIndex((line) => line.startsWith('HMC Build level'));
  return {
    baseVersion: optionalText(record, 'base_version')?.trim() ?? null,
    version: find(/Version: (.*)/),
    release: find(/Release: (.*)/),
    servicePack: find(/Service Pack: (.*)/),
    buildLevel: find(/HMC Build level (.*)/),
    fixes: buildLine < 0 ? [] : lines.slice(buildLine + 1).filter((line) => line !== ''),
    attributes: record,
  };
}

/** The output of `lshmc -V`. @throws {HmcOutputError} */
export function parseHmcVersion(text: string): HmcVersion {
  return hmcVersionFromRecord(onlyRecord(text));
}

/** What `lshmc -v` says of the console itself: keyword lines of its vital product data. */
interface HmcVitalProductData {
  /** `*TM`: `7310-CR4`. */
  readonly typeModel: string | null;
  /** `*SE`. */
  readonly serialNumber: string | null;
  /** `*RM`: `V8R8.2.0.0`. */
  readonly level: string | null;
  /** `*N2`, the HMC's clock, ISO 8601 UTC; null when the HMC names a time zone other than UTC or GMT. */
  readonly clock: string | null;
  readonly attributes: Attributes;
}

/** The output of `lshmc -v`. @throws {HmcOutputError} */
export function parseHmcVitalProductData(text: string): HmcVitalProductData {
  const record = onlyRecord(text);
  const vpd = requiredText(record, 'vpd');
  const keyword = (name: string): string | null => {
    const value = new RegExp(`^\\*${name} (.*)$`, 'm').exec(vpd)?.[1]?.trim();
    return value ? value : null;
  };
  return {
    typeModel: keyword('TM'),
    serialNumber: keyword('SE'),
    level: keyword('RM'),
    clock: clockOf(keyword('N2')),
    attributes: record,
  };
}

/** `Sun Sep 10 21:37:06 UTC 2017`; a local zone's abbreviation does not tell the offset. */
function clockOf(text: string | null): string | null {
  const [, monthAndDay, time, year] = /^\w+ (\w+ +\d+) ([\d:]+) (?:UTC|GMT) (\d{4})$/.exec(text ?? '') ?? [];
  const at = new Date(`${monthAndDay} ${year} ${time} UTC`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

function onlyRecord(text: string): Attributes {
  const [record] = parseRecords(text);
  if (record === undefined) throw new HmcOutputError('The HMC says nothing of itself', text);
  return record;
}
