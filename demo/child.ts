import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const END_WITH_PARENT = new URL('./end-with-parent.js', import.meta.url).href;
const LAST_LINES = 20;

/** One program of the demo, with its output in a log file. */
export class Child {
  private stopping = false;

  private constructor(
    readonly name: string,
    readonly logFile: string,
    private readonly process: ChildProcess,
    /** Settles with the exit when the program ends, by itself or because it was stopped. */
    private readonly ended: Promise<string>,
  ) {}

  /**
   * @param module URL of the program's main file
   * Each program runs in a process group of its own: Ctrl-C reaches the demo alone, which stops them in order.
   */
  static start(
    name: string,
    module: URL,
    args: readonly string[],
    options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly logFile: string },
  ): Child {
    const log = openSync(options.logFile, 'a', 0o600);
    const child = spawn(process.execPath, ['--import', END_WITH_PARENT, fileURLToPath(module), ...args], {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit status ${code}`));
    });
    return new Child(name, options.logFile, child, ended);
  }

  /** Throws when the program ends without having been stopped; otherwise waits for ever. */
  async failure(): Promise<never> {
    const how = await this.ended;
    if (this.stopping) return new Promise<never>(() => undefined);
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-LAST_LINES);
    throw new Error(`The ${this.name} ended by itself (${how}). The end of ${this.logFile}:\n${lines.join('\n')}`);
  }

  /** Asks it to stop and waits until it has. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGTERM');
    await this.ended;
  }
}
