import { renderCommand } from '../core/hmc-language/quote-word.js';
import { owedRestoration } from '../core/operations/automatic-failover.js';
import { partitionLeft } from '../core/operations/bound-target.js';
import { leftBehind, maybeLeftBehind } from '../core/operations/left-behind.js';
import type { Plan } from '../core/operations/operation.js';
import { operationOf } from '../core/operations/operations.js';
import { effectOf, outcome } from '../core/outcome.js';
import type { Refusal } from '../core/refusal.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import { ProblemError } from '../http/problem-error.js';
import type { Inventory } from '../inventory/inventory.js';
import type { JobRecord } from '../store/job-record.js';
import type { JobRun } from './job-run.js';
import { sentSteps, withPlan } from './job-steps.js';
import type { LaneSettings } from './lane-settings.js';
import type { Pacing } from './pacing.js';
import { kindOfReading, readBack, type Reading, type TargetReading } from './readback.js';
import { restAfter } from './rest-after.js';
import type { CommandSender } from './send-command.js';
import { unknownOutcome, type StepEnd } from './step-end.js';

/** The rest of a plan, planned again from a readback. */
export interface Rest {
  readonly kind: 'rest';
  readonly snapshot: Snapshot;
  readonly plan: Plan;
}

/** Where a job stands after a command: at its end, or with a rest to do. */
type Concluded = { readonly kind: 'over' } | Rest;

/** Says what a command has come to, by its end and by reading back (core/outcome.ts). */
export class Conclusion {
  constructor(
    private readonly inventory: Inventory,
    private readonly sender: CommandSender,
    private readonly pacing: Pacing,
    private readonly settings: LaneSettings,
  ) {}

  /** Reads back until the outcome is clear or the settle bound has passed; then records it, or hands back the rest. */
  async conclude(
    run: JobRun,
    line: string,
    end: StepEnd,
    observedAtFirst: unknown,
    observedBeforeCommand: unknown,
  ): Promise<Concluded> {
    const { settleMs } = this.settings;
    const until = Date.now() + settleMs;
    const began = performance.now();
    for (let pause = 250; ; pause = Math.min(pause * 2, 5000)) {
      // The last reading begins when the bound has passed: one that hangs until then is not the last.
      const isLast = performance.now() - began >= settleMs;
      const reading = await readBack(this.inventory, run.record, observedBeforeCommand);
      const over = isLast && !this.isUnderWay(run.record, reading);
      const rest = restAfter(run.record, line, end, reading, over, observedBeforeCommand);
      if (rest?.kind === 'stuck') {
        await this.failHalfWay(run, rest.reading, stuck(rest.refusal), observedAtFirst);
        return { kind: 'over' };
      }
      if (rest !== null) {
        await this.paceLateMove(run, end);
        return rest;
      }
      const decision = outcome({
        end: end.kind,
        readback: kindOfReading(reading, observedAtFirst),
        settleBoundOver: over,
      });
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
          await this.failHalfWay(run, reading, end.problem, observedAtFirst);
          return { kind: 'over' };
        case 'indeterminate':
          await warnOfRest(run, reading.kind === 'read' ? reading.snapshot : null);
          await run.leaveIndeterminate(unknownOutcome(end, reading, line), after);
          return { kind: 'over' };
        case 'wait':
          await run.waitFor('settling', until);
          await run.keeper.sleep(isLast ? pause : Math.max(0, Math.min(pause, began + settleMs - performance.now())));
      }
    }
  }

  /** The wished state was read back. */
  async succeed(run: JobRun, reading: Reading, words: readonly string[] = []): Promise<void> {
    if (reading.kind !== 'read') throw new Error('only a readback shows the wished state');
    const { operation, target, afterFailover } = run.record;
    // A vNIC may be gone because its partition is.
    const mayHaveLeft = operationOf(operation).readback.includes('partitions');
    await run.succeed(reading.result, [
      ...words,
      ...(mayHaveLeft ? partitionLeft(reading.snapshot, target) : []),
      ...(afterFailover === true ? maybeLeftBehind(reading.snapshot, target) : []),
    ]);
  }

  /**
   * The rest of a plan that has begun is given up: an HMC refuses it, or none took it in time. Every command that was sent
   * has been answered, or its effect was seen.
   */
  async giveUp(run: JobRun, problem: ProblemError, observedAtFirst: unknown): Promise<void> {
    const reading = await readBack(this.inventory, run.record, observedAtFirst);
    if (reading.kind === 'unreadable') {
      await warnOfRest(run, null);
      // A refused command is tried again only where a reading has shown that it left nothing behind.
      const nothingDone = sentSteps(run.record).every(({ state }) => state === 'failed');
      await run.fail(problem, nothingDone ? 'none' : 'partial', null);
    } else if (reading.holds) {
      await this.succeed(run, reading);
    } else {
      await this.failHalfWay(run, reading, problem, observedAtFirst);
    }
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
    return Date.now() < sentAt + this.sender.deadlineMs(record) && isUnderWay(reading.snapshot, record.target);
  }

  /**
   * The job fails after a command of it was sent. If one had switched automatic failover off, it is switched on again first,
   * once: a job may fail, but it does not leave a vNIC without automatic failover silently.
   */
  private async failHalfWay(
    run: JobRun,
    reading: TargetReading,
    problem: ProblemError,
    observedAtFirst: unknown,
  ): Promise<void> {
    const owed = owedRestoration(reading.snapshot, run.record.target);
    let after = reading;
    if (owed?.ok === true) {
      const line = renderCommand(owed.value.command);
      if (!sentSteps(run.record).some((step) => step.command === line)) {
        await run.update({ hmc: reading.snapshot.hmcId, plan: withPlan(run.record.plan, [owed.value]) });
        await this.sender.pace(run, owed.value);
        const end = await this.sender.send(run, reading.snapshot, owed.value, line);
        if (end.kind !== 'never-started') after = await this.untilRestored(run, reading);
      }
    }
    await warnOfRest(run, after.snapshot);
    await run.fail(problem, effectOf(kindOfReading(after, observedAtFirst)), after.result);
  }

  /** Reads back until automatic failover is on again or the settle bound has passed. The last reading that was one. */
  private async untilRestored(run: JobRun, first: TargetReading): Promise<TargetReading> {
    const shownUntil = Date.now() + this.settings.settleMs;
    const until = performance.now() + this.settings.settleMs;
    let after = first;
    for (;;) {
      const again = await readBack(this.inventory, run.record, first.observed);
      if (again.kind === 'read') after = again;
      const restored = again.kind === 'read' && owedRestoration(again.snapshot, run.record.target) === null;
      if (restored || performance.now() >= until) return after;
      await run.waitFor('settling', shownUntil);
      await run.keeper.sleep(Math.min(1000, Math.max(0, until - performance.now())));
    }
  }
}

/** Warns of what the job leaves behind that nobody would look for. */
export async function warnOfRest(run: JobRun, snapshot: Snapshot | null): Promise<void> {
  for (const warning of leftBehind(snapshot, run.record.target)) await run.warn(warning);
}

/** What the rest of a plan is refused for, and where to look for what was done before. */
function stuck({ detail, ...refusal }: Refusal): ProblemError {
  return new ProblemError({
    ...refusal,
    detail: `After a part of the plan the rest of it cannot be carried out. ${detail} What was done stands in \`plan\`, what is there now in \`result\`.`,
  });
}
