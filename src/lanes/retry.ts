import { showCommand } from '../core/hmc-language/quote-word.js';
import { operationOf } from '../core/operations/operations.js';
import { MOST_REQUEUES } from '../core/outcome.js';
import type { CommandEnd } from '../hmc/command-end.js';
import { problemOfCommandEnd } from '../hmc/command-problem.js';
import { ProblemError } from '../http/problem-error.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Rest } from './conclude.js';
import type { HmcWait } from './hmc-wait.js';
import type { JobRun } from './job-run.js';
import { isAccepted, sentSteps, withPlan, withWarnings } from './job-steps.js';
import type { LaneSettings } from './lane-settings.js';
import { readRest } from './plan-reading.js';
import { kindOfReading, readBack } from './readback.js';
import type { RunEnd } from './run-end.js';
import type { StepEnd } from './step-end.js';

/** The rest of a plan that has begun cannot be carried out. */
export interface GivenUp {
  readonly kind: 'given-up';
  readonly problem: ProblemError;
}

/** When a command may be tried again: it surely never started, or the HMC was busy and nothing has changed. */
export class Retry {
  constructor(
    private readonly inventory: Inventory,
    private readonly hmcWait: HmcWait,
    private readonly settings: LaneSettings,
  ) {}

  /**
   * The HMC was busy: waits, and hands the same rest back, as long as the target is just as it was before the command.
   * null: it was not busy, was so too often, or something has changed; then the refusal stands.
   */
  async afterBusy(run: JobRun, line: string, end: StepEnd, observedBeforeCommand: unknown): Promise<Rest | null> {
    if (end.kind !== 'exit-nonzero' || !end.busy) return null;
    const tries = sentSteps(run.record).filter((step) => step.command === line).length;
    const pause = this.settings.busyPausesMs[tries - 1];
    if (pause === undefined) return null;
    await run.waitFor('hmc', Date.now() + pause);
    await run.keeper.sleep(pause);
    const reading = await readBack(this.inventory, run.record, observedBeforeCommand);
    if (reading.kind === 'unreadable' || kindOfReading(reading, observedBeforeCommand) !== 'unchanged') return null;
    const { operation, target, request } = run.record;
    const planned = operationOf(operation).plan(reading.snapshot, target, request);
    const next = planned.ok ? planned.value.steps[0] : undefined;
    if (!planned.ok || next === undefined || showCommand(next.command) !== line) return null;
    return { kind: 'rest', snapshot: reading.snapshot, plan: planned.value };
  }

  /**
   * Surely nothing happened: the job may be tried again, also on another HMC.
   * @param until how long the rest of a plan that has begun waits for an HMC that takes it (a moment of `performance.now()`)
   */
  async afterNeverStarted(
    run: JobRun,
    end: Extract<CommandEnd, { kind: 'never-started' }>,
    line: string,
    until: number,
  ): Promise<RunEnd | Rest | GivenUp> {
    const problem = problemOfCommandEnd(end, { kind: 'change', hmcId: run.record.hmc ?? '', command: line });
    if (sentSteps(run.record).length === 0) {
      // Held back by our own last check: another owner hears LeaseLost at the next write, a silent Redis was to blame else.
      const heldBack = end.reason === 'refused-by-caller' && run.record.requeues < MOST_REQUEUES;
      if (!heldBack) return this.hmcWait.putBack(run, problem, true);
      await run.putBack(null, true);
      return { kind: 'put-back', dueAt: Date.now() };
    }
    // In the middle of a plan: the rest is due as soon as an HMC takes it, so that nothing stays half done.
    const { operation, target, request } = run.record;
    let refusedUntil: number | null = null;
    const shownUntil = Date.now() + until - performance.now();
    while (performance.now() < until) {
      await run.waitFor('hmc', shownUntil);
      await run.keeper.sleep(Math.min(this.settings.hmcRetryMs, until - performance.now()));
      const snapshot = await readRest(this.inventory, run.record);
      if (snapshot === null) continue;
      const planned = operationOf(operation).plan(snapshot, target, request);
      if (!planned.ok) {
        // What is in the way may pass by itself, as after any other command.
        refusedUntil ??= performance.now() + this.settings.settleMs;
        if (performance.now() < refusedUntil) continue;
        return { kind: 'given-up', problem: new ProblemError(planned.refusal) };
      }
      const next = planned.value.steps[0];
      // Another HMC does not show yet what the first one has accepted: that proves nothing.
      if (next !== undefined && isAccepted(run.record, showCommand(next.command))) continue;
      const rest = withPlan(run.record.plan, planned.value.steps);
      const warnings = withWarnings(run.record.warnings, planned.value.warnings);
      await run.update({ hmc: snapshot.hmcId, waitingFor: null, plan: rest, warnings });
      return { kind: 'rest', snapshot, plan: planned.value };
    }
    return { kind: 'given-up', problem };
  }
}
