import { timeOfDay } from '../time-of-day.js';
import { Circuit, type Barrier } from './circuit.js';
import type { CommandEnd } from './command-end.js';
import { connect, type Connecting } from './connect.js';
import type { HmcConnection } from './hmc-connection.js';
import type { HmcReachability } from './hmc-connections.js';
import type { HmcEndpoint, HmcLimits } from './hmc-endpoint.js';
import { loginFingerprint } from './login-fingerprint.js';
import type { LoginLedger, LoginTurn } from './login-ledger.js';

export type NeverStarted = Extract<CommandEnd, { kind: 'never-started' }>;
export type Login = { readonly connection: HmcConnection } | { readonly failed: NeverStarted };

/**
 * All logins to one HMC. They are made one after the other: were they made at once, a changed password would be refused
 * several times before the first refusal is known, and lock the account. The ledger does the same over all processes:
 * it is asked when the connection stands, so an HMC that is away keeps nobody's turn. Who waits for a login that fails
 * shares its failure, so nobody waits for more than one connect deadline.
 */
export class Logins {
  readonly #endpoint: HmcEndpoint;
  readonly #limits: HmcLimits;
  readonly #ledger: LoginLedger;
  readonly #circuit: Circuit;
  readonly #abort = new AbortController();
  #current: Promise<Login> | null = null;
  #fingerprint: Promise<string> | null = null;
  readonly #standing = new Set<HmcConnection>();
  #reachable: boolean | null = null;
  /** When the latest command came to its end (a moment of `performance.now()`). */
  #answeredAt = 0;
  /** When anything was last heard on a connection that is gone since (a moment of `performance.now()`). */
  #heardAt: number | null = null;
  #lastError: HmcReachability['lastError'] = null;

  constructor(endpoint: HmcEndpoint, limits: HmcLimits, ledger: LoginLedger) {
    this.#endpoint = endpoint;
    this.#limits = limits;
    this.#ledger = ledger;
    this.#circuit = new Circuit(limits);
  }

