import type { BackingDeviceInput } from '../hmc-language/backing-device-notation.js';
import { ok, refuse, type Refusal, type Result } from '../refusal.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { Snapshot, SnapshotParts } from '../resources/snapshot.js';
import type { SriovAdapter } from '../resources/sriov-adapter.js';
import { mayHaveMaximum, type BackingDevice } from '../resources/backing-device.js';
import { hundredths, isMultipleOf, isPercentage, neighbouringMultiples } from '../resources/percent.js';
import {
  isReferenceTo,
  resolveVirtualIoServer,
  type VirtualIoServerReference,
} from '../resources/virtual-io-server-reference.js';
import { isOnSamePort, portText } from '../resources/port-address.js';

/** A backing device as a body asks for it. What is left out is the HMC's choice, or stays as it is. */
export interface BackingDeviceRequest {
  readonly virtualIoServer: VirtualIoServerReference;
  readonly adapterId: number;
  /** Counted from 0. */
  readonly physicalPortId: number;
  /** Percent of the physical port, at most two decimals, a multiple of the port's granularity. */
  readonly capacity?: number | undefined;
  /** 1 to 100; the lowest number wins. The HMC takes 50 when left out (hmc-cli.md §1.6). */
  readonly failoverPriority?: number | undefined;
  /** Percent; only on adapters that can limit it (hmc-cli.md §1.6). */
  readonly maxCapacity?: number | undefined;
}

/** hmc-cli.md §1.6. */
export const MAX_BACKING_DEVICES = 6;

/**
 * What new devices are checked against: a readback has no adapters and ports any more, the first reading has had them.
 */
export type DeviceReading = Snapshot<'partitions'> & Partial<Pick<SnapshotParts, 'adapters' | 'physicalPorts'>>;

/**
 * The devices of a body with their Virtual I/O Servers found, in the order of the body.
 * Refuses with `unknown-reference`, `rule-violation` or `ambiguous-name`, pointing at the first member at fault.
 */
export function resolveBackingDevices(
  reading: DeviceReading,
  devices: readonly BackingDeviceRequest[],
): Result<readonly BackingDeviceInput[]> {
  if (devices.length < 1 || devices.length > MAX_BACKING_DEVICES) {
    return refuse({
      type: 'rule-violation',
      pointer: '/backingDevices',
      detail: `${devices.length} backing devices are asked for. A vNIC has 1 to ${MAX_BACKING_DEVICES}.`,
    });
  }
  const resolved: BackingDeviceInput[] = [];
  for (const [index, device] of devices.entries()) {
    const pointer = `/backingDevices/${index}`;
    const first = devices.findIndex((other) => isOnSamePort(other, device));
    if (first < index) {
      return refuse({
        type: 'rule-violation',
        pointer,
        detail: `Devices ${first} and ${index} of the body are on the same physical port, ${portText(device)}. A vNIC uses a port once: choose another port.`,
      });
    }
    const server = resolveVirtualIoServer(reading.partitions, device.virtualIoServer, `${pointer}/virtualIoServer`);
    if (!server.ok) return server;
    const broken = rangeRefusal(device, pointer) ?? portRefusal(reading, device, pointer);
    if (broken !== null) return refuse(broken);
    resolved.push({ ...device, virtualIoServer: server.value });
  }
  return ok(resolved);
}

/**
 * Whether a device is the one that was asked for: same VIOS and port, and every further property that the request names
 * is equal. The desired capacity counts: the current one may lag behind while the partition is off. A maximum capacity
 * that the HMC does not print (hmc-cli.md §1.2) is not compared: no device is made anew for what is not told.
 */
export function isEqualDevice(device: BackingDevice, request: BackingDeviceRequest): boolean {
  const { capacity, failoverPriority, maxCapacity } = request;
  return (
    isOnSamePort(device, request) &&
    isReferenceTo(request.virtualIoServer, device.virtualIoServer) &&
    (capacity === undefined || hundredths(capacity) === hundredths(device.desiredCapacity)) &&
    (failoverPriority === undefined || failoverPriority === device.failoverPriority) &&
    (maxCapacity === undefined || mayHaveMaximum(device, maxCapacity))
  );
}

/** The INPUT form of a device that exists, as it is configured now (hmc-cli.md §1.1: removal takes that form). */
export function inputOf(device: BackingDevice): BackingDeviceInput {
  const { virtualIoServer, adapterId, physicalPortId, desiredCapacity, failoverPriority } = device;
  return { virtualIoServer, adapterId, physicalPortId, capacity: desiredCapacity, failoverPriority };
}

