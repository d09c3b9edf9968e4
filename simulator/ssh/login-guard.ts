/** An HMC locks an account for so long after so many failed logins; every key offered counts (hmc-cli.md §5). */
const FAILED_LOGINS_ALLOWED = 3;
export const LOCK_MS = 5 * 60_000;

/** Counts failed logins per account of one HMC. */
export class LoginGuard {
  private readonly failures = new Map<string, number>();
  private readonly lockedUntil = new Map<string, number>();

  /** @param lockMs how long an account stays locked. */
  constructor(private readonly lockMs = LOCK_MS) {}

  /** Minutes until the account opens again, rounded up; 0 = open. */
  minutesLocked(username: string): number {
    const left = (this.lockedUntil.get(username) ?? 0) - performance.now();
    return left > 0 ? Math.ceil(left / 60_000) : 0;
  }

  failed(username: string): void {
    if (this.minutesLocked(username) > 0) return;
    const count = (this.failures.get(username) ?? 0) + 1;
    this.failures.set(username, count);
    if (count >= FAILED_LOGINS_ALLOWED) {
      this.lockedUntil.set(username, performance.now() + this.lockMs);
      this.failures.delete(username);
    }
  }

  succeeded(username: string): void {
    this.failures.delete(username);
  }

  unlockAll(): void {
    this.failures.clear();
    this.lockedUntil.clear();
  }

  /** Failed logins since the last good one; for a test that nobody wastes one. */
  failedLogins(username: string): number {
    return this.failures.get(username) ?? 0;
  }
}

/** The words that a locked account gets, verbatim (samples/err-misc-verbatim.txt). */
export const lockedText = (minutes: number): string =>
  `The account is locked due to ${FAILED_LOGINS_ALLOWED} failed logins.\n(${minutes} minutes left to unlock)\n`;
