import { fitsNotation } from '../hmc-language/backing-device-notation.js';
import { isOnSamePort, portText } from '../resources/port-address.js';
import { hundredths } from '../resources/percent.js';
import { whyNotServer } from '../resources/why-not-server.js';
import { countFatal, partsOf } from '../placement/failures.js';
import { virtualIoServersOf } from '../resources/partition.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { Vnic } from '../resources/vnic.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import { bestAssignment, type Assignment } from './best-assignment.js';
import type { Conflict, Warning } from './findings.js';
import type { MigrationReading } from './migration-reading.js';
import { keepSubLabels } from './place-together.js';
import { movingDevices, placeDevices, whyLeftOver, type Moving, type PlacedDevices } from './place-devices.js';
import { TargetRoom } from './target-room.js';

/** A backing device of the partition, and where it goes. */
export interface MappedDevice {
  /** Of its vNIC. */
  readonly slot: number;
  readonly logicalPortId: string;
  readonly failoverPriority: number;
  /** Percent; the desired capacity is kept. */
  readonly capacity: number;
  readonly source: DevicePort & { readonly label: string | null; readonly subLabel: string | null };
  /** Null when there is no place for it: `conflicts` say why. */
  readonly target: TargetPort | null;
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly Warning[];
}

interface DevicePort {
  readonly virtualIoServer: PartitionRef;
  readonly adapterId: number;
  /** Counted from 0. */
  readonly physicalPortId: number;
}

export interface TargetPort extends DevicePort {
  readonly label: string;
  readonly subLabel: string;
  /** Percent of the port that is free before the migration. */
  readonly freeCapacity: number;
  /** Free before the migration; null where the HMC does not tell. */
  readonly freeLogicalPorts: number | null;
}

/**
 * Where each backing device of the vNICs goes: to a port of the target with its label, with room for its capacity; two
 * devices of a vNIC never to one port. Of all ways there are, one with the fewest other sub-labels; then of each vNIC,
 * in the room that the others leave, the one that the fewest single and double failures take down, then that on the
 * emptiest ports. Devices that are on different Virtual I/O Servers go to different ones where there are so many. The
 * same readings give the same answer.
 */
export function mapDevices(
  source: MigrationReading,
  target: MigrationReading,
  vnics: readonly Vnic[],
): readonly MappedDevice[] {
  const free = new TargetRoom(target);
  const servers = usableServers(target);
  const moving = movingDevices(source, target, free, vnics);
  const { ports, gaveUp } = choosePorts(target, moving);
  const server = servers.length === 0 ? new Map<Moving, PartitionRef>() : chooseServers(servers, moving, ports);
  return moving.map((one) => mapped(one, ports.get(one), server.get(one), { target, free, servers, gaveUp }));
}

/**
 * The Virtual I/O Servers of a system that can take a device now, by their ids; of those, the ones that a mapping can name,
 * if there are any.
 */
export function usableServers({ partitions }: MigrationReading): readonly PartitionRef[] {
  const servers = virtualIoServersOf(partitions)
    .filter((one) => whyNotServer(one) === null)
    .map(({ name, id }) => ({ name, id }))
    .sort((a, b) => a.id - b.id);
  const named = servers.filter(({ name }) => fitsNotation(name));
  return named.length > 0 ? named : servers;
}

type Chosen<T> = ReadonlyMap<Moving, T>;

/** A vNIC that moves away makes room for one that was looked at before it; more rounds than that are seldom needed. */
const MOST_ROUNDS = 10;

/** A port for each device, the best for its vNIC in the room that the others leave. */
function choosePorts(target: MigrationReading, moving: readonly Moving[]): PlacedDevices {
  const room = new TargetRoom(target);
  const placed = placeDevices(room, moving);
  const ports = new Map(keepSubLabels(room, placed.ports));
  for (const [{ capacity }, port] of ports) room.take(port, capacity);
  const vnics = [...new Set(moving.map((one) => one.vnic))].map((vnic) =>
    moving.filter((one) => one.vnic === vnic && ports.has(one)),
  );
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = new Map(ports);
    for (const ofVnic of vnics) improve(room, ofVnic, ports);
    if ([...ports].every(([one, port]) => before.get(one) === port)) break;
  }
  return { ...placed, ports };
}

/** Ports with the label and with room, no port twice for a vNIC. */
function inRoom(
  room: TargetRoom,
  places: readonly Moving[],
): Pick<Assignment<PhysicalPort>, 'domains' | 'enter' | 'leave'> {
  const capacityAt = (place: number): number => places[place]?.capacity ?? 0;
  return {
    domains: places.map(({ ports }) => ports),
    enter: (port, place, before) => {
      const fits =
        room.takes(port, capacityAt(place)) &&
        !before.some((other, at) => places[at]?.vnic === places[place]?.vnic && isOnSamePort(other, port));
      if (fits) room.take(port, capacityAt(place));
      return fits;
    },
    leave: (port, place) => room.giveBack(port, capacityAt(place)),
  };
}

