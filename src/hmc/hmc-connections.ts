import type { CommandEnd } from './command-end.js';

export interface RunOptions {
  /** A change runs alone on a connection of its own; reads share pooled ones. */
  readonly kind: 'read' | 'change';
  /** From the exec request to the exit status. */
  readonly deadlineMs: number;
  /**
   * Asked at the last moment before the exec request is written; `false` (or a throw) means nothing is sent and the
   * end is `never-started` / `refused-by-caller`.
   */
  readonly beforeExec?: () => Promise<boolean>;
}

/** What `GET /v1/hmcs` and `/health/ready` say of the way to one HMC. Never a secret. */
export interface HmcReachability {
  readonly hmcId: string;
  readonly host: string;
  readonly port: number;
  /**
   * Whether it takes connections and answers what it is asked; null = not tried yet, or not since it closed the last
   * connection that there was. False as long as the circuit is not closed, although a connection from before may still
   * answer reads.
   */
  readonly reachable: boolean | null;
  /** ISO 8601 when anything was last heard of it on a connection that had logged in; null = never. */
  readonly lastSeenAt: string | null;
  readonly circuit: 'closed' | 'open' | 'half-open' | 'locked-out';
  /** ISO 8601 when the circuit lets the next try (a connection, or a read) through; null while closed. */
  readonly circuitOpenUntil: string | null;
  readonly lastError: { readonly reason: string; readonly message: string; readonly at: string } | null;
}

/** The way to the HMCs. The implementation is the only place that speaks SSH. Nest injection token = this class. */
export abstract class HmcConnections {
  /** Ids in the order of the configuration. */
  abstract hmcIds(): readonly string[];
  /** Runs one command line. Never throws for what an HMC or the network does: that is a CommandEnd. */
  abstract run(hmcId: string, commandLine: string, options: RunOptions): Promise<CommandEnd>;
  abstract reachability(hmcId: string): HmcReachability;
  /**
   * Tries an HMC of which nothing was heard for a while, so that `reachability` is no memory. At most once in that while,
   * shared by all who ask, and not while the circuit or the lock-out guard forbids it. Never rejects.
   */
  abstract probe(hmcId: string): Promise<void>;
  /** Address and user: what another HMC is told when it shall speak with this one. */
  abstract login(hmcId: string): { readonly host: string; readonly username: string };
  /**
   * Ends all connections; running commands get until the grace is over. A second call waits for the end of the first.
   */
  abstract close(graceMs: number): Promise<void>;
}
