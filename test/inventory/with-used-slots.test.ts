import { describe, expect, it } from 'vitest';
import { operationOf } from '../../src/core/operations/operations.js';
import type { UsedSlot } from '../../src/core/resources/virtual-slots.js';
import { withUsedSlots } from '../../src/inventory/with-used-slots.js';
import { estate, LIZARD, vnic } from '../core/operations/estate.js';

const IN_TWO: UsedSlot = { partitionId: LIZARD.id, slot: 2, kind: 'scsi' };

async function asked(
  name: Parameters<typeof operationOf>[0],
  target: Parameters<typeof withUsedSlots>[3],
  used: readonly UsedSlot[] | null = [IN_TWO],
): Promise<{ readonly of: readonly unknown[]; readonly usedSlots: readonly UsedSlot[] | undefined }> {
  const of: unknown[] = [];
  const usedSlots = (...args: unknown[]): Promise<readonly UsedSlot[] | null> => {
    of.push(args);
    return Promise.resolve(used);
  };
  const snapshot = estate({ vnics: [vnic({ slot: 6 })] });
  const whole = await withUsedSlots({ usedSlots }, operationOf(name), snapshot, target, 'own');
  return { of, usedSlots: whole.usedSlots };
}

describe('the slots in use', () => {
  it.each(['vnic.create', 'vnic.set'] as const)('are read where %s fills a slot that is named', async (name) => {
    const { of, usedSlots } = await asked(name, { partition: LIZARD, slot: 2 });
    expect(of).toEqual([['hmc1', '9119-MME*65BA46F', LIZARD.id, 'own']]);
    expect(usedSlots).toEqual([IN_TWO]);
  });

  it.each([
    ['vnic.create', { partition: LIZARD }],
    ['vnic.create', { partition: LIZARD, slot: 6 }],
    ['vnic.set', { partition: LIZARD, slot: 6, macAddress: 'eaadf2188302' }],
    ['vnic.update', { partition: LIZARD, slot: 6, macAddress: 'eaadf2188302' }],
  ] as const)('are not read for %s of %j', async (name, target) => {
    expect(await asked(name, target)).toEqual({ of: [], usedSlots: undefined });
  });

  it('are not known where the HMC does not list them', async () => {
    expect((await asked('vnic.create', { partition: LIZARD, slot: 2 }, null)).usedSlots).toBeUndefined();
  });
});
