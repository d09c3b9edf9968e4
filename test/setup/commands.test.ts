import { execFile, spawn, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const VNICS = '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/lizard/vnics';

interface Demo {
  readonly process: ChildProcess;
  readonly url: string;
  readonly controlUrl: string;
  readonly key: string;
  /** Settles with the exit status. */
  readonly ended: Promise<number | null>;
  output(): string;
}

// Built and run in a folder of its own, so that neither a build nor a demo in the checkout gets in the way.
let root: string;

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'demo-test-')));
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  copyFileSync(join(REPOSITORY, 'package.json'), join(root, 'package.json'));
  cpSync(join(REPOSITORY, 'scripts'), join(root, 'scripts'), { recursive: true });
  const tsc = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const [project, folder] of [
    ['tsconfig.build.json', 'service'],
    ['simulator', 'simulator'],
    ['demo', 'demo'],
  ] as const) {
    const out = join(root, 'dist', folder);
    await promisify(execFile)(process.execPath, [tsc, '-p', join(REPOSITORY, project), '--outDir', out]);
  }
}, 180_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The processes that work in this folder; in that of the demo: service, simulator and Redis. */
function running(folder = '.demo'): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(join(root, folder));
    } catch {
      // It has just ended, or belongs to somebody else.
      return false;
    }
  });
}

// Which processes are left is read from /proc.
const onLinux = describe.runIf(process.platform === 'linux');

onLinux('npm run demo', () => {
  let demos: ChildProcess[] = [];

  afterEach(() => {
    for (const demo of demos) demo.kill('SIGKILL');
    demos = [];
  });

  /** Starts the demo and reads what it prints, until it is up or has ended. */
  async function start(): Promise<Demo> {
    const child = spawn(process.execPath, ['dist/demo/main.js'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    demos.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    let over = false;
    void ended.then(() => (over = true));
    while (!over && !output.includes('Ctrl-C')) await sleep(50);
    return {
      process: child,
      url: / (http:\S+)\/docs/.exec(output)?.[1] ?? '',
      key: /API key +(\S+)/.exec(output)?.[1] ?? '',
      controlUrl: /curl -s (http:\S+)\/log/.exec(output)?.[1] ?? '',
      ended,
      output: () => output,
    };
  }

  const call = (demo: Demo, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(demo.url + path, {
      ...init,
      headers: { Authorization: `Bearer ${demo.key}`, 'Content-Type': 'application/json', Prefer: 'wait=30' },
    });

  /** Waits until no job of the demo is under way. */
  async function settled(demo: Demo): Promise<void> {
    for (;;) {
      const { items } = (await (await call(demo, '/v1/jobs')).json()) as { items: { state: string }[] };
      if (!items.some(({ state }) => state === 'queued' || state === 'running')) return;
      await sleep(100);
    }
  }

  it('serves the example of its own screen, and leaves nothing running after Ctrl-C', async () => {
    const demo = await start();
    expect(demo.output()).toContain('Swagger UI');
    const docs = await fetch(`${demo.url}/docs`);
    expect(docs.status).toBe(200);
    // Service, simulator, Redis, and the watcher that ends Redis with its service.
    expect(running()).toHaveLength(4);

    const body = /-d '(\{\s+"portVlanId"[\s\S]+?)'\n/.exec(demo.output())?.[1];
    const created = await call(demo, VNICS, { method: 'POST', ...(body === undefined ? {} : { body }) });
    expect(created.status).toBe(200);
    expect(await created.json()).toMatchObject({
      state: 'succeeded',
      requestedBy: 'demo',
      target: { slot: 6 },
      result: {
        backingDevices: [
          { active: true, failoverPriority: 10 },
          { active: false, failoverPriority: 20 },
        ],
      },
    });
    await fetch(`${demo.controlUrl}/sim`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ line: 'vios-down reptilian-9119-MME-65BA46F vios1' }),
    });
    const vnic = (await (await call(demo, `${VNICS}/6`)).json()) as { backingDevices: { active: boolean }[] };
    expect(vnic.backingDevices.map((device) => device.active)).toEqual([false, true]);

    demo.process.kill('SIGINT');
    expect(await demo.ended).toBe(0);
    expect(running()).toEqual([]);
  }, 120_000);

  it('answers the first session of the README as the README shows it', async () => {
    const demo = await start();
    // A block of the shell, and what it prints: the block after it, if that is not of the shell again.
    const readme = readFileSync(join(REPOSITORY, 'README.md'), 'utf8');
    const session = /^## A first session$([\s\S]*?)^## /m.exec(readme)?.[1] ?? '';
    const blocks = [...session.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text = '']) => ({
      language,
      text,
    }));
    const shell = blocks.filter(({ language }) => language === 'sh');
    expect(shell.length).toBeGreaterThan(4);
    expect(blocks.map(({ language }) => language === 'sh')).toEqual(blocks.map((_, i) => i % 2 === 0));

    let system = '';
    for (const [i, { text }] of shell.entries()) {
      const script = `set -o pipefail\n${system}\n${text}`;
      system ||= /^SYSTEM=.*$/m.exec(text)?.[0] ?? '';
      const env = { ...process.env, URL: demo.url, KEY: demo.key };
      const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: root, env });
      // Ids of jobs are new each time; curl keeps the CR of a header.
      const masked = (printed: string): string =>
        printed.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID').replaceAll('\r', '');
      expect(masked(stdout)).toBe(masked(blocks[i * 2 + 1]?.text ?? ''));
      await settled(demo);
    }
    demo.process.kill('SIGINT');
    expect(await demo.ended).toBe(0);
  }, 120_000);

  it('begins with the same estate and a new key each time', async () => {
    const first = await start();
    await call(first, VNICS, {
      method: 'POST',
      body: JSON.stringify({
        backingDevices: [{ virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 1, capacity: 2 }],
      }),
    });
    expect(await (await call(first, '/v1/jobs')).json()).toMatchObject({ items: [{ state: 'succeeded' }] });
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);

    const second = await start();
    expect(second.key).not.toBe(first.key);
    expect(await (await call(second, '/v1/jobs')).json()).toMatchObject({ items: [] });
    expect(await (await call(second, VNICS)).json()).toMatchObject({ items: [] });
    second.process.kill('SIGINT');
    expect(await second.ended).toBe(0);
  }, 120_000);

  it('refuses to run twice from one folder, and says so', async () => {
    const first = await start();
    const second = await start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`already running from this folder (process ${first.process.pid})`);
    expect((await call(first, '/v1/managed-systems')).status).toBe(200);
    first.process.kill('SIGINT');
    expect(await first.ended).toBe(0);
  }, 120_000);

  it('leaves nothing running when it is killed', async () => {
    const demo = await start();
    // Service, simulator, Redis, and the watcher that ends Redis with its service.
    expect(running()).toHaveLength(4);
    demo.process.kill('SIGKILL');
    await demo.ended;
    while (running().length > 0) await sleep(100);
    const next = await start();
    expect((await call(next, '/v1/managed-systems')).status).toBe(200);
    next.process.kill('SIGINT');
    expect(await next.ended).toBe(0);
  }, 120_000);
});

