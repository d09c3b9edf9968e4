import { setTimeout as sleep } from 'node:timers/promises';
import supertest from 'supertest';
import { startSimulator, type Simulator, type SimulatorSettings } from '../../simulator/simulator.js';
import type { CommandLogEntry } from '../../simulator/log/command-log.js';
import type { ServiceConfig } from '../../src/config/service-config.js';
import { startTestRedis, type TestRedis } from './redis.js';
import { simulatorEndpoints } from './simulator-endpoints.js';
import { KEYS, startTestApp, testConfig, type TestApp } from './test-app.js';

export const REPTILIAN = '9119-MME*65BA46F';
export const SAURIAN = '9119-MME*659707C';

/** A job as a client sees it; only what tests look at is typed. */
export interface JobBody {
  readonly id: string;
  readonly operation: string;
  readonly state: string;
  readonly sequence: number;
  readonly queuePosition: number | null;
  readonly waitingFor: { reason: string; until: string | null } | null;
  readonly plan: readonly { command: string; state: string; exitStatus: number | null; movesActive: boolean }[];
  readonly target: { slot?: number };
  readonly hmc: string | null;
  // The shape depends on the operation.
  readonly before: Record<string, unknown> | null;
  readonly result: Record<string, unknown> | null;
  readonly error: (Record<string, unknown> & { type: string }) | null;
  readonly warnings: readonly string[];
  readonly requestedBy: string;
}

export type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';

/** The whole service over real Redis and real SSH, in front of simulated HMCs. */
export interface WholeService {
  readonly simulator: Simulator;
  readonly redis: TestRedis;
  readonly apps: readonly TestApp[];
  readonly config: ServiceConfig;
  /** Calls the (first) API with the operator's key. */
  call(method: Method, path: string, role?: keyof typeof KEYS): supertest.Test;
  /** Waits until the job is in a final state. */
  finished(jobId: string, withinMs?: number): Promise<JobBody>;
  /** Sends a change, expects 202, waits for its end. */
  change(method: Method, path: string, body?: object): Promise<JobBody>;
  /** The changing commands that reached an HMC so far, in order of arrival. */
  changes(): readonly CommandLogEntry[];
  close(): Promise<void>;
}

export async function startWholeService(
  options: {
    readonly simulator?: SimulatorSettings;
    readonly config?: Partial<ServiceConfig>;
    /** One process each; default: one that does everything. */
    readonly roles?: readonly ServiceConfig['role'][];
  } = {},
): Promise<WholeService> {
  const simulator = await startSimulator(options.simulator);
  const redis = await startTestRedis();
  const config = testConfig(redis.url, { hmcs: simulatorEndpoints(simulator), logLevel: 'warn', ...options.config });
  const apps: TestApp[] = [];
  for (const role of options.roles ?? ['all' as const]) apps.push(await startTestApp({ ...config, role }));
  const url = apps[0]?.url ?? '';

  const call: WholeService['call'] = (method, path, role = 'operator') =>
    supertest(url)[method](path).set('Authorization', `Bearer ${KEYS[role]}`);
  const finished: WholeService['finished'] = async (jobId, withinMs = 30_000) => {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const { body } = await call('get', `/v1/jobs/${jobId}`).expect(200);
      const job = body as JobBody;
      if (!['queued', 'running'].includes(job.state)) return job;
      if (Date.now() > deadline) throw new Error(`job is still ${job.state}: ${JSON.stringify(job)}`);
      await sleep(25);
    }
  };
  return {
    simulator,
    redis,
    apps,
    config,
    call,
    finished,
    change: async (method, path, body) => {
      const answer = await (body === undefined ? call(method, path) : call(method, path).send(body));
      if (answer.status !== 202) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return finished((answer.body as JobBody).id);
    },
    changes: () => simulator.log.entries.filter((entry) => entry.kind === 'change'),
    close: async () => {
      for (const app of apps) await app.close();
      await simulator.close();
      await redis.stop();
    },
  };
}
