import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandLogEntry } from '../../simulator/log/command-log.js';
import { startSimulator, type Simulator, type SimulatorSettings } from '../../simulator/simulator.js';
import type { ServiceConfig } from '../../src/config/service-config.js';
import { simulatorEndpoints } from './simulator-endpoints.js';
import { KEYS, startTestApp, testConfig, type TestApp } from './test-app.js';
import type { JobBody, Method } from './whole-service.js';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** Several processes' worth of the service (each its own application, with connections of its own) on one Redis. */
export interface Replicas {
  readonly simulator: Simulator;
  readonly apis: readonly TestApp[];
  readonly workers: readonly TestApp[];
  /** Calls one of the two APIs, each in its turn. */
  call(method: Method, path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
  /**
   * Sends a change as a careful client does: with an Idempotency-Key, again while the answer is 503, and
   * asks for the job until it is over.
   */
  change(method: Method, path: string, body?: object): Promise<JobBody>;
  finished(jobId: string): Promise<JobBody>;
  /** The changing commands that reached an HMC so far, in order of arrival. */
  changes(): readonly CommandLogEntry[];
  close(): Promise<void>;
}

const PATIENCE_MS = 60_000;

export async function startReplicas(options: {
  readonly redisUrl: string;
  readonly config?: Partial<ServiceConfig>;
  readonly simulator?: SimulatorSettings;
}): Promise<Replicas> {
  const simulator = await startSimulator(options.simulator);
  const config = testConfig(options.redisUrl, {
    hmcs: simulatorEndpoints(simulator),
    logLevel: 'warn',
    ...options.config,
  });
  const start = (role: ServiceConfig['role']): Promise<TestApp> => startTestApp({ ...config, role });
  const apis = [await start('api'), await start('api')];
  const workers = [await start('worker'), await start('worker')];
  let calls = 0;

  const call: Replicas['call'] = async (method, path, body, headers = {}) => {
    const api = apis[(calls += 1) % apis.length];
    const response = await fetch(`${api?.url}${path}`, {
      method: method.toUpperCase(),
      headers: {
        Authorization: `Bearer ${KEYS.operator}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  };
  const patiently = async (ask: () => Promise<Answer>, until: (answer: Answer) => boolean): Promise<Answer> => {
    let answer = await ask();
    for (const deadline = Date.now() + PATIENCE_MS; !until(answer); answer = await ask()) {
      if (Date.now() > deadline) throw new Error(`still: ${answer.status} ${JSON.stringify(answer.body)}`);
      await sleep(50);
    }
    return answer;
  };
  const finished: Replicas['finished'] = async (jobId) => {
    const over = ({ status, body }: Answer): boolean =>
      status === 404 || (status === 200 && !['queued', 'running'].includes((body as JobBody).state));
    const { status, body } = await patiently(() => call('get', `/v1/jobs/${jobId}`), over);
    if (status === 404) throw new Error(`the accepted job ${jobId} is gone`);
    return body as JobBody;
  };
  return {
    simulator,
    apis,
    workers,
    call,
    finished,
    change: async (method, path, body) => {
      const headers = { 'Idempotency-Key': crypto.randomUUID() };
      const answer = await patiently(
        () => call(method, path, body, headers),
        ({ status }) => status !== 503,
      );
      if (answer.status !== 202) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return finished((answer.body as JobBody).id);
    },
    changes: () => simulator.log.entries.filter((entry) => entry.kind === 'change'),
    close: async () => {
      for (const app of [...workers, ...apis]) await app.close();
      await simulator.close();
    },
  };
}
