import { configurationEtag } from '../resources/configuration-etag.js';
import type { Partition } from '../resources/partition.js';

/**
 * Of the way of a partition to another system: which partition, between which systems, every device by which mapping.
 * It changes when the labels, the room or the state of a port lead to another mapping, and when there is none any more;
 * not with the HMCs in between, nor with what leaves the mapping as it is.
 */
export function migrationEtag(
  { name, id, uuid }: Pick<Partition, 'name' | 'id' | 'uuid'>,
  sourceSystem: { readonly mtms: string },
  targetSystem: { readonly mtms: string },
  vnicMappings: string | null,
): string {
  return configurationEtag([[name, id, uuid], sourceSystem.mtms, targetSystem.mtms, vnicMappings]);
}
