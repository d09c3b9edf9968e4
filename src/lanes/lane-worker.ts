import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { SERVICE_CONFIG, type ServiceConfig } from '../config/service-config.js';
import { HmcConnections } from '../hmc/hmc-connections.js';
import { Inventory } from '../inventory/inventory.js';
import { JobStore } from '../jobs/job-store.js';
import { Keys } from '../jobs/keys.js';
import { Metrics } from '../observability/metrics.js';
import { connectWorker, endConnection } from '../redis/connections.js';
import { REDIS_URL_IN_USE } from '../redis/redis.module.js';
import { Executor } from './executor.js';
import { laneSettings } from './lane-settings.js';
import { LaneStore } from './lane-store.js';
import { Sweep } from './sweep.js';
import { TurnRunner } from './turn.js';
import { TurnQueue, TurnWorker } from './turns.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The part of a process that runs jobs: absent where ROLE is `api`. */
@Injectable()
export class LaneWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(LaneWorker.name);
  private running: {
    readonly redis: Redis;
    readonly turns: TurnRunner;
    readonly worker: TurnWorker;
    readonly sweep: Sweep;
  } | null = null;

  constructor(
    @Inject(SERVICE_CONFIG) private readonly config: ServiceConfig,
    @Inject(REDIS_URL_IN_USE) private readonly redisUrl: string,
    private readonly inventory: Inventory,
    private readonly hmcs: HmcConnections,
    private readonly jobs: JobStore,
    private readonly queue: TurnQueue,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role === 'api') return;
    const { config } = this;
    const settings = laneSettings(config);
    const redis = connectWorker(this.redisUrl);
    redis.on('error', () => undefined);
    const lanes = new LaneStore(redis, config.redisPrefix, settings.leaseMs, config.jobRetentionDays * DAY_MS);
    const executor = new Executor(lanes, this.inventory, this.hmcs, settings, this.metrics, (error, jobId) =>
      this.logger.error(`job ${jobId}`, error instanceof Error ? error.stack : String(error)),
    );
    const turns = new TurnRunner(lanes, executor, settings);
    const tag = new Keys(config.redisPrefix).tag;
    const worker = new TurnWorker(
      redis,
      tag,
      config.laneConcurrency,
      (mtms) => turns.run(mtms),
      this.queue,
      (error) => this.logger.warn(`turn: ${error.message}`),
    );
    const sweep = new Sweep(lanes, this.jobs, this.queue, (error) => this.logger.warn(`sweep: ${String(error)}`));
    sweep.start();
    this.running = { redis, turns, worker, sweep };
  }

  /** Takes no new turn, lets the running jobs come to their end within the grace time, then hands over. */
  async onModuleDestroy(): Promise<void> {
    if (this.running === null) return;
    const { redis, turns, worker, sweep } = this.running;
    this.running = null;
    turns.stop();
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.config.shutdownGraceSeconds * 1000);
    });
    await Promise.race([Promise.all([sweep.stop(), worker.close()]), grace]);
    clearTimeout(timer);
    endConnection(redis);
  }
}
