import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HmcCommand } from '../../../src/core/hmc-language/command.js';
import type { MigrationReading } from '../../../src/core/migrations/migration-reading.js';
import { previewMigration } from '../../../src/core/migrations/preview-migration.js';
import type { Target } from '../../../src/core/operations/operation.js';
import { partitionMigrate } from '../../../src/core/operations/partition-migrate.js';
import { partitionValidateMigration } from '../../../src/core/operations/partition-validate-migration.js';
import type { Partition } from '../../../src/core/resources/partition.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import type { HmcLogin } from '../../../src/core/hmc-language/migrations.js';
import { labelled, pairs, source, target } from '../migrations/frames.js';
import { device, LIZARD, partition } from './estate.js';
import { lines, refusalOf, valueOf } from './plan-helpers.js';

const REQUEST = { targetSystem: '9119-MME*659707C' };
const ADDRESS = { partition: { name: 'lizard' } };
const BOUND: Target = {
  partition: LIZARD,
  partitionUuid: 'AAAA',
  targetSystem: { name: 'saurian-9119-MME-659707C', mtms: '9119-MME*659707C' },
};

/** The source, with the target beside it: of both the parts that are read. */
function both(
  from: MigrationReading = source(),
  to: MigrationReading & { readonly reachedThrough?: HmcLogin } = target(),
): Snapshot {
  return { ...from, targetSystem: to } as unknown as Snapshot;
}

const lizard = (changes: Partial<Partition> = {}): Partition => partition(LIZARD, { uuid: 'AAAA', ...changes });
const withPartitions = (reading: MigrationReading, partitions: readonly Partition[]): MigrationReading => ({
  ...reading,
  partitions: [...reading.partitions.filter(({ environment }) => environment === 'vioserver'), ...partitions],
});
/** lizard here and there; undefined = not listed. */
const where = (here: Partition | undefined, there: Partition | undefined): Snapshot =>
  both(withPartitions(source(), here ? [here] : []), withPartitions(target(), there ? [there] : []));

describe.each([
  ['partition.validate-migration', partitionValidateMigration, 'v'],
  ['partition.migrate', partitionMigrate, 'm'],
] as const)('%s', (_name, operation, letter) => {
  const bind = (snapshot: Snapshot, address = ADDRESS as Parameters<typeof operation.bind>[1]) =>
    operation.bind(snapshot, address, REQUEST);

  it('is bound to the partition, what it keeps on its way, and the system it goes to', () => {
    expect(valueOf(bind(both()))).toEqual(BOUND);
    expect(valueOf(bind(both(), { partition: { id: 6 } }))).toEqual(BOUND);
  });

  it('plans one command, with the mappings of now', () => {
    const plan = valueOf(operation.plan(both(), BOUND, REQUEST));
    expect(lines(plan)).toEqual([
      `migrlpar -o ${letter} -m '9119-MME*65BA46F' -t '9119-MME*659707C' --id 6 -i 'vnic_mappings="6/ded/vios1/1/1/1/2.0/1/1,6/ded/vios2/2/3/1/4.0/3/1"'`,
    ]);
    expect(plan).toMatchObject({ target: BOUND, steps: [{ movesActive: false }] });
  });

  it('names another HMC where one is needed', () => {
    const to = { ...target(), reachedThrough: { host: 'hmc2.example.com', username: 'hscroot' } };
    expect(lines(valueOf(operation.plan(both(source(), to), BOUND, REQUEST)))[0]).toContain(
      "-t '9119-MME*659707C' --ip hmc2.example.com -u hscroot --id 6",
    );
  });

  it('refuses what is not there, and the system that it is on', () => {
    expect(refusalOf(bind(both(), { partition: { name: 'nobody' } })).type).toBe('target-not-found');
    expect(refusalOf(bind(both(source(), source())))).toMatchObject({
      type: 'rule-violation',
      pointer: '/targetSystem',
    });
    expect(() => bind(source() as unknown as Snapshot)).toThrow('target system');
  });

  it('refuses what is not possible, with every conflict, when it is bound and when it is planned', () => {
    const snapshot = both(
      withPartitions(source(), [lizard({ rmcState: 'inactive' })]),
      target({ physicalPorts: [labelled(2, 1, 'net-b')] }),
    );
    for (const refusal of [refusalOf(bind(snapshot)), refusalOf(operation.plan(snapshot, BOUND, REQUEST))]) {
      expect(refusal).toMatchObject({
        type: 'migration-not-possible',
        members: {
          conflicts: [{ code: 'rmc-not-active' }, { code: 'ports-taken', slot: 6, logicalPortId: '2700c003' }],
        },
      });
      expect(refusal.detail).toContain('There is 1 more');
    }
  });

  it('reads back all it needs to plan, of both systems', () => {
    expect(operation.readback).toEqual(operation.needs);
    expect(operation.targetSystem).toMatchObject({ needs: operation.needs, readback: operation.needs });
    expect(operation.targetSystem?.holdsLane).toBe(letter === 'm');
    expect(operation.asks).toBe(letter === 'v' ? true : undefined);
  });
});

