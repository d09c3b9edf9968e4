import { movesPartition } from '../core/operations/held-system.js';
import type { PlannedCommand } from '../core/operations/operation.js';
import type { Snapshot } from '../core/resources/snapshot.js';
import type { CommandEnd } from '../hmc/command-end.js';
import type { HmcConnections } from '../hmc/hmc-connections.js';
import type { JobRecord } from '../store/job-record.js';
import type { LaneStore } from '../store/lane-store.js';
import type { JobRun } from './job-run.js';
import { answerOf, sentSteps, withLastSent, withSent, withWarnings, wordsBesideSuccess } from './job-steps.js';
import type { LaneSettings } from './lane-settings.js';
import type { Pacing } from './pacing.js';
import type { RunEnd } from './run-end.js';

/** Sends the commands of jobs: each is marked as sent in the record before, and its answer is recorded after it. */
export class CommandSender {
  constructor(
    private readonly lanes: LaneStore,
    private readonly hmcs: HmcConnections,
    private readonly pacing: Pacing,
    private readonly settings: LaneSettings,
  ) {}

  /**
   * Two moves of one vNIC close together (60 s) can make the Linux driver, ibmvnic, disable the card. While
   * nothing was sent the job goes back to the front and the lane waits; in the middle of a plan the turn waits.
   */
  async pace(run: JobRun, step: PlannedCommand): Promise<RunEnd | null> {
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

  /** Marks the step as sent, sends it, and records the answer. */
  async send(run: JobRun, snapshot: Snapshot, step: PlannedCommand, line: string): Promise<CommandEnd> {
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
    const answer = answerOf(end);
    await run.update({
      plan: withLastSent(run.record.plan, answer),
      warnings: withWarnings(run.record.warnings, wordsBesideSuccess(answer)),
    });
    if (end.kind !== 'never-started') await this.lanes.hmcAway.end(run.record.managedSystem.mtms);
    return end;
  }

  /** How long a command of this job may take: a migration moves the memory of a partition. */
  deadlineMs(record: JobRecord): number {
    return movesPartition(record) ? this.settings.migrationDeadlineMs : this.settings.changeDeadlineMs;
  }
}
