/**
 * What the frames behind the simulated HMCs are: plain data, so that a test can write one, look into it, and compare
 * it. Capacities are percent of a physical port.
 */
export interface Estate {
  readonly systems: ManagedSystem[];
}

export interface ManagedSystem {
  name: string;
  /** `9119-MME`. */
  readonly typeModel: string;
  readonly serialNumber: string;
  /** `Operating`, `Power Off`, `Standby` … as lssyscfg prints it. An HMC without a connection sees `No Connection`. */
  state: string;
  readonly ipAddress: string;
  firmware: { readonly level: string; readonly servicePack: string; readonly ecNumber: string };
  readonly partitions: Partition[];
  readonly adapters: SriovAdapter[];
  readonly vnics: Vnic[];
  /** Logical ports given to a partition directly, without a vNIC. */
  readonly directLogicalPorts: DirectLogicalPort[];
  /**
   * Whether the hypervisor leaves a dead active device while automatic failover is off. Not confirmed anywhere
   * (hmc-cli.md, "What is still open"); false = nothing moves by itself.
   */
  leavesDeadDeviceWithAutoFailoverOff: boolean;
  /** Counts MAC addresses and configuration ids given out, so that none comes twice. */
  counters: { mac: number; configId: number };
  /**
   * What the Virtual I/O Servers logged of their vNIC servers and of migrations, oldest first; absent = nothing yet.
   */
  errorLog?: ErrorLogEntry[];
}

/** One entry of a Virtual I/O Server's error log. */
export interface ErrorLogEntry {
  readonly virtualIoServerId: number;
  /** Of that server's log, from 1 on. */
  readonly sequence: number;
  /** ISO 8601, UTC: the clock and the time zone of every simulated server. */
  readonly at: string;
  readonly kind: 'client-login' | 'transport' | 'migration-completed';
  /** n of `vnicserver<n>`; null in an entry of no vNIC server. */
  readonly serverNumber: number | null;
}

export type PartitionEnvironment = 'aixlinux' | 'vioserver' | 'os400';
export type RmcState = 'active' | 'inactive' | 'none' | 'unknown' | 'busy';

export interface Partition {
  readonly id: number;
  name: string;
  readonly environment: PartitionEnvironment;
  /** `Running`, `Not Activated`, `Open Firmware` … as lssyscfg prints it. */
  state: string;
  rmcState: RmcState;
  osVersion: string;
  readonly uuid: string;
  readonly maxVirtualSlots: number;
  /** What takes virtual slots besides vNICs; slots 0 and 1 are always the serial consoles. */
  readonly virtualAdapters: VirtualAdapter[];
  /** `sync_curr_profile`: 1 = the profile follows dynamic changes. Default 0, as every capture shows. */
  syncCurrentProfile?: 0 | 1;
  /** The vNICs of its profile; absent = those it has now. */
  profileVnics?: Vnic[];
}

export interface VirtualAdapter {
  readonly slot: number;
  readonly kind: 'eth' | 'scsi' | 'fc';
  /** Only of `eth`. */
  readonly portVlanId?: number;
  readonly macAddress?: string;
  readonly trunkPriority?: number;
}

export interface SriovAdapter {
  /** The id it has, or takes when it is switched to shared mode; null where none was chosen yet. */
  id: number | null;
  /** DRC index of the slot, hex. */
  readonly slotId: string;
  readonly location: string;
  mode: 'sriov' | 'dedicated';
  /** `missing`: the card does not answer; its numbers print `unavailable`. */
  condition: 'running' | 'missing';
  readonly maxLogicalPorts: number;
  readonly ports: PhysicalPort[];
  /** Attributes that only this card prints (POWER11, hmc-cli.md §1.5). */
  readonly extraAttributes: Readonly<Record<string, string>>;
}

export interface PhysicalPort {
  readonly id: number;
  /** The one `--level` under which lshwres lists it. */
  readonly level: 'eth' | 'ethc' | 'roce';
  /** `phys_port_type`; may differ from the level (hmc-cli.md §1.5: `--level roce` showed ports of type eth). */
  readonly type: 'eth' | 'ethc' | 'roce';
  readonly location: string;
  label: string;
  subLabel: string;
  linkUp: boolean;
  /** Mb/s while the link is up. */
  readonly speed: number;
  readonly maxLogicalPorts: number;
  readonly granularity: number;
  /** Settable attributes as strings, printed as they are. */
  readonly settings: PortSettings;
}

export interface PortSettings {
  config_conn_speed: string;
  config_max_recv_packet_size: string;
  config_recv_flow_control: string;
  config_trans_flow_control: string;
  veb_mode: string;
  vepa_mode: string;
  max_eth_logical_ports: string;
}

export interface DirectLogicalPort {
  readonly partitionId: number;
  readonly adapterId: number;
  readonly physicalPortId: number;
  /** n of the location code's `-S<n>`. */
  readonly number: number;
  readonly configId: number;
  readonly type: 'eth' | 'roce';
  readonly capacity: number;
  readonly macAddress: string;
}

export interface Vnic {
  readonly partitionId: number;
  readonly slot: number;
  autoPriorityFailover: boolean;
  portVlanId: number;
  portVlanPriority: number;
  allowedVlanIds: string;
  readonly macAddress: string;
  allowedOsMacAddresses: string;
  /** `chhwres -o d|e`. */
  enabled: boolean;
  readonly devices: BackingDevice[];
  /** Logical port id of the active device; null where there is none. */
  activeLogicalPortId: string | null;
}

export interface BackingDevice {
  readonly logicalPortId: string;
  /** n of the location code's `-S<n>`. */
  readonly number: number;
  readonly virtualIoServerId: number;
  readonly adapterId: number;
  readonly physicalPortId: number;
  readonly configId: number;
  readonly capacity: number;
  readonly maxCapacity: number;
  failoverPriority: number;
  /** A status put on it by the control API, such as `Network Error`; null = what its port and its VIOS make of it. */
  forcedStatus: string | null;
  /** n of `vnicserver<n>` on the Virtual I/O Server. */
  readonly serverNumber: number;
  /** n of `ent<n>`, the virtual function there. */
  readonly networkNumber: number;
  /** Whether the client has logged in to this vNIC server since it was made or the Virtual I/O Server was started. */
  clientSession: 'never' | 'active' | 'left';
}

/** type-model*serial, the identity of a frame. */
export const mtms = (system: Pick<ManagedSystem, 'typeModel' | 'serialNumber'>): string =>
  `${system.typeModel}*${system.serialNumber}`;
