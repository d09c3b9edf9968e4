import { setTimeout as sleep } from 'node:timers/promises';

/** What is known of the logins with one credential since the last that succeeded. */
export interface FailedLogins {
  /** How many were, or may have been, refused. */
  readonly count: number;
  /** How much longer none may be tried, in milliseconds; 0 = one may. */
  readonly lockedMs: number;
}

export const NO_FAILED_LOGINS: FailedLogins = { count: 0, lockedMs: 0 };

/** The right to log in, for one who is about to; nobody else who asks the same ledger has it meanwhile. */
export interface LoginTurn {
  readonly failed: FailedLogins;
  /** Gives the turn back, with what is known now. Never throws. */
  end(failed: FailedLogins): Promise<void>;
}

/**
 * What all who log in with the same credential tell each other, so that they do not lock the account together: an HMC
 * counts the failed logins of all (three lock it: hmc-cli.md §5). A login is named by its
 * fingerprint (loginFingerprint).
 */
export interface LoginLedger {
  /**
   * Waits for the turn at this login. Never throws.
   * @param turnMs after this long a turn that nobody gave back is over
   * @param abort ends the wait; the turn that is then handed out is void
   */
  take(login: string, turnMs: number, abort: AbortSignal): Promise<LoginTurn>;
}

const LOOK_AGAIN_MS = 20;

/** For one process, and as long as it lives. */
export class MemoryLoginLedger implements LoginLedger {
  readonly #failed = new Map<string, { readonly count: number; readonly lockedUntil: number }>();
  readonly #turns = new Map<string, { readonly endsAt: number }>();

  async take(login: string, turnMs: number, abort: AbortSignal): Promise<LoginTurn> {
    while (this.#isTaken(login) && !abort.aborted) await sleep(LOOK_AGAIN_MS);
    const turn = { endsAt: performance.now() + turnMs };
    if (!abort.aborted) this.#turns.set(login, turn);
    const { count, lockedUntil } = this.#failed.get(login) ?? { count: 0, lockedUntil: 0 };
    return {
      failed: { count, lockedMs: Math.max(0, lockedUntil - performance.now()) },
      end: (failed) => {
        if (failed.count === 0) this.#failed.delete(login);
        else this.#failed.set(login, { count: failed.count, lockedUntil: performance.now() + failed.lockedMs });
        if (this.#turns.get(login) === turn) this.#turns.delete(login);
        return Promise.resolve();
      },
    };
  }

  #isTaken(login: string): boolean {
    return performance.now() < (this.#turns.get(login)?.endsAt ?? 0);
  }
}
