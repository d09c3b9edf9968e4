import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { effectOf } from '../core/outcome.js';
import { hasLeft } from '../core/operations/bound-target.js';
import { maybeLeftBehind } from '../core/operations/left-behind.js';
import { heldSystemOf, movesPartition } from '../core/operations/held-system.js';
import { isSameObservation } from '../core/operations/observation.js';
import { WAIT_MINUTES } from '../core/operations/wait-time.js';
import { operationOf } from '../core/operations/operations.js';
import { toProblemDocument } from '../http/problem-document.js';
import { ProblemError } from '../http/problem-error.js';
import { SERVICE_CONFIG, type ServiceConfig } from '../config/service-config.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { Inventory } from '../inventory/inventory.js';
import type { JobRecord } from '../store/job-record.js';
import { JobJournal } from '../observability/job-journal.js';
import { JobStore } from '../store/job-store.js';
import { checkUnderstood } from '../store/unusable-record.js';
import { targetDocument } from '../core/operations/target-document.js';
import { readerOf } from './job-reader.js';
import type { JobView } from './job-view.js';
import { JobsService } from './jobs.service.js';

const WAIT_MS = WAIT_MINUTES * 60_000;

/** The least that JOB_RETENTION_DAYS takes: so long every record is kept after the end of its job. */
const LEAST_RETENTION_MS = 24 * 60 * 60_000;

const NOT_KNOWN_SINCE =
  'what was done since is not all on record any more: whether this one was carried out cannot be told';
const NOT_KNOWN_BEFORE =
  'what was done before it is not all on record any more: an earlier job may have changed the target';

/** How the warning begins that says what a reconciliation found. */
const VERDICT = 'reconciled ';
const isVerdict = (warning: string): boolean => warning.startsWith(VERDICT);

/** Looks again at a job whose outcome was not known, and says what can be said now. */
@Injectable()
export class ReconcileService {
  constructor(
    private readonly inventory: Inventory,
    private readonly store: JobStore,
    private readonly jobs: JobsService,
    @Inject(SERVICE_CONFIG) private readonly config: ServiceConfig,
    private readonly journal: JobJournal,
  ) {}

  /**
   * The job as it then stands: `succeeded` when the wished state is there and nothing else may have brought it or taken it
   * along; `failed` when the command is surely over, all that the job did is on record, and the HMC that ran it does not
   * show the state (another one may not see it yet); `indeterminate` still, with the reason, when neither can be said.
   * @throws ProblemError not-found, job-not-indeterminate, and what a reading throws
   */
  async reconcile(id: string): Promise<JobView> {
    const record = await this.jobs.record(id);
    if (record.state !== 'indeterminate') {
      throw new ProblemError({
        type: 'job-not-indeterminate',
        detail: `The job is ${record.state}: there is nothing to find out.`,
        members: { state: record.state },
      });
    }
    checkUnderstood(record);
    const operation = operationOf(record.operation);
    // A command that comes to its end between the reading and the verdict is not in the reading.
    const askedAt = Date.now();
    const snapshot = await this.read(record);
    const after = targetDocument(operation, snapshot, record.target);
    const now = new Date().toISOString();

    const holds = operation.holds(snapshot, record.target, record.request);
    const observed = await this.store.observed(id);
    const seen = operation.observe(snapshot, record.target);
    const isUnchanged = isSameObservation(seen, observed);
    const doubt =
      whyGone(record, snapshot) ??
      (await this.changedSince(record)) ??
      (holds ? null : (notOnRecord(record, observed) ?? this.mayStillRun(record, snapshot, askedAt))) ??
      (holds || isUnchanged ? null : (whyReplaced(seen, after) ?? (await this.changedMeanwhile(record))));
    const found = holds ? 'the wished state is there' : 'the wished state is not there';
    const earlier = record.warnings.filter((warning) => !isVerdict(warning));
    const warnings = [...earlier, `${VERDICT}${now}: ${found}${doubt === null ? '' : `, but ${doubt}`}`];
    if (doubt !== null) return this.write({ ...record, result: after, warnings });
    if (holds) {
      if (record.afterFailover === true) warnings.unshift(...maybeLeftBehind(snapshot, record.target));
      return this.write({ ...record, state: 'succeeded', result: after, error: null, warnings, finishedAt: now });
    }

    const effect = effectOf(isUnchanged ? 'unchanged' : 'changed');
    const error = { ...toProblemDocument(notCarriedOut(record)), effect };
    return this.write({ ...record, state: 'failed', result: after, error, warnings, finishedAt: now });
  }