  /** A new connection of the caller's own, or why there is none. */
  open(): Promise<Login> {
    const before = this.#current;
    const login = before === null ? this.#open() : before.then((first) => ('failed' in first ? first : this.#open()));
    this.#current = login;
    const forget = (): void => {
      if (this.#current === login) this.#current = null;
    };
    login.then(forget, forget);
    return login;
  }

  /** A connection was lost while it was in use. That one is gone says nothing of the HMC while another stands. */
  lost(why: string): void {
    this.#failed('lost', why);
    if (this.#standing.size > 0) this.#reachable = !this.#circuit.isSilent;
  }

  /** The HMC ran a command to its end, on whatever connection. */
  answered(): void {
    if (this.#circuit.isSilent) this.#lastError = null;
    this.#circuit.answered();
    this.#reachable = true;
    this.#answeredAt = performance.now();
  }

  /** Before a read is sent, or waits to be: why it must not. */
  mayRead(): NeverStarted | null {
    const now = performance.now();
    const silence = this.#circuit.silence(now);
    if (silence === null) this.#circuit.readSent(now);
    return silence === null ? null : this.#heldBack(silence);
  }

  /**
   * A read that was sent at `sentAt` (a moment of `performance.now()`) got no answer. An HMC that has answered another
   * command meanwhile is not silent, it only hangs on this one. Returns why no more reads may be sent, if so.
   */
  unanswered(reason: string, message: string, sentAt: number): NeverStarted | null {
    const now = performance.now();
    const isSilent = this.#answeredAt <= sentAt;
    if (isSilent) this.#circuit.unanswered(sentAt, now);
    this.#failed(reason, message);
    if (!isSilent) this.#reachable = true;
    const silence = this.#circuit.silence(now);
    return silence === null ? null : this.#heldBack(silence);
  }

  /** Whether the latest read got no answer. */
  get isSilent(): boolean {
    return this.#circuit.isSilent;
  }

  /** Whether it should be tried, just to know how it is: there is no news of it, and nothing speaks against a try. */
  wantsProbe(): boolean {
    const now = performance.now();
    if ((this.#circuit.barrier(now) ?? this.#circuit.silence(now)) !== null) return false;
    const seenAt = this.#seenAt();
    const isNews = this.#reachable === true && seenAt !== null && now - seenAt < this.#limits.probeAfterMs;
    return !isNews;
  }

  /** When anything was last heard of it (a moment of `performance.now()`). */
  #seenAt(): number | null {
    const times = [...this.#standing].map(({ heardAt }) => heardAt);
    return times.length === 0 ? this.#heardAt : Math.max(this.#heardAt ?? 0, ...times);
  }

  reachability(): HmcReachability {
    const seenAt = this.#seenAt();
    const now = performance.now();
    const barrier = this.#circuit.barrier(now) ?? this.#circuit.silence(now);
    const circuit = this.#circuit.state(now);
    return {
      hmcId: this.#endpoint.id,
      host: this.#endpoint.host,
      port: this.#endpoint.port,
      // A connection from before may still answer reads while no new one is made: changes cannot go there.
      reachable: circuit === 'closed' ? this.#reachable : false,
      lastSeenAt: seenAt === null ? null : timeOfDay(seenAt),
      circuit,
      circuitOpenUntil: barrier === null ? null : timeOfDay(barrier.until),
      lastError: this.#lastError,
    };
  }

  /** Gives up the login that is being made; no other is begun. */
  close(): void {
    this.#abort.abort();
  }

  async #open(): Promise<Login> {
    const barrier = this.#circuit.barrier(performance.now());
    if (barrier !== null) return { failed: this.#heldBack(barrier) };
    const over = new AbortController();
    let turn: LoginTurn | null = null;
    const mayLogIn = async (): Promise<boolean> => {
      turn = await this.#takeTurn(over.signal);
      this.#circuit.learn(turn.failed, performance.now());
      return this.#circuit.barrier(performance.now())?.reason !== 'locked-out';
    };
    const result = await connect(this.#endpoint, this.#limits, this.#abort.signal, mayLogIn);
    over.abort();
    const login = this.#judge(result);
    await (turn as LoginTurn | null)?.end(this.#circuit.failedLogins(performance.now()));
    return login;
  }

  #judge(result: Connecting): Login {
    const now = performance.now();
    switch (result.kind) {
      case 'connected':
        this.#circuit.connected();
        // That it takes a login says nothing of one that answers no command.
        if (!this.#circuit.isSilent) {
          this.#reachable = true;
          this.#lastError = null;
        }
        this.#remember(result.connection);
        return { connection: result.connection };
      case 'aborted':
        return neverStarted('closing', 'The service is shutting down.');
      case 'held-back': {
        const message = this.#circuit.barrier(now)?.message ?? 'An earlier login was refused.';
        return this.#refused('locked-out', `HMC ${this.#endpoint.id}: ${message}`);
      }
      case 'unreachable':
        this.#circuit.unreachable(now);
        return this.#refused('unreachable', result.message);
      case 'host-key-refused':
        return this.#refused('host-key-refused', result.message);
      case 'login-unanswered':
        if (!this.#circuit.loginUnanswered(now)) return this.#refused('unreachable', result.message);
        return this.#refused('authentication-failed', this.#withPause(result.message));
      case 'login-refused':
        this.#circuit.loginRefused(now);
        return this.#refused('authentication-failed', this.#withPause(result.message));
    }
  }

  #remember(connection: HmcConnection): void {
    this.#standing.add(connection);
    connection.onGone(() => this.#forget(connection));
  }

  /** Where the HMC has closed the last connection that there was, nothing is known of it any more. */
  #forget(connection: HmcConnection): void {
    this.#heardAt = this.#seenAt();
    this.#standing.delete(connection);
    const why = connection.lostBecause;
    if (why === null || this.#standing.size > 0) return;
    this.#failed('lost', `HMC ${this.#endpoint.id}: the connection was lost: ${why}.`);
    this.#reachable = null;
  }

  /** A turn is over in half the time of a connect at the latest: who waits for it can still log in within its own. */
  async #takeTurn(over: AbortSignal): Promise<LoginTurn> {
    this.#fingerprint ??= loginFingerprint(this.#endpoint);
    const turn = await this.#ledger.take(await this.#fingerprint, this.#limits.connectMs / 2, over);
    // Too late: nobody will log in any more.
    if (over.aborted) await turn.end(turn.failed);
    return turn;
  }

  #withPause(message: string): string {
    return `${message} ${this.#circuit.barrier(performance.now())?.message ?? ''}`.trimEnd();
  }

  #heldBack({ reason, message }: Barrier): NeverStarted {
    return { kind: 'never-started', reason, message: `HMC ${this.#endpoint.id}: ${message}` };
  }

  #refused(reason: NeverStarted['reason'], message: string): Login {
    this.#failed(reason, message);
    return neverStarted(reason, message);
  }

  #failed(reason: string, message: string): void {
    this.#reachable = false;
    this.#lastError = { reason, message, at: new Date().toISOString() };
  }
}

function neverStarted(reason: NeverStarted['reason'], message: string): Login {
  return { failed: { kind: 'never-started', reason, message } };
}
