import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usableServers, type MappedDevice, type TargetPort } from '../../../src/core/migrations/map-devices.js';
import type { MigrationReading } from '../../../src/core/migrations/migration-reading.js';
import { previewMigration, type MigrationPreview } from '../../../src/core/migrations/preview-migration.js';
import type { PhysicalPort } from '../../../src/core/resources/physical-port.js';
import { adapter, device, logicalPortId, vnic } from '../operations/estate.js';
import { labelled, pairs, source, target, VIOS_A } from './frames.js';

const RUNS = { numRuns: 400 };

function preview(from: MigrationReading, to: MigrationReading): MigrationPreview {
  const lizard = from.partitions.find(({ name }) => name === 'lizard');
  if (!lizard) throw new Error('no lizard');
  return previewMigration(from, { read: true, snapshot: to, hmcVersion: null }, lizard);
}

const key = ({ adapterId, physicalPortId }: Pick<PhysicalPort, 'adapterId' | 'physicalPortId'>): string =>
  `${adapterId}/${physicalPortId}`;

/** Percent that the vNICs of the target hold on a port before the migration. */
const usedOn = (to: MigrationReading, port: string): number =>
  to.vnics
    .flatMap(({ backingDevices }) => backingDevices)
    .filter((device) => key(device) === port)
    .reduce((sum, { desiredCapacity }) => sum + desiredCapacity, 0);

/** Whether these devices, in this order, all find a place: every way is tried. */
function fits(
  to: MigrationReading,
  devices: readonly { readonly slot: number; readonly label: string | null; readonly capacity: number }[],
  taken: readonly { readonly slot: number; readonly port: PhysicalPort; readonly capacity: number }[] = [],
): boolean {
  const [device, ...rest] = devices;
  if (device === undefined) return true;
  return to.physicalPorts.some((port) => {
    const onPort = taken.filter((one) => key(one.port) === key(port));
    const onAdapter = taken.filter((one) => one.port.adapterId === port.adapterId);
    const adapter = to.adapters.find(({ adapterId }) => adapterId === port.adapterId);
    const adapterUsed = to.vnics
      .flatMap((vnic) => vnic.backingDevices)
      .filter((one) => one.adapterId === port.adapterId);
    const there =
      port.label !== '' &&
      port.label === device.label &&
      port.linkUp === true &&
      (device.capacity * 100) % ((port.capacityGranularity ?? 1) * 100) === 0 &&
      !onPort.some((one) => one.slot === device.slot) &&
      usedOn(to, key(port)) + onPort.reduce((sum, one) => sum + one.capacity, 0) + device.capacity <= 100 &&
      (port.configuredLogicalPorts ?? 0) + onPort.length < (port.maxLogicalPorts ?? 0) &&
      adapterUsed.length + onAdapter.length < (adapter?.logicalPorts ?? 0);
    return there && fits(to, rest, [...taken, { slot: device.slot, port, capacity: device.capacity }]);
  });
}

/** Whether a device goes to a port beside the others, each on the port that the mapping says. */
function goes(
  to: MigrationReading,
  { slot, capacity, source: { label } }: MappedDevice,
  port: PhysicalPort,
  others: readonly MappedDevice[],
): boolean {
  const onPort = others.filter(({ target: place }) => place !== null && key(place) === key(port));
  return (
    port.label === label &&
    port.linkUp === true &&
    (capacity * 100) % ((port.capacityGranularity ?? 1) * 100) === 0 &&
    !onPort.some((one) => one.slot === slot) &&
    usedOn(to, key(port)) + onPort.reduce((sum, one) => sum + one.capacity, 0) + capacity <= 100 &&
    (port.configuredLogicalPorts ?? 0) + onPort.length < (port.maxLogicalPorts ?? 0)
  );
}

/** The fewest devices on a port with another sub-label, by every way there is; Infinity where there is none. */
function fewestOthers(
  to: MigrationReading,
  devices: readonly MappedDevice[],
  placed: readonly MappedDevice[] = [],
): number {
  const [device, ...rest] = devices;
  if (device === undefined) return 0;
  return to.physicalPorts
    .filter((port) => goes(to, device, port, placed))
    .reduce((fewest, port) => {
      const target: TargetPort = { ...port, virtualIoServer: VIOS_A, freeCapacity: 0, freeLogicalPorts: null };
      const other = port.subLabel === device.source.subLabel ? 0 : 1;
      return Math.min(fewest, other + fewestOthers(to, rest, [...placed, { ...device, target }]));
    }, Infinity);
}

