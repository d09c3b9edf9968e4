import {
  type ConfiguredLogicalPort,
  configuredLogicalPorts,
  logicalPortNames,
  logicalPortsOn,
  portOf,
} from '../estate/estate.js';
import type { ManagedSystem, PhysicalPort, SriovAdapter } from '../estate/model.js';
import { knowsMaxCapacity } from '../hmc.js';
import { type Listing, type Row, row } from '../listing/listing.js';
import { type OptionTable, readOptions } from '../shell/options.js';
import { type CommandContext, filteredNumbers, filters, operatingSystem, print, type ReadCommand } from './command.js';
import { decimal, invalidFilter, missingOrInvalid } from './refusal.js';

const OPTIONS: OptionTable = {
  values: ['-r', '-m', '--rsubtype', '--level', '--filter'],
  optionalValues: ['-F'],
  flags: ['--header'],
};

/** `lshwres -r sriov --rsubtype adapter|physport|logport` (hmc-cli.md §1.5). */
export const lshwresSriov: ReadCommand = (words, context) => {
  const options = readOptions(words, OPTIONS);
  const system = operatingSystem(options, context);
  const level = options.get('--level');
  const pairs = filters(options, ['adapter_ids']);
  const adapterIds = filteredNumbers(pairs, 'adapter_ids');
  for (const id of adapterIds ?? []) {
    if (!system.adapters.some((adapter) => adapter.id === id)) throw invalidFilter('adapter_ids');
  }
  const wanted = (adapter: SriovAdapter): boolean =>
    !adapterIds || (adapter.id !== null && adapter.mode === 'sriov' && adapterIds.includes(adapter.id));
  switch (options.need('--rsubtype')) {
    case 'adapter':
      if (level !== undefined) throw missingOrInvalid('--level');
      return print(adapterListing(system.adapters.filter(wanted), context), options, context);
    case 'physport':
      if (level !== 'eth' && level !== 'ethc' && level !== 'roce') throw missingOrInvalid('--level');
      return print(physicalPortListing(system, system.adapters.filter(wanted), level), options, context);
    case 'logport': {
      if (level === undefined)
        return print(unconfiguredListing(system, system.adapters.filter(wanted)), options, context);
      if (level !== 'eth' && level !== 'roce') throw missingOrInvalid('--level');
      const ports = configuredLogicalPorts(system).filter(
        (port) => port.type === level && (!adapterIds || adapterIds.includes(port.adapterId)),
      );
      return print(logicalPortListing(system, ports, context), options, context);
    }
    default:
      throw missingOrInvalid('--rsubtype');
  }
};

const ADAPTER_ATTRIBUTES = [
  'adapter_id',
  'slot_id',
  'adapter_max_logical_ports',
  'config_state',
  'functional_state',
  'logical_ports',
  'phys_loc',
  'phys_ports',
  'sriov_status',
  'alternate_config',
];
const CUSTOM_CAPACITY_ATTRIBUTES = ['custom_max_capacity_capable', 'custom_min_capacity_capable'];

/** samples/sriov-adapter-default-v11r2-p9.txt: `null` for a dedicated card, `unavailable` for one that is missing. */
function adapterListing(adapters: readonly SriovAdapter[], { hmc }: CommandContext): Listing {
  const withCapacity = knowsMaxCapacity(hmc);
  const showsExtra = hmc.version === 'V11R2';
  const rows = adapters.map((adapter) => {
    const shared = adapter.mode === 'sriov';
    const missing = adapter.condition === 'missing';
    const number = (value: number): string => (missing ? 'unavailable' : shared ? String(value) : 'null');
    return row(
      ['adapter_id', shared ? (adapter.id ?? 'null') : 'null'],
      ['slot_id', adapter.slotId],
      ['adapter_max_logical_ports', number(adapter.maxLogicalPorts)],
      ['config_state', adapter.mode],
      ['functional_state', missing ? '0' : '1'],
      ['logical_ports', number(adapter.maxLogicalPorts)],
      ['phys_loc', adapter.location],
      ['phys_ports', number(adapter.ports.length)],
      ['sriov_status', shared ? adapter.condition : 'null'],
      ['alternate_config', '0'],
      ...(withCapacity ? CUSTOM_CAPACITY_ATTRIBUTES.map((name) => [name, shared ? '1' : 'null'] as const) : []),
      ...(showsExtra ? Object.entries(adapter.extraAttributes) : []),
    );
  });
  const extra = showsExtra ? adapters.flatMap((adapter) => Object.keys(adapter.extraAttributes)) : [];
  return {
    rows,
    attributes: [...ADAPTER_ATTRIBUTES, ...(withCapacity ? CUSTOM_CAPACITY_ATTRIBUTES : []), ...new Set(extra)],
  };
}

