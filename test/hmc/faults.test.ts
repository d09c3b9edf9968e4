import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'node:net';
import type { AuthContext } from 'ssh2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CommandEnd } from '../../src/hmc/command-end.js';
import type { HmcEndpoint, HmcLimits } from '../../src/hmc/hmc-endpoint.js';
import { SshHmcConnections } from '../../src/hmc/ssh-hmc-connections.js';
import { newKey } from '../support/keys.js';
import { startScriptedSshServer, startTcpProxy } from '../support/scripted-ssh-server.js';
import type { ScriptedSshServer, ServerScript, TcpProxy } from '../support/scripted-ssh-server.js';

const KEY = newKey();
const read = { kind: 'read', deadlineMs: 15_000 } as const;
const change = { kind: 'change', deadlineMs: 15_000 } as const;

const toStop: { stop(): Promise<void> }[] = [];
const toClose: SshHmcConnections[] = [];
afterEach(async () => {
  await Promise.all(toClose.splice(0).map((connections) => connections.close(0)));
  await Promise.all(toStop.splice(0).map((server) => server.stop()));
});

async function serve(script: ServerScript = {}, port = 0): Promise<ScriptedSshServer> {
  const server = await startScriptedSshServer(script, port);
  toStop.push(server);
  return server;
}
async function proxyTo(server: ScriptedSshServer): Promise<TcpProxy> {
  const proxy = await startTcpProxy(server.port);
  toStop.push(proxy);
  return proxy;
}
function connectTo(
  server: { readonly port: number; readonly fingerprint: string },
  override: Partial<HmcEndpoint> = {},
  limits: Partial<HmcLimits> = {},
): SshHmcConnections {
  const endpoint: HmcEndpoint = {
    id: 'hmc1',
    host: '127.0.0.1',
    port: server.port,
    username: 'hscroot',
    credential: { kind: 'privateKey', privateKey: KEY },
    hostKeys: [server.fingerprint],
    limits,
    ...override,
  };
  const connections = new SshHmcConnections([endpoint]);
  toClose.push(connections);
  return connections;
}
const reasonOf = (end: CommandEnd): string => (end.kind === 'exited' ? 'exited' : end.reason);