/** Three vNICs that compete for the last places on ports with one label and several sub-labels. */
const tightPairs = fc
  .record({
    subLabels: fc.array(fc.constantFrom('', 'red', 'blue'), { minLength: 4, maxLength: 4 }),
    vnics: fc.array(
      fc.uniqueArray(fc.tuple(fc.nat(3), fc.constantFrom(2, 20, 40)), {
        selector: ([at]) => at,
        minLength: 1,
        maxLength: 2,
      }),
      { minLength: 2, maxLength: 3 },
    ),
    targetPorts: fc.array(
      fc.record({ subLabel: fc.constantFrom('', 'red', 'blue'), left: fc.constantFrom(1, 1, 2, 3) }),
      { minLength: 3, maxLength: 5 },
    ),
  })
  .map(({ subLabels, vnics, targetPorts }) => ({
    from: source({
      physicalPorts: subLabels.map((subLabel, at) => labelled(1 + at, 0, 'net-a', { subLabel })),
      vnics: vnics.map((devices, at) =>
        vnic({
          slot: 6 + at,
          backingDevices: devices.map(([port, capacity], n) =>
            device({
              logicalPortId: logicalPortId(1 + port, 10 * at + n),
              adapterId: 1 + port,
              physicalPortId: 0,
              desiredCapacity: capacity,
              failoverPriority: 10 + n,
            }),
          ),
        }),
      ),
    }),
    to: target({
      adapters: targetPorts.map((_, at) => adapter(1 + at)),
      physicalPorts: targetPorts.map(({ subLabel, left }, at) =>
        labelled(1 + at, 0, 'net-a', { subLabel, configuredLogicalPorts: 20 - left }),
      ),
    }),
  }));

