import type { ManagedSystem } from '../core/resources/managed-system.js';
import type { MergedSystem, SystemSeenBy } from './inventory.js';

/** What one HMC lists. */
export interface SystemsOfHmc {
  readonly hmcId: string;
  /** When it was asked (a moment of `performance.now()`). */
  readonly readAt: number;
  readonly systems: readonly ManagedSystem[];
}

/** The state in which an HMC can do everything with a system (hmc-cli.md §1.8). */
export const OPERATING = 'Operating';

/**
 * Merges what several HMCs list into one entry for each MTMS. `listings` are in the order of the configuration; an HMC
 * that sees a system `Operating` goes before one that does not, because two HMCs may name or see it differently.
 * The result is in the order of names, then MTMS.
 */
export function mergeSystems(listings: readonly SystemsOfHmc[]): MergedSystem[] {
  const byMtms = new Map<string, SystemSeenBy[]>();
  for (const { hmcId, readAt, systems } of listings) {
    for (const system of systems) {
      const views = byMtms.get(system.mtms);
      if (views === undefined) byMtms.set(system.mtms, [{ hmcId, readAt, system }]);
      else views.push({ hmcId, readAt, system });
    }
  }
  return [...byMtms.values()].map(mergeViews).sort(byNameThenMtms);
}

function mergeViews(views: readonly SystemSeenBy[]): MergedSystem {
  const seenBy = [
    ...views.filter((view) => view.system.state === OPERATING),
    ...views.filter((view) => view.system.state !== OPERATING),
  ];
  const [serving] = seenBy;
  if (serving === undefined) throw new TypeError('a merged system is seen by at least one HMC');
  return { mtms: serving.system.mtms, name: serving.system.name, state: serving.system.state, seenBy };
}

function byNameThenMtms(a: MergedSystem, b: MergedSystem): number {
  return compare(a.name, b.name) || compare(a.mtms, b.mtms);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** All systems that go by this MTMS or, on any HMC, by this name. More than one = the name is ambiguous. */
export function systemsCalled(systems: readonly MergedSystem[], nameOrMtms: string): MergedSystem[] {
  const exact = systems.find((system) => system.mtms === nameOrMtms);
  if (exact !== undefined) return [exact];
  return systems.filter((system) => system.seenBy.some((view) => view.system.name === nameOrMtms));
}
