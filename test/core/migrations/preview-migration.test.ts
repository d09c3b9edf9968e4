import { describe, expect, it } from 'vitest';
import {
  previewMigration,
  type MigrationPreview,
  type MigrationTarget,
} from '../../../src/core/migrations/preview-migration.js';
import type { MigrationReading } from '../../../src/core/migrations/migration-reading.js';
import { parseHmcVersion } from '../../../src/core/resources/hmc-version.js';
import type { HmcLogin } from '../../../src/core/hmc-language/migrations.js';
import { adapter, device, logicalPort, logicalPortId, partition, vnic, LIZARD } from '../operations/estate.js';
import { labelled, source, target, VIOS_A, VIOS_B } from './frames.js';

const lizardOf = (reading: MigrationReading) => {
  const found = reading.partitions.find(({ name }) => name === 'lizard');
  if (!found) throw new Error('no lizard');
  return found;
};

const read = (
  snapshot: MigrationReading & { readonly reachedThrough?: HmcLogin },
  hmcVersion: Extract<MigrationTarget, { read: true }>['hmcVersion'] = null,
): MigrationTarget => ({ read: true, snapshot, hmcVersion });

function preview(from = source(), to: MigrationTarget = read(target())): MigrationPreview {
  return previewMigration(from, to, lizardOf(from));
}

const codes = (findings: readonly { readonly code: string }[]): string[] => findings.map(({ code }) => code);
const places = ({ backingDevices }: MigrationPreview): string[] =>
  backingDevices.map(({ target: to }) =>
    to === null ? 'none' : `${to.virtualIoServer.name} ${to.adapterId}/${to.physicalPortId}`,
  );

describe('a migration that is possible', () => {
  it('shows for each device where it goes, what is free there, the mappings and the command', () => {
    const found = preview();
    expect(found).toMatchObject({
      possible: true,
      partition: { name: 'lizard', id: 6, state: 'Running' },
      sourceSystem: { mtms: '9119-MME*65BA46F' },
      targetSystem: { mtms: '9119-MME*659707C' },
      conflicts: [],
      warnings: [],
    });
    expect(found.backingDevices[0]).toEqual({
      slot: 6,
      logicalPortId: '2700400b',
      failoverPriority: 10,
      capacity: 2,
      source: { virtualIoServer: VIOS_A, adapterId: 1, physicalPortId: 1, label: 'net-b', subLabel: '' },
      target: {
        virtualIoServer: VIOS_A,
        adapterId: 1,
        physicalPortId: 1,
        label: 'net-b',
        subLabel: '',
        freeCapacity: 100,
        freeLogicalPorts: 20,
      },
      conflicts: [],
      warnings: [expect.objectContaining({ code: 'label-ambiguous', adapterId: 1, physicalPortId: 1 })],
    });
    // The other device keeps its adapter's number, in the other enclosure, and goes to the other server.
    expect(places(found)).toEqual(['vios1 1/1', 'vios2 3/1']);
    const mappings = '6/ded/vios1/1/1/1/2.0/1/1,6/ded/vios2/2/3/1/4.0/3/1';
    expect(found.vnicMappings).toBe(mappings);
    expect(found.command).toBe(
      `migrlpar -o v -m '9119-MME*65BA46F' -t '9119-MME*659707C' --id 6 -i 'vnic_mappings="${mappings}"'`,
    );
  });

  it('a partition without a vNIC moves without mappings', () => {
    expect(preview(source({ vnics: [] }))).toMatchObject({
      possible: true,
      backingDevices: [],
      vnicMappings: null,
      command: "migrlpar -o v -m '9119-MME*65BA46F' -t '9119-MME*659707C' --id 6",
    });
  });

  it('to another HMC: names it, and says what has to be exchanged', () => {
    const to = { ...target(), reachedThrough: { host: 'hmc2.example.com', username: 'hscroot' } };
    const found = preview(source(), read(to));
    expect(found.possible).toBe(true);
    expect(found.command).toContain("-t '9119-MME*659707C' --ip hmc2.example.com -u hscroot --id 6");
    expect(codes(found.warnings)).toEqual(['other-hmc']);
    expect(found.warnings[0]?.detail).toContain('mkauthkeys');
  });

  it('a partition that is shut off moves as well, whatever its RMC', () => {
    const off = partition({ name: 'lizard', id: 6 }, { state: 'Not Activated', rmcState: 'inactive' });
    expect(preview(source({ partitions: [off] })).possible).toBe(true);
  });
});

