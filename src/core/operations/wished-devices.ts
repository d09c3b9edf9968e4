import { ok, refuse, type Result } from '../refusal.js';
import { type BackingDevice, maximumOf } from '../resources/backing-device.js';
import type { Snapshot, SnapshotParts } from '../resources/snapshot.js';
import type { Vnic } from '../resources/vnic.js';
import { resolveBackingDevices, type BackingDeviceRequest } from '../placement/backing-device-request.js';
import { isOnSamePort, portText } from '../resources/port-address.js';
import { isSameButPriority, type DesiredDevice } from './desired-devices.js';
import { onItsPort } from './expected-device.js';
import { NO_LIMIT } from './maximum-capacity.js';
import type { NewBackingDevice } from './new-backing-device.js';
import type { Target } from './operation.js';
import type { VnicSetRequest } from './requests.js';

type Reading = Snapshot<'partitions'> & Partial<Pick<SnapshotParts, 'adapters' | 'physicalPorts'>>;

/**
 * The devices that are wished for on a vNIC that exists. A device that has to be made has what the request leaves out
 * from the device that is on its port now; that is decided once (`Target.newDevices`), because that device goes on the
 * way.
 */
export function wishedDevices(
  { newDevices }: Target,
  { backingDevices }: VnicSetRequest,
): readonly BackingDeviceRequest[] | undefined {
  return backingDevices?.map((one) => newDevices?.find((decided) => isOnSamePort(decided, one)) ?? one);
}

/**
 * The same with their Virtual I/O Servers found, and decided where that is still to be done; null where the request
 * leaves them out. Refuses what `resolveBackingDevices` refuses, and a maximum below the capacity.
 */
export function decideDevices(
  snapshot: Reading,
  vnic: Vnic,
  { newDevices = [] }: Target,
  { backingDevices }: VnicSetRequest,
): Result<readonly DesiredDevice[] | null> {
  if (backingDevices === undefined) return ok(null);
  const resolved = resolveBackingDevices(snapshot, backingDevices);
  if (!resolved.ok) return resolved;
  const devices: DesiredDevice[] = [];
  for (const [index, input] of resolved.value.entries()) {
    const decided = newDevices.find((one) => isOnSamePort(one, input));
    const onPort = vnic.backingDevices.find((one) => isOnSamePort(one, input));
    if (decided !== undefined) {
      devices.push({ request: decided, input: decided });
    } else if (onPort !== undefined && isSameButPriority(onPort, input)) {
      devices.push({ request: input, input });
    } else {
      const made = newDevice(snapshot, input, onPort);
      const { capacity, maxCapacity } = made;
      if (capacity !== undefined && maxCapacity !== undefined && maxCapacity < capacity) {
        return refuse({
          type: 'rule-violation',
          pointer: `/backingDevices/${index}/${input.capacity === undefined ? 'maxCapacity' : 'capacity'}`,
          detail: `The device on ${portText(made)} would have capacity ${capacity} and maxCapacity ${maxCapacity}, the one of them from the device that is there now. Give both, the maximum not below the capacity.`,
        });
      }
      devices.push({ request: made, input: made });
    }
  }
  return ok(devices);
}

function newDevice(snapshot: Reading, input: NewBackingDevice, onPort: BackingDevice | undefined): NewBackingDevice {
  const { virtualIoServer, adapterId, physicalPortId } = input;
  const capacity = input.capacity ?? onPort?.desiredCapacity;
  const failoverPriority = input.failoverPriority ?? onPort?.failoverPriority;
  const maximumNow = (onPort === undefined ? null : maximumOf(onPort)) ?? NO_LIMIT;
  const maxCapacity = input.maxCapacity ?? (maximumNow === NO_LIMIT ? undefined : maximumNow);
  return onItsPort(snapshot, {
    virtualIoServer,
    adapterId,
    physicalPortId,
    ...(capacity === undefined ? {} : { capacity }),
    ...(failoverPriority === undefined ? {} : { failoverPriority }),
    ...(maxCapacity === undefined ? {} : { maxCapacity }),
  });
}
