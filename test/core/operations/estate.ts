import type { LogicalPort } from '../../../src/core/resources/logical-port.js';
import type { Partition } from '../../../src/core/resources/partition.js';
import type { PhysicalPort } from '../../../src/core/resources/physical-port.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import type { SriovAdapter } from '../../../src/core/resources/sriov-adapter.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import type { BackingDevice } from '../../../src/core/resources/backing-device.js';
import type { PartitionRef } from '../../../src/core/hmc-language/partition-ref.js';

/** The seed's frame in miniature: two VIOSes, four shared adapters of four ports, one dedicated, partition lizard. */

export const VIOS1: PartitionRef = { name: 'vios1', id: 1 };
export const VIOS2: PartitionRef = { name: 'vios2', id: 2 };
export const LIZARD: PartitionRef = { name: 'lizard', id: 6 };

export function partition(ref: PartitionRef, changes: Partial<Partition> = {}): Partition {
  return {
    ...ref,
    environment: 'aixlinux',
    state: 'Running',
    rmcState: 'active',
    osVersion: 'AIX 7.2 7200-01-01-1642',
    uuid: null,
    currentProfile: 'default',
    defaultProfile: 'default',
    attributes: {},
    ...changes,
  };
}

export function adapter(adapterId: number | null, changes: Partial<SriovAdapter> = {}): SriovAdapter {
  return {
    adapterId,
    slotId: `2101002${adapterId ?? 'f'}`,
    mode: adapterId === null ? 'dedicated' : 'sriov',
    functional: true,
    status: adapterId === null ? null : 'running',
    physicalLocation: `U78CA.001.CSS08ZN-P1-C${adapterId ?? 9}-C1`,
    physicalPorts: adapterId === null ? null : 4,
    logicalPorts: adapterId === null ? null : 48,
    maxLogicalPorts: adapterId === null ? null : 48,
    customMaxCapacityCapable: adapterId === null ? null : true,
    attributes: {},
    ...changes,
  };
}

export function physicalPort(
  adapterId: number,
  physicalPortId: number,
  changes: Partial<PhysicalPort> = {},
): PhysicalPort {
  return {
    adapterId,
    physicalPortId,
    label: '',
    subLabel: '',
    location: `U78CA.001.CSS08ZN-P1-C${adapterId}-C1-T${physicalPortId + 1}`,
    type: 'ethc',
    level: 'ethc',
    linkUp: true,
    connectionSpeed: 10_000,
    configuredLogicalPorts: 0,
    maxLogicalPorts: 20,
    ethernetLogicalPorts: null,
    maxEthernetLogicalPorts: null,
    capacityGranularity: 2,
    attributes: {},
    ...changes,
  };
}

export function logicalPort(adapterId: number, number: number, changes: Partial<LogicalPort> = {}): LogicalPort {
  return {
    adapterId,
    logicalPortId: logicalPortId(adapterId, number),
    configured: true,
    physicalPortId: 0,
    partition: VIOS1,
    vnicBackingDevice: true,
    clients: [],
    capacity: 2,
    maxCapacity: 100,
    functional: true,
    macAddress: null,
    locationCode: `U78CA.001.CSS08ZN-P1-C${adapterId}-C1-T1-S${number}`,
    attributes: {},
    ...changes,
  };
}

/** The rule that fits every capture: hmc-cli.md §1.2. */
export function logicalPortId(adapterId: number, number: number): string {
  return (0x2700_0000 + adapterId * 0x4000 + number).toString(16);
}

export function device(changes: Partial<BackingDevice> & Pick<BackingDevice, 'logicalPortId'>): BackingDevice {
  const capacity = changes.desiredCapacity ?? 2;
  return {
    virtualIoServer: VIOS1,
    adapterId: 1,
    physicalPortId: 1,
    capacity,
    desiredCapacity: capacity,
    maxCapacity: 100,
    desiredMaxCapacity: 100,
    failoverPriority: 50,
    active: false,
    status: 'Operational',
    ...changes,
  };
}

export function vnic(changes: Partial<Vnic> = {}): Vnic {
  return {
    partition: LIZARD,
    slot: 6,
    autoPriorityFailover: true,
    portVlanId: 3455,
    portVlanPriority: 0,
    allowedVlanIds: 'all',
    macAddress: 'eaadf2188302',
    allowedOsMacAddresses: 'all',
    desiredMode: 'ded',
    currentMode: 'ded',
    backingDevices: [],
    attributes: {},
    ...changes,
  };
}

/** The seed's vNIC once four devices are there; 27004... of adapter 1 is active with priority 10. */
export function seedVnic(changes: Partial<Vnic> = {}): Vnic {
  return vnic({
    backingDevices: [
      device({ logicalPortId: '2700400b', adapterId: 1, failoverPriority: 10, active: true }),
      device({ logicalPortId: '2700c001', adapterId: 3, failoverPriority: 20 }),
      device({ logicalPortId: '27008005', adapterId: 2, failoverPriority: 30 }),
      device({ logicalPortId: '27010001', adapterId: 4, failoverPriority: 40, virtualIoServer: VIOS2 }),
    ],
    ...changes,
  });
}

export function estate(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    system: { mtms: '9119-MME*65BA46F', name: 'reptilian-9119-MME-65BA46F' },
    hmcId: 'hmc1',
    takenAt: '2016-12-02T19:48:06Z',
    partitions: [
      partition(VIOS1, { environment: 'vioserver' }),
      partition(VIOS2, { environment: 'vioserver' }),
      partition(LIZARD),
      partition({ name: 'gecko', id: 7 }, { state: 'Not Activated', rmcState: 'inactive' }),
    ],
    adapters: [adapter(1), adapter(2), adapter(3), adapter(4), adapter(null)],
    physicalPorts: [1, 2, 3, 4].flatMap((id) => [0, 1, 2, 3].map((port) => physicalPort(id, port))),
    logicalPorts: [],
    vnics: [],
    virtualSlots: [
      { partition: LIZARD, currentMaxVirtualSlots: 64, nextAvailableVirtualSlot: 6, attributes: {} },
      {
        partition: { name: 'gecko', id: 7 },
        currentMaxVirtualSlots: 0,
        nextAvailableVirtualSlot: 2,
        attributes: {},
      },
    ],
    ...changes,
  };
}
