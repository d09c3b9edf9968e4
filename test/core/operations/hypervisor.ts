import type { HmcCommand } from '../../../src/core/hmc-language/command.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import type { BackingDevice } from '../../../src/core/resources/backing-device.js';
import { device, logicalPortId } from './estate.js';

/**
 * What an HMC and its hypervisor do with a command, as a pure function on a snapshot; written from hmc-cli.md alone and
 * with none of the product's own helpers, so that a misunderstanding there does not pass here.
 */

export interface HypervisorOptions {
  /** Whether it follows the lowest number by itself while automatic failover is on. Unless told otherwise it does. */
  readonly elects?: boolean;
  /**
   * Whether it takes a device by itself where none is active though automatic failover is off, because
   * the active one was taken away. Nobody knows (INFERRED): what is planned has to be right with both.
   * Unless told otherwise it does not.
   */
  readonly fillsGap?: boolean;
  /** Which of several devices with the lowest number wins when none of them is active: not known either. */
  readonly amongEquals?: 'first' | 'last';
}

/** The two that differ where automatic failover is off and the active device has been taken away. */
export const HYPERVISORS: readonly HypervisorOptions[] = [{ fillsGap: false }, { fillsGap: true }];

export function apply(snapshot: Snapshot, command: HmcCommand, options: HypervisorOptions = {}): Snapshot {
  const [program, ...rest] = command.words.map((word) =>
    typeof word === 'string' ? word : resolve(snapshot, command, word.ref),
  );
  if (program !== 'chhwres') throw new Error(`not a change: ${program}`);
  const words = optionsOf(rest);
  if (words.get('-m') !== snapshot.system.mtms) throw new Error('another system');
  const kind = `${words.get('-r')} ${words.get('--rsubtype')} ${words.get('-o')}`;
  switch (kind) {
    case 'virtualio vnic a':
      return create(snapshot, words);
    case 'virtualio vnic r': {
      const gone = vnicOf(snapshot, words);
      return { ...snapshot, vnics: snapshot.vnics.filter((one) => one !== gone) };
    }
    case 'virtualio vnic s':
      return changeVnic(snapshot, words, options, (vnic) => setVnic(snapshot, vnic, attributesOf(words)));
    case 'virtualio vnicbkdev s': {
      const priority = Number(attributesOf(words).get('failover_priority='));
      return changeVnic(snapshot, words, options, (vnic) => ({
        ...vnic,
        backingDevices: changeDevice(vnic, words, (one) => ({ ...one, failoverPriority: priority })),
      }));
    }
    case 'virtualio vnicbkdev act':
      return changeVnic(snapshot, words, options, (vnic) => {
        changeDevice(vnic, words, (one) => one);
        return {
          ...vnic,
          autoPriorityFailover: false,
          backingDevices: vnic.backingDevices.map((one) => ({
            ...one,
            active: one.logicalPortId === words.get('--logport'),
          })),
        };
      });
    case 'sriov physport s': {
      const attributes = attributesOf(words);
      return {
        ...snapshot,
        physicalPorts: snapshot.physicalPorts.map((port) =>
          String(port.adapterId) === attributes.get('adapter_id=') &&
          String(port.physicalPortId) === attributes.get('phys_port_id=')
            ? {
                ...port,
                label: attributes.get('phys_port_label=') ?? port.label,
                subLabel: attributes.get('phys_port_sub_label=') ?? port.subLabel,
              }
            : port,
        ),
      };
    }
    default:
      throw new Error(`no such change: ${kind}`);
  }
}

/** The device that carries the traffic. */
export function activeOf(vnic: Vnic): string | undefined {
  return vnic.backingDevices.find((one) => one.active === true)?.logicalPortId;
}

function isShutOff({ partitions }: Snapshot, { partition }: Vnic): boolean {
  return partitions.find(({ id }) => id === partition.id)?.state === 'Not Activated';
}

/** As an HMC lists the vNIC of a partition that is shut off: nobody is active, and nobody becomes so. */
export function poweredOff(vnic: Vnic): Vnic {
  return {
    ...vnic,
    backingDevices: vnic.backingDevices.map((one) => ({ ...one, active: false, status: 'Powered Off' })),
  };
}

