import { parseArgs } from 'node:util';
import { type Fault, faultOf } from './faults/faults.js';

/** The command line of the simulator, read. */
export interface CliOptions {
  readonly hmc1Port: number;
  readonly hmc2Port: number;
  readonly controlPort: number;
  readonly readLatencyMs: number;
  readonly changeLatencyMs: number;
  /** So many small frames instead of the default estate. */
  readonly systems: number | undefined;
  readonly stateDir: string | undefined;
  readonly writeConfig: string | undefined;
  readonly logFile: string | undefined;
  readonly faults: readonly Fault[];
  readonly help: boolean;
}

export const HELP = `Two simulated HMCs that manage the same two Power frames, on loopback.

npm run simulator -- [options]

  --port PORT               SSH port of hmc1 (default 2201; 0 = any free one)
  --hmc2-port PORT          SSH port of hmc2 (default 2202)
  --control-port PORT       HTTP control API (default 2280)
  --read-latency-ms MS      how long a listing takes (default 0)
  --change-latency-ms MS    how long a change takes (default 0)
  --systems NUMBER          that many small frames instead of the three with names, for measuring
  --fault JSON              arm a fault, may be given often; docs/simulator.md lists them
  --state-dir DIRECTORY     keep host keys and the login key there, so that they survive a restart
  --write-config FILE       write an HMC_CONFIG for hmc-vnic-gateway (needs --state-dir)
  --log FILE                append every command as one JSON line; "-" = standard output
  --help
`;

/** Reads the arguments. Throws an Error that says which one is wrong. */
export function readCli(args: readonly string[]): CliOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '2201' },
      'hmc2-port': { type: 'string', default: '2202' },
      'control-port': { type: 'string', default: '2280' },
      'read-latency-ms': { type: 'string', default: '0' },
      'change-latency-ms': { type: 'string', default: '0' },
      systems: { type: 'string' },
      fault: { type: 'string', multiple: true, default: [] },
      'state-dir': { type: 'string' },
      'write-config': { type: 'string' },
      log: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values['write-config'] !== undefined && values['state-dir'] === undefined) {
    throw new Error('--write-config needs --state-dir: the config names the file of the private key');
  }
  return {
    hmc1Port: readNumber('--port', values.port, 65535),
    hmc2Port: readNumber('--hmc2-port', values['hmc2-port'], 65535),
    controlPort: readNumber('--control-port', values['control-port'], 65535),
    readLatencyMs: readNumber('--read-latency-ms', values['read-latency-ms'], 3_600_000),
    changeLatencyMs: readNumber('--change-latency-ms', values['change-latency-ms'], 3_600_000),
    systems: values.systems === undefined ? undefined : readNumber('--systems', values.systems, 100_000),
    stateDir: values['state-dir'],
    writeConfig: values['write-config'],
    logFile: values.log,
    faults: values.fault.map(readFault),
    help: values.help,
  };
}

function readNumber(option: string, text: string, highest: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(number <= highest)) throw new Error(`${option} takes a number from 0 to ${highest}, not ${text}`);
  return number;
}

function readFault(json: string): Fault {
  try {
    return faultOf(JSON.parse(json));
  } catch (error) {
    throw new Error(`--fault ${json}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
