import { parseRecords } from '../hmc-language/records.js';
import type { Attributes } from '../hmc-language/attributes.js';
import { optionalText, requiredInteger, requiredText } from './attribute-values.js';

/** A partition, client or Virtual I/O Server: a record of `lssyscfg -r lpar` (hmc-cli.md §1.8). */
export interface Partition {
  readonly id: number;
  readonly name: string;
  /** `lpar_env`: `aixlinux`, `vioserver`, `os400`, or what else the HMC prints. */
  readonly environment: string;
  /** `Running`, `Not Activated`, `Open Firmware` …; null when unavailable. */
  readonly state: string | null;
  /** `active`, `inactive`, `none`, `unknown`, `busy`; null when unavailable. */
  readonly rmcState: string | null;
  /**
   * As printed, e.g. `AIX 7.2 7200-01-01-1642`; localised "Unknown" texts are kept as printed. Null when unavailable.
   */
  readonly osVersion: string | null;
  readonly uuid: string | null;
  readonly currentProfile: string | null;
  readonly defaultProfile: string | null;
  readonly attributes: Attributes;
}

/**
 * States between Running and Not Activated, in which nothing is changed by way of the partition (hmc-cli.md §1.8). One
 * that is not named here is left to the HMC.
 */
export const UNSTABLE_STATES: readonly string[] = [
  'Open Firmware',
  'Error',
  'Not Available',
  'Starting',
  'Shutting Down',
  'Migrating - Running',
  'Migrating - Not Activated',
];

/** Whether a partition is a Virtual I/O Server, by its `lpar_env` (hmc-cli.md §1.8). */
export function isVirtualIoServer({ environment }: Pick<Partition, 'environment'>): boolean {
  return environment === 'vioserver';
}

/** The names that stand for more than one partition. */
export function sharedNames(partitions: readonly Pick<Partition, 'name'>[]): ReadonlySet<string> {
  const names = partitions.map(({ name }) => name);
  return new Set(names.filter((name, index) => names.indexOf(name) < index));
}

/** The Virtual I/O Servers among partitions, in their order. */
export function virtualIoServersOf(partitions: readonly Partition[]): Partition[] {
  return partitions.filter(isVirtualIoServer);
}

/** @throws {HmcOutputError} for a record without a name or an id */
export function partitionFromRecord(record: Attributes): Partition {
  return {
    id: requiredInteger(record, 'lpar_id'),
    name: requiredText(record, 'name'),
    environment: requiredText(record, 'lpar_env'),
    state: optionalText(record, 'state'),
    rmcState: optionalText(record, 'rmc_state'),
    osVersion: optionalText(record, 'os_version'),
    uuid: optionalText(record, 'uuid'),
    currentProfile: optionalText(record, 'curr_profile'),
    defaultProfile: optionalText(record, 'default_profile'),
    attributes: record,
  };
}

/** The listing of `lssyscfg -r lpar`. @throws {HmcOutputError} */
export function parsePartitions(text: string): Partition[] {
  return parseRecords(text).map(partitionFromRecord);
}
