import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeTogether, type Placeable, type Together } from '../../../src/core/migrations/place-together.js';
import { TargetRoom } from '../../../src/core/migrations/target-room.js';
import type { LogicalPort } from '../../../src/core/resources/logical-port.js';
import type { PhysicalPort } from '../../../src/core/resources/physical-port.js';
import { adapter, estate, logicalPort } from '../operations/estate.js';
import { labelled } from './frames.js';

interface Room {
  readonly ports: readonly PhysicalPort[];
  readonly used: readonly LogicalPort[];
  /** Logical ports by adapter, what is used included. */
  readonly adapters: ReadonlyMap<number, number>;
}

const roomOf = ({ ports, used, adapters }: Room): TargetRoom =>
  new TargetRoom(
    estate({
      adapters: [...adapters].map(([id, logicalPorts]) => adapter(id, { logicalPorts })),
      physicalPorts: ports,
      logicalPorts: used,
      vnics: [],
    }),
  );

/** Whether a device goes to the port beside those that are there. */
function goes(room: Room, taken: readonly (readonly [Placeable, PhysicalPort])[], one: Placeable, port: PhysicalPort) {
  const before = room.used.filter(
    ({ adapterId, physicalPortId }) => adapterId === port.adapterId && physicalPortId === port.physicalPortId,
  );
  const onPort = taken.filter(([, other]) => other === port);
  const onAdapter = taken.filter(([, other]) => other.adapterId === port.adapterId);
  const usedOnAdapter = room.used.filter(({ adapterId }) => adapterId === port.adapterId).length;
  const percent = [...before.map(({ capacity }) => capacity ?? 0), ...onPort.map(([other]) => other.capacity)];
  return (
    one.ports.includes(port) &&
    !onPort.some(([other]) => other.vnic === one.vnic) &&
    percent.reduce((sum, part) => sum + part, 0) + one.capacity <= 100 &&
    (port.configuredLogicalPorts ?? 0) + onPort.length < (port.maxLogicalPorts ?? Infinity) &&
    usedOnAdapter + onAdapter.length < (room.adapters.get(port.adapterId) ?? Infinity)
  );
}

/** Every way is tried. */
function fits(
  room: Room,
  devices: readonly Placeable[],
  taken: readonly (readonly [Placeable, PhysicalPort])[] = [],
): boolean {
  const [first, ...rest] = devices;
  return (
    first === undefined ||
    room.ports.some((port) => goes(room, taken, first, port) && fits(room, rest, [...taken, [first, port]]))
  );
}

function expectRight(room: Room, devices: readonly Placeable[], found: Together<Placeable>): void {
  if (typeof found === 'string') return;
  expect(new Set(found.keys())).toEqual(new Set(devices));
  expect(found.size).toBe(devices.length);
  const taken: (readonly [Placeable, PhysicalPort])[] = [];
  for (const [device, port] of found) {
    expect(goes(room, taken, device, port)).toBe(true);
    taken.push([device, port]);
  }
}

/**
 * Up to so many ports with one or two labels, some of them nearly full, on adapters that may have few logical ports.
 */
const rooms = (most: number): fc.Arbitrary<Room> =>
  fc
    .record({
      ports: fc.array(
        fc.record({
          label: fc.constantFrom('net-a', 'net-a', 'net-b'),
          subLabel: fc.constantFrom('', 'red'),
          used: fc.constantFrom(0, 0, 10, 40, 55, 70),
          configured: fc.constantFrom(0, 0, 0, 18, 19),
        }),
        { minLength: 2, maxLength: most },
      ),
      logicalPorts: fc.array(fc.constantFrom(48, 48, 2, 3, 4), { minLength: 3, maxLength: 3 }),
    })
    .map(({ ports, logicalPorts }) => {
      const drawn = ports.map(({ label, subLabel, used, configured }, at) => {
        const port = labelled(1 + (at % 3), Math.floor(at / 3), label, {
          subLabel,
          configuredLogicalPorts: configured,
        });
        return { port, used };
      });
      return {
        ports: drawn.map(({ port }) => port),
        used: drawn.flatMap(({ port: { adapterId, physicalPortId }, used }, at) =>
          used === 0 ? [] : [logicalPort(adapterId, 90 + at, { physicalPortId, capacity: used })],
        ),
        adapters: new Map(logicalPorts.map((count, at) => [at + 1, count])),
      };
    });

