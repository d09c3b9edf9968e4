import fc from 'fast-check';
import type { PlacementReading } from '../../../src/core/placement/eligible.js';
import type { PlacementRequest } from '../../../src/core/placement/placement-request.js';
import { adapter, device, estate, logicalPortId, partition, physicalPort, vnic } from '../operations/estate.js';

/** A frame as placements see it: Virtual I/O Servers, and adapters in enclosures with labelled ports. */
export interface Frame {
  readonly servers: number;
  readonly adapters: readonly {
    readonly enclosure: number;
    readonly logicalPorts: number;
    readonly ports: readonly {
      readonly subLabel: string;
      readonly linkUp: boolean;
      /** Percent that an active device of some vNIC has here already; 0 for none. */
      readonly busy: number;
      readonly granularity: number;
    }[];
  }[];
}

/** A partition far from the others, whose vNICs make the load. */
const OTHER = { name: 'gecko', id: 99 };

/** The frame as it would be read; every port has the label `net`. */
export function readingOf({ servers, adapters }: Frame): PlacementReading {
  const vios = Array.from({ length: servers }, (_, i) => ({ name: `vios${i + 1}`, id: i + 1 }));
  const [first = OTHER] = vios;
  const physicalPorts = adapters.flatMap(({ enclosure, ports }, a) =>
    ports.map(({ subLabel, linkUp, granularity }, p) =>
      physicalPort(a + 1, p, {
        label: 'net',
        subLabel,
        linkUp,
        capacityGranularity: granularity,
        location: `U78CA.001.CSS08Z${enclosure}-P1-C${a + 1}-C1-T${p + 1}`,
      }),
    ),
  );
  const busy = adapters.flatMap(({ ports }, a) =>
    ports.flatMap(({ busy: percent }, p) => (percent === 0 ? [] : [{ adapterId: a + 1, physicalPortId: p, percent }])),
  );
  return estate({
    partitions: [
      ...vios.map((one) => partition(one, { environment: 'vioserver' })),
      partition({ name: 'lizard', id: 50 }),
      partition(OTHER),
    ],
    adapters: adapters.map(({ enclosure, logicalPorts }, a) =>
      adapter(a + 1, { logicalPorts, physicalLocation: `U78CA.001.CSS08Z${enclosure}-P1-C${a + 1}-C1` }),
    ),
    physicalPorts,
    vnics: busy.map(({ adapterId, physicalPortId, percent }, i) =>
      vnic({
        partition: OTHER,
        slot: 10 + i,
        backingDevices: [
          device({
            logicalPortId: logicalPortId(adapterId, 30 + physicalPortId),
            virtualIoServer: first,
            adapterId,
            physicalPortId,
            desiredCapacity: percent,
            active: true,
          }),
        ],
      }),
    ),
  });
}

/** `most`: of servers, enclosures, adapters, and ports on an adapter. */
export function frames(most: {
  readonly servers: number;
  readonly enclosures: number;
  readonly adapters: number;
  readonly ports: number;
}): fc.Arbitrary<Frame> {
  const port = fc.record({
    subLabel: fc.constantFrom('', 'red', 'blue'),
    linkUp: fc.constantFrom(true, true, true, true, true, true, true, false),
    busy: fc.constantFrom(0, 0, 0, 2, 10, 60, 99),
    granularity: fc.constantFrom(1, 2),
  });
  return fc.record({
    servers: fc.integer({ min: 1, max: most.servers }),
    adapters: fc.array(
      fc.record({
        enclosure: fc.integer({ min: 1, max: most.enclosures }),
        logicalPorts: fc.constantFrom(48, 48, 48, 2),
        ports: fc.array(port, { minLength: 1, maxLength: most.ports }),
      }),
      { minLength: 1, maxLength: most.adapters },
    ),
  });
}

/** In our words, as these tests ask. */
export type WishedPlacement = PlacementRequest & { readonly redundancy: number };

export const requests: fc.Arbitrary<WishedPlacement> = fc.record(
  { label: fc.constant('net'), redundancy: fc.integer({ min: 1, max: 6 }), capacity: fc.constantFrom(2, 3, 4, 42) },
  { requiredKeys: ['label', 'redundancy'] },
);