const CAPABILITIES =
  'pvid_priority_capable,port_vlan_id_capable,mac_vlan_consistency_capable,clear_phys_port_stat_capable,clear_logical_port_stat_capable';

/** samples/sriov-physport-ethc-default-v11r2-p9.txt and sriov-physport-roce-attributes.txt. */
function physicalPortListing(
  system: ManagedSystem,
  adapters: readonly SriovAdapter[],
  level: PhysicalPort['level'],
): Listing {
  const rows: Row[] = [];
  for (const adapter of adapters) {
    if (adapter.mode !== 'sriov' || adapter.id === null || adapter.condition === 'missing') continue;
    for (const port of adapter.ports) {
      if (port.level === level) rows.push(physicalPortRow(system, adapter.id, port));
    }
  }
  // The granularity shows only when it is asked for (hmc-cli.md §1.5).
  const hidden =
    level === 'roce'
      ? ['min_eth_capacity_granularity', 'min_roce_capacity_granularity']
      : ['min_eth_capacity_granularity'];
  return { rows, attributes: physicalPortAttributes(level), hidden };
}

const attributeNamesOf = (each: Row): string[] => [...each.keys()].filter((name) => !name.endsWith('_granularity'));

/** Names alone, for a level without a port: an unknown attribute is refused there too. */
function physicalPortAttributes(level: PhysicalPort['level']): readonly string[] {
  const port: PhysicalPort = {
    id: 0,
    level,
    type: level,
    location: '',
    label: '',
    subLabel: '',
    linkUp: false,
    speed: 0,
    maxLogicalPorts: 0,
    granularity: 0,
    settings: {
      config_conn_speed: '',
      config_max_recv_packet_size: '',
      config_recv_flow_control: '',
      config_trans_flow_control: '',
      veb_mode: '',
      vepa_mode: '',
      max_eth_logical_ports: '',
    },
  };
  return attributeNamesOf(physicalPortPairs(port, 0, 0, 0));
}

function physicalPortRow(system: ManagedSystem, adapterId: number, port: PhysicalPort): Row {
  const logicalPorts = logicalPortsOn(system, adapterId, port.id);
  const roce = logicalPorts.filter((each) => each.type === 'roce').length;
  return physicalPortPairs(port, adapterId, logicalPorts.length, roce);
}

function physicalPortPairs(port: PhysicalPort, adapterId: number, configured: number, roce: number): Row {
  const { settings } = port;
  const isRoce = port.level === 'roce';
  return row(
    ['adapter_id', adapterId],
    ['phys_port_id', port.id],
    ['phys_port_label', port.label],
    ['phys_port_sub_label', port.subLabel],
    ['phys_port_loc', port.location],
    ['phys_port_type', port.type],
    ['state', port.linkUp ? 1 : 0],
    ['config_logical_ports', configured],
    ['phys_port_max_logical_ports', port.maxLogicalPorts],
    // samples/sriov-physport-roce-attributes.txt has no `supported_max_eth_logical_ports`.
    ...(isRoce ? [] : [['supported_max_eth_logical_ports', port.maxLogicalPorts] as const]),
    ['max_eth_logical_ports', settings.max_eth_logical_ports],
    ['curr_eth_logical_ports', configured - roce],
    ...(isRoce
      ? ([
          ['max_roce_logical_ports', port.maxLogicalPorts],
          ['curr_roce_logical_ports', roce],
        ] as const)
      : []),
    ['max_diag_ports', 1],
    ['max_promisc_ports', 1],
    ...(isRoce
      ? ([
          ['max_eth_diag_ports', 1],
          ['max_eth_promisc_ports', 1],
          ['max_roce_diag_ports', 1],
          ['max_roce_promisc_ports', 0],
        ] as const)
      : []),
    ['capabilities', CAPABILITIES],
    ['conn_speed', port.linkUp ? port.speed : 0],
    ['config_conn_speed', settings.config_conn_speed],
    ['max_recv_packet_size', settings.config_max_recv_packet_size],
    ['config_max_recv_packet_size', settings.config_max_recv_packet_size],
    ['recv_flow_control', settings.config_recv_flow_control],
    ['config_recv_flow_control', settings.config_recv_flow_control],
    ['trans_flow_control', settings.config_trans_flow_control],
    ['config_trans_flow_control', settings.config_trans_flow_control],
    ['veb_mode', settings.veb_mode],
    ['vepa_mode', settings.vepa_mode],
    ['priority_flow_control_active', port.level === 'eth' ? 'null' : 0],
    ['mac_addr', 'unavailable'],
    ['adapter_lldp', 1],
    ['min_eth_capacity_granularity', decimal(port.granularity)],
    ...(isRoce ? [['min_roce_capacity_granularity', decimal(port.granularity)] as const] : []),
  );
}

