import { Cluster, Redis } from 'ioredis';
import { parseRedisUrl, type RedisAddress } from './redis-address.js';
import type { RedisClient } from './redis-client.js';
import { SentinelMasterConnector } from './sentinel-master-connector.js';

/**
 * Of a blocking read or a call of BullMQ on a cluster: longer than either blocks, so that one to a frozen node ends.
 */
const CLUSTER_COMMAND_TIMEOUT_MS = 30_000;
/** Times and pause with which a command is tried again while the nodes of a cluster choose a new master. */
const CLUSTER_RETRY_PAUSE_MS = 100;
const STORE_RETRIES = 16;
const WORKER_RETRIES = 600;

/** How long a command may take, and how often it is tried. */
interface Patience {
  readonly connectionName: string;
  readonly maxRetriesPerRequest: number | null;
  readonly commandTimeout?: number;
}

/**
 * The connection for answering HTTP calls. While Redis is away a command fails within seconds, so that the caller gets
 * 503 and can try again, instead of waiting in a queue that nobody sees.
 * @param url REDIS_URL in any of its forms (parseRedisUrl)
 */
export function connectStore(url: string): RedisClient {
  const options = { connectionName: 'hmc-vnic-gateway-store', maxRetriesPerRequest: 1, commandTimeout: 5_000 };
  return connect(parseRedisUrl(url), options, { enableOfflineQueue: false, maxRedirections: STORE_RETRIES });
}

/**
 * A connection for work in the background and for blocking reads: commands wait until Redis is back. BullMQ demands
 * this (`maxRetriesPerRequest: null`).
 * @param url as for connectStore
 */
export function connectWorker(url: string): RedisClient {
  const address = parseRedisUrl(url);
  const options = {
    connectionName: 'hmc-vnic-gateway-worker',
    maxRetriesPerRequest: null,
    ...(address.kind === 'cluster' ? { commandTimeout: CLUSTER_COMMAND_TIMEOUT_MS } : {}),
  };
  return connect(address, options, { enableOfflineQueue: true, maxRedirections: WORKER_RETRIES });
}

function connect(
  address: RedisAddress,
  options: Patience,
  queueing: { readonly enableOfflineQueue: boolean; readonly maxRedirections: number },
): RedisClient {
  const { enableOfflineQueue, maxRedirections } = queueing;
  // Forever, at most two seconds apart: the service is useful again as soon as Redis is.
  const retryStrategy = (times: number): number => Math.min(times * 100, 2_000);
  switch (address.kind) {
    case 'single':
      return withErrorListener(new Redis(address.url, { ...options, enableOfflineQueue, retryStrategy }));
    case 'sentinel':
      return withErrorListener(
        new Redis({
          ...options,
          ...address.login,
          enableOfflineQueue,
          retryStrategy,
          Connector: SentinelMasterConnector,
          sentinels: [...address.sentinels],
          name: address.masterName,
          role: 'master',
          db: address.db,
          ...(address.sentinelLogin.username === undefined ? {} : { sentinelUsername: address.sentinelLogin.username }),
          ...(address.sentinelLogin.password === undefined ? {} : { sentinelPassword: address.sentinelLogin.password }),
          ...(address.tls ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
          sentinelRetryStrategy: (times) => Math.min(times * 100, 1_000),
          // A master that froze or was cut off keeps its connections open: the sentinels say when it is none any more.
          failoverDetector: true,
          // A master that has become a replica: ask the sentinels again. The call itself
          // fails, as Redis being away does.
          reconnectOnError: (error) => error.message.startsWith('READONLY'),
        }),
      );
    case 'cluster':
      return withErrorListener(
        new Cluster([...address.nodes], {
          enableOfflineQueue,
          maxRedirections,
          redisOptions: { ...options, ...address.login, ...(address.tls ? { tls: {} } : {}) },
          clusterRetryStrategy: retryStrategy,
          retryDelayOnFailover: CLUSTER_RETRY_PAUSE_MS,
          retryDelayOnClusterDown: CLUSTER_RETRY_PAUSE_MS,
          // A frozen master is noticed by the map of the slots, not by its connection.
          slotsRefreshInterval: 5_000,
          // Certificates name hosts, so a host stays a name until TLS has seen it.
          ...(address.tls ? { dnsLookup: (host: string, callback: Lookup) => callback(null, host) } : {}),
        }),
      );
  }
}

type Lookup = (error: null, address: string) => void;

/**
 * Without a listener ioredis prints every failed attempt to the console. The commands that fail tell their callers, and
 * RedisModule logs the outage once.
 */
function withErrorListener<Client extends RedisClient>(redis: Client): Client {
  redis.on('error', () => undefined);
  return redis;
}

/**
 * Closes a connection for good: every command that waits on it fails now. ioredis 6's own `disconnect()` forgets the
 * waiting commands of a connection that is between two attempts, and their callers would wait for ever.
 */
export function endConnection(redis: RedisClient): void {
  if (redis.status === 'reconnecting') {
    // Into an attempt, which the line below breaks off; only that empties the queue. What fails has told its caller.
    redis.connect().catch(() => undefined);
  }
  redis.disconnect();
}
