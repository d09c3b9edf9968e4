import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditReading } from '../../../src/core/label-audit/audited-port.js';
import {
  auditLabels as auditInPieces,
  type AskedSystem,
  type LabelAudit,
  type AskedSystemRef,
} from '../../../src/core/label-audit/label-audit.js';
import type { MovingPartition } from '../../../src/core/label-audit/judge-move.js';
import { previewMigration } from '../../../src/core/migrations/preview-migration.js';
import type { Pieces } from '../../../src/core/label-audit/pieces.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import type { BackingDevice } from '../../../src/core/resources/backing-device.js';
import { adapter, device, estate, LIZARD, logicalPort, physicalPort, vnic } from '../operations/estate.js';
import { pairs } from '../migrations/frames.js';

const A = { name: 'reptilian', mtms: '9119-MME*65BA46F' };
const B = { name: 'saurian', mtms: '9119-MME*659707C' };
const C = { name: 'gharial', mtms: '8286-42A*218CA0V' };

const reading = (changes: Partial<AuditReading> = {}): AuditReading =>
  estate({ adapters: [adapter(1), adapter(2)], physicalPorts: [], ...changes });
const asked = (system: typeof A, changes: Partial<AuditReading> = {}): AskedSystem => ({
  system,
  reading: reading({ ...changes, system }),
});
const unread = (system: typeof A): AskedSystem => ({
  system,
  reading: null,
  problem: 'hmc-unavailable',
  reason: 'HMC hmc1 cannot be reached.',
});

function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

const auditLabels = (systems: readonly AskedSystem[]): LabelAudit => atOnce(auditInPieces(systems));

let count = 0;
const on = (adapterId: number, physicalPortId: number, changes: Partial<BackingDevice> = {}): BackingDevice => {
  count += 1;
  return device({ logicalPortId: (0x2700_4000 + count).toString(16), adapterId, physicalPortId, ...changes });
};
const withDevices = (...backingDevices: BackingDevice[]): Vnic => vnic({ backingDevices });

function partitionOf({ moves }: LabelAudit, from = A, to = B): MovingPartition {
  const found = moves.find((move) => move.from === from && move.to === to)?.partitions[0];
  if (found === undefined) throw new Error('a partition expected');
  return found;
}
const codes = (partition: MovingPartition): string[] => partition.problems.map(({ code }) => code);

/** lizard on one port of A, against the ports of B. */
function move(
  source: object,
  targets: AuditReading['physicalPorts'],
  more: Partial<AuditReading> = {},
): MovingPartition {
  const from = asked(A, { physicalPorts: [physicalPort(1, 0, source)], vnics: [withDevices(on(1, 0))] });
  return partitionOf(auditLabels([from, asked(B, { physicalPorts: targets, ...more })]));
}

