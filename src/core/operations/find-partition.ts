import { ok, refuse, type Result } from '../refusal.js';
import type { Partition } from '../resources/partition.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { TargetAddress } from './operation.js';

/**
 * The partition that the path of a call names.
 * Refuses with `target-not-found` or, when a name stands for more than one, `ambiguous-name` with the ids as
 * `candidates`.
 */
export function findPartition(snapshot: Snapshot<'partitions'>, address: TargetAddress): Result<Partition> {
  const wanted = address.partition;
  if (wanted === undefined) throw new Error('this operation needs a partition in its path');
  const found = snapshot.partitions.filter((partition) =>
    'id' in wanted ? partition.id === wanted.id : partition.name === wanted.name,
  );
  const [first] = found;
  if (first === undefined) {
    const word = 'id' in wanted ? `id ${wanted.id}` : `the name ${JSON.stringify(wanted.name)}`;
    return refuse({
      type: 'target-not-found',
      detail: `No partition of ${snapshot.system.name} has ${word}. List the partitions of the managed system to see which there are.`,
    });
  }
  if (found.length > 1) {
    return refuse({
      type: 'ambiguous-name',
      detail: `${found.length} partitions of ${snapshot.system.name} have the name ${JSON.stringify(first.name)}. Use the id instead of the name.`,
      members: { candidates: found.map(({ id, name }) => ({ id, name })) },
    });
  }
  return ok(first);
}
