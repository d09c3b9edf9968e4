import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileService } from '../support/compiled-service.js';
import { startTestApp } from '../support/test-app.js';
import { startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';
import { until } from '../support/until.js';

/*
 * Workers that are lost for real: processes of their own, killed with SIGKILL at a moment that the simulator shows. The
 * API runs here, the simulated HMCs too: what they got is what reached them from whichever process.
 */
const SYSTEM = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
const VNIC = `${SYSTEM}/partitions/anole/vnics/5`;
const OFF = { autoPriorityFailover: false };
/**
 * The least that the configuration takes; BullMQ alone would bring the turn back after half a minute at the earliest.
 */
const LEASE_SECONDS = 5;
const RECOVERED_MS = 25_000;

let compiled: Awaited<ReturnType<typeof compileService>>;
let service: WholeService;
let dir: string;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  compiled = await compileService();
  service = await startWholeService({ roles: ['api'], config: { leaseSeconds: LEASE_SECONDS } });
  dir = mkdtempSync(join(tmpdir(), 'test-worker-'));
  const hmcs = service.simulator.hmcs.map(({ id, host, port, username, privateKey, hostKeyFingerprint }) => {
    writeFileSync(join(dir, `${id}.key`), privateKey, { mode: 0o600 });
    return { id, host, port, username, privateKeyFile: `${id}.key`, hostKeys: [hostKeyFingerprint] };
  });
  // JSON is YAML.
  writeFileSync(join(dir, 'hmcs.yaml'), JSON.stringify({ hmcs }));
  const sha256 = createHash('sha256').update('key').digest('hex');
  writeFileSync(join(dir, 'keys.yaml'), JSON.stringify({ keys: [{ name: 'me', role: 'admin', sha256 }] }));
});
afterAll(async () => {
  await service.close();
  compiled.remove();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => service.simulator.control.reset());
afterEach(async () => {
  for (const worker of workers.splice(0)) await kill(worker);
});

/** A process that works and serves nobody but its health checks. */
function startWorker(): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [join(compiled.dir, 'main.js')], {
    cwd: dir,
    env: {
      PATH: process.env['PATH'],
      ROLE: 'worker',
      PORT: '0',
      HMC_CONFIG: 'hmcs.yaml',
      API_KEYS_FILE: 'keys.yaml',
      REDIS_URL: service.redis.url,
      REDIS_PREFIX: service.config.redisPrefix,
      LEASE_SECONDS: String(LEASE_SECONDS),
      SETTLE_SECONDS: '2',
      FAILOVER_PACING_SECONDS: '0',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  workers.push(child);
  return { child, output: () => output };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function accept(body: object = OFF): Promise<string> {
  return ((await service.call('patch', VNIC).send(body).expect(202)).body as JobBody).id;
}

/** Waits until the command of the job has reached an HMC, sent by this worker. */
async function reached({ child, output }: ReturnType<typeof startWorker>, count = 1): Promise<void> {
  await until(`command ${count} reaches an HMC`, () => {
    if (child.exitCode !== null) throw new Error(`the worker has ended: ${output()}`);
    return service.changes().length === count;
  });
}

describe('a worker that is killed', { timeout: 60_000 }, () => {
  it('while its command runs, which then does its work: succeeded, nothing sent again', async () => {
    service.simulator.control.setLatency({ changeMs: 1500 });
    const id = await accept();
    const first = startWorker();
    await reached(first);
    await kill(first.child);
    startWorker();
    const job = await service.finished(id, RECOVERED_MS);
    expect(job).toMatchObject({
      state: 'succeeded',
      result: { autoPriorityFailover: false },
      plan: [{ state: 'unknown' }],
    });
    expect(service.changes()).toHaveLength(1);
  });

  it('while its command runs, which comes to nothing: indeterminate, nothing sent again, and the lane goes on', async () => {
    service.simulator.control.addFault({ type: 'no-answer', effect: 'none', kind: 'change' });
    const id = await accept();
    const first = startWorker();
    await reached(first);
    await kill(first.child);
    const next = await accept();
    startWorker();
    expect(await service.finished(id, RECOVERED_MS)).toMatchObject({
      state: 'indeterminate',
      error: { type: 'urn:hmc-vnic-gateway:problem:outcome-unknown' },
    });
    expect(await service.finished(next, RECOVERED_MS)).toMatchObject({ state: 'succeeded' });
    expect(service.changes()).toHaveLength(2);
  });

  it('before it sent anything: the job runs on the next worker', async () => {
    service.simulator.control.setLatency({ readMs: 1500 });
    const id = await accept();
    const first = startWorker();
    await until('it runs', async () => {
      const { body } = await service.call('get', `/v1/jobs/${id}`);
      return (body as JobBody).state === 'running';
    });
    await kill(first.child);
    service.simulator.control.setLatency({ readMs: 0 });
    startWorker();
    expect(await service.finished(id, RECOVERED_MS)).toMatchObject({
      state: 'succeeded',
      plan: [{ state: 'succeeded' }],
    });
    expect(service.changes()).toHaveLength(1);
  });

  it('between two commands of a plan: the rest is done', async () => {
    const { body } = await service.call('get', VNIC).expect(200);
    type Device = { logicalPortId: string; active: boolean };
    const active = (body as { backingDevices: Device[] }).backingDevices.find((device) => device.active);
    // Makes the other one active, removes this one, switches automatic failover on again.
    service.simulator.control.addFault({
      type: 'latency',
      ms: 2500,
      kind: 'read',
      match: 'rsubtype vnic ',
      times: null,
    });
    const { body: accepted } = await service
      .call('delete', `${VNIC}/backing-devices/${active?.logicalPortId}`)
      .expect(202);
    const { id } = accepted as JobBody;
    const first = startWorker();
    await until('the first command is answered', async () => {
      const { body: now } = await service.call('get', `/v1/jobs/${id}`);
      return (now as JobBody).plan[0]?.state === 'succeeded';
    });
    // The readback takes its time: nothing else can have been sent.
    await kill(first.child);
    expect(service.changes()).toHaveLength(1);
    service.simulator.control.clearFaults();
    startWorker();
    const job = await service.finished(id, RECOVERED_MS);
    expect(job).toMatchObject({ state: 'succeeded', result: { autoPriorityFailover: true } });
    expect(job.plan.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(service.changes().map(({ line }) => line)).toEqual(job.plan.map(({ command }) => command));
  });
});

describe('the sweep', { timeout: 60_000 }, () => {
  it('brings back a turn that got lost on its way through BullMQ', async () => {
    const id = await accept();
    const redis = new Redis(service.redis.url);
    try {
      const lost = await redis.keys(`{${service.config.redisPrefix}}:turns:*`);
      expect(lost.length).toBeGreaterThan(0);
      await redis.del(...lost);
    } finally {
      redis.disconnect();
    }
    const worker = await startTestApp({ ...service.config, role: 'worker' });
    try {
      expect(await service.finished(id)).toMatchObject({ state: 'succeeded' });
    } finally {
      await worker.close();
    }
  });
});
