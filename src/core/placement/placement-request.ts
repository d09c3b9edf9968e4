import { isOnSamePort } from '../resources/port-address.js';
import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { VirtualIoServerReference } from '../resources/virtual-io-server-reference.js';
import { MAX_BACKING_DEVICES } from './backing-device-request.js';

/**
 * Where the devices of a vNIC may go, and how many there shall be: in our words, or in those of OpenStack, never mixed.
 * OpenStack's are the names of a Neutron segment and of networking-powervm's `binding:profile`; beside
 * `physical_network` a `capacity` is a fraction as there, `0.02` for two percent, with at most four decimals.
 */
export interface PlacementRequest {
  /** Ports with this label (the physical network); either this or `ports`. */
  readonly label?: string | undefined;
  /** These ports and no others. */
  readonly ports?: readonly PortReference[] | undefined;
  /** How many backing devices: 1 to 6. Needed, but beside `physical_network`. */
  readonly redundancy?: number | undefined;
  /**
   * Percent of the physical port; the HMC takes the port's minimum when left out. Beside `physical_network` a fraction.
   */
  readonly capacity?: number | undefined;
  /** Percent. */
  readonly maxCapacity?: number | undefined;
  /** Only these Virtual I/O Servers; all of the system when left out. */
  readonly virtualIoServers?: readonly VirtualIoServerReference[] | undefined;
  /** OpenStack: the label. */
  readonly physical_network?: string | undefined;
  /** OpenStack: the redundancy; 2 when left out. */
  readonly vnic_required_vfs?: number | undefined;
  /** OpenStack: the maximum capacity, a fraction. */
  readonly maxcapacity?: number | undefined;
  /** Of a `binding:profile`, so that one can be handed on whole; says nothing about where devices go. */
  readonly delete_with_instance?: unknown;
  /** The same. */
  readonly vlan_type?: unknown;
}

export interface PortReference {
  readonly adapterId: number;
  /** Counted from 0. */
  readonly physicalPortId: number;
}

/** A placement in our words, with the names under which a refusal points at its members. */
export interface PlacementWish {
  readonly label: string | undefined;
  readonly ports: readonly PortReference[] | undefined;
  readonly redundancy: number;
  readonly capacity: number | undefined;
  readonly maxCapacity: number | undefined;
  readonly virtualIoServers: readonly VirtualIoServerReference[] | undefined;
  /** Whether a port without a label is meant too. */
  readonly unlabelledToo: boolean;
  readonly names: {
    readonly label: string;
    readonly redundancy: string;
    readonly capacity: string;
    readonly maxCapacity: string;
  };
  /** A percentage as the request has it: in percent, or as a fraction. */
  readonly shown: (percent: number) => number;
}

/** Whether a port is one of those that the wish allows. */
export function isOfWish({ ports, label, unlabelledToo }: PlacementWish, port: PhysicalPort): boolean {
  if (ports !== undefined) return ports.some((one) => isOnSamePort(one, port));
  return port.label === '' ? unlabelledToo : port.label === label;
}

/** networking-powervm's own default of `vnic_required_vfs`. */
const OPENSTACK_REDUNDANCY = 2;
/** To networking-powervm a port without a label belongs to this network. */
const OPENSTACK_UNLABELLED = 'default';

/**
 * The wish behind a request in either wording. `pointer` is the JSON Pointer of the request in its body, '' for the
 * whole. Refuses with `rule-violation`.
 */
export function placementWish(request: PlacementRequest, pointer: string): Result<PlacementWish> {
  const wish = request.physical_network === undefined ? fromOurs(request, pointer) : fromOpenStack(request, pointer);
  if (!wish.ok) return wish;
  const { redundancy, names } = wish.value;
  return Number.isInteger(redundancy) && redundancy >= 1 && redundancy <= MAX_BACKING_DEVICES
    ? wish
    : broken(
        `${pointer}/${names.redundancy}`,
        `${names.redundancy} is ${redundancy}. A vNIC has 1 to ${MAX_BACKING_DEVICES} backing devices.`,
      );
}

function fromOurs(request: PlacementRequest, pointer: string): Result<PlacementWish> {
  const { label, ports, redundancy, capacity, maxCapacity, virtualIoServers } = request;
  for (const member of ['vnic_required_vfs', 'maxcapacity', 'delete_with_instance', 'vlan_type'] as const) {
    if (request[member] !== undefined) {
      return broken(`${pointer}/${member}`, `${member} goes with physical_network only, as in OpenStack.`);
    }
  }
  if ((label === undefined) === (ports === undefined)) {
    return broken(
      `${pointer}/label`,
      'Say where the devices may go: either by `label` (the physical network) or by `ports`.',
    );
  }
  if (redundancy === undefined) {
    return broken(`${pointer}/redundancy`, 'Say how many backing devices there shall be: redundancy, 1 to 6.');
  }
  const names = { label: 'label', redundancy: 'redundancy', capacity: 'capacity', maxCapacity: 'maxCapacity' };
  const shown = (percent: number): number => percent;
  return ok({
    label,
    ports,
    redundancy,
    capacity,
    maxCapacity,
    virtualIoServers,
    unlabelledToo: false,
    names,
    shown,
  });
}

function fromOpenStack(request: PlacementRequest, pointer: string): Result<PlacementWish> {
  const { physical_network: label, vnic_required_vfs, capacity, maxcapacity, virtualIoServers } = request;
  for (const member of ['label', 'ports', 'redundancy', 'maxCapacity'] as const) {
    if (request[member] !== undefined) {
      return broken(
        `${pointer}/${member}`,
        `${member} does not go with physical_network: use OpenStack's names, or ours, not both.`,
      );
    }
  }
  for (const [member, fraction] of Object.entries({ capacity, maxcapacity })) {
    if (fraction !== undefined && !(fraction > 0 && fraction <= 1)) {
      return broken(
        `${pointer}/${member}`,
        `${member} is ${fraction}. Beside physical_network it is a fraction of the port as in OpenStack, above 0 and up to 1: 0.02 is two percent.`,
      );
    }
  }
  return ok({
    label,
    ports: undefined,
    redundancy: vnic_required_vfs ?? OPENSTACK_REDUNDANCY,
    capacity: percentOf(capacity),
    maxCapacity: percentOf(maxcapacity),
    virtualIoServers,
    unlabelledToo: label === OPENSTACK_UNLABELLED,
    names: {
      label: 'physical_network',
      redundancy: 'vnic_required_vfs',
      capacity: 'capacity',
      maxCapacity: 'maxcapacity',
    },
    shown: (percent) => Number((percent / 100).toFixed(4)),
  });
}

/** Rounded away is only what no double can hold: more than four decimals are refused with the capacity. */
function percentOf(fraction: number | undefined): number | undefined {
  return fraction === undefined ? undefined : Number((fraction * 100).toFixed(6));
}

function broken(pointer: string, detail: string): { readonly ok: false; readonly refusal: Refusal } {
  return refuse({ type: 'rule-violation', pointer, detail });
}
