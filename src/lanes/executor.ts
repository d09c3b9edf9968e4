import { hmcWords } from '../core/hmc-language/error-catalogue.js';
import { renderCommand, showCommand } from '../core/hmc-language/quote-word.js';
import { owedRestoration } from '../core/operations/automatic-failover.js';
import { movesPartition } from '../core/operations/held-system.js';
import { leftBehind } from '../core/operations/left-behind.js';
import { operationOf } from '../core/operations/operations.js';
import type { Operation, Plan, PlannedCommand } from '../core/operations/operation.js';
import { effectOf, MOST_REQUEUES, outcome, settleDecision } from '../core/outcome.js';
import type { Refusal } from '../core/refusal.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import type { CommandEnd } from '../hmc/command-end.js';
import type { HmcConnections } from '../hmc/hmc-connections.js';
import { problemOfCommandEnd } from '../hmc/command-problem.js';
import { ProblemError } from '../http/problem-error.js';
import type { Inventory } from '../inventory/inventory.js';
import type { JobRecord } from '../store/job-record.js';
import { partitionLeft } from '../core/operations/bound-target.js';
import { isPaced } from '../core/operations/partition-os.js';
import { targetDocument } from '../core/operations/target-document.js';
import { whyNotAsAccepted } from './as-accepted.js';
import { HmcWait } from './hmc-wait.js';
import { JobRun, type JobWatch } from './job-run.js';
import { answerOf, decidingStep, sentSteps, withLastSent, withPlan, withPlanWarnings, withSent } from './job-steps.js';
import { type LaneStore } from '../store/lane-store.js';
import { LeaseLost } from '../store/lease.js';
import type { LaneSettings } from './lane-settings.js';
import type { LeaseKeeper } from './lease-keeper.js';
import { Pacing } from './pacing.js';
import { readRest, readToPlan } from './plan-reading.js';
import { kindOfReading, readBack, type Reading, type TargetReading } from './readback.js';
import { restAfter } from './rest-after.js';
import { OVER, type RunEnd } from './run-end.js';
import { recordedEnd, stepEnd, unknownOutcome, type StepEnd } from './step-end.js';

/*
 * ┌──────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
 * │ HOW A JOB RUNS. Read, check, plan, store the plan. Then for each command: mark it as sent, send it, record the     │
 * │ answer, read back, decide (core/outcome.ts), plan the rest from the readback.                                      │
 * │                                                                                                                    │
 * │ NO COMMAND IS SENT TWICE, unless it surely never started, or the HMC refused it as busy and the target is just as  │
 * │ it was. A step stands in the record as "sent" before the exec request is written; a worker that dies after that    │
 * │ leaves it there, and the next turn looks at the system instead of sending again.                                   │
 * └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 */

/** Where a job stands after a command: at its end, or with a rest to do. */
type Concluded =
  { readonly kind: 'over' } | { readonly kind: 'rest'; readonly snapshot: Snapshot; readonly plan: Plan };

type AnyOperation = Operation<unknown>;

export class Executor {
  private readonly pacing: Pacing;
  private readonly hmcWait: HmcWait;

  constructor(
    private readonly lanes: LaneStore,
    private readonly inventory: Inventory,
    private readonly hmcs: HmcConnections,
    private readonly settings: LaneSettings,
    private readonly watch: JobWatch,
    /** Told of every fault of ours, for the log. */
    private readonly reportFault: (error: unknown, jobId: string) => void,
  ) {
    this.pacing = new Pacing(lanes.pacing, settings.pacingMs);
    this.hmcWait = new HmcWait(lanes, inventory, settings);
  }

  /** Runs a job that has just been started. Throws LeaseLost when the lane goes to another owner. */
  async run(keeper: LeaseKeeper, started: JobRecord): Promise<RunEnd> {
    const run = new JobRun(keeper, this.lanes, this.watch, started);
    return this.guard(run, () => this.prepare(run));
  }