  /** On the HMC that ran the command; on another one while it is away, or when it is not configured any more. */
  private async read(record: JobRecord): Promise<Snapshot> {
    const operation = operationOf(record.operation);
    // Days may have passed: whether the partition is still there is asked as well.
    const parts = new Set([...operation.readback, ...(record.target.partition ? (['partitions'] as const) : [])]);
    const reader = await readerOf(this.inventory, record, { ...operation, readback: [...parts] });
    if (!reader.seenBy.some(({ hmcId }) => hmcId === record.hmc)) return reader.read('readback', 'next', null);
    try {
      return await reader.read('readback', 'next', record.hmc);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return reader.read('readback', 'next', null);
    }
  }

  /** Until a command of the job is surely over, and only on the word of the HMC that ran it, nothing is called failed. */
  private mayStillRun(record: JobRecord, snapshot: Snapshot, askedAt: number): string | null {
    if (snapshot.hmcId !== record.hmc) return this.whyElsewhere(snapshot.hmcId, record.hmc);
    const { isUnderWay } = operationOf(record.operation);
    if (isUnderWay?.(snapshot, record.target) === true) return 'the HMC says that it is still at it';
    const until = this.surelyOverAt(record);
    return askedAt < until ? `it may still come until ${new Date(until).toISOString()}` : null;
  }

  private whyElsewhere(asked: string, ranBy: string | null): string {
    const only = `only HMC ${asked} could be asked, and ${ranBy} ran the command`;
    // Removed or renamed: under this id nobody answers again.
    return this.config.hmcs.some(({ id }) => id === ranBy)
      ? `${only}: ask again when it is back`
      : `${only}, which is not configured: whether it was carried out cannot be told. Look at the target, and decide`;
  }

  /**
   * A command without an answer may be at work as long as the HMC waits for the partition (`-w`), and an accepted one may
   * show late: so long after the end of the job, when no worker sends anything of it any more, and not before the time
   * that its command may take (ms since 1970).
   */
  private surelyOverAt(record: JobRecord): number {
    const endedAt = Date.parse(record.finishedAt ?? '') || Date.now();
    const sentAt = Math.max(...record.plan.map((step) => Date.parse(step.startedAt ?? '') || 0));
    const { migrationTimeoutSeconds, hmcChangeTimeoutSeconds } = this.config;
    const seconds = movesPartition(record) ? migrationTimeoutSeconds : hmcChangeTimeoutSeconds;
    return Math.max(endedAt + WAIT_MS, sentAt + seconds * 1000);
  }

  /** What a later job did to the same target says nothing about this one. */
  private async changedSince(record: JobRecord): Promise<string | null> {
    const home = record.managedSystem.mtms;
    // A partition that has come to another system is moved on, or back, in the lane of that one.
    const moved = heldSystemOf(record);
    for (const mtms of [home, ...(moved === null ? [] : [moved])]) {
      for await (const { sequence, record: later } of this.store.lists.newestFirst(mtms)) {
        if (sequence <= record.sequence) break;
        if (later === null) return NOT_KNOWN_SINCE;
        if (later.startedAt === null || operationOf(later.operation).asks === true) continue;
        if (mtms === home ? !concernsSame(record, later) : !movesSame(record, later)) continue;
        return `job ${later.id} has worked on the same target since: whether this one was carried out cannot be told`;
      }
      if ((await this.store.lists.forgotten(mtms)) > record.sequence) return NOT_KNOWN_SINCE;
    }
    return null;
  }

