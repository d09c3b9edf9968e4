import fc from 'fast-check';
import type { MigrationReading } from '../../../src/core/migrations/migration-reading.js';
import type { PhysicalPort } from '../../../src/core/resources/physical-port.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import { adapter, device, estate, LIZARD, logicalPortId, partition, physicalPort, vnic } from '../operations/estate.js';

/** The seed's two frames in miniature. The source is `estate()` with labels; lizard has a vNIC in slot 6. */
export const VIOS_A = { name: 'vios1', id: 1 };
export const VIOS_B = { name: 'vios2', id: 2 };

/** A port with a label, on an adapter of the enclosure that its number says: 1 and 2 in one, 3 and 4 in another. */
export const labelled = (
  adapterId: number,
  port: number,
  label: string,
  changes: Partial<PhysicalPort> = {},
): PhysicalPort =>
  physicalPort(adapterId, port, {
    label,
    location: `U78CA.001.CSS0${adapterId < 3 ? 'A' : 'B'}-P1-C${adapterId}-C1-T${port + 1}`,
    ...changes,
  });

export function source(changes: Partial<Snapshot> = {}): MigrationReading {
  return estate({
    partitions: [
      partition(VIOS_A, { environment: 'vioserver' }),
      partition(VIOS_B, { environment: 'vioserver' }),
      partition(LIZARD, { uuid: 'AAAA' }),
    ],
    physicalPorts: [1, 2, 3, 4].flatMap((id) => [labelled(id, 0, 'net-a'), labelled(id, 1, 'net-b')]),
    vnics: [
      vnic({
        backingDevices: [
          device({ logicalPortId: logicalPortId(1, 11), adapterId: 1, failoverPriority: 10, active: true }),
          device({
            logicalPortId: logicalPortId(3, 3),
            adapterId: 3,
            failoverPriority: 20,
            virtualIoServer: VIOS_B,
            desiredCapacity: 4,
          }),
        ],
      }),
    ],
    ...changes,
  });
}

export function target(changes: Partial<Snapshot> = {}): MigrationReading {
  return estate({
    system: { mtms: '9119-MME*659707C', name: 'saurian-9119-MME-659707C' },
    partitions: [partition(VIOS_A, { environment: 'vioserver' }), partition(VIOS_B, { environment: 'vioserver' })],
    adapters: [adapter(1), adapter(2), adapter(3), adapter(null)],
    physicalPorts: [1, 2, 3].flatMap((id) => [labelled(id, 0, 'net-a'), labelled(id, 1, 'net-b')]),
    vnics: [],
    ...changes,
  });
}

/** Mostly one, so that many partitions can move. */
const LABELS = ['net-a', 'net-a', 'net-a', 'net-a', 'net-a', 'net-a', 'net-a', 'net-a', 'net-b', ''] as const;
const SUB_LABELS = ['', 'red', 'blue'] as const;
/** Of partitions on the target that were there before. */
const OTHER = { name: 'gecko', id: 99 };

const ports = (fewest: number, most: number): fc.Arbitrary<PhysicalPort[]> =>
  fc
    .array(
      fc.record({
        label: fc.constantFrom(...LABELS),
        subLabel: fc.constantFrom(...SUB_LABELS),
        linkUp: fc.constantFrom(true, true, true, true, true, true, true, false),
        granularity: fc.constantFrom(1, 1, 1, 2),
        configured: fc.constantFrom(0, 0, 0, 0, 0, 0, 19, 20),
      }),
      { minLength: fewest, maxLength: most },
    )
    .map((drawn) =>
      drawn.map(({ label, subLabel, linkUp, granularity, configured }, at) =>
        labelled(1 + Math.floor(at / 2), at % 2, label, {
          subLabel,
          linkUp,
          capacityGranularity: granularity,
          configuredLogicalPorts: configured,
        }),
      ),
    );

/** lizard with up to two vNICs on labelled ports, and a target with any labels, links, room and Virtual I/O Servers. */
export const pairs: fc.Arbitrary<{ readonly source: MigrationReading; readonly target: MigrationReading }> = fc
  .record({
    sourcePorts: ports(6, 6),
    targetPorts: ports(2, 6),
    vnics: fc.array(
      fc.uniqueArray(
        fc.record({
          port: fc.nat(5),
          server: fc.constantFrom(VIOS_A, VIOS_B),
          capacity: fc.constantFrom(1, 2, 4, 42),
          priority: fc.integer({ min: 1, max: 100 }),
        }),
        { minLength: 1, maxLength: 4, selector: ({ port }) => port },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    servers: fc.array(
      fc.constantFrom(
        ['Running', 'active'],
        ['Running', 'active'],
        ['Running', 'inactive'],
        ['Not Activated', 'inactive'],
      ),
      { minLength: 1, maxLength: 3 },
    ),
    busy: fc.array(fc.constantFrom(0, 0, 0, 0, 0, 58, 96, 100), { minLength: 6, maxLength: 6 }),
    room: fc.constantFrom(48, 48, 48, 2),
  })
  .map(({ sourcePorts, targetPorts, vnics, servers, busy, room }) => ({
    source: source({
      physicalPorts: sourcePorts,
      vnics: vnics.map((devices, at) =>
        vnic({
          slot: 6 + at,
          backingDevices: devices.map(({ port, server, capacity, priority }, n) =>
            device({
              logicalPortId: logicalPortId(1 + Math.floor(port / 2), 10 * at + n),
              adapterId: 1 + Math.floor(port / 2),
              physicalPortId: port % 2,
              virtualIoServer: server,
              desiredCapacity: capacity,
              failoverPriority: priority,
            }),
          ),
        }),
      ),
    }),
    target: target({
      partitions: servers.map(([state, rmcState], at) =>
        partition(
          { name: `vios${at + 1}`, id: at + 1 },
          {
            environment: 'vioserver',
            state: state ?? null,
            rmcState: rmcState ?? null,
          },
        ),
      ),
      adapters: [1, 2, 3].map((id) => adapter(id, { logicalPorts: room })),
      physicalPorts: targetPorts,
      vnics: targetPorts.flatMap(({ adapterId, physicalPortId }, at) =>
        busy[at] === 0 || busy[at] === undefined
          ? []
          : [
              vnic({
                partition: OTHER,
                slot: 10 + at,
                backingDevices: [
                  device({
                    logicalPortId: logicalPortId(adapterId, 30 + at),
                    adapterId,
                    physicalPortId,
                    desiredCapacity: busy[at],
                  }),
                ],
              }),
            ],
      ),
    }),
  }));
