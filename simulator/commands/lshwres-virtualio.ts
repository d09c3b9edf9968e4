import { nextFreeSlot, statusOf, vnicsOf } from '../estate/estate.js';
import { partitionWithId } from '../estate/find.js';
import type { BackingDevice, ManagedSystem, Partition, Vnic } from '../estate/model.js';
import { knowsMaxCapacity, knowsVnics } from '../hmc.js';
import { type Listing, row } from '../listing/listing.js';
import { type OptionTable, readOptions } from '../shell/options.js';
import {
  type CommandContext,
  filteredNumbers,
  filteredPartitions,
  filters,
  operatingSystem,
  print,
  type ReadCommand,
} from './command.js';
import { decimal, missingOrInvalid } from './refusal.js';

const OPTIONS: OptionTable = {
  values: ['-r', '-m', '--rsubtype', '--level', '--filter'],
  optionalValues: ['-F'],
  flags: ['--header'],
};

/** `lshwres -r virtualio --rsubtype vnic|vnicbkdev|slot|eth` (hmc-cli.md §1.5). */
export const lshwresVirtualio: ReadCommand = (words, context) => {
  const options = readOptions(words, OPTIONS);
  const system = operatingSystem(options, context);
  const level = options.get('--level');
  switch (options.need('--rsubtype')) {
    case 'vnic': {
      if (!knowsVnics(context.hmc)) throw missingOrInvalid('--rsubtype');
      // Used with `--level lpar` and without; any other was never seen.
      if (level !== undefined && level !== 'lpar') throw missingOrInvalid('--level');
      const pairs = filters(options, ['lpar_names', 'lpar_ids', 'slots']);
      const partitions = filteredPartitions(system, pairs);
      const slots = filteredNumbers(pairs, 'slots');
      return print(vnicListing(system, partitions, slots, context), options, context);
    }
    case 'vnicbkdev': {
      if (!knowsVnics(context.hmc)) throw missingOrInvalid('--rsubtype');
      if (level !== undefined && level !== 'lpar') throw missingOrInvalid('--level');
      // Unproven which partition the filter means; the rows show the VIOS, so it is taken for the VIOS.
      const partitions = filteredPartitions(system, filters(options, ['lpar_names', 'lpar_ids']));
      return print(backingDeviceListing(system, partitions, context), options, context);
    }
    case 'slot': {
      const partitions = filteredPartitions(system, filters(options, ['lpar_names', 'lpar_ids']));
      if (level === 'lpar') return print(slotCountListing(system, partitions), options, context);
      if (level === 'slot') return print(slotListing(system, partitions), options, context);
      throw missingOrInvalid('--level');
    }
    case 'eth': {
      if (level !== 'lpar') throw missingOrInvalid('--level');
      const pairs = filters(options, ['lpar_names', 'lpar_ids', 'slots']);
      const slots = filteredNumbers(pairs, 'slots');
      return print(ethernetListing(filteredPartitions(system, pairs), slots), options, context);
    }
    default:
      throw missingOrInvalid('--rsubtype');
  }
};

/** samples/vnic-F-header-1bd-v10r3-p9.txt: the complete default set, in its order. */
const VNIC_ATTRIBUTES = [
  'lpar_name',
  'lpar_id',
  'slot_num',
  'desired_mode',
  'curr_mode',
  'auto_priority_failover',
  'port_vlan_id',
  'pvid_priority',
  'allowed_vlan_ids',
  'mac_addr',
  'allowed_os_mac_addrs',
  'backing_devices',
  'backing_device_states',
];

function vnicListing(
  system: ManagedSystem,
  partitions: readonly Partition[],
  slots: readonly number[] | undefined,
  { hmc }: CommandContext,
): Listing {
  const rows = partitions.flatMap((partition) =>
    vnicsOf(system, partition)
      .filter((vnic) => !slots || slots.includes(vnic.slot))
      .map((vnic) =>
        row(
          ['lpar_name', partition.name],
          ['lpar_id', partition.id],
          ['slot_num', vnic.slot],
          ['desired_mode', 'ded'],
          ['curr_mode', 'ded'],
          ['auto_priority_failover', vnic.autoPriorityFailover ? 1 : 0],
          ['port_vlan_id', vnic.portVlanId],
          ['pvid_priority', vnic.portVlanPriority],
          ['allowed_vlan_ids', vnic.allowedVlanIds],
          ['mac_addr', vnic.macAddress],
          ['allowed_os_mac_addrs', vnic.allowedOsMacAddresses],
          ['backing_devices', vnic.devices.map((each) => deviceText(system, each, knowsMaxCapacity(hmc))).join(',')],
          [
            'backing_device_states',
            vnic.devices
              .map((each) => `sriov/${each.logicalPortId}/${isActive(partition, vnic, each)}/${statusOf(system, each)}`)
              .join(','),
          ],
        ),
      ),
  );
  return { rows, attributes: VNIC_ATTRIBUTES };
}

/** The OUTPUT form: 11 fields, 9 before the HMC knew of a maximum (hmc-cli.md §1.2). */
function deviceText(system: ManagedSystem, device: BackingDevice, withMaxCapacity: boolean): string {
  const vios = partitionWithId(system, device.virtualIoServerId);
  const capacity = decimal(device.capacity);
  const max = decimal(device.maxCapacity);
  const fields = [
    'sriov',
    vios.name,
    vios.id,
    device.adapterId,
    device.physicalPortId,
    device.logicalPortId,
    capacity,
    capacity,
    device.failoverPriority,
    ...(withMaxCapacity ? [max, max] : []),
  ];
  return fields.join('/');
}

