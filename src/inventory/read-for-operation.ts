import type { Operation } from '../core/operations/operation.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import type { Inventory, MergedSystem, ReadOptions } from './inventory.js';

/**
 * Reads what an operation `needs` to plan, or what it reads back: of its system, and of the second one where it touches
 * two (`targetMtms`).
 * @throws ProblemError what a reading throws
 */
export async function readForOperation(
  inventory: Inventory,
  operation: Pick<Operation<unknown>, 'needs' | 'readback' | 'targetSystem'>,
  what: 'needs' | 'readback',
  systems: { readonly system: MergedSystem; readonly targetMtms: string | undefined },
  options: ReadOptions,
): Promise<Snapshot> {
  const { system, targetMtms } = systems;
  const parts = operation[what];
  if (operation.targetSystem === undefined || targetMtms === undefined) return inventory.read(system, parts, options);
  const target = { system: await inventory.find(targetMtms), parts: operation.targetSystem[what] };
  return inventory.readBoth(system, parts, target, options);
}
