import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { freePort, startTestRedis, uniquePrefix, type TestRedis } from '../support/redis.js';
import { Actor } from './actor.js';
import { Client, type Change } from './client.js';
import { faultEstate } from './estate.js';
import type { FaultWindow, History, JobDocument } from './history.js';
import { HmcProxy } from './hmc-proxy.js';
import { Random } from './random.js';
import { commandOf, Recorder } from './recorder.js';
import { ServiceProcess } from './service-process.js';

/** Times of the service under test, short so that many faults fit into little time. Seconds. */
export const TIMES = { lease: 5, settle: 3, change: 4, read: 4, hmcWait: 90, pacing: 1, grace: 10 };

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
  private readonly asked = new Map<Actor, { change: Change; sent: () => void }>();

  private constructor(
    readonly options: RigOptions,
    readonly dir: string,
    readonly simulator: Simulator,
    readonly recorder: Recorder,
    readonly redis: TestRedis,
    readonly redisPrefix: string,
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
    const simulator = await startSimulator({
      estate,
      hmcs: [
        { id: 'hmc1', version: 'V10R3' },
        { id: 'hmc2', version: 'V8R8.6.0', changeErrorStream: 'stderr' },
      ],
      readLatencyMs: 5,
      changeLatencyMs: options.changeLatencyMs ?? 150,
      onCommand: (entry) => recorder.heard(entry),
    });
    const redis = await startTestRedis();
    const dir = mkdtempSync(join(tmpdir(), 'faults-'));
    const proxies = new Map(simulator.hmcs.map(({ id, port }) => [id, new HmcProxy(port)]));
    const ports = new Map<string, number>();
    for (const [id, proxy] of proxies) ports.set(id, await proxy.start());
    writeFileSync(join(dir, 'key'), simulator.hmcs[0]?.privateKey ?? '', { mode: 0o600 });
    writeFileSync(
      join(dir, 'hmcs.yaml'),
      JSON.stringify({
        hmcs: simulator.hmcs.map(({ id, username, hostKeyFingerprint }) => ({
          id,
          host: '127.0.0.1',
          port: ports.get(id),
          username,
          privateKeyFile: 'key',
          hostKeys: [hostKeyFingerprint],
        })),
      }),
    );
    const redisPrefix = uniquePrefix();
    const times = { ...TIMES, ...options.times };
    const replica = async (role: 'api' | 'worker', number: number): Promise<ServiceProcess> => {
      const name = `${role}${number}`;
      const env = {
        ROLE: role,
        AUTH: 'none',
        HMC_CONFIG: join(dir, 'hmcs.yaml'),
        REDIS_URL: redis.url,
        REDIS_PREFIX: redisPrefix,
        LEASE_SECONDS: String(times.lease),
        SETTLE_SECONDS: String(times.settle),
        HMC_CHANGE_TIMEOUT_SECONDS: String(times.change),
        HMC_READ_TIMEOUT_SECONDS: String(times.read),
        HMC_WAIT_SECONDS: String(times.hmcWait),
        FAILOVER_PACING_SECONDS: String(times.pacing),
        SHUTDOWN_GRACE_SECONDS: String(times.grace),
        LANE_CONCURRENCY: '4',
        LOG_LEVEL: 'warn',
      };
      return new ServiceProcess(name, options.serviceDir, await freePort(), env, join(dir, `${name}.log`));
    };
    const apis: ServiceProcess[] = [];
    const workers: ServiceProcess[] = [];
    for (let i = 1; i <= options.apis; i += 1) apis.push(await replica('api', i));
    for (let i = 1; i <= options.workers; i += 1) workers.push(await replica('worker', i));
    const actors = territories.map((each, i) => new Actor(estate, each, i, new Random(options.seed + 1000 + i)));
    const client = new Client(apis.map(({ url }) => url));
    const rig = new Rig(options, dir, simulator, recorder, redis, redisPrefix, proxies, apis, workers, actors, client);
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

  /** All that was left behind. Waits for jobs that are not over yet, at most `stuckAfterMs` from the end of the last fault. */
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
      jobs.set(jobId, job);
    }
    return {
      acknowledged: this.client.acknowledged,
      jobs,
      listed: await this.client.listed(),
      commands: this.simulator.log.entries.filter((entry) => entry.kind === 'change').map(commandOf),
      states: this.recorder.history(),
      faults: this.faults,
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
      const id = await this.client.ask(asked?.change ?? actor.next(), random);
      asked?.sent();
      if (id !== null) await this.client.finished(id, random);
      else await sleep(500);
    }
  }
}
