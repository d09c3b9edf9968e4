import type { HmcUser } from '../hmc.js';
import { splitShellWords } from '../shell/shell-words.js';
import { chhwresSriov } from './chhwres-sriov.js';
import { chhwresVirtualio } from './chhwres-virtualio.js';
import type { ChangeCommand, CommandContext, ReadCommand } from './command.js';
import { date, lshmc, lshmcusr, lslic, lssysconn } from './console.js';
import { lshwresSriov } from './lshwres-sriov.js';
import { lshwresVirtualio } from './lshwres-virtualio.js';
import { lssyscfg } from './lssyscfg.js';
import { migrationUnderWay, migrlpar } from './migrlpar.js';
import { HmcRefusal, missingOrInvalid, noAuthority } from './refusal.js';
import { viosvrcmd } from './viosvrcmd.js';

/** What a command printed, and how it ended. */
export interface CommandOutput {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line, understood: `run` does it (again) against the estate as it is then. */
export interface Interpreted {
  readonly kind: 'read' | 'change';
  readonly words: readonly string[];
  /** Signs that the shell may expand, which stood unquoted. */
  readonly unquoted: readonly string[];
  /** Shows what is to be seen while the command takes its time; returns what ends that. */
  begin(): () => void;
  /** The answer; a refused change leaves the estate as it was. With `dryRun` an accepted one does so too. */
  run(options?: { readonly dryRun?: boolean }): CommandOutput;
}

const READS: Readonly<Record<string, ReadCommand>> = {
  lshmc,
  lshmcusr,
  lslic,
  lssyscfg,
  lssysconn,
  date,
  viosvrcmd,
};

/** Commands by `-r`. */
const RESOURCE_READS: Readonly<Record<string, ReadCommand>> = { sriov: lshwresSriov, virtualio: lshwresVirtualio };
const RESOURCE_CHANGES: Readonly<Record<string, ChangeCommand>> = { sriov: chhwresSriov, virtualio: chhwresVirtualio };
const CHANGES: Readonly<Record<string, ChangeCommand>> = {
  chhwres: (words, context) => forResource(RESOURCE_CHANGES, words)(words, context),
  migrlpar,
};

/** Commands that an HMC has and this simulator has not; `command not found` would be a lie about an HMC. */
const NOT_SIMULATED = new Set(
  'chsyscfg mksyscfg rmsyscfg chsysstate chhmc chhmcusr mkhmcusr rmhmcusr lsaccfg lsled chled lssvcevents lsrefcode lslparmigr updlic lsmemopt lslparutil mkvterm rmvterm rrstartlpar lslock rmlock monhmc hmcshutdown'.split(
    ' ',
  ),
);

/** Reads one command line as the HMC's shell and its command would. Never throws for what stands in the line. */
export function interpret(line: string, context: Omit<CommandContext, 'now'>, now: () => Date): Interpreted {
  const shell = splitShellWords(line);
  if (shell.kind === 'refused') {
    const { exitStatus, stderr } = shell;
    return {
      kind: kindOf(line.trim()),
      words: [],
      unquoted: [],
      begin: () => NOTHING,
      run: () => ({ exitStatus, stdout: '', stderr }),
    };
  }
  const { words, unquoted } = shell;
  const [name = '', ...rest] = words;
  const change = CHANGES[name];
  return {
    kind: kindOf(name === 'viosvrcmd' ? (rest[rest.indexOf('-c') + 1] ?? '') : name),
    words,
    unquoted,
    begin: () =>
      name === 'migrlpar' && mayChange(context.user) ? migrationUnderWay(rest, { ...context, now: now() }) : NOTHING,
    run: ({ dryRun = false } = {}) => {
      if (words.length === 0) return { exitStatus: 0, stdout: '', stderr: '' };
      if (name.includes('/')) return shellSays(1, `${name}: restricted: cannot specify \`/' in command names`);
      if (NOT_SIMULATED.has(name)) {
        return {
          exitStatus: 1,
          stdout: `simulator: ${name} is a command of an HMC that is not imitated\n`,
          stderr: '',
        };
      }
      if (change) return runChange(change, rest, { ...context, now: now() }, dryRun);
      const command = name === 'lshwres' ? lshwres : READS[name];
      // samples/hmc-v8r820-session-dump.txt: `/bin/bash: last: command not found`; bash's status is 127.
      if (!command) return shellSays(127, `${name}: command not found`);
      return runRead(command, rest, { ...context, now: now() });
    },
  };
}

/**
 * Whatever can change something counts as a change, so that no log and no fault takes it for a read. Of a `viosvrcmd`
 * the command of the Virtual I/O Server counts.
 */
const kindOf = (line: string): 'read' | 'change' =>
  /^((ls\w*|date|vnicstat|errlog)(\s|$)|ioslevel$)/.test(line) || line === '' ? 'read' : 'change';

/** hmc-cli.md §5: a viewer has list tasks only. */
const mayChange = ({ taskRole }: HmcUser): boolean => taskRole !== 'hmcviewer';

const NOTHING = (): void => undefined;

const shellSays = (exitStatus: number, text: string): CommandOutput => ({
  exitStatus,
  stdout: '',
  stderr: `/bin/bash: ${text}\n`,
});

const lshwres: ReadCommand = (words, context) => forResource(RESOURCE_READS, words)(words, context);

function forResource<C>(commands: Readonly<Record<string, C>>, words: readonly string[]): C {
  const at = words.indexOf('-r');
  const command = at < 0 ? undefined : commands[words[at + 1] ?? ''];
  if (!command) throw missingOrInvalid('-r');
  return command;
}

/** A refused listing exits 1 with its words on stdout (hmc-cli.md §4). */
function runRead(command: ReadCommand, words: readonly string[], context: CommandContext): CommandOutput {
  try {
    return { exitStatus: 0, stdout: command(words, context), stderr: '' };
  } catch (error) {
    if (!(error instanceof HmcRefusal)) throw error;
    return { exitStatus: error.exitStatus, stdout: `${error.message}\n`, stderr: '' };
  }
}

/**
 * Runs the change on a copy first, so that a refused one leaves nothing behind: a vNIC of which the second device is
 * refused is not made at all. Then on the estate itself, whose objects keep their identity. Success prints nothing.
 */
function runChange(
  change: ChangeCommand,
  words: readonly string[],
  context: CommandContext,
  dryRun: boolean,
): CommandOutput {
  try {
    // That this check comes first is INFERRED.
    if (!mayChange(context.user)) throw noAuthority();
    change(words, { ...context, estate: structuredClone(context.estate) });
    if (!dryRun) change(words, context);
  } catch (error) {
    if (!(error instanceof HmcRefusal)) throw error;
    const text = `${error.message}\n`;
    const onStdout = context.hmc.changeErrorStream === 'stdout';
    return { exitStatus: error.exitStatus, stdout: onStdout ? text : '', stderr: onStdout ? '' : text };
  }
  return { exitStatus: 0, stdout: '', stderr: '' };
}