describe('labels', () => {
  it('a device on a port without a label has no place', () => {
    const from = source({ physicalPorts: [labelled(1, 1, ''), labelled(3, 1, 'net-b')] });
    const found = preview(from);
    expect(found).toMatchObject({ possible: false, vnicMappings: null, command: null });
    expect(codes(found.backingDevices[0]?.conflicts ?? [])).toEqual(['port-without-label']);
    expect(found.backingDevices[1]?.target).not.toBeNull();
  });

  it.each(['net,b', 'net "b"'])('a label that this service cannot set: %s', (label) => {
    const from = source({ physicalPorts: [labelled(1, 1, label), labelled(3, 1, label)] });
    const nowhere = preview(from).backingDevices[0]?.conflicts[0]?.detail;
    expect(nowhere).toContain('This service cannot set such a label');
    const taken = preview(from, read(target({ physicalPorts: [labelled(1, 0, label)] })));
    const details = taken.backingDevices.flatMap(({ conflicts }) => conflicts.map(({ detail }) => detail));
    expect(details).toEqual([expect.stringMatching(/Label another port .* This service cannot set such a label/)]);
  });

  it('a label that no port of the target has; adapters in dedicated mode are named, since their ports are not listed', () => {
    const found = preview(source(), read(target({ physicalPorts: [labelled(1, 0, 'net-a'), labelled(2, 1, '')] })));
    const [conflict] = found.backingDevices[0]?.conflicts ?? [];
    expect(conflict?.code).toBe('label-not-on-target');
    expect(conflict?.detail).toContain('"net-b"');
    expect(conflict?.detail).toContain('dedicated mode are not listed: U78CA.001.CSS08ZN-P1-C9-C1');
    expect(found.possible).toBe(false);
  });

  it('a port that the source does not list', () => {
    const found = preview(source({ physicalPorts: [labelled(3, 1, 'net-b')] }));
    expect(codes(found.backingDevices[0]?.conflicts ?? [])).toEqual(['source-port-unknown']);
    expect(found.backingDevices[0]?.source).toMatchObject({ label: null, subLabel: null });
  });

  it('an equal sub-label is preferred to everything else, and another one is said', () => {
    const from = source({
      physicalPorts: [labelled(1, 1, 'net-b', { subLabel: 'red' }), labelled(3, 1, 'net-b', { subLabel: 'blue' })],
    });
    const to = target({
      physicalPorts: [
        labelled(1, 0, 'net-b', { subLabel: 'blue' }),
        labelled(1, 1, 'net-b', { subLabel: 'red' }),
        labelled(3, 0, 'net-b'),
      ],
    });
    const found = preview(from, read(to));
    // Both on one adapter, because the sub-labels say so.
    expect(places(found)).toEqual(['vios1 1/1', 'vios2 1/0']);
    expect(found.backingDevices.flatMap(({ warnings }) => warnings)).toEqual([]);

    const without = preview(from, read(target({ physicalPorts: [labelled(1, 1, 'net-b'), labelled(2, 1, 'net-b')] })));
    expect(without.backingDevices.map(({ warnings }) => codes(warnings))).toEqual([
      ['label-ambiguous', 'sub-label-differs'],
      ['label-ambiguous', 'sub-label-differs'],
    ]);
  });

  it('a label on one port only is not ambiguous; two devices of one vNIC do not both go there', () => {
    const found = preview(source(), read(target({ physicalPorts: [labelled(2, 1, 'net-b')] })));
    expect(places(found)).toEqual(['vios1 2/1', 'none']);
    expect(found.backingDevices[0]?.warnings).toEqual([]);
    expect(codes(found.backingDevices[1]?.conflicts ?? [])).toEqual(['ports-taken']);
    expect(found).toMatchObject({ possible: false, command: null });
  });
});

