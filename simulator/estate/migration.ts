import {
  cannotBeHosted,
  HmcRefusal,
  noRmcConnection,
  partitionNameTaken,
  wrongPartitionState,
} from '../commands/refusal.js';
import { addDevice, readWantedDevice, type WantedDevice } from './backing-devices.js';
import { logOn } from './error-log.js';
import { electAll, portOf, vnicsOf } from './estate.js';
import type { BackingDevice, ManagedSystem, Partition, Vnic } from './model.js';

/** One element of `vnic_mappings` (samples/migrlpar-vnic_mappings.txt). */
export interface VnicMapping {
  readonly slot: number;
  readonly viosName: string;
  readonly viosId: string;
  readonly adapterId: string;
  readonly portId: string;
  readonly capacity: string;
  readonly sourceAdapterId: number;
  readonly sourcePortId: number;
}

/** What a partition that is about to move, or moves, prints as its state; RECALLED (hmc-cli.md §1.8). */
const MIGRATING = { Running: 'Migrating - Running', 'Not Activated': 'Migrating - Not Activated' } as const;

/**
 * Moves a partition with its vNICs. Name, UUID, slots and MAC addresses stay; the id stays where it is free on the
 * target, else it is the lowest free one; each device gets a logical port there, as mapped, or by the labels where no
 * mapping tells. Its profile is then what runs, as the HMC writes it by default (hmc-cli.md §1.10). Throws HmcRefusal
 * with a line for everything that is wrong, and leaves both systems half changed then: callers work on a copy.
 */
export function migrate(
  source: ManagedSystem,
  target: ManagedSystem,
  partition: Partition,
  mappings: readonly VnicMapping[],
): void {
  check(source, target, partition);
  const { profileVnics: _profile, ...kept } = partition;
  const moved: Partition = { ...kept, id: idOn(target, partition.id) };
  target.partitions.push(moved);
  target.partitions.sort((a, b) => a.id - b.id);

  const faults: string[] = [];
  const unused = new Set(mappings);
  for (const vnic of vnicsOf(source, partition)) {
    const there: Vnic = { ...vnic, partitionId: moved.id, devices: [], activeLogicalPortId: null };
    target.vnics.push(there);
    for (const device of vnic.devices) {
      const mapping = mappings.find((one) => isOf(one, vnic, device));
      if (mapping) unused.delete(mapping);
      try {
        if (mapping) addMapped(target, there, device, mapping);
        else addByLabel(source, target, there, device);
        if (device.logicalPortId === vnic.activeLogicalPortId) {
          there.activeLogicalPortId = there.devices.at(-1)?.logicalPortId ?? null;
        }
      } catch (error) {
        if (!(error instanceof HmcRefusal)) throw error;
        faults.push(cannotBeHosted(vnic.slot, error.message));
      }
    }
    source.vnics.splice(source.vnics.indexOf(vnic), 1);
  }
  for (const { slot, sourceAdapterId, sourcePortId } of unused) {
    faults.push(
      cannotBeHosted(
        slot,
        `It has no backing device on port ${sourcePortId} of the SR-IOV adapter ${sourceAdapterId}.`,
      ),
    );
  }
  if (faults.length > 0) throw new HmcRefusal(faults.join('\n'));
  source.partitions.splice(source.partitions.indexOf(partition), 1);
  electAll(source);
  electAll(target);
  if (moved.state === 'Running') {
    for (const system of [source, target]) logCompleted(system);
  }
}

/**
 * SEED: `3EB09F5A … I S Migration Migration completed successfully`, "just in the Virtual I/O Server". That it is the
 * mover on either side, here the first server that could be it, and none for a partition that is shut off, is INFERRED.
 */
function logCompleted(system: ManagedSystem): void {
  const mover = system.partitions.find(
    ({ environment, state, rmcState }) => environment === 'vioserver' && state === 'Running' && rmcState === 'active',
  );
  if (mover === undefined) return;
  logOn(system, { virtualIoServerId: mover.id, kind: 'migration-completed', serverNumber: null }, new Date());
}

/**
 * What both systems list while a migration runs: the partition in a state that says so, on the target without its vNICs
 * yet (INVENTED, nobody has published a listing). Returns what ends it.
 */
