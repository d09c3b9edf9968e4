/** What one run of the fault suite leaves behind: all that the checker looks at. Times are milliseconds since 1970. */
export interface History {
  /** Every 202 that a client got, once for each job. */
  readonly acknowledged: readonly Acknowledgement[];
  /** The jobs as the API shows them at the end; null where it does not know the job. */
  readonly jobs: ReadonlyMap<string, JobDocument | null>;
  /** Ids of all jobs that the API lists at the end. */
  readonly listed: readonly string[];
  /** The changing commands that reached an HMC, in order of arrival. */
  readonly commands: readonly Command[];
  /** What each system was like, at the start and after each effect; in order of time. */
  readonly states: ReadonlyMap<string, readonly SystemState[]>;
  readonly faults: readonly FaultWindow[];
  /** When the last job was final, or when waiting for it was given up. */
  readonly endedAt: number;
}

export interface Acknowledgement {
  readonly jobId: string;
  readonly at: number;
  readonly key: string;
}

/** A job as `GET /v1/jobs/{id}` answers; only what is looked at. */
export interface JobDocument {
  readonly id: string;
  readonly operation: string;
  readonly state: string;
  readonly sequence: number;
  readonly managedSystem: { readonly mtms: string };
  readonly target: {
    readonly partition?: { readonly id: number };
    readonly slot?: number;
    readonly macAddress?: string | null;
    readonly backingDevice?: {
      readonly logicalPortId: string;
      readonly adapterId: number;
      readonly physicalPortId: number;
    };
    readonly physicalPort?: { readonly adapterId: number; readonly physicalPortId: number };
    readonly restoreAutoPriorityFailover?: boolean;
  };
  readonly request: Readonly<Record<string, unknown>>;
  readonly plan: readonly Step[];
  readonly hmc: string | null;
  /** What the readback showed; null where there was nothing, or nothing could be read. */
  readonly result: unknown;
  readonly error: { readonly type: string; readonly detail?: string; readonly effect?: string } | null;
  readonly createdAt: string;
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
  readonly mtms: string;
  readonly line: string;
  readonly startedAt: number;
  /** null: it had none. */
  readonly effectAt: number | null;
  /** null: it was never answered. */
  readonly finishedAt: number | null;
  readonly end: string;
  readonly exitStatus: number | null;
}

/** What changes can alter on a system. */
export interface SystemState {
  readonly at: number;
  readonly vnics: readonly VnicState[];
  /** `adapter/port` → label. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface VnicState {
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
  /** Whether it met anything; null where that cannot be told. */
  readonly struck: boolean | null;
}
