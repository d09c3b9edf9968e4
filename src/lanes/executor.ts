import { hmcWords } from '../core/hmc-language/error-catalogue.js';
import { renderCommand } from '../core/hmc-language/quote-word.js';
import { operationOf } from '../core/operations/operations.js';
import type { Operation, Plan } from '../core/operations/operation.js';
import { settleDecision } from '../core/outcome.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import type { HmcConnections } from '../hmc/hmc-connections.js';
import { ProblemError } from '../http/problem-error.js';
import type { Inventory } from '../inventory/inventory.js';
import type { JobRecord } from '../store/job-record.js';
import { partitionLeft } from '../core/operations/bound-target.js';
import { isPaced } from '../core/operations/partition-os.js';
import { targetDocument } from '../core/operations/target-document.js';
import { type LaneStore } from '../store/lane-store.js';
import { LeaseLost } from '../store/lease.js';
import type { JobWatch } from '../observability/job-journal.js';
import { whyNotAsAccepted } from './as-accepted.js';
import { HmcWait } from './hmc-wait.js';
import { JobRun } from './job-run.js';
import { decidingStep, isAccepted, sentSteps, withLastSent, withPlan, withWarnings } from './job-steps.js';
import type { LaneSettings } from './lane-settings.js';
import type { LeaseKeeper } from './lease-keeper.js';
import { Pacing } from './pacing.js';
import { readToPlan } from './plan-reading.js';
import { readBack } from './readback.js';
import { OVER, type RunEnd } from './run-end.js';
import { recordedEnd, stepEnd, type StepEnd } from './step-end.js';
import { Conclusion, warnOfRest, type Rest } from './conclude.js';
import { Retry } from './retry.js';
import { CommandSender } from './send-command.js';

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

export class Executor {
  private readonly pacing: Pacing;
  private readonly hmcWait: HmcWait;
  private readonly sender: CommandSender;
  private readonly conclusion: Conclusion;
  private readonly retry: Retry;

  constructor(
    private readonly lanes: LaneStore,
    private readonly inventory: Inventory,
    hmcs: HmcConnections,
    private readonly settings: LaneSettings,
    private readonly watch: JobWatch,
    /** Told of every fault of ours, for the log. */
    private readonly reportFault: (error: unknown, jobId: string) => void,
  ) {
    this.pacing = new Pacing(lanes.pacing, settings.pacingMs);
    this.hmcWait = new HmcWait(lanes, inventory, settings);
    this.sender = new CommandSender(lanes, hmcs, this.pacing, settings);
    this.conclusion = new Conclusion(inventory, this.sender, this.pacing, settings);
    this.retry = new Retry(inventory, this.hmcWait, settings);
  }

  /** Runs a job that has just been started. Throws LeaseLost when the lane goes to another owner. */
  async run(keeper: LeaseKeeper, started: JobRecord): Promise<RunEnd> {
    const run = new JobRun(keeper, this.lanes, this.watch, started);
    return this.guard(run, () => this.prepare(run));
  }

  /** Deals with a job that an earlier owner of the lane left running: looks first, never repeats blindly. */
  async settle(keeper: LeaseKeeper, orphan: JobRecord, observedAtFirst: unknown): Promise<RunEnd> {
    const run = new JobRun(keeper, this.lanes, this.watch, orphan);
    return this.guard(run, async () => {
      // Whoever could have written the answer down is gone.
      if (orphan.plan.some((step) => step.state === 'sent')) {
        await run.update({ plan: withLastSent(orphan.plan, { state: 'unknown' }) });
      }
      if (operationOf(orphan.operation).asks === true && sentSteps(orphan).length > 0) {
        await run.fail(answerLost(), 'none', orphan.before);
        const isAnswered = run.record.plan.every((step) => step.state !== 'unknown');
        return isAnswered ? OVER : this.closed();
      }
      const reading = await readBack(this.inventory, run.record, observedAtFirst);
      const decision = settleDecision({
        holds: reading.kind === 'read' && reading.holds,
        steps: orphan.plan.map((step) => step.state),
        requeues: orphan.requeues,
      });
      switch (decision) {
        case 'succeeded':
          await this.conclusion.succeed(run, reading);
          return OVER;
        case 'requeue':
          await run.putBack(null, true);
          return { kind: 'put-back', dueAt: Date.now() };
        case 'worker-lost':
          await run.fail(workerLost(), 'none', reading.kind === 'read' ? reading.result : orphan.before);
          return OVER;
        case 'look':
          return this.settleSent(run, observedAtFirst);
      }
    });
  }

