import {
  HmcRefusal,
  invalidAttribute,
  invalidAttributeValue,
  logicalPortRefused,
  missingOrInvalid,
} from '../commands/refusal.js';
import type { AttributeChange } from '../listing/attribute-list.js';
import {
  addDevice,
  deviceOf,
  MAX_BACKING_DEVICES,
  readPriority,
  readWantedDevice,
  removeDevice,
} from './backing-devices.js';
import { electAll, nextFreeSlot, statusOf, takenSlots, vnicAt } from './estate.js';
import { macAddressOf } from './identifiers.js';
import type { ManagedSystem, Partition, Vnic } from './model.js';

/** Attributes of `-o a`; the last three names are INFERRED as settable (hmc-cli.md §1.1). */
const ON_CREATE = [
  'port_vlan_id',
  'pvid_priority',
  'mac_addr',
  'auto_priority_failover',
  'backing_devices',
  'allowed_vlan_ids',
  'allowed_os_mac_addrs',
];

/**
 * Makes a vNIC in the slot, or in the next free one. Throws HmcRefusal and leaves the system half changed then: callers
 * work on a copy.
 */
export function createVnic(
  system: ManagedSystem,
  partition: Partition,
  slot: number | undefined,
  attributes: readonly AttributeChange[],
  knowsMaxCapacity: boolean,
): void {
  const values = new Map<string, string>();
  for (const { name, operator, value } of attributes) {
    if (!ON_CREATE.includes(name) || operator !== '=') throw invalidAttribute(name);
    if (values.has(name)) throw invalidAttribute(name);
    values.set(name, value);
  }
  const devices = values.get('backing_devices');
  if (devices === undefined || devices === '') throw missingOrInvalid('backing_devices');

  const chosen = slot ?? nextFreeSlot(system, partition);
  if (chosen === undefined || chosen < 2 || chosen >= partition.maxVirtualSlots) throw missingOrInvalid('-s');
  if (takenSlots(system, partition).has(chosen)) {
    // INVENTED, without a code because none is known: only that a taken slot is refused is sure.
    throw new HmcRefusal(`The virtual slot ${chosen} of the partition ${partition.name} is already in use.`);
  }
  const vnic: Vnic = {
    partitionId: partition.id,
    slot: chosen,
    // A capture of a vNIC made without it shows 1 (samples/vnic-F-header-1bd-v10r3-p9.txt).
    autoPriorityFailover: readFlag('auto_priority_failover', values.get('auto_priority_failover') ?? '1'),
    portVlanId: readPortVlanId(values.get('port_vlan_id') ?? '0'),
    portVlanPriority: readNumber('pvid_priority', values.get('pvid_priority') ?? '0', 0, 7),
    allowedVlanIds: readVlanIds(values.get('allowed_vlan_ids') ?? 'all'),
    macAddress: chooseMacAddress(system, values.get('mac_addr')),
    allowedOsMacAddresses: readOsMacAddresses(values.get('allowed_os_mac_addrs') ?? 'all'),
    enabled: true,
    devices: [],
    activeLogicalPortId: null,
  };
  system.vnics.push(vnic);
  const wanted = devices.split(',');
  if (wanted.length > MAX_BACKING_DEVICES) {
    throw logicalPortRefused(`A virtual NIC can have at most ${MAX_BACKING_DEVICES} backing devices.`);
  }
  for (const device of wanted) addDevice(system, vnic, readWantedDevice(system, device, knowsMaxCapacity));
  electAll(system);
}

/**
 * `-o s`: automatic failover and the list of devices. Whether another attribute can be set on a vNIC that exists, and
 * whether `backing_devices=` may replace the list, is shown nowhere: both are refused (hmc-cli.md §3 INPUT).
 */
export function changeVnic(
  system: ManagedSystem,
  vnic: Vnic,
  attributes: readonly AttributeChange[],
  knowsMaxCapacity: boolean,
): void {
  for (const { name, operator, value } of attributes) {
    if (name === 'auto_priority_failover' && operator === '=') {
      vnic.autoPriorityFailover = readFlag(name, value);
    } else if (name === 'backing_devices' && operator !== '=') {
      for (const device of value.split(',')) {
        const wanted = readWantedDevice(system, device, knowsMaxCapacity);
        if (operator === '+=') addDevice(system, vnic, wanted);
        else removeDevice(vnic, wanted);
      }
    } else {
      throw invalidAttribute(name);
    }
  }
  electAll(system);
}

