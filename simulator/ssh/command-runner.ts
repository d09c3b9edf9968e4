import type { ServerChannel } from 'ssh2';
import type { CommandFaults, Effect, Faults } from '../faults/faults.js';
import { type CommandOutput, interpret, type Interpreted } from '../commands/interpreter.js';
import { electAll } from '../estate/estate.js';
import { findSystem } from '../estate/find.js';
import { type Estate, mtms } from '../estate/model.js';
import { type Hmc, type HmcUser, systemsOf } from '../hmc.js';
import type { CommandLog, CommandLogEntry } from '../log/command-log.js';

/** How long commands of one HMC take before their effect and their answer, in milliseconds. */
export interface Latency {
  readMs: number;
  changeMs: number;
}

/** What running a command on one HMC needs. */
export interface RunnerParts {
  readonly hmc: Hmc;
  /** All consoles of the simulator. */
  readonly peers: () => readonly Hmc[];
  readonly estate: Estate;
  readonly log: CommandLog;
  readonly faults: Faults;
  readonly latency: Latency;
  /** Answers a `sim` command line; undefined = it is none. */
  readonly control: (line: string) => Promise<CommandOutput> | undefined;
  /** Waits, unless the simulator is closed first. */
  readonly delay: (ms: number) => Promise<void>;
}

/** Where the command came from. */
export interface Caller {
  readonly user: HmcUser;
  readonly connectionId: string;
  /** Cuts the transport. */
  readonly cutConnection: () => void;
}

/**
 * Runs one command line and answers on the channel: latency, then the effect, then the answer, each as the faults have
 * it. Once begun it goes on to its effect even when the client is gone: sshd stops no command when a
 * connection is closed, and neither does an HMC.
 */
export async function runCommand(
  line: string,
  channel: ServerChannel,
  caller: Caller,
  parts: RunnerParts,
): Promise<void> {
  // A client may be gone before we answer.
  channel.on('error', () => undefined);
  const controlled = parts.control(line);
  if (controlled) return answer(channel, await controlled, undefined, parts);

  const { hmc, peers, estate, log, latency } = parts;
  const command = interpret(
    line,
    { hmc, peers, estate, user: caller.user },
    () => new Date(Date.now() + hmc.clockOffsetMs),
  );
  const entry = log.begin({
    hmcId: hmc.id,
    mtms: mtmsOf(command, parts),
    user: caller.user.username,
    connectionId: caller.connectionId,
    line,
    words: command.words,
    unquoted: command.unquoted,
    kind: command.kind,
  });
  const faults = parts.faults.takeForCommand(hmc.id, line, command.kind);
  const ownLatency = command.kind === 'read' ? latency.readMs : latency.changeMs;
  const end = command.begin();
  await parts.delay(ownLatency + (faults.get('latency')?.ms ?? 0));
  end();

  const drop = faults.get('drop-connection');
  if (drop?.when === 'before-effect') {
    log.finish(entry, 'dropped');
    return caller.cutConnection();
  }
  const output = perform(command, entry, faults, caller, parts);
  if (drop) {
    log.finish(entry, 'dropped');
    return caller.cutConnection();
  }
  if (faults.get('no-answer')) return log.finish(entry, 'unanswered');
  if (faults.get('no-exit-status')) {
    log.finish(entry, 'no-exit-status');
    channel.close();
    return;
  }
  entry.exitStatus = output.exitStatus;
  entry.stdoutBytes = Buffer.byteLength(output.stdout);
  entry.stderrBytes = Buffer.byteLength(output.stderr);
  // Finished once the answer is decided: a slow reader on the other side does not make the command longer.
  log.finish(entry, 'exited');
  await answer(channel, output, faults, parts);
}

/** Does what the command does to the estate, as far as the faults let it, and says what it prints. */
function perform(
  command: Interpreted,
  entry: CommandLogEntry,
  faults: CommandFaults,
  caller: Caller,
  parts: RunnerParts,
): CommandOutput {
  const refusal = faults.get('refuse');
  const silenced = refusal ?? faults.get('no-answer') ?? faults.get('no-exit-status');
  const later = faults.get('delay-effect');
  const effect: Effect = refusal ? (refusal.effect ?? 'none') : (silenced?.effect ?? 'full');

  let output: CommandOutput = { exitStatus: 0, stdout: '', stderr: '' };
  if (typeof effect === 'object') {
    const instead = interpret(
      effect.instead,
      { hmc: parts.hmc, peers: parts.peers, estate: parts.estate, user: caller.user },
      () => new Date(),
    );
    const result = instead.run();
    if (result.exitStatus !== 0) {
      const reason = `${result.stdout}${result.stderr}`;
      return { exitStatus: 255, stdout: '', stderr: `simulator: the fault's own command was refused: ${reason}` };
    }
    entry.effectAt = performance.now();
  } else if (effect === 'full') {
    output = command.run({ dryRun: later !== undefined });
    const changes = command.kind === 'change' && output.exitStatus === 0;
    if (changes && !later) entry.effectAt = performance.now();
    if (changes && later) {
      void parts.delay(later.ms).then(() => {
        // What others did meanwhile may refuse it now; then it never happens, as on an HMC.
        if (command.run().exitStatus === 0) entry.effectAt = performance.now();
      });
    }
  }
  // A control call may have moved links since the last election.
  for (const system of parts.estate.systems) electAll(system);

  if (refusal) {
    const text = refusal.text.endsWith('\n') ? refusal.text : `${refusal.text}\n`;
    const usual = command.kind === 'read' ? 'stdout' : parts.hmc.changeErrorStream;
    const onStdout = (refusal.stream ?? usual) === 'stdout';
    return { exitStatus: refusal.exitStatus ?? 1, stdout: onStdout ? text : '', stderr: onStdout ? '' : text };
  }
  const flood = faults.get('flood');
  return flood ? { ...output, stdout: 'x'.repeat(flood.bytes) } : output;
}

/** Sends both streams and the exit status, and closes the channel. */
async function answer(
  channel: ServerChannel,
  output: CommandOutput,
  faults: CommandFaults | undefined,
  parts: RunnerParts,
): Promise<void> {
  const slow = faults?.get('slow-output');
  if (slow) {
    const bytes = Buffer.from(output.stdout);
    for (let at = 0; at < bytes.length && channel.writable; at += slow.chunkBytes) {
      channel.write(bytes.subarray(at, at + slow.chunkBytes));
      await parts.delay(slow.intervalMs);
    }
  } else if (output.stdout !== '') {
    channel.write(output.stdout);
  }
  if (!channel.writable) return;
  if (output.stderr !== '') channel.stderr.write(output.stderr);
  channel.exit(output.exitStatus);
  channel.end();
}

/** The frame that `-m` names, where it names exactly one. */
function mtmsOf(command: Interpreted, { hmc, estate }: RunnerParts): string | null {
  const at = command.words.indexOf('-m');
  const name = at < 0 ? undefined : command.words[at + 1];
  if (name === undefined) return null;
  try {
    return mtms(findSystem(systemsOf(hmc, estate), name));
  } catch {
    return null;
  }
}
