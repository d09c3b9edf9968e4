import type { CommandEnd } from './command-end.js';
import type { HmcConnection } from './hmc-connection.js';
import type { RunOptions } from './hmc-connections.js';
import type { HmcLimits } from './hmc-endpoint.js';
import type { Logins } from './logins.js';

/**
 * Runs changes, each alone on a connection that no read ever uses. A connection whose change ended with an exit status
 * is kept for the next change for a while; after any other end it is destroyed before the end is told. A kept
 * connection may have died unnoticed, which the channel that is opened before anything is sent brings to light: then,
 * and only when nothing was written, the change goes to a new connection, with the caller's last check asked again.
 */
export class ChangeConnections {
  readonly #logins: Logins;
  readonly #limits: HmcLimits;
  readonly #warm = new Map<HmcConnection, NodeJS.Timeout>();
  readonly #inUse = new Set<HmcConnection>();
  #closed = false;

  constructor(logins: Logins, limits: HmcLimits) {
    this.#logins = logins;
    this.#limits = limits;
  }

  async run(commandLine: string, options: RunOptions): Promise<CommandEnd> {
    for (let kept = this.#takeWarm(); kept !== null; kept = this.#takeWarm()) {
      const end = await this.#runOn(kept, commandLine, options);
      if (end.kind !== 'never-started' || end.reason === 'refused-by-caller') return end;
    }
    const login = await this.#logins.open();
    if ('failed' in login) return login.failed;
    const { connection } = login;
    connection.onGone(() => this.#forget(connection));
    return this.#runOn(connection, commandLine, options);
  }

  /** Ends all connections; changes that still run end as `lost`. */
  async close(): Promise<void> {
    this.#closed = true;
    const idle = [...this.#warm.keys()];
    for (const timer of this.#warm.values()) clearTimeout(timer);
    this.#warm.clear();
    await Promise.all([...idle.map((connection) => connection.end()), ...[...this.#inUse].map((c) => c.destroy())]);
  }

  async #runOn(connection: HmcConnection, commandLine: string, options: RunOptions): Promise<CommandEnd> {
    this.#inUse.add(connection);
    try {
      const end = await connection.run(commandLine, options);
      if (end.kind === 'exited') this.#keep(connection);
      else await connection.destroy();
      return end;
    } catch (error) {
      await connection.destroy();
      throw error;
    } finally {
      this.#inUse.delete(connection);
    }
  }

  #keep(connection: HmcConnection): void {
    if (!connection.alive) return;
    if (this.#closed || this.#warm.size >= this.#limits.warmChangeConnections) {
      void connection.end();
      return;
    }
    const idle = setTimeout(() => {
      this.#warm.delete(connection);
      void connection.end();
    }, this.#limits.idleMs);
    this.#warm.set(connection, idle);
  }

  #takeWarm(): HmcConnection | null {
    const [kept] = this.#warm.keys();
    if (kept === undefined) return null;
    this.#forget(kept);
    return kept;
  }

  #forget(connection: HmcConnection): void {
    clearTimeout(this.#warm.get(connection));
    this.#warm.delete(connection);
  }
}
