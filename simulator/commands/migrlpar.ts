import { findSystem } from '../estate/find.js';
import { migrate, showMigrating, type VnicMapping } from '../estate/migration.js';
import type { ManagedSystem, Partition } from '../estate/model.js';
import { type Hmc, knowsVnics, stateSeenBy, systemsOf } from '../hmc.js';
import { readAttributeList } from '../listing/attribute-list.js';
import { type Options, type OptionTable, readOptions } from '../shell/options.js';
import { type ChangeCommand, type CommandContext, namedPartition, operatingSystem } from './command.js';
import {
  HmcRefusal,
  invalidAttribute,
  invalidAttributeValue,
  missingOrInvalid,
  systemNotOperating,
} from './refusal.js';

/** samples/man-synopses.txt. */
const OPTIONS: OptionTable = {
  values: [
    ...['-o', '-m', '-t', '--ip', '-u', '-p', '--id', '-n', '-f', '-i', '-w', '-d'],
    ...['--redundantvios', '--mpio', '--vlanbridge', '--vsi', '--npivval', '--uuid', '--protectstorage', '--requirerr'],
    ...['--redundantvnicbkdev', '--vniccfg', '--redundantmsps', '--migsriov'],
  ],
  flags: ['--all', '--affinity', '--usecurrdata', '--force', '-v', '--nodetails'],
};

/** What of these options the simulator would have to do, and does not. */
const NOT_SIMULATED = ['--all', '-n', '-f'];

/**
 * `migrlpar -o v` (validate) and `-o m` (validate, then migrate) of one partition (hmc-cli.md §1.10). Storage, memory
 * and processors always fit. The key exchange with another HMC (mkauthkeys) is taken as done.
 */
export const migrlpar: ChangeCommand = (words, context) => {
  const options = readOptions(words, OPTIONS);
  switch (options.need('-o')) {
    case 'v':
      return move(options, { ...context, estate: structuredClone(context.estate) });
    case 'm':
      return move(options, context);
    case 'r':
    case 's':
    case 'set':
      throw new HmcRefusal('simulator: migrlpar can validate (-o v) and migrate (-o m) here, and nothing else');
    default:
      throw missingOrInvalid('-o');
  }
};

/**
 * Shows on both frames that a migration runs, as long as the command takes; to be called as it begins. Returns what
 * ends it; a command that will be refused shows nothing.
 */
export function migrationUnderWay(words: readonly string[], context: CommandContext): () => void {
  try {
    const options = readOptions(words, OPTIONS);
    if (options.need('-o') !== 'm') return () => undefined;
    move(options, { ...context, estate: structuredClone(context.estate) });
    const { source, target, partition } = named(options, context);
    return showMigrating(source, target, partition);
  } catch (error) {
    if (!(error instanceof HmcRefusal)) throw error;
    return () => undefined;
  }
}

function move(options: Options, context: CommandContext): void {
  for (const option of NOT_SIMULATED) {
    if (options.has(option)) throw new HmcRefusal(`simulator: ${option} of migrlpar is not imitated`);
  }
  const { source, target, partition } = named(options, context);
  migrate(source, target, partition, mappingsOf(options, context.hmc));
}

function named(
  options: Options,
  context: CommandContext,
): { readonly source: ManagedSystem; readonly target: ManagedSystem; readonly partition: Partition } {
  const source = operatingSystem(options, context);
  const partition = namedPartition(options, source);
  const hmc = targetHmc(options, context);
  const target = findSystem(systemsOf(hmc, context.estate), options.need('-t'));
  if (target === source) throw missingOrInvalid('-t');
  if (stateSeenBy(hmc, target) !== 'Operating') throw systemNotOperating();
  return { source, target, partition };
}

/** The console of the target: this one, or the one that `--ip` names by its name or, as all are there, by loopback. */
function targetHmc(options: Options, { hmc, peers, estate, user }: CommandContext): Hmc {
  const host = options.get('--ip');
  if (host === undefined) {
    if (options.has('-u')) throw missingOrInvalid('--ip');
    return hmc;
  }
  const target = options.need('-t');
  const username = options.get('-u') ?? user.username;
  const found = peers().find((peer) => {
    const isThere = peer.hostname === host || ['127.0.0.1', '::1', 'localhost'].includes(host);
    return isThere && peer !== hmc && knows(peer, target) && peer.users.some((one) => one.username === username);
  });
  // INVENTED.
  if (!found)
    throw new HmcRefusal(
      `The management console at ${host} cannot be reached as ${username}, or does not manage ${target}.`,
    );
  return found;

  function knows(peer: Hmc, name: string): boolean {
    return systemsOf(peer, estate).some(
      (system) => system.name === name || `${system.typeModel}*${system.serialNumber}` === name,
    );
  }
}

/** `vnic_mappings`, in quotes or not (samples/migrlpar-vnic_mappings.txt: both are sent by real programs). */
function mappingsOf(options: Options, hmc: Hmc): readonly VnicMapping[] {
  const input = options.get('-i');
  if (input === undefined) return [];
  return readAttributeList(input).flatMap(({ name, operator, value }, _at, all) => {
    // INFERRED: a level before vNICs does not know the attribute.
    if (name !== 'vnic_mappings' || operator !== '=' || all.length > 1 || !knowsVnics(hmc))
      throw invalidAttribute(name);
    return value.split(',').map(readMapping);
  });
}

function readMapping(text: string): VnicMapping {
  const match = /^(\d+)\/ded\/([^/]+)\/(\d+)\/(\d+)\/(\d+)\/([\d.]+)\/(\d+)\/(\d+)$/.exec(text);
  if (!match) throw invalidAttributeValue('vnic_mappings', text);
  const [, slot, viosName = '', viosId = '', adapterId = '', portId = '', capacity = '', fromAdapter, fromPort] = match;
  return {
    slot: Number(slot),
    viosName,
    viosId,
    adapterId,
    portId,
    capacity,
    sourceAdapterId: Number(fromAdapter),
    sourcePortId: Number(fromPort),
  };
}
