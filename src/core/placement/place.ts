import { hundredths, isPercentage } from '../resources/percent.js';
import { isOnSamePort } from '../resources/port-address.js';
import { logicalPortsInUse } from '../resources/logical-ports-in-use.js';
import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { Vnic } from '../resources/vnic.js';
import { byFailoverPriority, mayHaveMaximum, type BackingDevice } from '../resources/backing-device.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import { isReferenceTo } from '../resources/virtual-io-server-reference.js';
import { chooseDevices, type Candidate } from './choose-devices.js';
import {
  eligibleFor,
  type Eligible,
  type ExcludedPort,
  type ExcludedServer,
  type PlacementReading,
} from './eligible.js';
import { partsOf, survivalOf, type Part, type Survival } from './failures.js';
import { isOfWish, placementWish, type PlacementRequest, type PlacementWish } from './placement-request.js';
import { cannot, neverFits } from './why-not.js';

/** A backing device as placed: what a create, or a desired state, takes as it stands. */
export interface PlacedDevice {
  readonly virtualIoServer: PartitionRef;
  readonly adapterId: number;
  readonly physicalPortId: number;
  readonly capacity?: number;
  readonly failoverPriority: number;
  readonly maxCapacity?: number;
}

export interface Placement extends Survival {
  /** In the order of their priorities: the first carries the traffic while it works. */
  readonly backingDevices: readonly PlacedDevice[];
  readonly excludedPorts: readonly ExcludedPort[];
  readonly excludedVirtualIoServers: readonly ExcludedServer[];
}

/** Distance between two priorities, as in the seed: there is room for others between them. */
const PRIORITY_STEP = 10;

/**
 * Which devices a new vNIC best has: as many as asked for, never fewer, on working ports with room, spread over Virtual
 * I/O Servers, enclosures, adapters and sub-labels so that the fewest single and double failures take them all. The
 * same reading and the same request give the same answer. `pointer` is the JSON Pointer of the request in its body.
 * Refuses with `no-placement` when the estate does not have so many, with the reason for each port and server left out,
 * and with `rule-violation` what no port of the wish can ever give.
 */
export function place(reading: PlacementReading, request: PlacementRequest, pointer = ''): Result<Placement> {
  const wished = placementWish(request, pointer);
  if (!wished.ok) return wished;
  const wish = wished.value;
  const broken = capacityRefusal(wish, pointer);
  if (broken !== null) return refuse(broken);
  const found = eligibleFor(reading, wish, pointer);
  if (!found.ok) return found;
  const unable = neverFits(reading, wish, pointer);
  if (unable !== null) return refuse(unable);
  const eligible = found.value;
  const parts = allParts(eligible);
  const load = loadOf(reading);
  const { candidates, adapterIds } = candidatesOf(eligible, parts, load);
  const adapterRoom = adapterIds.map((adapterId) => roomOn(reading, adapterId));
  const chosen = chooseDevices({ candidates, adapterRoom, partCount: parts.length }, wish.redundancy);
  if (chosen === null) {
    const onPorts = adapterIds.map((adapterId, i) =>
      Math.min(adapterRoom[i] ?? 0, eligible.ports.filter((port) => port.adapterId === adapterId).length),
    );
    return refuse(cannot(wish, eligible, sum(onPorts)));
  }
  const ordered = inOrderOfPriority(chosen);
  return ok({
    backingDevices: ordered.map((candidate, index) => ({
      virtualIoServer: candidate.virtualIoServer,
      adapterId: candidate.physicalPort.adapterId,
      physicalPortId: candidate.physicalPort.physicalPortId,
      ...(wish.capacity === undefined ? {} : { capacity: wish.capacity }),
      failoverPriority: (index + 1) * PRIORITY_STEP,
      ...(wish.maxCapacity === undefined ? {} : { maxCapacity: wish.maxCapacity }),
    })),
    ...survivalOf(ordered, parts),
    excludedPorts: eligible.excludedPorts,
    excludedVirtualIoServers: eligible.excludedVirtualIoServers,
  });
}

/**
 * Whether devices are such as this placement could have chosen: so many, on ports and servers of the wish, of this
 * capacity.
 */
export function isPlacedAs(
  reading: Pick<PlacementReading, 'partitions' | 'physicalPorts'>,
  devices: readonly BackingDevice[],
  request: PlacementRequest,
): boolean {
  const wished = placementWish(request, '');
  if (!wished.ok) return false;
  const { redundancy, capacity, maxCapacity, virtualIoServers } = wished.value;
  const allowed = reading.physicalPorts.filter((port) => isOfWish(wished.value, port));
  return (
    devices.length === redundancy &&
    devices.every(
      (device) =>
        allowed.some((port) => isOnSamePort(port, device)) &&
        (capacity === undefined || hundredths(capacity) === hundredths(device.desiredCapacity)) &&
        (maxCapacity === undefined || mayHaveMaximum(device, maxCapacity)) &&
        (virtualIoServers === undefined ||
          virtualIoServers.some((reference) => isReferenceTo(reference, device.virtualIoServer))),
    )
  );
}

