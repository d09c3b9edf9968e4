import { resolve } from 'node:path';
import { WAIT_MINUTES } from '../core/operations/wait-time.js';
import { parseRedisUrl } from '../redis/redis-address.js';
import { readApiKeys } from './api-keys.js';
import { ConfigurationError } from './configuration-error.js';
import { EnvironmentReader, type Environment } from './environment.js';
import { readHmcConfig } from './hmc-config.js';
import type { ServiceConfig } from './service-config.js';
import { SETTINGS } from './settings.js';

/**
 * Reads the whole configuration from the environment and the files it names.
 * @throws ConfigurationError with every fault found
 */
export function loadConfiguration(env: Environment): ServiceConfig {
  const reader = new EnvironmentReader(env);
  const faults: string[] = [];
  const warnings: string[] = [];

  const host = reader.text('HOST');
  const role = reader.choice('ROLE', SETTINGS.ROLE);
  const auth = reader.choice('AUTH', SETTINGS.AUTH);
  const redisUrl = reader.text('REDIS_URL');
  const redisPrefix = reader.text('REDIS_PREFIX');

  if (auth === 'none' && !isLoopback(host)) {
    faults.push(
      `AUTH=none is refused because HOST=${host} is not a loopback address: use AUTH=keys, or HOST=127.0.0.1`,
    );
  }
  if (redisUrl !== null) faults.push(...redisUrlFaults(redisUrl));
  if (redisUrl === null && role !== 'all') {
    faults.push(`ROLE=${role} needs REDIS_URL: a Redis of our own is not shared with other processes`);
  }
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(redisPrefix)) {
    faults.push('REDIS_PREFIX must be 1 to 64 letters, digits, dots, underscores or hyphens');
  }

  const hmcFile = reader.text('HMC_CONFIG');
  const hmcs = hmcFile === null ? null : readHmcConfig(resolve(hmcFile));
  if (hmcs === null) faults.push('HMC_CONFIG is not set: it names the YAML file with the HMCs');

  const keysFile = reader.text('API_KEYS_FILE');
  const apiKeys = auth === 'keys' && keysFile !== null ? readApiKeys(resolve(keysFile)) : null;
  // A worker answers no call that needs a key.
  if (auth === 'keys' && keysFile === null && role !== 'worker') {
    faults.push('API_KEYS_FILE is not set: AUTH=keys needs the YAML file with the API keys');
  }
  for (const file of [hmcs, apiKeys]) {
    faults.push(...(file?.faults ?? []));
    warnings.push(...(file?.warnings ?? []));
  }
  if (auth === 'none') warnings.push('AUTH=none: whoever reaches this port may do everything');

  const hmcChangeTimeoutSeconds = reader.integer('HMC_CHANGE_TIMEOUT_SECONDS');
  if (hmcChangeTimeoutSeconds <= WAIT_MINUTES * 60) {
    warnings.push(
      `HMC_CHANGE_TIMEOUT_SECONDS is not longer than the ${WAIT_MINUTES} minutes that a command may wait for its ` +
        'partition: a slow change ends as unknown',
    );
  }

  const config: ServiceConfig = {
    host,
    port: reader.integer('PORT'),
    role,
    auth,
    apiKeys: apiKeys?.value ?? [],
    logLevel: reader.choice('LOG_LEVEL', SETTINGS.LOG_LEVEL),
    hmcs: hmcs?.value ?? [],
    redisUrl,
    redisPrefix,
    redisDataDir: resolve(reader.text('REDIS_DATA_DIR')),
    redisWaitReplicas: reader.integer('REDIS_WAIT_REPLICAS'),
    redisWaitMilliseconds: reader.integer('REDIS_WAIT_MILLISECONDS'),
    hmcReadTimeoutSeconds: reader.integer('HMC_READ_TIMEOUT_SECONDS'),
    hmcChangeTimeoutSeconds,
    migrationTimeoutSeconds: reader.integer('MIGRATION_TIMEOUT_SECONDS'),
    hmcWaitSeconds: reader.integer('HMC_WAIT_SECONDS'),
    settleSeconds: reader.integer('SETTLE_SECONDS'),
    failoverPacingSeconds: reader.integer('FAILOVER_PACING_SECONDS'),
    leaseSeconds: reader.integer('LEASE_SECONDS'),
    laneConcurrency: reader.integer('LANE_CONCURRENCY'),
    jobRetentionDays: reader.integer('JOB_RETENTION_DAYS'),
    shutdownGraceSeconds: reader.integer('SHUTDOWN_GRACE_SECONDS'),
    warnings,
  };
  const all = [...reader.faults, ...faults];
  if (all.length > 0) throw new ConfigurationError(all);
  return config;
}

/** The value is not shown: it may hold a password. */
function redisUrlFaults(url: string): readonly string[] {
  try {
    parseRedisUrl(url);
    return [];
  } catch (error) {
    return [`REDIS_URL ${error instanceof Error ? error.message : 'cannot be read'}`];
  }
}

/** 127.0.0.0/8, ::1 or `localhost`: nobody from outside this machine gets there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
