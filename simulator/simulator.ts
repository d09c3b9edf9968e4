import type { AddressInfo } from 'node:net';
import type { Locale } from './commands/refusal.js';
import { controlApi } from './control/control-api.js';
import { type RunningHmc, SimulatorControl } from './control/control.js';
import { runSimCommand } from './control/sim-command.js';
import { defaultEstate, GHARIAL } from './estate/default-estate.js';
import { type Estate, mtms } from './estate/model.js';
import { type Fault, Faults } from './faults/faults.js';
import type { Hmc, HmcUser, HmcVersion, SystemConnection, TaskRole } from './hmc.js';
import { CommandLog, type CommandLogEntry } from './log/command-log.js';
import type { Latency } from './ssh/command-runner.js';
import { fingerprintOf, generateKeyPair, publicKeyOf } from './ssh/keys.js';
import { LOCK_MS, LoginGuard } from './ssh/login-guard.js';
import { HmcSshServer, MAX_SESSIONS } from './ssh/ssh-server.js';

/** One HMC to simulate; everything but the id has a default. */
export interface HmcSettings {
  readonly id: string;
  /** Default `V10R3`. */
  readonly version?: HmcVersion;
  /** Which stream carries the words of a refused change. Default `stdout`. */
  readonly changeErrorStream?: 'stdout' | 'stderr';
  /** The language of the messages. Default `en`. */
  readonly locale?: Locale;
  /** Default 0: any free port. */
  readonly port?: number;
  /** PEM; default: a new one. */
  readonly hostKey?: string;
  /** The frames it knows, by MTMS; default: the whole estate, all connected. */
  readonly systems?: Readonly<Record<string, SystemConnection['state']>>;
  /** Further users; `hscroot` and `hscview` are always there. */
  readonly users?: readonly UserSettings[];
  /** Default 10, as OpenSSH. */
  readonly maxSessions?: number;
  /** How long an account stays locked after three failed logins. Default five minutes. */
  readonly lockMs?: number;
  readonly clockOffsetMs?: number;
  readonly readLatencyMs?: number;
  readonly changeLatencyMs?: number;
}

export interface UserSettings {
  readonly username: string;
  readonly taskRole: TaskRole;
  readonly password: string;
  /** OpenSSH one-line public keys; default: the key that every simulated user has. */
  readonly publicKeys?: readonly string[];
}

export interface SimulatorSettings {
  /** Default: `hmc1` (V10R3, refuses on stdout) and `hmc2` (V8R8.6.0, refuses on stderr). */
  readonly hmcs?: readonly HmcSettings[];
  /** Default: defaultEstate(). It is changed in place. */
  readonly estate?: Estate;
  /** For HMCs that do not say their own; default 0. */
  readonly readLatencyMs?: number;
  readonly changeLatencyMs?: number;
  /** PEM of the key that may log in; default: a new one. */
  readonly userKey?: string;
  readonly password?: string;
  readonly faults?: readonly Fault[];
  /** Starts the control API on that loopback port; 0 = any free one. Default: no control API. */
  readonly controlPort?: number;
  /** Hears of each command when it has ended. */
  readonly onCommand?: (entry: CommandLogEntry) => void;
}

/** All that a client needs to log in. */
export interface SimulatedHmc {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** The super administrator. */
  readonly username: string;
  /** OpenSSH PEM. */
  readonly privateKey: string;
  readonly password: string;
  /** `SHA256:…` */
  readonly hostKeyFingerprint: string;
  /** `hmcviewer`: may list, not change. Logs in with the same key and password. */
  readonly viewer: { readonly username: string };
}

export interface Simulator {
  readonly hmcs: readonly SimulatedHmc[];
  /** The live state. After `control.reset()` its systems are other objects. */
  readonly estate: Estate;
  readonly log: CommandLog;
  readonly control: SimulatorControl;
  /** `http://127.0.0.1:PORT`, or null without a control API. */
  readonly controlUrl: string | null;
  /** Stops everything at once; commands that run have no effect any more. */
  close(): Promise<void>;
}

/** hmc1 alone knows the third frame, which does not answer it. */
const DEFAULT_HMCS = (estate: Estate): readonly HmcSettings[] => {
  const connected = estate.systems.map(mtms).filter((system) => system !== GHARIAL);
  const systems = Object.fromEntries(connected.map((system) => [system, 'Connected' as const]));
  const knowsGharial = estate.systems.some((system) => mtms(system) === GHARIAL);
  return [
    { id: 'hmc1', version: 'V10R3', systems: knowsGharial ? { ...systems, [GHARIAL]: 'No Connection' } : systems },
    { id: 'hmc2', version: 'V8R8.6.0', changeErrorStream: 'stderr', systems },
  ];
};