describe('before the exec request is written', () => {
  it('a change whose channel is confirmed too late never starts, and its connection is gone', async () => {
    const server = await serve({ openChannel: (accept) => void setTimeout(accept, 900) });
    const hmc = connectTo(server, {}, { channelOpenMs: 200 });
    const end = await hmc.run('hmc1', 'chhwres', change);
    expect(end).toMatchObject({ kind: 'never-started', reason: 'channel-timeout' });
    await vi.waitFor(() => expect(server.connections()).toBe(0));
    await sleep(1_200);
    expect(server.commands).toEqual([]);
  });

  it('a late confirmation of a read starts nothing on the connection that others still use', async () => {
    const server = await serve({
      openChannel: (accept, _reject, _client, count) => void setTimeout(accept, count === 2 ? 2_500 : 0),
      exec: (accept, _reject, command) => {
        const stream = accept();
        setTimeout(
          () => {
            stream.exit(0);
            stream.end(command);
          },
          command === 'slow' ? 4_500 : 0,
        );
      },
    });
    const hmc = connectTo(server, {}, { channelOpenMs: 1_000 });
    const slow = hmc.run('hmc1', 'slow', read);
    await vi.waitFor(() => expect(server.commands).toEqual(['slow']));
    expect(await hmc.run('hmc1', 'quick', read)).toMatchObject({ kind: 'exited', stdout: 'quick' });
    expect(await slow).toMatchObject({ kind: 'exited', stdout: 'slow' });
    expect(server.commands).toEqual(['slow', 'quick']);
  });

  it('a change whose channel is refused never starts', async () => {
    const server = await serve({ openChannel: (_accept, reject) => reject() });
    const end = await connectTo(server).run('hmc1', 'chhwres', change);
    expect(end).toMatchObject({ kind: 'never-started', reason: 'channel-refused' });
    await vi.waitFor(() => expect(server.connections()).toBe(0));
  });

  it('a read that is refused again and again is given up as never started', async () => {
    const server = await serve({ openChannel: (_accept, reject) => reject() });
    expect(await connectTo(server).run('hmc1', 'lshwres', read)).toMatchObject({ reason: 'channel-refused' });
    expect(server.commands).toEqual([]);
  });

  it('a read that is refused for a while passes in the end', async () => {
    const server = await serve({
      openChannel: (accept, reject, _client, count) => (count < 3 ? reject() : accept()),
    });
    expect(await connectTo(server).run('hmc1', 'lshwres', read)).toMatchObject({ kind: 'exited', stdout: 'lshwres' });
  });

  it('a connection that drops then leaves a change never started', async () => {
    const server = await serve({ openChannel: (_accept, _reject, client) => client.end() });
    const end = await connectTo(server).run('hmc1', 'chhwres', change);
    expect(end).toMatchObject({ kind: 'never-started', reason: 'unreachable' });
  });

  it('the caller is asked when the channel is there, not before', async () => {
    const order: string[] = [];
    const server = await serve({
      openChannel: (accept) =>
        void setTimeout(() => {
          order.push('confirmed');
          accept();
        }, 300),
      exec: (accept) => {
        order.push('exec');
        const stream = accept();
        stream.exit(0);
        stream.end();
      },
    });
    const end = await connectTo(server).run('hmc1', 'chhwres', {
      ...change,
      beforeExec: async () => {
        order.push('asked');
        await sleep(200);
        order.push('answered');
        return true;
      },
    });
    expect(end.kind).toBe('exited');
    expect(order).toEqual(['confirmed', 'asked', 'answered', 'exec']);
  });

  it('a connection that drops while the caller thinks gets no command, whatever the answer', async () => {
    let drop = (): void => {};
    const server = await serve({
      openChannel: (accept, _reject, client) => {
        drop = () => void client.end();
        accept();
      },
    });
    const hmc = connectTo(server);
    const end = await hmc.run('hmc1', 'chhwres', {
      ...change,
      beforeExec: async () => {
        drop();
        await vi.waitFor(() => expect(server.connections()).toBe(0));
        await sleep(100);
        return true;
      },
    });
    expect(end).toMatchObject({ kind: 'never-started', reason: 'unreachable' });
    expect(server.commands).toEqual([]);
  });

  it('a caller who does not answer is taken for a no', async () => {
    const server = await serve();
    const hmc = connectTo(server, {}, { channelOpenMs: 300 });
    const end = await hmc.run('hmc1', 'chhwres', { ...change, beforeExec: () => sleep(1_000, true) });
    expect(end).toMatchObject({ kind: 'never-started', reason: 'refused-by-caller' });
    await sleep(1_000);
    expect(server.commands).toEqual([]);
  });

  it('a yes that is read too late, after the process stood still, is taken for a no', async () => {
    const server = await serve();
    const hmc = connectTo(server, {}, { channelOpenMs: 1_000 });
    const beforeExec = (): Promise<boolean> => {
      const until = performance.now() + 1_200;
      while (performance.now() < until);
      return Promise.resolve(true);
    };
    const end = await hmc.run('hmc1', 'chhwres', { ...change, beforeExec });
    expect(end).toMatchObject({ kind: 'never-started', reason: 'refused-by-caller' });
    await sleep(300);
    expect(server.commands).toEqual([]);
  });

  it('a kept connection that has gone silent costs a change nothing but time', async () => {
    const server = await serve();
    const proxy = await proxyTo(server);
    const hmc = connectTo({ ...server, port: proxy.port }, {}, { channelOpenMs: 1_500 });
    expect(await hmc.run('hmc1', 'first', change)).toMatchObject({ stdout: 'first' });
    proxy.freeze();
    let asked = 0;
    const beforeExec = (): Promise<boolean> => {
      asked += 1;
      return Promise.resolve(true);
    };
    expect(await hmc.run('hmc1', 'second', { ...change, beforeExec })).toMatchObject({
      kind: 'exited',
      stdout: 'second',
    });
    expect(server.commands).toEqual(['first', 'second']);
    expect(asked).toBe(1);
  });
});

