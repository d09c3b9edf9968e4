import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outages } from './outages.js';

/** One replica of the service, in a process of its own that can be killed, frozen and started again. */
export class ServiceProcess {
  private child: ChildProcess | null = null;
  /** How often it ended although nobody had ended it. */
  crashes = 0;

  /**
   * @param dir where the compiled service is
   * @param logFile what it prints is added there
   * @param outages told of the times in which it does not run
   */
  constructor(
    readonly name: string,
    private readonly dir: string,
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
    private readonly logFile: string,
    private readonly outages: Outages,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  start(): void {
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, [join(this.dir, 'main.js')], {
      env: { PATH: process.env['PATH'], PORT: String(this.port), ...this.env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.once('exit', () => {
      if (this.child === child) this.crashes += 1;
    });
    this.child = child;
    this.outages.end(this.name);
  }

  /** Resolves when it answers; throws when it has ended instead. */
  async ready(): Promise<void> {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
      if (this.child === null || this.child.exitCode !== null) throw new Error(`${this.name} ended: ${this.logFile}`);
      if (await this.answers()) return;
    }
    throw new Error(`${this.name} does not answer: ${this.logFile}`);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.outages.begin(this.name);
    await this.end('SIGKILL');
  }

  /**
   * SIGTERM, as a supervisor sends it; resolves when it has ended. Within its time of grace it hands over what it is
   * at: only what it needs longer for is an outage.
   */
  async terminate(): Promise<void> {
    const graceEnds = Date.now() + Number(this.env['SHUTDOWN_GRACE_SECONDS']) * 1000;
    await this.end('SIGTERM');
    if (Date.now() >= graceEnds) this.outages.begin(this.name, graceEnds);
  }

  freeze(): void {
    this.outages.begin(this.name);
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
    if (this.child !== null) this.outages.end(this.name);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  private async answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/live`, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
      return false;
    }
  }
}