describe('the labels', () => {
  it('are shown with the ports that carry them on each system, and what is missing', () => {
    const audit = auditLabels([
      asked(A, { physicalPorts: [physicalPort(1, 0, { label: 'prod' }), physicalPort(1, 1, { label: 'backup' })] }),
      asked(B, { physicalPorts: [physicalPort(2, 0, { label: 'prod' }), physicalPort(2, 1)] }),
      unread(C),
    ]);
    expect(audit.labels).toMatchObject([
      {
        label: 'backup',
        systems: [{ managedSystem: A, ports: [{ adapterId: 1, physicalPortId: 1 }], ambiguous: false }],
        missingOn: [B],
        unknownOn: [C],
      },
      {
        label: 'prod',
        systems: [
          { managedSystem: A, ports: [{ adapterId: 1, physicalPortId: 0 }] },
          { managedSystem: B, ports: [{ adapterId: 2, physicalPortId: 0 }] },
        ],
        missingOn: [],
        unknownOn: [C],
      },
    ]);
    expect(audit.systems.map(({ portsWithoutLabel }) => portsWithoutLabel.length)).toEqual([0, 1, 0]);
    expect(audit.systems[2]).toMatchObject({ read: false, problem: 'hmc-unavailable', hmc: null, takenAt: null });
  });

  it.each([
    [['', ''], true],
    [['rackA', ''], false],
    [['rackA', 'rackB'], false],
    [['rackA', 'rackB', 'rackA'], true],
    [['rackA'], false],
  ])('on ports with the sub-labels %j are ambiguous: %s', (subLabels, ambiguous) => {
    const physicalPorts = subLabels.map((subLabel, at) => physicalPort(1, at, { label: 'prod', subLabel }));
    expect(auditLabels([asked(A, { physicalPorts })]).labels[0]?.systems[0]?.ambiguous).toBe(ambiguous);
  });

  it('differ when one letter does', () => {
    const physicalPorts = [physicalPort(1, 0, { label: 'prod' }), physicalPort(1, 1, { label: 'Prod' })];
    expect(auditLabels([asked(A, { physicalPorts })]).labels.map(({ label }) => label)).toEqual(['Prod', 'prod']);
  });

  it('of adapters that list no port are not known, and these adapters are named', () => {
    const adapters = [adapter(1), adapter(4, { status: 'missing', functional: false }), adapter(null)];
    const [system] = auditLabels([asked(A, { adapters, physicalPorts: [physicalPort(1, 0)] })]).systems;
    expect(system?.adaptersWithoutPorts).toMatchObject([
      { adapterId: 4, mode: 'sriov', status: 'missing' },
      { adapterId: null, mode: 'dedicated', status: null },
    ]);
  });
});

describe('a port', () => {
  const portOf = (changes: Partial<AuditReading>) =>
    auditLabels([asked(A, { physicalPorts: [physicalPort(1, 0)], ...changes })]).systems[0]?.portsWithoutLabel[0];

  it('shows what it has left, by all logical ports that are on it', () => {
    expect(
      portOf({
        physicalPorts: [physicalPort(1, 0, { configuredLogicalPorts: 3 })],
        // One device is in both listings.
        logicalPorts: [
          logicalPort(1, 1, { vnicBackingDevice: false, capacity: 10.5 }),
          logicalPort(1, 2, { capacity: 4 }),
          logicalPort(1, 3, { configured: false, physicalPortId: null, capacity: null }),
          logicalPort(2, 1, { capacity: 50 }),
        ],
        vnics: [
          withDevices(on(1, 0, { logicalPortId: '27004002', capacity: 4 })),
          vnic({ slot: 7, backingDevices: [on(1, 0, { logicalPortId: '27004009', capacity: 2 }), on(2, 0)] }),
        ],
      }),
    ).toMatchObject({ capacityLeft: 83.5, logicalPortsLeft: 17, vnics: 2, unusable: null });
  });

  it('has no more logical ports than its adapter', () => {
    const full = {
      adapters: [adapter(1, { logicalPorts: 2 })],
      logicalPorts: [logicalPort(1, 1, { physicalPortId: 3 })],
    };
    expect(portOf(full)).toMatchObject({ logicalPortsLeft: 1, unusable: null });
    expect(portOf({ ...full, adapters: [adapter(1, { logicalPorts: 1 })] })).toMatchObject({
      logicalPortsLeft: 0,
      unusable: expect.stringContaining('in use'),
    });
  });

  it.each<[string, Partial<AuditReading>, RegExp]>([
    ['is down', { physicalPorts: [physicalPort(1, 0, { linkUp: false })] }, /link of adapter 1 port 0 .* is down/],
    ['has no logical port left', { physicalPorts: [physicalPort(1, 0, { configuredLogicalPorts: 20 })] }, /in use/],
    [
      'has no logical port of ethernet left',
      { physicalPorts: [physicalPort(1, 0, { ethernetLogicalPorts: 6, maxEthernetLogicalPorts: 6 })] },
      /in use/,
    ],
    ['has no capacity left', { logicalPorts: [logicalPort(1, 1, { capacity: 100 })] }, /has 0 % of its capacity left/],
    ['is on an adapter that does not run', { adapters: [adapter(1, { status: 'missing' })] }, /"missing"/],
    ['is on an adapter that does not work', { adapters: [adapter(1, { functional: false })] }, /functional/],
  ])('that %s takes no device', (_case, changes, reason) => {
    expect(portOf(changes)?.unusable).toMatch(reason);
  });

  it.each<[string, Partial<AuditReading>, object]>([
    ['its link', { physicalPorts: [physicalPort(1, 0, { linkUp: null })] }, { linkUp: null }],
    [
      'its logical ports',
      { adapters: [], physicalPorts: [physicalPort(1, 0, { maxLogicalPorts: null })] },
      { logicalPortsLeft: null },
    ],
    ['a capacity', { logicalPorts: [logicalPort(1, 1, { capacity: null })] }, { capacityLeft: null }],
  ])(
    'of which the HMC does not tell %s shows null there, and what it takes is left to the HMC',
    (_of, changes, told) => {
      expect(portOf(changes)).toMatchObject({ ...told, unusable: null });
    },
  );
});

