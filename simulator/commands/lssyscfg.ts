import { vnicsOf } from '../estate/estate.js';
import type { ManagedSystem, Partition } from '../estate/model.js';
import { type Hmc, knowsMaxCapacity, knowsVnics, stateSeenBy, systemsOf } from '../hmc.js';
import { type Listing, type Row, row } from '../listing/listing.js';
import { type OptionTable, readOptions } from '../shell/options.js';
import {
  type CommandContext,
  filteredPartitions,
  filters,
  namedSystem,
  operatingSystem,
  print,
  type ReadCommand,
} from './command.js';
import { decimal, HmcRefusal, missingOrInvalid } from './refusal.js';

const OPTIONS: OptionTable = { values: ['-r', '-m', '--filter'], optionalValues: ['-F'], flags: ['--header'] };

/** `lssyscfg -r sys|lpar|prof` (hmc-cli.md §1.7, §1.8). */
export const lssyscfg: ReadCommand = (words, context) => {
  const options = readOptions(words, OPTIONS);
  switch (options.need('-r')) {
    case 'sys': {
      const systems = options.has('-m') ? [namedSystem(options, context)] : systemsOf(context.hmc, context.estate);
      return print(systemListing(systems, context), options, context);
    }
    case 'lpar': {
      const system = operatingSystem(options, context);
      const partitions = filteredPartitions(system, filters(options, ['lpar_names', 'lpar_ids']));
      return print(partitionListing(system, partitions, context), options, context);
    }
    case 'prof': {
      const system = operatingSystem(options, context);
      const pairs = filters(options, ['lpar_names', 'lpar_ids', 'profile_names']);
      const partitions = filteredPartitions(system, pairs);
      const unknown = pairs.get('profile_names')?.find((name) => name !== PROFILE);
      // samples/err-misc-verbatim.txt.
      if (unknown !== undefined)
        throw new HmcRefusal(`HSCL800F The partition profile named "${unknown}" was not found.`);
      return print(profileListing(system, partitions, context), options, context);
    }
    default:
      throw missingOrInvalid('-r');
  }
};

/** The one profile that every simulated partition has. */
const PROFILE = 'default_profile';

/**
 * A frame's capabilities and settings, as samples/lssyscfg-sys-full-v10r3-p9.txt prints them after `power_off_policy`.
 */
const SYSTEM_REST = [
  'active_lpar_mobility_capable=1',
  'inactive_lpar_mobility_capable=1',
  'active_lpar_share_idle_procs_capable=1',
  'active_mem_expansion_capable=1',
  'hardware_active_mem_expansion_capable=1',
  'active_mem_mirroring_hypervisor_capable=1',
  'active_mem_sharing_capable=1',
  'addr_broadcast_perf_policy_capable=0',
  'aix_capable=1',
  'capi_capable=1',
  'cod_mem_capable=1',
  'cod_proc_capable=1',
  'dynamic_platform_optimization_capable=1',
  'electronic_err_reporting_capable=1',
  'firmware_power_saver_capable=1',
  'hardware_power_saver_capable=1',
  'hardware_discovery_capable=1',
  'huge_page_mem_capable=1',
  'lpar_avail_priority_capable=1',
  'lpar_proc_compat_mode_capable=1',
  'lpar_remote_restart_capable=0',
  'powervm_lpar_simplified_remote_restart_capable=1',
  'lpar_suspend_capable=0',
  'micro_lpar_capable=1',
  'os400_capable=1',
  '5250_application_capable=1',
  'redundant_err_path_reporting_capable=1',
  'shared_eth_failover_capable=1',
  'sp_failover_capable=1',
  'vet_activation_capable=1',
  'virtual_fc_capable=1',
  'virtual_io_server_capable=1',
  'virtual_switch_capable=1',
  'vsn_phase2_capable=1',
  'vsi_on_veth_capable=1',
  'assign_5250_cpw_percent=0',
  'max_lpars=400',
  'max_power_ctrl_lpars=1',
  'service_lpar_id=none',
  'lpar_proc_compat_modes=default,POWER6,POWER6+,POWER7,POWER8',
  'curr_sys_keylock=manual',
  'pend_sys_keylock=manual',
  'curr_power_on_side=temp',
  'pend_power_on_side=temp',
  'power_on_type=power on',
  'power_on_option=standby',
  'sp_version=00090005',
  'max_vtpm_lpars=60',
  'supported_vtpm_versions=1.2',
  'description=',
].map((pair) => {
  const [name = '', value = ''] = pair.split('=');
  return [name, value] as const;
});