export function priorityRefusal(failoverPriority: number, pointer: string): Refusal | null {
  return Number.isInteger(failoverPriority) && failoverPriority >= 1 && failoverPriority <= 100
    ? null
    : {
        type: 'rule-violation',
        pointer,
        detail: `failoverPriority is ${failoverPriority}. It is a whole number from 1 to 100; the lowest number wins.`,
      };
}

function rangeRefusal(device: BackingDeviceRequest, pointer: string): Refusal | null {
  const { capacity, failoverPriority, maxCapacity } = device;
  for (const [member, percent] of Object.entries({ capacity, maxCapacity })) {
    if (percent !== undefined && !isPercentage(percent)) {
      return {
        type: 'rule-violation',
        pointer: `${pointer}/${member}`,
        detail: `${member} is ${percent}. It is a percentage above 0, up to 100, with at most two decimals.`,
      };
    }
  }
  if (capacity !== undefined && maxCapacity !== undefined && maxCapacity < capacity) {
    return {
      type: 'rule-violation',
      pointer: `${pointer}/maxCapacity`,
      detail: `maxCapacity ${maxCapacity} is below capacity ${capacity}, which is guaranteed. Give at least ${capacity}.`,
    };
  }
  return failoverPriority === undefined ? null : priorityRefusal(failoverPriority, `${pointer}/failoverPriority`);
}

function portRefusal(reading: DeviceReading, device: BackingDeviceRequest, pointer: string): Refusal | null {
  if (reading.adapters === undefined || reading.physicalPorts === undefined) return null;
  const adapter = reading.adapters.find(({ adapterId }) => adapterId === device.adapterId);
  if (adapter === undefined) return unknownAdapter(reading.adapters, device.adapterId, pointer);
  if (adapter.mode === 'dedicated') {
    return {
      type: 'rule-violation',
      pointer: `${pointer}/adapterId`,
      detail: `Adapter ${device.adapterId} is in dedicated mode. Switch it to shared (SR-IOV) mode first, or choose another adapter.`,
    };
  }
  const port = reading.physicalPorts.find((one) => isOnSamePort(one, device));
  if (port === undefined) {
    const ports = reading.physicalPorts.filter(({ adapterId }) => adapterId === device.adapterId);
    return {
      type: 'unknown-reference',
      pointer: `${pointer}/physicalPortId`,
      detail: `Adapter ${device.adapterId} has no physical port ${device.physicalPortId}. Ports are counted from 0; it has ${list(ports.map((one) => one.physicalPortId))}.`,
    };
  }
  return capacityRefusal(adapter, port, device, pointer);
}

function unknownAdapter(adapters: readonly SriovAdapter[], adapterId: number, pointer: string): Refusal {
  const dedicated = adapters.filter(({ mode }) => mode === 'dedicated').length;
  return {
    type: 'unknown-reference',
    pointer: `${pointer}/adapterId`,
    detail:
      `There is no SR-IOV adapter with id ${adapterId}. There are ${list(adapters.flatMap((one) => one.adapterId ?? []))}.` +
      (dedicated > 0 ? ` Adapters in dedicated mode (${dedicated}) have no id and cannot be used.` : ''),
  };
}

/**
 * Granularity: HSCL127D with HSCL1294 and HSCL1295 (hmc-cli.md §4). It is the smallest capacity too, which the HMC
 * takes where none is given, and which a maximum must leave room for. Unknown granularity leaves it to the HMC.
 */
function capacityRefusal(
  adapter: SriovAdapter,
  port: PhysicalPort,
  { capacity, maxCapacity }: BackingDeviceRequest,
  pointer: string,
): Refusal | null {
  const step = port.capacityGranularity;
  if (capacity !== undefined && step !== null && step > 0 && !isMultipleOf(capacity, step)) {
    return {
      type: 'rule-violation',
      pointer: `${pointer}/capacity`,
      detail: `capacity ${capacity} is not a multiple of ${step}, the granularity of ${portText(port)}. Use ${neighbouringMultiples(capacity, step).join(' or ')}.`,
      members: { capacityGranularity: step },
    };
  }
  if (maxCapacity !== undefined && adapter.customMaxCapacityCapable === false) {
    return {
      type: 'rule-violation',
      pointer: `${pointer}/maxCapacity`,
      detail: `Adapter ${port.adapterId} cannot limit the maximum capacity. Leave maxCapacity out.`,
    };
  }
  if (maxCapacity !== undefined && step !== null && maxCapacity < step) {
    return {
      type: 'rule-violation',
      pointer: `${pointer}/maxCapacity`,
      detail: `maxCapacity ${maxCapacity} is below ${step}, the smallest capacity of a device on ${portText(port)}. Give at least ${step}.`,
      members: { capacityGranularity: step },
    };
  }
  return null;
}

function list(numbers: readonly number[]): string {
  return numbers.length === 0 ? 'none' : [...numbers].sort((a, b) => a - b).join(', ');
}
