import { hundredths } from '../resources/percent.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { TargetRoom } from './target-room.js';

/** A device that needs a port. */
export interface Placeable {
  /** Devices of one vNIC have the same, and never share a port. */
  readonly vnic: unknown;
  /** Percent of a port. */
  readonly capacity: number;
  /** Those that could take it, were it alone; all of one label. */
  readonly ports: readonly PhysicalPort[];
  /** A port with this one is preferred. */
  readonly subLabel: string | null;
}

/** A port for each device; `none`: there is no such way; `not-found`: none was found within the bound of the search. */
export type Together<D> = ReadonlyMap<D, PhysicalPort> | 'none' | 'not-found';

/** Ports tried for devices that compete with each other: a fraction of a second. */
export const MOST_STEPS = 20_000;
/** The same to keep more sub-labels, which is only a wish. */
const MOST_STEPS_FOR_SUB_LABELS = 5_000;

/**
 * A port with room for each device, two devices of a vNIC never on one port. Devices of different labels compete for
 * nothing but the logical ports of an adapter: each label is looked at alone, and all of them together only where the
 * adapters do not have enough for that.
 */
export function placeTogether<D extends Placeable>(room: TargetRoom, devices: readonly D[]): Together<D> {
  const alone = groups(devices, ({ ports }) => ports[0]?.label).map((group) =>
    search(room, group, { steps: MOST_STEPS }),
  );
  if (alone.includes('none')) return 'none';
  const chosen = new Map(alone.flatMap((found) => (typeof found === 'string' ? [] : [...found])));
  if (chosen.size < devices.length) return 'not-found';
  return adaptersSuffice(room, [...chosen.values()]) ? chosen : search(room, devices, { steps: MOST_STEPS });
}

/**
 * Ports for the same devices, of which fewer have another sub-label than the device: the fewest there can be, unless
 * the search comes to its bound. Which devices keep theirs is a question of all of them: one gives up a port to
 * another.
 */
export function keepSubLabels<D extends Placeable>(
  room: TargetRoom,
  given: ReadonlyMap<D, PhysicalPort>,
): ReadonlyMap<D, PhysicalPort> {
  const devices = [...given.keys()];
  const alone = new Map(
    groups(devices, ({ ports }) => ports[0]?.label).flatMap((group) => [...fewestOthers(room, group, given)]),
  );
  return adaptersSuffice(room, [...alone.values()]) ? alone : fewestOthers(room, devices, given);
}

function fewestOthers<D extends Placeable>(
  room: TargetRoom,
  devices: readonly D[],
  given: ReadonlyMap<D, PhysicalPort>,
): ReadonlyMap<D, PhysicalPort> {
  const bound = { steps: MOST_STEPS_FOR_SUB_LABELS };
  let best: ReadonlyMap<D, PhysicalPort> = new Map([...given].filter(([device]) => devices.includes(device)));
  for (;;) {
    const others = [...best].filter(([device, port]) => port.subLabel !== device.subLabel).length;
    const better = others === 0 ? 'none' : search(room, devices, bound, others - 1);
    if (typeof better === 'string') return best;
    best = better;
  }
}

function adaptersSuffice(room: TargetRoom, ports: readonly PhysicalPort[]): boolean {
  return ports.every(({ adapterId }) => {
    const onAdapter = ports.filter((port) => port.adapterId === adapterId).length;
    return onAdapter <= (room.freeOnAdapter(adapterId) ?? Infinity);
  });
}

/** Those with the same key together, in the order of the first of each. */
function groups<T>(all: readonly T[], keyOf: (one: T) => unknown): T[][] {
  const byKey = new Map<unknown, T[]>();
  for (const one of all) byKey.set(keyOf(one), [...(byKey.get(keyOf(one)) ?? []), one]);
  return [...byKey.values()];
}

/** A port with what is left on it while the search goes on. */
interface Spot {
  readonly port: PhysicalPort;
  readonly adapter: Adapter;
  /** Hundredths of a percent. */
  room: number;
  logicalPorts: number;
  readonly vnics: Set<unknown>;
}
interface Adapter {
  logicalPorts: number;
  readonly spots: Spot[];
}

/**
 * Large vNICs first, each device on the emptiest port that there is; where that comes to an end it goes back. It never
 * looks twice at the same devices with the same room, and not at all where already the sums forbid it. No more than
 * `mostOthers` devices go to a port with another sub-label.
 */