/** Goes to the lowest number that is operational; stays where it is among equals. */
export function settle(vnic: Vnic, amongEquals: 'first' | 'last' = 'first'): Vnic {
  const operational = vnic.backingDevices.filter((one) => one.status === 'Operational');
  const lowest = Math.min(...operational.map((one) => one.failoverPriority));
  const best = operational
    .filter((one) => one.failoverPriority === lowest)
    .sort((a, b) => a.adapterId - b.adapterId || a.physicalPortId - b.physicalPortId);
  const winner = best.find((one) => one.active === true) ?? best.at(amongEquals === 'first' ? 0 : -1);
  return winner === undefined
    ? vnic
    : { ...vnic, backingDevices: vnic.backingDevices.map((one) => ({ ...one, active: one === winner })) };
}

/** `logicalPortOf adapter 2 port 1`: the id that the device there has by now. */
function resolve(snapshot: Snapshot, { words }: HmcCommand, ref: string): string {
  const [, adapterId, physicalPortId] = /^logicalPortOf adapter (\d+) port (\d+)$/.exec(ref) ?? [];
  const vnic = vnicOf(snapshot, optionsOf(words.slice(1).map((word) => (typeof word === 'string' ? word : ''))));
  const found = vnic.backingDevices.find(
    (one) => one.adapterId === Number(adapterId) && one.physicalPortId === Number(physicalPortId),
  );
  if (found === undefined) throw new Error(`nothing there yet: ${ref}`);
  return found.logicalPortId;
}

function changeVnic(
  snapshot: Snapshot,
  words: ReadonlyMap<string, string>,
  { elects = true, fillsGap = false, amongEquals = 'first' }: HypervisorOptions,
  change: (vnic: Vnic) => Vnic,
): Snapshot {
  const before = vnicOf(snapshot, words);
  const changed = change(before);
  if (isShutOff(snapshot, changed)) {
    return { ...snapshot, vnics: snapshot.vnics.map((one) => (one === before ? poweredOff(changed) : one)) };
  }
  const settles = changed.autoPriorityFailover === true ? elects : fillsGap && activeOf(changed) === undefined;
  const after = settles ? settle(changed, amongEquals) : changed;
  return { ...snapshot, vnics: snapshot.vnics.map((one) => (one === before ? after : one)) };
}

function create(snapshot: Snapshot, words: ReadonlyMap<string, string>): Snapshot {
  const partition = snapshot.partitions.find((one) => String(one.id) === words.get('--id'));
  const slot = Number(words.get('-s'));
  if (partition === undefined || snapshot.vnics.some((one) => one.partition.id === partition.id && one.slot === slot)) {
    throw new Error('no such partition, or the slot is taken');
  }
  const attributes = attributesOf(words);
  const list = (name: string): 'all' | 'none' | readonly string[] => {
    const value = attributes.get(name) ?? 'all';
    return value === 'all' || value === 'none' ? value : value.split(',');
  };
  const vlans = list('allowed_vlan_ids=');
  const created = setVnic(
    snapshot,
    {
      partition: { name: partition.name, id: partition.id },
      slot,
      autoPriorityFailover: true,
      portVlanId: Number(attributes.get('port_vlan_id=') ?? '0'),
      portVlanPriority: Number(attributes.get('pvid_priority=') ?? '0'),
      allowedVlanIds: typeof vlans === 'string' ? vlans : vlans.map(Number),
      macAddress: attributes.get('mac_addr=') ?? `fe${slot.toString(16).padStart(10, '0')}`,
      allowedOsMacAddresses: list('allowed_os_mac_addrs='),
      desiredMode: 'ded',
      currentMode: 'ded',
      backingDevices: [],
      attributes: {},
    },
    attributes,
  );
  const settled = isShutOff(snapshot, created) ? poweredOff(created) : settle(created);
  return { ...snapshot, vnics: [...snapshot.vnics, settled] };
}

