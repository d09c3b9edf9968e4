import type { BackingDeviceInput } from '../hmc-language/backing-device-notation.js';
import type { LogicalPortReference } from '../hmc-language/command.js';
import type { BackingDevice } from '../resources/backing-device.js';
import type { SnapshotParts } from '../resources/snapshot.js';
import { whyDead } from './dead-ports.js';
import type { NewBackingDevice } from './new-backing-device.js';

/**
 * A device that is to be made with what its port and adapter say; what the HMC does not tell of them, and a readback
 * has not, counts as working.
 */
export function onItsPort(
  reading: Partial<Pick<SnapshotParts, 'adapters' | 'physicalPorts'>>,
  device: BackingDeviceInput,
): NewBackingDevice {
  return whyDead(reading, device) === null ? device : { ...device, operational: false };
}

/**
 * The new device as it will take part in the election: expected to work unless its port is known not to, not active
 * yet, priority 50 unless asked for. Its logical port id is known once it is there; until then its place in the frame
 * stands for it.
 */
export function expectedDevice(input: NewBackingDevice): BackingDevice {
  const { virtualIoServer, adapterId, physicalPortId, capacity = 0, maxCapacity = 100, failoverPriority = 50 } = input;
  return {
    logicalPortId: `${REFERENCE}adapter ${adapterId} port ${physicalPortId}`,
    virtualIoServer,
    adapterId,
    physicalPortId,
    capacity,
    desiredCapacity: capacity,
    maxCapacity,
    desiredMaxCapacity: maxCapacity,
    failoverPriority,
    active: false,
    status: input.operational === false ? 'Not Operational' : 'Operational',
  };
}

const REFERENCE = 'logicalPortOf ';

/** The logical port id of a device in a command: a reference while the device is only expected. */
export function logicalPortWord({ logicalPortId }: BackingDevice): string | LogicalPortReference {
  return logicalPortId.startsWith(REFERENCE) ? { ref: logicalPortId } : logicalPortId;
}
