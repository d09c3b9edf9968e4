import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { freePort, start, stop, untilAnswers, usageOf } from './processes.js';

/**
 * What a large estate costs: `npm run bench:estate`, or with other numbers of systems behind `--`. Real processes: a
 * Redis with appendfsync always, simulated HMCs, two replicas of the built service. For each size: what an idle replica
 * holds, then one job on each system at once: all done, none beside another on a system.
 */

const IDLE_SECONDS = 10;
/** Calls that are under way at once. */
const CALLS = 50;
const KEY = 'bench';
const SERVICE = fileURLToPath(new URL('../service/main.js', import.meta.url));
const SIMULATOR = fileURLToPath(new URL('../simulator/main.js', import.meta.url));

interface Measured {
  readonly systems: number;
  readonly connections: number;
  readonly idleCpuPercent: number;
  readonly residentMegabytes: number;
  readonly jobsSeconds: number;
  readonly overlaps: number;
}

interface LogEntry {
  readonly kind: 'read' | 'change';
  readonly mtms: string | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

async function measure(systems: number): Promise<Measured> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-estate-'));
  const [redisPort, sshPort, ssh2Port, controlPort, port, secondPort] = await Promise.all(
    Array.from({ length: 6 }, () => freePort()),
  );
  const config = join(dir, 'hmcs.yaml');
  const keys = [{ name: 'bench', role: 'operator', sha256: createHash('sha256').update(KEY).digest('hex') }];
  writeFileSync(join(dir, 'keys.yaml'), JSON.stringify({ keys }));

  const redis = start(
    'redis-server',
    [
      '--port',
      String(redisPort),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
    ],
    { cwd: dir },
  );
  const simulator = start(
    process.execPath,
    [
      ...[SIMULATOR, '--systems', String(systems), '--state-dir', join(dir, 'simulator'), '--write-config', config],
      ...['--port', String(sshPort), '--hmc2-port', String(ssh2Port), '--control-port', String(controlPort)],
    ],
    { cwd: dir },
  );
  await untilAnswers(`http://127.0.0.1:${controlPort}/hmcs`);
  const replica = (at: number | undefined): ReturnType<typeof start> =>
    start(process.execPath, [SERVICE], {
      cwd: dir,
      env: {
        PATH: process.env['PATH'],
        HMC_CONFIG: config,
        API_KEYS_FILE: join(dir, 'keys.yaml'),
        REDIS_URL: `redis://127.0.0.1:${redisPort}`,
        PORT: String(at),
        LOG_LEVEL: 'error',
      },
    });
  const urls = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${secondPort}`];
  const admin = new Redis(redisPort ?? 0, '127.0.0.1');
  const replicas = [replica(port)];
  try {
    await untilAnswers(`${urls[0]}/health/ready`);
    const names = await systemNames(urls[0] ?? '');
    if (names.length !== systems) throw new Error(`${names.length} systems are known, not ${systems}`);

    const pid = replicas[0]?.pid ?? 0;
    await sleep(2_000);
    const before = usageOf(pid);
    await sleep(IDLE_SECONDS * 1_000);
    const idle = usageOf(pid);
    const connections = String(await admin.client('LIST'))
      .split('\n')
      // All but the one that asks.
      .filter((line) => line !== '' && !line.includes('cmd=client')).length;

    replicas.push(replica(secondPort));
    await untilAnswers(`${urls[1]}/health/ready`);
    const began = performance.now();
    const jobs: string[] = [];
    await eachAtOnce(names, async (name, i) => {
      const path = `/v1/managed-systems/${name}/sriov/physical-ports/1/0`;
      jobs.push(String((await call(urls[i % urls.length] ?? '', 'PATCH', path, { label: 'bench' }))['id']));
    });
    for (const id of jobs) {
      let { state } = await call(urls[0] ?? '', 'GET', `/v1/jobs/${id}`);
      while (state === 'queued' || state === 'running') {
        await sleep(100);
        ({ state } = await call(urls[0] ?? '', 'GET', `/v1/jobs/${id}`));
      }
      if (state !== 'succeeded') throw new Error(`job ${id} is ${String(state)}`);
    }
    const jobsSeconds = (performance.now() - began) / 1_000;
    const log = (await (await fetch(`http://127.0.0.1:${controlPort}/log`)).json()) as LogEntry[];
    const changes = log.filter(({ kind }) => kind === 'change');
    if (changes.length !== systems) throw new Error(`${changes.length} changes for ${systems} jobs`);
    return {
      systems,
      connections,
      idleCpuPercent: ((idle.cpuSeconds - before.cpuSeconds) / IDLE_SECONDS) * 100,
      residentMegabytes: idle.residentMegabytes,
      jobsSeconds,
      overlaps: overlapsOf(changes),
    };
  } finally {
    admin.disconnect();
    for (const each of replicas) await stop(each);
    await stop(simulator);
    await stop(redis);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function call(url: string, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${KEY}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** The names of all known systems, page by page. */
async function systemNames(url: string): Promise<string[]> {
  const names: string[] = [];
  for (let cursor = ''; ;) {
    const page = await call(url, 'GET', `/v1/managed-systems?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`);
    names.push(...(page['items'] as { name: string }[]).map(({ name }) => name));
    if (typeof page['nextCursor'] !== 'string') return names;
    cursor = encodeURIComponent(page['nextCursor']);
  }
}

/** Works on all items, `CALLS` of them at once. */
async function eachAtOnce<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  const rest = items.entries();
  await Promise.all(
    Array.from({ length: CALLS }, async () => {
      for (const [i, item] of rest) await work(item, i);
    }),
  );
}

/** How often two changes of one system were under way at the same time. */
function overlapsOf(changes: readonly LogEntry[]): number {
  const ends = new Map<string, number>();
  let overlaps = 0;
  for (const { mtms, startedAt, finishedAt } of changes) {
    if (mtms === null) continue;
    if (startedAt < (ends.get(mtms) ?? 0)) overlaps += 1;
    ends.set(mtms, finishedAt ?? Infinity);
  }
  return overlaps;
}

async function main(): Promise<void> {
  const sizes = process.argv.slice(2).map(Number);
  const rows: Measured[] = [];
  for (const systems of sizes.length > 0 ? sizes : [10, 1_000]) rows.push(await measure(systems));
  const least = rows[0];
  console.log(`\n${cpus().length} CPUs, ${cpus()[0]?.model ?? '?'}; Node.js ${process.version}\n`);
  console.log(
    '| systems | Redis connections of a replica | CPU, idle | memory | one job each, at once | jobs/s | overlaps |',
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const row of rows) {
    console.log(
      `| ${row.systems} | ${row.connections} | ${row.idleCpuPercent.toFixed(1)} % | ${row.residentMegabytes.toFixed(0)} MB | ` +
        `${row.jobsSeconds.toFixed(1)} s | ${(row.systems / row.jobsSeconds).toFixed(0)} | ${row.overlaps} |`,
    );
  }
  for (const row of rows.slice(1)) {
    if (least === undefined) break;
    console.log(
      `\n${row.systems} systems against ${least.systems}: connections × ${(row.connections / least.connections).toFixed(2)}, ` +
        `memory × ${(row.residentMegabytes / least.residentMegabytes).toFixed(2)}, ` +
        `jobs per second × ${(row.systems / row.jobsSeconds / (least.systems / least.jobsSeconds)).toFixed(2)}`,
    );
  }
}

await main();
