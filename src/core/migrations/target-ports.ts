import { isOnSamePort, portText } from '../resources/port-address.js';
import { isMultipleOf } from '../resources/percent.js';
import { whyNotWorking } from '../resources/why-not-working.js';
import type { PhysicalPort } from '../resources/physical-port.js';
import type { BackingDevice } from '../resources/backing-device.js';
import type { Conflict, ConflictCode } from './findings.js';
import { labelAdvice } from './label-advice.js';
import type { PortsReading } from './migration-reading.js';
import type { TargetRoom } from './target-room.js';

/** Where one device can go by its label, or why it cannot go anywhere. */
interface TargetPorts {
  /** Null where the source does not list the port that the device is on. */
  readonly sourcePort: PhysicalPort | null;
  /**
   * Ports with the label that can take the device, those with the same sub-label first, then in the order of adapter
   * and port.
   */
  readonly ports: readonly PhysicalPort[];
  /** One for each port with the label that cannot take it, or the one reason why there is no such port. */
  readonly conflicts: readonly Conflict[];
}

/**
 * The label decides, as the HMC does it without a mapping (SEED, hmc-cli.md §1.10). What the HMC makes of the sub-label
 * is not known beyond "most important is label": a port with the same one is preferred.
 */
export function targetPortsOf(
  source: PortsReading,
  target: PortsReading,
  room: TargetRoom,
  device: BackingDevice,
): TargetPorts {
  const sourcePort = source.physicalPorts.find((port) => isOnSamePort(port, device)) ?? null;
  const none = (code: ConflictCode, detail: string): TargetPorts => ({
    sourcePort,
    ports: [],
    conflicts: [{ code, detail }],
  });
  if (sourcePort === null) {
    return none(
      'source-port-unknown',
      `${source.system.name} does not list ${portText(device)}, so that its label is not known. Look at adapter ${device.adapterId}.`,
    );
  }
  const { label, subLabel } = sourcePort;
  if (label === '') {
    return none(
      'port-without-label',
      `On ${source.system.name} ${portText(device)} has no label, and labels say where a device goes. Give it one.`,
    );
  }
  const labelled = target.physicalPorts.filter((port) => port.label === label);
  if (labelled.length === 0) {
    return none(
      'label-not-on-target',
      `No port of ${target.system.name} has the label ${JSON.stringify(label)}. ${labelAdvice('Label one there.', label)}${dedicatedText(target)}`,
    );
  }
  const ports: PhysicalPort[] = [];
  const conflicts: Conflict[] = [];
  for (const port of labelled) {
    const conflict = whyNotPort(target, room, port, device.desiredCapacity);
    if (conflict === null) {
      ports.push(port);
    } else {
      conflicts.push({ ...conflict, adapterId: port.adapterId, physicalPortId: port.physicalPortId });
    }
  }
  const otherSubLabel = (port: PhysicalPort): number => (port.subLabel === subLabel ? 0 : 1);
  ports.sort(
    (a, b) => otherSubLabel(a) - otherSubLabel(b) || a.adapterId - b.adapterId || a.physicalPortId - b.physicalPortId,
  );
  return { sourcePort, ports, conflicts };
}

/**
 * Why a port cannot take a device of this capacity (percent) now; null when nothing speaks against it. What the HMC
 * does not tell (link, state of the adapter, logical ports) excludes nothing: it is left to the HMC.
 */
export function whyNotPort(
  target: PortsReading,
  room: TargetRoom,
  port: PhysicalPort,
  capacity: number,
): Pick<Conflict, 'code' | 'detail'> | null {
  const where = `${portText(port)} of ${target.system.name}`;
  const notWorking = whyNotWorking(target, port);
  if (notWorking !== null) {
    return notWorking.part === 'adapter'
      ? { code: 'adapter-not-running', detail: `${notWorking.reason} Bring it back, or label another port.` }
      : { code: 'port-link-down', detail: `The link of ${where} is down. Connect it, or label another port.` };
  }
  const step = port.capacityGranularity;
  if (step !== null && step > 0 && !isMultipleOf(capacity, step)) {
    return {
      code: 'capacity-granularity',
      detail: `The device has ${capacity} % of its port, and ${where} gives capacity in steps of ${step} %.`,
    };
  }
  if (room.takes(port, capacity)) return null;
  const logicalPorts = room.freeLogicalPorts(port);
  return {
    code: 'port-full',
    detail:
      logicalPorts === 0
        ? `All logical ports of ${where}, or of its adapter, are in use.`
        : `${where} has ${room.freeCapacity(port)} % of its capacity left, ${capacity} % is needed.`,
  };
}

/** Ports of an adapter in dedicated mode are not listed, their labels neither (hmc-cli.md §1.5). */
function dedicatedText({ adapters }: PortsReading): string {
  const dedicated = adapters.filter(({ mode }) => mode === 'dedicated');
  return dedicated.length === 0
    ? ''
    : ` Ports of adapters in dedicated mode are not listed: ${dedicated.map((one) => one.physicalLocation ?? `slot ${one.slotId}`).join(', ')}.`;
}