  /** Deals with a job that an earlier owner of the lane left running: looks first, never repeats blindly. */
  async settle(keeper: LeaseKeeper, orphan: JobRecord, observed: unknown): Promise<RunEnd> {
    const run = new JobRun(keeper, this.lanes, this.watch, orphan);
    return this.guard(run, async () => {
      // Whoever could have written the answer down is gone.
      if (orphan.plan.some((step) => step.state === 'sent')) {
        await run.update({ plan: withLastSent(orphan.plan, { state: 'unknown' }) });
      }
      if (operationOf(orphan.operation).asks === true && sentSteps(orphan).length > 0) {
        await run.fail(answerLost(), 'none', orphan.before);
        return OVER;
      }
      const reading = await readBack(this.inventory, run.record, observed);
      const decision = settleDecision({
        holds: reading.kind === 'read' && reading.holds,
        steps: orphan.plan.map((step) => step.state),
        requeues: orphan.requeues,
      });
      switch (decision) {
        case 'succeeded':
          await this.succeed(run, reading);
          return OVER;
        case 'requeue':
          await run.putBack(null, true);
          return { kind: 'put-back', dueAt: Date.now() };
        case 'worker-lost':
          await run.fail(workerLost(), 'none', reading.kind === 'read' ? reading.result : orphan.before);
          return OVER;
        case 'look':
          return this.settleSent(run, observed);
      }
    });
  }

  /** Something was sent: what its answer and the readback say decides, as if the worker had not been lost. */
  private async settleSent(run: JobRun, observed: unknown): Promise<RunEnd> {
    const deciding = decidingStep(run.record);
    if (deciding === undefined) throw new Error('a job that has sent nothing is put back');
    if (deciding.movesActive) await this.pacing.begin(run.record, true);
    const end = recordedEnd(deciding, run.record.hmc ?? '');
    const concluded = await this.conclude(run, deciding.command, end, observed, observed);
    if (concluded.kind === 'over') return OVER;
    await this.adopt(run, concluded);
    return this.carryOut(run, concluded.snapshot, concluded.plan, observed);
  }

