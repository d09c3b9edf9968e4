/** What the value of a setting must look like. */
export type SettingKind =
  | { readonly of: 'text' }
  | { readonly of: 'integer'; readonly min: number; readonly max: number }
  | { readonly of: 'choice'; readonly choices: readonly string[] };

export interface Setting {
  /** `null` = there is none: the setting is required, or `meaning` says what happens without it. */
  readonly default: string | null;
  /** Of the number, for the table; null where there is none. */
  readonly unit: 'seconds' | 'milliseconds' | 'days' | 'systems' | 'replicas' | null;
  readonly kind: SettingKind;
  /** One line of plain Markdown for the table of the documentation. */
  readonly meaning: string;
}

/**
 * Every environment variable that the service reads, in one table. The table in the README is checked against it by a
 * test (`settingsTable`), so that what is documented is what is read.
 */
export const SETTINGS = {
  HMC_CONFIG: {
    default: null,
    unit: null,
    kind: { of: 'text' },
    meaning: 'YAML file that names the HMCs: address, user, key or password file, pinned host keys. Required.',
  },
  HOST: {
    default: '127.0.0.1',
    unit: null,
    kind: { of: 'text' },
    meaning: 'Address to listen on.',
  },
  PORT: {
    default: '3000',
    unit: null,
    kind: { of: 'integer', min: 0, max: 65535 },
    meaning: 'Port to listen on; 0 takes a free one.',
  },
  ROLE: {
    default: 'all',
    unit: null,
    kind: { of: 'choice', choices: ['all', 'api', 'worker'] },
    meaning:
      '`api` serves HTTP, `worker` runs the jobs, `all` does both. A `worker` still serves `/health` and `/metrics`. ' +
      '`api` and `worker` need `REDIS_URL`.',
  },
  AUTH: {
    default: 'keys',
    unit: null,
    kind: { of: 'choice', choices: ['keys', 'none'] },
    meaning:
      '`keys` asks every call under `/v1` for an API key. `none` lets everybody do everything, and is refused unless ' +
      '`HOST` is a loopback address: for trying out only.',
  },
  API_KEYS_FILE: {
    default: null,
    unit: null,
    kind: { of: 'text' },
    meaning:
      'YAML file with the API keys: name, role, SHA-256 of the key. Required with `AUTH=keys`, but for a `worker`.',
  },
  REDIS_URL: {
    default: null,
    unit: null,
    kind: { of: 'text' },
    meaning:
      '`redis://` or `rediss://` URL, the path of a Unix socket, `redis+cluster://host:port,host:port`, or ' +
      '`redis+sentinel://host:port,host:port/master-name`; the last two also as `rediss+…`. Unset: the service starts a ' +
      '`redis-server` (or `valkey-server`) of its own.',
  },
  REDIS_WAIT_REPLICAS: {
    default: '0',
    unit: 'replicas',
    kind: { of: 'integer', min: 0, max: 10 },
    meaning:
      'How many replicas must have a job before it counts as accepted, and the mark of a command before it is sent. ' +
      'With Sentinel or a cluster: the number of replicas of a master.',
  },
  REDIS_WAIT_MILLISECONDS: {
    default: '1000',
    unit: 'milliseconds',
    kind: { of: 'integer', min: 10, max: 4000 },
    meaning: 'How long the replicas are waited for. Unused with `REDIS_WAIT_REPLICAS=0`.',
  },
  REDIS_PREFIX: {
    default: 'hmc-vnic-gateway',
    unit: null,
    kind: { of: 'text' },
    meaning: 'First part of every Redis key, written as a hash tag: `{hmc-vnic-gateway}:…`.',
  },
  REDIS_DATA_DIR: {
    default: 'data/redis',
    unit: null,
    kind: { of: 'text' },
    meaning: 'Where the Redis of our own keeps its append-only file. Unused with `REDIS_URL`.',
  },
  LOG_LEVEL: {
    default: 'info',
    unit: null,
    kind: { of: 'choice', choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] },
    meaning: 'Least level of the log (JSON lines on standard output).',
  },
  HMC_READ_TIMEOUT_SECONDS: {
    default: '60',
    unit: 'seconds',
    kind: { of: 'integer', min: 1, max: 3600 },
    meaning: 'How long a reading command may take.',
  },
  HMC_CHANGE_TIMEOUT_SECONDS: {
    default: '600',
    unit: 'seconds',
    kind: { of: 'integer', min: 1, max: 86400 },
    meaning:
      'How long a changing command may take before its outcome counts as unknown. ' +
      'Commands carry `-w 5` (minutes): it should be longer than that, and a shorter one is warned about.',
  },
  MIGRATION_TIMEOUT_SECONDS: {
    default: '3600',
    unit: 'seconds',
    kind: { of: 'integer', min: 1, max: 86400 },
    meaning:
      'The same for the migration of a partition; so long it is waited for, too, while the HMC shows it as migrating.',
  },
  HMC_WAIT_SECONDS: {
    default: '600',
    unit: 'seconds',
    kind: { of: 'integer', min: 0, max: 86400 },
    meaning: 'How long an accepted change waits for an HMC that cannot be reached before it fails, with nothing sent.',
  },
  SETTLE_SECONDS: {
    default: '60',
    unit: 'seconds',
    kind: { of: 'integer', min: 0, max: 3600 },
    meaning: 'How long a change may take to show in the readback, and how long a lane stays closed after a doubt.',
  },
  FAILOVER_PACING_SECONDS: {
    default: '60',
    unit: 'seconds',
    kind: { of: 'integer', min: 0, max: 3600 },
    meaning:
      'Least distance between two moves of the active backing device of one vNIC; applies where the partition runs ' +
      'Linux, whose driver may disable the card otherwise.',
  },
  LEASE_SECONDS: {
    default: '30',
    unit: 'seconds',
    kind: { of: 'integer', min: 5, max: 600 },
    meaning: 'How long a lane belongs to a worker that has gone silent.',
  },
  LANE_CONCURRENCY: {
    default: '128',
    unit: 'systems',
    kind: { of: 'integer', min: 1, max: 1000 },
    meaning:
      'On how many managed systems one replica works at once. A turn that waits costs next to nothing, while those that ' +
      'wait for one hung HMC take their places for up to eleven minutes: more than the systems of one HMC, so that it keeps ' +
      'nobody else waiting.',
  },
  JOB_RETENTION_DAYS: {
    default: '30',
    unit: 'days',
    kind: { of: 'integer', min: 1, max: 3650 },
    meaning: 'How long a finished job, and its `Idempotency-Key`, is kept.',
  },
  SHUTDOWN_GRACE_SECONDS: {
    default: '120',
    unit: 'seconds',
    kind: { of: 'integer', min: 0, max: 3600 },
    meaning: 'How long a running change may go on after SIGTERM.',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The settings whose value is a number. */
export type IntegerSettingName = {
  [N in SettingName]: (typeof SETTINGS)[N]['kind']['of'] extends 'integer' ? N : never;
}[SettingName];

/** The settings as a Markdown table, one row each, for the documentation. */
export function settingsTable(): string {
  const rows = Object.entries<Setting>(SETTINGS).map(([name, setting]) => {
    const value = setting.default === null ? '–' : `\`${setting.default}\``;
    const { unit, kind, meaning } = setting;
    const range = kind.of === 'integer' ? [`${kind.min} to ${kind.max}`] : [];
    const measure = [...range, ...(unit === null ? [] : [unit])].join(' ');
    return `| \`${name}\` | ${value} | ${measure || '–'} | ${meaning} |`;
  });
  return ['| variable | default | range and unit | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
