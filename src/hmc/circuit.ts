import { timeOfDay } from '../time-of-day.js';
import type { NeverStartedReason } from './command-end.js';
import type { HmcLimits } from './hmc-endpoint.js';
import type { FailedLogins } from './login-ledger.js';

/** Why nothing is tried now, and until when (a moment of `performance.now()`). */
export type Barrier = { readonly reason: NeverStartedReason; readonly message: string; readonly until: number };

/** However often a login is refused, the next try comes within an hour. */
const MAX_LOCK_OUT_MS = 3_600_000;

/**
 * Whether a new connection to one HMC may be tried now. Two reasons against it:
 *
 * - the circuit: the HMC could not be reached several times in a row. The pause grows with every failed probe.
 * - the lock-out guard: a login was refused. An HMC locks the account after three (hmc-cli.md §5), so one is enough to
 *   stop, for longer than the lock would last. Each further one makes the pause three times as long, so that there are
 *   never three within a quarter of an hour: how long an HMC remembers them is not known (RECALLED: that long). A login
 *   that got no answer may have failed or not; the first one counts, but does not stop the next.
 *
 * And whether a read may be sent: the circuit is open as well for an HMC that takes logins and commands and
 * answers none of several reads in a row. Connections say nothing about such an HMC, so a read has to: one is let
 * through now and then, and the first answer closes the circuit. The pause does not grow, because each of these
 * reads runs for its whole deadline anyway.
 *
 * Pure but for its own state: the caller says what time it is, by `performance.now()`.
 */
export class Circuit {
  readonly #limits: HmcLimits;
  #failures = 0;
  #pauseMs = 0;
  #openUntil: number | null = null;
  /** Logins since the last success that were, or may have been, refused. */
  #failedLogins = 0;
  #lockedUntil: number | null = null;
  /** Reads in a row, since the latest answer, that got none. */
  #unanswered = 0;
  /** When the latest of them was given up: one that was sent before is part of the same silence. */
  #givenUpAt = -Infinity;
  /** When the next read may try an HMC that has gone silent; null while it is not. */
  #nextTrial: number | null = null;

  constructor(limits: HmcLimits) {
    this.#limits = limits;
  }

  /** Null when a connection may be tried. */
  barrier(now: number): Barrier | null {
    if (this.#lockedUntil !== null && now < this.#lockedUntil) {
      return {
        reason: 'locked-out',
        message: `An earlier login was refused. To keep the account from being locked nothing is tried until ${timeOfDay(this.#lockedUntil)}, by no process of this service; a new key or password is tried as soon as the service starts with it.`,
        until: this.#lockedUntil,
      };
    }
    if (this.#openUntil !== null && now < this.#openUntil) {
      return {
        reason: 'circuit-open',
        message: `The last ${this.#failures} connections failed; the next is tried at ${timeOfDay(this.#openUntil)}.`,
        until: this.#openUntil,
      };
    }
    return null;
  }

  /** Null when a read may be sent, be it on a connection that stands. */
  silence(now: number): Barrier | null {
    if (this.#nextTrial === null || now >= this.#nextTrial) return null;
    return {
      reason: 'circuit-open',
      message: `The last ${this.#unanswered} reads had no answer; the next is tried at ${timeOfDay(this.#nextTrial)}.`,
      until: this.#nextTrial,
    };
  }

  state(now: number): 'closed' | 'open' | 'half-open' | 'locked-out' {
    switch ((this.barrier(now) ?? this.silence(now))?.reason) {
      case 'locked-out':
        return 'locked-out';
      case 'circuit-open':
        return 'open';
      default:
        return this.#openUntil !== null || this.#lockedUntil !== null || this.#nextTrial !== null
          ? 'half-open'
          : 'closed';
    }
  }

  /** A read is about to be sent: while the HMC is silent it is the one that tries it. */
  readSent(now: number): void {
    if (this.#nextTrial !== null) this.#nextTrial = now + this.#limits.circuitPauseMs;
  }

  /**
   * A read that was sent at `sentAt` got no answer, and neither did any other since. Those that were under way at the
   * same time count as one: what one hung system, or one hung Virtual I/O Server, keeps waiting is not the whole HMC.
   */
  unanswered(sentAt: number, now: number): void {
    if (sentAt < this.#givenUpAt) return;
    this.#givenUpAt = now;
    this.#unanswered += 1;
    if (this.#unanswered >= this.#limits.circuitFailures) this.#nextTrial ??= now + this.#limits.circuitPauseMs;
  }

  /** A command came to its end. */
  answered(): void {
    this.#unanswered = 0;
    this.#nextTrial = null;
  }

  /** Whether the latest read, of those that ended, got no answer. */
  get isSilent(): boolean {
    return this.#unanswered > 0;
  }

  connected(): void {
    this.#failures = 0;
    this.#pauseMs = 0;
    this.#openUntil = null;
    this.#failedLogins = 0;
    this.#lockedUntil = null;
  }

  unreachable(now: number): void {
    this.#failures += 1;
    if (this.#failures < this.#limits.circuitFailures) return;
    this.#pauseMs = Math.min(
      this.#pauseMs === 0 ? this.#limits.circuitPauseMs : this.#pauseMs * 2,
      this.#limits.circuitMaxPauseMs,
    );
    this.#openUntil = now + this.#pauseMs;
  }

  /** The credential was sent and the connection ended without an answer. Returns whether the guard has closed. */
  loginUnanswered(now: number): boolean {
    if (this.#failedLogins > 0) {
      this.loginRefused(now);
      return true;
    }
    this.#failedLogins = 1;
    this.unreachable(now);
    return false;
  }

  /** What others know of logins with the same credential: it counts as if it had happened here. */
  learn({ count, lockedMs }: FailedLogins, now: number): void {
    this.#failedLogins = Math.max(this.#failedLogins, count);
    if (lockedMs > 0) this.#lockedUntil = Math.max(this.#lockedUntil ?? 0, now + lockedMs);
  }

  /** For others. */
  failedLogins(now: number): FailedLogins {
    return { count: this.#failedLogins, lockedMs: Math.max(0, (this.#lockedUntil ?? 0) - now) };
  }

  loginRefused(now: number): void {
    this.#failedLogins += 1;
    const pause = this.#limits.lockOutMs * 3 ** (this.#failedLogins - 1);
    this.#lockedUntil = now + Math.min(pause, Math.max(MAX_LOCK_OUT_MS, this.#limits.lockOutMs));
  }
}
