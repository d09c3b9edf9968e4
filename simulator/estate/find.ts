import {
  partitionIdNotFound,
  partitionNameNotFound,
  systemNameAmbiguous,
  systemNotFound,
} from '../commands/refusal.js';
import { type Estate, type ManagedSystem, mtms, type Partition } from './model.js';

/** By name or type-model*serial, the latter where a name occurs twice (hmc-cli.md §5). Throws HmcRefusal. */
export function findSystem(systems: readonly ManagedSystem[], nameOrMtms: string): ManagedSystem {
  const byMtms = systems.find((system) => mtms(system) === nameOrMtms);
  if (byMtms) return byMtms;
  const named = systems.filter((system) => system.name === nameOrMtms);
  if (named.length > 1) throw systemNameAmbiguous(nameOrMtms);
  if (!named[0]) throw systemNotFound(nameOrMtms);
  return named[0];
}

/** For a control call: like findSystem, over the whole estate. */
export const systemOf = (estate: Estate, nameOrMtms: string): ManagedSystem => findSystem(estate.systems, nameOrMtms);

export function partitionNamed(system: ManagedSystem, name: string): Partition {
  const found = system.partitions.find((partition) => partition.name === name);
  if (!found) throw partitionNameNotFound(name);
  return found;
}

export function partitionWithId(system: ManagedSystem, id: string | number): Partition {
  const found = system.partitions.find((partition) => String(partition.id) === String(id));
  if (!found) throw partitionIdNotFound(String(id));
  return found;
}

/** By id where it is a number, else by name. */
export const partitionOf = (system: ManagedSystem, nameOrId: string | number): Partition =>
  /^\d+$/.test(String(nameOrId)) ? partitionWithId(system, nameOrId) : partitionNamed(system, String(nameOrId));
