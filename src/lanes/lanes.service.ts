import { Injectable } from '@nestjs/common';
import { page, type Page, type PagingQuery } from '../http/paging.js';
import { JobStore } from '../store/job-store.js';
import { JobsService } from '../jobs/jobs.service.js';
import type { JobView } from '../jobs/job-view.js';
import { LaneStore } from '../store/lane-store.js';
import { showStored } from '../store/store-unavailable.js';
import { TurnQueue } from '../store/turn-queue.js';

/** `items`: the jobs that wait, in the order in which they will run. */
export interface LaneView extends Page<JobView> {
  readonly managedSystem: { readonly name: string; readonly mtms: string };
  readonly paused: { readonly by: string; readonly at: string } | null;
  readonly closedUntil: string | null;
  readonly running: JobView | null;
  readonly queued: number;
}

/** What people may see and do with a lane. */
@Injectable()
export class LanesService {
  constructor(
    private readonly lanes: LaneStore,
    private readonly store: JobStore,
    private readonly jobs: JobsService,
    private readonly turns: TurnQueue,
  ) {}

  async get(system: string, query: PagingQuery = {}): Promise<LaneView> {
    const { name, mtms } = await this.jobs.systemOf(system);
    const state = await this.lanes.state(mtms);
    // A migration to this system, which stands in the lane of the other one, runs here too.
    const runningJobId = state.runningJobId ?? state.guestJobId;
    const { items: waiting, nextCursor } = page(await this.waiting(mtms, state.queuedJobIds), query, ({ place }) => [
      place,
    ]);
    const ids = [...(runningJobId === null ? [] : [runningJobId]), ...waiting.map(({ id }) => id)];
    const records = (await Promise.all(ids.map((id) => this.store.find(id)))).filter((record) => record !== null);
    const views = await this.jobs.views(records);
    return {
      managedSystem: { name, mtms },
      paused: state.paused,
      closedUntil: state.closedUntil > Date.now() ? new Date(state.closedUntil).toISOString() : null,
      running: views.find((job) => job.state === 'running') ?? null,
      queued: await this.store.count(state.queuedJobIds),
      items: views.filter((job) => job.state === 'queued'),
      nextCursor,
    };
  }

  /** Jobs run in the order in which they were accepted, so a job keeps its place in the list while others go. */
  private async waiting(mtms: string, ids: readonly string[]): Promise<readonly { id: string; place: number }[]> {
    const places = await this.store.sequences(mtms, ids);
    return ids.flatMap((id, i) => {
      const place = places[i] ?? null;
      return place === null ? [] : [{ id, place }];
    });
  }

  async pause(system: string, by: string): Promise<LaneView> {
    const { mtms } = await this.jobs.systemOf(system);
    await this.lanes.pause(mtms, by, new Date().toISOString(), await this.store.takenBefore());
    return this.after('The lane is paused', mtms);
  }

  async resume(system: string): Promise<LaneView> {
    const { mtms } = await this.jobs.systemOf(system);
    await this.lanes.resume(mtms, await this.store.takenBefore());
    await this.turns.askOrLeave(mtms, `the lane of ${mtms} is open`);
    return this.after('The lane is open', mtms);
  }

  /** The lane, of which `done` is sure. @throws ProblemError store-unavailable that says so when it cannot be shown */
  private after(done: string, mtms: string): Promise<LaneView> {
    return showStored(`${done}. Redis does not tell now what is in it: look at it later.`, () => this.get(mtms));
  }
}
