import { describe, expect, it } from 'vitest';
import { enclosureOf } from '../../../src/core/placement/failures.js';
import { isPlacedAs, place, type Placement } from '../../../src/core/placement/place.js';
import type { PlacementRequest } from '../../../src/core/placement/placement-request.js';
import type { PhysicalPort } from '../../../src/core/resources/physical-port.js';
import {
  adapter,
  device,
  estate,
  logicalPort,
  partition,
  physicalPort,
  vnic,
  VIOS1,
  VIOS2,
} from '../operations/estate.js';
import { refusalOf, valueOf } from '../operations/plan-helpers.js';

const ON_A = 'U78CA.001.CSS08ZN';
const ON_B = 'U78CA.001.CSS08EL';

/** Two Virtual I/O Servers; adapters 1 and 2 in one enclosure, 3 and 4 in the other, port 0 and 1 of each labelled. */
const reading = estate({
  adapters: [adapter(1), adapter(2), adapter(3), adapter(4), adapter(null)],
  physicalPorts: [1, 2, 3, 4].flatMap((id) =>
    [0, 1].map((port) =>
      physicalPort(id, port, {
        label: port === 0 ? 'prod-a' : 'prod-b',
        location: `${id < 3 ? ON_A : ON_B}-P1-C${id}-C1-T${port + 1}`,
      }),
    ),
  ),
});

const where = ({ backingDevices }: Placement): string[] =>
  backingDevices.map(
    (one) => `${one.virtualIoServer.name} ${one.adapterId}/${one.physicalPortId} ${one.failoverPriority}`,
  );

describe('enclosureOf', () => {
  it.each([
    ['U78CA.001.CSS08ZN-P1-C3-C1-T2', 'U78CA.001.CSS08ZN'],
    ['U78D4.ND1.CSS10LJ-P1-C5-T3-S1', 'U78D4.ND1.CSS10LJ'],
    ['U78DA.ND0.WZS0027-P0-C11', 'U78DA.ND0.WZS0027'],
    ['U78CA', 'U78CA'],
  ])('of %s is %s', (location, enclosure) => {
    expect(enclosureOf(location)).toBe(enclosure);
  });
});

