import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import type { Snapshot, SnapshotParts } from '../resources/snapshot.js';
import type { PartitionRef } from '../hmc-language/partition-ref.js';
import type { Operation, Target } from './operation.js';

/** vNICs share the virtual slots of a partition with its other virtual adapters; a readback has the vNICs only. */
export type SlotReading = Snapshot<'vnics'> & Partial<Pick<SnapshotParts, 'virtualSlots'>>;

/** Slots 0 and 1 are the serial consoles (hmc-cli.md §1.6). */
const FIRST_SLOT = 2;

/**
 * The slot for a new vNIC: the next one that the HMC says is free (`next_avail_virtual_slot`, hmc-cli.md §1.5), moved
 * on past the vNICs that are listed there all the same. Refuses with `slot-taken` when there is none.
 */
export function nextFreeSlot(reading: SlotReading, partition: PartitionRef): Result<number> {
  const slots = virtualSlotsOf(reading, partition);
  const next = slots?.nextAvailableVirtualSlot ?? null;
  const none = refuse({
    type: 'slot-taken',
    detail: `The HMC names no free virtual slot of partition ${partition.name}. Raise its maximum number of virtual adapters, or name a slot with \`slot\`.`,
  });
  if (next === null) return none;
  const taken = new Set(reading.vnics.filter((vnic) => vnic.partition.id === partition.id).map((vnic) => vnic.slot));
  let slot = Math.max(next, FIRST_SLOT);
  while (taken.has(slot)) {
    slot += 1;
  }
  const max = maxVirtualSlots(reading, partition);
  return max !== null && slot >= max ? none : ok(slot);
}

/**
 * The refusal for a slot that the partition cannot have (`rule-violation`) or that another virtual adapter holds
 * (`slot-taken`), else null. A vNIC in it may be the wished one: that is not looked at here.
 */
export function slotRefusal(reading: SlotReading, partition: PartitionRef, slot: number): Refusal | null {
  const max = maxVirtualSlots(reading, partition);
  if (!Number.isInteger(slot) || slot < FIRST_SLOT || (max !== null && slot >= max)) {
    return {
      type: 'rule-violation',
      pointer: '/slot',
      detail:
        `slot is ${slot}. It is a whole number from ${FIRST_SLOT}` +
        (max === null
          ? '.'
          : ` to ${max - 1}, because partition ${partition.name} has at most ${max} virtual adapters.`),
    };
  }
  const used = reading.usedSlots?.find((one) => one.partitionId === partition.id && one.slot === slot);
  // What lists the slots in use is known from code alone, the next free one from a capture: that one is believed.
  const isFree = virtualSlotsOf(reading, partition)?.nextAvailableVirtualSlot === slot;
  if (used === undefined || isFree || holdsVnic(reading, partition, slot)) return null;
  return {
    type: 'slot-taken',
    pointer: '/slot',
    detail:
      `Slot ${slot} of partition ${partition.name} holds another virtual adapter` +
      `${used.kind === null ? '' : ` (${used.kind})`}. Name another slot; a POST without \`slot\` takes the next free one.`,
  };
}

/**
 * The partition whose slots in use are to be read before this operation plans; null where the reading is enough: it
 * fills no slot, none is named, or a vNIC is there.
 */
export function partitionOfNamedSlot(
  { needs }: Pick<Operation<unknown>, 'needs'>,
  reading: SlotReading,
  { partition, slot, macAddress }: Target,
): PartitionRef | null {
  const fillsSlot = needs.includes('virtualSlots') && macAddress === undefined;
  if (!fillsSlot || partition === undefined || slot === undefined) return null;
  return holdsVnic(reading, partition, slot) ? null : partition;
}

function holdsVnic({ vnics }: SlotReading, partition: PartitionRef, slot: number): boolean {
  return vnics.some((vnic) => vnic.partition.id === partition.id && vnic.slot === slot);
}

function virtualSlotsOf(
  reading: SlotReading,
  partition: PartitionRef,
): SnapshotParts['virtualSlots'][number] | undefined {
  return reading.virtualSlots?.find((slots) => slots.partition.id === partition.id);
}

/** A partition that is shut off may show 0 as its current maximum: that says nothing of its profile. */
function maxVirtualSlots(reading: SlotReading, partition: PartitionRef): number | null {
  const max = virtualSlotsOf(reading, partition)?.currentMaxVirtualSlots ?? null;
  return max === 0 ? null : max;
}