onLinux('npm start', () => {
  async function start(
    env: NodeJS.ProcessEnv,
  ): Promise<{ process: ChildProcess; output(): string; ended: Promise<number | null> }> {
    const { PATH } = process.env;
    const child = spawn(process.execPath, ['scripts/start.mjs'], {
      cwd: root,
      env: { PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    let over = false;
    void ended.then(() => (over = true));
    while (!over && !output.includes('successfully started')) await sleep(50);
    return { process: child, output: () => output, ended };
  }

  it('says what has to be configured', async () => {
    const service = await start({});
    expect(await service.ended).toBe(1);
    expect(service.output()).toContain('HMC_CONFIG is not set');
    expect(service.output()).toContain('API_KEYS_FILE is not set');
    expect(service.output()).not.toContain('    at ');
  }, 60_000);

  it('serves, and ends in order on SIGTERM', async () => {
    writeFileSync(join(root, 'password'), 'secret', { mode: 0o600 });
    writeFileSync(
      join(root, 'hmcs.yaml'),
      'hmcs: [{ id: hmc1, host: 127.0.0.1, port: 1, username: gateway, passwordFile: password, hostKeys: [SHA256:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8] }]\n',
    );
    const service = await start({ HMC_CONFIG: 'hmcs.yaml', AUTH: 'none', PORT: '0', REDIS_DATA_DIR: 'redis' });
    expect(service.output()).toContain('successfully started');
    service.process.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    expect(running('redis')).toEqual([]);
  }, 60_000);
});
