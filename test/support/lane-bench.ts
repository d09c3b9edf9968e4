import type { RedisClient } from '../../src/redis/redis-client.js';
import type { CommandLogEntry } from '../../simulator/log/command-log.js';
import type { ManagedSystem, Partition, Vnic } from '../../simulator/estate/model.js';
import { partitionOf, systemOf } from '../../simulator/estate/find.js';
import { startSimulator, type Simulator, type SimulatorSettings } from '../../simulator/simulator.js';
import { operationOf } from '../../src/core/operations/operations.js';
import type { OperationName, TargetAddress } from '../../src/core/operations/operation.js';
import type { HmcLimits } from '../../src/hmc/hmc-endpoint.js';
import type { HmcConnections } from '../../src/hmc/hmc-connections.js';
import { SshHmcConnections } from '../../src/hmc/ssh-hmc-connections.js';
import { HmcInventory } from '../../src/inventory/hmc-inventory.js';
import { HmcReader } from '../../src/inventory/hmc-reader.js';
import type { Inventory } from '../../src/inventory/inventory.js';
import { readForOperation } from '../../src/inventory/read-for-operation.js';
import { SystemDirectory } from '../../src/inventory/system-directory.js';
import { readerOf } from '../../src/jobs/job-reader.js';
import { newJob, type JobRecord } from '../../src/store/job-record.js';
import { JobStore } from '../../src/store/job-store.js';
import { Executor } from '../../src/lanes/executor.js';
import type { LaneSettings } from '../../src/lanes/lane-settings.js';
import { LaneStore } from '../../src/store/lane-store.js';
import { type Lease } from '../../src/store/lease.js';
import { LeaseKeeper } from '../../src/lanes/lease-keeper.js';
import { TurnRunner, type TurnEnd } from '../../src/lanes/turn.js';
import { connectWorker } from '../../src/redis/connections.js';
import type { Durability } from '../../src/redis/durability.js';
import { startTestRedis, uniquePrefix, type TestRedis } from './redis.js';
import { simulatorEndpoints } from './simulator-endpoints.js';
import { REPTILIAN } from './whole-service.js';

export const RETENTION_MS = 60 * 60 * 1000;

const SETTINGS: LaneSettings = {
  leaseMs: 2000,
  settleMs: 1000,
  changeDeadlineMs: 20_000,
  migrationDeadlineMs: 30_000,
  pacingMs: 0,
  hmcWaitMs: 5000,
  hmcRetryMs: 100,
  busyPausesMs: [50, 100, 150],
};

/** One owner of lanes: what a worker process holds, without Nest and BullMQ. */
export interface BenchWorker {
  readonly lanes: LaneStore;
  readonly executor: Executor;
  readonly turns: TurnRunner;
  readonly settings: LaneSettings;
  /** What was reported for the log: faults of ours, records that cannot be used. */
  readonly faults: unknown[];
}

/** The lanes over real Redis and real SSH, turn by turn in the hands of a test. */
export interface LaneBench {
  readonly simulator: Simulator;
  readonly server: TestRedis;
  readonly redis: RedisClient;
  readonly jobs: JobStore;
  readonly inventory: Inventory;
  readonly hmcs: SshHmcConnections;
  readonly worker: BenchWorker;
  /** A further owner, with times of its own, or something between it and the HMCs. */
  newWorker(settings?: Partial<LaneSettings>, own?: OwnParts): BenchWorker;
  /** Binds the target and stores the job, as accepting a call does. */
  accept(operation: OperationName, address: TargetAddress, request?: object, more?: AcceptOptions): Promise<JobRecord>;
  job(id: string): Promise<JobRecord>;
  /** Runs turns of the lane until nothing is left in it that could run at once. */
  drain(worker?: BenchWorker, mtms?: string): Promise<void>;
  /** Accepts a job, runs the lane, and gives the job as it then stands. */
  run(
    operation: OperationName,
    address: TargetAddress,
    request?: object,
    more?: AcceptOptions & { readonly worker?: BenchWorker },
  ): Promise<JobRecord>;
  /** Leaves a job `running` as a worker does that died: it took the lane, wrote this much, and is gone. */
  abandon(job: JobRecord, written: Partial<JobRecord>, observed?: unknown): Promise<void>;
  /** What the executor compares with later: the observation of the job's target as the system is now. */
  observe(job: JobRecord): Promise<unknown>;
  /** Changing commands that reached an HMC since the last `forget`. */
  changes(): readonly CommandLogEntry[];
  /** Estate, faults and log as at the start. */
  reset(): void;
  frame(mtms?: string): ManagedSystem;
  partition(name: string, mtms?: string): Partition;
  vnic(partitionId: number, slot: number, mtms?: string): Vnic | undefined;
  close(): Promise<void>;
}

/** What a worker has instead of what all share. */
export interface OwnParts {
  readonly inventory?: Inventory;
  readonly hmcs?: HmcConnections;
  readonly redisUrl?: string;
  readonly durability?: Durability;
}

export interface AcceptOptions {
  readonly mtms?: string;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  /** The second system of an operation that touches two. */
  readonly targetMtms?: string;
}

