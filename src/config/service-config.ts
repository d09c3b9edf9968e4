import type { HmcEndpoint } from '../hmc/hmc-endpoint.js';

export const ROLES = ['viewer', 'operator', 'admin'] as const;
/** What a caller may do; each role includes those before it. */
export type Role = (typeof ROLES)[number];

/** One entry of API_KEYS_FILE. The key itself is nowhere: only its SHA-256. */
export interface ApiKey {
  readonly name: string;
  readonly role: Role;
  /** Lower-case hex, 64 digits. */
  readonly sha256: string;
}

/** The whole configuration, checked. Units are in the names. */
export interface ServiceConfig {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly role: 'all' | 'api' | 'worker';
  readonly auth: 'keys' | 'none';
  /** Empty with `auth: 'none'`. */
  readonly apiKeys: readonly ApiKey[];
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** In the order of the file; at least one. Holds secrets: never log it. */
  readonly hmcs: readonly HmcEndpoint[];
  /** null = the service starts a Redis of its own in `redisDataDir`. May hold a password: never log it. */
  readonly redisUrl: string | null;
  /**
   * Without braces; keys begin with `{redisPrefix}:` (a hash tag, so that one Lua call may touch them in a cluster).
   */
  readonly redisPrefix: string;
  readonly redisDataDir: string;
  /** Replicas that must have an accepted job, and the mark of a command as sent; 0 = none is waited for. */
  readonly redisWaitReplicas: number;
  readonly redisWaitMilliseconds: number;
  readonly hmcReadTimeoutSeconds: number;
  readonly hmcChangeTimeoutSeconds: number;
  readonly migrationTimeoutSeconds: number;
  /** How long a job that has sent nothing waits for an HMC. */
  readonly hmcWaitSeconds: number;
  readonly settleSeconds: number;
  readonly failoverPacingSeconds: number;
  readonly leaseSeconds: number;
  /** Managed systems that one replica works on at once. */
  readonly laneConcurrency: number;
  readonly jobRetentionDays: number;
  readonly shutdownGraceSeconds: number;
  /** What is allowed but unwise, such as a key file that others may read; logged at the start. */
  readonly warnings: readonly string[];
}

/** Nest injection token of the ServiceConfig. */
export const SERVICE_CONFIG = Symbol('SERVICE_CONFIG');