  /** An earlier job whose outcome was not known either may be what has changed the target. */
  private async changedMeanwhile(record: JobRecord): Promise<string | null> {
    const beganAt = Date.parse(record.startedAt ?? '') || 0;
    const longest = Math.max(this.config.migrationTimeoutSeconds, this.config.hmcChangeTimeoutSeconds) * 1000 + WAIT_MS;
    // What is gone from the records was over a day ago: long before a job that began since then.
    const goneMatters = beganAt - longest <= Date.now() - LEAST_RETENTION_MS;
    const { mtms } = record.managedSystem;
    let lookedBackTo = 0;
    for await (const { sequence, record: earlier } of this.store.lists.newestFirst(mtms)) {
      if (sequence >= record.sequence) continue;
      if (earlier === null && goneMatters) return NOT_KNOWN_BEFORE;
      if (earlier === null || earlier.state === 'canceled') continue;
      // Jobs of one lane end in their order: those before this one were over still earlier.
      if (Date.parse(earlier.finishedAt ?? '') + longest < beganAt) {
        lookedBackTo = sequence;
        break;
      }
      if (earlier.state !== 'indeterminate' && !earlier.warnings.some(isVerdict)) continue;
      if (concernsSame(record, earlier) && this.surelyOverAt(earlier) > beganAt) {
        return `job ${earlier.id}, whose outcome was not known either, may have changed the target meanwhile`;
      }
    }
    const isGone = (await this.store.lists.forgotten(mtms)) > lookedBackTo;
    return isGone && goneMatters ? NOT_KNOWN_BEFORE : null;
  }

  private async write(record: JobRecord): Promise<JobView> {
    const written = await this.store.reconcile(record);
    if (written && record.state !== 'indeterminate') this.journal.jobEntered(record);
    return this.jobs.get(record.id);
  }
}

/** A vNIC leaves with its partition, so a system without the partition shows neither that it was changed nor removed. */
function whyGone({ target, managedSystem }: JobRecord, snapshot: Snapshot): string | null {
  if (target.partition === undefined || target.targetSystem !== undefined || !hasLeft(snapshot, target)) return null;
  return (
    `partition ${target.partition.name} is not on ${managedSystem.name} any more. If it was moved to another system, its ` +
    'vNICs went with it: look there. Whether this job was carried out before that cannot be told'
  );
}

/** What is needed to call a job failed: that nothing of it was lost, the HMC that ran it, and what was there before. */
function notOnRecord(record: JobRecord, observed: unknown): string | null {
  if (record.afterFailover === true) {
    return 'Redis failed over while it ran, and what it did last may not be on record: look at the target, and decide';
  }
  return record.hmc === null || observed === undefined
    ? 'it is not on record what was there before it: look at the target, and decide'
    : null;
}

/** What was to be changed, and is not there any more, says nothing either. */
function whyReplaced(seen: unknown, after: unknown): string | null {
  return seen === null || after === null
    ? 'what it was to change is not there any more: whether it was carried out before that cannot be told'
    : null;
}

/** Whether another job that ran on the same system is about what this one is about: it may have changed or moved it. */
function concernsSame(record: JobRecord, other: JobRecord): boolean {
  const { partition, slot, physicalPort } = record.target;
  if (physicalPort !== undefined) return isDeepStrictEqual(other.target.physicalPort, physicalPort);
  if (other.target.partition?.id !== partition?.id) return false;
  if (movesPartition(record)) return movesPartition(other);
  // No slot: the whole partition was moved, or which slot a create took was lost.
  return other.target.slot === undefined || other.target.slot === slot;
}

/** Whether the job of another system moves the partition that this one moved there: its id may be another one. */
function movesSame({ target }: JobRecord, other: JobRecord): boolean {
  if (!movesPartition(other)) return false;
  const [uuid, otherUuid] = [target.partitionUuid ?? null, other.target.partitionUuid ?? null];
  if (uuid !== null && otherUuid !== null) return uuid === otherUuid;
  return target.partition?.name === other.target.partition?.name;
}

function notCarriedOut({ error }: JobRecord): ProblemError {
  return new ProblemError({
    type: 'not-carried-out',
    detail: 'What became of the command was not known at first. It is over, and the wished state is not there.',
    members: error?.['command'] === undefined ? {} : { command: error['command'] },
  });
}