interface PlacedCandidate extends Candidate {
  readonly physicalPort: PhysicalPort;
  readonly virtualIoServer: PartitionRef;
}

function capacityRefusal({ capacity, maxCapacity, names, shown }: PlacementWish, pointer: string): Refusal | null {
  for (const [name, percent] of [
    [names.capacity, capacity],
    [names.maxCapacity, maxCapacity],
  ] as const) {
    if (percent !== undefined && !isPercentage(percent)) {
      return {
        type: 'rule-violation',
        pointer: `${pointer}/${name}`,
        detail: `${name} comes to ${percent} percent. It is above 0 and up to 100 percent, in whole hundredths of a percent.`,
      };
    }
  }
  if (capacity !== undefined && maxCapacity !== undefined && maxCapacity < capacity) {
    return {
      type: 'rule-violation',
      pointer: `${pointer}/${names.maxCapacity}`,
      detail: `${names.maxCapacity} is below ${names.capacity}, which is guaranteed. Give at least ${shown(capacity)}.`,
    };
  }
  return null;
}

/** Every part that a device of this wish could depend on: failures are counted among these. */
function allParts({ ports, servers }: Eligible): readonly Part[] {
  const parts = new Map<string, Part>();
  for (const port of ports) {
    for (const server of servers) {
      for (const part of partsOf(server, port)) {
        parts.set(keyOf(part), part);
      }
    }
  }
  return [...parts.values()];
}

function keyOf({ kind, name }: Part): string {
  return `${kind} ${name}`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

interface Load {
  /** Hundredths of a percent of the port that carry traffic now: active devices, and ports without a vNIC. */
  readonly ofPort: (port: PhysicalPort) => number;
  /** Hundredths of a percent that are promised to all devices of the port. */
  readonly promisedOf: (port: PhysicalPort) => number;
  /** Active devices of the server. */
  readonly ofServer: (server: PartitionRef) => number;
}

function loadOf({ vnics, logicalPorts }: PlacementReading): Load {
  const inUse = logicalPortsInUse(vnics, logicalPorts);
  const active = vnics.flatMap((vnic) => activeDevice(vnic) ?? []);
  const direct = logicalPorts.filter((one) => one.configured && one.vnicBackingDevice === false);
  return {
    ofPort: (port) =>
      sum([...active, ...direct].filter((one) => isOnSamePort(one, port)).map((one) => hundredths(one.capacity ?? 0))),
    promisedOf: (port) => sum(inUse.filter((one) => isOnSamePort(one, port)).map((one) => one.hundredths)),
    ofServer: ({ id }) => active.filter((one) => one.virtualIoServer.id === id).length,
  };
}

/** The device that carries the traffic, or will once the partition runs. */
function activeDevice({ backingDevices }: Vnic): BackingDevice | undefined {
  return backingDevices.find(({ active }) => active === true) ?? byFailoverPriority(backingDevices)[0];
}

function candidatesOf(
  { ports, servers }: Eligible,
  parts: readonly Part[],
  load: Load,
): { readonly candidates: readonly PlacedCandidate[]; readonly adapterIds: readonly number[] } {
  const indexOf = new Map(parts.map((part, index) => [keyOf(part), index]));
  const adapterIds = [...new Set(ports.map(({ adapterId }) => adapterId))];
  const candidates = ports.flatMap((physicalPort, port) => {
    const ofPort = load.ofPort(physicalPort);
    const promised = load.promisedOf(physicalPort);
    return servers.map((virtualIoServer, server) => ({
      port,
      server,
      adapter: adapterIds.indexOf(physicalPort.adapterId),
      parts: partsOf(virtualIoServer, physicalPort).map((part) => indexOf.get(keyOf(part)) ?? 0),
      load: [ofPort, promised, load.ofServer(virtualIoServer)],
      physicalPort,
      virtualIoServer,
    }));
  });
  return { candidates, adapterIds };
}

/**
 * How many more logical ports an adapter has; `logical_ports` counts the unused ones too (hmc-cli.md §1.5, captures).
 */
function roomOn({ adapters, vnics, logicalPorts }: PlacementReading, adapterId: number): number {
  const total = adapters.find((one) => one.adapterId === adapterId)?.logicalPorts ?? null;
  const used = logicalPortsInUse(vnics, logicalPorts).filter((one) => one.adapterId === adapterId).length;
  return total === null ? Number.POSITIVE_INFINITY : Math.max(0, total - used);
}

/**
 * The first is the one on the port with the least active load, so that new vNICs spread over the ports; each further
 * one shares the fewest parts with those before it, because whatever took those must not take it, and then has the
 * least load.
 */
function inOrderOfPriority(devices: readonly Candidate[]): readonly PlacedCandidate[] {
  const left = [...(devices as readonly PlacedCandidate[])];
  const ordered: PlacedCandidate[] = [];
  while (left.length > 0) {
    const rank = (one: PlacedCandidate): readonly number[] => [
      ordered.reduce((shared, other) => shared + one.parts.filter((part) => other.parts.includes(part)).length, 0),
      ...one.load,
      one.port,
    ];
    left.sort((a, b) => compare(rank(a), rank(b)));
    ordered.push(...left.splice(0, 1));
  }
  return ordered;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
