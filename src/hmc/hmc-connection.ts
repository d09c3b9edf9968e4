import type { Socket } from 'node:net';
import type { Client, ClientChannel } from 'ssh2';
import { LATE, within } from '../within.js';
import { closedByHmc, openChannel, requestExec } from './command-channel.js';
import type { CommandEnd, NeverStartedReason } from './command-end.js';
import type { HmcLimits } from './hmc-endpoint.js';
import type { RunOptions } from './hmc-connections.js';

/** How long the HMC may take to close its side after our good-bye. */
const GOOD_BYE_MS = 2_000;

/** One SSH connection that has logged in. It says how each command ended; who may use it is decided elsewhere. */
export class HmcConnection {
  readonly #hmc: string;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #limits: HmcLimits;
  readonly #onGone = new Set<() => void>();
  #gone: string | null = null;
  #closedByUs = false;
  #heardAt = performance.now();

  /** `hmc` names the HMC in messages. */
  constructor(hmc: string, client: Client, socket: Socket, limits: HmcLimits) {
    this.#hmc = hmc;
    this.#client = client;
    this.#socket = socket;
    this.#limits = limits;
    // ssh2 tells the client before it tells the channels, so a channel that was cut off
    // can be told from one that ended.
    client.on('error', (error) => this.#cut(error.message));
    client.on('end', () => this.#cut('the HMC closed the connection'));
    client.on('close', () => this.#cut('the connection was closed'));
    socket.on('data', () => {
      this.#heardAt = performance.now();
    });
  }

  /** When the latest byte came from the HMC, be it the answer to a keepalive (a moment of `performance.now()`). */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Why the connection is gone, where that was not our doing; else null. */
  get lostBecause(): string | null {
    return this.#closedByUs ? null : this.#gone;
  }

  get alive(): boolean {
    return this.#gone === null;
  }

  /** Calls back once, when the connection is gone; at once when it is gone already. */
  onGone(callback: () => void): void {
    if (this.#gone === null) this.#onGone.add(callback);
    else callback();
  }

  /**
   * Runs one command line on a channel of its own. Every `never-started` from here means that the exec request was not
   * written; the caller destroys the connection as well where that matters.
   */
  async run(commandLine: string, options: RunOptions): Promise<CommandEnd> {
    if (this.#gone !== null) return this.#lostBefore();
    const opening = await openChannel(this.#client, this.#limits.channelOpenMs);
    switch (opening.kind) {
      case 'timed-out':
        return this.#neverStarted('channel-timeout', `opened no channel within ${this.#limits.channelOpenMs} ms`);
      case 'refused':
        if (this.#gone !== null) return this.#lostBefore();
        return this.#neverStarted('channel-refused', `refused a channel: ${opening.message}`);
      case 'open':
    }
    const refusal = await this.#askCaller(options.beforeExec);
    // From the caller's yes to the exec request nothing waits for a timer or a socket.
    if (this.#gone !== null) return this.#lostBefore();
    if (refusal !== null) {
      opening.channel.close();
      return { kind: 'never-started', reason: 'refused-by-caller', message: refusal };
    }
    return this.#execute(opening.channel, commandLine, options.deadlineMs);
  }

  /** Cuts the connection at once; resolves when it is gone. */
  destroy(): Promise<void> {
    const closed = this.#closed();
    this.#closedByUs ||= this.#gone === null;
    this.#cut('we closed the connection');
    return closed;
  }

  /** Says good-bye, so that the HMC does not keep the session open; cuts the connection when it does not answer. */
  end(): Promise<void> {
    if (this.#gone !== null) return this.destroy();
    const closed = this.#closed();
    this.#closedByUs = true;
    this.#leave('we closed the connection');
    this.#client.end();
    const timer = setTimeout(() => this.#socket.destroy(), GOOD_BYE_MS);
    return closed.finally(() => clearTimeout(timer));
  }

  #execute(channel: ClientChannel, commandLine: string, deadlineMs: number): Promise<CommandEnd> {
    return new Promise((resolve) => {
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      let bytes = 0;
      let exitStatus: number | null = null;
      let signal: string | null = null;
      let openEnds = 2;
      let over = false;

      const finish = (end: CommandEnd): void => {
        over = true;
        clearTimeout(timer);
        this.#onGone.delete(lost);
        resolve(end);
      };
      const unknown = (reason: 'timed-out' | 'lost' | 'no-exit-status' | 'output-too-large', message: string): void => {
        if (over) return;
        finish({
          kind: 'unknown',
          reason,
          message: `${this.#hmc} ${message}`,
          stdout: text(stdout),
          stderr: text(stderr),
        });
        channel.close();
      };
      const lost = (): void => {
        if (!closedByHmc(channel))
          unknown('lost', `was lost while the command ran: ${this.#gone ?? 'no reason known'}`);
      };
      const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
        if (over) return;
        bytes += chunk.length;
        if (bytes <= this.#limits.maxOutputBytes) chunks.push(chunk);
        else unknown('output-too-large', `printed more than ${this.#limits.maxOutputBytes} bytes`);
      };
      const oneEnded = (): void => {
        openEnds -= 1;
        if (openEnds > 0 || over) return;
        if (exitStatus !== null) {
          finish({ kind: 'exited', exitStatus, stdout: text(stdout), stderr: text(stderr) });
        } else {
          unknown('no-exit-status', signal === null ? 'gave no exit status' : `ended the command with ${signal}`);
        }
      };

      channel.on('data', collect(stdout));
      channel.stderr.on('data', collect(stderr));
      channel.on('exit', (code: number | null, signalName?: string) => {
        exitStatus = code;
        signal = signalName ?? null;
      });
      channel.on('error', (error: Error) => unknown('lost', `broke the channel: ${error.message}`));
      // Both streams have to be read to their end: 'close' of the channel comes after stdout only.
      channel.on('close', oneEnded);
      channel.stderr.on('end', oneEnded);
      this.#onGone.add(lost);
      const timer = setTimeout(() => unknown('timed-out', `did not finish within ${deadlineMs} ms`), deadlineMs);

      const refused = (): void => {
        // ssh2 also reports a channel that closed before the reply; how that ended is decided above.
        if (!closedByHmc(channel)) unknown('no-exit-status', 'refused to run the command');
      };
      if (requestExec(this.#client, channel, commandLine, refused)) {
        // No command of ours reads anything: an empty standard input keeps it from waiting for an answer.
        channel.end();
      } else {
        finish({ kind: 'never-started', reason: 'channel-refused', message: `${this.#hmc} closed the channel.` });
      }
    });
  }

  /** Null when the command may be sent, else why not. */
  async #askCaller(beforeExec: (() => Promise<boolean>) | undefined): Promise<string | null> {
    if (beforeExec === undefined) return null;
    const limitMs = this.#limits.channelOpenMs;
    const late = `The last check before sending gave no answer within ${limitMs} ms.`;
    const askedAt = performance.now();
    const answer = async (): Promise<string | null> => {
      const yes = await beforeExec();
      // A process that was frozen or blocked meanwhile may read the answer before it sees
      // the timer: an old yes is a no.
      if (performance.now() - askedAt > limitMs) return late;
      return yes ? null : 'The last check before sending said no.';
    };
    try {
      const refusal = await within(answer(), limitMs);
      return refusal === LATE ? late : refusal;
    } catch (error) {
      return `The last check before sending failed: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #lostBefore(): CommandEnd {
    return this.#neverStarted(
      'unreachable',
      `was lost before the command was sent: ${this.#gone ?? 'no reason known'}`,
    );
  }

  #neverStarted(reason: NeverStartedReason, message: string): CommandEnd {
    return { kind: 'never-started', reason, message: `${this.#hmc} ${message}.` };
  }

  /** An SSH error or the other side's end leaves a half-closed socket behind, which could still be written to. */
  #cut(why: string): void {
    this.#leave(why);
    this.#socket.destroy();
  }

  #leave(why: string): void {
    if (this.#gone !== null) return;
    this.#gone = why;
    for (const callback of this.#onGone) callback();
    this.#onGone.clear();
  }

  #closed(): Promise<void> {
    return this.#socket.closed
      ? Promise.resolve()
      : new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }
}

/** Decoded as a whole: a character may be split over two packets. */
function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
