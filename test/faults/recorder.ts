import { mtms, type ManagedSystem } from '../../simulator/estate/model.js';
import type { CommandLogEntry } from '../../simulator/log/command-log.js';
import type { Command, Listing, LogicalPortLevel, PortLevel, Reading, SystemState } from './history.js';

/** Writes down what each system was like after each effect, as the simulator tells of the end of a command. */
export class Recorder {
  private readonly states = new Map<string, SystemState[]>();

  constructor(private readonly systems: readonly ManagedSystem[]) {
    for (const system of systems) this.states.set(mtms(system), [stateOf(system, 0)]);
  }

  /** To be called in the same breath in which a command ends. */
  heard(entry: CommandLogEntry): void {
    if (entry.kind !== 'change') return;
    const command = commandOf(entry);
    if (command.effectAt === null) return;
    for (const changed of [command.mtms, command.targetMtms]) {
      const system = this.systems.find((each) => mtms(each) === changed);
      if (system) this.states.get(mtms(system))?.push(stateOf(system, command.effectAt));
    }
  }

  history(): ReadonlyMap<string, readonly SystemState[]> {
    return this.states;
  }
}

/** A changing command that named a system, with the times of the wall clock. */
export function commandOf(entry: CommandLogEntry): Command {
  const { words } = entry;
  const valueOf = (option: string): string => words[words.indexOf(option) + 1] ?? '';
  const migrates = words[0] === 'migrlpar';
  const asks = migrates && valueOf('-o') === 'v';
  return {
    hmcId: entry.hmcId,
    worker: entry.user,
    mtms: entry.mtms ?? '',
    targetMtms: migrates && !asks ? valueOf('-t') : null,
    line: entry.line,
    startedAt: Date.parse(entry.startedAtTime),
    effectAt: entry.effectAt === null || asks ? null : wallClock(entry, entry.effectAt),
    finishedAt: entry.finishedAt === null ? null : wallClock(entry, entry.finishedAt),
    end: entry.end,
    exitStatus: entry.exitStatus,
  };
}

/** A listing that can be part of a readback; null for everything else. */
export function readingOf(entry: CommandLogEntry): Reading | null {
  const what = listingOf(entry.words);
  if (entry.kind !== 'read' || what === null || entry.mtms === null) return null;
  const { hmcId, worker, mtms, startedAt, finishedAt, end, exitStatus } = commandOf(entry);
  // An old HMC refuses to tell the granularity, and the listing is whole without it.
  const ok = end === 'exited' && (exitStatus === 0 || what.startsWith('granularity'));
  return { hmcId, worker, mtms, what, startedAt, finishedAt, ok };
}

function listingOf(words: readonly string[]): Listing | null {
  const valueOf = (option: string): string | undefined =>
    words.includes(option) ? words[words.indexOf(option) + 1] : undefined;
  if (words[0] === 'lssyscfg') return valueOf('-r') === 'lpar' ? 'partitions' : null;
  if (words[0] !== 'lshwres') return null;
  switch (valueOf('--rsubtype')) {
    case 'vnic':
      return 'vnics';
    case 'adapter':
      return 'adapters';
    case 'logport':
      return `logical ports ${(valueOf('--level') ?? 'none') as LogicalPortLevel}`;
    case 'physport':
      return `${words.includes('-F') ? 'granularity' : 'ports'} ${valueOf('--level') as PortLevel}`;
    default:
      return null;
  }
}

/** The simulator measures with the monotonic clock; jobs carry the time of the wall clock. */
function wallClock(entry: CommandLogEntry, monotonic: number): number {
  return Date.parse(entry.startedAtTime) + (monotonic - entry.startedAt);
}

export function stateOf(system: ManagedSystem, at: number): SystemState {
  return {
    at,
    partitions: system.partitions.map(({ name }) => name),
    vnics: system.vnics.map((vnic) => ({
      partition: system.partitions.find(({ id }) => id === vnic.partitionId)?.name ?? '',
      partitionId: vnic.partitionId,
      slot: vnic.slot,
      macAddress: vnic.macAddress,
      portVlanId: vnic.portVlanId,
      autoPriorityFailover: vnic.autoPriorityFailover,
      activeLogicalPortId: vnic.activeLogicalPortId,
      devices: vnic.devices.map(({ logicalPortId, adapterId, physicalPortId, failoverPriority }) => ({
        logicalPortId,
        adapterId,
        physicalPortId,
        failoverPriority,
      })),
    })),
    labels: Object.fromEntries(
      system.adapters.flatMap(({ id, ports }) => ports.map((port) => [`${id ?? '-'}/${port.id}`, port.label])),
    ),
  };
}
