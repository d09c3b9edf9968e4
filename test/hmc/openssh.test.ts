import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HmcEndpoint, HmcLimits } from '../../src/hmc/hmc-endpoint.js';
import type { CommandEvent } from '../../src/hmc/ssh-hmc-connections.js';
import { SshHmcConnections } from '../../src/hmc/ssh-hmc-connections.js';
import { newKey } from '../support/keys.js';
import { startOpenSshServer } from '../support/openssh-server.js';
import type { OpenSshServer } from '../support/openssh-server.js';

let server: OpenSshServer;
const open: SshHmcConnections[] = [];

beforeAll(async () => {
  server = await startOpenSshServer();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connections) => connections.close(0)));
});
afterAll(() => server.stop());

function connections(
  override: Partial<HmcEndpoint> = {},
  limits: Partial<HmcLimits> = {},
  onCommand?: (event: CommandEvent) => void,
): SshHmcConnections {
  const endpoint: HmcEndpoint = {
    id: 'hmc1',
    host: '127.0.0.1',
    port: server.port,
    username: server.username,
    credential: { kind: 'privateKey', privateKey: server.privateKey },
    hostKeys: [server.fingerprint],
    limits,
    ...override,
  };
  const made = new SshHmcConnections([endpoint], onCommand);
  open.push(made);
  return made;
}

const read = { kind: 'read', deadlineMs: 15_000 } as const;
const change = { kind: 'change', deadlineMs: 15_000 } as const;

