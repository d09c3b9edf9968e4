import type { ErrorLogEntry, ManagedSystem, Partition } from '../estate/model.js';

interface Kind {
  readonly identifier: string;
  readonly label: string;
  readonly description: string;
}
/** samples/vios-errpt-vnic-seed.txt, the last of the seed alone; the labels are RECALLED, the seed's copy lost them. */
const KINDS: Readonly<Record<ErrorLogEntry['kind'], Kind>> = {
  'client-login': { identifier: '60D73419', label: 'VNICS_CLIENT_LOGIN', description: 'VNIC Client Login' },
  'migration-completed': {
    identifier: '3EB09F5A',
    label: 'MVR_MIG_COMPLETED',
    description: 'Migration completed successfully',
  },
  transport: { identifier: '8C577CB6', label: 'VNICS_TRANSPORT', description: 'VNIC Transport Event' },
};

/** `errlog` and `errlog -ls` (RECALLED as the ioscli names of `errpt` and `errpt -a`): the newest entry first. */
export function errlog(system: ManagedSystem, server: Partition, { long }: { readonly long: boolean }): string {
  const entries = (system.errorLog ?? []).filter((entry) => entry.virtualIoServerId === server.id).reverse();
  if (long) return entries.map((entry) => longEntry(entry, system, server)).join('');
  // An entry of another kind, so that nobody takes every line for one of a vNIC server.
  const other = '9DBCFDEE   1202070016 T O errdemon       ERROR LOGGING TURNED ON';
  return ['IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION', ...entries.map(shortEntry), other, ''].join('\n');
}

/** `60D73419   1202194816 I S vnicserver1    VNIC Client Login`: the time is MMDDhhmmYY. */
function shortEntry({ at, kind, serverNumber }: ErrorLogEntry): string {
  const { identifier, description } = KINDS[kind];
  const [, year = '', month = '', day = '', hour = '', minute = ''] = /^\d\d(\d\d)-(..)-(..)T(..):(..)/.exec(at) ?? [];
  const stamp = `${month}${day}${hour}${minute}${year}`;
  return `${identifier}   ${stamp} I S ${resourceName(serverNumber).padEnd(14)} ${description}`;
}

const resourceName = (serverNumber: number | null): string =>
  serverNumber === null ? 'Migration' : `vnicserver${serverNumber}`;

function longEntry(
  { at, kind, serverNumber, sequence }: ErrorLogEntry,
  system: ManagedSystem,
  server: Partition,
): string {
  const { identifier, label, description } = KINDS[kind];
  return [
    '---------------------------------------------------------------------------',
    `LABEL:          ${label}`,
    `IDENTIFIER:     ${identifier}`,
    '',
    `Date/Time:       ${unixTime(at)}`,
    `Sequence Number: ${sequence}`,
    `Machine Id:      00C${system.serialNumber.slice(-4)}4C00`,
    `Node Id:         ${server.name}`,
    'Class:           S',
    'Type:            INFO',
    'WPAR:            Global',
    `Resource Name:   ${resourceName(serverNumber)}`,
    '',
    'Description',
    description,
    '',
    'Probable Causes',
    description,
    '',
    'Failure Causes',
    description,
    '',
    '',
  ].join('\n');
}

/** `Fri Dec  2 19:48:06 2016`. */
function unixTime(at: string): string {
  // toUTCString: `Fri, 02 Dec 2016 19:48:06 GMT`.
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(at).toUTCString().split(/,? /);
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
}
