import { addDevice, readWantedDevice } from './backing-devices.js';
import { electAll } from './estate.js';
import { macAddressOf } from './identifiers.js';
import type {
  Estate,
  ManagedSystem,
  Partition,
  PartitionEnvironment,
  PhysicalPort,
  RmcState,
  SriovAdapter,
  VirtualAdapter,
} from './model.js';

/** MTMS of the seed's frame, of the second one, and of the one that only the first HMC knows and cannot reach. */
export const REPTILIAN = '9119-MME*65BA46F';
export const SAURIAN = '9119-MME*659707C';
export const GHARIAL = '8286-42A*218CA0V';

/** When the clients logged in to the vNIC servers that the estate begins with: the day of the seed's own log. */
const ESTATE_STARTED = new Date('2016-12-02T18:00:00Z');

/**
 * Two frames that can do vNIC failover and one that does not answer. On reptilian the seed's commands give the seed's
 * ids: slot 6 of lizard, then 2700400b on adapter 1 and 27008005 on adapter 2.
 */
export function defaultEstate(): Estate {
  return { systems: [reptilian(), saurian(), gharial()] };
}

function reptilian(): ManagedSystem {
  const system = emptySystem('reptilian-9119-MME-65BA46F', '9119-MME', '65BA46F', '10.128.0.23');
  system.partitions.push(
    partition(1, 'vios1', 'vioserver', 'Running', 'active', 'VIOS 2.2.5.10', [eth(2, 1, 1), eth(3, 3455, 1)]),
    partition(2, 'vios2', 'vioserver', 'Running', 'active', 'VIOS 2.2.5.10', [eth(2, 1, 2), eth(3, 3455, 2)]),
    partition(3, 'iguana', 'aixlinux', 'Running', 'active', 'Red Hat Enterprise Linux 8.6', [scsi(2), scsi(3)]),
    partition(4, 'gecko', 'aixlinux', 'Not Activated', 'inactive', 'Unknown', [scsi(2)]),
    partition(5, 'skink', 'aixlinux', 'Open Firmware', 'none', 'Unknown', [scsi(2)]),
    partition(6, 'lizard', 'aixlinux', 'Running', 'active', 'AIX 7.2 7200-01-01-1642', [
      eth(2, 1),
      scsi(3),
      fc(4),
      fc(5),
    ]),
    partition(7, 'monitor', 'aixlinux', 'Running', 'inactive', 'AIX 7.1 7100-04-03-1642', [eth(2, 1), scsi(3)]),
    partition(8, 'basilisk', 'os400', 'Running', 'inactive', 'IBM i Licensed Internal Code 7.3.0', [eth(2, 1)]),
    partition(9, 'anole', 'aixlinux', 'Running', 'active', 'AIX 7.2 7200-01-01-1642', [eth(2, 1), scsi(3)]),
    partition(10, 'chameleon', 'aixlinux', 'Running', 'active', 'SLES 15', [scsi(2)]),
  );
  system.adapters.push(
    fourPortCard(1, '21010020', 'U78CA.001.CSS08ZN-P1-C3-C1', ['prod-a', 'prod-b', 'mgmt', '']),
    fourPortCard(2, '21010021', 'U78CA.001.CSS08ZN-P1-C4-C1', ['prod-a', 'prod-b', 'mgmt', '']),
    fourPortCard(3, '21020020', 'U78CA.001.CSS08EL-P1-C3-C1', ['prod-a', 'prod-b', 'mgmt', '']),
    fourPortCard(4, '21020021', 'U78CA.001.CSS08EL-P1-C4-C1', ['prod-a', 'prod-b', 'mgmt', '']),
    // On the V10R3 capture `--level roce` listed ports whose type is eth (hmc-cli.md §1.5).
    roceCard(5, '21030020', 'U78CA.001.CSS08ZN-P1-C6-C1', 'eth', ['backup', 'backup']),
    dedicated(fourPortCard(null, '21030021', 'U78CA.001.CSS08ZN-P1-C7-C1', ['', '', '', ''])),
  );
  // Ten logical ports of adapter 1 and four of adapter 2 are taken, so that the seed meets S11 and S5.
  direct(system, 1, 1, 0, 10);
  direct(system, 1, 1, 2, 10);
  vnic(system, 3, 4, 0, ['sriov/vios1//1/0/2.0/10', 'sriov/vios2//3/0/2.0/20']);
  vnic(system, 3, 5, 100, ['sriov/vios1//1/0/4.0/10', 'sriov/vios2//2/0/4.0/20']);
  vnic(system, 4, 3, 0, ['sriov/vios1//1/1/2.0/50']);
  vnic(system, 7, 4, 200, ['sriov/vios2//1/0/2.0/20', 'sriov/vios1//2/0/2.0/10']);
  vnic(system, 8, 3, 0, ['sriov/vios1//1/1/10.0/1', 'sriov/vios2//4/1/10.0/100']);
  vnic(system, 9, 4, 3455, ['sriov/vios1//1/0/2.0/10', 'sriov/vios2//3/1/2.0/20', 'sriov/vios1//2/0/2.0/30']);
  vnic(system, 9, 5, 0, ['sriov/vios1//1/1/2.0/10', 'sriov/vios2//2/0/2.0/20']);
  vnic(system, 10, 3, 0, ['sriov/vios1//1/0/2.0/10', 'sriov/vios2//5/0/1.0/20']);
  electAll(system, ESTATE_STARTED);
  return system;
}