describe('room', () => {
  it('is there on an adapter that says Running', () => {
    const to = { physicalPorts: [labelled(1, 1, 'net-b')], adapters: [adapter(1, { status: 'Running' })] };
    const { backingDevices } = preview(source(), read(target(to)));
    expect(backingDevices.filter(({ target: port }) => port?.adapterId === 1)).toHaveLength(1);
  });

  it.each([
    ['adapter-not-running', { adapters: [adapter(1, { status: 'missing' })] }, {}],
    ['adapter-not-running', { adapters: [adapter(1, { functional: false })] }, {}],
    ['port-link-down', {}, { linkUp: false }],
    ['capacity-granularity', {}, { capacityGranularity: 5 }],
    ['port-full', {}, { configuredLogicalPorts: 20 }],
    ['port-full', {}, { ethernetLogicalPorts: 6, maxEthernetLogicalPorts: 6 }],
    ['port-full', { adapters: [adapter(1, { logicalPorts: 0 })] }, {}],
  ] as const)('%s', (code, changes, ofPort) => {
    const found = preview(source(), read(target({ physicalPorts: [labelled(1, 1, 'net-b', ofPort)], ...changes })));
    for (const { conflicts } of found.backingDevices) {
      expect(conflicts).toEqual([expect.objectContaining({ code, adapterId: 1, physicalPortId: 1 })]);
    }
    expect(found.possible).toBe(false);
  });

  it('a port whose capacity is promised to others; what is left is told', () => {
    const busy = vnic({
      partition: { name: 'gecko', id: 99 },
      backingDevices: [device({ logicalPortId: logicalPortId(1, 1), desiredCapacity: 97 })],
    });
    const to = target({ physicalPorts: [labelled(1, 1, 'net-b'), labelled(2, 1, 'net-b')], vnics: [busy] });
    const found = preview(source(), read(to));
    // 3 % are left on adapter 1: enough for the device with 2 %, not for that with 4 %.
    expect(places(found)).toEqual(['vios1 1/1', 'vios2 2/1']);
    expect(found.backingDevices[0]?.target?.freeCapacity).toBe(3);

    const [one] = preview(source(), read(target({ physicalPorts: [labelled(1, 1, 'net-b')], vnics: [busy] })))
      .backingDevices.slice(1)
      .flatMap(({ conflicts }) => conflicts);
    expect(one).toMatchObject({ code: 'port-full' });
    expect(one?.detail).toContain('3 % of its capacity left, 4 % is needed');
  });

  it('the vNICs of a partition share the room: what fits on one port only gets that one', () => {
    const ofCapacity = (slot: number, desiredCapacity: number) =>
      vnic({ slot, backingDevices: [device({ logicalPortId: logicalPortId(1, slot), desiredCapacity })] });
    const busy = vnic({
      partition: { name: 'gecko', id: 99 },
      backingDevices: [device({ logicalPortId: logicalPortId(2, 1), adapterId: 2, desiredCapacity: 50 })],
    });
    const from = source({ physicalPorts: [labelled(1, 1, 'net-b')], vnics: [ofCapacity(5, 50), ofCapacity(6, 60)] });
    const to = target({ physicalPorts: [labelled(1, 1, 'net-b'), labelled(2, 1, 'net-b')], vnics: [busy] });
    // Alone the first one would go to the emptier port, and leave the other one without a place.
    expect(places(preview(from, read(to)))).toEqual(['vios1 2/1', 'vios1 1/1']);
  });

  const onOneSource = (capacities: readonly number[]) =>
    source({
      physicalPorts: [labelled(1, 1, 'net-b')],
      vnics: capacities.map((desiredCapacity, at) =>
        vnic({ slot: 5 + at, backingDevices: [device({ logicalPortId: logicalPortId(1, at), desiredCapacity })] }),
      ),
    });
  const portsOfTarget = (adapters: readonly number[]) =>
    adapters.flatMap((id) => [0, 1, 2, 3].map((port) => labelled(id, port, 'net-b', { capacityGranularity: 1 })));

  it('a way is found where many devices come before the large ones that leave them little', () => {
    const capacities = [...Array.from({ length: 8 }, () => 30), ...Array.from({ length: 8 }, () => 70)];
    const found = preview(onOneSource(capacities), read(target({ physicalPorts: portsOfTarget([1, 2]) })));
    expect(found.possible).toBe(true);
    const used = new Map<string, number>();
    for (const { target: to, capacity } of found.backingDevices) {
      const port = `${to?.adapterId}/${to?.physicalPortId}`;
      used.set(port, (used.get(port) ?? 0) + capacity);
    }
    expect([...used.values()]).toEqual(Array.from({ length: 8 }, () => 100));
  });

  it('where the search for a way is given up, that is said, and not that there is no room', () => {
    // Three by three they would fill every port to the last percent.
    const ports = portsOfTarget([1, 2, 3]);
    const capacities = ports
      .flatMap((_, at) => [21 + at, 33 + ((at * 5) % 7), 46 - at - ((at * 5) % 7)])
      .sort((a, b) => a - b);
    const found = preview(onOneSource(capacities), read(target({ physicalPorts: ports })));
    expect(found).toMatchObject({ possible: false, command: null });
    const left = found.backingDevices.filter((one) => one.target === null);
    expect(left.length).toBeGreaterThan(0);
    for (const { conflicts } of left) expect(codes(conflicts)).toEqual(['mapping-not-found']);
    expect(left[0]?.conflicts[0]?.detail).toContain('there may be one');
    // One more of that size, and the sums say that there is none.
    const none = preview(onOneSource([...capacities, 46]), read(target({ physicalPorts: ports })));
    expect(new Set(none.backingDevices.flatMap((one) => codes(one.conflicts)))).toEqual(new Set(['ports-taken']));
  });

  it('a maximum capacity has no place in a mapping', () => {
    const from = source({
      vnics: [vnic({ backingDevices: [device({ logicalPortId: '27004001', desiredMaxCapacity: 50 })] })],
    });
    expect(codes(preview(from).backingDevices[0]?.warnings ?? [])).toContain('max-capacity-not-kept');
  });
});

