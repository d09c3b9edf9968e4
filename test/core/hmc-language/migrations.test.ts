import { describe, expect, it } from 'vitest';
import {
  migratePartition,
  validateMigration,
  vnicMappings,
  type Migration,
  type VnicMapping,
} from '../../../src/core/hmc-language/migrations.js';
import { renderCommand } from '../../../src/core/hmc-language/quote-word.js';
import { sample } from './sample.js';

const mapping = (changes: Partial<VnicMapping> = {}, vios = { name: 'viosD1', id: 100 }): VnicMapping => ({
  slot: 6,
  target: { virtualIoServer: vios, adapterId: 1, physicalPortId: 1 },
  capacity: 2,
  source: { adapterId: 3, physicalPortId: 0 },
  ...changes,
});

const TWO = [
  mapping(),
  mapping(
    {
      target: { virtualIoServer: { name: 'viosD2', id: 101 }, adapterId: 2, physicalPortId: 1 },
      source: { adapterId: 4, physicalPortId: 0 },
    },
    { name: 'viosD2', id: 101 },
  ),
];

const MIGRATION: Migration = {
  sourceMtms: '9119-MME*65BA46F',
  targetMtms: '9119-MME*659707C',
  partitionId: 6,
  remoteHmc: undefined,
  vnicMappings: '6/ded/viosD1/100/1/1/2.0/3/0',
};

const line = (migration: Migration, build = validateMigration): string => {
  const built = build(migration);
  if (!built.ok) throw new Error(built.refusal.detail);
  expect(built.value.kind).toBe('change');
  return renderCommand(built.value);
};

describe('vnic_mappings', () => {
  it('has the fields, their order and the quotes of the sample', () => {
    const captured = sample('migrlpar-vnic_mappings.txt')
      .split('\n')
      .find((one) => one.startsWith('migrlpar -o m'));
    const [, argument = ''] = /-i "(.*?)" +#/.exec(captured ?? '') ?? [];
    const mappings = vnicMappings(TWO);
    expect(mappings.ok && `vnic_mappings="${mappings.value.replaceAll('2.0', '2')}"`).toBe(
      argument.replaceAll('\\"', '"'),
    );
  });

  it.each(['a/b', 'a,b', 'a"b', 'a\nb'])('refuses the Virtual I/O Server %j', (name) => {
    expect(vnicMappings([mapping({}, { name, id: 1 })])).toMatchObject({
      ok: false,
      refusal: { type: 'not-representable' },
    });
  });
});

describe('migrlpar', () => {
  it('validates and migrates, by type-model*serial and partition id', () => {
    const rest = `-m '9119-MME*65BA46F' -t '9119-MME*659707C' --id 6 -i 'vnic_mappings="6/ded/viosD1/100/1/1/2.0/3/0"'`;
    expect(line(MIGRATION)).toBe(`migrlpar -o v ${rest}`);
    expect(line(MIGRATION, migratePartition)).toBe(`migrlpar -o m ${rest}`);
  });

  it('without vNICs there is nothing to map', () => {
    expect(line({ ...MIGRATION, vnicMappings: null })).toBe(
      "migrlpar -o v -m '9119-MME*65BA46F' -t '9119-MME*659707C' --id 6",
    );
  });

  it('names the HMC of the target where another one is needed', () => {
    const remoteHmc = { host: 'hmc2.example.com', username: 'hscroot' };
    expect(line({ ...MIGRATION, vnicMappings: null, remoteHmc })).toBe(
      "migrlpar -o v -m '9119-MME*65BA46F' -t '9119-MME*659707C' --ip hmc2.example.com -u hscroot --id 6",
    );
  });

  it.each(['', '-x', 'a\u0000'])('refuses the user %j', (username) => {
    const built = validateMigration({ ...MIGRATION, remoteHmc: { host: 'hmc2', username } });
    expect(built).toMatchObject({ ok: false, refusal: { type: 'not-representable' } });
  });
});
