import { findSystem, partitionNamed, partitionWithId } from '../estate/find.js';
import type { Estate, ManagedSystem, Partition } from '../estate/model.js';
import { type Hmc, type HmcUser, stateSeenBy, systemsOf } from '../hmc.js';
import { type Listing, printListing } from '../listing/listing.js';
import { readFilters } from '../listing/attribute-list.js';
import type { Options, OptionTable } from '../shell/options.js';
import { invalidFilter, missingOrInvalid, systemNotOperating } from './refusal.js';

/** Where a command runs: on which console, by whom, against which frames, at what time. */
export interface CommandContext {
  readonly hmc: Hmc;
  /** All consoles of the simulator. */
  readonly peers: () => readonly Hmc[];
  readonly estate: Estate;
  readonly user: HmcUser;
  readonly now: Date;
}

/** A command that prints. Throws HmcRefusal. */
export type ReadCommand = (words: readonly string[], context: CommandContext) => string;

/** A command that changes `context.estate` and prints nothing. Throws HmcRefusal, then having changed it in part. */
export type ChangeCommand = (words: readonly string[], context: CommandContext) => void;

/** The options of nearly every listing. */
export const LISTING_OPTIONS: OptionTable = { values: ['-m', '--filter'], optionalValues: ['-F'], flags: ['--header'] };

/** Prints as `-F` and `--header` ask; the latter goes only with the former (samples/man-synopses.txt). */
export function print(listing: Listing, options: Options, context: CommandContext): string {
  if (options.has('--header') && !options.has('-F')) throw missingOrInvalid('-F');
  return printListing(listing, {
    fields: options.get('-F'),
    header: options.has('--header'),
    locale: context.hmc.locale,
  });
}

/** The frame that `-m` names, whatever its state. */
export const namedSystem = (options: Options, context: CommandContext): ManagedSystem =>
  findSystem(systemsOf(context.hmc, context.estate), options.need('-m'));

/** The frame that `-m` names, for what needs a running hypervisor and a connection to it. */
export function operatingSystem(options: Options, context: CommandContext): ManagedSystem {
  const system = namedSystem(options, context);
  if (stateSeenBy(context.hmc, system) !== 'Operating') throw systemNotOperating();
  return system;
}

/** The client that `-p` or `--id` names: exactly one of them. */
export function namedPartition(options: Options, system: ManagedSystem): Partition {
  if (options.has('-p') === options.has('--id')) throw missingOrInvalid('-p', '--id');
  return options.has('-p') ? partitionNamed(system, options.need('-p')) : partitionWithId(system, options.need('--id'));
}

/** The pairs of `--filter`; a name that the listing does not know is refused as its value would be. */
export function filters(options: Options, known: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const text = options.get('--filter');
  if (text === undefined) return new Map();
  const pairs = readFilters(text);
  for (const name of pairs.keys()) if (!known.includes(name)) throw invalidFilter(name);
  return pairs;
}

/**
 * The partitions that `lpar_names` and `lpar_ids` leave; all without such a filter. A name or id that does not exist is
 * refused (samples/err-lpar-not-found.txt).
 */
export function filteredPartitions(
  system: ManagedSystem,
  pairs: ReadonlyMap<string, readonly string[]>,
): readonly Partition[] {
  const names = pairs.get('lpar_names')?.map((name) => partitionNamed(system, name));
  const ids = pairs.get('lpar_ids')?.map((id) => partitionWithId(system, id));
  return system.partitions.filter(
    (partition) => (!names || names.includes(partition)) && (!ids || ids.includes(partition)),
  );
}

/** The whole numbers of a filter such as `slots` or `adapter_ids`; undefined = no such filter. */
export function filteredNumbers(
  pairs: ReadonlyMap<string, readonly string[]>,
  name: string,
): readonly number[] | undefined {
  return pairs.get(name)?.map((value) => {
    if (!/^\d{1,9}$/.test(value)) throw invalidFilter(name);
    return Number(value);
  });
}
