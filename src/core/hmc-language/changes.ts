import { ok, refuse, type Result } from '../refusal.js';
import type { AllowedMacAddresses, AllowedVlanIds } from './allowed-lists.js';
import type { PartitionRef } from './partition-ref.js';
import { attributeList, type AttributeAssignment } from './attribute-list.js';
import { formatBackingDeviceInput, type BackingDeviceInput } from './backing-device-notation.js';
import type { CommandWord, HmcCommand } from './command.js';
import { isRepresentable } from './quote-word.js';

/**
 * Every command that changes something. The system goes by its type-model*serial, because names may repeat
 * (hmc-cli.md §5). A value that the command line cannot carry is refused with `not-representable`.
 */

/** Where a vNIC is: its client partition and the virtual slot there. */
interface VnicAddress {
  /** `9119-MME*65BA46F`. */
  readonly mtms: string;
  readonly partition: PartitionRef;
  readonly slot: number;
  /** Names that several partitions of the system have, as far as they were read: none of them is sent. */
  readonly sharedNames?: ReadonlySet<string> | undefined;
}

/**
 * How long the HMC lets the change take: `-w`, in minutes (RECALLED). Only `chhwres` for a vNIC itself takes it
 * (hmc-cli.md §1.1, DOC); the synopses of `vnicbkdev` and `physport` are not known, so they are sent without.
 */
interface WaitTime {
  readonly waitMinutes: number;
}

/** What a new vNIC can be given; what is left out is for the HMC to choose. Evidence: hmc-cli.md §1.1. */
export interface NewVnicAttributes {
  /** 0 = no VLAN, 2 to 4094. */
  readonly portVlanId?: number | undefined;
  readonly portVlanPriority?: number | undefined;
  readonly allowedVlanIds?: AllowedVlanIds | undefined;
  /** 12 hex digits without separators. */
  readonly macAddress?: string | undefined;
  readonly allowedOsMacAddresses?: AllowedMacAddresses | undefined;
  readonly autoPriorityFailover?: boolean | undefined;
}

interface CreateVnic extends VnicAddress, WaitTime, NewVnicAttributes {
  readonly backingDevices: readonly BackingDeviceInput[];
}

/** `-o a`. The slot is always named: a second run of the same command is refused by the HMC, not repeated. */
export function createVnic(vnic: CreateVnic): Result<HmcCommand> {
  const attributes: AttributeAssignment[] = [];
  const set = (name: string, value: string | readonly string[] | undefined): void => {
    if (value !== undefined) {
      attributes.push({ name, operator: '=', value });
    }
  };
  set('port_vlan_id', vnic.portVlanId?.toString());
  set('pvid_priority', vnic.portVlanPriority?.toString());
  set(
    'allowed_vlan_ids',
    typeof vnic.allowedVlanIds === 'object' ? vnic.allowedVlanIds.map(String) : vnic.allowedVlanIds,
  );
  set('mac_addr', vnic.macAddress);
  set('allowed_os_mac_addrs', vnic.allowedOsMacAddresses);
  set('auto_priority_failover', vnic.autoPriorityFailover === undefined ? undefined : flag(vnic.autoPriorityFailover));
  set('backing_devices', inputForms(vnic));
  return changeVnic('a', vnic, attributes);
}

interface SetVnic extends VnicAddress, WaitTime {
  /** The only attribute of which it is known that `-o s` sets it (SEED, AVO). */
  readonly autoPriorityFailover: boolean;
}

/** `-o s` with `auto_priority_failover`. */
export function setVnic(vnic: SetVnic): Result<HmcCommand> {
  return changeVnic('s', vnic, [
    { name: 'auto_priority_failover', operator: '=', value: flag(vnic.autoPriorityFailover) },
  ]);
}

/** `-o r`: the vNIC with all its backing devices. */
export function removeVnic(vnic: VnicAddress & WaitTime): Result<HmcCommand> {
  return changeVnic('r', vnic, []);
}

interface ChangeBackingDevices extends VnicAddress, WaitTime {
  readonly backingDevices: readonly BackingDeviceInput[];
  /**
   * `--allownetdisrupt`: the synopsis has it for `-o s` (hmc-cli.md §1.1, DOC); what the HMC refuses without it is not
   * known.
   */
  readonly allowNetworkDisruption?: boolean | undefined;
}

/**
 * `-o s` with `backing_devices+=` (SEED), and `auto_priority_failover` beside it where asked for, as IBM's own test
 * code sends it for one device (AVO); that it goes with two is INFERRED.
 */
export function addBackingDevices(
  change: ChangeBackingDevices & { readonly autoPriorityFailover?: boolean | undefined },
): Result<HmcCommand> {
  const { autoPriorityFailover } = change;
  const attributes: AttributeAssignment[] = [];
  if (autoPriorityFailover !== undefined) {
    attributes.push({ name: 'auto_priority_failover', operator: '=', value: flag(autoPriorityFailover) });
  }
  const value = inputForms(change);
  return changeVnic('s', change, [...attributes, { name: 'backing_devices', operator: '+=', value }]);
}

