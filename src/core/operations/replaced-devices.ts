import { isOnSamePort, portText } from '../resources/port-address.js';
import { type BackingDevice, maximumOf } from '../resources/backing-device.js';
import type { Snapshot } from '../resources/snapshot.js';
import { presentVnic } from './bound-target.js';
import type { ReplacedDevice, Target } from './operation.js';

/** What is remembered of a device that is made anew on its port, as it is before the first command. */
export function replacedDevice(device: BackingDevice): ReplacedDevice {
  const { logicalPortId, virtualIoServer, adapterId, physicalPortId, desiredCapacity, failoverPriority } = device;
  const place = { logicalPortId, virtualIoServer, adapterId, physicalPortId };
  return { ...place, capacity: desiredCapacity, failoverPriority, maxCapacity: maximumOf(device) };
}

/**
 * What is to be told when a job of a desired state ends half way: devices that were removed to be made anew on their
 * port, and that have not come back. Without a reading (null) each of them may be gone.
 */
export function leftRemoved(snapshot: Snapshot<'vnics'> | null, target: Target): readonly string[] {
  const { replacedDevices = [] } = target;
  const vnic = replacedDevices.length === 0 || snapshot === null ? undefined : presentVnic(snapshot, target);
  return replacedDevices.flatMap((one) => {
    const isGone = vnic !== undefined && !vnic.backingDevices.some((device) => isOnSamePort(device, one));
    if (snapshot !== null && !isGone) return [];
    const { logicalPortId, virtualIoServer, capacity, failoverPriority, maxCapacity } = one;
    return [
      `Device ${logicalPortId} on ${portText(one)} ${isGone ? 'was' : 'may have been'} removed to be made anew, and did not come ` +
        `back. It was on ${virtualIoServer.name} with capacity ${capacity}, failover priority ${failoverPriority} and ` +
        `${maxCapacity === null ? 'a maximum capacity that the HMC did not tell' : `maximum capacity ${maxCapacity}`}. ` +
        'If you ask for the same again, name them in the request: what is left out gets the default of a new device.',
    ];
  });
}