function saurian(): ManagedSystem {
  const system = emptySystem('saurian-9119-MME-659707C', '9119-MME', '659707C', '10.128.0.24');
  const partitions = [
    partition(1, 'vios1', 'vioserver', 'Running', 'active', 'VIOS 2.2.5.10', [eth(2, 1, 1)]),
    partition(2, 'vios2', 'vioserver', 'Running', 'active', 'VIOS 2.2.5.10', [eth(2, 1, 2)]),
    partition(3, 'tegu', 'aixlinux', 'Running', 'active', 'AIX 7.2 7200-01-01-1642', [eth(2, 1), scsi(3)]),
    partition(4, 'komodo', 'aixlinux', 'Running', 'active', 'Red Hat Enterprise Linux 8.6', [scsi(2)]),
    partition(5, 'mamba', 'aixlinux', 'Not Activated', 'inactive', 'Unknown', [scsi(2)]),
  ];
  // A UUID goes with a partition from frame to frame, so that no two frames may make the same.
  system.partitions.push(...partitions.map((each) => ({ ...each, uuid: each.uuid.replace('ABCD', 'BCDE') })));
  system.adapters.push(
    fourPortCard(1, '21010020', 'U78CA.001.CSS09AB-P1-C3-C1', ['prod-a', 'prod-b', 'mgmt', '']),
    fourPortCard(2, '21010021', 'U78CA.001.CSS09AB-P1-C4-C1', ['prod-a', 'prod-b', 'mgmt', '']),
    roceCard(3, '21020020', 'U78CA.001.CSS09CD-P1-C3-C1', 'roce', ['backup', 'backup']),
    { ...fourPortCard(4, '21020021', 'U78CA.001.CSS09CD-P1-C4-C1', ['', '', '', '']), condition: 'missing' },
    // As many ports of each network as reptilian has, so that its partitions find a place for all their devices.
    fourPortCard(5, '21020022', 'U78CA.001.CSS09CD-P1-C5-C1', ['prod-a', 'prod-b', 'mgmt', '']),
    fourPortCard(6, '21020023', 'U78CA.001.CSS09CD-P1-C6-C1', ['prod-a', 'prod-b', 'mgmt', '']),
    {
      ...dedicated(roceCard(null, '21030020', 'U78CA.001.CSS09AB-P1-C7-C1', 'roce', ['', ''])),
      extraAttributes: { possible_adapter_config_options: '0/80/12/Enterprise,1/16/4/Thin' },
    },
  );
  vnic(system, 3, 4, 3455, ['sriov/vios1//1/1/2.0/10', 'sriov/vios2//2/1/2.0/20']);
  vnic(system, 4, 3, 0, ['sriov/vios1//3/0/1.0/50', 'sriov/vios2//2/0/2.0/60']);
  electAll(system, ESTATE_STARTED);
  return system;
}

function gharial(): ManagedSystem {
  return emptySystem('gharial-8286-42A-218CA0V', '8286-42A', '218CA0V', '10.128.0.25');
}

export function emptySystem(name: string, typeModel: string, serialNumber: string, ipAddress: string): ManagedSystem {
  return {
    name,
    typeModel,
    serialNumber,
    state: 'Operating',
    ipAddress,
    // The seed installs from the directory 860_056: firmware 860, level 56.
    firmware: { level: '56', servicePack: 'FW860.10', ecNumber: '01SC860' },
    partitions: [],
    adapters: [],
    vnics: [],
    directLogicalPorts: [],
    leavesDeadDeviceWithAutoFailoverOff: false,
    counters: { mac: 1, configId: 0 },
  };
}

