import { vnicsOf } from '../estate/estate.js';
import type { ManagedSystem, Partition } from '../estate/model.js';
import {
  activateDevice,
  changeVnic,
  createVnic,
  removeVnic,
  setFailoverPriority,
  vnicInSlot,
} from '../estate/vnics.js';
import { knowsMaxCapacity, knowsVnics } from '../hmc.js';
import { readAttributeList } from '../listing/attribute-list.js';
import { type OptionTable, readOptions } from '../shell/options.js';
import { type ChangeCommand, type CommandContext, namedPartition, operatingSystem } from './command.js';
import { HmcRefusal, missingOrInvalid, noRmcConnection, wrongPartitionState } from './refusal.js';

const MAX_SLOT = 65535;

const TARGET = ['-r', '-m', '-o', '-p', '--id', '--rsubtype', '-s'];
/** Which options each synopsis has (samples/man-synopses.txt); vnicbkdev as the seed uses it. */
const OPTIONS = {
  create: { values: [...TARGET, '-a', '-w', '-d'], flags: ['--force', '-v'] },
  remove: { values: [...TARGET, '-w', '-d'], flags: ['--force', '-v'] },
  change: { values: [...TARGET, '-a', '-w', '-d'], flags: ['--force', '--allownetdisrupt'] },
  enable: { values: TARGET },
  priority: { values: [...TARGET, '--logport', '-a'] },
  activate: { values: [...TARGET, '--logport'] },
} as const satisfies Record<string, OptionTable>;

/** `chhwres -r virtualio --rsubtype vnic|vnicbkdev` (hmc-cli.md §1.1, §1.3). */
export const chhwresVirtualio: ChangeCommand = (words, context) => {
  const operation = valueOf(words, '-o');
  const subtype = valueOf(words, '--rsubtype');
  // INFERRED: a level before vNICs takes the word for a wrong value.
  if (subtype?.startsWith('vnic') && !knowsVnics(context.hmc)) throw missingOrInvalid('--rsubtype');
  switch (subtype) {
    case 'vnic':
      return changeVirtualNic(words, operation, context);
    case 'vnicbkdev':
      return changeBackingDevice(words, operation, context);
    case 'eth':
    case 'fc':
    case 'scsi':
    case 'serial':
      throw new HmcRefusal('simulator: only vNICs and their backing devices can be changed here');
    default:
      throw missingOrInvalid('--rsubtype');
  }
};

function changeVirtualNic(words: readonly string[], operation: string | undefined, context: CommandContext): void {
  switch (operation) {
    case 'a': {
      const options = read(words, OPTIONS.create);
      const { system, partition } = target(options, context);
      const slot = options.integer('-s', 2, MAX_SLOT);
      const attributes = readAttributeList(options.need('-a'));
      return createVnic(system, partition, slot, attributes, knowsMaxCapacity(context.hmc));
    }
    case 'r': {
      const options = read(words, OPTIONS.remove);
      const { system, partition } = target(options, context);
      return removeVnic(system, vnicInSlot(system, partition, slotOf(options)));
    }
    case 's': {
      const options = read(words, OPTIONS.change);
      const { system, partition } = target(options, context);
      const vnic = vnicInSlot(system, partition, slotOf(options));
      return changeVnic(system, vnic, readAttributeList(options.need('-a')), knowsMaxCapacity(context.hmc));
    }
    case 'd':
    case 'e': {
      const options = read(words, OPTIONS.enable);
      const { system, partition } = target(options, context);
      vnicInSlot(system, partition, slotOf(options)).enabled = operation === 'e';
      return;
    }
    default:
      throw missingOrInvalid('-o');
  }
}

function changeBackingDevice(words: readonly string[], operation: string | undefined, context: CommandContext): void {
  switch (operation) {
    case 's': {
      const options = read(words, OPTIONS.priority);
      const { system, partition } = target(options, context);
      const vnic = vnicInSlot(system, partition, slotOf(options));
      const attributes = readAttributeList(options.need('-a'));
      return setFailoverPriority(system, vnic, options.need('--logport'), attributes);
    }
    case 'act': {
      const options = read(words, OPTIONS.activate);
      const { system, partition } = target(options, context);
      // A manual failover moves traffic; a partition that has none to move is INFERRED to be refused.
      if (partition.state !== 'Running') throw wrongPartitionState();
      return activateDevice(system, vnicInSlot(system, partition, slotOf(options)), options.need('--logport'));
    }
    default:
      throw missingOrInvalid('-o');
  }
}

type Read = ReturnType<typeof readOptions>;

/** Reads the words, and checks what takes numbers: `-w` minutes (unit RECALLED) and `-d` 0 to 5. */
function read(words: readonly string[], table: OptionTable): Read {
  const options = readOptions(words, table);
  options.integer('-w', 0, 999_999_999);
  options.integer('-d', 0, 5);
  return options;
}

function slotOf(options: Read): number {
  const slot = options.integer('-s', 0, MAX_SLOT);
  if (slot === undefined) throw missingOrInvalid('-s');
  return slot;
}

/**
 * The partition to change. A running one is changed dynamically and needs RMC; a shut-off one has its profile changed;
 * Open Firmware is neither (hmc-cli.md §1.1). That IBM i does without RMC is RECALLED.
 */
function target(options: Read, context: CommandContext): { system: ManagedSystem; partition: Partition } {
  const system = operatingSystem(options, context);
  const partition = namedPartition(options, system);
  if (partition.environment === 'vioserver') {
    // INVENTED.
    throw new HmcRefusal('A virtual NIC cannot be assigned to a Virtual I/O Server partition.');
  }
  if (partition.state !== 'Running' && partition.state !== 'Not Activated') throw wrongPartitionState();
  if (partition.state === 'Running' && partition.environment !== 'os400' && partition.rmcState !== 'active') {
    throw noRmcConnection(partition.name);
  }
  keepProfile(system, partition);
  return { system, partition };
}

/**
 * A dynamic change leaves the profile as it was unless `sync_curr_profile` is on; a change of a partition that is shut
 * off is one of its profile (hmc-cli.md §1.1). To be called before the change.
 */
function keepProfile(system: ManagedSystem, partition: Partition): void {
  if (partition.state === 'Running' && partition.syncCurrentProfile !== 1) {
    partition.profileVnics ??= structuredClone([...vnicsOf(system, partition)]);
  } else {
    delete partition.profileVnics;
  }
}

/** The value that follows an option, before the words are checked: it chooses the table to check them by. */
const valueOf = (words: readonly string[], name: string): string | undefined => {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
};
