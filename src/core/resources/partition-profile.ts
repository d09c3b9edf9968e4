import { parseBackingDeviceInput, type ParsedBackingDeviceInput } from '../hmc-language/backing-device-notation.js';
import { HmcOutputError } from '../hmc-language/hmc-output-error.js';
import { parseRecords } from '../hmc-language/records.js';
import type { Attributes } from '../hmc-language/attributes.js';
import type { AllowedMacAddresses, AllowedVlanIds } from '../hmc-language/allowed-lists.js';
import { optionalFlag, optionalNumber, optionalText, requiredInteger, requiredText } from './attribute-values.js';
import { macDigits } from './mac-address.js';
import { allowedOsMacAddressesOf, allowedVlanIdsOf } from './vnic.js';

/** A vNIC of a profile: an element of `vnic_adapters` (hmc-cli.md §1.7). */
export interface ProfileVnic {
  readonly slot: number;
  readonly autoPriorityFailover: boolean | null;
  readonly portVlanId: number | null;
  readonly portVlanPriority: number | null;
  readonly allowedVlanIds: AllowedVlanIds | null;
  /** null where the profile names none: the HMC gives one at activation. */
  readonly macAddress: string | null;
  readonly allowedOsMacAddresses: AllowedMacAddresses | null;
  /** Whether the partition does not start without it. */
  readonly required: boolean | null;
  readonly backingDevices: readonly ParsedBackingDeviceInput[];
  /** The fields as printed, by the names that chsyscfg takes. */
  readonly attributes: Attributes;
}

/** A profile of a partition, as far as vNICs go: a record of `lssyscfg -r prof`. */
export interface PartitionProfile {
  readonly name: string;
  readonly partition: { readonly name: string; readonly id: number };
  /** null where this HMC does not print `vnic_adapters`, or a non-value, or something that cannot be read. */
  readonly vnics: readonly ProfileVnic[] | null;
  /** What could not be read of its `vnic_adapters`, and how it was printed; null when all was read. */
  readonly unreadable: string | null;
}

/**
 * The listing of `lssyscfg -r prof`. A `vnic_adapters` that cannot be read spoils its own profile only: the listing is
 * of all partitions.
 * @throws {HmcOutputError} for what is no listing of profiles
 */
export function parsePartitionProfiles(text: string): PartitionProfile[] {
  return parseRecords(text).map((record) => ({
    name: requiredText(record, 'name'),
    partition: { name: requiredText(record, 'lpar_name'), id: requiredInteger(record, 'lpar_id') },
    ...vnicsOf(optionalText(record, 'vnic_adapters')),
  }));
}

function vnicsOf(value: string | null): Pick<PartitionProfile, 'vnics' | 'unreadable'> {
  try {
    return { vnics: value === null ? null : parseProfileVnics(value), unreadable: null };
  } catch (error) {
    if (error instanceof HmcOutputError) return { vnics: null, unreadable: error.message };
    throw error;
  }
}

/** The fields in the order in which lssyscfg prints them without names (CODE prof-vnic_adapters-short.txt). */
const FIELDS = [
  'slot_num',
  'mode',
  'auto_priority_failover',
  'port_vlan_id',
  'pvid_priority',
  'allowed_vlan_ids',
  'mac_addr',
  'allowed_os_mac_addrs',
  'is_required',
  'backing_devices',
] as const;

/** Where the next element begins: `,7:ded:1:` or `,slot_num=7:mode=ded:…`. */
const BETWEEN_ELEMENTS = /,(?=(?:slot_num=)?\d+:(?:mode=)?[a-z]+:(?:auto_priority_failover=)?[01]?:)/;

/**
 * The value of `vnic_adapters`. Elements and lists inside them are both separated by commas, and how they are quoted
 * was never seen for more than one device: quotes are dropped, and elements are known by how they begin.
 * @throws {HmcOutputError}
 */
export function parseProfileVnics(value: string): ProfileVnic[] {
  const plain = value.replaceAll('"', '').trim();
  return plain === 'none' || plain === '' ? [] : plain.split(BETWEEN_ELEMENTS).map(parseProfileVnic);
}

/**
 * None given is nothing at all for a vNIC (CODE prof-vnic_adapters-short.txt), and twelve zeros for a logical port of a
 * profile (LIVE lssyscfg-prof-vios-with-sriov-v10r3-p9.txt): no adapter can have that address, so it is none here too.
 */
function macAddressOf(text: string | null): string | null {
  const digits = text === null ? null : macDigits(text);
  return digits === null || /^0+$/.test(digits) ? null : digits;
}

function parseProfileVnic(element: string): ProfileVnic {
  const parts = element.split(':');
  const named = parts[0]?.startsWith('slot_num=') === true;
  if (named ? !parts.every((part) => part.includes('=')) : parts.length !== FIELDS.length) {
    throw new HmcOutputError(`The HMC printed a vNIC of a profile with ${parts.length} fields`, element);
  }
  const attributes: Attributes = Object.fromEntries(
    parts.map((part, at) => {
      const equals = part.indexOf('=');
      return named ? [part.slice(0, equals), part.slice(equals + 1)] : [FIELDS[at] ?? '', part];
    }),
  );
  const macAddress = macAddressOf(optionalText(attributes, 'mac_addr'));
  return {
    slot: requiredInteger(attributes, 'slot_num'),
    autoPriorityFailover: optionalFlag(attributes, 'auto_priority_failover'),
    portVlanId: optionalNumber(attributes, 'port_vlan_id'),
    portVlanPriority: optionalNumber(attributes, 'pvid_priority'),
    allowedVlanIds: allowedVlanIdsOf(attributes),
    macAddress,
    allowedOsMacAddresses: allowedOsMacAddressesOf(attributes),
    required: optionalFlag(attributes, 'is_required'),
    backingDevices: (optionalText(attributes, 'backing_devices') ?? '')
      .split(',')
      .filter((device) => device !== '' && device !== 'none')
      .map(parseBackingDeviceInput),
    attributes,
  };
}