describe('where the partition is', () => {
  const migrating = 'Migrating - Running';
  it.each([
    // [here, there, presence, holds, under way]
    ['before', lizard(), undefined, 'present', false, false],
    ['while it goes', lizard({ state: migrating }), lizard({ state: migrating }), 'present', false, true],
    ['left, not yet there', undefined, lizard({ state: migrating }), 'gone', false, true],
    ['both after a migration that was given up', lizard(), lizard(), 'present', false, false],
    ['after', undefined, lizard(), 'gone', true, false],
    ['after, under another id', undefined, lizard({ id: 9 }), 'gone', true, false],
    [
      'after, with a stranger in its old place',
      lizard({ uuid: 'BBBB', name: 'newt' }),
      lizard(),
      'replaced',
      true,
      false,
    ],
    ['gone from everywhere', undefined, undefined, 'gone', false, false],
    [
      'its old place only, with a stranger',
      lizard({ uuid: 'BBBB', name: 'newt' }),
      undefined,
      'replaced',
      false,
      false,
    ],
    ['an HMC that tells no UUID', undefined, lizard({ uuid: null, id: 9 }), 'gone', true, false],
    ['a namesake with another UUID', undefined, lizard({ uuid: 'BBBB' }), 'gone', false, false],
  ] as const)('%s', (_when, here, there, presence, holds, underWay) => {
    const snapshot = where(here, there);
    expect(partitionMigrate.presence(snapshot, BOUND)).toBe(presence);
    expect(partitionMigrate.holds(snapshot, BOUND, REQUEST)).toBe(holds);
    expect(partitionMigrate.isUnderWay?.(snapshot, BOUND)).toBe(underWay);
    // Nothing is left to do exactly when it is there.
    const plan = partitionMigrate.plan(snapshot, BOUND, REQUEST);
    expect(plan.ok && plan.value.steps.length === 0).toBe(holds);
  });

  it('a plan for what is gone says so', () => {
    expect(refusalOf(partitionMigrate.plan(where(undefined, undefined), BOUND, REQUEST)).type).toBe('target-gone');
    const stranger = where(lizard({ uuid: 'BBBB', name: 'newt' }), undefined);
    expect(refusalOf(partitionMigrate.plan(stranger, BOUND, REQUEST)).type).toBe('target-replaced');
  });

  it('is shown with its system and its vNICs, wherever that is', () => {
    const here = partitionMigrate.result(both(), BOUND);
    const { etag } = previewMigration(source(), { read: true, snapshot: target(), hmcVersion: null }, lizard());
    expect(here).toMatchObject({ name: 'lizard', managedSystem: { mtms: '9119-MME*65BA46F' }, etag });
    expect((here as { vnics: unknown[] }).vnics).toMatchObject([
      { slot: 6, etag: expect.stringMatching(/^".+"$/) as string },
    ]);
    expect(partitionMigrate.result(where(undefined, lizard({ id: 9 })), BOUND)).toMatchObject({
      id: 9,
      managedSystem: { mtms: '9119-MME*659707C' },
      vnics: [],
      etag: null,
    });
    expect(partitionMigrate.result(where(undefined, undefined), BOUND)).toBeNull();
  });

  it('is observed: equal while nothing has happened, different on its way and after', () => {
    const observed = [
      where(lizard(), undefined),
      where(lizard({ state: migrating }), lizard({ state: migrating })),
      where(undefined, lizard()),
      where(undefined, undefined),
    ].map((snapshot) => JSON.stringify(partitionMigrate.observe(snapshot, BOUND)));
    expect(new Set(observed).size).toBe(4);
    expect(partitionMigrate.observe(where(lizard(), undefined), BOUND)).toEqual(
      partitionMigrate.observe(where(lizard({ rmcState: 'busy' }), undefined), BOUND),
    );
  });
});

