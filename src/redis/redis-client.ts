import type { Cluster, Redis } from 'ioredis';

/** A connection to Redis: to one server, to the master that Sentinel names, or to a cluster. */
export type RedisClient = Redis | Cluster;
