import { physicalPortEtag } from '../resources/physical-port-etag.js';
import { isOnSamePort } from '../resources/port-address.js';
import type { Snapshot } from '../resources/snapshot.js';
import { vnicEtag } from '../resources/vnic-etag.js';
import type { Operation, Target } from './operation.js';

/**
 * The ETag that `If-Match` is held against: the operation's own, of the target's vNIC, also for a call on one of its
 * backing devices, or of the physical port. null: there is nothing there to compare with.
 */
export function targetEtag(
  { etag }: Pick<Operation<unknown>, 'etag'>,
  snapshot: Snapshot,
  target: Target,
): string | null {
  if (etag !== undefined) return etag(snapshot, target);
  const { partition, slot, physicalPort } = target;
  if (physicalPort !== undefined) {
    const port = snapshot.physicalPorts.find((one) => isOnSamePort(one, physicalPort));
    return port === undefined ? null : physicalPortEtag(port);
  }
  const vnic = snapshot.vnics.find((candidate) => candidate.partition.id === partition?.id && candidate.slot === slot);
  return vnic === undefined ? null : vnicEtag(vnic);
}