function setVnic(snapshot: Snapshot, vnic: Vnic, attributes: ReadonlyMap<string, string>): Vnic {
  let changed = vnic;
  for (const [name, value] of attributes) {
    if (name === 'auto_priority_failover=') {
      changed = { ...changed, autoPriorityFailover: value === '1' };
    } else if (name === 'backing_devices=' || name === 'backing_devices+=') {
      const added = value.split(',').map((text) => parseDevice(snapshot, text));
      changed = { ...changed, backingDevices: [...changed.backingDevices, ...added] };
    } else if (name === 'backing_devices-=') {
      const removed = value.split(',').map((text) => parseDevice(snapshot, text));
      const isRemoved = (one: BackingDevice): boolean =>
        removed.some((other) => other.adapterId === one.adapterId && other.physicalPortId === one.physicalPortId);
      changed = { ...changed, backingDevices: changed.backingDevices.filter((one) => !isRemoved(one)) };
    }
  }
  const ports = changed.backingDevices.map((one) => `${one.adapterId}/${one.physicalPortId}`);
  if (ports.length < 1 || ports.length > 6 || new Set(ports).size < ports.length) {
    throw new Error('a vNIC has one to six backing devices on different ports');
  }
  return changed;
}

/** sriov/name/id/adapter/port/capacity/priority/maximum, the last three optional. */
function parseDevice(snapshot: Snapshot, text: string): BackingDevice {
  const [word, name, id, adapterId, physicalPortId, capacity, priority, maximum] = text.split('/');
  const server = snapshot.partitions.find((one) => (id ? String(one.id) === id : one.name === name));
  if (word !== 'sriov' || server === undefined || server.environment !== 'vioserver') {
    throw new Error(`not a backing device: ${text}`);
  }
  const onPort = Number(physicalPortId);
  const desiredMaxCapacity = maximum ? Number(maximum) : 100;
  const port = snapshot.physicalPorts.find(
    (one) => one.adapterId === Number(adapterId) && one.physicalPortId === onPort,
  );
  return device({
    status: port?.linkUp === false ? 'Link Down' : 'Operational',
    logicalPortId: logicalPortId(Number(adapterId), 40 + onPort),
    virtualIoServer: { name: server.name, id: server.id },
    adapterId: Number(adapterId),
    physicalPortId: onPort,
    desiredCapacity: capacity ? Number(capacity) : 2,
    desiredMaxCapacity,
    maxCapacity: desiredMaxCapacity,
    failoverPriority: priority ? Number(priority) : 50,
  });
}

function vnicOf(snapshot: Snapshot, words: ReadonlyMap<string, string>): Vnic {
  const found = snapshot.vnics.find(
    (one) =>
      (String(one.partition.id) === words.get('--id') || one.partition.name === words.get('-p')) &&
      String(one.slot) === words.get('-s'),
  );
  if (found === undefined) throw new Error('no such vNIC');
  return found;
}

function changeDevice(
  vnic: Vnic,
  words: ReadonlyMap<string, string>,
  change: (device: BackingDevice) => BackingDevice,
): BackingDevice[] {
  if (!vnic.backingDevices.some((one) => one.logicalPortId === words.get('--logport'))) {
    throw new Error('no such backing device');
  }
  return vnic.backingDevices.map((one) => (one.logicalPortId === words.get('--logport') ? change(one) : one));
}

/** Every option of chhwres that is used here takes a value. */
function optionsOf(words: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (let i = 0; i < words.length; i += 2) {
    options.set(words[i] ?? '', words[i + 1] ?? '');
  }
  return options;
}

/** `a=1,b="x,y"` and `"b+=x,y"`: names keep their operator. */
function attributesOf(words: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const pairs = (words.get('-a') ?? '').match(/(?:"[^"]*"|[^,"])+/g) ?? [];
  for (const pair of pairs) {
    const [, name = '', value = ''] = /^([a-z_]+[+-]?=)(.*)$/.exec(pair.replaceAll('"', '')) ?? [];
    attributes.set(name, value);
  }
  return attributes;
}