/** samples/lssyscfg-sys-full-v10r3-p9.txt; what the HMC cannot ask the frame prints `unavailable` (hmc-cli.md §1.8). */
function systemListing(systems: readonly ManagedSystem[], { hmc, now }: CommandContext): Listing {
  const rows = systems.map((system): Row => {
    const state = stateSeenBy(hmc, system);
    const known = state === system.state;
    const orUnavailable = (value: string): string => (known ? value : 'unavailable');
    return row(
      ['name', system.name],
      ['type_model', system.typeModel],
      ['serial_num', system.serialNumber],
      ['ipaddr', system.ipAddress],
      ['sp_type', 'fsp'],
      ['state', state],
      ['state_detail', ''],
      ['detailed_state', known ? 'None' : 'unavailable'],
      ['sys_time', orUnavailable(dateAndTime(now))],
      ['power_off_policy', orUnavailable('0')],
      ...[...SYSTEM_REST, ...vnicCapabilities(system, hmc)].map(
        ([name, value]) => [name, orUnavailable(value)] as const,
      ),
    );
  });
  const leading = ['name', 'type_model', 'serial_num', 'ipaddr', 'sp_type', 'state', 'state_detail', 'detailed_state'];
  const attributes = [...leading, 'sys_time', 'power_off_policy', ...SYSTEM_REST.map(([name]) => name)];
  const [first] = systems;
  if (first) attributes.push(...vnicCapabilities(first, hmc).map(([name]) => name));
  return { rows, attributes };
}

/**
 * The capabilities of vNICs. The V10R3 capture does not list them; their names, and that V11R2 does, are INVENTED after
 * those of the REST interface (hmc-cli.md §6).
 */
function vnicCapabilities({ firmware }: ManagedSystem, hmc: Hmc): readonly (readonly [string, string])[] {
  if (hmc.version !== 'V11R2') return [];
  const level = Number(/(\d{3,4})$/.exec(firmware.ecNumber)?.[1] ?? 0);
  return [
    ['vnic_dedicated_sriov_capable', level >= 840 ? '1' : '0'],
    ['vnic_failover_capable', level >= 860 ? '1' : '0'],
  ];
}

/** `10/01/2026 03:43:04`, UTC. */
function dateAndTime(now: Date): string {
  const [day = '', time = ''] = now.toISOString().split('T');
  const [year = '', month = '', date = ''] = day.split('-');
  return `${month}/${date}/${year} ${time.slice(0, 8)}`;
}

