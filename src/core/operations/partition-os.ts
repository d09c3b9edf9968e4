import type { Partition } from '../resources/partition.js';
import type { Snapshot } from '../resources/snapshot.js';
import type { Target } from './operation.js';

const NOT_LINUX = /^(AIX|VIOS|IBM i|OS\/?400)/i;

/**
 * Whether two moves of a vNIC close together could make this partition's driver disable the card (the Linux driver
 * ibmvnic does). True for a running partition unless its `os_version` names another system: a partition that does not
 * tell (`Unknown`, empty, a localised word) is treated with the same care as Linux.
 */
function mayLoseItsDriver(partition: Partition): boolean {
  if (partition.state === 'Not Activated') return false;
  if (partition.environment === 'os400' || partition.environment === 'vioserver') return false;
  return partition.osVersion === null || !NOT_LINUX.test(partition.osVersion);
}

/** Whether moves of this target keep their distance. A reading that does not tell is taken with care. */
export function isPaced(snapshot: Partial<Snapshot>, target: Target): boolean {
  const client = snapshot.partitions?.find((candidate) => candidate.id === target.partition?.id);
  return client === undefined || mayLoseItsDriver(client);
}
