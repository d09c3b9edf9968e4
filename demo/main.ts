import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeApiKey } from './api-key.js';
import { Child } from './child.js';
import { leaveFolder, takeFolder } from './demo-folder.js';
import { freePort } from './free-port.js';
import { waitFor } from './wait-for.js';
import { welcome } from './welcome.js';

/*
 * `npm run demo`: two simulated HMCs, and the service in front of them, as two programs that are driven from outside:
 * by their command line, environment and HTTP, as anybody would.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = join(ROOT, '.demo');
const SERVICE = new URL('../service/main.js', import.meta.url);
const SIMULATOR = new URL('../simulator/main.js', import.meta.url);
const START_DEADLINE_MS = 60_000;
/** About what a real HMC needs to list (hmc-cli.md, Timing), and enough of a change to see its job running. */
const LATENCY = ['--read-latency-ms', '50', '--change-latency-ms', '500'];

async function main(): Promise<void> {
  takeFolder(FOLDER);
  // The last to start is the first to stop.
  const children: Child[] = [];
  let asked: () => void = () => undefined;
  const toldToStop = new Promise<void>((resolve) => (asked = resolve));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked());
  try {
    await Promise.race([toldToStop, run(children)]);
    process.stdout.write('Stopping …\n');
  } finally {
    for (const child of children.reverse()) await child.stop();
    leaveFolder(FOLDER);
  }
}

/** Starts everything, says so, and goes on until something ends by itself, which it throws. */
async function run(children: Child[]): Promise<void> {
  const config = join(FOLDER, 'hmcs.yaml');
  const keys = join(FOLDER, 'api-keys.yaml');
  const apiKey = makeApiKey(keys);
  const [port, hmc1, hmc2, control] = await freePorts([3000, 2201, 2202, 2280]);

  const simulator = Child.start(
    'simulator',
    SIMULATOR,
    [
      ...['--port', `${hmc1}`, '--hmc2-port', `${hmc2}`, '--control-port', `${control}`, ...LATENCY],
      ...['--state-dir', join(FOLDER, 'simulator'), '--write-config', config],
    ],
    { cwd: FOLDER, env: process.env, logFile: join(FOLDER, 'simulator.log') },
  );
  children.push(simulator);
  const controlUrl = `http://127.0.0.1:${control}`;
  await Promise.race([simulator.failure(), waitFor(`${controlUrl}/hmcs`, START_DEADLINE_MS)]);
  if (!existsSync(config)) throw new Error(`The simulator has not written ${config}.`);

  const service = Child.start('service', SERVICE, [], {
    cwd: FOLDER,
    env: serviceEnvironment({
      HMC_CONFIG: config,
      API_KEYS_FILE: keys,
      PORT: `${port}`,
      REDIS_DATA_DIR: join(FOLDER, 'redis'),
    }),
    logFile: join(FOLDER, 'service.log'),
  });
  children.push(service);
  const serviceUrl = `http://127.0.0.1:${port}`;
  await Promise.race([service.failure(), waitFor(`${serviceUrl}/health/ready`, START_DEADLINE_MS)]);

  const logFiles = children.map((child) => relative(ROOT, child.logFile));
  process.stdout.write(welcome({ serviceUrl, controlUrl, apiKey, logFiles }));
  await Promise.race([simulator.failure(), service.failure()]);
}

/** Each wished port, or a free one instead. */
async function freePorts(wished: readonly [number, number, number, number]): Promise<number[]> {
  const ports: number[] = [];
  for (const port of wished) ports.push(await freePort(port));
  return ports;
}

/** Settings that somebody has exported for a real service have no say in the demo. */
function serviceEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, TZ, LANG, NODE_OPTIONS } = process.env;
  return { PATH, HOME, TMPDIR, TZ, LANG, NODE_OPTIONS, HOST: '127.0.0.1', AUTH: 'keys', ...settings };
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