describe('after the exec request is written', () => {
  it('a dropped connection is lost, with what was printed until then', async () => {
    const server = await serve({
      exec: (accept, _reject, _command, client) => {
        accept().write('begun');
        setTimeout(() => client.end(), 200);
      },
    });
    const hmc = connectTo(server);
    for (const options of [change, read]) {
      expect(await hmc.run('hmc1', 'chhwres', options)).toMatchObject({
        kind: 'unknown',
        reason: 'lost',
        stdout: 'begun',
      });
    }
    expect(server.commands).toHaveLength(2);
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: false, lastError: { reason: 'lost' } });
  });

  it('an exit status without the end of the streams is lost as well', async () => {
    const server = await serve({
      exec: (accept, _reject, _command, client) => {
        const stream = accept();
        stream.write('half of it');
        stream.exit(0);
        setTimeout(() => client.end(), 200);
      },
    });
    expect(await connectTo(server).run('hmc1', 'lshwres', read)).toMatchObject({ kind: 'unknown', reason: 'lost' });
  });

  it('a silent connection is noticed by keepalive', async () => {
    const server = await serve({ exec: (accept) => void accept().write('begun') });
    const proxy = await proxyTo(server);
    const hmc = connectTo({ ...server, port: proxy.port }, {}, { keepaliveIntervalMs: 500, keepaliveCount: 2 });
    const running = hmc.run('hmc1', 'chhwres', change);
    await vi.waitFor(() => expect(server.commands).toHaveLength(1));
    proxy.freeze();
    expect(await running).toMatchObject({ kind: 'unknown', reason: 'lost' });
  });

  it('a channel that closes without an exit status is unknown', async () => {
    const server = await serve({ exec: (accept) => accept().close() });
    expect(await connectTo(server).run('hmc1', 'chhwres', change)).toMatchObject({
      kind: 'unknown',
      reason: 'no-exit-status',
    });
  });

  it('a signal is unknown, and named', async () => {
    const server = await serve({
      exec: (accept) => {
        const stream = accept();
        stream.exit('TERM');
        stream.end();
      },
    });
    const end = await connectTo(server).run('hmc1', 'chhwres', change);
    expect(end).toMatchObject({ kind: 'unknown', reason: 'no-exit-status' });
    expect(end.kind === 'unknown' && end.message).toContain('SIGTERM');
  });

  it('a refused exec request is unknown', async () => {
    const server = await serve({ exec: (_accept, reject) => reject() });
    expect(await connectTo(server).run('hmc1', 'chhwres', change)).toMatchObject({
      kind: 'unknown',
      reason: 'no-exit-status',
    });
  });

  it('only an ended change keeps its connection', async () => {
    const server = await serve({ exec: (accept) => void accept().write('forever') });
    const hmc = connectTo(server);
    expect(await hmc.run('hmc1', 'chhwres', { ...change, deadlineMs: 300 })).toMatchObject({ reason: 'timed-out' });
    await vi.waitFor(() => expect(server.connections()).toBe(0));
  });
});