  /** Something was sent: what its answer and the readback say decides, as if the worker had not been lost. */
  private async settleSent(run: JobRun, observedAtFirst: unknown): Promise<RunEnd> {
    const deciding = decidingStep(run.record);
    if (deciding === undefined) throw new Error('a job that has sent nothing is put back');
    if (deciding.movesActive) await this.pacing.begin(run.record, true);
    const end = recordedEnd(deciding, run.record.hmc ?? '');
    const concluded = await this.conclusion.conclude(run, deciding.command, end, observedAtFirst, observedAtFirst);
    if (concluded.kind === 'over') return OVER;
    await this.adopt(run, concluded);
    return this.carryOut(run, concluded.snapshot, concluded.plan, observedAtFirst);
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
      await warnOfRest(run, null);
      await run.leaveIndeterminate(problem, run.record.result);
      return this.closed();
    }
  }

  /** The job is over, and a command of it may still be at work: nothing runs beside it. */
  private closed(): RunEnd {
    return { kind: 'closed', dueAt: Date.now() + this.settings.settleMs };
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
    const observedAtFirst = operation.observe(snapshot, planned.value.target);
    await run.update(
      {
        hmc: snapshot.hmcId,
        target: planned.value.target,
        before: targetDocument(operation, snapshot, planned.value.target),
        waitingFor: null,
        plan: withPlan(record.plan, planned.value.steps),
        warnings: withWarnings(record.warnings, planned.value.warnings),
      },
      observedAtFirst,
    );
    return this.carryOut(run, snapshot, planned.value, observedAtFirst);
  }

  private async finishUnsent(
    run: JobRun,
    operation: Operation<unknown>,
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

  private async carryOut(run: JobRun, first: Snapshot, firstPlan: Plan, observedAtFirst: unknown): Promise<RunEnd> {
    const operation = operationOf(run.record.operation);
    let snapshot = first;
    let plan = firstPlan;
    // Until when the rest of a plan that has begun waits for an HMC that takes it (a moment of performance.now()).
    let hmcUntil: number | null = null;
    for (;;) {
      const step = plan.steps[0];
      if (step === undefined) {
        await this.lanes.hmcAway.end(run.record.managedSystem.mtms);
        await run.succeed(targetDocument(operation, snapshot, plan.target));
        return OVER;
      }
      const line = renderCommand(step.command);
      if (isAccepted(run.record, line)) {
        throw new ProblemError({
          type: 'outcome-unknown',
          detail:
            'A command of this job is wanted a second time, after the HMC had accepted it. It was not sent again.',
          members: { command: line },
        });
      }
      const paced = await this.sender.pace(run, step);
      if (paced !== null) return paced;

      const end = await this.sender.send(run, snapshot, step, line);
      if (end.kind === 'never-started') {
        hmcUntil ??= performance.now() + this.settings.hmcWaitMs;
        const again = await this.retry.afterNeverStarted(run, end, line, hmcUntil);
        if (again.kind === 'given-up') {
          await this.conclusion.giveUp(run, again.problem, observedAtFirst);
          return OVER;
        }
        if (again.kind !== 'rest') return again;
        ({ snapshot, plan } = again);
        continue;
      }
      hmcUntil = null;
      const ended = stepEnd(end, run.record.hmc ?? '', line);
      if (operation.asks === true) {
        await this.answer(run, operation, snapshot, ended, end.kind === 'exited' ? hmcWords(end) : '');
        return end.kind === 'exited' ? OVER : this.closed();
      }
      const observedBeforeCommand = operation.observe(snapshot, run.record.target);
      const concluded =
        (await this.retry.afterBusy(run, line, ended, observedBeforeCommand)) ??
        (await this.conclusion.conclude(run, line, ended, observedAtFirst, observedBeforeCommand));
      if (concluded.kind === 'over') return OVER;
      ({ snapshot, plan } = concluded);
      await this.adopt(run, concluded);
    }
  }

  /** What the HMC answers to a question is the result; without an answer nothing has changed either. */
  private async answer(
    run: JobRun,
    operation: Operation<unknown>,
    snapshot: Snapshot,
    end: StepEnd,
    words: string,
  ): Promise<void> {
    const asked = operation.result(snapshot, run.record.target);
    if (end.kind === 'exit-zero') await run.succeed({ ...(asked as object | null), hmcMessage: words });
    else await run.fail(end.problem, 'none', asked);
  }

  /** Takes over what is left to do, planned again from a readback; on the HMC that was read. */
  private async adopt(run: JobRun, { snapshot, plan }: Rest): Promise<void> {
    await run.update({
      hmc: snapshot.hmcId,
      target: plan.target,
      waitingFor: null,
      plan: withPlan(run.record.plan, plan.steps),
      warnings: withWarnings(run.record.warnings, plan.warnings),
    });
  }
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