export function removeVnic(system: ManagedSystem, vnic: Vnic): void {
  system.vnics.splice(system.vnics.indexOf(vnic), 1);
  electAll(system);
}

/** `--rsubtype vnicbkdev -o s`: the priority is all that can be changed while it runs (hmc-cli.md §1.3). */
export function setFailoverPriority(
  system: ManagedSystem,
  vnic: Vnic,
  logicalPortId: string,
  attributes: readonly AttributeChange[],
): void {
  const device = deviceOf(vnic, logicalPortId);
  if (!device) throw missingOrInvalid('--logport');
  for (const { name, operator, value } of attributes) {
    if (name !== 'failover_priority' || operator !== '=') throw invalidAttribute(name);
    device.failoverPriority = readPriority(value);
  }
  electAll(system);
}

/** `--rsubtype vnicbkdev -o act`: silently switches automatic failover off (hmc-cli.md §1.3, seed). */
export function activateDevice(system: ManagedSystem, vnic: Vnic, logicalPortId: string): void {
  const device = deviceOf(vnic, logicalPortId);
  if (!device) throw missingOrInvalid('--logport');
  const status = statusOf(system, device);
  if (status !== 'Operational') {
    throw logicalPortRefused(`The backing device ${device.logicalPortId} is not operational. Its status is ${status}.`);
  }
  vnic.autoPriorityFailover = false;
  vnic.activeLogicalPortId = device.logicalPortId;
}

/** The vNIC that `-s` names; INVENTED which of the known texts says that there is none. */
export function vnicInSlot(system: ManagedSystem, partition: Partition, slot: number): Vnic {
  const vnic = vnicAt(system, partition, slot);
  if (!vnic) throw missingOrInvalid('-s');
  return vnic;
}

function readFlag(name: string, value: string): boolean {
  if (value !== '0' && value !== '1') throw invalidAttributeValue(name, value);
  return value === '1';
}

function readNumber(name: string, value: string, lowest: number, highest: number): number {
  const number = /^\d{1,4}$/.test(value) ? Number(value) : NaN;
  if (!(number >= lowest && number <= highest)) throw invalidAttributeValue(name, value);
  return number;
}

/** 0 (none) or 2 to 4094 (hmc-cli.md §1.6; the range is RECALLED). */
function readPortVlanId(value: string): number {
  const id = readNumber('port_vlan_id', value, 0, 4094);
  if (id === 1) throw invalidAttributeValue('port_vlan_id', value);
  return id;
}

/** `all`, `none` or up to 20 VLAN ids (hmc-cli.md §1.6 and "Values"; RECALLED). */
function readVlanIds(value: string): string {
  if (value === 'all' || value === 'none') return value;
  const ids = value.split(',');
  if (ids.length > 20) throw invalidAttributeValue('allowed_vlan_ids', value);
  for (const id of ids) readNumber('allowed_vlan_ids', id, 2, 4094);
  return value;
}

/** `all`, `none` or up to 4 addresses (hmc-cli.md §1.6; RECALLED). */
function readOsMacAddresses(value: string): string {
  if (value === 'all' || value === 'none') return value;
  const addresses = value.split(',');
  if (addresses.length > 4 || !addresses.every((address) => /^[0-9a-fA-F]{12}$/.test(address))) {
    throw invalidAttributeValue('allowed_os_mac_addrs', value);
  }
  return value.toLowerCase();
}

function chooseMacAddress(system: ManagedSystem, asked: string | undefined): string {
  if (asked === undefined) return macAddressOf(system.serialNumber, system.counters.mac++);
  // Twelve hex digits of a unicast address, no colons.
  if (!/^[0-9a-fA-F][02468aceACE][0-9a-fA-F]{10}$/.test(asked)) throw invalidAttributeValue('mac_addr', asked);
  const address = asked.toLowerCase();
  if (system.vnics.some((vnic) => vnic.macAddress === address)) throw invalidAttributeValue('mac_addr', asked);
  return address;
}
