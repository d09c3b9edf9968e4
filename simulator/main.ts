import { closeSync, openSync, writeSync } from 'node:fs';
import { GHARIAL, REPTILIAN, SAURIAN } from './estate/default-estate.js';
import { largeEstate } from './estate/large-estate.js';
import { type CliOptions, HELP, readCli } from './cli.js';
import type { CommandLogEntry } from './log/command-log.js';
import { type Simulator, startSimulator } from './simulator.js';
import { openStateDir, writeHmcConfig } from './state-dir.js';

async function main(): Promise<void> {
  const options = readOptionsOrExit();
  if (options.help) return void process.stdout.write(HELP);

  const state = options.stateDir === undefined ? undefined : openStateDir(options.stateDir);
  const log = openLog(options.logFile);
  const estate = options.systems === undefined ? undefined : largeEstate(options.systems);
  const simulator = await startSimulator({
    ...(estate ? { estate } : {}),
    hmcs: [
      {
        id: 'hmc1',
        version: 'V10R3',
        port: options.hmc1Port,
        ...(state ? { hostKey: state.hostKey('hmc1') } : {}),
        ...(estate
          ? {}
          : { systems: { [REPTILIAN]: 'Connected', [SAURIAN]: 'Connected', [GHARIAL]: 'No Connection' } }),
      },
      {
        id: 'hmc2',
        version: 'V8R8.6.0',
        changeErrorStream: 'stderr',
        port: options.hmc2Port,
        ...(state ? { hostKey: state.hostKey('hmc2') } : {}),
        ...(estate ? {} : { systems: { [REPTILIAN]: 'Connected', [SAURIAN]: 'Connected' } }),
      },
    ],
    readLatencyMs: options.readLatencyMs,
    changeLatencyMs: options.changeLatencyMs,
    faults: options.faults,
    controlPort: options.controlPort,
    ...(state ? { userKey: state.userKey } : {}),
    onCommand: log.write,
  });
  if (options.writeConfig !== undefined && state)
    writeHmcConfig(options.writeConfig, simulator.hmcs, state.userKeyFile);
  process.stdout.write(describe(simulator, options, state?.userKeyFile));

  const stop = (): void => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    void simulator.close().then(log.close);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

function readOptionsOrExit(): CliOptions {
  try {
    return readCli(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    process.exit(2);
  }
}

function describe(simulator: Simulator, options: CliOptions, userKeyFile: string | undefined): string {
  const lines = simulator.hmcs.map(
    ({ id, host, port, username, password, viewer, hostKeyFingerprint }) =>
      `${id}: ssh -p ${port} ${userKeyFile === undefined ? '' : `-i ${userKeyFile} `}${username}@${host}` +
      `   password ${password}, read-only user ${viewer.username}, host key ${hostKeyFingerprint}`,
  );
  lines.push(`control: curl ${simulator.controlUrl ?? 'off'}`);
  if (options.writeConfig !== undefined) lines.push(`HMC_CONFIG=${options.writeConfig}`);
  return `${lines.join('\n')}\n`;
}

interface LogFile {
  readonly write: (entry: CommandLogEntry) => void;
  readonly close: () => void;
}

/** One JSON line a command, at its end; `-` is standard output. */
function openLog(file: string | undefined): LogFile {
  if (file === undefined) return { write: () => undefined, close: () => undefined };
  const descriptor = file === '-' ? process.stdout.fd : openSync(file, 'a');
  return {
    write: (entry) => void writeSync(descriptor, `${JSON.stringify(entry)}\n`),
    close: () => {
      if (file !== '-') closeSync(descriptor);
    },
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
