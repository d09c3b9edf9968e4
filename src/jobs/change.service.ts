import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../core/canonical-json.js';
import { showCommand } from '../core/hmc-language/quote-word.js';
import type { OperationName, Plan, Target, TargetAddress } from '../core/operations/operation.js';
import { operationOf } from '../core/operations/operations.js';
import { targetEtag } from '../core/operations/target-etag.js';
import type { Result } from '../core/refusal.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { brokenPrecondition, parseIfMatch, parseIfNoneMatch, type Preconditions } from '../http/etag.js';
import { parseIdempotencyKey } from '../http/idempotency-key.js';
import { parsePrefer, preferenceApplied } from '../http/prefer.js';
import { ProblemError } from '../http/problem-error.js';
import { Inventory, type MergedSystem } from '../inventory/inventory.js';
import { readForOperation } from '../inventory/read-for-operation.js';
import { resolveTargetSystem } from '../inventory/resolve-target-system.js';
import { withUsedSlots } from '../inventory/with-used-slots.js';
import { JobJournal } from '../observability/job-journal.js';
import { showStored } from '../store/store-unavailable.js';
import { TurnQueue } from '../store/turn-queue.js';
import { newJob, type JobRecord, type NewJob } from '../store/job-record.js';
import { isFinal } from '../store/job-state.js';
import { JobStore, type Accepted, type IdempotencyEntry } from '../store/job-store.js';
import { targetDocument } from '../core/operations/target-document.js';
import type { JobView } from './job-view.js';
import { JobsService } from './jobs.service.js';

/** A change as it comes from a controller: shapes are checked, nothing has been read yet. */
export interface ChangeCall {
  readonly operation: OperationName;
  /** `{system}` of the path. */
  readonly system: string;
  readonly address: TargetAddress;
  /** Name or MTMS of the second system that the operation touches, from the body. */
  readonly targetSystem?: string;
  readonly body: object;
  readonly dryRun: boolean;
  readonly requestedBy: string;
  readonly http: {
    readonly method: string;
    /** Path without the query, decoded. */
    readonly path: string;
    readonly ifMatch: string | undefined;
    readonly ifNoneMatch: string | undefined;
    readonly idempotencyKey: string | undefined;
    readonly prefer: string | undefined;
  };
}

/** What a dry run shows: the commands that the change would send now. */
export interface PlanPreview {
  readonly operation: OperationName;
  readonly managedSystem: { readonly name: string; readonly mtms: string };
  readonly target: Target;
  readonly hmc: string;
  /** Empty when the wish already holds. */
  readonly plan: readonly { readonly command: string; readonly movesActive: boolean }[];
  readonly warnings: readonly string[];
  readonly before: unknown;
}

export interface ChangeAnswer {
  readonly status: 200 | 202;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JobView | PlanPreview;
}

const RETRY_AFTER_SECONDS = '2';

interface Checked {
  readonly snapshot: Snapshot;
  readonly target: Target;
  readonly plan: Plan;
}

/** Takes changes in: finds the target, checks what can be checked, stores the job, asks for a turn. */
@Injectable()
export class ChangeService {
  constructor(
    private readonly inventory: Inventory,
    private readonly store: JobStore,
    private readonly jobs: JobsService,
    private readonly turns: TurnQueue,
    private readonly journal: JobJournal,
  ) {}

  /** @throws ProblemError for every refusal; a refusal is not remembered under the Idempotency-Key */
  async accept(call: ChangeCall): Promise<ChangeAnswer> {
    const { waitSeconds } = parsePrefer(call.http.prefer);
    const conditions = {
      ifMatch: parseIfMatch(call.http.ifMatch),
      ifNoneMatch: parseIfNoneMatch(call.http.ifNoneMatch),
    };
    const idempotency = idempotencyOf(call);
    if (idempotency !== null && !call.dryRun) {
      const earlier = await this.store.findReplay(idempotency);
      if (earlier !== null) return this.replay(earlier, waitSeconds);
    }

    // Before an HMC is asked: a change that cannot be stored is refused at once.
    if (!call.dryRun) await this.store.mayAccept();
    let checked: Checked;
    try {
      checked = await this.check(call, await this.inventory.resolve(call.system), conditions);
    } catch (refusal) {
      // Another replica may have taken the same call in the meantime, and its job may be what the refusal is about.
      const meanwhile = idempotency === null || call.dryRun ? null : await this.store.findReplay(idempotency);
      if (meanwhile === null) throw refusal;
      return this.replay(meanwhile, waitSeconds);
    }
    if (call.dryRun) return { status: 200, headers: {}, body: preview(call, checked) };

    const accepted = await this.store.accept(jobOf(call, checked), idempotency);
    if (accepted.kind !== 'created') return this.replay(accepted, waitSeconds);
    this.journal.jobEntered(accepted.record);
    await this.turns.askOrLeave(accepted.record.managedSystem.mtms, `job ${accepted.record.id} is stored`);
    return tellingJob(accepted.record.id, () => this.answer(accepted.record, waitSeconds, {}));
  }