describe('Virtual I/O Servers', () => {
  const four = [1, 2, 3].flatMap((id) => [labelled(id, 0, 'net-b'), labelled(id, 1, 'net-b')]);

  it('one that is down takes nothing: all goes to the other, and that is said', () => {
    const to = target({
      partitions: [
        partition(VIOS_A, { environment: 'vioserver' }),
        partition(VIOS_B, { environment: 'vioserver', state: 'Not Activated', rmcState: 'inactive' }),
      ],
    });
    const found = preview(source(), read(to));
    expect(places(found)).toEqual(['vios1 1/1', 'vios1 3/1']);
    expect(found.possible).toBe(true);
    expect(codes(found.warnings)).toEqual(['virtual-io-server-unavailable', 'virtual-io-servers-joined']);
  });

  it('none: no device has a place', () => {
    const to = target({ partitions: [partition(VIOS_A, { environment: 'vioserver', rmcState: 'inactive' })] });
    const found = preview(source(), read(to));
    expect(found).toMatchObject({ possible: false, command: null });
    for (const { conflicts } of found.backingDevices) expect(codes(conflicts)).toEqual(['no-virtual-io-server']);
    expect(found.backingDevices[0]?.conflicts[0]?.detail).toContain('vios1: Its RMC connection is "inactive"');
  });

  it.each(['busy', 'unknown'])('RMC %s is not told: left to the HMC, with a warning', (rmcState) => {
    const to = target({ partitions: [partition(VIOS_A, { environment: 'vioserver', rmcState })] });
    const found = preview(source({ partitions: [partition(LIZARD, { uuid: 'AAAA', rmcState })] }), read(to));
    expect(found.possible).toBe(true);
    expect(codes(found.warnings).filter((code) => code === 'rmc-not-known')).toHaveLength(2);
    expect(codes(found.conflicts)).toEqual([]);
  });

  it('devices that are apart stay apart where the names differ', () => {
    const others = [
      { name: 'blue', id: 7 },
      { name: 'green', id: 8 },
    ];
    const to = target({ partitions: others.map((one) => partition(one, { environment: 'vioserver' })) });
    const servers = preview(source(), read(to)).backingDevices.map((one) => one.target?.virtualIoServer.name);
    expect(new Set(servers)).toEqual(new Set(['blue', 'green']));
  });

  it('devices that are together are spread where there are two', () => {
    const from = source({
      vnics: [
        vnic({
          backingDevices: [1, 2, 3, 4].map((n) =>
            device({ logicalPortId: logicalPortId(n, n), adapterId: n, failoverPriority: n }),
          ),
        }),
      ],
    });
    const found = preview(from, read(target({ physicalPorts: four })));
    const perServer = found.backingDevices.map((one) => one.target?.virtualIoServer.id);
    expect(perServer.filter((id) => id === 1)).toHaveLength(2);
    expect(perServer.filter((id) => id === 2)).toHaveLength(2);
  });

  it('a name that the notation cannot carry', () => {
    const to = target({ partitions: [partition({ name: 'a/b', id: 1 }, { environment: 'vioserver' })] });
    const found = preview(source(), read(to));
    expect(found).toMatchObject({ possible: false, vnicMappings: null, command: null });
    expect(codes(found.conflicts)).toEqual(['not-representable']);
  });

  it('one with such a name is left out where another one serves', () => {
    const both = [{ name: 'a/b', id: 1 }, VIOS_B].map((one) => partition(one, { environment: 'vioserver' }));
    const found = preview(source(), read(target({ partitions: both })));
    expect(found.possible).toBe(true);
    expect(found.backingDevices.map((one) => one.target?.virtualIoServer)).toEqual([VIOS_B, VIOS_B]);
  });
});