export async function startLaneBench(
  options: {
    readonly settings?: Partial<LaneSettings>;
    readonly simulator?: SimulatorSettings;
    readonly limits?: Partial<HmcLimits>;
  } = {},
): Promise<LaneBench> {
  const simulator = await startSimulator(options.simulator);
  const server = await startTestRedis();
  const redis = connectWorker(server.url);
  const prefix = uniquePrefix();
  const limits = { connectMs: 2000, circuitFailures: 1000, ...options.limits };
  const hmcs = new SshHmcConnections(simulatorEndpoints(simulator, limits));
  const reader = new HmcReader(hmcs, 5000);
  const inventory = new HmcInventory(reader, new SystemDirectory(reader, hmcs.hmcIds()));
  const jobs = new JobStore(redis, prefix, RETENTION_MS);
  const connections = [redis];

  const newWorker: LaneBench['newWorker'] = (settings = {}, own = {}) => {
    const all = { ...SETTINGS, ...options.settings, ...settings };
    const connection = connectWorker(own.redisUrl ?? server.url);
    connections.push(connection);
    const lanes = new LaneStore(connection, prefix, all.leaseMs, RETENTION_MS, own.durability);
    const faults: unknown[] = [];
    const watch = { jobEntered: (): void => undefined };
    const reads = own.inventory ?? inventory;
    const reportFault = (error: unknown): number => faults.push(error);
    const executor = new Executor(lanes, reads, own.hmcs ?? hmcs, all, watch, reportFault);
    const turns = new TurnRunner(lanes, executor, all, watch, reportFault);
    return { lanes, executor, turns, settings: all, faults };
  };
  const worker = newWorker();

  const job: LaneBench['job'] = async (id) => {
    const record = await jobs.get(id);
    if (record === null) throw new Error(`there is no job ${id}`);
    return record;
  };
  const accept: LaneBench['accept'] = async (name, address, request = {}, more = {}) => {
    const { mtms = REPTILIAN, ifMatch, ifNoneMatch, targetMtms } = more;
    const operation = operationOf(name);
    const system = await inventory.find(mtms);
    const systems = { system, targetMtms };
    const snapshot = await readForOperation(inventory, operation, 'needs', systems, { sharing: 'own' });
    const bound = operation.bind(snapshot, address, request);
    if (!bound.ok) throw new Error(`not accepted: ${JSON.stringify(bound.refusal)}`);
    const asked = { operation: name, managedSystem: system, target: bound.value, requestedBy: 'the bench', request };
    const accepted = await jobs.accept(newJob({ ...asked, ifMatch, ifNoneMatch }), null);
    if (accepted.kind !== 'created') throw new Error(`not created: ${accepted.kind}`);
    return accepted.record;
  };
  const drain: LaneBench['drain'] = async (by = worker, mtms = REPTILIAN) => {
    let end: TurnEnd;
    do end = await by.turns.run(mtms);
    while (end === 'again' && (await by.lanes.state(mtms)).queuedJobIds.length > 0);
  };

  return {
    simulator,
    server,
    redis,
    jobs,
    inventory,
    hmcs,
    worker,
    newWorker,
    accept,
    job,
    drain,
    run: async (operation, address, request = {}, { worker: by = worker, ...more } = {}) => {
      const accepted = await accept(operation, address, request, more);
      await drain(by, more.mtms);
      return job(accepted.id);
    },
    abandon: async (record, written, observed) => {
      const lease = await taken(worker.lanes, record.managedSystem.mtms);
      const started = await worker.lanes.start(lease, record);
      if (started === null) throw new Error('the job is not the head of its lane');
      await worker.lanes.write(lease, { ...started, ...written }, observed);
      // What the end of a lease leaves behind: no key, and the epoch as it was.
      await redis.del(worker.lanes.keys.laneLease(record.managedSystem.mtms));
    },
    observe: async (record) => {
      const snapshot = await (await readerOf(inventory, record)).read('needs', 'own', null);
      return operationOf(record.operation).observe(snapshot, record.target);
    },
    changes: () => simulator.log.entries.filter((entry) => entry.kind === 'change'),
    reset: () => simulator.control.reset(),
    frame: (mtms = REPTILIAN) => systemOf(simulator.estate, mtms),
    partition: (name, mtms = REPTILIAN) => partitionOf(systemOf(simulator.estate, mtms), name),
    vnic: (partitionId, slot, mtms = REPTILIAN) =>
      systemOf(simulator.estate, mtms).vnics.find((vnic) => vnic.partitionId === partitionId && vnic.slot === slot),
    close: async () => {
      await hmcs.close(0);
      for (const connection of connections) connection.disconnect();
      await simulator.close();
      await server.stop();
    },
  };
}

/** The lease of a lane, with the keeper that a turn would have. */
export async function owned(worker: BenchWorker, mtms: string): Promise<{ lease: Lease; keeper: LeaseKeeper }> {
  const lease = await taken(worker.lanes, mtms);
  return { lease, keeper: new LeaseKeeper(lease, worker.lanes, worker.settings.leaseMs) };
}

/** Takes a lane from its owner, as the end of its lease does: a renewal that comes between is waited out. */
export async function overtaken(
  by: BenchWorker,
  redis: RedisClient,
  mtms: string,
): Promise<{ lease: Lease; keeper: LeaseKeeper }> {
  for (;;) {
    await redis.del(by.lanes.keys.laneLease(mtms));
    const lease = await by.lanes.acquire(mtms);
    if (lease !== null) return { lease, keeper: new LeaseKeeper(lease, by.lanes, by.settings.leaseMs) };
  }
}

async function taken(lanes: LaneStore, mtms: string): Promise<Lease> {
  const lease = await lanes.acquire(mtms);
  if (lease === null) throw new Error(`the lane ${mtms} has an owner`);
  return lease;
}
