import type { CommandOutput } from '../commands/interpreter.js';
import { faultOf } from '../faults/faults.js';
import type { RmcState } from '../estate/model.js';
import type { SystemConnection } from '../hmc.js';
import { splitShellWords } from '../shell/shell-words.js';
import type { SimulatorControl } from './control.js';

/** One thing that `sim` can do. */
interface Verb {
  readonly usage: string;
  readonly help: string;
  readonly run: (control: SimulatorControl, args: readonly string[]) => unknown;
}

const RMC_STATES: readonly string[] = ['active', 'inactive', 'none', 'unknown', 'busy'] satisfies RmcState[];
const CONNECTION_STATES: readonly string[] = [
  'Connected',
  'No Connection',
  'Failed Authentication',
  'Version Mismatch',
  'Connecting',
] satisfies SystemConnection['state'][];

const VERBS: Readonly<Record<string, Verb>> = {
  hmcs: { usage: '', help: 'what each HMC is like now', run: (control) => control.describeHmcs() },
  'vios-down': {
    usage: 'SYSTEM VIOS',
    help: 'shut a Virtual I/O Server off',
    run: (control, [system, vios]) => control.virtualIoServerDown(need(system), need(vios)),
  },
  'vios-up': {
    usage: 'SYSTEM VIOS',
    help: 'start it again',
    run: (control, [system, vios]) => control.virtualIoServerUp(need(system), need(vios)),
  },
  'port-down': {
    usage: 'SYSTEM ADAPTER PORT',
    help: 'take the link of a physical port away',
    run: (control, [system, adapter, port]) => control.portDown(need(system), number(adapter), number(port)),
  },
  'port-up': {
    usage: 'SYSTEM ADAPTER PORT',
    help: 'give it back',
    run: (control, [system, adapter, port]) => control.portUp(need(system), number(adapter), number(port)),
  },
  'device-status': {
    usage: 'SYSTEM LOGICAL-PORT-ID [STATUS]',
    help: 'put a status on a backing device; without one, take it away',
    run: (control, [system, id, status]) => control.setDeviceStatus(need(system), need(id), status ?? null),
  },
  'partition-state': {
    usage: 'SYSTEM PARTITION STATE [RMC-STATE]',
    help: 'such as "Open Firmware", or Running inactive',
    run: (control, [system, partition, state, rmc]) =>
      control.setPartitionState(
        need(system),
        need(partition),
        need(state),
        rmc === undefined ? undefined : (oneOf(rmc, RMC_STATES) as RmcState),
      ),
  },
  'system-state': {
    usage: 'SYSTEM STATE',
    help: 'such as "Power Off"',
    run: (control, [system, state]) => control.setSystemState(need(system), need(state)),
  },
  connection: {
    usage: 'HMC SYSTEM STATE',
    help: 'how an HMC stands to a frame: Connected, "No Connection" …',
    run: (control, [hmc, system, state]) =>
      control.setConnection(
        need(hmc),
        need(system),
        oneOf(need(state), CONNECTION_STATES) as SystemConnection['state'],
      ),
  },
  latency: {
    usage: '[HMC] [read=MS] [change=MS]',
    help: 'how long commands take',
    run: (control, args) => control.setLatency(latencyOf(args)),
  },
  fault: {
    usage: 'JSON',
    help: 'arm a fault, for example \'{"type":"drop-connection","when":"after-effect","kind":"change"}\'',
    run: (control, [json]) => ({ id: control.addFault(faultOf(JSON.parse(need(json)))) }),
  },
  faults: { usage: '', help: 'the faults that are armed', run: (control) => control.listFaults() },
  'clear-faults': { usage: '', help: 'disarm all of them', run: (control) => control.clearFaults() },
  'drop-connections': {
    usage: '[HMC]',
    help: 'cut open SSH connections',
    run: (control, [hmc]) => control.dropConnections(hmc),
  },
  stop: { usage: 'HMC', help: 'the console goes down', run: (control, [hmc]) => control.stopHmc(need(hmc)) },
  start: { usage: 'HMC', help: 'and comes up again', run: (control, [hmc]) => control.startHmc(need(hmc)) },
  unlock: { usage: '[HMC]', help: 'open locked accounts', run: (control, [hmc]) => control.unlockAccounts(hmc) },
  reset: { usage: '', help: 'everything as at the start', run: (control) => control.reset() },
};

/** What `sim help` prints. */
export const simHelp = (): string =>
  Object.entries(VERBS)
    .map(([name, { usage, help }]) => `  ${`${name} ${usage}`.trim().padEnd(52)} ${help}\n`)
    .join('');

/**
 * Runs `sim VERB ARGUMENTS`, the control of the simulator as one line: over SSH, over HTTP and from the command line it
 * is the same. undefined = the line is not for `sim`. Exit 2 with a reason on stderr for what cannot be done.
 */
export function runSimCommand(control: SimulatorControl, line: string): Promise<CommandOutput> | undefined {
  return /^\s*sim(\s|$)/.test(line) ? run(control, line) : undefined;
}

async function run(control: SimulatorControl, line: string): Promise<CommandOutput> {
  const shell = splitShellWords(line);
  if (shell.kind === 'refused') return { exitStatus: shell.exitStatus, stdout: '', stderr: shell.stderr };
  const [, name = 'help', ...args] = shell.words;
  if (name === 'help') return { exitStatus: 0, stdout: `sim VERB …\n${simHelp()}`, stderr: '' };
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (!verb) return { exitStatus: 2, stdout: '', stderr: `sim: there is no ${name}; try sim help\n` };
  try {
    const result = await verb.run(control, args);
    return { exitStatus: 0, stdout: result === undefined ? '' : `${JSON.stringify(result, null, 2)}\n`, stderr: '' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { exitStatus: 2, stdout: '', stderr: `sim: ${reason}\nusage: sim ${name} ${verb.usage}\n` };
  }
}

function need(value: string | undefined): string {
  if (value === undefined || value === '') throw new Error('an argument is missing');
  return value;
}

function number(value: string | undefined): number {
  if (value === undefined || !/^\d{1,9}$/.test(value)) throw new Error(`${value ?? 'nothing'} is not a number`);
  return Number(value);
}

function oneOf(value: string, known: readonly string[]): string {
  if (!known.includes(value)) throw new Error(`${value} is none of ${known.join(', ')}`);
  return value;
}

function latencyOf(args: readonly string[]): { hmcId?: string; readMs?: number; changeMs?: number } {
  const latency: { hmcId?: string; readMs?: number; changeMs?: number } = {};
  for (const arg of args) {
    const [name, value] = arg.split('=');
    if (value === undefined) latency.hmcId = arg;
    else if (name === 'read') latency.readMs = number(value);
    else if (name === 'change') latency.changeMs = number(value);
    else throw new Error(`${arg} is neither read=MS nor change=MS`);
  }
  if (latency.readMs === undefined && latency.changeMs === undefined)
    throw new Error('read=MS or change=MS is missing');
  return latency;
}
