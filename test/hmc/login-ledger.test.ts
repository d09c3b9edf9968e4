import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Circuit } from '../../src/hmc/circuit.js';
import { DEFAULT_HMC_LIMITS, type HmcCredential, type HmcEndpoint } from '../../src/hmc/hmc-endpoint.js';
import { loginFingerprint } from '../../src/hmc/login-fingerprint.js';
import { MemoryLoginLedger, NO_FAILED_LOGINS, type LoginLedger } from '../../src/hmc/login-ledger.js';
import { RedisLoginLedger } from '../../src/store/redis-login-ledger.js';
import { SshHmcConnections } from '../../src/hmc/ssh-hmc-connections.js';
import { connectStore } from '../../src/redis/connections.js';
import type { RedisClient } from '../../src/redis/redis-client.js';
import { newKey } from '../support/keys.js';
import { startTestRedis, uniquePrefix, type TestRedis } from '../support/redis.js';
import { startScriptedSshServer, type ScriptedSshServer } from '../support/scripted-ssh-server.js';

const NEVER = new AbortController().signal;
const TURN_MS = 60_000;
const MINUTE = 60_000;

let redis: TestRedis;
const stores: RedisClient[] = [];
beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(() => {
  for (const store of stores.splice(0)) store.disconnect();
});
afterAll(() => redis.stop());

/** A ledger as one process has it; those with the same prefix share it. */
function ledgerOf(prefix: string, url = redis.url): RedisLoginLedger {
  const store = connectStore(url);
  stores.push(store);
  return new RedisLoginLedger(store, prefix);
}

describe.each<[string, () => () => LoginLedger]>([
  [
    'in memory',
    () => {
      const ledger = new MemoryLoginLedger();
      return () => ledger;
    },
  ],
  [
    'in Redis',
    () => {
      const prefix = uniquePrefix();
      return () => ledgerOf(prefix);
    },
  ],
])('the ledger %s', (_where, newLedger) => {
  it('tells the next what became of the last, until one succeeds', async () => {
    const another = newLedger();
    const first = await another().take('a', TURN_MS, NEVER);
    expect(first.failed).toEqual(NO_FAILED_LOGINS);
    await first.end({ count: 2, lockedMs: 5 * MINUTE });

    const second = await another().take('a', TURN_MS, NEVER);
    expect(second.failed.count).toBe(2);
    expect(second.failed.lockedMs).toBeGreaterThan(3 * MINUTE);
    expect(second.failed.lockedMs).toBeLessThanOrEqual(5 * MINUTE);
    expect((await another().take('b', TURN_MS, NEVER)).failed).toEqual(NO_FAILED_LOGINS);
    await second.end(NO_FAILED_LOGINS);
    expect((await another().take('a', TURN_MS, NEVER)).failed).toEqual(NO_FAILED_LOGINS);
  });

  it('gives one turn at a time', async () => {
    const another = newLedger();
    const first = await another().take('a', TURN_MS, NEVER);
    let second = false;
    const taking = another()
      .take('a', TURN_MS, NEVER)
      .then((turn) => {
        second = true;
        return turn;
      });
    await sleep(300);
    expect(second).toBe(false);
    await first.end({ count: 1, lockedMs: 0 });
    expect((await taking).failed).toEqual({ count: 1, lockedMs: 0 });
  });

  it('goes on without one who never gave it back', async () => {
    const another = newLedger();
    const startedAt = performance.now();
    await another().take('a', 300, NEVER);
    await another().take('a', 300, NEVER);
    // A timer may be early by a little.
    expect(performance.now() - startedAt).toBeGreaterThan(290);
  });

  it('lets go of one who no longer waits', async () => {
    const another = newLedger();
    const first = await another().take('a', TURN_MS, NEVER);
    const abort = new AbortController();
    const taking = another().take('a', TURN_MS, abort.signal);
    await sleep(100);
    abort.abort();
    const nothing = await taking;
    await nothing.end(nothing.failed);
    await first.end(NO_FAILED_LOGINS);
    await another().take('a', TURN_MS, NEVER);
  });
});

