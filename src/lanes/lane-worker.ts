import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SERVICE_CONFIG, type ServiceConfig } from '../config/service-config.js';
import { ReplicaReadiness, type ReplicaCheckResult } from '../health/replica-readiness.js';
import { HmcConnections } from '../hmc/hmc-connections.js';
import { Inventory } from '../inventory/inventory.js';
import { JobStore } from '../store/job-store.js';
import { Keys } from '../store/keys.js';
import { JobJournal } from '../observability/job-journal.js';
import { Metrics } from '../observability/metrics.js';
import { connectWorker, endConnection } from '../redis/connections.js';
import { isInfoRefused } from '../redis/info-refused.js';
import type { RedisClient } from '../redis/redis-client.js';
import { REDIS, REDIS_URL_IN_USE } from '../redis/redis.module.js';
import { LATE, within } from '../within.js';
import { laneStoreOf } from '../store/store.module.js';
import { TurnQueue } from '../store/turn-queue.js';
import { Executor } from './executor.js';
import { laneSettings } from './lane-settings.js';
import { Sweep } from './sweep.js';
import { TurnRunner } from './turn.js';
import { TurnWorker } from './turn-worker.js';

/** How long BullMQ may take to say goodbye when no job runs. While Redis is away it would wait for it. */
const GOODBYE_MS = 2_000;

/** How long the start waits for the worker's connections. */
const READY_MS = 5_000;

/** The part of a process that runs jobs: absent where ROLE is `api`. */
@Injectable()
export class LaneWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(LaneWorker.name);
  private running: {
    readonly redis: RedisClient;
    readonly turns: TurnRunner;
    readonly worker: TurnWorker;
    readonly sweep: Sweep;
  } | null = null;
  /** Lanes that this process works on now. */
  private busy = 0;

  constructor(
    @Inject(SERVICE_CONFIG) private readonly config: ServiceConfig,
    @Inject(REDIS) private readonly store: RedisClient,
    @Inject(REDIS_URL_IN_USE) private readonly redisUrl: string,
    private readonly inventory: Inventory,
    private readonly hmcs: HmcConnections,
    private readonly jobs: JobStore,
    private readonly queue: TurnQueue,
    private readonly metrics: Metrics,
    private readonly journal: JobJournal,
    readiness: ReplicaReadiness,
  ) {
    if (config.role !== 'api') readiness.add('worker', () => this.state());
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.role === 'api') return;
    const { config } = this;
    const settings = laneSettings(config);
    const redis = connectWorker(this.redisUrl);
    const lanes = laneStoreOf(redis, config);
    const reportFault = (error: unknown, jobId: string): void =>
      this.logger.error(`job ${jobId}`, error instanceof Error ? error.stack : String(error));
    const executor = new Executor(lanes, this.inventory, this.hmcs, settings, this.journal, reportFault);
    const turns = new TurnRunner(lanes, executor, settings, this.journal, reportFault);
    const tag = new Keys(config.redisPrefix).tag;
    const worker = new TurnWorker(
      redis,
      tag,
      // While Redis is away it is taken for one that tells.
      await isInfoRefused(this.store).catch(() => false),
      config.laneConcurrency,
      (mtms) => this.counted(() => turns.run(mtms)),
      this.queue,
      (error) => this.logger.warn(`turn: ${error.message}`),
    );
    const sweep = new Sweep(lanes, this.jobs, this.queue, (error) => this.logger.warn(`sweep: ${String(error)}`));
    sweep.start();
    this.running = { redis, turns, worker, sweep };
    // Ready when the process says so, unless Redis is away: then the start has waited for it already.
    if (this.store.status === 'ready') await within(worker.untilReady(), READY_MS);
  }

  /**
   * Takes no new turn, lets the running jobs come to their end within the grace time, then lets go of the HMCs, and of Redis
   * last, and hands over: what is left in a lane is found by the sweep of another process, and so is a turn that BullMQ
   * could not take leave of.
   */
  async onModuleDestroy(): Promise<void> {
    if (this.running === null) return;
    const { redis, turns, worker, sweep } = this.running;
    this.running = null;
    turns.stop();
    const closed = Promise.all([sweep.stop(), worker.close()]);
    const graceUntil = performance.now() + this.config.shutdownGraceSeconds * 1000;
    // Looked at now and then: a lane may take its last turn while the others end.
    while (this.busy > 0 && performance.now() < graceUntil && (await within(closed, 50)) === LATE);
    // A command that outlasts the grace is cut off while its end can still be recorded. HmcModule waits for the rest of it.
    void this.hmcs.close(Math.max(0, graceUntil - performance.now()));
    if ((await within(closed, GOODBYE_MS)) === LATE) worker.disconnect();
    endConnection(redis);
  }

  private async counted<T>(turn: () => Promise<T>): Promise<T> {
    this.metrics.busyLanes((this.busy += 1));
    try {
      return await turn();
    } finally {
      this.metrics.busyLanes((this.busy -= 1));
    }
  }

  private state(): ReplicaCheckResult {
    if (this.running === null) return { ready: false, detail: 'The worker is not running.' };
    if (this.running.redis.status !== 'ready')
      return { ready: false, detail: 'The worker has no connection to Redis.' };
    return this.running.worker.isRunning
      ? {
          ready: true,
          detail: `The worker takes turns; ${this.busy} of ${this.config.laneConcurrency} lanes are busy.`,
        }
      : { ready: false, detail: 'The worker takes no turns.' };
  }
}
