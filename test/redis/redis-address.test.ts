import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from '../../src/redis/redis-address.js';

describe('REDIS_URL', () => {
  it.each(['redis://localhost:6379/2', 'rediss://:pw@redis:6380', '/run/redis.sock'])('%s is one Redis', (url) => {
    expect(parseRedisUrl(url)).toEqual({ kind: 'single', url });
  });

  it('names nodes of a cluster, with a login and TLS', () => {
    expect(parseRedisUrl('redis+cluster://10.0.0.1:7000,redis-b,[fd00::3]:7002')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: '10.0.0.1', port: 7000 },
        { host: 'redis-b', port: 6379 },
        { host: 'fd00::3', port: 7002 },
      ],
      login: {},
      tls: false,
    });
    expect(parseRedisUrl('rediss+cluster://vnic:p%40ss%2F@a:1')).toMatchObject({
      login: { username: 'vnic', password: 'p@ss/' },
      tls: true,
    });
  });

  it('names sentinels, the master behind them, and both logins', () => {
    expect(parseRedisUrl('redis+sentinel://s1:26380,s2/main')).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 's1', port: 26380 },
        { host: 's2', port: 26379 },
      ],
      masterName: 'main',
      db: 0,
      login: {},
      sentinelLogin: {},
      tls: false,
    });
    expect(
      parseRedisUrl('rediss+sentinel://:pw@s1/main/3?sentinelUsername=watcher&sentinelPassword=p%25w'),
    ).toMatchObject({
      db: 3,
      login: { password: 'pw' },
      sentinelLogin: { username: 'watcher', password: 'p%w' },
      tls: true,
    });
  });

  it.each([
    'http://secret@x',
    'redis+cluster://',
    'redis+cluster://secret@a:0',
    'redis+cluster://secret@a:70000',
    'redis+cluster://secret@a:1/2',
    'redis+sentinel://secret@a:1',
    'redis+sentinel://secret@a:1/',
    'redis+sentinel://secret@a:1/main/two',
    'redis+sentinel://secret@a:1/main?password=secret',
    'redis+sentinel://secret%@a:1/main',
  ])('%s is refused, in words that do not repeat it', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(/^(?!.*secret)(must|takes|holds)/);
  });
});