/** Chooses the ports of one vNIC anew, in the room that the others leave. */
function improve(room: TargetRoom, ofVnic: readonly Moving[], ports: Map<Moving, PhysicalPort>): void {
  const given = ofVnic.flatMap((one) => ports.get(one) ?? []);
  for (const [at, port] of given.entries()) room.giveBack(port, ofVnic[at]?.capacity ?? 0);
  const parts = new Parts(
    [null],
    ofVnic.flatMap((one) => one.ports),
  );
  const score = (chosen: readonly PhysicalPort[]): readonly number[] => [
    chosen.filter((port, at) => port.subLabel !== ofVnic[at]?.subLabel).length,
    ...parts.fatal(chosen.map((port) => [null, port])),
    unevenness(chosen.map(({ adapterId }) => adapterId)),
    chosen.reduce((sum, port) => sum - hundredths(room.freeCapacity(port)), 0),
    // What keeps the numbers of its adapter and port is easier to follow.
    chosen.filter((port, at) => ofVnic[at] !== undefined && !isOnSamePort(ofVnic[at].device, port)).length,
  ];
  for (const [at, port] of bestAssignment({ ...inRoom(room, ofVnic), score }, given).entries()) {
    const one = ofVnic[at];
    if (one === undefined) continue;
    ports.set(one, port);
    room.take(port, one.capacity);
  }
}

function chooseServers(
  servers: readonly PartitionRef[],
  moving: readonly Moving[],
  ports: Chosen<PhysicalPort>,
): Chosen<PartitionRef> {
  const chosen = new Map<Moving, PartitionRef>();
  for (const vnic of new Set(moving.map((one) => one.vnic))) {
    const ofVnic = moving.filter((one) => one.vnic === vnic && ports.has(one));
    const best = serversOfVnic(servers, ofVnic, ports);
    for (const [at, one] of ofVnic.entries()) {
      const server = best[at];
      if (server !== undefined) chosen.set(one, server);
    }
  }
  return chosen;
}

function serversOfVnic(
  servers: readonly PartitionRef[],
  ofVnic: readonly Moving[],
  ports: Chosen<PhysicalPort>,
): readonly PartitionRef[] {
  const portOf = ofVnic.flatMap((one) => ports.get(one) ?? []);
  const parts = new Parts(servers, portOf);
  // A server of the same name first: that is how pairs of frames are set up.
  const domains = ofVnic.map(({ device }) => [
    ...servers.filter(({ name }) => name === device.virtualIoServer.name),
    ...servers.filter(({ name }) => name !== device.virtualIoServer.name),
  ]);
  const score = (chosen: readonly PartitionRef[]): readonly number[] => [
    joinedPairs(ofVnic, chosen),
    ...parts.fatal(portOf.map((port, at) => [chosen[at] ?? null, port])),
    unevenness(chosen.map(({ id }) => id)),
    chosen.filter(({ name }, at) => name !== ofVnic[at]?.device.virtualIoServer.name).length,
  ];
  const given = domains.flatMap(([first]) => first ?? []);
  return bestAssignment({ domains, enter: () => true, leave: () => undefined, score }, given);
}

/** Pairs of devices that are on different servers now and would be on the same one. */
function joinedPairs(ofVnic: readonly Moving[], chosen: readonly PartitionRef[]): number {
  let pairs = 0;
  for (const [i, one] of ofVnic.entries()) {
    for (const [j, other] of ofVnic.slice(0, i).entries()) {
      const wereApart = one.device.virtualIoServer.id !== other.device.virtualIoServer.id;
      if (wereApart && chosen[i]?.id === chosen[j]?.id) pairs += 1;
    }
  }
  return pairs;
}

function unevenness(ids: readonly number[]): number {
  const devices = new Map<number, number>();
  for (const id of ids) devices.set(id, (devices.get(id) ?? 0) + 1);
  return [...devices.values()].reduce((sum, count) => sum + count ** 2, 0);
}

/** The parts that can fail: of each pair of server (null: as far as the port alone goes) and port. */
class Parts {
  private readonly numbers = new Map<string, number>();
  private readonly ofPair = new Map<string, readonly number[]>();

