import { invalidParameter, missingOrInvalid } from '../commands/refusal.js';

/** The options that one HMC command knows. Long and short names are written with their dashes. */
export interface OptionTable {
  /** Take one value: `-m SYSTEM`. */
  readonly values?: readonly string[];
  /** Take a value or none: `-F` alone asks for all attributes. */
  readonly optionalValues?: readonly string[];
  /** Take no value: `--header`. */
  readonly flags?: readonly string[];
}

/** The options of one command line, as given. */
export class Options {
  constructor(private readonly given: ReadonlyMap<string, string>) {}

  /** Whether the option stands on the line, with a value or without. */
  has(name: string): boolean {
    return this.given.has(name);
  }

  /** The value, or undefined where the option is absent. */
  get(name: string): string | undefined {
    return this.given.get(name);
  }

  /** The value of an option that the command cannot do without. */
  need(name: string): string {
    const value = this.given.get(name);
    if (value === undefined || value === '') throw missingOrInvalid(name);
    return value;
  }

  /** A whole number within bounds, or undefined where the option is absent. */
  integer(name: string, lowest: number, highest: number): number | undefined {
    const value = this.given.get(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (!(number >= lowest && number <= highest)) throw missingOrInvalid(name);
    return number;
  }
}

/**
 * Reads the words after the command's name. Throws HmcRefusal for a word that the command does not know, a value that
 * is missing, and an option given twice.
 */
export function readOptions(words: readonly string[], table: OptionTable): Options {
  const given = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const name = words[at] ?? '';
    if (given.has(name)) throw invalidParameter(name);
    const next = words[at + 1];
    if (table.flags?.includes(name)) {
      given.set(name, '');
    } else if (table.values?.includes(name)) {
      if (next === undefined) throw missingOrInvalid(name);
      given.set(name, next);
      at += 1;
    } else if (table.optionalValues?.includes(name)) {
      const hasValue = next !== undefined && !next.startsWith('-');
      given.set(name, hasValue ? next : '');
      if (hasValue) at += 1;
    } else {
      throw invalidParameter(name);
    }
  }
  return new Options(given);
}