describe('a partition', () => {
  const label = 'prod';

  it('could move to a port with the same label, whatever its type and place', () => {
    const moving = move({ label }, [physicalPort(2, 1, { label, type: 'roce', level: 'roce' })]);
    expect(moving).toEqual({ name: LIZARD.name, id: LIZARD.id, movable: true, problems: [], warnings: [] });
  });

  it.each<[string, object, AuditReading['physicalPorts'], string, RegExp]>([
    [
      'its port has no label',
      { label: '' },
      [physicalPort(2, 1, { label })],
      'port-without-label',
      /adapter 1 port 0 has no/,
    ],
    [
      'nor when the target has ports without one',
      { label: '' },
      [physicalPort(2, 1)],
      'port-without-label',
      /no label/,
    ],
    [
      'the label is nowhere',
      { label },
      [physicalPort(2, 1, { label: 'other' })],
      'label-not-on-target',
      /saurian .* "prod"/,
    ],
    ['there is no port at all', { label }, [], 'label-not-on-target', /saurian/],
    [
      'the port is down',
      { label },
      [physicalPort(2, 1, { label, linkUp: false })],
      'no-usable-port',
      /link .* is down/,
    ],
    [
      'one is down, the other full',
      { label },
      [physicalPort(2, 0, { label, linkUp: false }), physicalPort(2, 1, { label, configuredLogicalPorts: 20 })],
      'no-usable-port',
      /link of adapter 2 port 0 of saurian is down\. .* All logical ports of adapter 2 port 1/,
    ],
  ])('could not when %s', (_case, source, targets, code, detail) => {
    const moving = move(source, targets);
    expect(moving).toMatchObject({ movable: false, problems: [{ code, slot: 6, adapterId: 1, physicalPortId: 0 }] });
    expect(moving.problems[0]?.detail).toMatch(detail);
  });

  it('could not when there is less capacity left than its device has', () => {
    const targets = [physicalPort(2, 0, { label })];
    const left = (capacity: number) => move({ label }, targets, { logicalPorts: [logicalPort(2, 1, { capacity })] });
    expect(left(98).movable).toBe(true);
    expect(left(98.01)).toMatchObject({ problems: [{ code: 'no-usable-port', detail: /1.99 % .* 2 % is needed/ }] });
  });

  it('could not when its port is not listed', () => {
    const from = asked(A, { vnics: [withDevices(on(4, 0))] });
    const partition = partitionOf(auditLabels([from, asked(B, { physicalPorts: [physicalPort(1, 0, { label })] })]));
    expect(partition.problems).toMatchObject([
      { code: 'source-port-unknown', adapterId: 4, label: null, subLabel: null },
    ]);
  });

  it('is warned of a sub-label that goes lost, and moves by the label', () => {
    const source = { label, subLabel: 'rackA' };
    expect(move(source, [physicalPort(2, 0, { label, subLabel: 'rackB' })])).toMatchObject({
      movable: true,
      warnings: [{ code: 'sub-label-not-kept', subLabel: 'rackA' }],
    });
    const down = physicalPort(2, 1, { label, subLabel: 'rackA', linkUp: false });
    expect(move(source, [physicalPort(2, 0, { label }), down]).warnings).toHaveLength(1);
    expect(move(source, [physicalPort(2, 0, { label }), { ...down, linkUp: true }]).warnings).toEqual([]);
    expect(move({ label }, [physicalPort(2, 0, { label, subLabel: 'rackB' })]).warnings).toEqual([]);
    expect(move(source, [physicalPort(2, 0, { subLabel: 'rackA' })])).toMatchObject({
      problems: [{ code: 'label-not-on-target' }],
      warnings: [],
    });
  });

  it('needs a port for each device of one vNIC, but not for each of its vNICs', () => {
    const physicalPorts = [0, 1, 2].map((port) => physicalPort(1, port, { label }));
    const from = (...vnics: Vnic[]) => asked(A, { physicalPorts, vnics });
    const one = asked(B, { physicalPorts: [physicalPort(2, 0, { label })] });
    const judged = partitionOf(auditLabels([from(withDevices(on(1, 0), on(1, 1))), one]));
    expect(codes(judged)).toEqual(['ports-taken']);
    // Beside it stands what keeps the other ports of the label from being used.
    const dark = asked(B, {
      physicalPorts: [physicalPort(2, 0, { label }), physicalPort(2, 1, { label, linkUp: false })],
    });
    const left = partitionOf(auditLabels([from(withDevices(on(1, 0), on(1, 1))), dark]));
    expect(left.problems).toMatchObject([{ code: 'ports-taken', detail: expect.stringMatching(/port 1 .* is down/) }]);
    const two = (desiredCapacity: number) =>
      from(
        vnic({ backingDevices: [on(1, 0, { desiredCapacity })] }),
        vnic({ slot: 7, backingDevices: [on(1, 1, { desiredCapacity })] }),
      );
    expect(partitionOf(auditLabels([two(50), one])).movable).toBe(true);
    // They share its room.
    expect(codes(partitionOf(auditLabels([two(52), one])))).toEqual(['ports-taken']);
  });

  it('gives way where another device has no other place', () => {
    // The small device could go to either port, the large one only to the second.
    const physicalPorts = [0, 1].map((port) => physicalPort(1, port, { label }));
    const targets = {
      physicalPorts: [physicalPort(2, 0, { label }), physicalPort(2, 1, { label })],
      logicalPorts: [logicalPort(2, 1, { physicalPortId: 0, capacity: 90 })],
    };
    const large = on(1, 0, { desiredCapacity: 50 });
    for (const devices of [
      [on(1, 1), large],
      [large, on(1, 1)],
    ]) {
      const from = asked(A, { physicalPorts, vnics: [withDevices(...devices)] });
      expect(partitionOf(auditLabels([from, asked(B, targets)])).movable).toBe(true);
    }
  });
});

