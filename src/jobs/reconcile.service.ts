import { Inject, Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { effectOf } from '../core/outcome.js';
import { isSameObservation } from '../core/operations/observation.js';
import { WAIT_MINUTES } from '../core/operations/wait-time.js';
import { operationOf } from '../core/operations/operations.js';
import { toProblemDocument } from '../http/problem-document.js';
import { ProblemError } from '../http/problem-error.js';
import { SERVICE_CONFIG, type ServiceConfig } from '../config/service-config.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { Inventory } from '../inventory/inventory.js';
import { readForOperation } from '../inventory/read-for-operation.js';
import type { JobRecord } from '../store/job-record.js';
import { JobStore } from '../store/job-store.js';
import type { JobView } from './job-view.js';
import { JobsService } from './jobs.service.js';
import { targetDocument } from '../core/operations/target-document.js';

const WAIT_MS = WAIT_MINUTES * 60_000;

/** Looks again at a job whose outcome was not known, and says what can be said now. */
@Injectable()
export class ReconcileService {
  constructor(
    private readonly inventory: Inventory,
    private readonly store: JobStore,
    private readonly jobs: JobsService,
    @Inject(SERVICE_CONFIG) private readonly config: ServiceConfig,
  ) {}

  /**
   * The job as it then stands: `succeeded` when the wished state is there and no later job has worked on the target;
   * `failed` when the command is surely over and the HMC that ran it does not show the state (another one may not see it
   * yet); `indeterminate` still, with the reason, when neither can be said.
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
    const operation = operationOf(record.operation);
    const snapshot = await this.read(record);
    const after = targetDocument(operation, snapshot, record.target);
    const now = new Date().toISOString();

    const holds = operation.holds(snapshot, record.target, record.request);
    const doubt = (await this.changedSince(record)) ?? (holds ? null : this.mayStillRun(record, snapshot));
    const found = holds ? 'the wished state is there' : 'the wished state is not there';
    const earlier = record.warnings.filter((warning) => !warning.startsWith('reconciled '));
    const warnings = [...earlier, `reconciled ${now}: ${found}${doubt === null ? '' : `, but ${doubt}`}`];
    if (doubt !== null) return this.write({ ...record, result: after, warnings });
    if (holds) {
      return this.write({ ...record, state: 'succeeded', result: after, error: null, warnings, finishedAt: now });
    }

    const observed = operation.observe(snapshot, record.target);
    const isUnchanged = isSameObservation(observed, await this.store.observed(id));
    const effect = effectOf(isUnchanged ? 'unchanged' : 'changed');
    const error = { ...toProblemDocument(notCarriedOut(record)), effect };
    return this.write({ ...record, state: 'failed', result: after, error, warnings, finishedAt: now });
  }

  /** On the HMC that ran the command; on another one while it is away. */
  private async read(record: JobRecord): Promise<Snapshot> {
    const operation = operationOf(record.operation);
    const system = await this.inventory.find(record.managedSystem.mtms);
    const systems = { system, targetMtms: record.target.targetSystem?.mtms };
    const from = async (hmcId?: string): Promise<Snapshot> =>
      readForOperation(this.inventory, operation, 'readback', systems, {
        sharing: 'next',
        ...(hmcId === undefined ? {} : { hmcId }),
      });
    if (!system.seenBy.some(({ hmcId }) => hmcId === record.hmc)) return from();
    try {
      return await from(record.hmc ?? undefined);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return from();
    }
  }

  /**
   * A command without an answer may be at work as long as the HMC waits for the partition (`-w`), and an accepted one
   * may show late: so long after the last command nothing is called failed.
   */
  private mayStillRun(record: JobRecord, snapshot: Snapshot): string | null {
    if (record.hmc !== null && snapshot.hmcId !== record.hmc) {
      return `only HMC ${snapshot.hmcId} could be asked, and ${record.hmc} ran the command: ask again when it is back`;
    }
    const { isUnderWay, targetSystem } = operationOf(record.operation);
    if (isUnderWay?.(snapshot, record.target) === true) return 'the HMC says that it is still at it';
    const sentAt = Math.max(0, ...record.plan.map((step) => Date.parse(step.startedAt ?? '') || 0));
    const until = sentAt + (targetSystem?.holdsLane === true ? this.config.migrationTimeoutSeconds * 1000 : WAIT_MS);
    return Date.now() < until ? `it may still come until ${new Date(until).toISOString()}` : null;
  }

  /** What a later job did to the same target says nothing about this one. */
  private async changedSince(record: JobRecord): Promise<string | null> {
    const { partition, slot, physicalPort, targetSystem } = record.target;
    for (let before: number | null = null; ;) {
      const page = await this.store.list({ mtms: record.managedSystem.mtms }, 100, before);
      for (const later of page.records) {
        if (later.sequence <= record.sequence) return null;
        const sameVnic =
          slot !== undefined && later.target.partition?.id === partition?.id && later.target.slot === slot;
        const samePort = physicalPort !== undefined && isDeepStrictEqual(later.target.physicalPort, physicalPort);
        const sameMove = targetSystem !== undefined && later.target.targetSystem !== undefined;
        const samePartition = sameMove && later.target.partition?.id === partition?.id;
        if (later.startedAt !== null && (sameVnic || samePort || samePartition)) {
          return `job ${later.id} has worked on the same target since: whether this one was carried out cannot be told`;
        }
      }
      if (page.nextSequence === null) return null;
      before = page.nextSequence;
    }
  }

  private async write(record: JobRecord): Promise<JobView> {
    await this.store.reconcile(record);
    return this.jobs.get(record.id);
  }
}

function notCarriedOut({ error }: JobRecord): ProblemError {
  return new ProblemError({
    type: 'not-carried-out',
    detail: 'What became of the command was not known at first. It is over, and the wished state is not there.',
    members: error?.['command'] === undefined ? {} : { command: error['command'] },
  });
}