describe('place', () => {
  it('puts two devices on two servers, two adapters and two enclosures', () => {
    const placement = valueOf(place(reading, { label: 'prod-a', redundancy: 2, capacity: 2 }));
    expect(placement.backingDevices).toEqual([
      { virtualIoServer: VIOS1, adapterId: 1, physicalPortId: 0, capacity: 2, failoverPriority: 10 },
      { virtualIoServer: VIOS2, adapterId: 3, physicalPortId: 0, capacity: 2, failoverPriority: 20 },
    ]);
    expect(placement.singleFailures).toEqual({ possible: 12, survived: 12, fatal: [] });
    expect(placement.doubleFailures.possible).toBe(66);
    expect(placement.doubleFailures.fatal).toContainEqual([
      { kind: 'virtual-io-server', name: 'vios1' },
      { kind: 'virtual-io-server', name: 'vios2' },
    ]);
  });

  it('does not couple each server to one adapter: server 1 and adapter 2 may be lost together', () => {
    const two = {
      ...reading,
      physicalPorts: reading.physicalPorts.filter(({ adapterId }) => [1, 3].includes(adapterId)),
    };
    const ports = [1, 3].flatMap((adapterId) => [0, 1].map((physicalPortId) => ({ adapterId, physicalPortId })));
    const placement = valueOf(place(two, { ports, redundancy: 4 }));
    const pairs = new Set(placement.backingDevices.map((one) => `${one.virtualIoServer.name} ${one.adapterId}`));
    expect(pairs).toEqual(new Set(['vios1 1', 'vios1 3', 'vios2 1', 'vios2 3']));
    expect(placement.doubleFailures.fatal.map((pair) => pair.map(({ name }) => name))).toEqual(
      [
        ['vios1', 'vios2'],
        [ON_A, ON_B],
        [ON_A, '3'],
        ['1', ON_B],
        ['1', '3'],
      ].map((pair) => expect.arrayContaining(pair)),
    );
  });

  it('spreads over sub-labels where nothing else tells the ports apart', () => {
    const physicalPorts = reading.physicalPorts
      .filter(({ adapterId }) => adapterId < 3)
      .map((port) => ({ ...port, label: 'net', subLabel: port.physicalPortId === 0 ? 'left' : 'right' }));
    const placement = valueOf(place({ ...reading, physicalPorts }, { label: 'net', redundancy: 2 }));
    expect(new Set(placement.backingDevices.map(({ physicalPortId }) => physicalPortId))).toEqual(new Set([0, 1]));
    expect(new Set(placement.backingDevices.map(({ adapterId }) => adapterId))).toEqual(new Set([1, 2]));
    expect(placement.singleFailures.fatal).toEqual([{ kind: 'enclosure', name: ON_A }]);
  });

  it('gives the traffic to the port with the least active load, and the next place to what shares nothing with it', () => {
    const busy = vnic({
      slot: 9,
      backingDevices: [
        device({
          logicalPortId: '27004009',
          physicalPortId: 0,
          desiredCapacity: 20,
          active: true,
          failoverPriority: 10,
        }),
        device({
          logicalPortId: '2700c009',
          adapterId: 3,
          physicalPortId: 0,
          virtualIoServer: VIOS2,
          failoverPriority: 20,
        }),
      ],
    });
    expect(where(valueOf(place({ ...reading, vnics: [busy] }, { label: 'prod-a', redundancy: 4 })))).toEqual([
      'vios2 2/0 10',
      'vios1 3/0 20',
      'vios2 4/0 30',
      'vios1 1/0 40',
    ]);
  });

  it('is spread by its own results: vNIC after vNIC takes its traffic to another port', () => {
    let now = reading;
    const active: number[] = [];
    for (let slot = 10; slot < 14; slot += 1) {
      const { backingDevices } = valueOf(place(now, { label: 'prod-a', redundancy: 2, capacity: 2 }));
      active.push(backingDevices[0]?.adapterId ?? 0);
      const made = backingDevices.map((one, i) =>
        device({ ...one, logicalPortId: `2700${slot}${i}0`, desiredCapacity: 2, capacity: 2, active: i === 0 }),
      );
      now = { ...now, vnics: [...now.vnics, vnic({ slot, backingDevices: made })] };
    }
    expect([...active].sort()).toEqual([1, 2, 3, 4]);
  });

  it('takes only the servers that are asked for, and says what is lost with them', () => {
    const placement = valueOf(
      place(reading, { label: 'prod-a', redundancy: 2, virtualIoServers: [{ name: 'vios2' }] }),
    );
    expect(new Set(placement.backingDevices.map(({ virtualIoServer }) => virtualIoServer.name))).toEqual(
      new Set(['vios2']),
    );
    expect(placement.singleFailures.fatal).toEqual([{ kind: 'virtual-io-server', name: 'vios2' }]);
  });

  it('leaves out what cannot take a device now, and says why', () => {
    const broken = {
      ...reading,
      partitions: reading.partitions.map((one) => (one.id === 2 ? { ...one, rmcState: 'inactive' } : one)),
      adapters: reading.adapters.map((one) => (one.adapterId === 4 ? { ...one, status: 'missing' } : one)),
      physicalPorts: reading.physicalPorts.map((port) => {
        if (port.physicalPortId !== 0) return port;
        if (port.adapterId === 1) return { ...port, linkUp: false };
        return port.adapterId === 2 ? { ...port, capacityGranularity: 4 } : port;
      }),
      logicalPorts: [],
    };
    const placement = valueOf(place(broken, { label: 'prod-a', redundancy: 1, capacity: 2 }));
    expect(where(placement)).toEqual(['vios1 3/0 10']);
    expect(placement.excludedPorts).toEqual([
      { adapterId: 1, physicalPortId: 0, code: 'port-link-down', reason: 'Its link is down.' },
      {
        adapterId: 2,
        physicalPortId: 0,
        code: 'capacity-granularity',
        reason: expect.stringContaining('not a multiple of 4') as string,
      },
      { adapterId: 4, physicalPortId: 0, code: 'adapter-not-running', reason: 'Adapter 4 is "missing", not running.' },
    ]);
    expect(placement.excludedVirtualIoServers).toEqual([
      { ...VIOS2, reason: 'Its RMC connection is "inactive", not active.' },
    ]);
  });

  it.each(['busy', 'unknown'])('does not exclude a server of which RMC %s is told', (rmcState) => {
    const busy = { ...reading, partitions: reading.partitions.map((one) => ({ ...one, rmcState })) };
    const placement = valueOf(place(busy, { label: 'prod-a', redundancy: 1, capacity: 2 }));
    expect(placement.excludedVirtualIoServers).toEqual([]);
  });

  it('excludes a full port, and nothing for what the HMC does not tell', () => {
    const full = {
      ...reading,
      logicalPorts: [logicalPort(1, 1, { physicalPortId: 0, capacity: 99 })],
      partitions: reading.partitions.map((one) => ({ ...one, rmcState: null })),
      physicalPorts: reading.physicalPorts.map((port) => ({ ...port, linkUp: null, capacityGranularity: null })),
    };
    const placement = valueOf(place(full, { label: 'prod-a', redundancy: 3, capacity: 2 }));
    expect(placement.excludedPorts).toEqual([
      {
        adapterId: 1,
        physicalPortId: 0,
        code: 'no-capacity-left',
        reason: expect.stringContaining('1 % of its capacity left') as string,
      },
    ]);
  });

  describe('cannot', () => {
    it('place more than there are ports, and never gives fewer', () => {
      const refusal = refusalOf(place(reading, { label: 'prod-a', redundancy: 5 }));
      expect(refusal).toMatchObject({ type: 'no-placement', members: { possible: 4, excludedPorts: [] } });
      expect(refusal.detail).toBe(
        '5 backing devices are asked for, 4 can be placed. There are 4 ports with the label "prod-a", and a vNIC uses a port once.',
      );
    });

    const onPorts = (change: (port: PhysicalPort) => Partial<PhysicalPort>): typeof reading => ({
      ...reading,
      physicalPorts: reading.physicalPorts.map((port) => ({ ...port, ...change(port) })),
    });
    const used = (capacity: number): typeof reading.logicalPorts =>
      [1, 2, 3, 4].map((id) => logicalPort(id, 1, { physicalPortId: 0, capacity }));
    const mixed = onPorts(({ adapterId }) =>
      adapterId < 3 ? { linkUp: false } : adapterId === 3 ? { capacityGranularity: 4 } : {},
    );
    const TWO = { label: 'prod-a', redundancy: 2, capacity: 2 };
    it.each<[string, typeof reading, PlacementRequest, number, string]>([
      ['link', onPorts(() => ({ linkUp: false })), TWO, 0, 'On all 4 ports with the label "prod-a" the link is down.'],
      [
        'some links',
        onPorts(({ adapterId }) => ({ linkUp: adapterId === 1 })),
        TWO,
        1,
        'On 3 of 4 ports with the label "prod-a" the link is down.',
      ],
      [
        'adapter',
        { ...reading, adapters: reading.adapters.map((one) => ({ ...one, functional: false })) },
        TWO,
        0,
        'On all 4 ports with the label "prod-a" the adapter does not run.',
      ],
      [
        'mode',
        { ...reading, adapters: reading.adapters.map((one) => ({ ...one, mode: 'dedicated' as const })) },
        TWO,
        0,
        'On all 4 ports with the label "prod-a" the adapter is not in shared mode.',
      ],
      [
        'capacity',
        { ...reading, logicalPorts: used(99) },
        TWO,
        0,
        'On all 4 ports with the label "prod-a" too little capacity is left.',
      ],
      [
        'logical ports of the port',
        onPorts(() => ({ configuredLogicalPorts: 20, maxLogicalPorts: 20 })),
        TWO,
        0,
        'On all 4 ports with the label "prod-a" no logical port is left.',
      ],
      [
        'logical ports of ethernet',
        onPorts(() => ({ ethernetLogicalPorts: 6, maxEthernetLogicalPorts: 6 })),
        TWO,
        0,
        'On all 4 ports with the label "prod-a" no logical port is left.',
      ],
      [
        'logical ports of the adapter',
        {
          ...reading,
          adapters: reading.adapters.map((one) => (one.adapterId === 3 ? { ...one, logicalPorts: 1 } : one)),
        },
        { ports: [0, 1].map((physicalPortId) => ({ adapterId: 3, physicalPortId })), redundancy: 2 },
        1,
        'On the other 2 ports there is room for 1: so many logical ports their adapters have left.',
      ],
      [
        'the only port',
        onPorts(() => ({ linkUp: false })),
        { ports: [{ adapterId: 1, physicalPortId: 0 }], redundancy: 1 },
        0,
        'On the only port of the list the link is down.',
      ],
      [
        'servers',
        { ...reading, partitions: reading.partitions.map((one) => ({ ...one, rmcState: 'inactive' })) },
        TWO,
        0,
        'No Virtual I/O Server can take one now. vios1: Its RMC connection is "inactive", not active. vios2: Its RMC connection is "inactive", not active.',
      ],
      [
        'several causes',
        mixed,
        TWO,
        1,
        'On 2 of 4 ports with the label "prod-a" the link is down. On 1 of 4 ports with the label "prod-a" the capacity is not a multiple of the granularity.',
      ],
    ])('for want of this: %s', (_case, estateNow, request, possible, why) => {
      const refusal = refusalOf(place(estateNow, request));
      const asked = request.redundancy === 1 ? '1 backing device is' : '2 backing devices are';
      expect(refusal).toMatchObject({
        type: 'no-placement',
        detail: `${asked} asked for, ${possible === 0 ? 'none' : possible} can be placed. ${why}`,
        members: { possible },
      });
    });

    it('place more than the adapters have logical ports', () => {
      const adapters = reading.adapters.map((one) => (one.adapterId === 3 ? { ...one, logicalPorts: 1 } : one));
      const ports = [0, 1].map((physicalPortId) => ({ adapterId: 3, physicalPortId }));
      expect(refusalOf(place({ ...reading, adapters }, { ports, redundancy: 2 }))).toMatchObject({
        type: 'no-placement',
        members: { possible: 1 },
      });
    });

    it('place anything without a server', () => {
      const partitions = reading.partitions.map((one) => ({ ...one, state: 'Not Activated' }));
      const refusal = refusalOf(place({ ...reading, partitions }, { label: 'prod-a', redundancy: 1 }));
      expect(refusal).toMatchObject({ type: 'no-placement', members: { possible: 0 } });
      expect(refusal.detail).toContain('No Virtual I/O Server');
      const none = { ...reading, partitions: [partition({ name: 'lizard', id: 6 })] };
      expect(refusalOf(place(none, { label: 'prod-a', redundancy: 1 })).type).toBe('no-placement');
    });
  });

  describe('refuses', () => {
    it.each([
      ['an unknown label', { label: 'netX', redundancy: 2 }, 'unknown-reference', '/placement/label'],
      [
        'an unknown port',
        { ports: [{ adapterId: 9, physicalPortId: 0 }], redundancy: 1 },
        'unknown-reference',
        '/placement/ports/0',
      ],
      [
        'an unknown server',
        { label: 'prod-a', redundancy: 1, virtualIoServers: [{ id: 9 }] },
        'unknown-reference',
        '/placement/virtualIoServers/0/id',
      ],
      [
        'a partition as a server',
        { label: 'prod-a', redundancy: 1, virtualIoServers: [{ name: 'lizard' }] },
        'rule-violation',
        '/placement/virtualIoServers/0',
      ],
      ['neither label nor ports', { redundancy: 1 }, 'rule-violation', '/placement/label'],
      [
        'label and ports',
        { label: 'prod-a', ports: [{ adapterId: 1, physicalPortId: 0 }], redundancy: 1 },
        'rule-violation',
        '/placement/label',
      ],
      ['no devices', { label: 'prod-a', redundancy: 0 }, 'rule-violation', '/placement/redundancy'],
      ['seven devices', { label: 'prod-a', redundancy: 7 }, 'rule-violation', '/placement/redundancy'],
      [
        'more than there is',
        { label: 'prod-a', redundancy: 1, capacity: 101 },
        'rule-violation',
        '/placement/capacity',
      ],
      [
        'a maximum below',
        { label: 'prod-a', redundancy: 1, capacity: 10, maxCapacity: 5 },
        'rule-violation',
        '/placement/maxCapacity',
      ],
      ['a fraction that is none', { physical_network: 'prod-a', capacity: 2 }, 'rule-violation', '/placement/capacity'],
      [
        'seven VFs',
        { physical_network: 'prod-a', vnic_required_vfs: 7 },
        'rule-violation',
        '/placement/vnic_required_vfs',
      ],
      [
        'a binding profile in our words',
        { label: 'prod-a', redundancy: 1, vlan_type: 'allowed' },
        'rule-violation',
        '/placement/vlan_type',
      ],
      ['an unknown network', { physical_network: 'netX' }, 'unknown-reference', '/placement/physical_network'],
    ])('%s', (_case, request, type, pointer) => {
      expect(refusalOf(place(reading, request, '/placement'))).toMatchObject({ type, pointer });
    });
  });

  describe('what no port can ever give is the fault of the request', () => {
    const coarse = {
      ...reading,
      // Links and adapters have no part in it.
      adapters: reading.adapters.map((one) => ({ ...one, status: 'missing', customMaxCapacityCapable: false })),
      physicalPorts: reading.physicalPorts.map((port) => ({
        ...port,
        capacityGranularity: port.adapterId < 3 ? 2 : 3,
      })),
    };
    const list = (...adapterIds: number[]): PlacementRequest['ports'] =>
      adapterIds.map((adapterId) => ({ adapterId, physicalPortId: 0 }));
    it.each<[PlacementRequest, string, string]>([
      [
        { label: 'prod-a', redundancy: 2, capacity: 7 },
        '/placement/capacity',
        'capacity 7 is not a multiple of the granularity of any port with the label "prod-a", 2 or 3. Use 6 or 12.',
      ],
      [
        { ports: list(1, 2), redundancy: 2, capacity: 1 },
        '/placement/capacity',
        'capacity 1 is not a multiple of the granularity of any port of the list, 2. Use 2.',
      ],
      [
        { ports: list(3), redundancy: 1, capacity: 2 },
        '/placement/capacity',
        'capacity 2 is not a multiple of the granularity of adapter 3 port 0, 3. Use 3.',
      ],
      [
        { physical_network: 'prod-a', capacity: 0.07 },
        '/placement/capacity',
        'capacity 0.07 is not a multiple of the granularity of any port with the label "prod-a", 0.02 or 0.03. Use 0.06 or 0.12.',
      ],
      [
        { physical_network: 'prod-a', maxcapacity: 0.5 },
        '/placement/maxcapacity',
        'No adapter of any port with the label "prod-a" can limit the maximum capacity. Leave maxcapacity out.',
      ],
    ])('%j', (request, pointer, detail) => {
      expect(refusalOf(place(coarse, request, '/placement'))).toMatchObject({
        type: 'rule-violation',
        pointer,
        detail,
      });
    });

    it('but not where one port of them can', () => {
      expect(refusalOf(place(coarse, { label: 'prod-a', redundancy: 2, capacity: 2 })).type).toBe('no-placement');
    });
  });

  it("takes ports without a label for OpenStack's network default", () => {
    const some = {
      ...reading,
      physicalPorts: reading.physicalPorts.map((port) => ({
        ...port,
        label: port.adapterId < 3 ? port.label : port.physicalPortId === 0 ? '' : 'default',
      })),
    };
    const placement = valueOf(place(some, { physical_network: 'default', vnic_required_vfs: 4 }));
    expect(placement.backingDevices.map(({ adapterId }) => adapterId).sort()).toEqual([3, 3, 4, 4]);
    expect(refusalOf(place(some, { label: 'default', redundancy: 4 }))).toMatchObject({ members: { possible: 2 } });
    const [first] = placement.backingDevices;
    const made = [device({ logicalPortId: '27004001', ...first, capacity: 2, desiredCapacity: 2 })];
    expect(isPlacedAs(some, made, { physical_network: 'default', vnic_required_vfs: 1 })).toBe(true);
    expect(isPlacedAs(reading, made, { physical_network: 'default', vnic_required_vfs: 1 })).toBe(false);
  });

  it('a maximum below the smallest capacity is the fault of the request where no port can give it, else of the port', () => {
    const detail = (request: PlacementRequest, within = reading): string => {
      const { type, pointer, detail: text } = refusalOf(place(within, request, '/placement'));
      return `${type} ${pointer} ${text}`;
    };
    expect(detail({ label: 'prod-a', redundancy: 2, maxCapacity: 1 })).toBe(
      'rule-violation /placement/maxCapacity maxCapacity 1 is below the smallest capacity of a device on any port with the label "prod-a", 2. Give at least 2.',
    );
    expect(detail({ physical_network: 'prod-a', maxcapacity: 0.01 })).toContain(
      '/placement/maxcapacity maxcapacity 0.01 is below the smallest capacity of a device on any port with the label "prod-a", 0.02. Give at least 0.02.',
    );
    expect(detail({ physical_network: 'prod-a', capacity: 0.04, maxcapacity: 0.02 })).toContain('Give at least 0.04.');
    const finer = {
      ...reading,
      physicalPorts: reading.physicalPorts.map((port) =>
        port.adapterId === 3 ? { ...port, capacityGranularity: 1 } : port,
      ),
    };
    const one = valueOf(place(finer, { label: 'prod-a', redundancy: 1, maxCapacity: 1 }));
    expect(where(one)).toEqual(['vios1 3/0 10']);
    expect(one.excludedPorts.map(({ adapterId, code }) => [adapterId, code])).toEqual(
      [1, 2, 4].map((id) => [id, 'max-capacity-too-low']),
    );
    expect(detail({ label: 'prod-a', redundancy: 2, maxCapacity: 1 }, finer)).toContain(
      'On 3 of 4 ports with the label "prod-a" the maximum capacity is below the smallest capacity.',
    );
  });

  it("understands OpenStack's names, with its fractions and its default of two", () => {
    const theirs = place(reading, { physical_network: 'prod-a', capacity: 0.02, maxcapacity: 0.5 });
    expect(theirs).toEqual(place(reading, { label: 'prod-a', redundancy: 2, capacity: 2, maxCapacity: 50 }));
    expect(valueOf(place(reading, { physical_network: 'prod-a', vnic_required_vfs: 3 })).backingDevices).toHaveLength(
      3,
    );
  });
});

