import { parseBackingDevices, parseBackingDeviceStates } from '../hmc-language/backing-device-notation.js';
import type { AllowedMacAddresses, AllowedVlanIds } from '../hmc-language/allowed-lists.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import { parseRecords } from '../hmc-language/records.js';
import type { Attributes } from '../hmc-language/attributes.js';
import { optionalFlag, optionalNumber, optionalText, requiredInteger, requiredText } from './attribute-values.js';
import type { BackingDevice } from './backing-device.js';
import { macDigits } from './mac-address.js';

/** A vNIC: a record of `lshwres -r virtualio --rsubtype vnic` (hmc-cli.md §1.5). */
export interface Vnic {
  readonly partition: PartitionRef;
  readonly slot: number;
  readonly autoPriorityFailover: boolean | null;
  /** 0 = no VLAN. */
  readonly portVlanId: number | null;
  readonly portVlanPriority: number | null;
  /** null when the HMC printed nothing usable. */
  readonly allowedVlanIds: AllowedVlanIds | null;
  /** 12 hex digits, lower-case, no separators. */
  readonly macAddress: string | null;
  /** null when the HMC printed nothing usable. */
  readonly allowedOsMacAddresses: AllowedMacAddresses | null;
  readonly desiredMode: string | null;
  readonly currentMode: string | null;
  /** In the HMC's order. */
  readonly backingDevices: readonly BackingDevice[];
  readonly attributes: Attributes;
}

/** @throws {HmcOutputError} for a record without partition or slot, or with a backing device that cannot be read */
export function vnicFromRecord(record: Attributes): Vnic {
  const macAddress = optionalText(record, 'mac_addr');
  const states = parseBackingDeviceStates(record['backing_device_states'] ?? '');
  return {
    partition: { name: requiredText(record, 'lpar_name'), id: requiredInteger(record, 'lpar_id') },
    slot: requiredInteger(record, 'slot_num'),
    autoPriorityFailover: optionalFlag(record, 'auto_priority_failover'),
    portVlanId: optionalNumber(record, 'port_vlan_id'),
    portVlanPriority: optionalNumber(record, 'pvid_priority'),
    allowedVlanIds: allowedVlanIdsOf(record),
    macAddress: macAddress === null ? null : macDigits(macAddress),
    allowedOsMacAddresses: allowedOsMacAddressesOf(record),
    desiredMode: optionalText(record, 'desired_mode'),
    currentMode: optionalText(record, 'curr_mode'),
    backingDevices: parseBackingDevices(requiredText(record, 'backing_devices')).map((device) => {
      const state = states.get(device.logicalPortId);
      return { ...device, active: state?.active ?? null, status: state?.status ?? null };
    }),
    attributes: record,
  };
}

/** `all`, `none`, or VLAN ids; only `all` was seen (hmc-cli.md §1.6). null for a text that is none of these. */
export function allowedVlanIdsOf(record: Attributes): AllowedVlanIds | null {
  const text = optionalText(record, 'allowed_vlan_ids');
  if (text === null || text === 'all' || text === 'none') return text;
  return /^\d+(,\d+)*$/.test(text) ? text.split(',').map(Number) : null;
}

/** `all`, `none`, or MAC addresses. */
export function allowedOsMacAddressesOf(record: Attributes): AllowedMacAddresses | null {
  const text = optionalText(record, 'allowed_os_mac_addrs');
  return text === null || text === 'all' || text === 'none' ? text : text.split(',').map(macDigits);
}

/**
 * The listing of `lshwres -r virtualio --rsubtype vnic`, of a partition or of a whole system. @throws {HmcOutputError}
 */
export function parseVnics(text: string): Vnic[] {
  return parseRecords(text).map(vnicFromRecord);
}
