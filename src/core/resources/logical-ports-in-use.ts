import type { LogicalPort } from './logical-port.js';
import { hundredths } from './percent.js';
import type { Vnic } from './vnic.js';

interface LogicalPortInUse {
  readonly adapterId: number;
  readonly physicalPortId: number;
  /** Of a percent of the physical port; 0 when not told. */
  readonly hundredths: number;
}

/** Every logical port once: those listed, and devices of vNICs that the listing of logical ports leaves out. */
export function logicalPortsInUse(
  vnics: readonly Vnic[],
  logicalPorts: readonly LogicalPort[],
): readonly LogicalPortInUse[] {
  const listed = new Set<string>();
  const inUse: LogicalPortInUse[] = [];
  for (const { configured, adapterId, physicalPortId, logicalPortId, capacity } of logicalPorts) {
    if (configured && physicalPortId !== null) {
      listed.add(logicalPortId);
      inUse.push({ adapterId, physicalPortId, hundredths: hundredths(capacity ?? 0) });
    }
  }
  for (const device of vnics.flatMap((one) => one.backingDevices)) {
    const { adapterId, physicalPortId, logicalPortId, capacity, desiredCapacity } = device;
    if (!listed.has(logicalPortId)) {
      inUse.push({ adapterId, physicalPortId, hundredths: hundredths(capacity ?? desiredCapacity) });
    }
  }
  return inUse;
}