/**
 * What an HMC makes of `migrlpar -o m`, read from the words alone: the partition is on
 * the target, its devices as mapped.
 */
function carriedOut(snapshot: Snapshot, { words }: HmcCommand): Snapshot {
  const to = snapshot.targetSystem;
  const id = Number(words[words.indexOf('--id') + 1]);
  const moved = snapshot.partitions.find((one) => one.id === id);
  if (to === undefined || moved === undefined) throw new Error('nothing to move');
  const mappings = words.flatMap((word) =>
    typeof word === 'string' && word.includes('"') ? (word.split('"')[1]?.split(',') ?? []) : [],
  );
  const vnics = snapshot.vnics
    .filter((one) => one.partition.id === id)
    .map((vnic) => ({
      ...vnic,
      backingDevices: vnic.backingDevices.map((one) => {
        const ofDevice = mappings
          .map((text) => text.split('/'))
          .filter(
            ([slot, , , , , , , adapterId, portId]) =>
              Number(slot) === vnic.slot &&
              Number(adapterId) === one.adapterId &&
              Number(portId) === one.physicalPortId,
          );
        const [[, , name = '', serverId, adapterId, portId, capacity] = []] = ofDevice;
        if (ofDevice.length !== 1) throw new Error('a device has one mapping');
        return device({
          logicalPortId: 'ffffffff',
          virtualIoServer: { name, id: Number(serverId) },
          adapterId: Number(adapterId),
          physicalPortId: Number(portId),
          desiredCapacity: Number(capacity),
        });
      }),
    }));
  return {
    ...snapshot,
    partitions: snapshot.partitions.filter((one) => one !== moved),
    vnics: snapshot.vnics.filter((one) => one.partition.id !== id),
    targetSystem: { ...to, partitions: [...to.partitions, moved], vnics: [...to.vnics, ...vnics] },
  };
}

describe('of any two systems', () => {
  it('what is planned leads to what was wished for, with every device on a port with its label', () => {
    let moves = 0;
    fc.assert(
      fc.property(pairs, ({ source: from, target: to }) => {
        const snapshot = both(from, to);
        const plan = partitionMigrate.plan(snapshot, BOUND, REQUEST);
        expect(plan.ok).toBe(partitionMigrate.bind(snapshot, ADDRESS, REQUEST).ok);
        if (!plan.ok) return;
        const [step] = plan.value.steps;
        if (!step || plan.value.steps.length > 1) throw new Error('one step expected');
        moves += 1;
        const before = partitionMigrate.observe(snapshot, BOUND);
        const after = carriedOut(snapshot, step.command);
        expect(partitionMigrate.holds(snapshot, BOUND, REQUEST)).toBe(false);
        expect(partitionMigrate.holds(after, BOUND, REQUEST)).toBe(true);
        expect(partitionMigrate.observe(after, BOUND)).not.toEqual(before);
        expect(valueOf(partitionMigrate.plan(after, BOUND, REQUEST)).steps).toEqual([]);
        const labelOn = (reading: MigrationReading, at: { adapterId: number; physicalPortId: number }) =>
          reading.physicalPorts.find(
            (port) => port.adapterId === at.adapterId && port.physicalPortId === at.physicalPortId,
          )?.label;
        const there = after.targetSystem?.vnics.filter((one) => one.partition.id === LIZARD.id) ?? [];
        for (const [i, vnic] of from.vnics.entries()) {
          const labels = vnic.backingDevices.map((one) => [labelOn(from, one), one.desiredCapacity]);
          expect(there[i]?.backingDevices.map((one) => [labelOn(to, one), one.desiredCapacity])).toEqual(labels);
        }
      }),
      { numRuns: 300 },
    );
    expect(moves).toBeGreaterThan(20);
  });
});