describe('logging in', () => {
  const password = { kind: 'password', password: 'abc123' } as const;
  const accepting =
    (offered: ('password' | 'keyboard-interactive' | 'publickey')[]) =>
    (attempt: AuthContext): void => {
      if (attempt.method === 'password' && offered.includes('password') && attempt.password === 'abc123')
        attempt.accept();
      else if (attempt.method === 'keyboard-interactive' && offered.includes('keyboard-interactive')) {
        attempt.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) =>
          answer === 'abc123' ? attempt.accept() : attempt.reject(offered),
        );
      } else attempt.reject(offered);
    };

  it('sends a password as `password` where that is offered', async () => {
    const server = await serve({ authenticate: accepting(['publickey', 'keyboard-interactive', 'password']) });
    expect(await connectTo(server, { credential: password }).run('hmc1', 'lshmc', read)).toMatchObject({
      stdout: 'lshmc',
    });
    expect(server.logins).toEqual(['password']);
  });

  it('answers one question where only keyboard-interactive is offered', async () => {
    const server = await serve({ authenticate: accepting(['publickey', 'keyboard-interactive']) });
    expect(await connectTo(server, { credential: password }).run('hmc1', 'lshmc', read)).toMatchObject({
      stdout: 'lshmc',
    });
    expect(server.logins).toEqual(['keyboard-interactive']);
  });

  it.each([['password'], ['keyboard-interactive']] as const)('offers a wrong password once by %s', async (method) => {
    const server = await serve({ authenticate: accepting([method]) });
    const hmc = connectTo(server, { credential: { kind: 'password', password: 'wrong-secret' } });
    const ends = await Promise.all([1, 2, 3, 4].map(() => hmc.run('hmc1', 'lshmc', change)));
    expect(ends.map(reasonOf)).toEqual(Array(4).fill('authentication-failed'));
    const later = await hmc.run('hmc1', 'lshmc', read);
    expect(later).toMatchObject({ kind: 'never-started', reason: 'locked-out' });
    expect(server.logins).toEqual([method]);
    expect(JSON.stringify([ends, later, hmc.reachability('hmc1')])).not.toContain('wrong-secret');
  });

  it('sends no password where none is taken', async () => {
    const server = await serve({ authenticate: accepting(['publickey']) });
    const end = await connectTo(server, { credential: password }).run('hmc1', 'lshmc', read);
    expect(end).toMatchObject({ kind: 'never-started', reason: 'unreachable' });
    expect(end.kind === 'never-started' && end.message).toContain('takes no password');
    expect(server.logins).toEqual([]);
  });

  it('does not answer a second question', async () => {
    let secondAnswer: string[] | null = null;
    const server = await serve({
      authenticate: (attempt) => {
        if (attempt.method !== 'keyboard-interactive') return attempt.reject(['keyboard-interactive']);
        attempt.prompt([{ prompt: 'Password: ', echo: false }], () =>
          attempt.prompt([{ prompt: 'New password: ', echo: false }], (answers) => {
            secondAnswer = answers;
            attempt.reject();
          }),
        );
      },
    });
    const end = await connectTo(server, { credential: password }).run('hmc1', 'lshmc', read);
    expect(end).toMatchObject({ kind: 'never-started', reason: 'authentication-failed' });
    expect(end.kind === 'never-started' && end.message).toContain('New password:');
    await vi.waitFor(() => expect(server.connections()).toBe(0));
    expect(secondAnswer).toBeNull();
  });

  it('leaves an expired password to a person', async () => {
    const server = await serve({
      authenticate: (attempt) => {
        if (attempt.method === 'password') attempt.requestChange('Change it', () => attempt.reject());
        else attempt.reject(['password']);
      },
    });
    const end = await connectTo(server, { credential: password }).run('hmc1', 'lshmc', read);
    expect(end).toMatchObject({ kind: 'never-started', reason: 'authentication-failed' });
    expect(end.kind === 'never-started' && end.message).toContain('expired');
  });

  it('repeats what the HMC says', async () => {
    const server = await serve({
      config: { banner: 'The account is locked due to 3 failed logins.\n(5 minutes left to unlock)\n' },
      authenticate: (attempt) => attempt.reject(['publickey']),
    });
    const end = await connectTo(server).run('hmc1', 'lshmc', read);
    expect(end.kind === 'never-started' && end.message).toContain('locked due to 3 failed logins. (5 minutes left');
  });

  it.each(['ed25519', 'rsa'] as const)('offers a wrong %s key once', async (type) => {
    const server = await serve({ authenticate: (attempt) => attempt.reject(['publickey', 'password']) });
    const hmc = connectTo(server, { credential: { kind: 'privateKey', privateKey: newKey({ type }) } });
    await Promise.all([hmc.run('hmc1', 'a', read), hmc.run('hmc1', 'b', change), hmc.run('hmc1', 'c', change)]);
    expect(await hmc.run('hmc1', 'd', change)).toMatchObject({ reason: 'locked-out' });
    expect(server.logins).toEqual(['publickey']);
  });

  it('uses a key with a passphrase', async () => {
    const privateKey = newKey({ passphrase: 'correct horse' });
    const server = await serve();
    const credential = { kind: 'privateKey', privateKey, passphrase: 'correct horse' } as const;
    expect(await connectTo(server, { credential }).run('hmc1', 'lshmc', read)).toMatchObject({ stdout: 'lshmc' });
  });

  it('tries at most twice when the HMC hangs up on logins', async () => {
    const server = await serve({ authenticate: (_attempt, client) => client.end() });
    const hmc = connectTo(server);
    const reasons: string[] = [];
    for (let n = 0; n < 4; n += 1) reasons.push(reasonOf(await hmc.run('hmc1', 'lshmc', change)));
    expect(reasons).toEqual(['unreachable', 'authentication-failed', 'locked-out', 'locked-out']);
    expect(server.logins).toHaveLength(2);
  });

  it('logs in again when the guard opens', async () => {
    let accept = false;
    const server = await serve({
      authenticate: (attempt) => (accept ? attempt.accept() : attempt.reject(['publickey'])),
    });
    const hmc = connectTo(server, {}, { lockOutMs: 500 });
    expect(await hmc.run('hmc1', 'lshmc', read)).toMatchObject({ reason: 'authentication-failed' });
    expect(hmc.reachability('hmc1')).toMatchObject({ circuit: 'locked-out', reachable: false });
    accept = true;
    await sleep(600);
    expect(await hmc.run('hmc1', 'lshmc', read)).toMatchObject({ kind: 'exited' });
    expect(hmc.reachability('hmc1')).toMatchObject({
      circuit: 'closed',
      circuitOpenUntil: null,
      reachable: true,
      lastError: null,
    });
  });
});