/**
 * `-o s` with `backing_devices-=`, each device in the INPUT form with its capacity and priority, as IBM's own test
 * code sends it (AVO). How the HMC matches the device is not known: give its present desired capacity and priority.
 */
export function removeBackingDevices(change: ChangeBackingDevices): Result<HmcCommand> {
  const value = inputForms(change);
  return changeVnic('s', change, [{ name: 'backing_devices', operator: '-=', value }]);
}

interface BackingDeviceAddress extends VnicAddress {
  /** `2700400b`, or what stands for it while the device is not there. */
  readonly logicalPortId: CommandWord;
}

/** The priority of one device, 1 to 100 (SEED, VIOS4I, AVO). The lowest number wins. */
export function setFailoverPriority(change: BackingDeviceAddress & { readonly priority: number }): Result<HmcCommand> {
  return changeBackingDevice('s', change, ['-a', `failover_priority=${change.priority}`]);
}

/** Manual failover to one device; switches automatic failover off (SEED). */
export function activateBackingDevice(device: BackingDeviceAddress): Result<HmcCommand> {
  return changeBackingDevice('act', device, []);
}

interface SetPhysicalPortLabel {
  readonly mtms: string;
  readonly adapterId: number;
  readonly physicalPortId: number;
  /** At most 16 characters (RECALLED); empty removes the label (INFERRED). Left out: stays as it is. */
  readonly label?: string | undefined;
  /** At most 8 characters (RECALLED). */
  readonly subLabel?: string | undefined;
}

/** Names of the attributes are LIVE, the form of the command is RECALLED (hmc-cli.md §1.4). */
export function setPhysicalPortLabel(port: SetPhysicalPortLabel): Result<HmcCommand> {
  const attributes: AttributeAssignment[] = [
    { name: 'adapter_id', operator: '=', value: String(port.adapterId) },
    { name: 'phys_port_id', operator: '=', value: String(port.physicalPortId) },
  ];
  if (port.label !== undefined) {
    attributes.push({ name: 'phys_port_label', operator: '=', value: port.label });
  }
  if (port.subLabel !== undefined) {
    attributes.push({ name: 'phys_port_sub_label', operator: '=', value: port.subLabel });
  }
  const argument = attributeList(attributes);
  if (!argument.ok) return argument;
  return ok(change(['-r', 'sriov', '-m', port.mtms, '--rsubtype', 'physport', '-o', 's', '-a', argument.value]));
}

/** `chhwres … --rsubtype vnic`: its synopsis accepts `--id`, which no rename can turn to another partition. */
function changeVnic(
  operation: 'a' | 's' | 'r',
  {
    mtms,
    partition,
    slot,
    waitMinutes,
    allowNetworkDisruption,
  }: VnicAddress & WaitTime & Pick<ChangeBackingDevices, 'allowNetworkDisruption'>,
  attributes: readonly AttributeAssignment[],
): Result<HmcCommand> {
  const argument = attributeList(attributes);
  if (!argument.ok) return argument;
  return ok(
    change([
      ...['-r', 'virtualio', '-m', mtms, '-o', operation, '--rsubtype', 'vnic'],
      ...['--id', String(partition.id), '-s', String(slot), '-w', String(waitMinutes)],
      ...(attributes.length > 0 ? ['-a', argument.value] : []),
      ...(allowNetworkDisruption === true ? ['--allownetdisrupt'] : []),
    ]),
  );
}

/** `chhwres … --rsubtype vnicbkdev`: seen only with `-p` (SEED, VIOS4I, AVO), so the partition goes by its name. */
function changeBackingDevice(
  operation: 's' | 'act',
  { mtms, partition, slot, sharedNames, logicalPortId }: BackingDeviceAddress,
  rest: readonly string[],
): Result<HmcCommand> {
  const name = partition.name;
  if (name === '' || name.startsWith('-') || !isRepresentable(name)) {
    return refuse({
      type: 'not-representable',
      detail: `The HMC takes the partition of a backing device by name only, and its command line cannot carry the name ${JSON.stringify(name)}. Rename the partition.`,
    });
  }
  if (sharedNames?.has(name) === true) {
    return refuse({
      type: 'ambiguous-name',
      detail: `The HMC takes the partition of a backing device by name only, and several partitions have the name ${JSON.stringify(name)}. Rename all but one of them.`,
    });
  }
  return ok(
    change([
      ...['-r', 'virtualio', '-m', mtms, '-o', operation, '--rsubtype', 'vnicbkdev'],
      ...['-p', name, '-s', String(slot), '--logport', logicalPortId, ...rest],
    ]),
  );
}

function inputForms({
  backingDevices,
  sharedNames,
}: Pick<ChangeBackingDevices, 'backingDevices' | 'sharedNames'>): readonly string[] {
  return backingDevices.map((device) => formatBackingDeviceInput(device, sharedNames));
}

function change(words: readonly CommandWord[]): HmcCommand {
  return { kind: 'change', words: ['chhwres', ...words] };
}

function flag(value: boolean): string {
  return value ? '1' : '0';
}
