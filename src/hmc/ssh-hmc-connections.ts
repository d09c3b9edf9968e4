import { renderCommand } from '../core/hmc-language/quote-word.js';
import { showHmcVersion } from '../core/hmc-language/reads.js';
import { within } from '../within.js';
import { ChangeConnections } from './change-connections.js';
import type { CommandEnd } from './command-end.js';
import { endpointFaults } from './endpoint-faults.js';
import { HmcConnections } from './hmc-connections.js';
import type { HmcReachability, RunOptions } from './hmc-connections.js';
import { DEFAULT_HMC_LIMITS } from './hmc-endpoint.js';
import type { HmcEndpoint, HmcLimits } from './hmc-endpoint.js';
import { MemoryLoginLedger, type LoginLedger } from './login-ledger.js';
import { Logins } from './logins.js';
import { ReadPool } from './read-pool.js';

/** One command and its end, for metrics and logs. */
export interface CommandEvent {
  readonly hmcId: string;
  readonly kind: 'read' | 'change';
  readonly commandLine: string;
  readonly end: CommandEnd['kind'];
  /** Null for a command that exited. */
  readonly reason: Exclude<CommandEnd, { kind: 'exited' }>['reason'] | null;
  readonly exitStatus: number | null;
  /** All of it, with the wait for a connection and a channel. */
  readonly durationMs: number;
}

interface Hmc {
  readonly endpoint: HmcEndpoint;
  readonly limits: HmcLimits;
  readonly logins: Logins;
  readonly reads: ReadPool;
  readonly changes: ChangeConnections;
  probe: { readonly startedAt: number; readonly end: Promise<void> } | null;
}

/** What an HMC is asked that took a command and did not answer: the least that it can be asked. */
const LEAST_COMMAND = renderCommand(showHmcVersion());

/** The HMCs over SSH: reads share a few connections per HMC, a change has one to itself, no HMC waits for another. */
export class SshHmcConnections extends HmcConnections {
  readonly #hmcs = new Map<string, Hmc>();
  readonly #running = new Set<Promise<CommandEnd>>();
  readonly #onCommand: (event: CommandEvent) => void;
  #closed: Promise<void> | null = null;

  /**
   * Connects to nothing yet. Throws when an endpoint can never work, with every fault in the message.
   * `onCommand` hears of every command when it ends; it must not throw. `ledger` is shared with all who log in with the
   * same credentials.
   */
  constructor(
    endpoints: readonly HmcEndpoint[],
    onCommand: (event: CommandEvent) => void = () => {},
    ledger: LoginLedger = new MemoryLoginLedger(),
  ) {
    super();
    this.#onCommand = onCommand;
    const faults = endpoints.flatMap((endpoint) =>
      endpointFaults(endpoint).map((fault) => `HMC ${endpoint.id}: ${fault}`),
    );
    if (faults.length > 0) throw new Error(faults.join('\n'));
    for (const endpoint of endpoints) {
      if (this.#hmcs.has(endpoint.id)) throw new Error(`HMC ${endpoint.id} is configured twice`);
      const limits = { ...DEFAULT_HMC_LIMITS, ...endpoint.limits };
      const logins = new Logins(endpoint, limits, ledger);
      this.#hmcs.set(endpoint.id, {
        endpoint,
        limits,
        logins,
        reads: new ReadPool(logins, limits),
        changes: new ChangeConnections(logins, limits),
        probe: null,
      });
    }
  }

  hmcIds(): readonly string[] {
    return [...this.#hmcs.keys()];
  }

  reachability(hmcId: string): HmcReachability {
    return this.#hmc(hmcId).logins.reachability();
  }

  probe(hmcId: string): Promise<void> {
    const hmc = this.#hmc(hmcId);
    if (this.#closed !== null) return Promise.resolve();
    const now = performance.now();
    const mayStart = hmc.probe === null || now - hmc.probe.startedAt >= hmc.limits.probeAfterMs;
    // The end of the one before may still be to come, and is then waited for by everybody.
    if (mayStart && hmc.logins.wantsProbe()) hmc.probe = { startedAt: now, end: this.#try(hmc) };
    return hmc.probe?.end ?? Promise.resolve();
  }

  /**
   * A login, whose connection then waits for the next read, tells that the HMC takes connections, and its keepalives that
   * it goes on to be there: no command is needed. Only one that took commands and was silent has to answer one.
   */
  async #try({ endpoint, limits, logins, reads }: Hmc): Promise<void> {
    if (logins.isSilent) await this.run(endpoint.id, LEAST_COMMAND, { kind: 'read', deadlineMs: limits.connectMs });
    else await reads.connect();
  }

  login(hmcId: string): { readonly host: string; readonly username: string } {
    const { host, username } = this.#hmc(hmcId).endpoint;
    return { host, username };
  }

  /** Throws only for an id that is not configured. */
  async run(hmcId: string, commandLine: string, options: RunOptions): Promise<CommandEnd> {
    const { logins, reads, changes } = this.#hmc(hmcId);
    if (this.#closed !== null)
      return { kind: 'never-started', reason: 'closing', message: 'The service is shutting down.' };
    const startedAt = performance.now();
    const running = (options.kind === 'change' ? changes : reads).run(commandLine, options);
    this.#running.add(running);
    try {
      const end = await running;
      if (end.kind === 'exited') logins.answered();
      else if (end.reason === 'lost') logins.lost(end.message);
      this.#onCommand({
        hmcId,
        kind: options.kind,
        commandLine,
        end: end.kind,
        reason: end.kind === 'exited' ? null : end.reason,
        exitStatus: end.kind === 'exited' ? end.exitStatus : null,
        durationMs: performance.now() - startedAt,
      });
      return end;
    } finally {
      this.#running.delete(running);
    }
  }

  /**
   * Commands that wait for a connection or a channel end as `closing` at once; those that run get until the grace is
   * over and then end as `lost`.
   */
  close(graceMs: number): Promise<void> {
    this.#closed ??= this.#close(graceMs);
    return this.#closed;
  }

  async #close(graceMs: number): Promise<void> {
    const hmcs = [...this.#hmcs.values()];
    for (const { logins, reads } of hmcs) {
      logins.close();
      reads.stop();
    }
    await within(Promise.allSettled(this.#running), graceMs);
    await Promise.all(hmcs.flatMap(({ reads, changes }) => [reads.close(), changes.close()]));
    await Promise.allSettled(this.#running);
  }

  #hmc(hmcId: string): Hmc {
    const hmc = this.#hmcs.get(hmcId);
    if (hmc === undefined) throw new Error(`No HMC ${hmcId} is configured`);
    return hmc;
  }
}