describe('the ledger in Redis', () => {
  it('is of no use and no hindrance while Redis is away, killed or frozen', async () => {
    const own = await startTestRedis();
    try {
      const ledger = ledgerOf(uniquePrefix(), own.url);
      await (await ledger.take('a', TURN_MS, NEVER)).end({ count: 1, lockedMs: MINUTE });
      own.freeze();
      const frozen = await ledger.take('a', TURN_MS, NEVER);
      await frozen.end({ count: 1, lockedMs: MINUTE });
      await own.kill();
      expect((await ledger.take('a', TURN_MS, NEVER)).failed).toEqual(NO_FAILED_LOGINS);
      const never = ledgerOf(uniquePrefix(), 'redis://127.0.0.1:1');
      expect((await never.take('a', TURN_MS, NEVER)).failed).toEqual(NO_FAILED_LOGINS);
    } finally {
      await own.stop();
    }
  });

  it('keeps the longer lock, and nothing for ever', async () => {
    const prefix = uniquePrefix();
    const turn = await ledgerOf(prefix).take('a', TURN_MS, NEVER);
    await turn.end({ count: 2, lockedMs: 5 * MINUTE });
    await turn.end({ count: 1, lockedMs: 0 });
    const { failed } = await ledgerOf(prefix).take('a', TURN_MS, NEVER);
    expect(failed.count).toBe(2);
    expect(failed.lockedMs).toBeGreaterThan(3 * MINUTE);
    const store = connectStore(redis.url);
    stores.push(store);
    const keys = await keysOf(store, prefix);
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(await store.pttl(key)).toBeGreaterThan(0);
  });
});

describe('several processes with one credential', () => {
  const limits = DEFAULT_HMC_LIMITS;

  it('never make three failing logins within a quarter of an hour, restarts or not', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            wait: fc.integer({ min: 0, max: 20 * MINUTE }),
            by: fc.integer({ min: 0, max: 2 }),
            restarted: fc.boolean(),
            answered: fc.boolean(),
          }),
          { maxLength: 40 },
        ),
        (tries) => {
          const circuits = [0, 1, 2].map(() => new Circuit(limits));
          let known = { count: 0, lockedUntil: 0 };
          const attempts: number[] = [];
          let now = 0;
          for (const { wait, by, restarted, answered } of tries) {
            now += wait;
            if (restarted) circuits[by] = new Circuit(limits);
            const circuit = circuits[by] ?? new Circuit(limits);
            circuit.learn({ count: known.count, lockedMs: Math.max(0, known.lockedUntil - now) }, now);
            if (circuit.barrier(now) !== null) continue;
            attempts.push(now);
            if (answered) circuit.loginRefused(now);
            else circuit.loginUnanswered(now);
            const { count, lockedMs } = circuit.failedLogins(now);
            known = { count, lockedUntil: now + lockedMs };
          }
          for (let n = 2; n < attempts.length; n += 1) {
            expect((attempts[n] ?? 0) - (attempts[n - 2] ?? 0)).toBeGreaterThan(15 * MINUTE);
          }
        },
      ),
    );
  });

  describe('on an HMC that refuses it', () => {
    const open: { stop(): Promise<void> }[] = [];
    afterEach(async () => {
      for (const each of open.splice(0).reverse()) await each.stop();
    });
    const refusing = async (): Promise<ScriptedSshServer> => {
      const server = await startScriptedSshServer({
        authenticate: (attempt) => void setTimeout(() => attempt.reject(['publickey', 'password']), 100),
      });
      open.push(server);
      return server;
    };
    const connect = (server: ScriptedSshServer, credential: HmcCredential, ledger: LoginLedger): SshHmcConnections => {
      const endpoint: HmcEndpoint = {
        id: 'hmc1',
        host: '127.0.0.1',
        port: server.port,
        username: 'hscroot',
        credential,
        hostKeys: [server.fingerprint],
      };
      const connections = new SshHmcConnections([endpoint], undefined, ledger);
      open.push({ stop: () => connections.close(0) });
      return connections;
    };
    const reasonsOf = (processes: readonly SshHmcConnections[]): Promise<string[]> =>
      Promise.all(
        processes.map(async (hmcs) => {
          const end = await hmcs.run('hmc1', 'lshmc -V', { kind: 'read', deadlineMs: 30_000 });
          return end.kind === 'exited' ? 'exited' : end.reason;
        }),
      );

    it.each<[string, () => HmcCredential]>([
      ['key', () => ({ kind: 'privateKey', privateKey: newKey() })],
      ['password', () => ({ kind: 'password', password: 'wrong-secret' })],
    ])('offer a wrong %s once, all together, and after a restart not again', async (_kind, newCredential) => {
      const server = await refusing();
      const prefix = uniquePrefix();
      const credential = newCredential();
      const processes = [1, 2, 3].map(() => connect(server, credential, ledgerOf(prefix)));
      for (const store of stores) while (store.status !== 'ready') await sleep(20);
      expect((await reasonsOf(processes)).sort()).toEqual(['authentication-failed', 'locked-out', 'locked-out']);
      const restarted = connect(server, credential, ledgerOf(prefix));
      expect(await reasonsOf([restarted])).toEqual(['locked-out']);
      expect(restarted.reachability('hmc1')).toMatchObject({
        circuit: 'locked-out',
        reachable: false,
        lastError: { reason: 'locked-out' },
      });
      expect(server.logins).toHaveLength(1);

      const store = connectStore(redis.url);
      stores.push(store);
      const keys = await keysOf(store, prefix);
      const values = await Promise.all(keys.map((key) => store.hgetall(key)));
      expect(keys).toHaveLength(1);
      expect(JSON.stringify([keys, values])).not.toMatch(/wrong-secret|hscroot|127\.0\.0\.1/);
    });

    it('try another credential at once', async () => {
      const server = await refusing();
      const prefix = uniquePrefix();
      for (const privateKey of [newKey(), newKey()]) {
        const hmcs = connect(server, { kind: 'privateKey', privateKey }, ledgerOf(prefix));
        expect(await reasonsOf([hmcs])).toEqual(['authentication-failed']);
      }
      expect(server.logins).toHaveLength(2);
    });

    it('have each its own guard while Redis is away', async () => {
      const server = await refusing();
      const credential: HmcCredential = { kind: 'privateKey', privateKey: newKey() };
      const hmcs = connect(server, credential, ledgerOf(uniquePrefix(), 'redis://127.0.0.1:1'));
      expect(await reasonsOf([hmcs])).toEqual(['authentication-failed']);
      expect(await reasonsOf([hmcs])).toEqual(['locked-out']);
      expect(server.logins).toHaveLength(1);
    });
  });
});

