import { randomUUID } from 'node:crypto';
import type { OperationName, Target } from '../core/operations/operation.js';
import type { StepState } from '../core/outcome.js';
import type { ProblemDocument } from '../http/problem-document.js';

export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'indeterminate', 'canceled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** One command of a job, in the order sent. Times are ISO 8601 UTC. */
export interface JobStep {
  readonly command: string;
  readonly state: StepState;
  readonly movesActive: boolean;
  readonly exitStatus: number | null;
  /**
   * What the HMC printed on both streams, or why it gave no answer. null without an answer yet, and for a success
   * without words.
   */
  readonly hmcMessage: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export type WaitReason = 'turn' | 'paused' | 'pacing' | 'settling' | 'hmc';

/** The durable record of one request to change something: what a client polls. Kept apart from BullMQ's jobs. */
export interface JobRecord {
  readonly id: string;
  readonly operation: OperationName;
  readonly state: JobState;
  /** Order of acceptance, over all lanes. Jobs of one lane run in this order. */
  readonly sequence: number;
  readonly waitingFor: { readonly reason: WaitReason; readonly until: string | null } | null;
  readonly managedSystem: { readonly name: string; readonly mtms: string };
  /** With what the plan of the present run has decided: the slot of a create, a failover to switch on again. */
  readonly target: Target;
  /** As it was seen at accept. A job that is put back before anything was sent begins with it again. */
  readonly boundTarget: Target;
  /** Name of the API key; `anonymous` with AUTH=none. */
  readonly requestedBy: string;
  readonly request: unknown;
  readonly ifMatch: string | null;
  readonly ifNoneMatch?: string;
  readonly plan: readonly JobStep[];
  /** Id of the HMC that serves the job; null until it runs. */
  readonly hmc: string | null;
  readonly before: unknown;
  readonly result: unknown;
  readonly error: ProblemDocument | null;
  readonly warnings: readonly string[];
  /** How often the job was put back to the front because its worker was lost before anything was sent. */
  readonly requeues: number;
  /** Redis failed over while the job was at work: what it did last may be missing here. */
  readonly afterFailover?: true;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** The record before the store has given it a place. */
export type NewJob = Omit<JobRecord, 'sequence' | 'state'>;

/** What a caller asked for, and what it was bound to. */
interface Asked extends Pick<JobRecord, 'operation' | 'managedSystem' | 'target' | 'requestedBy' | 'request'> {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** A job of which nothing has been done yet. */
export function newJob(asked: Asked): NewJob {
  return {
    id: randomUUID(),
    operation: asked.operation,
    waitingFor: null,
    managedSystem: { name: asked.managedSystem.name, mtms: asked.managedSystem.mtms },
    target: asked.target,
    boundTarget: asked.target,
    requestedBy: asked.requestedBy,
    request: asked.request,
    ifMatch: asked.ifMatch ?? null,
    ...(asked.ifNoneMatch === undefined ? {} : { ifNoneMatch: asked.ifNoneMatch }),
    plan: [],
    hmc: null,
    before: null,
    result: null,
    error: null,
    warnings: [],
    requeues: 0,
    createdAt: new Date().toISOString(),
    startedAt: null,
    finishedAt: null,
  };
}

/** Reads a stored hash back into a record: `state` and `sequence` are fields of their own, for the scripts. */
export function recordOf(hash: Readonly<Record<string, string>>): JobRecord | null {
  if (hash['record'] === undefined) return null;
  return {
    ...(JSON.parse(hash['record']) as JobRecord),
    state: hash['state'] as JobState,
    sequence: Number(hash['sequence']),
  };
}
