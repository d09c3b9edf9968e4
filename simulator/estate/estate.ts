import { noteClientSessions } from './client-sessions.js';
import { electActiveDevice } from './election.js';
import { partitionWithId } from './find.js';
import { drcNameOf, logicalPortIdOf } from './identifiers.js';
import {
  type BackingDevice,
  type ManagedSystem,
  type Partition,
  type PhysicalPort,
  type SriovAdapter,
  type Vnic,
} from './model.js';

/** The adapter with that id in shared mode; a dedicated or missing card has no ports to give. */
export const sharedAdapter = (system: ManagedSystem, id: number): SriovAdapter | undefined =>
  system.adapters.find((adapter) => adapter.id === id && adapter.mode === 'sriov');

export const portOf = (system: ManagedSystem, adapterId: number, portId: number): PhysicalPort | undefined =>
  sharedAdapter(system, adapterId)?.ports.find((port) => port.id === portId);

/** One configured logical port, whoever holds it. */
export interface ConfiguredLogicalPort {
  readonly adapterId: number;
  readonly physicalPortId: number;
  readonly number: number;
  readonly configId: number;
  readonly type: 'eth' | 'roce';
  readonly capacity: number;
  readonly maxCapacity: number;
  readonly macAddress: string;
  readonly owner: Partition;
  readonly vnic: Vnic | null;
}

/** All configured logical ports of a system, in the order of adapter and number. */
export function configuredLogicalPorts(system: ManagedSystem): readonly ConfiguredLogicalPort[] {
  const ports: ConfiguredLogicalPort[] = system.directLogicalPorts.map((port) => ({
    ...port,
    maxCapacity: 100,
    owner: partitionWithId(system, port.partitionId),
    vnic: null,
  }));
  for (const vnic of system.vnics) {
    for (const device of vnic.devices) {
      ports.push({
        ...device,
        type: 'eth',
        macAddress: vnic.macAddress,
        owner: partitionWithId(system, device.virtualIoServerId),
        vnic,
      });
    }
  }
  return ports.sort((a, b) => a.adapterId - b.adapterId || a.number - b.number);
}

/** Configured logical ports of one physical port. */
export const logicalPortsOn = (
  system: ManagedSystem,
  adapterId: number,
  portId: number,
): readonly ConfiguredLogicalPort[] =>
  configuredLogicalPorts(system).filter((each) => each.adapterId === adapterId && each.physicalPortId === portId);

/** Percent of the physical port that its logical ports hold. */
export const capacityUsed = (system: ManagedSystem, adapterId: number, portId: number): number =>
  round(logicalPortsOn(system, adapterId, portId).reduce((sum, port) => sum + port.capacity, 0));

/** The lowest number that no logical port of the adapter has; undefined when all are configured. */
export function nextLogicalPortNumber(system: ManagedSystem, adapter: SriovAdapter): number | undefined {
  const taken = new Set(
    configuredLogicalPorts(system)
      .filter((port) => port.adapterId === adapter.id)
      .map((port) => port.number),
  );
  for (let number = 1; number <= adapter.maxLogicalPorts; number += 1) if (!taken.has(number)) return number;
  return undefined;
}

/**
 * Location and DRC name of a logical port; an unconfigured one shows the first port (samples/sriov-logport-default…).
 */
export function logicalPortNames(
  adapter: SriovAdapter,
  port: PhysicalPort | undefined,
  number: number,
): { readonly id: string; readonly drcName: string; readonly location: string } {
  const adapterId = adapter.id ?? 0;
  const location = (port ?? adapter.ports[0])?.location ?? adapter.location;
  return {
    id: logicalPortIdOf(adapterId, number),
    drcName: drcNameOf(adapterId, number),
    location: `${location}-S${number}`,
  };
}

/** Every slot in use, the two serial consoles among them; vNICs share the slots with other virtual adapters. */
export function takenSlots(system: ManagedSystem, partition: Partition): ReadonlySet<number> {
  return new Set([
    0,
    1,
    ...partition.virtualAdapters.map((adapter) => adapter.slot),
    ...system.vnics.filter((vnic) => vnic.partitionId === partition.id).map((vnic) => vnic.slot),
  ]);
}

/** The lowest free slot from 2 on (samples/virtualio-slot-v7r7.txt); undefined when all are taken. */
export function nextFreeSlot(system: ManagedSystem, partition: Partition): number | undefined {
  const taken = takenSlots(system, partition);
  for (let slot = 2; slot < partition.maxVirtualSlots; slot += 1) if (!taken.has(slot)) return slot;
  return undefined;
}

/** The vNICs of a partition, by slot. */
export const vnicsOf = (system: ManagedSystem, partition: Partition): readonly Vnic[] =>
  system.vnics.filter((vnic) => vnic.partitionId === partition.id).sort((a, b) => a.slot - b.slot);

export const vnicAt = (system: ManagedSystem, partition: Partition, slot: number): Vnic | undefined =>
  system.vnics.find((vnic) => vnic.partitionId === partition.id && vnic.slot === slot);

/**
 * What a backing device says of itself. `Operational` and `Link Down` are LIVE spellings, the others INFERRED from the
 * REST enumeration (hmc-cli.md §1.2).
 */
export function statusOf(system: ManagedSystem, device: BackingDevice): string {
  if (partitionWithId(system, device.virtualIoServerId).state !== 'Running') return 'Powered Off';
  if (sharedAdapter(system, device.adapterId)?.condition !== 'running') return 'Adapter Error';
  if (device.forcedStatus !== null) return device.forcedStatus;
  return portOf(system, device.adapterId, device.physicalPortId)?.linkUp ? 'Operational' : 'Link Down';
}

/**
 * Lets the hypervisor elect anew for every vNIC of the system, and the clients log in to the vNIC server that is then
 * active; to be called after each change of the estate.
 */
export function electAll(system: ManagedSystem, now = new Date()): void {
  for (const vnic of system.vnics) {
    vnic.activeLogicalPortId = electActiveDevice(
      vnic.devices.map((device) => ({ ...device, operational: statusOf(system, device) === 'Operational' })),
      vnic.activeLogicalPortId,
      {
        autoPriorityFailover: vnic.autoPriorityFailover,
        leavesDeadDevice: system.leavesDeadDeviceWithAutoFailoverOff,
      },
    );
  }
  noteClientSessions(system, now);
}

/** Two decimals, the precision of a capacity; sums of such numbers stay exact enough to compare. */
export const round = (value: number): number => Math.round(value * 100) / 100;