const HOST = '127.0.0.1';
const ADMINISTRATOR = 'hscroot';
const VIEWER = 'hscview';
const PASSWORD = 'abc123';

/** Starts simulated HMCs on loopback. Close what it gives. */
export async function startSimulator(settings: SimulatorSettings = {}): Promise<Simulator> {
  const estate = settings.estate ?? defaultEstate();
  const log = new CommandLog(settings.onCommand);
  const faults = new Faults();
  const timers = new Timers();
  const userKey = settings.userKey ?? generateKeyPair().privateKey;
  const password = settings.password ?? PASSWORD;
  const running: RunningHmc[] = [];
  const simulated: SimulatedHmc[] = [];
  const control = new SimulatorControl(estate, running, faults, log);
  const api = controlApi({ control, estate, log });

  const close = async (): Promise<void> => {
    timers.stop();
    await Promise.all([api.close(), ...running.map(({ server }) => server.stop())]);
  };
  try {
    for (const each of settings.hmcs ?? DEFAULT_HMCS(estate)) {
      const hmc = hmcOf(each, estate, publicKeyOf(userKey), password);
      const latency: Latency = {
        readMs: each.readLatencyMs ?? settings.readLatencyMs ?? 0,
        changeMs: each.changeLatencyMs ?? settings.changeLatencyMs ?? 0,
      };
      const guard = new LoginGuard(each.lockMs ?? LOCK_MS);
      const hostKey = each.hostKey ?? generateKeyPair().privateKey;
      const server = new HmcSshServer(
        {
          hmc,
          peers: () => running.map((one) => one.hmc),
          estate,
          log,
          faults,
          latency,
          guard,
          hostKey,
          control: (line) => runSimCommand(control, line),
          delay: (ms) => timers.delay(ms),
          maxSessions: each.maxSessions ?? MAX_SESSIONS,
        },
        HOST,
        each.port ?? 0,
      );
      running.push({ hmc, server, guard, latency, initialLatency: { ...latency } });
      simulated.push({
        id: each.id,
        host: HOST,
        port: await server.start(),
        username: ADMINISTRATOR,
        privateKey: userKey,
        password,
        hostKeyFingerprint: fingerprintOf(publicKeyOf(hostKey)),
        viewer: { username: VIEWER },
      });
    }
    for (const fault of settings.faults ?? []) control.addFault(fault);
    if (settings.controlPort !== undefined) await api.listen({ host: HOST, port: settings.controlPort });
  } catch (error) {
    await close();
    throw error;
  }
  const address = api.server.address() as AddressInfo | null;
  const controlUrl = address ? `http://${HOST}:${address.port}` : null;
  return { hmcs: simulated, estate, log, control, controlUrl, close };
}

function hmcOf(settings: HmcSettings, estate: Estate, publicKey: string, password: string): Hmc {
  const user = (username: string, taskRole: TaskRole): HmcUser => ({
    username,
    taskRole,
    password,
    publicKeys: [publicKey],
  });
  const systems =
    settings.systems ?? Object.fromEntries(estate.systems.map((system) => [mtms(system), 'Connected' as const]));
  return {
    id: settings.id,
    hostname: settings.id,
    version: settings.version ?? 'V10R3',
    changeErrorStream: settings.changeErrorStream ?? 'stdout',
    locale: settings.locale ?? 'en',
    users: [
      user(ADMINISTRATOR, 'hmcsuperadmin'),
      user(VIEWER, 'hmcviewer'),
      ...(settings.users ?? []).map((each) => ({ ...each, publicKeys: each.publicKeys ?? [publicKey] })),
    ],
    connections: new Map(Object.entries(systems).map(([system, state]) => [system, { state }])),
    clockOffsetMs: settings.clockOffsetMs ?? 0,
  };
}

/** Delays that end with the simulator: after stop() none of them comes due. */
class Timers {
  private readonly pending = new Set<NodeJS.Timeout>();
  private stopped = false;

  async delay(ms: number): Promise<void> {
    if (ms <= 0 && !this.stopped) return;
    await new Promise<void>((resolve) => {
      if (this.stopped) return;
      const timer = setTimeout(() => {
        this.pending.delete(timer);
        resolve();
      }, ms);
      this.pending.add(timer);
    });
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.pending) clearTimeout(timer);
    this.pending.clear();
  }
}