describe('whether the HMC is reachable', () => {
  /** Drops the connection of a change called "drop", answers everything else; "slow" waits for `release`. */
  const dropping = (): { readonly script: ServerScript; readonly release: () => void } => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const script: ServerScript = {
      exec: (accept, _reject, command, client) => {
        const stream = accept();
        if (command === 'drop') {
          setTimeout(() => client.end(), 100);
          return;
        }
        void (command === 'slow' ? released : Promise.resolve()).then(() => {
          stream.exit(1);
          stream.end();
        });
      },
    };
    return { script, release };
  };

  it('one lost connection says nothing while another one stands', async () => {
    const { script, release } = dropping();
    const hmc = connectTo(await serve(script));
    const slow = hmc.run('hmc1', 'slow', read);
    expect(await hmc.run('hmc1', 'drop', change)).toMatchObject({ kind: 'unknown', reason: 'lost' });
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: true, lastError: { reason: 'lost' } });
    release();
    await slow;
  });

  it('any command that it ran to the end says that it is, whatever the exit status', async () => {
    const { script, release } = dropping();
    const server = await serve(script);
    const proxy = await proxyTo(server);
    const hmc = connectTo({ ...server, port: proxy.port });
    const slow = hmc.run('hmc1', 'slow', read);
    await vi.waitFor(() => expect(server.commands).toEqual(['slow']));
    // The connection of the read stays; new ones are not taken any more.
    proxy.refuseNew();
    expect(await hmc.run('hmc1', 'other', change)).toMatchObject({ reason: 'unreachable' });
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: false, lastError: { reason: 'unreachable' } });
    release();
    expect(await slow).toMatchObject({ kind: 'exited', exitStatus: 1 });
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: true, lastError: { reason: 'unreachable' } });
  });

  it('it is not while logins are refused, although a connection from before still answers reads', async () => {
    let accept = true;
    const server = await serve({
      authenticate: (attempt) => (accept ? attempt.accept() : attempt.reject(['publickey'])),
    });
    const hmc = connectTo(server, {}, { lockOutMs: 1_500 });
    expect(await hmc.run('hmc1', 'lshwres', read)).toMatchObject({ kind: 'exited' });
    accept = false;
    expect(await hmc.run('hmc1', 'chhwres', change)).toMatchObject({ reason: 'authentication-failed' });
    expect(await hmc.run('hmc1', 'lshwres', read)).toMatchObject({ kind: 'exited' });
    expect(hmc.reachability('hmc1')).toMatchObject({
      reachable: false,
      circuit: 'locked-out',
      lastError: { reason: 'authentication-failed' },
    });
    accept = true;
    await sleep(1_600);
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: false, circuit: 'half-open' });
    expect(await hmc.run('hmc1', 'chhwres', change)).toMatchObject({ kind: 'exited' });
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: true, circuit: 'closed', lastError: null });
  });

  it('the last connection that is lost says that it is not, until the next stands', async () => {
    const hmc = connectTo(await serve(dropping().script));
    await hmc.run('hmc1', 'drop', change);
    expect(hmc.reachability('hmc1').reachable).toBe(false);
    await hmc.run('hmc1', 'next', read);
    expect(hmc.reachability('hmc1').reachable).toBe(true);
  });
});