/** Devices of two to four vNICs, which compete. */
const wishes = fc.array(
  fc.array(
    fc.record({
      label: fc.constantFrom('net-a', 'net-a', 'net-b'),
      capacity: fc.constantFrom(2, 15, 30, 33.5, 45, 60),
      subLabel: fc.constantFrom('', 'red', null),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  { minLength: 2, maxLength: 4 },
);

describe('a port for each device', () => {
  it('is found exactly when there is one, by every way there is', () => {
    const seen = { all: 0, none: 0 };
    fc.assert(
      fc.property(rooms(6), wishes, (room, vnics) => {
        const devices = vnics
          .flatMap((vnic, slot) =>
            vnic.map(({ label, capacity, subLabel }): Placeable => {
              const ports = room.ports.filter((port) => port.label === label);
              return { vnic: slot, capacity, subLabel, ports };
            }),
          )
          .filter(({ ports }) => ports.length > 0);
        const found = placeTogether(roomOf(room), devices);
        const wanted = fits(room, devices);
        expect(typeof found === 'string' ? found : 'all').toBe(wanted ? 'all' : 'none');
        expectRight(room, devices, found);
        seen[wanted ? 'all' : 'none'] += 1;
      }),
      { numRuns: 800 },
    );
    expect(Math.min(seen.all, seen.none)).toBeGreaterThan(100);
  });

  it('is never said not to be where there is one: of partitions with many vNICs, too', () => {
    let found = 0;
    fc.assert(
      fc.property(
        rooms(12),
        fc.array(fc.array(fc.tuple(fc.nat(), fc.constantFrom(1, 5, 8, 20, 35, 50)), { maxLength: 6 }), {
          minLength: 3,
          maxLength: 10,
        }),
        (room, vnics) => {
          // They are where they fit, and asked for without that.
          const hidden: (readonly [Placeable, PhysicalPort])[] = [];
          for (const [slot, vnic] of vnics.entries()) {
            for (const [wish, capacity] of vnic) {
              const port = room.ports[wish % room.ports.length];
              if (port === undefined) continue;
              const ports = room.ports.filter(({ label }) => label === port.label);
              const device: Placeable = { vnic: slot, capacity, subLabel: port.subLabel, ports };
              if (goes(room, hidden, device, port)) hidden.push([device, port]);
            }
          }
          const devices = hidden.map(([device]) => device);
          const together = placeTogether(roomOf(room), devices);
          expect(together).not.toBe('none');
          expectRight(room, devices, together);
          found += typeof together === 'string' ? 0 : 1;
        },
      ),
      { numRuns: 300 },
    );
    // Of what is drawn the bound of the search leaves nearly nothing open.
    expect(found).toBeGreaterThan(280);
  });

  it('is none at once where the sums forbid it', () => {
    const ports = [1, 2, 3].flatMap((id) => [0, 1, 2, 3].map((port) => labelled(id, port, 'net-a')));
    const room = { ports, used: [], adapters: new Map<number, number>() };
    const ofCapacity = (capacity: number, count: number): Placeable[] =>
      Array.from({ length: count }, (_, vnic) => ({ vnic, capacity, subLabel: null, ports }));
    const began = performance.now();
    // One fits on a port, and there are 12.
    expect(placeTogether(roomOf(room), ofCapacity(51, 13))).toBe('none');
    expect(placeTogether(roomOf(room), ofCapacity(34, 25))).toBe('none');
    const short = { ...room, adapters: new Map([1, 2, 3].map((id) => [id, 8] as const)) };
    expect(placeTogether(roomOf(short), ofCapacity(2, 25))).toBe('none');
    expect(typeof placeTogether(roomOf(short), ofCapacity(2, 24))).toBe('object');
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('is not found, which is not none, where the search comes to its bound', () => {
    // Three by three they fill every port to the last percent.
    const ports = [1, 2, 3].flatMap((id) => [0, 1, 2, 3].map((port) => labelled(id, port, 'net-a')));
    const capacities = ports.flatMap((_, at) => [21 + at, 33 + ((at * 5) % 7), 46 - at - ((at * 5) % 7)]);
    const devices = capacities.map((capacity, vnic): Placeable => ({ vnic, capacity, subLabel: null, ports }));
    const room = roomOf({ ports, used: [], adapters: new Map() });
    expect(capacities.reduce((sum, one) => sum + one, 0)).toBe(1_200);
    expect(placeTogether(room, devices)).toBe('not-found');
    // Ports of another label that are too few are so all the same.
    const other: Placeable = { vnic: 'other', capacity: 60, subLabel: null, ports: [labelled(4, 0, 'net-b')] };
    expect(placeTogether(room, [...devices, other])).toBe('none');
  });
});