it('a connection that is lost while its login is written down leaves nothing behind', async () => {
  let attempts = 0;
  const server = await startScriptedSshServer({
    authenticate: (attempt, client) => {
      attempt.accept();
      attempts += 1;
      if (attempts === 1) setTimeout(() => client.end(), 100);
    },
  });
  const slow: LoginLedger = {
    take: () => Promise.resolve({ failed: NO_FAILED_LOGINS, end: () => sleep(1_000) }),
  };
  const endpoint: HmcEndpoint = {
    id: 'hmc1',
    host: '127.0.0.1',
    port: server.port,
    username: 'hscroot',
    credential: { kind: 'privateKey', privateKey: newKey() },
    hostKeys: [server.fingerprint],
  };
  const hmcs = new SshHmcConnections([endpoint], undefined, slow);
  try {
    expect(await hmcs.run('hmc1', 'lshmc -V', { kind: 'read', deadlineMs: 30_000 })).toMatchObject({ kind: 'exited' });
    expect(server.logins).toHaveLength(2);
  } finally {
    await hmcs.close(0);
    await server.stop();
  }
});

describe('the fingerprint of a login', () => {
  const endpoint = (override: Partial<HmcEndpoint>): HmcEndpoint => ({
    id: 'hmc1',
    host: 'hmc1.example.com',
    port: 22,
    username: 'hscroot',
    credential: { kind: 'password', password: 'abc123' },
    hostKeys: [],
    ...override,
  });

  it('is the same for the same login, under whatever id, and another for any other', async () => {
    const plain = await loginFingerprint(endpoint({}));
    expect(plain).toMatch(/^[0-9a-f]{64}$/);
    expect(await loginFingerprint(endpoint({ id: 'other', host: 'HMC1.example.com' }))).toBe(plain);
    const others = await Promise.all(
      [
        { host: 'hmc2.example.com' },
        { port: 2222 },
        { username: 'vnicgw' },
        { credential: { kind: 'password', password: 'abc124' } as const },
        { credential: { kind: 'privateKey', privateKey: newKey() } as const },
      ].map((override) => loginFingerprint(endpoint(override))),
    );
    expect(new Set([plain, ...others]).size).toBe(6);
  });
});

async function keysOf(store: RedisClient, prefix: string): Promise<string[]> {
  while (store.status !== 'ready') await sleep(20);
  return store.keys(`{${prefix}}:*`);
}