describe('an HMC that takes commands and stays silent', () => {
  /** Answers at once, after a while, or never. */
  const answering = (delayMs: () => number | null): ServerScript => ({
    exec: (accept, _reject, command) => {
      const stream = accept();
      const delay = delayMs();
      if (delay === null) return;
      setTimeout(() => {
        stream.exit(0);
        stream.end(command);
      }, delay);
    },
  });
  const quick = { kind: 'read', deadlineMs: 400 } as const;

  it('is told so after the first read; new connections do not hide it; an answer ends it', async () => {
    let delay: number | null = null;
    const hmc = connectTo(await serve(answering(() => delay)));
    expect(await hmc.run('hmc1', 'lshwres', quick)).toMatchObject({ reason: 'timed-out' });
    expect(await hmc.run('hmc1', 'lshwres', quick)).toMatchObject({ reason: 'timed-out' });
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: false, lastError: { reason: 'timed-out' } });
    delay = 0;
    expect(await hmc.run('hmc1', 'lshwres', read)).toMatchObject({ kind: 'exited' });
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: true, circuit: 'closed', lastError: null });
  });

  it('is left alone after a few, but for one read now and then, which brings it back', async () => {
    let delay: number | null = null;
    const server = await serve(answering(() => delay));
    const hmc = connectTo(server, {}, { circuitFailures: 2, circuitPauseMs: 2_000 });
    const crowd = (): Promise<CommandEnd[]> => Promise.all([1, 2, 3].map((n) => hmc.run('hmc1', `ls ${n}`, quick)));
    // Those that hang at the same time count once.
    expect((await crowd()).map(reasonOf)).toEqual(Array(3).fill('timed-out'));
    expect(hmc.reachability('hmc1').circuit).toBe('closed');
    await crowd();
    expect(hmc.reachability('hmc1')).toMatchObject({ circuit: 'open', reachable: false });
    const sent = server.commands.length;
    expect((await crowd()).map(reasonOf)).toEqual(Array(3).fill('circuit-open'));
    expect(server.commands).toHaveLength(sent);
    await sleep(2_100);
    expect(hmc.reachability('hmc1').circuit).toBe('half-open');
    expect((await crowd()).map(reasonOf)).toEqual(['timed-out', 'circuit-open', 'circuit-open']);
    delay = 0;
    await sleep(2_100);
    expect(await hmc.run('hmc1', 'lshwres', read)).toMatchObject({ kind: 'exited' });
    expect(hmc.reachability('hmc1')).toMatchObject({ circuit: 'closed', circuitOpenUntil: null, reachable: true });
  });

  it('is none that only hangs on one command, nor one that is slow', async () => {
    const server = await serve({
      exec: (accept, _reject, command) => {
        const stream = accept();
        if (command === 'hang') return;
        setTimeout(() => {
          stream.exit(0);
          stream.end(command);
        }, 100);
      },
    });
    const hmc = connectTo(server, {}, { circuitFailures: 1 });
    const hanging = hmc.run('hmc1', 'hang', { kind: 'read', deadlineMs: 1_500 });
    await vi.waitFor(() => expect(server.commands).toContain('hang'));
    expect(await hmc.run('hmc1', 'lshwres', read)).toMatchObject({ kind: 'exited' });
    expect(await hanging).toMatchObject({ reason: 'timed-out' });
    expect(hmc.reachability('hmc1')).toMatchObject({
      reachable: true,
      circuit: 'closed',
      lastError: { reason: 'timed-out' },
    });

    const slow = connectTo(await serve(answering(() => 3_000)), {}, { circuitFailures: 1 });
    for (let n = 0; n < 2; n += 1) expect(await slow.run('hmc1', 'lshwres', read)).toMatchObject({ kind: 'exited' });
    expect(slow.reachability('hmc1')).toMatchObject({ reachable: true, circuit: 'closed', lastError: null });
  });

  it('a read that waits for a channel behind those that hang is given up with them', async () => {
    const server = await serve(answering(() => null));
    const hmc = connectTo(server, {}, { readConnections: 1, channelsPerConnection: 1, circuitFailures: 1 });
    const first = hmc.run('hmc1', 'first', quick);
    await vi.waitFor(() => expect(server.commands).toEqual(['first']));
    expect(await hmc.run('hmc1', 'second', quick)).toMatchObject({ kind: 'never-started', reason: 'circuit-open' });
    expect(await first).toMatchObject({ reason: 'timed-out' });
  });

  it('so is one that confirms no channel', async () => {
    const server = await serve({ openChannel: () => {} });
    const hmc = connectTo(server, {}, { channelOpenMs: 200 });
    expect(await hmc.run('hmc1', 'lshwres', read)).toMatchObject({ reason: 'channel-timeout' });
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: false, lastError: { reason: 'channel-timeout' } });
  });
});

