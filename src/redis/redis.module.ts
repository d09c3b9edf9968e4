import { Global, Inject, Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { connectStore, endConnection } from './connections.js';
import type { LocalRedisServer } from './local-redis-server.js';
import type { RedisClient } from './redis-client.js';

/** Token of the RedisClient for HTTP calls (connectStore). */
export const REDIS = Symbol('REDIS');
/**
 * Token of the URL (or socket path) in use, for connectWorker: REDIS_URL, or the Redis of our own. May hold a password.
 */
export const REDIS_URL_IN_USE = Symbol('REDIS_URL_IN_USE');

const LOCAL_REDIS = Symbol('LOCAL_REDIS');

/**
 * The store connection, and the end of it. Nest calls onApplicationShutdown after every onModuleDestroy and
 * beforeApplicationShutdown and after the HTTP server has closed: whoever needs Redis to stop cleanly does so in one of
 * those two, and the Redis of our own goes last.
 */
@Global()
@Module({})
export class RedisModule implements OnApplicationShutdown {
  constructor(
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(LOCAL_REDIS) private readonly local: LocalRedisServer | null,
  ) {}

  static of(url: string, local: LocalRedisServer | null): DynamicModule {
    return {
      module: RedisModule,
      providers: [
        { provide: REDIS_URL_IN_USE, useValue: url },
        { provide: LOCAL_REDIS, useValue: local },
        { provide: REDIS, useFactory: () => withLoggedErrors(connectStore(url)) },
      ],
      exports: [REDIS, REDIS_URL_IN_USE],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    endConnection(this.redis);
    await this.local?.stop();
  }
}

/** One line at the beginning of an outage and one at its end. */
function withLoggedErrors(redis: RedisClient): RedisClient {
  const logger = new Logger('Redis');
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) logger.error(`Redis cannot be reached: ${error.message}`);
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.log('Redis is back');
    away = false;
  });
  return redis;
}
