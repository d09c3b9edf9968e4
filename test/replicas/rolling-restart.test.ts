import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { compileService } from '../support/compiled-service.js';
import { startTestRedis, uniquePrefix, type TestRedis } from '../support/redis.js';
import { KEYS, sha256 } from '../support/test-app.js';
import type { JobBody } from '../support/whole-service.js';
import { until } from '../support/until.js';
import { freePort } from '../support/free-port.js';

const PORTS = '/v1/managed-systems/saurian-9119-MME-659707C/sriov/physical-ports';

interface Process {
  readonly role: 'api' | 'worker';
  readonly port: number;
  readonly child: ChildProcess;
}

/* Two api and two worker processes, a load that never pauses, and each process restarted in its turn. */
describe('a rolling restart under load', () => {
  let compiled: Awaited<ReturnType<typeof compileService>>;
  let redis: TestRedis;
  let simulator: Simulator;
  let dir: string;
  const processes: Process[] = [];
  const prefix = uniquePrefix();

  beforeAll(async () => {
    [compiled, redis, simulator] = await Promise.all([
      compileService(),
      startTestRedis(),
      startSimulator({ changeLatencyMs: 150 }),
    ]);
    dir = mkdtempSync(join(tmpdir(), 'test-rolling-'));
    const hmcs = simulator.hmcs.map(({ id, host, port, username, privateKey, hostKeyFingerprint }) => {
      writeFileSync(join(dir, `${id}.key`), privateKey, { mode: 0o600 });
      return { id, host, port, username, privateKeyFile: `${id}.key`, hostKeys: [hostKeyFingerprint] };
    });
    writeFileSync(join(dir, 'hmcs.yaml'), JSON.stringify({ hmcs }));
    const keys = [{ name: 'load', role: 'operator', sha256: sha256(KEYS.operator) }];
    writeFileSync(join(dir, 'keys.yaml'), JSON.stringify({ keys }));
    for (const role of ['api', 'api', 'worker', 'worker'] as const) {
      processes.push(start(role, await freePort()));
    }
    for (const each of processes) await untilReady(each);
  }, 90_000);
  afterAll(async () => {
    for (const { child } of processes) await ended(child, 'SIGKILL');
    await simulator.close();
    await redis.stop();
    compiled.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = (role: Process['role'], port: number): Process => {
    const child = spawn(process.execPath, [join(compiled.dir, 'main.js')], {
      cwd: dir,
      env: {
        PATH: process.env['PATH'],
        HMC_CONFIG: 'hmcs.yaml',
        API_KEYS_FILE: 'keys.yaml',
        REDIS_URL: redis.url,
        REDIS_PREFIX: prefix,
        ROLE: role,
        PORT: String(port),
        LEASE_SECONDS: '30',
        SETTLE_SECONDS: '2',
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    return { role, port, child };
  };
  const untilReady = (target: Process): Promise<void> =>
    until(`the ${target.role} is ready`, async () => {
      return (await fetch(`http://127.0.0.1:${target.port}/health/ready`)).status === 200;
    });

  /** As a client behind a load balancer: the next api when one does not answer, with the same Idempotency-Key. */
  let calls = 0;
  const ask = async (method: string, path: string, body?: object, key?: string): Promise<Response> => {
    const apis = processes.filter(({ role }) => role === 'api');
    for (let tries = 0; ; tries += 1) {
      const api = apis[(calls += 1) % apis.length];
      try {
        const response = await fetch(`http://127.0.0.1:${api?.port}${path}`, {
          method,
          headers: {
            Authorization: `Bearer ${KEYS.operator}`,
            'Content-Type': 'application/json',
            ...(key === undefined ? {} : { 'Idempotency-Key': key }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        if (response.status !== 503) return response;
        if (tries > 200) return response;
      } catch (error) {
        if (tries > 200) throw error;
      }
      await sleep(20);
    }
  };

  it('loses nothing, does nothing twice, makes no long pause', async () => {
    let loading = true;
    const accepted: string[] = [];
    const wished: string[] = [];
    const load = async (adapter: number): Promise<void> => {
      for (let i = 0; loading; i += 1) {
        const label = `a${adapter}-${i}`;
        const response = await ask('PATCH', `${PORTS}/${adapter}/2`, { label }, label);
        expect(response.status).toBe(202);
        accepted.push(((await response.json()) as JobBody).id);
        wished.push(label);
        await sleep(150);
      }
    };
    const loads = [load(1), load(2)];

    const stops: number[] = [];
    for (const [i, each] of processes.entries()) {
      await sleep(1000);
      const asked = performance.now();
      expect(await ended(each.child, 'SIGTERM')).toBe(0);
      stops.push(Math.round(performance.now() - asked));
      const again = start(each.role, each.port);
      processes[i] = again;
      await untilReady(again);
    }
    await sleep(1000);
    loading = false;
    await Promise.all(loads);

    for (const id of accepted) {
      await until(`job ${id} is over`, async () => {
        const response = await ask('GET', `/v1/jobs/${id}`);
        expect(response.status).toBe(200);
        return ((await response.json()) as JobBody).state === 'succeeded';
      });
    }
    const changes = simulator.log.entries.filter((entry) => entry.kind === 'change');
    const labels = changes.map((entry) => /phys_port_label=([^,"]*)/.exec(entry.line)?.[1] ?? '');
    // Every accepted change once: none lost, none twice.
    expect([...labels].sort()).toEqual([...wished].sort());
    const times = changes.map((entry) => entry.startedAt);
    const longest = Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? time)));
    console.log(
      `${accepted.length} changes; processes took ${stops.join(', ')} ms to stop; ` +
        `longest time without a command ${Math.round(longest)} ms`,
    );
    // A lease that nobody gave back would stop the lane for 30 s.
    expect(longest).toBeLessThan(15_000);
  }, 120_000);

  it('a worker stops within seconds while Redis is away and nothing runs', async () => {
    const worker = processes.find(({ role }) => role === 'worker');
    if (worker === undefined) throw new Error('no worker');
    const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${worker.port}/metrics`)).text();
    // The jobs are over, and the last turns may still be at it; one that waits for Redis has the whole grace time.
    await sleep(2000);
    await until('no turn runs', async () => /^hmc_vnic_gateway_busy_lanes 0$/m.test(await metrics()));
    await redis.kill();
    await sleep(500);
    const asked = performance.now();
    expect(await ended(worker.child, 'SIGTERM')).toBe(0);
    expect(performance.now() - asked).toBeLessThan(20_000);
    await redis.restart();
  }, 60_000);
});

/** Exit status. */
async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exit;
  }
  return child.exitCode;
}