  /** A fault of ours ends the job, as a fault of ours; a lost lease or a lost Redis ends the turn. */
  private async guard(run: JobRun, work: () => Promise<RunEnd>): Promise<RunEnd> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      if (error instanceof ProblemError && error.type === 'store-unavailable') throw error;
      this.reportFault(error, run.record.id);
      const problem =
        error instanceof ProblemError
          ? error
          : new ProblemError({ type: 'internal-error', detail: 'The service failed while it ran this job.' });
      if (sentSteps(run.record).length === 0) {
        await run.fail(problem, 'none', run.record.before);
        return OVER;
      }
      await this.warnOfRest(run, null);
      await run.leaveIndeterminate(problem, run.record.result);
      return { kind: 'closed', dueAt: Date.now() + this.settings.settleMs };
    }
  }

  // ── before ────────────────────────────────────────────────────────────────────────────────────────────────────

  private async prepare(run: JobRun): Promise<RunEnd> {
    const { record } = run;
    const operation = operationOf(record.operation);
    let snapshot: Snapshot;
    try {
      snapshot = await readToPlan(this.inventory, record, 'needs');
    } catch (error) {
      return this.hmcWait.putBack(run, error);
    }
    const refused = whyNotAsAccepted(operation, snapshot, record);
    if (refused !== null) {
      await this.finishUnsent(run, operation, snapshot, refused);
      return OVER;
    }
    const planned = operation.plan(snapshot, record.target, record.request);
    if (!planned.ok) {
      await this.finishUnsent(run, operation, snapshot, new ProblemError(planned.refusal));
      return OVER;
    }
    run.paced = isPaced(snapshot, planned.value.target);
    const observed = operation.observe(snapshot, planned.value.target);
    await run.update(
      {
        hmc: snapshot.hmcId,
        target: planned.value.target,
        before: targetDocument(operation, snapshot, planned.value.target),
        waitingFor: null,
        plan: withPlan(record.plan, planned.value.steps),
        warnings: withPlanWarnings(record.warnings, planned.value.warnings),
      },
      observed,
    );
    return this.carryOut(run, snapshot, planned.value, observed);
  }

  private async finishUnsent(
    run: JobRun,
    operation: AnyOperation,
    snapshot: Snapshot,
    why: ProblemError | 'nothing-left',
  ): Promise<void> {
    await this.lanes.hmcAway.end(run.record.managedSystem.mtms);
    const result = targetDocument(operation, snapshot, run.record.target);
    await run.update({ hmc: snapshot.hmcId, before: result });
    if (why === 'nothing-left') await run.succeed(result, partitionLeft(snapshot, run.record.target));
    else await run.fail(why, 'none', result);
  }

  // ── the commands ──────────────────────────────────────────────────────────────────────────────────────────────

  private async carryOut(run: JobRun, first: Snapshot, firstPlan: Plan, observed: unknown): Promise<RunEnd> {
    const operation = operationOf(run.record.operation);
    let snapshot = first;
    let plan = firstPlan;
    // Until when the rest of a plan that has begun waits for an HMC that takes it.
    let hmcUntil: number | null = null;
    for (;;) {
      const step = plan.steps[0];
      if (step === undefined) {
        await this.lanes.hmcAway.end(run.record.managedSystem.mtms);
        await run.succeed(targetDocument(operation, snapshot, plan.target));
        return OVER;
      }
      const line = renderCommand(step.command);
      // A refused command comes here again only when it found the HMC busy and left nothing behind.
      if (sentSteps(run.record).some((sent) => sent.command === line && sent.state !== 'failed')) {
        throw new ProblemError({
          type: 'outcome-unknown',
          detail:
            'A command of this job is wanted a second time, after the HMC had accepted it. It was not sent again.',
          members: { command: line },
        });
      }
      const paced = await this.pace(run, step);
      if (paced !== null) return paced;

      const end = await this.send(run, snapshot, step, line);
      if (end.kind === 'never-started') {
        hmcUntil ??= Date.now() + this.settings.hmcWaitMs;
        const again = await this.afterNeverStarted(run, operation, end, line, hmcUntil);
        if (again.kind !== 'rest') return again;
        ({ snapshot, plan } = again);
        continue;
      }
      hmcUntil = null;
      const ended = stepEnd(end, run.record.hmc ?? '', line);
      if (operation.asks === true) {
        await this.answer(run, operation, snapshot, ended, end.kind === 'exited' ? hmcWords(end) : '');
        return OVER;
      }
      const before = operation.observe(snapshot, run.record.target);
      const concluded =
        (await this.afterBusy(run, line, ended, before)) ?? (await this.conclude(run, line, ended, observed, before));
      if (concluded.kind === 'over') return OVER;
      ({ snapshot, plan } = concluded);
      await this.adopt(run, concluded);
    }
  }

  /** What the HMC answers to a question is the result; without an answer nothing has changed either. */
  private async answer(
    run: JobRun,
    operation: AnyOperation,
    snapshot: Snapshot,
    end: StepEnd,
    words: string,
  ): Promise<void> {
    const asked = operation.result(snapshot, run.record.target);
    if (end.kind === 'exit-zero') await run.succeed({ ...(asked as object | null), hmcMessage: words });
    else await run.fail(end.problem, 'none', asked);
  }

  /**
   * The HMC was busy: waits, and hands the same rest back, as long as the target is just as it was before the command.
   * null: it was not busy, was so too often, or something has changed; then the refusal stands.
   */
  private async afterBusy(run: JobRun, line: string, end: StepEnd, before: unknown): Promise<Concluded | null> {
    if (end.kind !== 'exit-nonzero' || !end.busy) return null;
    const tries = sentSteps(run.record).filter((step) => step.command === line).length;
    const pause = this.settings.busyPausesMs[tries - 1];
    if (pause === undefined) return null;
    await run.waitFor('hmc', Date.now() + pause);
    await run.keeper.sleep(pause);
    const reading = await readBack(this.inventory, run.record, before);
    if (reading.kind === 'unreadable' || kindOfReading(reading, before) !== 'unchanged') return null;
    const { operation, target, request } = run.record;
    const planned = operationOf(operation).plan(reading.snapshot, target, request);
    const next = planned.ok ? planned.value.steps[0] : undefined;
    if (!planned.ok || next === undefined || showCommand(next.command) !== line) return null;
    return { kind: 'rest', snapshot: reading.snapshot, plan: planned.value };
  }

  /** Takes over what is left to do, planned again from a readback; on the HMC that was read. */
  private async adopt(run: JobRun, { snapshot, plan }: Extract<Concluded, { kind: 'rest' }>): Promise<void> {
    await run.update({
      hmc: snapshot.hmcId,
      target: plan.target,
      waitingFor: null,
      plan: withPlan(run.record.plan, plan.steps),
      warnings: withPlanWarnings(run.record.warnings, plan.warnings),
    });
  }

  /**
   * Two moves of one vNIC close together can make the Linux driver disable the card (facts: ibmvnic, 60 s). While
   * nothing was sent the job goes back to the front and the lane waits; in the middle of a plan the turn waits.
   */
  private async pace(run: JobRun, step: PlannedCommand): Promise<RunEnd | null> {
    if (!step.movesActive || run.paced === false) return null;
    const left = await this.pacing.left(run.record);
    if (left === 0) return null;
    const dueAt = Date.now() + left;
    if (sentSteps(run.record).length === 0) {
      await run.putBack({ reason: 'pacing', until: new Date(dueAt).toISOString() }, false);
      return { kind: 'put-back', dueAt };
    }
    await run.waitFor('pacing', dueAt);
    await run.keeper.sleep(left);
    return null;
  }

  private async send(run: JobRun, snapshot: Snapshot, step: PlannedCommand, line: string): Promise<CommandEnd> {
    // The distance to the next move begins before the command, and anew after it: a worker may die in between.
    const paced = step.movesActive && run.paced !== false;
    if (paced) await this.pacing.begin(run.record);
    await run.update({ plan: withSent(run.record.plan, line), waitingFor: null });
    const end = await this.hmcs.run(snapshot.hmcId, line, {
      kind: 'change',
      deadlineMs: this.deadlineMs(run.record),
      beforeExec: () => run.keeper.confirm(),
    });
    if (paced && end.kind === 'never-started') await this.pacing.end(run.keeper.lease, run.record);
    else if (paced) await this.pacing.begin(run.record);
    await run.update({ plan: withLastSent(run.record.plan, answerOf(end)) });
    if (end.kind !== 'never-started') await this.lanes.hmcAway.end(run.record.managedSystem.mtms);
    return end;
  }

  /** How long a command of this job may take: a migration moves the memory of a partition. */
  private deadlineMs(record: JobRecord): number {
    return movesPartition(record) ? this.settings.migrationDeadlineMs : this.settings.changeDeadlineMs;
  }

  /** Surely nothing happened: the job may be tried again, also on another HMC. */
  private async afterNeverStarted(
    run: JobRun,
    operation: AnyOperation,
    end: Extract<CommandEnd, { kind: 'never-started' }>,
    line: string,
    until: number,
  ): Promise<RunEnd | { readonly kind: 'rest'; readonly snapshot: Snapshot; readonly plan: Plan }> {
    const problem = problemOfCommandEnd(end, { kind: 'change', hmcId: run.record.hmc ?? '', command: line });
    if (sentSteps(run.record).length === 0) {
      // Held back by our own last check: another owner hears LeaseLost at the next write, a silent Redis was to blame else.
      const heldBack = end.reason === 'refused-by-caller' && run.record.requeues < MOST_REQUEUES;
      if (!heldBack) return this.hmcWait.putBack(run, problem, true);
      await run.putBack(null, true);
      return { kind: 'put-back', dueAt: Date.now() };
    }
    // In the middle of a plan: the rest is due as soon as an HMC takes it, so that nothing stays half done.
    while (Date.now() < until) {
      await run.waitFor('hmc', until);
      await run.keeper.sleep(Math.min(this.settings.hmcRetryMs, until - Date.now()));
      const snapshot = await readRest(this.inventory, run.record);
      if (snapshot === null) continue;
      const planned = operation.plan(snapshot, run.record.target, run.record.request);
      if (!planned.ok) return this.giveUpRest(run, operation, snapshot, new ProblemError(planned.refusal));
      const rest = withPlan(run.record.plan, planned.value.steps);
      const warnings = withPlanWarnings(run.record.warnings, planned.value.warnings);
      await run.update({ hmc: snapshot.hmcId, waitingFor: null, plan: rest, warnings });
      return { kind: 'rest', snapshot, plan: planned.value };
    }
    return this.giveUpRest(run, operation, await readRest(this.inventory, run.record), problem);
  }

  /** The rest of a plan cannot be carried out: what it leaves behind is shown, and said where it is dangerous. */
  private async giveUpRest(
    run: JobRun,
    operation: AnyOperation,
    snapshot: Snapshot | null,
    problem: ProblemError,
  ): Promise<RunEnd> {
    await this.warnOfRest(run, snapshot);
    await run.fail(
      problem,
      'partial',
      snapshot === null ? null : targetDocument(operation, snapshot, run.record.target),
    );
    return OVER;
  }

  private async warnOfRest(run: JobRun, snapshot: Snapshot | null): Promise<void> {
    for (const warning of leftBehind(snapshot, run.record.target)) await run.warn(warning);
  }

  // ── after ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Reads back until the outcome is clear or the settle bound has passed; then records it, or hands back the rest. */
  private async conclude(
    run: JobRun,
    line: string,
    end: StepEnd,
    observed: unknown,
    before: unknown,
  ): Promise<Concluded> {
    const { settleMs } = this.settings;
    const until = Date.now() + settleMs;
    const began = performance.now();
    for (let pause = 250; ; pause = Math.min(pause * 2, 5000)) {
      // The last reading begins when the bound has passed: one that hangs until then is not the last.
      const isLast = performance.now() - began >= settleMs;
      const reading = await readBack(this.inventory, run.record, before);
      const over = isLast && !this.isUnderWay(run.record, reading);
      const rest = restAfter(run.record, line, end, reading, over, before);
      if (rest?.kind === 'stuck') {
        await this.failHalfWay(run, rest.reading, stuck(rest.refusal), observed);
        return { kind: 'over' };
      }
      if (rest !== null) {
        await this.paceLateMove(run, end);
        return rest;
      }
      const decision = outcome({ end: end.kind, readback: kindOfReading(reading, observed), settleBoundOver: over });
      const after = reading.kind === 'read' ? reading.result : null;
      if (decision !== 'wait') await this.paceLateMove(run, end);
      switch (decision) {
        case 'succeeded':
          await this.succeed(run, reading, end.kind === 'exit-nonzero' ? [end.words] : []);
          return { kind: 'over' };
        case 'failed':
          if (end.kind !== 'exit-nonzero' || reading.kind !== 'read') {
            throw new Error('only a refusal of the HMC and a readback fail a job after it was sent');
          }
          await this.failHalfWay(run, reading, end.problem, observed);
          return { kind: 'over' };
        case 'indeterminate':
          await this.warnOfRest(run, reading.kind === 'read' ? reading.snapshot : null);
          await run.leaveIndeterminate(unknownOutcome(end, reading, line), after);
          return { kind: 'over' };
        case 'wait':
          await run.waitFor('settling', until);
          await run.keeper.sleep(isLast ? pause : Math.max(0, Math.min(pause, began + settleMs - performance.now())));
      }
    }
  }

  /** The wished state was read back. */
  private async succeed(run: JobRun, reading: Reading, words: readonly string[] = []): Promise<void> {
    if (reading.kind !== 'read') throw new Error('only a readback shows the wished state');
    const { operation, target } = run.record;
    const { readback, targetSystem } = operationOf(operation);
    // A vNIC may be gone because its partition is; a migration is over when it is.
    const mayHaveLeft = targetSystem === undefined && readback.includes('partitions');
    await run.succeed(reading.result, [...words, ...(mayHaveLeft ? partitionLeft(reading.snapshot, target) : [])]);
  }

  /** A move whose command got no answer may have come at any time until now: the distance to the next one begins here. */
  private async paceLateMove(run: JobRun, end: StepEnd): Promise<void> {
    const moved = sentSteps(run.record).at(-1)?.movesActive === true;
    if (end.kind !== 'unknown' || !moved || run.paced === false) return;
    await this.pacing.begin(run.record, run.paced === 'unknown');
  }

  /** The HMC says that it is still at it: waited for as long as the command itself might have taken. */
  private isUnderWay(record: JobRecord, reading: Reading): boolean {
    const { isUnderWay } = operationOf(record.operation);
    if (isUnderWay === undefined || reading.kind !== 'read') return false;
    const sentAt = Date.parse(sentSteps(record).at(-1)?.startedAt ?? '') || 0;
    return Date.now() < sentAt + this.deadlineMs(record) && isUnderWay(reading.snapshot, record.target);
  }

  /**
   * The job fails after a command of it was sent. If one had switched automatic failover off, it is switched on again first,
   * once: a job may fail, but it does not leave a vNIC without automatic failover silently.
   */
  private async failHalfWay(
    run: JobRun,
    reading: TargetReading,
    problem: ProblemError,
    observed: unknown,
  ): Promise<void> {
    const owed = owedRestoration(reading.snapshot, run.record.target);
    let after = reading;
    if (owed?.ok === true) {
      const line = renderCommand(owed.value.command);
      if (!sentSteps(run.record).some((step) => step.command === line)) {
        await run.update({ hmc: reading.snapshot.hmcId, plan: withPlan(run.record.plan, [owed.value]) });
        await this.pace(run, owed.value);
        const end = await this.send(run, reading.snapshot, owed.value, line);
        const until = Date.now() + this.settings.settleMs;
        while (end.kind !== 'never-started') {
          const again = await readBack(this.inventory, run.record, reading.observed);
          if (again.kind === 'read') after = again;
          const restored = again.kind === 'read' && owedRestoration(again.snapshot, run.record.target) === null;
          if (restored || Date.now() >= until) break;
          await run.waitFor('settling', until);
          await run.keeper.sleep(Math.min(1000, Math.max(0, until - Date.now())));
        }
      }
    }
    await this.warnOfRest(run, after.snapshot);
    await run.fail(problem, effectOf(kindOfReading(after, observed)), after.result);
  }
}

/** What the rest of a plan is refused for, and where to look for what was done before. */
function stuck({ detail, ...refusal }: Refusal): ProblemError {
  return new ProblemError({
    ...refusal,
    detail: `After a part of the plan the rest of it cannot be carried out. ${detail} What was done stands in \`plan\`, what is there now in \`result\`.`,
  });
}

function answerLost(): ProblemError {
  return new ProblemError({
    type: 'worker-lost',
    detail: 'The worker was lost while the HMC answered. The command only asks and changes nothing: ask again.',
    members: { retryable: true },
  });
}

function workerLost(): ProblemError {
  return new ProblemError({
    type: 'worker-lost',
    detail:
      'Nothing was sent: worker after worker was lost while it prepared this job. Look at the logs of the service before ' +
      'you ask again.',
  });
}