describe('against a real OpenSSH server', () => {
  it.each([read, change])('tells the exit status and both streams of a $kind', async (options) => {
    const end = await connections().run('hmc1', 'printf out; printf err >&2; exit 7', options);
    expect(end).toEqual({ kind: 'exited', exitStatus: 7, stdout: 'out', stderr: 'err' });
  });

  it('hands the command line over as it is', async () => {
    const end = await connections().run('hmc1', `printf '%s|' 'a "b" $c' "é ' ü"`, read);
    expect(end).toMatchObject({ exitStatus: 0, stdout: `a "b" $c|é ' ü|` });
  });

  it('decodes characters that are split over packets', async () => {
    const end = await connections().run(
      'hmc1',
      String.raw`printf 'wynik\303'; sleep 0.3; printf '\263w \360\237'; sleep 0.3; printf '\222\241'`,
      read,
    );
    expect(end).toMatchObject({ stdout: 'wyników 💡' });
  });

  it('gets all of a long output', async () => {
    const end = await connections().run('hmc1', 'head -c 9000000 /dev/zero | tr "\\0" x; printf tail >&2', read);
    expect(end.kind).toBe('exited');
    if (end.kind !== 'exited') return;
    expect(end.stdout.length).toBe(9_000_000);
    expect(end.stderr).toBe('tail');
  });

  it('gives a command no standard input to wait for', async () => {
    expect(await connections().run('hmc1', 'cat; echo done', read)).toMatchObject({ stdout: 'done\n' });
  });

  it('calls a command that a signal ended unknown', async () => {
    const end = await connections().run('hmc1', 'echo begun; kill -KILL $$', change);
    expect(end).toMatchObject({ kind: 'unknown', reason: 'no-exit-status', stdout: 'begun\n' });
  });

  it('lets more reads pass than sshd takes sessions, on two connections', async () => {
    const before = server.log().length;
    const hmc = connections();
    const ends = await Promise.all(Array.from({ length: 40 }, (_, n) => hmc.run('hmc1', `sleep 0.1; echo ${n}`, read)));
    expect(ends).toEqual(ends.map((_, n) => ({ kind: 'exited', exitStatus: 0, stdout: `${n}\n`, stderr: '' })));
    expect(
      server
        .log()
        .slice(before)
        .match(/Accepted publickey/g),
    ).toHaveLength(2);
  });

  it('finds its way when sshd takes fewer sessions than our own gate', async () => {
    const narrow = await startOpenSshServer({ maxSessions: 3 });
    try {
      const hmc = connections({
        port: narrow.port,
        hostKeys: [narrow.fingerprint],
        credential: { kind: 'privateKey', privateKey: narrow.privateKey },
      });
      const ends = await Promise.all(
        Array.from({ length: 12 }, (_, n) => hmc.run('hmc1', `sleep 0.05; echo ${n}`, read)),
      );
      expect(ends.map((end) => (end.kind === 'exited' ? end.stdout.trim() : end))).toEqual(ends.map((_, n) => `${n}`));
    } finally {
      await narrow.stop();
    }
  });

  it('never runs a change on a connection of a read, and keeps that of an ended change', async () => {
    const hmc = connections();
    const pid = async (options: typeof read | typeof change): Promise<string> => {
      // The parent of the forced command is the sshd process of this connection.
      const end = await hmc.run('hmc1', 'ps -o ppid= -p $$; sleep 0.3', options);
      if (end.kind !== 'exited') throw new Error(JSON.stringify(end));
      return end.stdout.trim();
    };
    const [readPid, firstChange, secondChange] = await Promise.all([pid(read), pid(change), pid(change)]);
    expect(new Set([readPid, firstChange, secondChange]).size).toBe(3);
    expect([firstChange, secondChange]).toContain(await pid(change));
    expect(await pid(read)).toBe(readPid);
  });

  it('asks before it sends, and sends nothing on a no', async () => {
    const hmc = connections();
    const asked: string[] = [];
    const end = await hmc.run('hmc1', 'echo ran', {
      ...change,
      beforeExec: () => {
        asked.push('asked');
        return Promise.resolve(false);
      },
    });
    expect(end).toMatchObject({ kind: 'never-started', reason: 'refused-by-caller' });
    expect(asked).toEqual(['asked']);
    const failed = await hmc.run('hmc1', 'echo ran', {
      ...change,
      beforeExec: () => Promise.reject(new Error('no Redis')),
    });
    expect(failed).toMatchObject({ kind: 'never-started', reason: 'refused-by-caller' });
    expect(await hmc.run('hmc1', 'echo ran', { ...change, beforeExec: () => Promise.resolve(true) })).toMatchObject({
      stdout: 'ran\n',
    });
  });

  it('gives up a command at its deadline and says that it may still run', async () => {
    const hmc = connections();
    const end = await hmc.run('hmc1', 'echo begun; sleep 30', { kind: 'change', deadlineMs: 1_000 });
    expect(end).toMatchObject({ kind: 'unknown', reason: 'timed-out', stdout: 'begun\n' });
    expect(await hmc.run('hmc1', 'echo next', change)).toMatchObject({ stdout: 'next\n' });
  });

  it('stops at the output cap', async () => {
    const hmc = connections({}, { maxOutputBytes: 100_000 });
    const end = await hmc.run('hmc1', 'yes', read);
    expect(end).toMatchObject({ kind: 'unknown', reason: 'output-too-large' });
    expect(await hmc.run('hmc1', 'echo next', read)).toMatchObject({ stdout: 'next\n' });
  });

  it('refuses a host key that is not pinned, shows it, and does not log in', async () => {
    const before = server.log().length;
    const hmc = connections({ hostKeys: [`SHA256:${'A'.repeat(43)}`] });
    const end = await hmc.run('hmc1', 'echo ran', change);
    expect(end).toMatchObject({ kind: 'never-started', reason: 'host-key-refused' });
    expect(end.kind === 'never-started' && end.message).toContain(`ssh-ed25519 ${server.fingerprint}`);
    expect(await connections({ hostKeys: [] }).run('hmc1', 'echo ran', read)).toMatchObject({
      reason: 'host-key-refused',
    });
    expect(server.log().slice(before)).not.toMatch(/Accepted|Failed/);
    expect(hmc.reachability('hmc1')).toMatchObject({ reachable: false, lastError: { reason: 'host-key-refused' } });
  });

  it('offers a wrong key exactly once, however many ask', async () => {
    const before = server.log().length;
    const hmc = connections({ credential: { kind: 'privateKey', privateKey: newKey() } });
    const ends = await Promise.all(
      Array.from({ length: 12 }, (_, n) => hmc.run('hmc1', 'echo ran', n % 2 ? read : change)),
    );
    expect(ends.every((end) => end.kind === 'never-started')).toBe(true);
    expect(ends).toContainEqual(expect.objectContaining({ reason: 'authentication-failed' }));
    expect(await hmc.run('hmc1', 'echo ran', read)).toMatchObject({ kind: 'never-started', reason: 'locked-out' });
    await sleep(300);
    expect(
      server
        .log()
        .slice(before)
        .match(/Failed publickey/g),
    ).toHaveLength(1);
    const { circuit, circuitOpenUntil, reachable } = hmc.reachability('hmc1');
    expect({ circuit, reachable }).toEqual({ circuit: 'locked-out', reachable: false });
    expect(Date.parse(circuitOpenUntil ?? '') - Date.now()).toBeGreaterThan(5 * 60_000);
  });

  it('takes Nagle off every connection', async () => {
    const setNoDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
    try {
      const hmc = connections();
      await Promise.all([hmc.run('hmc1', 'true', read), hmc.run('hmc1', 'true', change)]);
      expect(setNoDelay.mock.calls.filter(([on]) => on === true || on === undefined).length).toBe(2);
    } finally {
      setNoDelay.mockRestore();
    }
  });

  it('tells each command and how it ended', async () => {
    const events: CommandEvent[] = [];
    const hmc = connections({}, {}, (event) => events.push(event));
    await hmc.run('hmc1', 'exit 3', read);
    await hmc.run('hmc1', 'sleep 30', { kind: 'change', deadlineMs: 500 });
    expect(events).toMatchObject([
      { hmcId: 'hmc1', kind: 'read', commandLine: 'exit 3', end: 'exited', exitStatus: 3, reason: null },
      { hmcId: 'hmc1', kind: 'change', end: 'unknown', reason: 'timed-out', exitStatus: null },
    ]);
    expect(events[1]?.durationMs).toBeGreaterThan(400);
  });

  it('closes with a grace for what runs, and starts nothing more', async () => {
    const before = server.log().length;
    const hmc = connections();
    const short = hmc.run('hmc1', 'sleep 0.5; echo short', change);
    const long = hmc.run('hmc1', 'echo begun; sleep 30', change);
    await vi.waitFor(
      () =>
        expect(
          server
            .log()
            .slice(before)
            .match(/Starting session/g),
        ).toHaveLength(2),
      10_000,
    );
    const closed = hmc.close(3_000);
    expect(await hmc.run('hmc1', 'echo ran', read)).toMatchObject({ kind: 'never-started', reason: 'closing' });
    expect(await short).toMatchObject({ kind: 'exited', stdout: 'short\n' });
    expect(await long).toMatchObject({ kind: 'unknown', reason: 'lost', stdout: 'begun\n' });
    await closed;
  });

  it('keeps secrets out of what it prints of itself', async () => {
    const hmc = connections();
    await hmc.run('hmc1', 'true', read);
    const shown = inspect(hmc, { depth: 20, showHidden: true }) + JSON.stringify(hmc);
    const secret = server.privateKey.split('\n')[2] ?? 'no second line';
    expect(shown).not.toContain(secret);
  });
});
