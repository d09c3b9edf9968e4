import type { NewVnicAttributes } from '../hmc-language/changes.js';
import type { Refusal } from '../refusal.js';
import { macDigits } from '../resources/mac-address.js';
import type { Vnic } from '../resources/vnic.js';
import type { AllowedMacAddresses, AllowedVlanIds } from '../hmc-language/allowed-lists.js';
import type { VnicCreateRequest } from './requests.js';

/** What a request says of the vNIC itself. */
type VnicAttributesRequest = Omit<VnicCreateRequest, 'slot' | 'backingDevices' | 'placement'>;

/** The attributes of a vNIC itself, its devices left aside: their ranges (hmc-cli.md §1.6) and their equality. */

/** The ids of VLANs, of the port and allowed ones alike; 1 is not among them (RECALLED, hmc-cli.md §1.6). */
export const VLAN_IDS = { least: 2, most: 4094 } as const;
export const MAX_ALLOWED_VLAN_IDS = 20;
export const MAX_ALLOWED_OS_MAC_ADDRESSES = 4;
const MAC_ADDRESS_RULE = '12 hexadecimal digits, not all 0, with an even second digit (an odd one marks a group)';

/** The refusal (`rule-violation`) for the first attribute that is out of its range, else null. */
export function attributesRefusal(request: VnicAttributesRequest): Refusal | null {
  const { portVlanId, portVlanPriority, allowedVlanIds, macAddress, allowedOsMacAddresses } = request;
  const broken = (pointer: string, detail: string): Refusal => ({ type: 'rule-violation', pointer, detail });

  if (portVlanId !== undefined && portVlanId !== 0 && !isVlanId(portVlanId)) {
    return broken(
      '/portVlanId',
      `portVlanId is ${portVlanId}. It is 0 (no VLAN) or a whole number from ${VLAN_IDS.least} to ${VLAN_IDS.most}.`,
    );
  }
  if (portVlanPriority !== undefined && !isWholeNumber(portVlanPriority, 0, 7)) {
    return broken('/portVlanPriority', `portVlanPriority is ${portVlanPriority}. It is a whole number from 0 to 7.`);
  }
  if (typeof allowedVlanIds === 'object') {
    const isList = allowedVlanIds.length >= 1 && allowedVlanIds.length <= MAX_ALLOWED_VLAN_IDS;
    if (!isList || !allowedVlanIds.every(isVlanId)) {
      return broken(
        '/allowedVlanIds',
        `allowedVlanIds is "all", "none" or 1 to ${MAX_ALLOWED_VLAN_IDS} whole numbers from ${VLAN_IDS.least} to ${VLAN_IDS.most}.`,
      );
    }
  }
  if (macAddress !== undefined && !isMacAddress(macAddress)) {
    return broken('/macAddress', `macAddress is ${JSON.stringify(macAddress)}. It is ${MAC_ADDRESS_RULE}.`);
  }
  if (typeof allowedOsMacAddresses === 'object') {
    const isList = allowedOsMacAddresses.length >= 1 && allowedOsMacAddresses.length <= MAX_ALLOWED_OS_MAC_ADDRESSES;
    if (!isList || !allowedOsMacAddresses.every(isMacAddress)) {
      return broken(
        '/allowedOsMacAddresses',
        `allowedOsMacAddresses is "all", "none" or 1 to ${MAX_ALLOWED_OS_MAC_ADDRESSES} addresses, each ${MAC_ADDRESS_RULE}.`,
      );
    }
  }
  return null;
}

/** The attributes as the command takes them: MAC addresses without separators. */
export function newVnicAttributes(request: VnicAttributesRequest): NewVnicAttributes {
  const { macAddress, allowedOsMacAddresses } = request;
  return {
    portVlanId: request.portVlanId,
    portVlanPriority: request.portVlanPriority,
    allowedVlanIds: request.allowedVlanIds,
    macAddress: macAddress === undefined ? undefined : macDigits(macAddress),
    allowedOsMacAddresses:
      typeof allowedOsMacAddresses === 'object' ? allowedOsMacAddresses.map(macDigits) : allowedOsMacAddresses,
    autoPriorityFailover: request.autoPriorityFailover,
  };
}

/** Whether every attribute that the request names is the vNIC's; lists are sets. */
export function hasAttributes(vnic: Vnic, request: VnicAttributesRequest): boolean {
  const { portVlanId, portVlanPriority, allowedVlanIds, macAddress, allowedOsMacAddresses } = request;
  const { autoPriorityFailover } = request;
  return (
    (portVlanId === undefined || portVlanId === vnic.portVlanId) &&
    (portVlanPriority === undefined || portVlanPriority === vnic.portVlanPriority) &&
    (allowedVlanIds === undefined || asText(allowedVlanIds) === asText(vnic.allowedVlanIds)) &&
    (macAddress === undefined ||
      asText([macAddress]) === asText(vnic.macAddress === null ? null : [vnic.macAddress])) &&
    (allowedOsMacAddresses === undefined || asText(allowedOsMacAddresses) === asText(vnic.allowedOsMacAddresses)) &&
    (autoPriorityFailover === undefined || autoPriorityFailover === vnic.autoPriorityFailover)
  );
}

/**
 * The refusal (`not-changeable`) for the first attribute that a vNIC has differently and that nothing is known to
 * change on a vNIC that exists (hmc-cli.md §1.1, `-o s`), else null. Automatic failover is no such attribute.
 */
export function fixedAttributeRefusal(vnic: Vnic, request: VnicAttributesRequest): Refusal | null {
  const { portVlanId, portVlanPriority, allowedVlanIds, macAddress, allowedOsMacAddresses } = request;
  const asked = { portVlanId, portVlanPriority, allowedVlanIds, macAddress, allowedOsMacAddresses };
  for (const [name, value] of Object.entries(asked)) {
    if (!hasAttributes(vnic, { [name]: value })) {
      return {
        type: 'not-changeable',
        pointer: `/${name}`,
        detail: `The vNIC in slot ${vnic.slot} of ${vnic.partition.name} has another ${name}, and no command is known that changes it on a vNIC that exists. Leave ${name} out, or delete the vNIC and create it again.`,
      };
    }
  }
  return null;
}

/** A word as it is, a list as a sorted set, nothing for null. */
function asText(value: AllowedVlanIds | AllowedMacAddresses | null): string {
  if (value === null || typeof value === 'string') return String(value);
  return [...new Set(value.map((element) => macDigits(String(element))))].sort().join();
}

function isVlanId(value: number): boolean {
  return isWholeNumber(value, VLAN_IDS.least, VLAN_IDS.most);
}

function isWholeNumber(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** The address of one card: the lowest bit of the first byte marks a group (IEEE 802, I/G bit). */
function isMacAddress(macAddress: string): boolean {
  const digits = macDigits(macAddress);
  return /^[0-9a-f][02468ace][0-9a-f]{10}$/.test(digits) && !/^0+$/.test(digits);
}
