import { describe, expect, it } from 'vitest';
import { slotRefusal } from '../../../src/core/operations/free-slot.js';
import { vnicCreate } from '../../../src/core/operations/vnic-create.js';
import { vnicSet } from '../../../src/core/operations/vnic-set.js';
import { listUsedSlots } from '../../../src/core/hmc-language/reads.js';
import { renderCommand } from '../../../src/core/hmc-language/quote-word.js';
import { HmcOutputError } from '../../../src/core/hmc-language/hmc-output-error.js';
import { parseUsedSlots, type UsedSlot } from '../../../src/core/resources/virtual-slots.js';
import { estate, LIZARD, vnic } from './estate.js';

const used = (slot: number, kind: string | null = 'scsi', partitionId = LIZARD.id): UsedSlot => ({
  partitionId,
  slot,
  kind,
});
const backingDevices = [{ virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 1, capacity: 2 }];

describe('a slot that another virtual adapter holds', () => {
  const snapshot = estate({ usedSlots: [used(2), used(3, null), used(4, 'eth', 7)] });

  it('is refused to POST and to PUT, with what holds it', () => {
    const target = { partition: LIZARD, slot: 2 };
    const post = vnicCreate.plan(snapshot, target, { slot: 2, backingDevices });
    expect(post).toMatchObject({ ok: false, refusal: { type: 'slot-taken', pointer: '/slot' } });
    const put = vnicSet.plan(snapshot, target, { backingDevices });
    if (put.ok) throw new Error('the slot is taken');
    expect(put.refusal).toMatchObject({ type: 'slot-taken' });
    expect(put.refusal.detail).toContain('Slot 2 of partition lizard holds another virtual adapter (scsi).');
    expect(put.refusal.pointer).toBeUndefined();
    expect(slotRefusal(snapshot, LIZARD, 3)?.detail).toContain('holds another virtual adapter. ');
  });

  it('is no slot of another partition, none that is not listed, and nothing is known without a list', () => {
    expect(slotRefusal(snapshot, LIZARD, 4)).toBeNull();
    expect(slotRefusal(snapshot, LIZARD, 5)).toBeNull();
    expect(slotRefusal(estate(), LIZARD, 2)).toBeNull();
  });

  it('is not one that the HMC calls the next free one, nor one with a vNIC that is listed', () => {
    expect(slotRefusal(estate({ usedSlots: [used(6, 'reserved')] }), LIZARD, 6)).toBeNull();
    const withVnic = estate({ usedSlots: [used(8, 'vnic')], vnics: [vnic({ slot: 8 })] });
    expect(slotRefusal(withVnic, LIZARD, 8)).toBeNull();
  });
});

describe('the slots in use', () => {
  it('are asked of one partition', () => {
    expect(renderCommand(listUsedSlots('9119-MME*65BA46F', 6))).toBe(
      `lshwres -r virtualio --rsubtype slot --level slot -m '9119-MME*65BA46F' --filter lpar_ids=6`,
    );
  });

  it('are read whatever else a row tells', () => {
    const text =
      'slot_num=0,lpar_name=lizard,lpar_id=6,config=serial,drc_name=U9119.MME.65BA46F-V6-C0\n' +
      'lpar_id=6,slot_num=2,state=1\n';
    expect(parseUsedSlots(text)).toEqual([used(0, 'serial'), used(2, null)]);
    expect(parseUsedSlots('No results were found.\n')).toEqual([]);
    expect(() => parseUsedSlots('lpar_id=6,config=scsi\n')).toThrow(HmcOutputError);
  });
});
