import { fourPortCard, roceCard } from '../../simulator/estate/default-estate.js';
import { mtms, type Estate, type ManagedSystem, type Partition } from '../../simulator/estate/model.js';

/** Where an actor works: nobody else changes anything of this partition, wherever it is, or the label of this port. */
export interface Territory {
  /** No other partition of any system has this name. */
  readonly partition: string;
  /** The system with the port, on which the partition is at first. */
  readonly home: string;
  /** The system between which and its home the partition migrates to and fro; null: it stays. */
  readonly away: string | null;
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

/** Without a device, so that their labels may change without a word to anybody. */
const LABEL_PORTS = [
  { adapterId: 3, physicalPortId: 2 },
  { adapterId: 3, physicalPortId: 3 },
  { adapterId: 4, physicalPortId: 2 },
  { adapterId: 4, physicalPortId: 3 },
] as const;

const FIRST_CLIENT = 3;
/** The one that migrates: it has the same id on each frame, so that it gets another one wherever it comes to. */
const MIGRATING_CLIENT = FIRST_CLIENT + 1;
const LINUX = 'Red Hat Enterprise Linux 8.6';

/**
 * `frames` alike systems with two Virtual I/O Servers and `clients` partitions each, and no vNIC yet. Of each two
 * frames one partition each migrates to the other one and back, by the labels of the ports, which are alike on all.
 */
export function faultEstate(frames: number, clients: number): { estate: Estate; territories: Territory[] } {
  const systems = Array.from({ length: frames }, (_, i) => frame(i + 1, clients));
  const territories = systems.flatMap((system, i) => {
    const other = systems[i % 2 === 0 ? i + 1 : i - 1];
    return system.partitions
      .filter(({ environment }) => environment !== 'vioserver')
      .map(({ id, name, osVersion }) => ({
        partition: name,
        home: mtms(system),
        away: id === MIGRATING_CLIENT && other !== undefined ? mtms(other) : null,
        labelPort: LABEL_PORTS[(id - FIRST_CLIENT) % LABEL_PORTS.length] ?? LABEL_PORTS[0],
        isPaced: osVersion === LINUX,
      }));
  });
  return { estate: { systems }, territories };
}

function frame(number: number, clients: number): ManagedSystem {
  const serialNumber = `65F${String(number).padStart(4, '0')}`;
  const partitions: Partition[] = [
    partition(number, 1, 'vios1', 'vioserver', 'VIOS 2.2.5.10'),
    partition(number, 2, 'vios2', 'vioserver', 'VIOS 2.2.5.10'),
  ];
  for (let i = 0; i < clients; i += 1) {
    // The last one of each frame runs Linux: its moves are paced.
    const os = i === clients - 1 ? LINUX : 'AIX 7.2 7200-01-01-1642';
    partitions.push(partition(number, FIRST_CLIENT + i, `client${number}-${FIRST_CLIENT + i}`, 'aixlinux', os));
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
      roceCard(1, '21010020', 'U78CA.001.FLT0001-P1-C3-C1', 'roce', ['net-a', 'net-b']),
      roceCard(2, '21010021', 'U78CA.001.FLT0001-P1-C4-C1', 'roce', ['net-c', 'net-d']),
      fourPortCard(3, '21020020', 'U78CA.001.FLT0002-P1-C3-C1', ['net-e', 'net-f', '', '']),
      fourPortCard(4, '21020021', 'U78CA.001.FLT0002-P1-C4-C1', ['net-g', 'net-h', '', '']),
    ],
    vnics: [],
    directLogicalPorts: [],
    leavesDeadDeviceWithAutoFailoverOff: false,
    counters: { mac: 1, configId: 0 },
  };
}

function partition(
  frameNumber: number,
  id: number,
  name: string,
  environment: Partition['environment'],
  osVersion: string,
): Partition {
  const hex = id.toString(16).toUpperCase();
  return {
    id,
    name,
    environment,
    state: 'Running',
    rmcState: 'active',
    osVersion,
    // It goes with the partition from frame to frame.
    uuid: `${hex.padStart(8, '0')}-ABCD-4EF0-8ABC-${frameNumber.toString(16).toUpperCase().padStart(12, '0')}`,
    maxVirtualSlots: 200,
    virtualAdapters: [{ slot: 2, kind: 'scsi' }],
  };
}
