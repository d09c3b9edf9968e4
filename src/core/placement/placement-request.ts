import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import type { VirtualIoServerReference } from '../operations/requests.js';

/** Where the devices of a vNIC may go, and how many there shall be: in our words, or in those of OpenStack. */
export type PlacementRequest = OwnPlacementRequest | OpenStackPlacementRequest;

export interface OwnPlacementRequest {
  /** Ports with this label (the physical network); either this or `ports`. */
  readonly label?: string | undefined;
  /** These ports and no others. */
  readonly ports?: readonly PortReference[] | undefined;
  /** How many backing devices: 1 to 6. */
  readonly redundancy: number;
  /** Percent of the physical port; the HMC takes the port's minimum when left out. */
  readonly capacity?: number | undefined;
  /** Percent. */
  readonly maxCapacity?: number | undefined;
  /** Only these Virtual I/O Servers; all of the system when left out. */
  readonly virtualIoServers?: readonly VirtualIoServerReference[] | undefined;
}

/**
 * The names of networking-powervm's `binding:profile` and of a Neutron segment. There `capacity` and `maxcapacity` are
 * fractions, `0.02` for two percent, with at most four decimals, and the redundancy is 2 when left out.
 */
export interface OpenStackPlacementRequest {
  readonly physical_network: string;
  readonly vnic_required_vfs?: number | undefined;
  readonly capacity?: number | undefined;
  readonly maxcapacity?: number | undefined;
  readonly virtualIoServers?: readonly VirtualIoServerReference[] | undefined;
}

export interface PortReference {
  readonly adapterId: number;
  /** Counted from 0. */
  readonly physicalPortId: number;
}

/** A placement in our words, with the names under which a refusal points at its members. */
export interface PlacementWish extends OwnPlacementRequest {
  readonly names: {
    readonly label: string;
    readonly redundancy: string;
    readonly capacity: string;
    readonly maxCapacity: string;
  };
}

const OWN_NAMES = { label: 'label', redundancy: 'redundancy', capacity: 'capacity', maxCapacity: 'maxCapacity' };
const OPENSTACK_NAMES = {
  label: 'physical_network',
  redundancy: 'vnic_required_vfs',
  capacity: 'capacity',
  maxCapacity: 'maxcapacity',
};

/** networking-powervm's own default of `vnic_required_vfs`. */
const OPENSTACK_REDUNDANCY = 2;
const MAX_REDUNDANCY = 6;

/**
 * The wish behind a request in either wording. `pointer` is the JSON Pointer of the request in its body, '' for the whole.
 * Refuses with `rule-violation`.
 */
export function placementWish(request: PlacementRequest, pointer: string): Result<PlacementWish> {
  const openStack = 'physical_network' in request;
  const wish: PlacementWish = openStack ? fromOpenStack(request) : { ...request, names: OWN_NAMES };
  const broken = (member: string, detail: string): { readonly ok: false; readonly refusal: Refusal } =>
    refuse({ type: 'rule-violation', pointer: `${pointer}/${member}`, detail });

  if (openStack) {
    for (const member of ['capacity', 'maxcapacity'] as const) {
      const fraction = request[member];
      if (fraction !== undefined && !(fraction > 0 && fraction <= 1)) {
        return broken(
          member,
          `${member} is ${fraction}. Beside physical_network it is a fraction of the port as in OpenStack, above 0 and up to 1: 0.02 is two percent.`,
        );
      }
    }
  }
  if ((wish.label === undefined) === (wish.ports === undefined)) {
    return broken(
      wish.names.label,
      'Say where the devices may go: either by `label` (the physical network) or by `ports`.',
    );
  }
  if (!Number.isInteger(wish.redundancy) || wish.redundancy < 1 || wish.redundancy > MAX_REDUNDANCY) {
    return broken(
      wish.names.redundancy,
      `${wish.names.redundancy} is ${wish.redundancy}. A vNIC has 1 to ${MAX_REDUNDANCY} backing devices.`,
    );
  }
  return ok(wish);
}

function fromOpenStack(request: OpenStackPlacementRequest): PlacementWish {
  const percent = (fraction: number | undefined): number | undefined =>
    fraction === undefined ? undefined : Math.round(fraction * 10_000) / 100;
  return {
    label: request.physical_network,
    redundancy: request.vnic_required_vfs ?? OPENSTACK_REDUNDANCY,
    capacity: percent(request.capacity),
    maxCapacity: percent(request.maxcapacity),
    virtualIoServers: request.virtualIoServers,
    names: OPENSTACK_NAMES,
  };
}
