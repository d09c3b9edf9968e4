import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mtms, type Vnic } from '../../simulator/estate/model.js';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { startTestRedis, uniquePrefix, type TestRedis } from '../support/redis.js';
import { freePort } from '../support/free-port.js';
import { Actor } from './actor.js';
import { Client, type Change } from './client.js';
import { faultEstate } from './estate.js';
import type { Conditional, FaultWindow, History, JobDocument, Pause } from './history.js';
import { HmcProxy } from './hmc-proxy.js';
import { Outages } from './outages.js';
import { Random } from './random.js';
import { commandOf, readingOf, Recorder } from './recorder.js';
import { ServiceProcess } from './service-process.js';

/**
 * Times of the service under test, short so that many faults fit into little time. Seconds. The distance between two
 * moves is longer than what lies between two changes of one client anyway.
 */
export const TIMES = { lease: 5, settle: 3, change: 4, migration: 6, read: 4, hmcWait: 90, pacing: 2, grace: 10 };

/** How much longer than other changes a migration takes on an HMC, milliseconds: what runs beside it would be seen. */
const MIGRATION_MS = 800;

/**
 * Of the changes, how many are canceled as soon as they are accepted, and how many come with an ETag that is too old.
 */
const CANCEL_SHARE = 0.05;
const STALE_SHARE = 0.03;
/** Of the jobs in doubt, how many are reconciled at once; the others at the end, when everything is mended. */
const RECONCILE_AT_ONCE_SHARE = 0.5;

export interface RigOptions {
  /** Where the compiled service is. */
  readonly serviceDir: string;
  readonly seed: number;
  readonly workers: number;
  readonly apis: number;
  readonly frames: number;
  /** Client partitions of each frame: so many actors work there. */
  readonly clients: number;
  /** How long a change takes on an HMC, milliseconds. */
  readonly changeLatencyMs?: number;
  readonly times?: Partial<typeof TIMES>;
}

/**
 * The whole thing: the service as real processes, a real Redis, two simulated HMCs behind network paths that can be
 * broken, and actors that keep changes in flight.
 */
export class Rig {
  readonly acting: { stop: AbortController; done: Promise<void> }[] = [];
  readonly faults: FaultWindow[] = [];
  private readonly pauses: Pause[] = [];
  private readonly conditionals: Conditional[] = [];
  /** Jobs that had ended `indeterminate`, as they were then. */
  private readonly inDoubt = new Map<string, JobDocument>();
  private readonly asked = new Map<Actor, { change: Change; sent: () => void }>();

  private constructor(
    readonly options: RigOptions,
    readonly dir: string,
    readonly simulator: Simulator,
    readonly recorder: Recorder,
    readonly redis: TestRedis,
    readonly redisPrefix: string,
    private readonly outages: Outages,
    private readonly times: typeof TIMES,
    readonly proxies: ReadonlyMap<string, HmcProxy>,
    readonly apis: readonly ServiceProcess[],
    readonly workers: readonly ServiceProcess[],
    readonly actors: readonly Actor[],
    readonly client: Client,
  ) {}