  constructor(servers: readonly (PartitionRef | null)[], ports: readonly PhysicalPort[]) {
    for (const server of servers) {
      for (const port of ports) {
        const parts = partsOf(server ?? { name: '', id: 0 }, port)
          .filter(({ kind }) => server !== null || kind !== 'virtual-io-server')
          .map(({ kind, name }) => this.numberOf(`${kind} ${name}`));
        this.ofPair.set(pairOf(server, port), parts);
      }
    }
  }

  /** How many single and how many double failures take every one of these devices. */
  fatal(devices: readonly (readonly [PartitionRef | null, PhysicalPort])[]): readonly number[] {
    if (devices.length === 0) return [0, 0];
    const dependents = devices.map(([server, port]) => ({ parts: this.ofPair.get(pairOf(server, port)) ?? [] }));
    const { singles, doubles } = countFatal(dependents, this.numbers.size);
    return [singles, doubles];
  }

  private numberOf(key: string): number {
    const known = this.numbers.get(key) ?? this.numbers.size;
    this.numbers.set(key, known);
    return known;
  }
}

const pairOf = (server: PartitionRef | null, { adapterId, physicalPortId }: PhysicalPort): string =>
  `${server?.id ?? ''} ${adapterId}/${physicalPortId}`;

function mapped(
  moving: Moving,
  port: PhysicalPort | undefined,
  server: PartitionRef | undefined,
  estate: {
    readonly target: MigrationReading;
    readonly free: TargetRoom;
    readonly servers: readonly PartitionRef[];
    readonly gaveUp: boolean;
  },
): MappedDevice {
  const { target, free, servers, gaveUp } = estate;
  const { vnic, device, sourcePort } = moving;
  const { virtualIoServer, adapterId, physicalPortId } = device;
  const conflicts: Conflict[] = port === undefined ? [...moving.conflicts] : [];
  if (port === undefined && moving.ports.length > 0) conflicts.push(whyLeftOver(moving, target.system.name, gaveUp));
  if (servers.length === 0) {
    conflicts.push({
      code: 'no-virtual-io-server',
      detail: `No Virtual I/O Server of ${target.system.name} can take a device: ${serversText(target)}`,
    });
  }
  const place =
    port === undefined || server === undefined
      ? null
      : {
          virtualIoServer: server,
          adapterId: port.adapterId,
          physicalPortId: port.physicalPortId,
          label: port.label,
          subLabel: port.subLabel,
          freeCapacity: free.freeCapacity(port),
          freeLogicalPorts: free.freeLogicalPorts(port),
        };
  return {
    slot: vnic.slot,
    logicalPortId: device.logicalPortId,
    failoverPriority: device.failoverPriority,
    capacity: moving.capacity,
    source: {
      virtualIoServer,
      adapterId,
      physicalPortId,
      label: sourcePort?.label ?? null,
      subLabel: sourcePort?.subLabel ?? null,
    },
    target: place,
    conflicts,
    warnings: port === undefined ? [] : warningsOf(moving, port, target),
  };
}

function warningsOf(
  { device, sourcePort, ports }: Moving,
  chosen: PhysicalPort,
  target: MigrationReading,
): readonly Warning[] {
  const { adapterId, physicalPortId } = chosen;
  const warnings: Warning[] = [];
  const equallyGood = ports.filter((port) => port.subLabel === chosen.subLabel);
  if (equallyGood.length > 1) {
    warnings.push({
      code: 'label-ambiguous',
      detail: `${equallyGood.length} ports of ${target.system.name} with the label ${JSON.stringify(chosen.label)} could take it: ${equallyGood.map(portText).join(', ')}. Chosen is ${portText(chosen)}; the mapping tells the HMC so.`,
      adapterId,
      physicalPortId,
    });
  }
  if (sourcePort !== null && sourcePort.subLabel !== chosen.subLabel) {
    warnings.push({
      code: 'sub-label-differs',
      detail: `Its sub-label is ${JSON.stringify(sourcePort.subLabel)}, that of ${portText(chosen)} is ${JSON.stringify(chosen.subLabel)}: no port with both labels is left.`,
      adapterId,
      physicalPortId,
    });
  }
  const maximum = device.desiredMaxCapacity ?? device.maxCapacity ?? 100;
  if (maximum < 100) {
    warnings.push({
      code: 'max-capacity-not-kept',
      detail: `It has a maximum capacity of ${maximum} %, and a mapping has no place for one. Look at it after the migration.`,
    });
  }
  return warnings;
}

function serversText({ partitions }: MigrationReading): string {
  const servers = virtualIoServersOf(partitions);
  return servers.length === 0
    ? 'it has none.'
    : servers.map((server) => `${server.name}: ${whyNotServer(server) ?? 'usable.'}`).join(' ');
}