/** samples/lssyscfg-lpar-various.txt (vm61), and what samples/lssyscfg-lpar-attributes-v11r2.txt has besides. */
function partitionListing(system: ManagedSystem, partitions: readonly Partition[], { hmc }: CommandContext): Listing {
  const rows = partitions.map((partition): Row => {
    const running = partition.state === 'Running';
    return row(
      ['name', partition.name],
      ['lpar_id', partition.id],
      ['lpar_env', partition.environment],
      ['state', partition.state],
      ['resource_config', running ? 1 : 0],
      ['os_version', partition.osVersion],
      ['logical_serial_num', `${system.serialNumber}${partition.id.toString(36).toUpperCase()}`],
      ['default_profile', PROFILE],
      ['curr_profile', running ? PROFILE : ''],
      ['work_group_id', 'none'],
      ['shared_proc_pool_util_auth', 1],
      ['allow_perf_collection', 1],
      ['power_ctrl_lpar_ids', 'none'],
      ['boot_mode', 'norm'],
      ['lpar_keylock', 'norm'],
      ['auto_start', 0],
      ['redundant_err_path_reporting', 0],
      ['rmc_state', partition.rmcState],
      ['rmc_ipaddr', partition.rmcState === 'active' ? `10.137.62.${partition.id}` : ''],
      ['time_ref', 0],
      ['lpar_avail_priority', partition.environment === 'vioserver' ? 191 : 127],
      ['desired_lpar_proc_compat_mode', 'default'],
      ['curr_lpar_proc_compat_mode', 'POWER8'],
      ['simplified_remote_restart_capable', 0],
      ['sync_curr_profile', partition.syncCurrentProfile ?? 0],
      ['affinity_group_id', 'none'],
      ['vtpm_enabled', 0],
      ['uuid', partition.uuid],
      ...(hmc.version === 'V11R2' ? [['os', osOf(partition)] as const] : []),
    );
  });
  return { rows, attributes: [...(rows[0]?.keys() ?? ['name', 'lpar_id', 'lpar_env', 'state'])] };
}

function osOf({ environment, osVersion }: Partition): string {
  if (environment === 'vioserver') return 'vios';
  if (environment === 'os400') return 'os400';
  return osVersion.startsWith('AIX') || osVersion === 'Unknown' ? 'aixlinux' : 'linux';
}

/** samples/lssyscfg-prof-client-v10r3-p9.txt, shortened to what a network change may look at. */
function profileListing(system: ManagedSystem, partitions: readonly Partition[], { hmc }: CommandContext): Listing {
  const rows = partitions.map((partition): Row =>
    row(
      ['name', PROFILE],
      ['lpar_name', partition.name],
      ['lpar_id', partition.id],
      ['lpar_env', partition.environment],
      ['all_resources', 0],
      ['max_virtual_slots', partition.maxVirtualSlots],
      ['virtual_serial_adapters', '0/server/1/any//any/1,1/server/1/any//any/1'],
      ...(knowsVnics(hmc) ? [['vnic_adapters', vnicAdapters(system, partition, knowsMaxCapacity(hmc))] as const] : []),
      ['boot_mode', 'norm'],
      ['auto_start', 0],
    ),
  );
  return { rows, attributes: [...(rows[0]?.keys() ?? ['name', 'lpar_name', 'lpar_id', 'vnic_adapters'])] };
}

/**
 * `slot:mode:auto:pvid:priority:vlans:mac:os-macs:is_required:devices` (samples/prof-vnic_adapters-short.txt). How an
 * element with several devices is quoted is INFERRED from the doubled quotes of `virtual_eth_adapters` (hmc-cli.md §3).
 */
function vnicAdapters(system: ManagedSystem, partition: Partition, withMaxCapacity: boolean): string {
  const elements = (partition.profileVnics ?? vnicsOf(system, partition)).map((vnic) => {
    const devices = vnic.devices.map((device) => {
      const vios = system.partitions.find((each) => each.id === device.virtualIoServerId);
      const fields = [
        'sriov',
        vios?.name ?? '',
        device.virtualIoServerId,
        device.adapterId,
        device.physicalPortId,
        decimal(device.capacity),
        device.failoverPriority,
        ...(withMaxCapacity ? [decimal(device.maxCapacity)] : []),
      ];
      return fields.join('/');
    });
    const element = [
      vnic.slot,
      'ded',
      vnic.autoPriorityFailover ? 1 : 0,
      vnic.portVlanId,
      vnic.portVlanPriority,
      vnic.allowedVlanIds,
      vnic.macAddress,
      vnic.allowedOsMacAddresses,
      0,
      devices.join(','),
    ].join(':');
    return element.includes(',') ? `"${element}"` : element;
  });
  return elements.length === 0 ? 'none' : elements.join(',');
}