describe('a preview of a migration', () => {
  it('is the same for the same readings, in whatever order the HMC lists', () => {
    fc.assert(
      fc.property(pairs, ({ source: from, target: to }) => {
        const reversed = (reading: MigrationReading): MigrationReading => ({
          ...reading,
          partitions: [...reading.partitions].reverse(),
          adapters: [...reading.adapters].reverse(),
          vnics: [...reading.vnics]
            .reverse()
            .map((one) => ({ ...one, backingDevices: [...one.backingDevices].reverse() })),
        });
        const found = preview(from, to);
        expect(preview(from, to)).toEqual(found);
        const other = preview(reversed(from), reversed(to));
        expect({ mappings: other.vnicMappings, devices: other.backingDevices.map((one) => one.target) }).toEqual({
          mappings: found.vnicMappings,
          devices: found.backingDevices.map((one) => one.target),
        });
      }),
      RUNS,
    );
  });

  it('sends a device only where it may go', () => {
    fc.assert(
      fc.property(pairs, ({ source: from, target: to }) => {
        const { backingDevices } = preview(from, to);
        const servers = usableServers(to).map(({ id }) => id);
        const onPort = new Map<string, number[]>();
        const onAdapter = new Map<number, number>();
        for (const device of backingDevices) {
          const place = device.target;
          // Either a place or a reason.
          expect(device.conflicts.length > 0).toBe(place === null);
          if (place === null) continue;
          const port = to.physicalPorts.find((one) => key(one) === key(place));
          expect(port).toMatchObject({ label: device.source.label, linkUp: true });
          expect(device.source.label).not.toBe('');
          expect((device.capacity * 100) % ((port?.capacityGranularity ?? 1) * 100)).toBe(0);
          expect(servers).toContain(place.virtualIoServer.id);
          onPort.set(key(place), [...(onPort.get(key(place)) ?? []), device.capacity]);
          onAdapter.set(place.adapterId, (onAdapter.get(place.adapterId) ?? 0) + 1);
          const twin = backingDevices.filter(
            (other) => other.slot === device.slot && other.target !== null && key(other.target) === key(place),
          );
          expect(twin).toEqual([device]);
        }
        for (const [port, capacities] of onPort) {
          expect(usedOn(to, port) + capacities.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(100);
          const { configuredLogicalPorts, maxLogicalPorts } = to.physicalPorts.find((one) => key(one) === port) ?? {};
          expect((configuredLogicalPorts ?? 0) + capacities.length).toBeLessThanOrEqual(maxLogicalPorts ?? 0);
        }
        for (const [adapterId, devices] of onAdapter) {
          const used = to.vnics.flatMap((one) => one.backingDevices).filter((one) => one.adapterId === adapterId);
          const adapter = to.adapters.find((one) => one.adapterId === adapterId);
          expect(used.length + devices).toBeLessThanOrEqual(adapter?.logicalPorts ?? 0);
        }
      }),
      RUNS,
    );
  });

  it('finds a place for every device wherever there is one for all of them', () => {
    let possible = 0;
    fc.assert(
      fc.property(pairs, ({ source: from, target: to }) => {
        const found = preview(from, to);
        const devices = found.backingDevices.map(({ slot, capacity, source: { label } }) => ({
          slot,
          capacity,
          label,
        }));
        const all = usableServers(to).length > 0 && fits(to, devices);
        expect(found.possible).toBe(all);
        possible += all ? 1 : 0;
      }),
      RUNS,
    );
    // Else this would compare nothing.
    expect(possible).toBeGreaterThan(20);
  });

  it('loses no more sub-labels than it must, over all vNICs, and says only then that there is no port with both labels', () => {
    const seen = { kept: 0, lost: 0 };
    fc.assert(
      fc.property(tightPairs, ({ from, to }) => {
        const { possible, backingDevices } = preview(from, to);
        if (!possible) return;
        const lost = backingDevices.filter((one) => one.target?.subLabel !== one.source.subLabel);
        expect(lost.length).toBe(fewestOthers(to, backingDevices));
        seen[lost.length === 0 ? 'kept' : 'lost'] += 1;
        for (const one of lost) {
          expect(one.warnings.map(({ code }) => code)).toContain('sub-label-differs');
          const others = backingDevices.filter((other) => other !== one);
          const free = to.physicalPorts.filter((port) => goes(to, one, port, others));
          expect(free.map((port) => port.subLabel)).not.toContain(one.source.subLabel);
        }
      }),
      RUNS,
    );
    // Else this would compare nothing.
    expect(Math.min(seen.kept, seen.lost)).toBeGreaterThan(20);
  });

  it('keeps devices apart that are on different Virtual I/O Servers, where there are so many', () => {
    fc.assert(
      fc.property(pairs, ({ source: from, target: to }) => {
        const { backingDevices } = preview(from, to);
        const servers = usableServers(to).length;
        for (const slot of new Set(backingDevices.map((one) => one.slot))) {
          const placed = backingDevices.filter((one) => one.slot === slot && one.target !== null);
          const before = new Set(placed.map((one) => one.source.virtualIoServer.id));
          if (before.size > servers) continue;
          for (const one of placed) {
            for (const other of placed) {
              const wereApart = one.source.virtualIoServer.id !== other.source.virtualIoServer.id;
              if (wereApart) expect(one.target?.virtualIoServer.id).not.toBe(other.target?.virtualIoServer.id);
            }
          }
        }
      }),
      RUNS,
    );
  });

  it('has mappings and a command when it is possible, in the form of the sample, and else neither', () => {
    const element = /^\d+\/ded\/[^/,"]+\/\d+\/\d+\/\d+\/\d+\.\d+\/\d+\/\d+$/;
    let mapped = 0;
    fc.assert(
      fc.property(pairs, ({ source: from, target: to }) => {
        const { possible, vnicMappings, command, backingDevices } = preview(from, to);
        if (!possible) {
          expect([vnicMappings, command]).toEqual([null, null]);
          return;
        }
        mapped += 1;
        const elements = (vnicMappings ?? '').split(',');
        expect(elements).toHaveLength(backingDevices.length);
        for (const one of elements) expect(one).toMatch(element);
        expect(command).toContain(` -i 'vnic_mappings="${vnicMappings}"'`);
      }),
      RUNS,
    );
    expect(mapped).toBeGreaterThan(20);
  });

  it('is quick for the largest vNICs on many ports, and spreads them over all adapters', () => {
    const ports = [1, 2, 3, 4, 5, 6].flatMap((id) => [0, 1, 2, 3].map((port) => labelled(id, port, 'net-b')));
    const [first] = source().vnics;
    const [one] = first?.backingDevices ?? [];
    if (!first || !one) throw new Error('no device');
    const six = [1, 2, 3, 4, 5, 6].map((id) => ({ ...one, adapterId: id, logicalPortId: `2700400${id}` }));
    const from = source({
      physicalPorts: ports,
      vnics: [5, 6, 7, 8].map((slot) => ({ ...first, slot, backingDevices: six })),
    });
    const to = target({ physicalPorts: ports, adapters: [1, 2, 3, 4, 5, 6].map((id) => adapter(id)) });
    const began = performance.now();
    const found = preview(from, to);
    expect(found.possible).toBe(true);
    for (const slot of [5, 6, 7, 8]) {
      const ofVnic = found.backingDevices.filter((one) => one.slot === slot);
      expect(new Set(ofVnic.map((one) => one.target?.adapterId)).size).toBe(6);
    }
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