describe('the partition and the target', () => {
  const withLizard = (changes: Parameters<typeof partition>[1]) =>
    source({ partitions: [partition({ name: 'lizard', id: 6 }, { uuid: 'AAAA', ...changes })] });

  it.each([
    ['partition-is-virtual-io-server', withLizard({ environment: 'vioserver' })],
    ['partition-state', withLizard({ state: 'Open Firmware' })],
    ['partition-state', withLizard({ state: 'Migrating - Running' })],
    ['rmc-not-active', withLizard({ rmcState: 'inactive' })],
    [
      'sriov-logical-port',
      source({ logicalPorts: [logicalPort(1, 9, { partition: { name: 'lizard', id: 6 }, vnicBackingDevice: false })] }),
    ],
  ] as const)('%s', (code, from) => {
    const found = preview(from);
    expect(codes(found.conflicts)).toEqual([code]);
    expect(found).toMatchObject({ possible: false, vnicMappings: null, command: null });
    // Where the devices would go is shown all the same.
    expect(found.backingDevices.every((one) => one.target !== null)).toBe(true);
  });

  it('IBM i needs no RMC, what the HMC does not tell is left to it', () => {
    const ibmI = preview(withLizard({ environment: 'os400', rmcState: 'inactive' }));
    expect(ibmI.possible).toBe(true);
    expect(codes(ibmI.warnings)).toEqual(['rmc-not-active']);
    expect(preview(withLizard({ state: null, rmcState: null })).possible).toBe(true);
  });

  it('the target has a partition of that name, or that very partition', () => {
    const servers = target().partitions;
    const namesake = target({ partitions: [...servers, partition({ name: 'lizard', id: 9 }, { uuid: 'BBBB' })] });
    expect(codes(preview(source(), read(namesake)).conflicts)).toEqual(['partition-name-taken']);
    // No new name would let a Virtual I/O Server move.
    const server = preview(withLizard({ environment: 'vioserver' }), read(namesake));
    expect(codes(server.conflicts)).toEqual(['partition-is-virtual-io-server']);
    const same = target({ partitions: [...servers, partition({ name: 'lizard', id: 9 }, { uuid: 'AAAA' })] });
    expect(codes(preview(source(), read(same)).conflicts)).toEqual(['partition-on-target']);
    const renamed = target({ partitions: [...servers, partition({ name: 'newt', id: 9 }, { uuid: 'AAAA' })] });
    expect(codes(preview(source(), read(renamed)).conflicts)).toEqual(['partition-on-target']);
  });

  it('a target that could not be read: its own reason, and what is known of the source', () => {
    const from = source({ physicalPorts: [labelled(1, 1, ''), labelled(3, 1, 'net-b')] });
    const conflict = { code: 'target-not-operating', detail: 'It is Power Off.' } as const;
    const system = { mtms: '9119-MME*659707C', name: 'saurian' };
    const found = preview(from, { read: false, system, conflict });
    expect(found).toMatchObject({ possible: false, targetSystem: system, command: null });
    expect(found.conflicts).toEqual([conflict]);
    expect(found.backingDevices.map(({ conflicts }) => codes(conflicts))).toEqual([['port-without-label'], []]);
  });

  it.each([
    ['V8R8.2.0', ['hmc-level-too-old'], []],
    ['V10R3', [], []],
    ['', [], ['hmc-level-unknown']],
  ])('HMC of the target at "%s"', (level, conflicts, warnings) => {
    const value = parseHmcVersion(`"version=text","base_version=${level}"`);
    const answer = { told: true, value, command: 'lshmc -V', hmcId: 'hmc1' } as const;
    const found = preview(source(), read(target(), answer));
    expect(codes(found.conflicts)).toEqual(conflicts);
    expect(codes(found.warnings)).toEqual(warnings);
  });
});