export function showMigrating(source: ManagedSystem, target: ManagedSystem, partition: Partition): () => void {
  const before = partition.state;
  const during = before === 'Running' ? MIGRATING.Running : MIGRATING['Not Activated'];
  const shell: Partition = { ...partition, id: idOn(target, partition.id), state: during };
  partition.state = during;
  target.partitions.push(shell);
  electAll(source);
  return () => {
    if (partition.state === during) partition.state = before;
    const at = target.partitions.indexOf(shell);
    if (at >= 0) target.partitions.splice(at, 1);
    electAll(source);
  };
}

/** What is wrong with the partition or the target as a whole. Texts that are not marked in refusal.ts are INVENTED. */
function check(source: ManagedSystem, target: ManagedSystem, partition: Partition): void {
  const { name, id, environment, state, rmcState } = partition;
  if (environment === 'vioserver')
    throw new HmcRefusal(`The partition ${name} is a Virtual I/O Server and cannot be migrated.`);
  if (state !== 'Running' && state !== 'Not Activated') throw wrongPartitionState();
  // That IBM i moves without RMC is RECALLED.
  if (state === 'Running' && environment !== 'os400' && rmcState !== 'active') throw noRmcConnection(name);
  if (source.directLogicalPorts.some((port) => port.partitionId === id)) {
    throw new HmcRefusal(`The partition ${name} has SR-IOV logical ports, which cannot be migrated.`);
  }
  if (target.partitions.some((other) => other.name === name || other.uuid === partition.uuid))
    throw partitionNameTaken(name);
}

function idOn(target: ManagedSystem, wanted: number): number {
  const taken = new Set(target.partitions.map(({ id }) => id));
  let id = taken.has(wanted) ? 1 : wanted;
  while (taken.has(id)) id += 1;
  return id;
}

const isOf = (mapping: VnicMapping, vnic: Vnic, device: BackingDevice): boolean =>
  mapping.slot === vnic.slot &&
  mapping.sourceAdapterId === device.adapterId &&
  mapping.sourcePortId === device.physicalPortId;

function addMapped(target: ManagedSystem, vnic: Vnic, device: BackingDevice, mapping: VnicMapping): void {
  const { viosName, viosId, adapterId, portId, capacity } = mapping;
  addDevice(target, vnic, likeBefore(target, device, [viosName, viosId, adapterId, portId, capacity]));
}

/**
 * The first port with the label that takes it, one with the same sub-label before others,
 * and the server of the same name.
 */
function addByLabel(source: ManagedSystem, target: ManagedSystem, vnic: Vnic, device: BackingDevice): void {
  const { label = '', subLabel = '' } = portOf(source, device.adapterId, device.physicalPortId) ?? {};
  if (label === '') throw new HmcRefusal(`Its physical port has no label.`);
  const labelled = target.adapters
    .filter(({ mode }) => mode === 'sriov')
    .flatMap((adapter) => adapter.ports.map((port) => ({ adapter, port })))
    .filter(({ port }) => port.label === label)
    .sort((a, b) => Number(a.port.subLabel !== subLabel) - Number(b.port.subLabel !== subLabel));
  const name = source.partitions.find(({ id }) => id === device.virtualIoServerId)?.name;
  const servers = target.partitions
    .filter(({ environment }) => environment === 'vioserver')
    .sort((a, b) => Number(a.name !== name) - Number(b.name !== name));
  let last: HmcRefusal | undefined;
  for (const { adapter, port } of labelled) {
    for (const server of servers) {
      try {
        const place = [server.name, server.id, adapter.id ?? '', port.id, device.capacity.toFixed(2)];
        return addDevice(target, vnic, likeBefore(target, device, place));
      } catch (error) {
        if (!(error instanceof HmcRefusal)) throw error;
        last = error;
      }
    }
  }
  throw last ?? new HmcRefusal(`No physical port of the destination managed system has the label ${label}.`);
}

/** A device at another place, with its priority and its maximum. */
function likeBefore(target: ManagedSystem, device: BackingDevice, place: readonly (string | number)[]): WantedDevice {
  const { failoverPriority, maxCapacity } = device;
  return readWantedDevice(target, ['sriov', ...place, failoverPriority, maxCapacity].join('/'), true);
}
