import { CsvError, parse } from 'csv-parse/sync';

import type { Attributes } from './attributes.js';
import { beginsWithCode } from './error-catalogue.js';
import { HmcOutputError } from './hmc-output-error.js';

/**
 * The one reader of listings. What an HMC prints at exit 0 is CSV (RFC 4180) over whole pairs: a pair whose value holds
 * a comma, a quote or a newline is quoted, quotes in it doubled (hmc-cli.md §3). So newlines are not split, and `=` is
 * not looked for, before the quotes are gone.
 *
 * At any other exit status the text is no listing: see error-catalogue.ts. Nor is a text that begins with the code of a
 * message, though none was seen at exit 0 but of `viosvrcmd` (INFERRED): read as the words for an empty listing it
 * would say that nothing is there. Nor is no output at all: where there is nothing an HMC says so in words, in every
 * format (LIVE, hmc-cli.md §3.7).
 *
 * Those words are localised, so they are known by their shape alone. What that leaves open: other words on one line,
 * without a code and at exit 0, are taken for an empty listing too. None were seen.
 */

/**
 * A listing in the default format, `attr=value,attr=value`: one set of attributes a record, each with the attributes of
 * its own row (rows of one listing differ, hmc-cli.md §1.5). A name ends at the first `=` of its pair.
 *
 * `No results were found.` is localised (`Nie znaleziono wyników.`), so it is known by its shape: a single line without
 * any `=` and without quotes is an empty listing.
 * @throws {HmcOutputError} for no output, quotes that do not match (output cut off), a pair without `=`, a name given
 * twice, or a message with a code
 */
export function parseRecords(text: string): Attributes[] {
  refuseUnlisted(text);
  const trimmed = text.trim();
  if (!/[="\n\r]/.test(trimmed)) return [];
  return splitCsv(text).map((pairs) => {
    const record = new Map<string, string>();
    for (const pair of pairs) {
      const equals = pair.indexOf('=');
      const name = pair.slice(0, Math.max(equals, 0));
      if (name === '') {
        throw new HmcOutputError(`The HMC printed ${JSON.stringify(pair)} where attr=value belongs`, pairs.join(','));
      }
      if (record.has(name)) {
        throw new HmcOutputError(`The HMC printed the attribute ${name} twice in one record`, pairs.join(','));
      }
      record.set(name, pair.slice(equals + 1));
    }
    return Object.fromEntries(record);
  });
}

/**
 * A listing made with `-F … --header`: the first record names the columns.
 *
 * A single line is an empty listing: where there are rows there is a header before them, and where there are none the
 * HMC prints `No results were found.`, localised, in place of both.
 * @throws {HmcOutputError} for no output, quotes that do not match, a row with more or fewer values than there are
 * columns, or a message with a code
 */
export function parseTable(text: string): Attributes[] {
  refuseUnlisted(text);
  const [columns, ...rows] = splitCsv(text);
  return columns === undefined ? [] : rows.map((values) => nameValues(columns, values));
}

/**
 * A listing made with `-F a,b,c` and no header, whose columns the caller knows.
 *
 * A single line with a single value is an empty listing (`No results were found.`, localised). With one column that
 * could not be told from data: always ask for two or more.
 * @throws {HmcOutputError} for no output, quotes that do not match, a row with more or fewer values than there are
 * columns, or a message with a code where there is no row
 * @throws {RangeError} for fewer than two columns
 */
export function parseRows(text: string, columns: readonly string[]): Attributes[] {
  if (columns.length < 2) {
    throw new RangeError('a listing of one column cannot be told from the words "No results were found."');
  }
  const rows = splitCsv(text);
  if (rows.length === 0 || (rows.length === 1 && rows[0]?.length === 1)) {
    refuseUnlisted(text);
    return [];
  }
  return rows.map((values) => nameValues(columns, values));
}

function refuseUnlisted(text: string): void {
  if (text.trim() === '') throw new HmcOutputError('The HMC printed nothing where a listing belongs', '');
  if (beginsWithCode(text)) throw new HmcOutputError('The HMC printed a message where a listing belongs', text.trim());
}

function nameValues(columns: readonly string[], values: readonly string[]): Attributes {
  if (values.length !== columns.length) {
    throw new HmcOutputError(
      `The HMC printed ${values.length} values where there are ${columns.length} columns`,
      values.join(','),
    );
  }
  return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? '']));
}

function splitCsv(text: string): string[][] {
  try {
    return parse(text, { relax_column_count: true, skip_empty_lines: true, record_delimiter: ['\r\n', '\n'] });
  } catch (error) {
    if (error instanceof CsvError) {
      const line = typeof error.lines === 'number' ? text.split('\n')[error.lines - 1] : undefined;
      throw new HmcOutputError(`The HMC printed quotes that do not match (${error.code})`, line ?? text, {
        cause: error,
      });
    }
    throw error;
  }
}
