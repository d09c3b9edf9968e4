import { HmcOutputError } from '../hmc-language/hmc-output-error.js';
import type { Attributes } from '../hmc-language/attributes.js';

/**
 * How an attribute as printed becomes a value. An HMC prints non-values where it has none: nothing at all, `null`
 * (an adapter in dedicated mode), `unavailable` (a system that does not answer) (hmc-cli.md §3). They become null.
 * `none` and `Unknown` are texts like others: for some attributes they are values (`rmc_state`, `allowed_vlan_ids`).
 */
const NON_VALUES: ReadonlySet<string> = new Set(['', 'null', 'unavailable']);

/** The text as printed; null for a non-value and for an attribute that this HMC does not print. */
export function optionalText(record: Attributes, name: string): string | null {
  const value = record[name];
  return value === undefined || NON_VALUES.has(value) ? null : value;
}

/**
 * The text exactly as printed, whatever it says: for names that people give. @throws {HmcOutputError} when not printed
 */
export function requiredText(record: Attributes, name: string): string {
  const value = record[name];
  if (value === undefined) throw new HmcOutputError(`The HMC printed no ${name}`, recordText(record));
  return value;
}

/** A number of 0 or more; null for anything that is not a plain number, never NaN. */
export function optionalNumber(record: Attributes, name: string): number | null {
  const value = record[name];
  return value !== undefined && /^\d+(\.\d+)?$/.test(value) ? Number(value) : null;
}

/** A whole number of 0 or more. @throws {HmcOutputError} for anything else */
export function requiredInteger(record: Attributes, name: string): number {
  const value = requiredText(record, name);
  if (!/^\d+$/.test(value)) {
    throw new HmcOutputError(`The HMC printed ${JSON.stringify(value)} as ${name}, not a number`, recordText(record));
  }
  return Number(value);
}

/** `1` and `0`; null for everything else. */
export function optionalFlag(record: Attributes, name: string): boolean | null {
  const value = record[name];
  return value === '1' ? true : value === '0' ? false : null;
}

/** A list as printed; [] where the HMC prints no value or `none`. */
export function listOf(record: Attributes, name: string): string[] {
  const value = optionalText(record, name);
  return value === null || value === 'none' ? [] : value.split(',');
}

export function recordText(record: Attributes): string {
  return Object.entries(record)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
