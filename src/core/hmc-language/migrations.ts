import { ok, refuse, type Result } from '../refusal.js';
import type { PartitionRef } from './partition-ref.js';
import { fitsNotation, percentText } from './backing-device-notation.js';
import type { HmcCommand } from './command.js';
import { isRepresentable } from './quote-word.js';

/** The HMC that has to be named to reach a system that the serving HMC does not manage. */
export interface HmcLogin {
  readonly host: string;
  readonly username: string;
}

/** One backing device and where it goes: an element of `vnic_mappings`. */
export interface VnicMapping {
  /** Virtual slot of the vNIC in the partition. */
  readonly slot: number;
  /** On the target system. */
  readonly target: {
    readonly virtualIoServer: PartitionRef;
    readonly adapterId: number;
    readonly physicalPortId: number;
  };
  /** Percent of the physical port. */
  readonly capacity: number;
  readonly source: { readonly adapterId: number; readonly physicalPortId: number };
}

/**
 * The value of `vnic_mappings`: for each device
 * `slot/ded/dest-vios-name/dest-vios-id/dest-adapter-id/dest-phys-port-id/capacity/src-adapter-id/src-phys-port-id`,
 * joined by commas (samples/migrlpar-vnic_mappings.txt: CODE AVO, OPT). Refuses (`not-representable`) the name of a
 * Virtual I/O Server that this notation cannot carry. That a place may be left empty, as in `backing_devices`, was seen
 * nowhere, so none is.
 */
export function vnicMappings(mappings: readonly VnicMapping[]): Result<string> {
  const elements: string[] = [];
  for (const { slot, target, capacity, source } of mappings) {
    const { name, id } = target.virtualIoServer;
    if (!fitsNotation(name)) {
      return refuse({
        type: 'not-representable',
        detail: `A mapping names the Virtual I/O Server, and its notation cannot carry ${JSON.stringify(name)}: a slash, a comma, a double quote or a control character is in it. Rename it.`,
      });
    }
    const places = [slot, 'ded', name, id, target.adapterId, target.physicalPortId, percentText(capacity)];
    elements.push([...places, source.adapterId, source.physicalPortId].join('/'));
  }
  return ok(elements.join(','));
}

export interface Migration {
  /** Source and target, `9119-MME*65BA46F`. */
  readonly sourceMtms: string;
  readonly targetMtms: string;
  readonly partitionId: number;
  /** The HMC that manages the target, where the one that runs the command does not. */
  readonly remoteHmc: HmcLogin | undefined;
  /** What vnicMappings gives; null for a partition without vNICs. */
  readonly vnicMappings: string | null;
}

/**
 * `migrlpar -o v`: the HMC validates the migration, and changes nothing. It runs for minutes and works on both systems,
 * so it is sent as a change is: alone, on a connection of its own.
 */
export const validateMigration = (migration: Migration): Result<HmcCommand> => migrlpar('v', migration);

/** `migrlpar -o m`: validates, and migrates when the validation succeeds (hmc-cli.md §1.10, DOC). */
export const migratePartition = (migration: Migration): Result<HmcCommand> => migrlpar('m', migration);

/**
 * `--id`, `--ip` and `-u` are DOC (the synopsis), type-model*serial is DOC for `-m` and CODE for `-t` (hmc-cli.md
 * §1.10). The mappings stand in double quotes inside the argument, as IBM's own test code sends two of them (AVO); that
 * one alone takes the quotes as well is INFERRED.
 */
function migrlpar(operation: 'v' | 'm', migration: Migration): Result<HmcCommand> {
  const { sourceMtms, targetMtms, partitionId, remoteHmc, vnicMappings: mappings } = migration;
  for (const word of remoteHmc === undefined ? [] : [remoteHmc.host, remoteHmc.username]) {
    if (word === '' || word.startsWith('-') || !isRepresentable(word)) {
      return refuse({
        type: 'not-representable',
        detail: `The HMC command line cannot carry ${JSON.stringify(word)} as the address or the user of another HMC. Change the configuration of that HMC.`,
      });
    }
  }
  return ok({
    kind: 'change',
    words: [
      ...['migrlpar', '-o', operation, '-m', sourceMtms, '-t', targetMtms],
      ...(remoteHmc === undefined ? [] : ['--ip', remoteHmc.host, '-u', remoteHmc.username]),
      ...['--id', String(partitionId)],
      ...(mappings === null ? [] : ['-i', `vnic_mappings="${mappings}"`]),
    ],
  });
}