  /** Close what it gives. */
  static async start(options: RigOptions): Promise<Rig> {
    const { estate, territories } = faultEstate(options.frames, options.clients);
    const recorder = new Recorder(estate.systems);
    const outages = new Outages();
    const names = [
      ...Array.from({ length: options.apis }, (_, i) => `api${i + 1}`),
      ...Array.from({ length: options.workers }, (_, i) => `worker${i + 1}`),
    ];
    // Each replica has a login of its own: so the log of the simulator tells who sent what.
    const users = names.map((username) => ({ username, taskRole: 'hmcsuperadmin' as const, password: username }));
    const simulator = await startSimulator({
      estate,
      hmcs: [
        { id: 'hmc1', version: 'V10R3', users },
        { id: 'hmc2', version: 'V8R8.6.0', changeErrorStream: 'stderr', users },
      ],
      readLatencyMs: 5,
      changeLatencyMs: options.changeLatencyMs ?? 150,
      onCommand: (entry) => recorder.heard(entry),
    });
    simulator.control.addFault({ type: 'latency', ms: MIGRATION_MS, match: '^migrlpar -o m', times: null });
    const redis = watched(await startTestRedis(), outages);
    const dir = mkdtempSync(join(tmpdir(), 'faults-'));
    const proxies = new Map(simulator.hmcs.map(({ id, port }) => [id, new HmcProxy(id, port, outages)]));
    const ports = new Map<string, number>();
    for (const [id, proxy] of proxies) ports.set(id, await proxy.start());
    writeFileSync(join(dir, 'key'), simulator.hmcs[0]?.privateKey ?? '', { mode: 0o600 });
    const hmcsFor = (username: string): object => ({
      hmcs: simulator.hmcs.map(({ id, hostKeyFingerprint }) => ({
        id,
        host: '127.0.0.1',
        port: ports.get(id),
        username,
        privateKeyFile: 'key',
        hostKeys: [hostKeyFingerprint],
      })),
    });
    const redisPrefix = uniquePrefix();
    const times = { ...TIMES, ...options.times };
    const replica = async (name: string): Promise<ServiceProcess> => {
      const hmcConfig = join(dir, `hmcs-of-${name}.yaml`);
      writeFileSync(hmcConfig, JSON.stringify(hmcsFor(name)));
      const env = {
        ROLE: name.startsWith('api') ? 'api' : 'worker',
        AUTH: 'none',
        HMC_CONFIG: hmcConfig,
        REDIS_URL: redis.url,
        REDIS_PREFIX: redisPrefix,
        LEASE_SECONDS: String(times.lease),
        SETTLE_SECONDS: String(times.settle),
        HMC_CHANGE_TIMEOUT_SECONDS: String(times.change),
        MIGRATION_TIMEOUT_SECONDS: String(times.migration),
        HMC_READ_TIMEOUT_SECONDS: String(times.read),
        HMC_WAIT_SECONDS: String(times.hmcWait),
        FAILOVER_PACING_SECONDS: String(times.pacing),
        SHUTDOWN_GRACE_SECONDS: String(times.grace),
        LANE_CONCURRENCY: '4',
        LOG_LEVEL: 'warn',
      };
      return new ServiceProcess(name, options.serviceDir, await freePort(), env, join(dir, `${name}.log`), outages);
    };
    const replicas: ServiceProcess[] = [];
    for (const name of names) replicas.push(await replica(name));
    const apis = replicas.slice(0, options.apis);
    const workers = replicas.slice(options.apis);
    const actors = territories.map((each, i) => new Actor(estate, each, i, new Random(options.seed + 1000 + i)));
    const client = new Client(apis.map(({ url }) => url));
    const rig = new Rig(
      options,
      dir,
      simulator,
      recorder,
      redis,
      redisPrefix,
      outages,
      times,
      proxies,
      apis,
      workers,
      actors,
      client,
    );
    try {
      for (const process of [...apis, ...workers]) process.start();
      await Promise.all([...apis, ...workers].map((process) => process.ready()));
    } catch (error) {
      await rig.close(true);
      throw error;
    }
    return rig;
  }

  /** Every actor has one change in flight from now on, until `stopActing`. */
  startActing(): void {
    for (const [i, actor] of this.actors.entries()) {
      const stop = new AbortController();
      this.acting.push({ stop, done: this.act(actor, new Random(this.options.seed + 2000 + i), stop.signal) });
    }
  }

  /** From now on, until `stopActing`, somebody pauses the lane of a system now and then, and opens it again. */
  startPausing(): void {
    const stop = new AbortController();
    this.acting.push({ stop, done: this.pauseNowAndThen(new Random(this.options.seed + 4000), stop.signal) });
  }

