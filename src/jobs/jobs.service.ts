import { Injectable } from '@nestjs/common';
import { heldSystemOf } from '../core/operations/held-system.js';
import { LaneStore } from '../store/lane-store.js';
import { ProblemError } from '../http/problem-error.js';
import { Inventory } from '../inventory/inventory.js';
import { anotherHmcMayAnswer } from '../inventory/no-hmc-answered.js';
import { JobJournal } from '../observability/job-journal.js';
import type { JobRecord } from '../store/job-record.js';
import { isFinal } from '../store/job-state.js';
import { JobStore, type JobFilter } from '../store/job-store.js';
import { JobEvents } from './job-events.js';
import { jobView, type JobView, type LaneShown } from './job-view.js';

/** So many jobs are looked through for the name of a system that no HMC tells. */
const NEWEST = 200;

/** What clients may ask of jobs: see, list, wait, cancel. */
@Injectable()
export class JobsService {
  /** What wakes each call that waits; null once nobody is to wait any more. */
  private waiting: Set<() => void> | null = new Set();

  constructor(
    private readonly store: JobStore,
    private readonly lanes: LaneStore,
    private readonly events: JobEvents,
    private readonly inventory: Inventory,
    private readonly journal: JobJournal,
  ) {}

  /**
   * `{system}` of a call that needs no HMC: jobs and lanes can be looked at, and a lane be paused, while every HMC is
   * away, and of a system that no HMC lists any more. Then a system is known by the jobs that it has had.
   * @throws ProblemError as Inventory.resolve
   */
  async systemOf(nameOrMtms: string): Promise<JobRecord['managedSystem']> {
    try {
      const { name, mtms } = await this.inventory.resolve(nameOrMtms);
      return { name, mtms };
    } catch (error) {
      const isGone = error instanceof ProblemError && error.type === 'target-not-found';
      if (!isGone && !anotherHmcMayAnswer(error)) throw error;
      const byMtms = await this.store.list({ mtms: nameOrMtms }, 1, null);
      const newest = byMtms.records.length > 0 ? byMtms : await this.store.list({}, NEWEST, null);
      const called = newest.records
        .map((record) => record.managedSystem)
        .filter((system) => system.mtms === nameOrMtms || system.name === nameOrMtms);
      const [known] = called;
      if (known === undefined || called.some((system) => system.mtms !== known.mtms)) throw error;
      // A system that has another name now is not meant by the one that it had.
      if (isGone && known.mtms !== nameOrMtms && (await this.isListed(known.mtms))) throw error;
      return known;
    }
  }

  private async isListed(mtms: string): Promise<boolean> {
    try {
      await this.inventory.find(mtms);
      return true;
    } catch (error) {
      if (error instanceof ProblemError) return false;
      throw error;
    }
  }

  /** @throws ProblemError not-found */
  async record(id: string): Promise<JobRecord> {
    const record = await this.store.get(id);
    if (record !== null) return record;
    throw new ProblemError({
      type: 'not-found',
      detail: `There is no job ${id}. Finished jobs are kept for the time that JOB_RETENTION_DAYS says.`,
    });
  }

  async get(id: string): Promise<JobView> {
    return this.view(await this.record(id));
  }

  async view(record: JobRecord): Promise<JobView> {
    return jobView(record, await this.laneOf(record));
  }

  /** Newest first. */
  async list(
    filter: JobFilter,
    limit: number,
    before: number | null,
  ): Promise<{ items: JobView[]; nextSequence: number | null }> {
    const { records, nextSequence } = await this.store.list(filter, limit, before);
    return { items: await this.views(records), nextSequence };
  }

  /** The views of many records: each lane is looked up once. */
  async views(records: readonly JobRecord[]): Promise<JobView[]> {
    const systems = [...new Set(records.filter(({ state }) => state === 'queued').flatMap(systemsOf))];
    const states = await Promise.all(systems.map((mtms) => this.lanes.state(mtms)));
    const lanes = new Map(systems.map((mtms, i) => [mtms, states[i]]));
    const none = { paused: null, closedUntil: 0, queuedJobIds: [] };
    return records.map((record) => {
      const [own = none, other] = systemsOf(record).map((mtms) => lanes.get(mtms));
      return jobView(record, withOther(own, other));
    });
  }

  /** The lane of a job as its view shows it. */
  private async laneOf(record: JobRecord): Promise<LaneShown> {
    const [own, other] = systemsOf(record).map((mtms) => this.lanes.state(mtms));
    return withOther(await (own ?? this.lanes.state(record.managedSystem.mtms)), await other);
  }

  /** @throws ProblemError not-found, job-not-cancelable */
  async cancel(id: string, by: string): Promise<JobView> {
    const record = await this.record(id);
    const canceled = { ...record, warnings: [...record.warnings, `canceled by ${by}`] };
    const finishedAt = new Date().toISOString();
    if (await this.store.cancel(canceled, finishedAt)) {
      this.journal.jobEntered({ ...canceled, state: 'canceled', finishedAt });
      return this.get(id);
    }
    const { state } = await this.record(id);
    const detail = isFinal(state)
      ? `The job is over (${state}).`
      : 'A command of this job may be on its way to the HMC, and a command cannot be called back. Wait for its end.';
    throw new ProblemError({ type: 'job-not-cancelable', detail, members: { state } });
  }

  /**
   * Waits until the job is over, at most `seconds`, and not at all while its lane is paused, or once this process ends:
   * then nothing would come. Returns the record as it then stands.
   */
  async waitForEnd(id: string, seconds: number): Promise<JobRecord> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      let wake = (): void => undefined;
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const unlisten = this.events.listen(id, () => wake());
      const { waiting } = this;
      waiting?.add(wake);
      try {
        const record = await this.record(id);
        const left = deadline - performance.now();
        if (isFinal(record.state) || left <= 0 || this.waiting === null) return record;
        if (record.state === 'queued' && (await this.laneOf(record)).paused !== null) return record;
        // Looks again now and then, should an event be lost or the lane be paused meanwhile.
        const timer = setTimeout(wake, Math.min(left, 2000));
        await woken;
        clearTimeout(timer);
      } finally {
        waiting?.delete(wake);
        unlisten();
      }
    }
  }

  /** Lets every call that waits for a job be answered now, because this process ends. */
  endWaiting(): void {
    const { waiting } = this;
    this.waiting = null;
    for (const wake of waiting ?? []) wake();
  }
}

/** By MTMS: the systems in whose lanes the job runs, its own first. */
function systemsOf(record: JobRecord): readonly string[] {
  const own = record.managedSystem.mtms;
  const other = heldSystemOf(record);
  return other === null ? [own] : [own, other];
}

/** A job that works on two systems does not start while the lane of either is paused. */
function withOther(own: LaneShown, other: LaneShown | undefined): LaneShown {
  return { ...own, paused: own.paused ?? other?.paused ?? null };
}
