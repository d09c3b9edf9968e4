import {
  capacityOutOfRange,
  decimal,
  invalidAttributeValue,
  logicalPortRefused,
  noRmcConnection,
  notMultipleOfGranularity,
  portCapacityExceeded,
  wrongPartitionState,
} from '../commands/refusal.js';
import { capacityUsed, logicalPortsOn, nextLogicalPortNumber, portOf, round, sharedAdapter } from './estate.js';
import { partitionNamed, partitionWithId } from './find.js';
import { nextServerNumbers } from './vnic-servers.js';
import { FIRST_BACKING_DEVICE_CONFIG_ID, logicalPortIdOf } from './identifiers.js';
import type { BackingDevice, ManagedSystem, Partition, PhysicalPort, SriovAdapter, Vnic } from './model.js';

/** At most so many devices a vNIC, and this priority where none is given (hmc-cli.md §1.6). */
export const MAX_BACKING_DEVICES = 6;
const DEFAULT_PRIORITY = 50;

/** One element of `backing_devices` as given, looked up and checked on its own. */
export interface WantedDevice {
  readonly virtualIoServer: Partition;
  readonly adapter: SriovAdapter;
  readonly port: PhysicalPort;
  readonly capacity: number;
  readonly maxCapacity: number;
  readonly failoverPriority: number;
}

/**
 * Reads `sriov/[vios-name]/[vios-ID]/adapter/port/[capacity]/[priority][/[max-capacity]]`, the INPUT form: name or ID
 * may be empty, the priority may be left out with its slash (hmc-cli.md §1.2). Throws HmcRefusal.
 * @param knowsMaxCapacity whether this HMC's level has the 8th field.
 */
export function readWantedDevice(system: ManagedSystem, text: string, knowsMaxCapacity: boolean): WantedDevice {
  const fields = text.split('/');
  const [
    type,
    viosName = '',
    viosId = '',
    adapterText = '',
    portText = '',
    capacityText = '',
    priority = '',
    max = '',
  ] = fields;
  if (type !== 'sriov' || fields.length < 6 || fields.length > (knowsMaxCapacity ? 8 : 7)) {
    throw invalidAttributeValue('backing_devices', text);
  }
  if (![adapterText, portText].every((id) => /^\d+$/.test(id))) throw invalidAttributeValue('backing_devices', text);
  if (viosName === '' && viosId === '') throw invalidAttributeValue('backing_devices', text);

  const virtualIoServer = viosName === '' ? partitionWithId(system, viosId) : partitionNamed(system, viosName);
  if (viosId !== '' && String(virtualIoServer.id) !== viosId) throw invalidAttributeValue('backing_devices', text);
  if (virtualIoServer.environment !== 'vioserver') {
    throw logicalPortRefused(`The partition ${virtualIoServer.name} is not a Virtual I/O Server.`);
  }
  const adapter = sharedAdapter(system, Number(adapterText));
  if (!adapter || adapter.condition !== 'running') {
    throw logicalPortRefused(`The SR-IOV adapter with ID ${adapterText} was not found or is not in shared mode.`);
  }
  const port = portOf(system, Number(adapterText), Number(portText));
  if (!port) {
    throw logicalPortRefused(`The SR-IOV adapter with ID ${adapterText} has no physical port with ID ${portText}.`);
  }
  // Left empty: INFERRED, the smallest the port gives.
  const capacity = capacityText === '' ? port.granularity : readPercent(capacityText, text);
  const maxCapacity = max === '' ? 100 : readPercent(max, text);
  if (capacity < port.granularity || capacity > 100) throw capacityOutOfRange(capacity, port.granularity);
  if (!isMultiple(capacity, port.granularity)) throw notMultipleOfGranularity(0, capacity, port.granularity);
  if (maxCapacity < capacity || maxCapacity > 100) throw capacityOutOfRange(maxCapacity, capacity);
  return {
    virtualIoServer,
    adapter,
    port,
    capacity,
    maxCapacity,
    failoverPriority: priority === '' ? DEFAULT_PRIORITY : readPriority(priority),
  };
}

/** 1 to 100 (hmc-cli.md §1.6: seen as values, RECALLED as bounds). */
export function readPriority(text: string): number {
  const priority = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (priority < 1 || priority > 100) throw invalidAttributeValue('failover_priority', text);
  return priority;
}

