import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { compileService } from '../support/compiled-service.js';
import { freePort } from '../support/free-port.js';

/** The service as `npm start` runs it: a process of its own, configured from outside. */
describe('the process', () => {
  let compiled: Awaited<ReturnType<typeof compileService>>;
  let dir: string;
  let port: number;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    compiled = await compileService();
  });
  afterAll(() => compiled.remove());
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'test-main-'));
    port = await freePort();
    writeFileSync(join(dir, 'password'), 'abc123', { mode: 0o600 });
    writeFileSync(
      join(dir, 'hmcs.yaml'),
      `hmcs: [{ id: hmc1, host: 127.0.0.1, port: ${await freePort()}, username: u, passwordFile: password }]`,
    );
    writeFileSync(
      join(dir, 'keys.yaml'),
      `keys: [{ name: me, role: admin, sha256: '${createHash('sha256').update('my-key').digest('hex')}' }]`,
    );
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
      await exitOf(child);
    }
    // A Redis that outlived a killed service stops when its folder is taken over, or here.
    for (const pid of redisProcessesOf(dir)) process.kill(pid, 'SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  const start = (env: Record<string, string> = {}): { child: ChildProcess; output: () => string } => {
    const child = spawn(process.execPath, [join(compiled.dir, 'main.js')], {
      cwd: dir,
      env: {
        PATH: process.env['PATH'],
        HMC_CONFIG: 'hmcs.yaml',
        API_KEYS_FILE: 'keys.yaml',
        PORT: String(port),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that a Ctrl-C can be sent to all of it, as a terminal does.
      detached: true,
    });
    children.push(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    return { child, output: () => output };
  };
  const untilReady = async ({ child, output }: ReturnType<typeof start>): Promise<void> => {
    for (let i = 0; i < 600; i += 1) {
      if (child.exitCode !== null) throw new Error(output());
      const status = await request(`http://127.0.0.1:${port}`)
        .get('/health/ready')
        .then(
          (response) => response.status,
          () => 0,
        );
      if (status === 200) return;
      await sleep(50);
    }
    throw new Error(`not ready: ${output()}`);
  };

  it('does not start with a wrong configuration: every fault on stderr, no stack, status 1', async () => {
    const service = start({ PORT: 'http', LEASE_SECONDS: '0', API_KEYS_FILE: 'none.yaml' });
    expect(await exitOf(service.child)).toBe(1);
    const output = service.output();
    for (const name of ['PORT', 'LEASE_SECONDS', 'API_KEYS_FILE']) expect(output).toContain(`  - ${name}`);
    expect(output).not.toContain('    at ');
  });

  it('says where it listens, also on a port that it took by itself', async () => {
    const service = start({ PORT: '0' });
    const address = /listening on (http:\/\/127\.0\.0\.1:\d+)/;
    for (let i = 0; i < 600 && !address.test(service.output()); i += 1) await sleep(50);
    const [, url = ''] = address.exec(service.output()) ?? [];
    expect((await request(url).get('/health/live')).status).toBe(200);
  });

  it('says so when its port is taken: no stack, status 1', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    try {
      await once(other, 'listening');
      const service = start();
      expect(await exitOf(service.child)).toBe(1);
      expect(service.output()).toMatch(/HOST and PORT: .*EADDRINUSE/);
      expect(service.output()).not.toContain('    at ');
    } finally {
      other.close();
    }
  });

  it('says what to type when there is no Redis', async () => {
    const service = start({ PATH: '/nonexistent' });
    expect(await exitOf(service.child)).toBe(1);
    expect(service.output()).toContain('sudo apt-get install redis-server');
    expect(service.output()).not.toContain('    at ');
  });

  it('serves calls, and a Ctrl-C to the whole group ends it in order, its Redis last', async () => {
    const service = start();
    await untilReady(service);
    const jobs = await request(`http://127.0.0.1:${port}`).get('/v1/jobs').set('Authorization', 'Bearer my-key');
    expect(jobs.status).toBe(200);
    expect(jobs.body).toMatchObject({ items: [], nextCursor: null });
    expect(redisProcessesOf(dir)).toHaveLength(1);

    process.kill(-(service.child.pid ?? 0), 'SIGINT');
    expect(await exitOf(service.child)).toBe(0);
    expect(redisProcessesOf(dir)).toEqual([]);
    expect(service.output()).not.toMatch(/ECONN|EPIPE|"level":"(error|fatal)"/);
    expect(service.output()).not.toContain('my-key');
  });

  it('ends on SIGTERM, as a supervisor sends it', async () => {
    const service = start();
    await untilReady(service);
    service.child.kill('SIGTERM');
    expect(await exitOf(service.child)).toBe(0);
    expect(redisProcessesOf(dir)).toEqual([]);
  });

  it('starts again after a SIGKILL, whether the Redis of before has ended yet or not', async () => {
    const first = start();
    await untilReady(first);
    const [orphan] = redisProcessesOf(dir);
    first.child.kill('SIGKILL');
    await exitOf(first.child);

    const second = start();
    await untilReady(second);
    expect(redisProcessesOf(dir)).toHaveLength(1);
    expect(redisProcessesOf(dir)).not.toContain(orphan);
    second.child.kill('SIGTERM');
    expect(await exitOf(second.child)).toBe(0);
  });
});

/** Exit status, or null after a signal. */
async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return child.exitCode;
}

/** The Redis processes whose working directory is below this folder. */
function redisProcessesOf(dir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(dir) && /^(redis|valkey)-server/.test(commandOf(pid));
      } catch {
        // It has ended in the meantime, or is not ours.
        return false;
      }
    });
}

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8');
}
