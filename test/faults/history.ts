import type { Outage } from './outages.js';

/** What one run of the fault suite leaves behind: all that the checker looks at. Times are milliseconds since 1970. */
export interface History {
  /** Every 202 that a client got, once for each job. */
  readonly acknowledged: readonly Acknowledgement[];
  /**
   * The jobs as the API shows them at the end, those that were reconciled as they were before that; null where it does
   * not know the job.
   */
  readonly jobs: ReadonlyMap<string, JobDocument | null>;
  /** Ids of all jobs that the API lists at the end. */
  readonly listed: readonly string[];
  /** The changing commands that reached an HMC, in order of arrival. */
  readonly commands: readonly Command[];
  /** What each system was like, at the start and after each effect; in order of time. */
  readonly states: ReadonlyMap<string, readonly SystemState[]>;
  /** The listings that the workers have read, in order of arrival. */
  readonly readings: readonly Reading[];
  /** The HMCs, each of which manages every system. */
  readonly hmcs: readonly string[];
  readonly faults: readonly FaultWindow[];
  readonly outages: readonly Outage[];
  /** Names of the partitions whose vNICs have to keep the distance between two moves. */
  readonly paced: readonly string[];
  /** Settings of the service that the rules need, milliseconds. */
  readonly times: { readonly changeMs: number; readonly migrationMs: number; readonly pacingMs: number };
  /** Every try to cancel a job that was answered. */
  readonly cancels: readonly Cancel[];
  readonly pauses: readonly Pause[];
  readonly conditionals: readonly Conditional[];
  /** Every `reconcile` of a job in doubt that was answered. */
  readonly reconciled: readonly Reconciliation[];
  /** When the last job was final, or when waiting for it was given up. */
  readonly endedAt: number;
}

export interface Acknowledgement {
  readonly jobId: string;
  readonly at: number;
  readonly key: string;
}

export interface Cancel {
  readonly jobId: string;
  /** Whether an answer said that the job is canceled. An answer may be lost, and the job canceled all the same. */
  readonly granted: boolean;
}

/** A lane that was surely paused: from the answer to the pause until the call to resume was sent. */
export interface Pause {
  readonly mtms: string;
  readonly from: number;
  readonly to: number;
}

/** A job that was asked for with `If-Match`, and when its caller read the vNIC whose ETag that is. */
export interface Conditional {
  readonly jobId: string;
  readonly mtms: string;
  readonly partitionId: number;
  readonly slot: number;
  readonly readFrom: number;
  readonly readTo: number;
}

/** What `reconcile` made of a job that had ended `indeterminate`. */
export interface Reconciliation {
  readonly jobId: string;
  /** When it was asked for, and when its answer was there. */
  readonly from: number;
  readonly to: number;
  readonly state: string;
  readonly error: JobDocument['error'];
}