describe('the moves', () => {
  const same = { physicalPorts: [physicalPort(1, 0, { label: 'prod' })], vnics: [withDevices(on(1, 0))] };

  it('are those between every two systems, both ways, and unknown with one that was not read', () => {
    const { moves } = auditLabels([asked(A, same), asked(B), unread(C)]);
    expect(moves.map(({ from, to, verdict }) => [from.name, to.name, verdict])).toEqual([
      ['reptilian', 'saurian', 'fail'],
      ['reptilian', 'gharial', 'unknown'],
      ['saurian', 'reptilian', 'pass'],
      ['saurian', 'gharial', 'unknown'],
      ['gharial', 'reptilian', 'unknown'],
      ['gharial', 'saurian', 'unknown'],
    ]);
    expect(auditLabels([asked(A, same)]).moves).toEqual([]);
  });
});

describe('of any systems', () => {
  const place = { adapterId: fc.integer({ min: 1, max: 2 }), physicalPortId: fc.integer({ min: 0, max: 2 }) };
  const anyPort = fc
    .record({
      ...place,
      label: fc.constantFrom('', 'a', 'a', 'a', 'b'),
      subLabel: fc.constantFrom('', 'x'),
      linkUp: fc.constantFrom(true, true, true, true, false, null),
      configuredLogicalPorts: fc.constantFrom(0, 0, 0, 20),
    })
    .map(({ adapterId, physicalPortId, ...changes }) => physicalPort(adapterId, physicalPortId, changes));
  const keyOf = (one: { adapterId: number; physicalPortId: number }): string =>
    `${one.adapterId}/${one.physicalPortId}`;
  const anyVnic = fc
    .record({
      slot: fc.integer({ min: 2, max: 5 }),
      id: fc.integer({ min: 3, max: 4 }),
      places: fc.uniqueArray(fc.record({ ...place, desiredCapacity: fc.constantFrom(2, 40) }), {
        minLength: 1,
        maxLength: 3,
        selector: keyOf,
      }),
    })
    .map(({ slot, id, places }) =>
      vnic({
        slot,
        partition: { name: `client${id}`, id },
        backingDevices: places.map(({ adapterId, physicalPortId, desiredCapacity }) =>
          on(adapterId, physicalPortId, { desiredCapacity }),
        ),
      }),
    );
  const anyReading = fc
    .record({
      physicalPorts: fc.uniqueArray(anyPort, { minLength: 4, maxLength: 6, selector: keyOf }),
      vnics: fc.array(anyVnic, { maxLength: 3 }),
    })
    .map(reading);
  const systems = fc.array(fc.option(anyReading, { freq: 6 }), { minLength: 1, maxLength: 3 }).map((readings) =>
    readings.map((one, at): AskedSystem => {
      const system = [A, B, C][at] ?? A;
      return one === null ? unread(system) : { system, reading: one };
    }),
  );

  /** By trying every way in which the devices of a partition could get ports. */
  function fits(
    [next, ...left]: readonly (BackingDevice & { readonly slot: number })[],
    from: AuditReading,
    audit: LabelAudit,
    to: AskedSystemRef,
    taken: readonly { readonly key: string; readonly slot: number; readonly capacity: number }[] = [],
  ): boolean {
    if (next === undefined) return true;
    const wanted = from.physicalPorts.find((port) => keyOf(port) === keyOf(next))?.label;
    const ports = audit.labels
      .find(({ label }) => label === wanted)
      ?.systems.find(({ managedSystem }) => managedSystem === to)?.ports;
    return (ports ?? []).some((port) => {
      const others = taken.filter(({ key }) => key === keyOf(port));
      return (
        port.unusable === null &&
        (port.capacityLeft ?? 0) >= others.reduce((sum, one) => sum + one.capacity, next.desiredCapacity) &&
        !others.some(({ slot }) => slot === next.slot) &&
        fits(left, from, audit, to, [...taken, { key: keyOf(port), slot: next.slot, capacity: next.desiredCapacity }])
      );
    });
  }

  it('a partition is movable exactly when there are ports for all its devices together', () => {
    const seen = { movable: 0, stuck: 0 };
    fc.assert(
      fc.property(systems, (all) => {
        const audit = auditLabels(all);
        for (const { from, to, verdict, partitions } of audit.moves) {
          const source = all.find(({ system }) => system === from)?.reading;
          if (verdict === 'unknown' || source === null || source === undefined) {
            expect(partitions).toEqual([]);
            continue;
          }
          expect(verdict).toBe(partitions.some(({ movable }) => !movable) ? 'fail' : 'pass');
          expect(new Set(partitions.map(({ id }) => id))).toEqual(new Set(source.vnics.map((one) => one.partition.id)));
          for (const { id, movable, problems } of partitions) {
            const own = source.vnics.filter(({ partition }) => partition.id === id);
            const devices = own.flatMap(({ slot, backingDevices }, at) =>
              backingDevices.map((one) => ({ ...one, slot: 10 * at + slot })),
            );
            const expected = fits(devices, source, audit, to);
            expect(movable).toBe(expected);
            expect(problems.length === 0).toBe(movable);
            seen[movable ? 'movable' : 'stuck'] += 1;
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(Math.min(seen.movable, seen.stuck)).toBeGreaterThan(20);
  });

  it('a partition is movable exactly when a preview of its migration finds a port for each device, and for the same reasons', () => {
    const seen = { movable: 0, stuck: 0 };
    fc.assert(
      fc.property(pairs, ({ source, target }) => {
        const lizard = source.partitions.find(({ name }) => name === LIZARD.name);
        if (lizard === undefined) throw new Error('a partition expected');
        const { movable, problems } = partitionOf(
          auditLabels([
            { system: A, reading: source },
            { system: B, reading: target },
          ]),
        );
        const { backingDevices } = previewMigration(source, { read: true, snapshot: target, hmcVersion: null }, lizard);
        const inTheWay = backingDevices.flatMap(({ logicalPortId, conflicts }) => {
          const ofPorts = conflicts.filter(({ code }) => code !== 'no-virtual-io-server');
          return ofPorts.length === 0 ? [] : [{ logicalPortId, ofPorts }];
        });
        expect(movable).toBe(inTheWay.length === 0);
        // Which devices are left over depends on what is best for those that are not.
        const alone = inTheWay.filter(({ ofPorts }) => ofPorts.every(({ code }) => code !== 'ports-taken'));
        for (const { logicalPortId, ofPorts } of alone) {
          const problem = problems.find((one) => one.logicalPortId === logicalPortId);
          expect(problem?.detail).toBe(ofPorts.map(({ detail }) => detail).join(' '));
          expect([ofPorts[0]?.code, 'no-usable-port']).toContain(problem?.code);
        }
        seen[movable ? 'movable' : 'stuck'] += 1;
      }),
      { numRuns: 400 },
    );
    expect(Math.min(seen.movable, seen.stuck)).toBeGreaterThan(20);
  });

  it('every labelled port is listed once, and every system stands in one place of every label', () => {
    fc.assert(
      fc.property(systems, (all) => {
        const { labels, systems: audited } = auditLabels(all);
        for (const { system, reading: own } of all) {
          const listed = labels.flatMap((label) =>
            label.systems.filter(({ managedSystem }) => managedSystem === system).flatMap(({ ports }) => ports),
          );
          const without = audited.find(({ managedSystem }) => managedSystem === system)?.portsWithoutLabel ?? [];
          expect([...listed, ...without].map(keyOf).sort()).toEqual((own?.physicalPorts ?? []).map(keyOf).sort());
          for (const { systems: carrying, missingOn, unknownOn } of labels) {
            const places = [carrying.map(({ managedSystem }) => managedSystem), missingOn, unknownOn];
            expect(places.map((some) => some.includes(system))).toEqual([
              own !== null && places[0]?.includes(system) === true,
              own !== null && places[0]?.includes(system) !== true,
              own === null,
            ]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a system that cannot be read takes nothing from what is said of the others, and is never fine', () => {
    fc.assert(
      fc.property(fc.tuple(anyReading, anyReading), ([a, b]) => {
        const known = [
          { system: A, reading: a },
          { system: B, reading: b },
        ];
        const alone = auditLabels(known);
        const more = auditLabels([...known, unread(C)]);
        expect(more.moves.filter(({ from, to }) => from !== C && to !== C)).toEqual(alone.moves);
        expect(more.moves.filter(({ from, to }) => from === C || to === C).map(({ verdict }) => verdict)).toEqual(
          Array.from({ length: 4 }, () => 'unknown'),
        );
        expect(more.labels.map((label) => ({ ...label, unknownOn: [] }))).toEqual(alone.labels);
      }),
      { numRuns: 100 },
    );
  });

  it('it says the same every time, and changes nothing that it is given', () => {
    fc.assert(
      fc.property(systems, (all) => {
        const before = structuredClone(all);
        const first = auditLabels(all);
        expect(auditLabels(all)).toEqual(first);
        expect(all).toEqual(before);
      }),
      { numRuns: 50 },
    );
  });
});