  /** No new change; waits until those in flight are over, at most so long. */
  async stopActing(withinMs: number): Promise<void> {
    const deadline = AbortSignal.timeout(withinMs);
    for (const { stop } of this.acting) stop.abort();
    const late = new Promise<void>((resolve) => deadline.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([Promise.all(this.acting.map(({ done }) => done)), late]);
  }

  /** Makes an actor ask for this change next; resolves when it has been accepted or refused. */
  async askFor(actor: Actor, change: Change): Promise<void> {
    await new Promise<void>((sent) => this.asked.set(actor, { change, sent }));
  }

  /**
   * All that was left behind. Waits for jobs that are not over yet, at most
   * `stuckAfterMs` from the end of the last fault.
   */
  async history(stuckAfterMs: number): Promise<History> {
    const random = new Random(this.options.seed + 3000);
    const healedAt = Math.max(0, ...this.faults.map(({ to }) => to));
    const deadline = Math.max(healedAt, Date.now() - stuckAfterMs) + stuckAfterMs;
    const jobs = new Map<string, JobDocument | null>();
    for (const { jobId } of this.client.acknowledged) {
      let job = await this.client.job(jobId, random);
      while ((job === null || ['queued', 'running'].includes(job.state)) && Date.now() < deadline) {
        await sleep(250);
        job = await this.client.job(jobId, random);
      }
      jobs.set(jobId, this.inDoubt.get(jobId) ?? job);
      if (job?.state === 'indeterminate') await this.client.reconcile(jobId, random);
    }
    return {
      acknowledged: this.client.acknowledged,
      jobs,
      listed: await this.client.listed(),
      commands: this.simulator.log.entries.filter((entry) => entry.kind === 'change').map(commandOf),
      states: this.recorder.history(),
      readings: this.simulator.log.entries
        .filter(({ user }) => this.workers.some(({ name }) => name === user))
        .flatMap((entry) => readingOf(entry) ?? []),
      hmcs: [...this.proxies.keys()],
      faults: this.faults,
      outages: this.outages.list.map((one) => ({ ...one })),
      paced: this.actors.filter(({ territory }) => territory.isPaced).map(({ territory }) => territory.partition),
      times: {
        changeMs: this.times.change * 1000,
        migrationMs: this.times.migration * 1000,
        pacingMs: this.times.pacing * 1000,
      },
      cancels: this.client.cancels,
      pauses: this.pauses,
      conditionals: this.conditionals,
      reconciled: this.client.reconciled,
      endedAt: Date.now(),
    };
  }

  /** Ends everything. With `keep` the logs of the replicas stay in `dir`. */
  async close(keep = false): Promise<void> {
    this.client.close();
    for (const process of [...this.apis, ...this.workers]) {
      process.thaw();
      await process.kill();
    }
    for (const proxy of this.proxies.values()) await proxy.stop();
    await this.simulator.close();
    await this.redis.stop();
    if (!keep) rmSync(this.dir, { recursive: true, force: true });
  }

  private async act(actor: Actor, random: Random, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const asked = this.asked.get(actor);
      this.asked.delete(actor);
      const vnic = actor.anyVnic();
      if (asked === undefined && vnic !== null && random.chance(STALE_SHARE)) {
        await this.changeFromAnOldReading(actor, vnic, random);
        continue;
      }
      const id = await this.client.ask(asked?.change ?? actor.next(), random);
      asked?.sent();
      if (id !== null && asked === undefined && random.chance(CANCEL_SHARE)) await this.client.cancel(id, random);
      if (id !== null) await this.over(id, random);
      else await sleep(500);
    }
  }

  /** Waits for the end of a job; one in doubt is reconciled now and then before the next change comes. */
  private async over(id: string, random: Random): Promise<void> {
    const job = await this.client.finished(id, random);
    if (job?.state !== 'indeterminate') return;
    this.inDoubt.set(id, job);
    if (random.chance(RECONCILE_AT_ONCE_SHARE)) await this.client.reconcile(id, random);
  }

  /**
   * Two changes of one vNIC, the second one with the ETag from before the first: it must not act once the first has.
   */
  private async changeFromAnOldReading(actor: Actor, vnic: Vnic, random: Random): Promise<void> {
    const { system, partition } = actor.place();
    const { slot } = vnic;
    const readFrom = Date.now();
    const etag = await this.client.etag(actor.pathOf(vnic), random);
    const readTo = Date.now();
    if (etag === null) return;
    const first = await this.client.ask(actor.setPriority(vnic), random);
    const second = await this.client.ask(actor.switchAutomaticFailover(vnic), random, etag);
    if (second !== null)
      this.conditionals.push({ jobId: second, mtms: mtms(system), partitionId: partition.id, slot, readFrom, readTo });
    for (const id of [first, second]) if (id !== null) await this.over(id, random);
  }

  private async pauseNowAndThen(random: Random, stop: AbortSignal): Promise<void> {
    const systems = [...new Set(this.actors.map(({ territory }) => territory.home))];
    for (;;) {
      await sleep(random.whole(1000, 5000), undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) return;
      const lane = random.pick(systems);
      const isPaused = await this.client.setLane(lane, 'pause', random);
      const from = Date.now();
      await sleep(random.whole(500, 2500));
      if (isPaused) this.pauses.push({ mtms: lane, from, to: Date.now() });
      // Until it is surely open: a lane that stays paused would keep its jobs for ever.
      while (!(await this.client.setLane(lane, 'resume', random)) && !this.client.isClosed) await sleep(300);
    }
  }
}

/** The same Redis, whose absences are written down. */
function watched(redis: TestRedis, outages: Outages): TestRedis {
  return {
    url: redis.url,
    port: redis.port,
    get pid() {
      return redis.pid;
    },
    stop: () => redis.stop(),
    freeze: () => {
      outages.begin('redis');
      redis.freeze();
    },
    thaw: () => {
      redis.thaw();
      outages.end('redis');
    },
    kill: () => {
      outages.begin('redis');
      return redis.kill();
    },
    restart: async () => {
      await redis.restart();
      outages.end('redis');
    },
  };
}
