import { HmcOutputError } from '../hmc-language/hmc-output-error.js';
import { ioscliOutput } from '../hmc-language/virtual-io-server-reads.js';

/** One entry of a Virtual I/O Server's error log (LIVE vios-errpt-vnic-seed.txt). */
export interface ErrorLogEntry {
  /**
   * `60D73419` = VNIC Client Login, `8C577CB6` = VNIC Transport Event, `3EB09F5A` = Migration completed successfully.
   */
  readonly identifier: string;
  /**
   * On the clock of the Virtual I/O Server, without its time zone, which the log does not tell: `2016-12-02T19:48`,
   * with seconds in the detailed log.
   */
  readonly loggedAt: string | null;
  /** As printed: `I` or `INFO`, `P` or `PERM`, `T` or `TEMP` … */
  readonly type: string;
  /** As printed: `S` software, `H` hardware, `O` an operator's. */
  readonly class: string;
  /** `vnicserver1`; of a migration `Migration`. */
  readonly resourceName: string;
  readonly description: string;
  /** Of the detailed log only; null otherwise. */
  readonly sequenceNumber: number | null;
  /** The whole entry as printed. */
  readonly text: string;
}

/**
 * Whether the entry speaks of a vNIC server, or of a migration, which takes vNICs to other servers. The seed's are in
 * English; the name of the resource is in no language.
 */
export function isVnicEntry({ resourceName, description }: ErrorLogEntry): boolean {
  return /^(vnicserver\d+|migration)$/i.test(resourceName) || /\bvnic\b/i.test(description);
}

/**
 * The output of `errlog` (`errpt`), a line an entry: what does not begin with an identifier is a head line. @throws
 * {HmcOutputError}
 */
export function parseErrorLog(text: string): ErrorLogEntry[] {
  return ioscliOutput(text)
    .split('\n')
    .flatMap((line) => {
      const [, identifier, stamp, type, kind, resourceName, description] =
        /^([0-9A-F]{8})\s+(\d{10})\s+(\S)\s+(\S)\s+(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
      if (identifier === undefined || stamp === undefined) return [];
      return [
        {
          identifier,
          loggedAt: shortTime(stamp),
          type: type ?? '',
          class: kind ?? '',
          resourceName: resourceName ?? '',
          description: description ?? '',
          sequenceNumber: null,
          text: line.trimEnd(),
        },
      ];
    });
}

/** `1202194816`: MMDDhhmmYY (LIVE: the detailed entry of the same event says Dec 2 19:48 2016). */
function shortTime(stamp: string): string | null {
  const [, month = '', day = '', hour = '', minute = '', year = ''] = /^(..)(..)(..)(..)(..)$/.exec(stamp) ?? [];
  return validTime(`20${year}-${month}-${day}T${hour}:${minute}`);
}

/**
 * The output of `errlog -ls` (`errpt -a`): entries begin at their label or identifier, with or without a rule between.
 * @throws {HmcOutputError}
 */
export function parseErrorLogInDetail(text: string): ErrorLogEntry[] {
  const entries: string[][] = [];
  for (const line of ioscliOutput(text).split('\n')) {
    if (/^-{10,}\s*$/.test(line)) {
      entries.push([]);
      continue;
    }
    const current = entries.at(-1);
    const startsEntry = /^(LABEL|IDENTIFIER):/.test(line) && current?.some((each) => each.startsWith('IDENTIFIER:'));
    if (current === undefined || startsEntry) entries.push([line]);
    else current.push(line);
  }
  return entries.filter((lines) => lines.some((line) => line.trim() !== '')).map(detailedEntry);
}

function detailedEntry(lines: readonly string[]): ErrorLogEntry {
  const text = lines.join('\n').trim();
  const field = (label: string): string | null =>
    new RegExp(`^${label}:[ \\t]+(.*\\S)`, 'm').exec(text)?.[1]?.trim() ?? null;
  const identifier = field('IDENTIFIER');
  if (identifier === null)
    throw new HmcOutputError('The Virtual I/O Server printed a log entry without identifier', text);
  const sequence = field('Sequence Number');
  return {
    identifier,
    loggedAt: longTime(field('Date/Time') ?? ''),
    type: field('Type') ?? '',
    class: field('Class') ?? '',
    resourceName: field('Resource Name') ?? '',
    description: descriptionOf(lines),
    sequenceNumber: sequence !== null && /^\d+$/.test(sequence) ? Number(sequence) : null,
    text,
  };
}

/**
 * The line below `Description`; the seed's copy has lost that heading: then the first plain line after the resource.
 */
function descriptionOf(lines: readonly string[]): string {
  const plain = lines.map((line) => line.trim());
  const heading = plain.indexOf('Description');
  const resource = plain.findIndex((line) => line.startsWith('Resource Name:'));
  const after = plain.slice((heading < 0 ? resource : heading) + 1);
  return after.find((line) => line !== '' && !/^[A-Z][\w /]*:/.test(line)) ?? '';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Fri Dec  2 19:48:06 2016`, with a zone's abbreviation before the year on some; null in another language. */
function longTime(text: string): string | null {
  const [, monthName = '', day = '', time = '', year = ''] =
    /^\S+\s+(\S{3})\s+(\d{1,2})\s+(\d\d:\d\d:\d\d)(?:\s+\S+)?\s+(\d{4})$/.exec(text) ?? [];
  const month = MONTHS.indexOf(monthName) + 1;
  return month === 0 ? null : validTime(`${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}T${time}`);
}

function validTime(local: string): string | null {
  return Number.isNaN(Date.parse(`${local}Z`)) ? null : local;
}