function readPercent(text: string, whole: string): number {
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(text)) throw invalidAttributeValue('backing_devices', whole);
  return Number(text);
}

/** Compares in hundredths, so that 42.42 on 0.01 does not fail on binary fractions. */
const isMultiple = (capacity: number, granularity: number): boolean =>
  Math.round(capacity * 100) % Math.round(granularity * 100) === 0;

/** Gives the vNIC a device, with the next logical port of the adapter. Throws HmcRefusal; texts are INVENTED. */
export function addDevice(system: ManagedSystem, vnic: Vnic, wanted: WantedDevice): void {
  const { adapter, port, virtualIoServer } = wanted;
  const adapterId = adapter.id ?? 0;
  if (vnic.devices.length >= MAX_BACKING_DEVICES) {
    throw logicalPortRefused(`A virtual NIC can have at most ${MAX_BACKING_DEVICES} backing devices.`);
  }
  if (vnic.devices.some((device) => device.adapterId === adapterId && device.physicalPortId === port.id)) {
    throw logicalPortRefused(
      `Physical port ${port.id} of the SR-IOV adapter with ID ${adapterId} already backs this virtual NIC.`,
    );
  }
  if (virtualIoServer.state !== 'Running') throw wrongPartitionState();
  if (virtualIoServer.rmcState !== 'active') throw noRmcConnection(virtualIoServer.name);
  if (logicalPortsOn(system, adapterId, port.id).length >= maxLogicalPortsOf(port)) {
    throw logicalPortRefused(
      `All ${maxLogicalPortsOf(port)} logical ports of physical port ${port.id} of the SR-IOV adapter with ID ${adapterId} are configured.`,
    );
  }
  const used = capacityUsed(system, adapterId, port.id);
  if (round(used + wanted.capacity) > 100) throw portCapacityExceeded(used);
  const number = nextLogicalPortNumber(system, adapter);
  if (number === undefined) {
    throw logicalPortRefused(`All logical ports of the SR-IOV adapter with ID ${adapterId} are configured.`);
  }
  vnic.devices.push({
    logicalPortId: logicalPortIdOf(adapterId, number),
    number,
    virtualIoServerId: virtualIoServer.id,
    adapterId,
    physicalPortId: port.id,
    configId: FIRST_BACKING_DEVICE_CONFIG_ID + system.counters.configId,
    capacity: wanted.capacity,
    maxCapacity: wanted.maxCapacity,
    failoverPriority: wanted.failoverPriority,
    forcedStatus: null,
    ...nextServerNumbers(system, virtualIoServer),
    clientSession: 'never',
  });
  system.counters.configId += 1;
}

const maxLogicalPortsOf = (port: PhysicalPort): number =>
  Math.min(port.maxLogicalPorts, Number(port.settings.max_eth_logical_ports));

/**
 * Takes a device away. How an HMC matches the element is unproven (hmc-cli.md, "What is still open"); the VIOS and the
 * physical port name it without doubt, so capacity and priority are not compared. Throws HmcRefusal.
 */
export function removeDevice(vnic: Vnic, wanted: WantedDevice): void {
  const at = vnic.devices.findIndex(
    (device) =>
      device.virtualIoServerId === wanted.virtualIoServer.id &&
      device.adapterId === wanted.adapter.id &&
      device.physicalPortId === wanted.port.id,
  );
  if (at < 0) {
    throw logicalPortRefused(
      `The virtual NIC has no backing device on physical port ${wanted.port.id} of the SR-IOV adapter with ID ` +
        `${wanted.adapter.id ?? 'null'} with capacity ${decimal(wanted.capacity)}.`,
    );
  }
  if (vnic.devices.length === 1)
    throw logicalPortRefused('The last backing device of a virtual NIC cannot be removed.');
  const [removed] = vnic.devices.splice(at, 1);
  if (removed?.logicalPortId === vnic.activeLogicalPortId) vnic.activeLogicalPortId = null;
}

/** The device with that logical port id, as `--logport` names it. */
export const deviceOf = (vnic: Vnic, logicalPortId: string): BackingDevice | undefined =>
  vnic.devices.find((device) => device.logicalPortId === logicalPortId.toLowerCase());
