import { invalidAttribute, type Locale, noResults } from '../commands/refusal.js';

/** One row: attribute name and value, in the order in which the HMC prints them. */
export type Row = ReadonlyMap<string, string>;

/** Builds a row from pairs; numbers are printed as they are. */
export const row = (...pairs: readonly (readonly [string, string | number])[]): Row =>
  new Map(pairs.map(([name, value]) => [name, String(value)]));

export interface Listing {
  readonly rows: readonly Row[];
  /** Attributes of the default listing, in order; rows may lack some and have others (hmc-cli.md §1.5, adapter). */
  readonly attributes: readonly string[];
  /** Attributes that only an explicit `-F` shows, such as `min_eth_capacity_granularity`. */
  readonly hidden?: readonly string[];
}

export interface ListingFormat {
  /** undefined = the default format; '' = `-F` without names; else the names with their separator. */
  readonly fields: string | undefined;
  readonly header: boolean;
  readonly locale: Locale;
}

/**
 * Prints a listing as hmc-cli.md §3 says: `attr=value` pairs, or the values of `-F`, or one line when there is nothing.
 * Throws HmcRefusal for an attribute that the listing does not have.
 */
export function printListing(listing: Listing, format: ListingFormat): string {
  const separator = format.fields === undefined ? ',' : separatorOf(format.fields);
  const names = fieldNames(listing, format.fields, separator);
  for (const name of names) {
    if (!listing.attributes.includes(name) && !listing.hidden?.includes(name))
      throw invalidAttribute(name, format.locale);
  }
  if (listing.rows.length === 0) return `${noResults(format.locale)}\n`;
  if (format.fields === undefined) return listing.rows.map((each) => `${defaultLine(each, listing)}\n`).join('');

  const lines = listing.rows.map((each) =>
    // A row without the attribute: INFERRED `null`, the word an HMC prints where an attribute does not apply.
    names.map((name) => quoteWhereNeeded(each.get(name) ?? 'null', separator)).join(separator),
  );
  if (format.header) lines.unshift(names.join(separator));
  return lines.map((line) => `${line}\n`).join('');
}

/** The default format quotes the whole pair, and doubles quotes inside it (samples/lssyscfg-prof-v7r7.txt). */
function defaultLine(each: Row, listing: Listing): string {
  const hidden = listing.hidden ?? [];
  return [...each]
    .filter(([name]) => !hidden.includes(name))
    .map(([name, value]) => quoteWhereNeeded(`${name}=${value}`, ','))
    .join(',');
}

function fieldNames(listing: Listing, fields: string | undefined, separator: string): readonly string[] {
  if (fields !== undefined && fields !== '') return fields.split(separator);
  return listing.attributes;
}

/** The sign between the names of `-F` becomes the separator of the output (hmc-cli.md §3.6). */
function separatorOf(fields: string): string {
  return /[^A-Za-z0-9_]/.exec(fields)?.[0] ?? ',';
}

/**
 * Quoted only where the separator, a quote or a line break stands in the text; INFERRED
 * for other separators than a comma.
 */
function quoteWhereNeeded(text: string, separator: string): string {
  return text.includes(separator) || /["\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