describe('reaching the HMC', () => {
  it('opens the circuit after a few failures and closes it by one probe', async () => {
    const gone = await startScriptedSshServer();
    await gone.stop();
    const hmc = connectTo(gone, {}, { circuitFailures: 2, circuitPauseMs: 1_500 });
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: null, circuit: 'closed' });
    const reasons: string[] = [];
    for (let n = 0; n < 4; n += 1) reasons.push(reasonOf(await hmc.run('hmc1', 'lshmc', n % 2 ? read : change)));
    expect(reasons).toEqual(['unreachable', 'unreachable', 'circuit-open', 'circuit-open']);
    const { circuit, circuitOpenUntil } = hmc.reachability('hmc1');
    expect(circuit).toBe('open');
    expect(Date.parse(circuitOpenUntil ?? '')).toBeGreaterThan(Date.now() - 5_000);
    const server = await serve({}, gone.port);
    await sleep(1_600);
    expect(hmc.reachability('hmc1').circuit).toBe('half-open');
    const ends = await Promise.all([1, 2, 3, 4].map((n) => hmc.run('hmc1', `lshmc ${n}`, read)));
    expect(ends.map(({ kind }) => kind)).toEqual(Array(4).fill('exited'));
    expect(server.logins).toEqual(['publickey']);
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: true, circuit: 'closed', lastError: null });
  });

  it('gives up a peer that never speaks', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const hmc = connectTo({ port, fingerprint: `SHA256:${'A'.repeat(43)}` }, {}, { connectMs: 300 });
      const ends = await Promise.all([1, 2, 3].map(() => hmc.run('hmc1', 'lshmc', change)));
      expect(ends.map(reasonOf)).toEqual(Array(3).fill('unreachable'));
    } finally {
      silent.close();
    }
  });

  it('offers old algorithms only where they are configured', async () => {
    const server = await serve({
      config: {
        hostKeys: [newKey({ type: 'rsa' })],
        algorithms: {
          kex: ['diffie-hellman-group14-sha1'],
          serverHostKey: ['ssh-rsa'],
          cipher: ['aes128-cbc'],
          hmac: ['hmac-sha1'],
        },
      },
    });
    const end = await connectTo(server).run('hmc1', 'lshmc', read);
    expect(end).toMatchObject({ kind: 'never-started', reason: 'unreachable' });
    expect(end.kind === 'never-started' && end.message).toContain('`algorithms`');
    const algorithms = {
      kex: ['diffie-hellman-group14-sha1'],
      hostKey: ['ssh-rsa'],
      cipher: ['aes128-cbc'],
      mac: ['hmac-sha1'],
    };
    const offered = { hostKey: ['ssh-rsa'], cipher: ['aes128-cbc'], mac: ['hmac-sha1'] };
    expect(await connectTo(server, { algorithms: offered }).run('hmc1', 'lshmc', read)).toMatchObject({
      reason: 'unreachable',
    });
    expect(await connectTo(server, { algorithms }).run('hmc1', 'lshmc', read)).toMatchObject({ kind: 'exited' });
  });

  it('closes idle connections', async () => {
    const server = await serve();
    const hmc = connectTo(server, {}, { idleMs: 200 });
    await Promise.all([hmc.run('hmc1', 'a', read), hmc.run('hmc1', 'b', change)]);
    await vi.waitFor(() => expect(server.connections()).toBe(0), 5_000);
    expect(await hmc.run('hmc1', 'c', read)).toMatchObject({ kind: 'exited' });
  });

  it('lets a read wait for a channel only so long', async () => {
    const server = await serve({ exec: (accept) => void accept() });
    const hmc = connectTo(server, {}, { readConnections: 1, channelsPerConnection: 1, queueMs: 300 });
    const first = hmc.run('hmc1', 'slow', { kind: 'read', deadlineMs: 1_500 });
    await vi.waitFor(() => expect(server.commands).toEqual(['slow']));
    expect(await hmc.run('hmc1', 'waits', read)).toMatchObject({ kind: 'never-started', reason: 'channel-timeout' });
    expect(await first).toMatchObject({ kind: 'unknown', reason: 'timed-out' });
    expect(server.commands).toEqual(['slow']);
  });

  it('one HMC that hangs does not keep another waiting', async () => {
    const stuck = await serve({ authenticate: () => {} });
    const well = await serve();
    const endpoint = (id: string, server: ScriptedSshServer): HmcEndpoint => ({
      id,
      host: '127.0.0.1',
      port: server.port,
      username: 'hscroot',
      credential: { kind: 'privateKey', privateKey: KEY },
      hostKeys: [server.fingerprint],
    });
    const hmcs = new SshHmcConnections([endpoint('stuck', stuck), endpoint('well', well)]);
    toClose.push(hmcs);
    expect(hmcs.hmcIds()).toEqual(['stuck', 'well']);
    const waiting = hmcs.run('stuck', 'a', change);
    expect(await hmcs.run('well', 'b', change)).toMatchObject({ kind: 'exited' });
    await vi.waitFor(() => expect(stuck.logins).toHaveLength(1));
    await hmcs.close(5_000);
    expect(await waiting).toMatchObject({ kind: 'never-started', reason: 'closing' });
  });

  it('throws for an HMC that is not configured', async () => {
    const server = await serve();
    await expect(connectTo(server).run('hmc9', 'lshmc', read)).rejects.toThrow('hmc9');
  });
});
