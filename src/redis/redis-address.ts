export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

export interface RedisLogin {
  readonly username?: string;
  readonly password?: string;
}

/** Where Redis is, and which of the three set-ups it is. May hold passwords: never log it. */
export type RedisAddress =
  /** `url`: `redis://…`, `rediss://…` or the path of a Unix socket, as ioredis takes it. */
  | { readonly kind: 'single'; readonly url: string }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly RedisNode[];
      readonly login: RedisLogin;
      readonly tls: boolean;
    }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisNode[];
      readonly masterName: string;
      /** Number of the database, 0 to 15 by default of Redis. */
      readonly db: number;
      /** At the master and its replicas. */
      readonly login: RedisLogin;
      /** At the sentinels themselves. */
      readonly sentinelLogin: RedisLogin;
      /** To the sentinels and to the servers. */
      readonly tls: boolean;
    };

const REDIS_PORT = 6379;
const SENTINEL_PORT = 26379;

const MANY = /^(redis|rediss)\+(cluster|sentinel):\/\/(?:([^@/?]*)@)?([^@/?]*)(?:\/([^?]*))?(?:\?(.*))?$/;

/**
 * Reads REDIS_URL:
 * - `redis://…`, `rediss://…`, or an absolute path: one Redis
 * - `redis+cluster://[user:password@]host:port,host:port`: a Redis Cluster, by some of its nodes
 * - `redis+sentinel://[user:password@]host:port,host:port/master-name[/db][?sentinelUsername=…&sentinelPassword=…]`
 *
 * The last two also as `rediss+…`. User and password are percent-encoded.
 * @throws Error whose message does not hold the value, because that may hold a password
 */
export function parseRedisUrl(url: string): RedisAddress {
  if (/^rediss?:\/\//.test(url) || url.startsWith('/')) return { kind: 'single', url };
  const found = MANY.exec(url);
  if (found === null) {
    throw new Error(
      'must begin with redis://, rediss://, redis+cluster:// or redis+sentinel:// (or rediss+… of the two), ' +
        'or be the path of a Unix socket',
    );
  }
  const [, scheme, kind, login, hosts = '', path = '', query = ''] = found;
  const tls = scheme === 'rediss';
  if (kind === 'cluster') {
    if (path !== '' || query !== '') throw new Error('takes nothing behind the nodes of a cluster');
    return { kind, nodes: nodesOf(hosts, REDIS_PORT), login: loginOf(login), tls };
  }
  const [masterName = '', db = '0', ...rest] = path.split('/');
  if (masterName === '') throw new Error('must name the master behind the sentinels: redis+sentinel://host:port/NAME');
  if (rest.length > 0 || !/^\d{1,5}$/.test(db)) throw new Error('must end in /NAME or /NAME/DATABASE-NUMBER');
  return {
    kind: 'sentinel',
    sentinels: nodesOf(hosts, SENTINEL_PORT),
    masterName: decoded(masterName),
    db: Number(db),
    login: loginOf(login),
    sentinelLogin: sentinelLoginOf(query),
    tls,
  };
}

/** `host`, `host:port` or `[IPv6]:port`, separated by commas. */
function nodesOf(hosts: string, defaultPort: number): readonly RedisNode[] {
  return hosts.split(',').map((text) => {
    const [, bracketed, plain, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
    const host = bracketed ?? plain;
    const number = port === undefined ? defaultPort : Number(port);
    if (host === undefined || number < 1 || number > 65_535) {
      throw new Error('must name its servers as host:port, separated by commas');
    }
    return { host, port: number };
  });
}

/** `user:password`, `:password` or `user`. */
function loginOf(text: string | undefined): RedisLogin {
  if (text === undefined || text === '') return {};
  const colon = text.indexOf(':');
  const username = decoded(colon < 0 ? text : text.slice(0, colon));
  const password = colon < 0 ? '' : decoded(text.slice(colon + 1));
  return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
}

function sentinelLoginOf(query: string): RedisLogin {
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) {
    if (name !== 'sentinelUsername' && name !== 'sentinelPassword') {
      throw new Error('takes only sentinelUsername and sentinelPassword as parameters');
    }
  }
  const username = parameters.get('sentinelUsername');
  const password = parameters.get('sentinelPassword');
  return { ...(username === null ? {} : { username }), ...(password === null ? {} : { password }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new Error('holds a % that is not followed by two hexadecimal digits', { cause: error });
  }
}
