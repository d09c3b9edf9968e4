/**
 * All that is needed to reach one HMC: the configuration after its files have been read. Holds secrets: never log it,
 * never put it into a message.
 */
export interface HmcEndpoint {
  /** Our own name for this HMC, as in the configuration file and in `GET /v1/hmcs`. */
  readonly id: string;
  /** Name or address, without a port. */
  readonly host: string;
  /** 22 unless configured. */
  readonly port: number;
  readonly username: string;
  /**
   * Exactly one way to log in: the HMC counts every further key or password offered as a failed login (hmc-cli.md §5).
   */
  readonly credential: HmcCredential;
  /**
   * The host keys that are trusted, each as `ssh-keygen -lf` prints it: `SHA256:` and 43 characters of base64. An empty
   * list trusts none: every connection is refused with the fingerprint that was shown.
   */
  readonly hostKeys: readonly string[];
  /** Old algorithms to offer in addition to today's, for HMCs that know no better. None unless configured. */
  readonly algorithms?: HmcAlgorithms;
  /** What differs from DEFAULT_HMC_LIMITS. */
  readonly limits?: Partial<HmcLimits>;
}

export type HmcCredential =
  | { readonly kind: 'privateKey'; readonly privateKey: string | Buffer; readonly passphrase?: string }
  | { readonly kind: 'password'; readonly password: string };

/**
 * Names as in SSH (`diffie-hellman-group14-sha1`, `ssh-rsa`, `aes256-cbc`, `hmac-sha1`); each
 * list is added to the default one.
 */
export interface HmcAlgorithms {
  readonly kex?: readonly string[];
  readonly hostKey?: readonly string[];
  readonly cipher?: readonly string[];
  readonly mac?: readonly string[];
}

/** Times in milliseconds. */
export interface HmcLimits {
  /** From the first TCP packet to the end of the login. */
  readonly connectMs: number;
  /** From asking for a channel to its confirmation; the caller's last check (`beforeExec`) gets as long again. */
  readonly channelOpenMs: number;
  /** How long a read may wait for a free channel. */
  readonly queueMs: number;
  /** Both streams of one command together, in bytes. */
  readonly maxOutputBytes: number;
  /** Connections that reads share. */
  readonly readConnections: number;
  /** Reads at once on one connection. sshd's MaxSessions is 10 by default, and more are refused. */
  readonly channelsPerConnection: number;
  /** Idle connections that are kept for the next change. */
  readonly warmChangeConnections: number;
  /** After this long without a command a connection is closed. */
  readonly idleMs: number;
  /** An SSH keepalive is sent when nothing was heard for this long … */
  readonly keepaliveIntervalMs: number;
  /** … and after this many without an answer the connection is given up. */
  readonly keepaliveCount: number;
  /**
   * How long nothing is tried after one failed login: longer than the five minutes of the
   * HMC's own lock (hmc-cli.md §5).
   */
  readonly lockOutMs: number;
  /** After this many failed connects in a row the circuit opens. */
  readonly circuitFailures: number;
  /** The first pause of an open circuit; doubled by every failed probe. */
  readonly circuitPauseMs: number;
  readonly circuitMaxPauseMs: number;
  /** An HMC of which nothing was heard for so long is tried when somebody asks how it is, and no more often than that. */
  readonly probeAfterMs: number;
}

export const DEFAULT_HMC_LIMITS: HmcLimits = {
  connectMs: 20_000,
  channelOpenMs: 10_000,
  queueMs: 60_000,
  maxOutputBytes: 16 * 1024 * 1024,
  readConnections: 2,
  channelsPerConnection: 8,
  warmChangeConnections: 2,
  idleMs: 300_000,
  keepaliveIntervalMs: 10_000,
  keepaliveCount: 3,
  lockOutMs: 360_000,
  circuitFailures: 3,
  circuitPauseMs: 5_000,
  circuitMaxPauseMs: 60_000,
  // A connection that stands is heard of at each keepalive, or has been given up by then.
  probeAfterMs: 30_000,
};