export function partition(
  id: number,
  name: string,
  environment: PartitionEnvironment,
  state: string,
  rmcState: RmcState,
  osVersion: string,
  virtualAdapters: readonly VirtualAdapter[],
): Partition {
  const hex = id.toString(16).toUpperCase();
  return {
    id,
    name,
    environment,
    state,
    rmcState,
    osVersion,
    // The shape of samples/lssyscfg-lpar-uuid-name.txt.
    uuid: `${hex.padStart(8, '0')}-ABCD-4EF0-8ABC-${hex.padStart(12, '0')}`,
    maxVirtualSlots: 200,
    virtualAdapters: virtualAdapters.map((adapter) =>
      adapter.kind === 'eth'
        ? { ...adapter, macAddress: `26E6B000${hex.padStart(2, '0')}${String(adapter.slot).padStart(2, '0')}` }
        : adapter,
    ),
  };
}

const eth = (slot: number, portVlanId: number, trunkPriority?: number): VirtualAdapter => ({
  slot,
  kind: 'eth',
  portVlanId,
  ...(trunkPriority === undefined ? {} : { trunkPriority }),
});
const scsi = (slot: number): VirtualAdapter => ({ slot, kind: 'scsi' });
const fc = (slot: number): VirtualAdapter => ({ slot, kind: 'fc' });

/** PCIe 4-port: two converged 10 Gb ports and two 1 Gb ports (hmc-cli.md, "Adapters"). */
export function fourPortCard(
  id: number | null,
  slotId: string,
  location: string,
  labels: readonly string[],
): SriovAdapter {
  return {
    id,
    slotId,
    location,
    mode: 'sriov',
    condition: 'running',
    maxLogicalPorts: 48,
    ports: labels.map((label, at) => {
      const level = at < 2 ? 'ethc' : 'eth';
      // The last port has no cable, as on the capture.
      return port(at, location, level, level, label, at < 3, at < 2 ? 10000 : 1000, at < 2 ? 20 : 4, 2);
    }),
    extraAttributes: {},
  };
}

/** PCIe 2-port RoCE card of the 100 Gb class. */
export function roceCard(
  id: number | null,
  slotId: string,
  location: string,
  type: 'eth' | 'roce',
  labels: readonly string[],
): SriovAdapter {
  return {
    id,
    slotId,
    location,
    mode: 'sriov',
    condition: 'running',
    maxLogicalPorts: 120,
    ports: labels.map((label, at) => port(at, location, 'roce', type, label, true, 100000, 60, 1)),
    extraAttributes: {},
  };
}

const dedicated = (adapter: SriovAdapter): SriovAdapter => ({ ...adapter, mode: 'dedicated' });

function port(
  id: number,
  adapterLocation: string,
  level: PhysicalPort['level'],
  type: PhysicalPort['type'],
  label: string,
  linkUp: boolean,
  speed: number,
  maxLogicalPorts: number,
  granularity: number,
): PhysicalPort {
  return {
    id,
    level,
    type,
    location: `${adapterLocation}-T${id + 1}`,
    label,
    subLabel: '',
    linkUp,
    speed,
    maxLogicalPorts,
    granularity,
    settings: {
      config_conn_speed: 'auto',
      config_max_recv_packet_size: '9000',
      config_recv_flow_control: '0',
      config_trans_flow_control: '0',
      veb_mode: '1',
      vepa_mode: '0',
      max_eth_logical_ports: String(maxLogicalPorts),
    },
  };
}

/** A vNIC made by the same rules as one that a user makes; refused rules would throw while the estate is built. */
function vnic(
  system: ManagedSystem,
  partitionId: number,
  slot: number,
  portVlanId: number,
  devices: readonly string[],
): void {
  const made = {
    partitionId,
    slot,
    autoPriorityFailover: true,
    portVlanId,
    portVlanPriority: 0,
    allowedVlanIds: 'all',
    macAddress: macAddressOf(system.serialNumber, system.counters.mac++),
    allowedOsMacAddresses: 'all',
    enabled: true,
    devices: [],
    activeLogicalPortId: null,
  };
  system.vnics.push(made);
  for (const device of devices) addDevice(system, made, readWantedDevice(system, device, true));
}

/** A logical port that a partition holds itself, without a vNIC. */
function direct(
  system: ManagedSystem,
  partitionId: number,
  adapterId: number,
  physicalPortId: number,
  capacity: number,
): void {
  const taken = system.directLogicalPorts.filter((each) => each.adapterId === adapterId).length;
  system.directLogicalPorts.push({
    partitionId,
    adapterId,
    physicalPortId,
    number: taken + 1,
    configId: taken,
    type: 'eth',
    capacity,
    macAddress: macAddressOf(system.serialNumber, system.counters.mac++),
  });
}