describe('isPlacedAs', () => {
  const devices = [
    device({ logicalPortId: '27004001', adapterId: 1, physicalPortId: 0, desiredCapacity: 4 }),
    device({ logicalPortId: '2700c001', adapterId: 3, physicalPortId: 0, virtualIoServer: VIOS2, desiredCapacity: 4 }),
  ];
  it.each([
    ['the same', { label: 'prod-a', redundancy: 2, capacity: 4 }, true],
    ['without a capacity', { label: 'prod-a', redundancy: 2 }, true],
    ['in the words of OpenStack', { physical_network: 'prod-a', capacity: 0.04 }, true],
    ['by ports', { ports: [1, 3, 4].map((adapterId) => ({ adapterId, physicalPortId: 0 })), redundancy: 2 }, true],
    ['another label', { label: 'prod-b', redundancy: 2 }, false],
    ['more of them', { label: 'prod-a', redundancy: 3 }, false],
    ['another capacity', { label: 'prod-a', redundancy: 2, capacity: 2 }, false],
    ['another maximum', { label: 'prod-a', redundancy: 2, maxCapacity: 50 }, false],
    ['one server only', { label: 'prod-a', redundancy: 2, virtualIoServers: [{ id: 1 }] }, false],
    ['both servers', { label: 'prod-a', redundancy: 2, virtualIoServers: [{ name: 'vios1' }, { id: 2 }] }, true],
    ['what is no request', { redundancy: 2 }, false],
  ])('%s: %s', (_case, request, expected) => {
    expect(isPlacedAs(reading, devices, request)).toBe(expected);
  });

  it('a maximum that the HMC does not tell: not compared', () => {
    const notTold = devices.map((one) => ({ ...one, maxCapacity: null, desiredMaxCapacity: null }));
    expect(isPlacedAs(reading, notTold, { label: 'prod-a', redundancy: 2, maxCapacity: 50 })).toBe(true);
  });
});
