import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Role, ServiceConfig } from '../../src/config/service-config.js';
import { createApp, type CreateAppOptions } from '../../src/create-app.js';
import { createLogger } from '../../src/observability/logger.js';
import { uniquePrefix } from './redis.js';

/** One key a role; the key of a role is `KEYS[role]`. */
export const KEYS: Readonly<Record<Role, string>> = {
  viewer: 'viewer-key-8c1f',
  operator: 'operator-key-77aa',
  admin: 'admin-key-02d4',
};

/** A configuration with short times and no HMC, for the given Redis; members can be replaced. */
export function testConfig(redisUrl: string | null, changes: Partial<ServiceConfig> = {}): ServiceConfig {
  const roles: readonly Role[] = ['viewer', 'operator', 'admin'];
  return {
    host: '127.0.0.1',
    port: 0,
    role: 'all',
    auth: 'keys',
    apiKeys: roles.map((role) => ({ name: `the ${role}`, role, sha256: sha256(KEYS[role]) })),
    logLevel: 'info',
    hmcs: [],
    redisUrl,
    redisPrefix: uniquePrefix(),
    redisDataDir: '/nonexistent',
    redisWaitReplicas: 0,
    redisWaitMilliseconds: 1000,
    hmcReadTimeoutSeconds: 10,
    hmcChangeTimeoutSeconds: 20,
    migrationTimeoutSeconds: 30,
    hmcWaitSeconds: 5,
    settleSeconds: 2,
    failoverPacingSeconds: 0,
    leaseSeconds: 5,
    laneConcurrency: 4,
    jobRetentionDays: 1,
    shutdownGraceSeconds: 5,
    warnings: [],
    ...changes,
  };
}

export interface TestApp {
  readonly app: NestFastifyApplication;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Every line logged so far, parsed. */
  readonly log: readonly Record<string, unknown>[];
  close(): Promise<void>;
}

/** The whole service in this process, listening on a free loopback port, with its log in memory. */
export async function startTestApp(
  config: ServiceConfig,
  modules: NonNullable<CreateAppOptions['modules']> = [],
): Promise<TestApp> {
  const log: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString('utf8').split('\n').filter(Boolean)) log.push(JSON.parse(line));
      done();
    },
  });
  const app = await createApp(config, { logger: createLogger(config.logLevel, sink), modules });
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await app.close();
    throw error;
  }
  return { app, url: await app.getUrl(), log, close: () => app.close() };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