/** Without `--level`: only what nobody has (samples/sriov-logport-default-unconfigured-v11r2-p9.txt). */
function unconfiguredListing(system: ManagedSystem, adapters: readonly SriovAdapter[]): Listing {
  const rows: Row[] = [];
  const configured = configuredLogicalPorts(system);
  for (const adapter of adapters) {
    if (adapter.mode !== 'sriov' || adapter.id === null || adapter.condition === 'missing') continue;
    const taken = new Set(configured.filter((port) => port.adapterId === adapter.id).map((port) => port.number));
    for (let number = 1; number <= adapter.maxLogicalPorts; number += 1) {
      if (taken.has(number)) continue;
      const names = logicalPortNames(adapter, undefined, number);
      rows.push(
        row(
          ['adapter_id', adapter.id],
          ['logical_port_id', names.id],
          ['logical_port_type', 'unconfigured'],
          ['drc_name', names.drcName],
          ['location_code', names.location],
        ),
      );
    }
  }
  return { rows, attributes: ['adapter_id', 'logical_port_id', 'logical_port_type', 'drc_name', 'location_code'] };
}

/**
 * With a level: the configured ones. The set of attributes is samples/sriov-logport-eth-attributes.txt; of the order
 * only the place of logical_port_id (7th) is known, the rest is INFERRED.
 */
const LOGICAL_PORT_ATTRIBUTES = [
  'config_id',
  'lpar_name',
  'lpar_id',
  'lpar_state',
  'is_required',
  'adapter_id',
  'logical_port_id',
  'logical_port_type',
  'drc_name',
  'location_code',
  'functional_state',
  'phys_port_id',
  'debug_mode',
  'diag_mode',
  'huge_dma_window_mode',
  'promisc_mode',
  'mac_addr',
  'curr_mac_addr',
  'allowed_os_mac_addrs',
  'allowed_vlan_ids',
  'port_vlan_id',
  'is_vnic_backing_device',
  'client_lpar_names',
  'client_lpar_ids',
  'mode',
  'capacity',
  'max_capacity',
];

function logicalPortListing(
  system: ManagedSystem,
  ports: readonly ConfiguredLogicalPort[],
  { hmc }: CommandContext,
): Listing {
  const attributes = knowsMaxCapacity(hmc)
    ? LOGICAL_PORT_ATTRIBUTES
    : LOGICAL_PORT_ATTRIBUTES.filter((name) => name !== 'max_capacity');
  return { rows: ports.map((port) => logicalPortRow(system, port, knowsMaxCapacity(hmc))), attributes };
}

function logicalPortRow(system: ManagedSystem, port: ConfiguredLogicalPort, withMaxCapacity: boolean): Row {
  const adapter = system.adapters.find((each) => each.id === port.adapterId);
  const physicalPort = portOf(system, port.adapterId, port.physicalPortId);
  const names = adapter && logicalPortNames(adapter, physicalPort, port.number);
  const { vnic, owner } = port;
  const client = vnic && system.partitions.find((partition) => partition.id === vnic.partitionId);
  return row(
    ['config_id', port.configId],
    ['lpar_name', owner.name],
    ['lpar_id', owner.id],
    ['lpar_state', owner.state],
    ['is_required', 0],
    ['adapter_id', port.adapterId],
    ['logical_port_id', names?.id ?? 'unavailable'],
    ['logical_port_type', port.type],
    ['drc_name', names?.drcName ?? 'unavailable'],
    ['location_code', names?.location ?? 'unavailable'],
    ['functional_state', adapter?.condition === 'running' ? 1 : 0],
    ['phys_port_id', port.physicalPortId],
    ['debug_mode', 0],
    ['diag_mode', 0],
    ['huge_dma_window_mode', 0],
    ['promisc_mode', 0],
    ['mac_addr', port.macAddress],
    ['curr_mac_addr', port.macAddress],
    ['allowed_os_mac_addrs', vnic?.allowedOsMacAddresses ?? 'all'],
    ['allowed_vlan_ids', vnic?.allowedVlanIds ?? 'all'],
    ['port_vlan_id', vnic?.portVlanId ?? 0],
    ['is_vnic_backing_device', vnic ? 1 : 0],
    ['client_lpar_names', client?.name ?? 'null'],
    ['client_lpar_ids', client?.id ?? 'null'],
    ['mode', vnic ? 'ded' : 'null'],
    ['capacity', decimal(port.capacity)],
    ...(withMaxCapacity ? [['max_capacity', decimal(port.maxCapacity)] as const] : []),
  );
}
