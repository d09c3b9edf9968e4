import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { HmcLimits } from '../../src/hmc/hmc-endpoint.js';
import type { HmcReachability } from '../../src/hmc/hmc-connections.js';
import { SshHmcConnections } from '../../src/hmc/ssh-hmc-connections.js';
import { newKey } from '../support/keys.js';
import { startScriptedSshServer, startTcpProxy, type ServerScript } from '../support/scripted-ssh-server.js';

/* What is known of an HMC that nobody uses. */
const KEY = newKey();
const read = { kind: 'read', deadlineMs: 15_000 } as const;

const toStop: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of toStop.splice(0).reverse()) await stop();
});

async function serve(script: ServerScript = {}, port = 0) {
  const server = await startScriptedSshServer(script, port);
  toStop.push(() => server.stop());
  return server;
}
function connectTo(server: { port: number; fingerprint: string }, limits: Partial<HmcLimits> = {}): SshHmcConnections {
  const connections = new SshHmcConnections([
    {
      id: 'hmc1',
      host: '127.0.0.1',
      port: server.port,
      username: 'hscroot',
      credential: { kind: 'privateKey', privateKey: KEY },
      hostKeys: [server.fingerprint],
      limits,
    },
  ]);
  toStop.push(() => connections.close(0));
  return connections;
}
const way = (hmc: SshHmcConnections): HmcReachability => hmc.reachability('hmc1');

describe('an HMC that nobody uses', () => {
  it('is tried by one login however many ask, and by no command; then its connection tells that it is there', async () => {
    const server = await serve();
    const hmc = connectTo(server, { probeAfterMs: 300, keepaliveIntervalMs: 50 });
    expect(way(hmc)).toMatchObject({ reachable: null, lastSeenAt: null });
    await Promise.all(Array.from({ length: 20 }, () => hmc.probe('hmc1')));
    const first = way(hmc);
    expect(first).toMatchObject({ reachable: true, lastError: null });
    expect(Date.parse(first.lastSeenAt ?? '')).toBeGreaterThan(Date.now() - 10_000);
    await sleep(700);
    await hmc.probe('hmc1');
    expect(Date.parse(way(hmc).lastSeenAt ?? '')).toBeGreaterThan(Date.parse(first.lastSeenAt ?? '') + 300);
    expect(server.logins).toHaveLength(1);
    expect(server.commands).toEqual([]);
    // The next read finds the connection.
    await hmc.run('hmc1', 'lshmc', read);
    expect(server.logins).toHaveLength(1);
  });

  it('is not known to be there any more once it has closed the last connection, and is tried when somebody asks', async () => {
    const server = await serve();
    const hmc = connectTo(server, { probeAfterMs: 400, circuitFailures: 100 });
    await hmc.run('hmc1', 'lshmc', read);
    expect(way(hmc)).toMatchObject({ reachable: true });
    const { lastSeenAt } = way(hmc);
    await server.stop();
    await vi.waitFor(() => expect(way(hmc)).toMatchObject({ reachable: null, lastError: { reason: 'lost' } }));
    expect(Date.parse(way(hmc).lastSeenAt ?? '')).toBeGreaterThanOrEqual(Date.parse(lastSeenAt ?? '') - 50);
    await hmc.probe('hmc1');
    expect(way(hmc)).toMatchObject({ reachable: false, lastError: { reason: 'unreachable' } });

    // It is back: known after the next probe, which comes no earlier than it may.
    const back = await serve({}, server.port);
    await hmc.probe('hmc1');
    expect(way(hmc)).toMatchObject({ reachable: false });
    expect(back.logins).toEqual([]);
    await sleep(500);
    await hmc.probe('hmc1');
    expect(way(hmc)).toMatchObject({ reachable: true, lastError: null });
  });

  it('is still there when we have closed an idle connection ourselves', async () => {
    const server = await serve();
    const hmc = connectTo(server, { idleMs: 100 });
    await hmc.run('hmc1', 'lshmc', read);
    await vi.waitFor(() => expect(server.connections()).toBe(0));
    expect(way(hmc)).toMatchObject({ reachable: true, lastError: null, lastSeenAt: expect.any(String) });
  });

  it('is not tried while the circuit is open, nor after a refused login', async () => {
    const server = await serve({ authenticate: (attempt) => attempt.reject(['publickey']) });
    let attempts = 0;
    const listener = createServer((socket) => {
      attempts += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    toStop.push(() => new Promise((resolve) => listener.close(resolve)));
    const address = listener.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    const away = connectTo({ ...server, port }, { probeAfterMs: 0, circuitFailures: 2 });
    for (let n = 0; n < 5; n += 1) await away.probe('hmc1');
    expect(attempts).toBe(2);
    expect(way(away)).toMatchObject({ reachable: false, circuit: 'open' });

    const refused = connectTo(server, { probeAfterMs: 0 });
    for (let n = 0; n < 5; n += 1) await refused.probe('hmc1');
    expect(server.logins).toHaveLength(1);
    expect(way(refused)).toMatchObject({ reachable: false, circuit: 'locked-out', lastSeenAt: null });
  });

  it('and that left its latest read unanswered is asked the least there is, until it answers', async () => {
    let silent = true;
    const server = await serve({
      exec: (accept) => {
        const stream = accept();
        if (silent) return;
        stream.exit(0);
        stream.end();
      },
    });
    const hmc = connectTo(server, { probeAfterMs: 0, connectMs: 1_000 });
    expect(await hmc.run('hmc1', 'lssyscfg -r sys', { kind: 'read', deadlineMs: 200 })).toMatchObject({
      reason: 'timed-out',
    });
    expect(way(hmc)).toMatchObject({ reachable: false });
    silent = false;
    await hmc.probe('hmc1');
    expect(way(hmc)).toMatchObject({ reachable: true, lastError: null });
    expect(server.commands).toEqual(['lssyscfg -r sys', 'lshmc -V']);
  });

  it('is not there any more when its connection has gone half-open', async () => {
    const server = await serve();
    const proxy = await startTcpProxy(server.port);
    toStop.push(() => proxy.stop());
    const hmc = connectTo({ ...server, port: proxy.port }, { keepaliveIntervalMs: 100, keepaliveCount: 2 });
    await hmc.probe('hmc1');
    expect(way(hmc)).toMatchObject({ reachable: true });
    proxy.freeze();
    await vi.waitFor(() => expect(way(hmc)).toMatchObject({ reachable: null }), { timeout: 10_000 });
  });
});