/** A job as `GET /v1/jobs/{id}` answers; only what is looked at. */
export interface JobDocument {
  readonly id: string;
  readonly operation: string;
  readonly state: string;
  readonly sequence: number;
  readonly managedSystem: { readonly mtms: string };
  readonly target: {
    readonly partition?: { readonly id: number; readonly name: string };
    readonly slot?: number;
    readonly macAddress?: string | null;
    readonly backingDevice?: {
      readonly logicalPortId: string;
      readonly adapterId: number;
      readonly physicalPortId: number;
    };
    readonly physicalPort?: { readonly adapterId: number; readonly physicalPortId: number };
    readonly restoreAutoPriorityFailover?: boolean;
    /** Where a migration goes. */
    readonly targetSystem?: { readonly mtms: string };
  };
  readonly request: Readonly<Record<string, unknown>>;
  readonly plan: readonly Step[];
  readonly hmc: string | null;
  /** What the readback showed; null where there was nothing, or nothing could be read. */
  readonly result: unknown;
  readonly error: { readonly type: string; readonly detail?: string; readonly effect?: string } | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface Step {
  readonly command: string;
  readonly state: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** A changing command as the simulator logged it. */
export interface Command {
  readonly hmcId: string;
  /** The replica that sent it: each logs in to the HMCs by its own name. */
  readonly worker: string;
  readonly mtms: string;
  /** Of a migration: the system that it goes to, on which it is at work as well. */
  readonly targetMtms: string | null;
  readonly line: string;
  readonly startedAt: number;
  /** null: it had none, or only asks. */
  readonly effectAt: number | null;
  /** null: it was never answered. */
  readonly finishedAt: number | null;
  readonly end: string;
  readonly exitStatus: number | null;
}

/** A listing of a system, as the simulator logged it. */
export interface Reading {
  readonly hmcId: string;
  readonly worker: string;
  readonly mtms: string;
  readonly what: Listing;
  readonly startedAt: number;
  /** null: it was never answered. */
  readonly finishedAt: number | null;
  /** It was answered, and not refused. */
  readonly ok: boolean;
}

/**
 * What the readback of a job is made of: a physical port stands under one of three levels, each with its granularity.
 */
export type Listing =
  'partitions' | 'vnics' | 'adapters' | `${'ports' | 'granularity'} ${PortLevel}` | `logical ports ${LogicalPortLevel}`;
export const PORT_LEVELS = ['ethc', 'eth', 'roce'] as const;
export type PortLevel = (typeof PORT_LEVELS)[number];
/** Without a level the unconfigured ones are listed. */
export const LOGICAL_PORT_LEVELS = ['none', 'eth', 'roce'] as const;
export type LogicalPortLevel = (typeof LOGICAL_PORT_LEVELS)[number];

/** What changes can alter on a system. */
export interface SystemState {
  readonly at: number;
  /** Names of those that it lists. */
  readonly partitions: readonly string[];
  readonly vnics: readonly VnicState[];
  /** `adapter/port` → label. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface VnicState {
  /** Name of its partition, which no other one has on any system. */
  readonly partition: string;
  readonly partitionId: number;
  readonly slot: number;
  readonly macAddress: string;
  readonly portVlanId: number;
  readonly autoPriorityFailover: boolean;
  readonly activeLogicalPortId: string | null;
  readonly devices: readonly {
    readonly logicalPortId: string;
    readonly adapterId: number;
    readonly physicalPortId: number;
    readonly failoverPriority: number;
  }[];
}

/** One fault, from the moment it began to the moment its cause was mended. */
export interface FaultWindow {
  readonly class: string;
  readonly from: number;
  readonly to: number;
  /** What it can keep the service from: reading an HMC, or only knowing how a command ended. */
  readonly hides: 'readings' | 'answers';
  /** The HMCs that it keeps from being read; empty where it hides answers only. */
  readonly hmcs: readonly string[];
  /** Whether it is known to have met a command, a connection or a call. */
  readonly struck: boolean;
}

/** The clock of the simulator and that of a worker are one; what is written down a moment later is forgiven. */
export const CLOCK_MS = 50;

/** It may have reached an HMC. */
export function isSent(step: Step): boolean {
  return step.state !== 'planned' && step.state !== 'never-started';
}

export function hasEffect(command: Command): boolean {
  return command.effectAt !== null;
}

export function stateAt(states: readonly SystemState[], at: number): SystemState {
  const state = states.findLast((each) => each.at <= at) ?? states[0];
  if (state === undefined) throw new Error('no state of this system was written down');
  return state;
}

/** What every system was like at one moment, by MTMS. */
export type World = ReadonlyMap<string, SystemState>;

export function worldAt({ states }: History, at: number): World {
  return new Map([...states].map(([mtms, own]) => [mtms, stateAt(own, at)]));
}

/** The system of a job, and the one that it goes to. */
export function systemsOf({ managedSystem, target }: JobDocument): readonly string[] {
  return [managedSystem.mtms, ...(target.targetSystem === undefined ? [] : [target.targetSystem.mtms])];
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}