function search<D extends Placeable>(
  room: TargetRoom,
  devices: readonly D[],
  bound: { steps: number },
  mostOthers = Infinity,
): Together<D> {
  const order = hardestFirst(devices);
  const adapters = adaptersOf(room, devices);
  const spots = adapters.flatMap((adapter) => adapter.spots);
  // While any number may go to other sub-labels, ports that differ in nothing else can stand for each other.
  const kind = (one: D, spot: Spot): number =>
    takes(one, spot) ? 1 + (mostOthers < Infinity ? costOf(one, spot) : 0) : 0;
  const kindOf = new Map(spots.map((spot) => [spot, order.map((one) => kind(one, spot)).join('')]));
  const surelyOther = order.map((one) => (one.ports.some(({ subLabel }) => subLabel === one.subLabel) ? 0 : 1));
  const chosen = new Map<D, PhysicalPort>();
  /** With how many other sub-labels at the most it has been tried. */
  const hopeless = new Map<string, number>();

  /** What is left for the devices from this place on; ports that can stand for each other in any order. */
  const stateAt = (at: number, vnic: unknown): string => {
    const left = order.length - at;
    const texts = spots.map((spot) => {
      const { port, adapter, room: free, logicalPorts, vnics } = spot;
      const short = adapter.logicalPorts < left ? `${port.adapterId}:${adapter.logicalPorts}` : '';
      return `${kindOf.get(spot)?.slice(at)} ${free} ${Math.min(logicalPorts, left)} ${short} ${vnics.has(vnic)}`;
    });
    return `${at} ${texts.sort().join()}`;
  };

  const place = (at: number, others: number): boolean => {
    const device = order[at];
    if (device === undefined) return true;
    if (surelyOther.slice(at).reduce<number>((sum, one) => sum + one, 0) > others) return false;
    const state = stateAt(at, device.vnic);
    if ((hopeless.get(state) ?? -1) >= others) return false;
    if (couldFit(adapters, order.slice(at))) {
      for (const spot of preferred(spots, device)) {
        if (costOf(device, spot) > others) continue;
        bound.steps -= 1;
        if (bound.steps < 0) return false;
        put(device, spot);
        chosen.set(device, spot.port);
        if (place(at + 1, others - costOf(device, spot))) return true;
        takeBack(device, spot);
      }
    }
    hopeless.set(state, others);
    return false;
  };

  if (place(0, mostOthers)) return chosen;
  return bound.steps < 0 ? 'not-found' : 'none';
}

/** vNIC by vNIC: those with the most devices first, then the largest; of a vNIC the largest devices first. */
function hardestFirst<D extends Placeable>(devices: readonly D[]): readonly D[] {
  const size = (vnic: readonly D[]): number => vnic.reduce((sum, { capacity }) => sum + capacity, 0);
  return groups(devices, ({ vnic }) => vnic)
    .sort((a, b) => b.length - a.length || size(b) - size(a))
    .flatMap((vnic) => vnic.sort((a, b) => b.capacity - a.capacity || a.ports.length - b.ports.length));
}

function adaptersOf(room: TargetRoom, devices: readonly Placeable[]): readonly Adapter[] {
  const adapters = new Map<number, Adapter>();
  const ports = [...new Set(devices.flatMap((device) => device.ports))];
  for (const port of ports.sort((a, b) => a.adapterId - b.adapterId || a.physicalPortId - b.physicalPortId)) {
    const adapter = adapters.get(port.adapterId) ?? {
      logicalPorts: room.freeOnAdapter(port.adapterId) ?? Infinity,
      spots: [],
    };
    adapters.set(port.adapterId, adapter);
    adapter.spots.push({
      port,
      adapter,
      room: hundredths(room.freeCapacity(port)),
      logicalPorts: room.freeOnPort(port) ?? Infinity,
      vnics: new Set(),
    });
  }
  return [...adapters.values()];
}

const takes = ({ ports }: Placeable, { port }: Spot): boolean => ports.includes(port);

/** 1 where the device goes to another sub-label. */
const costOf = ({ subLabel }: Placeable, { port }: Spot): number => (port.subLabel === subLabel ? 0 : 1);

/** The ports that take the device now: those with its sub-label first, then the emptiest. */
function preferred(spots: readonly Spot[], device: Placeable): readonly Spot[] {
  return spots
    .filter(
      (spot) =>
        takes(device, spot) &&
        spot.room >= hundredths(device.capacity) &&
        spot.logicalPorts > 0 &&
        spot.adapter.logicalPorts > 0 &&
        !spot.vnics.has(device.vnic),
    )
    .sort((a, b) => costOf(device, a) - costOf(device, b) || b.room - a.room);
}

function put({ vnic, capacity }: Placeable, spot: Spot): void {
  spot.room -= hundredths(capacity);
  spot.logicalPorts -= 1;
  spot.adapter.logicalPorts -= 1;
  spot.vnics.add(vnic);
}

function takeBack({ vnic, capacity }: Placeable, spot: Spot): void {
  spot.room += hundredths(capacity);
  spot.logicalPorts += 1;
  spot.adapter.logicalPorts += 1;
  spot.vnics.delete(vnic);
}

/**
 * Sums that have to be right whatever goes where: room for so many devices of each size and larger, and for all
 * together.
 */
function couldFit(adapters: readonly Adapter[], devices: readonly Placeable[]): boolean {
  const capacities = devices.map(({ capacity }) => hundredths(capacity));
  const vnics = new Set(devices.map(({ vnic }) => vnic)).size;
  const room = adapters.flatMap(({ spots }) => spots).reduce((sum, spot) => sum + spot.room, 0);
  return (
    capacities.reduce((sum, capacity) => sum + capacity, 0) <= room &&
    [...new Set(capacities)].every((capacity) => {
      const onSpot = (spot: Spot): number => Math.min(vnics, spot.logicalPorts, Math.floor(spot.room / capacity));
      const places = adapters.reduce(
        (sum, { logicalPorts, spots }) =>
          sum +
          Math.min(
            logicalPorts,
            spots.reduce((ofAdapter, spot) => ofAdapter + onSpot(spot), 0),
          ),
        0,
      );
      return places >= capacities.filter((one) => one >= capacity).length;
    })
  );
}