/**
 * INVENTED for a client that does not run or a vNIC that is disabled: nothing is active then (hmc-cli.md, last lines).
 */
const isActive = (client: Partition, vnic: Vnic, device: BackingDevice): 0 | 1 =>
  vnic.enabled && client.state === 'Running' && vnic.activeLogicalPortId === device.logicalPortId ? 1 : 0;

const BACKING_DEVICE_ATTRIBUTES = [
  'lpar_name',
  'lpar_id',
  'type',
  'adapter_id',
  'physical_port_id',
  'logical_port_id',
  'capacity',
  'desired_capacity',
  'max_capacity',
  'desired_max_capacity',
  'failover_priority',
  'is_active',
  'status',
];

/** samples/vnicbkdev-F-header-v10r3-p9.txt: the partition is the VIOS; there is no column for the client. */
function backingDeviceListing(
  system: ManagedSystem,
  virtualIoServers: readonly Partition[],
  { hmc }: CommandContext,
): Listing {
  const attributes = knowsMaxCapacity(hmc)
    ? BACKING_DEVICE_ATTRIBUTES
    : BACKING_DEVICE_ATTRIBUTES.filter((name) => !name.endsWith('max_capacity'));
  const rows = virtualIoServers.flatMap((vios) =>
    system.vnics.flatMap((vnic) =>
      vnic.devices
        .filter((device) => device.virtualIoServerId === vios.id)
        .map((device) => {
          const capacity = decimal(device.capacity);
          const max = decimal(device.maxCapacity);
          return row(
            ['lpar_name', vios.name],
            ['lpar_id', vios.id],
            ['type', 'sriov'],
            ['adapter_id', device.adapterId],
            ['physical_port_id', device.physicalPortId],
            ['logical_port_id', device.logicalPortId],
            ['capacity', capacity],
            ['desired_capacity', capacity],
            ...(knowsMaxCapacity(hmc)
              ? ([
                  ['max_capacity', max],
                  ['desired_max_capacity', max],
                ] as const)
              : []),
            ['failover_priority', device.failoverPriority],
            ['is_active', isActive(partitionWithId(system, vnic.partitionId), vnic, device)],
            ['status', statusOf(system, device)],
          );
        }),
    ),
  );
  return { rows, attributes };
}

/** samples/virtualio-slot-v7r7.txt. */
function slotCountListing(system: ManagedSystem, partitions: readonly Partition[]): Listing {
  const rows = partitions.map((partition) =>
    row(
      ['lpar_name', partition.name],
      ['lpar_id', partition.id],
      ['curr_max_virtual_slots', partition.maxVirtualSlots],
      ['pend_max_virtual_slots', partition.maxVirtualSlots],
      // INVENTED word for a partition without a free slot.
      ['next_avail_virtual_slot', nextFreeSlot(system, partition) ?? 'none'],
    ),
  );
  return {
    rows,
    attributes: ['lpar_name', 'lpar_id', 'curr_max_virtual_slots', 'pend_max_virtual_slots', 'next_avail_virtual_slot'],
  };
}

/** `--level slot`: attribute names and values RECALLED, no capture. */
function slotListing(system: ManagedSystem, partitions: readonly Partition[]): Listing {
  const rows = partitions.flatMap((partition) => {
    const used = [
      { slot: 0, config: 'serial' },
      { slot: 1, config: 'serial' },
      ...partition.virtualAdapters.map((adapter) => ({ slot: adapter.slot, config: adapter.kind })),
      ...vnicsOf(system, partition).map((vnic) => ({ slot: vnic.slot, config: 'vnic' })),
    ].sort((a, b) => a.slot - b.slot);
    return used.map(({ slot, config }) =>
      row(
        ['slot_num', slot],
        ['lpar_name', partition.name],
        ['lpar_id', partition.id],
        ['config', config],
        ['drc_name', `U${system.typeModel.replace('-', '.')}.${system.serialNumber}-V${partition.id}-C${slot}`],
      ),
    );
  });
  return { rows, attributes: ['slot_num', 'lpar_name', 'lpar_id', 'config', 'drc_name'] };
}

/** samples/virtualio-eth-v7r7.txt, with the columns of virtualio-eth-F-noheader.txt; MAC addresses in upper case. */
function ethernetListing(partitions: readonly Partition[], slots: readonly number[] | undefined): Listing {
  const rows = partitions.flatMap((partition) =>
    partition.virtualAdapters
      .filter((adapter) => adapter.kind === 'eth' && (!slots || slots.includes(adapter.slot)))
      .map((adapter) =>
        row(
          ['lpar_name', partition.name],
          ['lpar_id', partition.id],
          ['slot_num', adapter.slot],
          ['state', partition.state === 'Running' ? 1 : 0],
          ['is_required', 0],
          ['is_trunk', adapter.trunkPriority === undefined ? 0 : 1],
          ...(adapter.trunkPriority === undefined ? [] : [['trunk_priority', adapter.trunkPriority] as const]),
          ['ieee_virtual_eth', 1],
          ['port_vlan_id', adapter.portVlanId ?? 0],
          ['vswitch', 'ETHERNET0'],
          ['addl_vlan_ids', ''],
          ['mac_addr', adapter.macAddress ?? 'unavailable'],
        ),
      ),
  );
  return {
    rows,
    attributes: [
      'lpar_name',
      'lpar_id',
      'slot_num',
      'state',
      'is_required',
      'is_trunk',
      'trunk_priority',
      'ieee_virtual_eth',
      'port_vlan_id',
      'vswitch',
      'addl_vlan_ids',
      'mac_addr',
    ],
  };
}
