import type { Snapshot } from '../resources/snapshot.js';
import { isEqualDevice } from '../placement/backing-device-request.js';
import { presentVnic } from './bound-target.js';
import { LAST_PRIORITY } from './desired-devices.js';
import type { Target } from './operation.js';

/**
 * What is to be told when a job of a desired state ends half way: devices whose number it has raised, so that they
 * could be removed without disturbing anybody, and that are still there. Without a reading (null) all of them may be.
 */
export function leftDemoted(snapshot: Snapshot<'vnics'> | null, target: Target): readonly string[] {
  const { demotedDevices = [], newDevices = [] } = target;
  const vnic = demotedDevices.length === 0 || snapshot === null ? undefined : presentVnic(snapshot, target);
  return demotedDevices.flatMap(({ logicalPortId, failoverPriority }) => {
    const device = vnic?.backingDevices.find((one) => one.logicalPortId === logicalPortId);
    const isLeft = device?.failoverPriority === LAST_PRIORITY && !newDevices.some((one) => isEqualDevice(device, one));
    return snapshot === null || isLeft
      ? [
          `Device ${logicalPortId} ${isLeft ? 'has' : 'may have'} failover priority ${LAST_PRIORITY} now. It was ${failoverPriority} before this job, ` +
            'which sent the traffic away to remove the device and did not come to that. If the device shall stay, set its ' +
            'priority back (PATCH failoverPriority); if you ask for the same again, name the priority in the request.',
        ]
      : [];
  });
}
