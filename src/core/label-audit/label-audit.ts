import type { ProblemType } from '../problem-type.js';
import type { Verdict } from '../readiness/check.js';
import type { SriovAdapter } from '../resources/sriov-adapter.js';
import type { Pieces } from './pieces.js';
import { auditedPorts, type AuditedPort, type AuditReading } from './audited-port.js';
import { judgeMove, type MovingPartition } from './judge-move.js';

/** A managed system as it was asked for; `mtms` is null when no HMC that answers knows it. */
export interface AskedSystemRef {
  readonly name: string;
  readonly mtms: string | null;
}

/** A system that was asked for, with its reading or with the reason why there is none now. */
export type AskedSystem =
  | { readonly system: AskedSystemRef; readonly reading: AuditReading }
  | { readonly system: AskedSystemRef; readonly reading: null; readonly problem: ProblemType; readonly reason: string };

/** An adapter that lists no port: it is in dedicated mode, missing, or the like. */
export type PortlessAdapter = Pick<SriovAdapter, 'adapterId' | 'slotId' | 'physicalLocation' | 'mode' | 'status'>;

export interface AuditedSystem {
  readonly managedSystem: AskedSystemRef;
  /** false: it could not be read now, and nothing below says anything about it. */
  readonly read: boolean;
  /** Type of the problem and its words when it could not be read, else null. */
  readonly problem: ProblemType | null;
  readonly reason: string | null;
  readonly hmc: string | null;
  /** ISO 8601, UTC. */
  readonly takenAt: string | null;
  readonly portsWithoutLabel: readonly AuditedPort[];
  readonly adaptersWithoutPorts: readonly PortlessAdapter[];
}

/** The ports of one system that carry a label. */
export interface LabelOnSystem {
  readonly managedSystem: AskedSystemRef;
  readonly ports: readonly AuditedPort[];
  /** Two of the ports have the same sub-label too (or none): which of them LPM takes is up to the HMC. */
  readonly ambiguous: boolean;
}

export interface AuditedLabel {
  readonly label: string;
  /** Systems with at least one port of this label. */
  readonly systems: readonly LabelOnSystem[];
  /** Systems without one. */
  readonly missingOn: readonly AskedSystemRef[];
  /** Systems that could not be read. */
  readonly unknownOn: readonly AskedSystemRef[];
}

/** From one system to another. */
export interface AuditedMove {
  readonly from: AskedSystemRef;
  readonly to: AskedSystemRef;
  /**
   * `pass`: every partition with vNICs could move with them; `fail`: at least one could not; `unknown`: one of the
   * systems was not read.
   */
  readonly verdict: Verdict;
  /**
   * How many partitions have vNICs, and how many of these could not move with them; null when one of the systems was
   * not read.
   */
  readonly partitionCount: number | null;
  readonly stuckCount: number | null;
  /** Those that could not move first, else in the order of their ids. Empty when one of the systems was not read. */
  readonly partitions: readonly MovingPartition[];
}

export interface LabelAudit {
  readonly systems: readonly AuditedSystem[];
  /** In the order of the labels. */
  readonly labels: readonly AuditedLabel[];
  /** Every system with every other one, both ways. */
  readonly moves: readonly AuditedMove[];
}

interface SystemPorts {
  readonly system: AskedSystemRef;
  readonly reading: AuditReading | null;
  readonly ports: readonly AuditedPort[];
}

/**
 * Compares the labels of systems, a piece for each partition that could move. Labels are the same when they are equal
 * to the letter (how the HMC compares: INFERRED).
 */
export function* auditLabels(asked: readonly AskedSystem[]): Pieces<LabelAudit> {
  const systems = asked.map(({ system, reading }): SystemPorts => {
    return { system, reading, ports: reading === null ? [] : auditedPorts(reading) };
  });
  const labels = [...new Set(systems.flatMap(({ ports }) => ports.map(({ label }) => label)))]
    .filter((label) => label !== '')
    .sort();
  const moves: AuditedMove[] = [];
  for (const from of systems) {
    for (const to of systems) if (to !== from) moves.push(yield* auditedMove(from, to));
  }
  return {
    systems: asked.map((one, index) => auditedSystem(one, systems[index]?.ports ?? [])),
    labels: labels.map((label) => auditedLabel(label, systems)),
    moves,
  };
}

function auditedSystem(asked: AskedSystem, ports: readonly AuditedPort[]): AuditedSystem {
  if (asked.reading === null) {
    const { system, problem, reason } = asked;
    return {
      managedSystem: system,
      read: false,
      problem,
      reason,
      hmc: null,
      takenAt: null,
      portsWithoutLabel: [],
      adaptersWithoutPorts: [],
    };
  }
  const { system, reading } = asked;
  return {
    managedSystem: system,
    read: true,
    problem: null,
    reason: null,
    hmc: reading.hmcId,
    takenAt: reading.takenAt,
    portsWithoutLabel: ports.filter(({ label }) => label === ''),
    adaptersWithoutPorts: reading.adapters
      .filter(({ adapterId }) => adapterId === null || !ports.some((port) => port.adapterId === adapterId))
      .map(({ adapterId, slotId, physicalLocation, mode, status }) => {
        return { adapterId, slotId, physicalLocation, mode, status };
      }),
  };
}

function auditedLabel(label: string, systems: readonly SystemPorts[]): AuditedLabel {
  const found = systems.map(({ system, reading, ports }) => {
    return { system, isRead: reading !== null, ports: ports.filter((port) => port.label === label) };
  });
  return {
    label,
    systems: found
      .filter(({ ports }) => ports.length > 0)
      .map(({ system, ports }) => {
        const subLabels = new Set(ports.map(({ subLabel }) => subLabel));
        return { managedSystem: system, ports, ambiguous: subLabels.size < ports.length };
      }),
    missingOn: found.filter(({ isRead, ports }) => isRead && ports.length === 0).map(({ system }) => system),
    unknownOn: found.filter(({ isRead }) => !isRead).map(({ system }) => system),
  };
}

function* auditedMove(from: SystemPorts, to: SystemPorts): Pieces<AuditedMove> {
  if (from.reading === null || to.reading === null) {
    return {
      from: from.system,
      to: to.system,
      verdict: 'unknown',
      partitionCount: null,
      stuckCount: null,
      partitions: [],
    };
  }
  const judged = yield* judgeMove(from.reading, to.reading);
  const stuck = judged.filter(({ movable }) => !movable);
  return {
    from: from.system,
    to: to.system,
    verdict: stuck.length === 0 ? 'pass' : 'fail',
    partitionCount: judged.length,
    stuckCount: stuck.length,
    partitions: [...stuck, ...judged.filter(({ movable }) => movable)],
  };
}
