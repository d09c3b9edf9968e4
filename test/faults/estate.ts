import { fourPortCard, roceCard } from '../../simulator/estate/default-estate.js';
import type { Estate, ManagedSystem, Partition } from '../../simulator/estate/model.js';

/** Where an actor works: nobody else changes anything of this partition, or the label of this port. */
export interface Territory {
  readonly mtms: string;
  readonly partitionId: number;
  readonly labelPort: { readonly adapterId: number; readonly physicalPortId: number };
  /** It runs Linux: two moves of one of its vNICs keep their distance. */
  readonly isPaced: boolean;
}

/** The ports on which backing devices are made: far from full whatever the actors do. */
export const DEVICE_PORTS = [
  { adapterId: 1, physicalPortId: 0 },
  { adapterId: 1, physicalPortId: 1 },
  { adapterId: 2, physicalPortId: 0 },
  { adapterId: 2, physicalPortId: 1 },
  { adapterId: 3, physicalPortId: 0 },
  { adapterId: 3, physicalPortId: 1 },
  { adapterId: 4, physicalPortId: 0 },
  { adapterId: 4, physicalPortId: 1 },
] as const;

const FIRST_CLIENT = 3;
const LINUX = 'Red Hat Enterprise Linux 8.6';

/** `frames` alike systems with two Virtual I/O Servers and `clients` partitions each, and no vNIC yet. */
export function faultEstate(frames: number, clients: number): { estate: Estate; territories: Territory[] } {
  const systems = Array.from({ length: frames }, (_, i) => frame(i + 1, clients));
  const territories = systems.flatMap((system) =>
    system.partitions
      .filter(({ environment }) => environment !== 'vioserver')
      .map(({ id, osVersion }) => ({
        mtms: `${system.typeModel}*${system.serialNumber}`,
        partitionId: id,
        labelPort: DEVICE_PORTS[(id - FIRST_CLIENT) % DEVICE_PORTS.length] ?? DEVICE_PORTS[0],
        isPaced: osVersion === LINUX,
      })),
  );
  return { estate: { systems }, territories };
}

function frame(number: number, clients: number): ManagedSystem {
  const serialNumber = `65F${String(number).padStart(4, '0')}`;
  const partitions: Partition[] = [
    partition(1, 'vios1', 'vioserver', 'VIOS 2.2.5.10'),
    partition(2, 'vios2', 'vioserver', 'VIOS 2.2.5.10'),
  ];
  for (let i = 0; i < clients; i += 1) {
    // The last one of each frame runs Linux: its moves are paced.
    const os = i === clients - 1 ? LINUX : 'AIX 7.2 7200-01-01-1642';
    partitions.push(partition(FIRST_CLIENT + i, `client${FIRST_CLIENT + i}`, 'aixlinux', os));
  }
  return {
    name: `frame${number}-9119-MME-${serialNumber}`,
    typeModel: '9119-MME',
    serialNumber,
    state: 'Operating',
    ipAddress: `10.128.1.${number}`,
    firmware: { level: '56', servicePack: 'FW860.10', ecNumber: '01SC860' },
    partitions,
    adapters: [
      roceCard(1, '21010020', 'U78CA.001.FLT0001-P1-C3-C1', 'roce', ['', '']),
      roceCard(2, '21010021', 'U78CA.001.FLT0001-P1-C4-C1', 'roce', ['', '']),
      fourPortCard(3, '21020020', 'U78CA.001.FLT0002-P1-C3-C1', ['', '', '', '']),
      fourPortCard(4, '21020021', 'U78CA.001.FLT0002-P1-C4-C1', ['', '', '', '']),
    ],
    vnics: [],
    directLogicalPorts: [],
    leavesDeadDeviceWithAutoFailoverOff: false,
    counters: { mac: 1, configId: 0 },
  };
}

function partition(id: number, name: string, environment: Partition['environment'], osVersion: string): Partition {
  const hex = id.toString(16).toUpperCase();
  return {
    id,
    name,
    environment,
    state: 'Running',
    rmcState: 'active',
    osVersion,
    uuid: `${hex.padStart(8, '0')}-ABCD-4EF0-8ABC-${hex.padStart(12, '0')}`,
    maxVirtualSlots: 200,
    virtualAdapters: [{ slot: 2, kind: 'scsi' }],
  };
}
