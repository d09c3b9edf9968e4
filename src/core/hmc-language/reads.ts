import { ok, refuse, type Result } from '../refusal.js';
import { CAPACITY_GRANULARITY, type PhysicalPortLevel } from './physical-port-level.js';
import type { HmcCommand } from './command.js';
import { isRepresentable } from './quote-word.js';

/**
 * Every command that only reads. `mtms` is `9119-MME*65BA46F` as an HMC printed it. Listings are asked for in the
 * default format (attr=value) wherever nothing else is said: it shows every attribute by name, whatever the HMC's
 * level.
 */

/** The levels at which configured logical ports are listed (hmc-cli.md §1.5). */
export const LOGICAL_PORT_LEVELS = ['eth', 'roce'] as const;
type LogicalPortLevel = (typeof LOGICAL_PORT_LEVELS)[number];

/** All systems of this HMC, also those it has no connection to. */
export function listManagedSystems(): HmcCommand {
  return read('lssyscfg', '-r', 'sys');
}

/** All partitions of a system, Virtual I/O Servers among them. */
export function listPartitions(mtms: string): HmcCommand {
  return read('lssyscfg', '-r', 'lpar', '-m', mtms);
}

export function listSriovAdapters(mtms: string): HmcCommand {
  return read('lshwres', '-r', 'sriov', '--rsubtype', 'adapter', '-m', mtms);
}

/** A port stands under exactly one level: ask all three and merge (hmc-cli.md §1.5). */
export function listPhysicalPorts(mtms: string, level: PhysicalPortLevel): HmcCommand {
  return read('lshwres', '-r', 'sriov', '--rsubtype', 'physport', '--level', level, '-m', mtms);
}

/**
 * The smallest capacity and its step, which the default listing leaves out (LIVE). An older HMC refuses the attribute
 * (exit 1): then it is not known.
 */
export function listPhysicalPortGranularity(mtms: string, level: PhysicalPortLevel): HmcCommand {
  return read(
    ...['lshwres', '-r', 'sriov', '--rsubtype', 'physport', '--level', level, '-m', mtms],
    ...['-F', `adapter_id,phys_port_id,${CAPACITY_GRANULARITY}`, '--header'],
  );
}

/** Without a level the HMC lists only the unconfigured logical ports (LIVE). */
export function listLogicalPorts(mtms: string, level: LogicalPortLevel | 'unconfigured'): HmcCommand {
  return read(
    ...['lshwres', '-r', 'sriov', '--rsubtype', 'logport', '-m', mtms],
    ...(level === 'unconfigured' ? [] : ['--level', level]),
  );
}

/** All vNICs of the whole system in one command (SEED, HM, AVO). */
export function listVnics(mtms: string): HmcCommand {
  return read('lshwres', '-r', 'virtualio', '--rsubtype', 'vnic', '--level', 'lpar', '-m', mtms);
}

/**
 * The vNICs of one partition, by name, as the seed asks for them: `lpar_names` is the filter that was seen (SEED, HM).
 * The service reads those of the whole system instead, which no name can break.
 */
export function listVnicsOfPartition(mtms: string, partitionName: string): Result<HmcCommand> {
  // The filter is a list in the form of -a: a comma or a quote in a name would be read as something else.
  if (partitionName === '' || /[,"]/.test(partitionName) || !isRepresentable(partitionName)) {
    return refuse({
      type: 'not-representable',
      detail: `The filter of an HMC listing cannot carry the partition name ${JSON.stringify(partitionName)}.`,
    });
  }
  return ok({ kind: 'read', words: [...listVnics(mtms).words, '--filter', `lpar_names=${partitionName}`] });
}

/** Slots in use and the next free one, of every partition; other virtual adapters take slots too (LIVE). */
export function listVirtualSlots(mtms: string): HmcCommand {
  return read('lshwres', '-r', 'virtualio', '--rsubtype', 'slot', '--level', 'lpar', '-m', mtms);
}

/**
 * The virtual slots of one partition that an adapter of any kind holds, serial consoles among them (hmc-cli.md §1.5:
 * only published code, no capture).
 */
export function listUsedSlots(mtms: string, partitionId: number): HmcCommand {
  return read(
    ...['lshwres', '-r', 'virtualio', '--rsubtype', 'slot', '--level', 'slot', '-m', mtms],
    ...['--filter', `lpar_ids=${partitionId}`],
  );
}

/**
 * All profiles of all partitions of a system. Read whole: which of the filters' names go together differs between
 * captures, and a partition's name may hold what no filter can carry.
 */
export function listProfiles(mtms: string): HmcCommand {
  return read('lssyscfg', '-r', 'prof', '-m', mtms);
}

/**
 * The firmware of a system. No line of `lslic` was found published (hmc-cli.md §1.9): in the default format every value
 * has its name, whatever else an HMC prints, and no attribute can be refused.
 */
export function showFirmwareLevel(mtms: string): HmcCommand {
  return read('lslic', '-m', mtms, '-t', 'sys');
}

/** Version, release, service pack, build level (hmc-version.ts). */
export function showHmcVersion(): HmcCommand {
  return read('lshmc', '-V');
}

/** Machine type, serial number, level, and the HMC's clock (`*N2`). */
export function showHmcVitalProductData(): HmcCommand {
  return read('lshmc', '-v');
}

/** The users of this HMC with their task roles. */
export function listHmcUsers(): HmcCommand {
  return read('lshmcusr');
}

function read(...words: string[]): HmcCommand {
  return { kind: 'read', words };
}