  private async check(call: ChangeCall, system: MergedSystem, conditions: Preconditions): Promise<Checked> {
    const operation = operationOf(call.operation);
    const target =
      call.targetSystem === undefined ? undefined : await resolveTargetSystem(this.inventory, call.targetSystem);
    const systems = { system, targetMtms: target?.mtms };
    const read = await readForOperation(this.inventory, operation, 'needs', systems, { sharing: 'next' });
    const bound = valueOf(operation.bind(read, call.address, call.body));
    checkConditions(conditions, () => targetEtag(operation, read, bound));
    const snapshot = await withUsedSlots(this.inventory, operation, read, bound, 'next');
    const plan = valueOf(operation.plan(snapshot, bound, call.body));
    return { snapshot, target: bound, plan };
  }

  private async replay(earlier: Exclude<Accepted, { kind: 'created' }>, wait: number | null): Promise<ChangeAnswer> {
    if (earlier.kind === 'mismatch') {
      throw new ProblemError({
        type: 'idempotency-key-reused',
        detail:
          'This Idempotency-Key came with another method, path, body, If-Match or If-None-Match before. Take a new key for a new request.',
      });
    }
    const { jobId } = earlier;
    return tellingJob(jobId, async () =>
      this.answer(await this.jobs.record(jobId), wait, { 'Idempotency-Replayed': 'true' }),
    );
  }

  private async answer(
    record: JobRecord,
    waitSeconds: number | null,
    extra: Readonly<Record<string, string>>,
  ): Promise<ChangeAnswer> {
    const headers = { Location: `/v1/jobs/${record.id}`, ...extra };
    if (waitSeconds !== null && waitSeconds > 0) {
      const ended = await this.jobs.waitForEnd(record.id, waitSeconds);
      const body = await this.jobs.view(ended);
      if (isFinal(ended.state)) {
        return { status: 200, headers: { ...headers, 'Preference-Applied': preferenceApplied(waitSeconds) }, body };
      }
      return { status: 202, headers: { ...headers, 'Retry-After': RETRY_AFTER_SECONDS }, body };
    }
    return {
      status: 202,
      headers: { ...headers, 'Retry-After': RETRY_AFTER_SECONDS },
      body: await this.jobs.view(record),
    };
  }
}

/**
 * Shows a job that is stored, whatever Redis does now.
 * @throws ProblemError store-unavailable, with the id of the job, where Redis does not tell how it stands
 */
function tellingJob<T>(jobId: string, show: () => Promise<T>): Promise<T> {
  const stored =
    `The change is stored as job ${jobId}, and Redis does not tell now how the job stands. Look at the job later; to ask ` +
    'again without the same Idempotency-Key would make another one.';
  return showStored(stored, show, { jobId });
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new ProblemError(result.refusal);
  return result.value;
}

/** @throws ProblemError precondition-failed: the target is not, or is, what the caller takes it for */
function checkConditions(conditions: Preconditions, etagNow: () => string | null): void {
  switch (brokenPrecondition(conditions, etagNow)) {
    case null:
      return;
    case 'if-match':
      throw new ProblemError({
        type: 'precondition-failed',
        detail: 'The target is not as If-Match says. Read it again, look at what has changed, and decide.',
      });
    case 'if-none-match':
      throw new ProblemError({
        type: 'precondition-failed',
        detail: 'The target is there, and If-None-Match asks for a call only where it is not. Read it, and decide.',
      });
  }
}

function idempotencyOf(call: ChangeCall): IdempotencyEntry | null {
  const key = parseIdempotencyKey(call.http.idempotencyKey);
  if (key === null) return null;
  const { method, path, ifMatch, ifNoneMatch } = call.http;
  const conditions = [ifMatch ?? null, ...(ifNoneMatch === undefined ? [] : [ifNoneMatch])];
  const content = canonicalJson([method, path, call.body, ...conditions]);
  return { caller: call.requestedBy, key, fingerprint: createHash('sha256').update(content).digest('hex') };
}

function preview(call: ChangeCall, { snapshot, target, plan }: Checked): PlanPreview {
  const operation = operationOf(call.operation);
  return {
    operation: call.operation,
    managedSystem: { name: snapshot.system.name, mtms: snapshot.system.mtms },
    target: plan.target,
    hmc: snapshot.hmcId,
    plan: plan.steps.map(({ command, movesActive }) => ({ command: showCommand(command), movesActive })),
    warnings: plan.warnings ?? [],
    before: targetDocument(operation, snapshot, target),
  };
}

function jobOf({ operation, requestedBy, body, http }: ChangeCall, { snapshot, target }: Checked): NewJob {
  const { ifMatch, ifNoneMatch } = http;
  const managedSystem = snapshot.system;
  return newJob({ operation, managedSystem, target, requestedBy, request: body, ifMatch, ifNoneMatch });
}
