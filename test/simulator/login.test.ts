import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import { type SimulatedHmc, type Simulator, startSimulator } from '../../simulator/simulator.js';
import { fingerprintOf, generateKeyPair, publicKeyOf } from '../../simulator/ssh/keys.js';
import { LoginGuard } from '../../simulator/ssh/login-guard.js';
import { login } from './ssh-client.js';

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

async function start(settings: Parameters<typeof startSimulator>[0] = {}): Promise<SimulatedHmc> {
  simulator = await startSimulator(settings);
  const [hmc] = simulator.hmcs;
  if (!hmc) throw new Error('an HMC expected');
  return hmc;
}

const strangerKey = (): string => generateKeyPair().privateKey;
const REFUSED = /All configured authentication methods failed/;

describe('logging in', () => {
  it('takes the key or the password, for the administrator and the viewer', async () => {
    const hmc = await start();
    for (const options of [{}, { password: hmc.password }, { username: hmc.viewer.username }]) {
      const session = await login(hmc, options);
      expect(await session.run('lshmc -V')).toMatchObject({ exitStatus: 0 });
      session.end();
    }
  });

  it('takes a password typed at a prompt', async () => {
    const hmc = await start();
    const client = new ssh2.Client();
    const ready = new Promise<void>((resolve, reject) => {
      client.on('ready', resolve).on('error', reject);
      client.on('keyboard-interactive', (_name, _instructions, _language, _prompts, finish) => finish([hmc.password]));
    });
    client.connect({ host: hmc.host, port: hmc.port, username: hmc.username, tryKeyboard: true });
    await ready;
    client.end();
  });

  it('shows the host key whose fingerprint it told', async () => {
    const hmc = await start();
    const shown = await new Promise<string>((resolve, reject) => {
      const client = new ssh2.Client();
      client.on('error', reject);
      client.connect({
        host: hmc.host,
        port: hmc.port,
        username: hmc.username,
        privateKey: hmc.privateKey,
        hostVerifier: (key: Buffer) => {
          resolve(fingerprintOf(`ssh-ed25519 ${key.toString('base64')}`));
          return false;
        },
      });
      client.on('close', () => client.destroy());
    }).catch((error: unknown) => String(error));
    expect(shown).toBe(hmc.hostKeyFingerprint);
  });

  it('keeps a host key and a user key that are given', async () => {
    const [hostKey, userKey] = [generateKeyPair(), generateKeyPair()];
    const hmc = await start({ userKey: userKey.privateKey, hmcs: [{ id: 'one', hostKey: hostKey.privateKey }] });
    expect(hmc).toMatchObject({ id: 'one', privateKey: userKey.privateKey });
    expect(hmc.hostKeyFingerprint).toBe(fingerprintOf(hostKey.publicKey));
    expect(publicKeyOf(hostKey.privateKey)).toBe(hostKey.publicKey);
    (await login(hmc)).end();
  });

  it('locks the account after three failed logins, also for the right key', async () => {
    const hmc = await start({ hmcs: [{ id: 'hmc1', lockMs: 2500 }] });
    for (const options of [{ privateKey: strangerKey() }, { password: 'wrong' }]) {
      await expect(login(hmc, options)).rejects.toThrow(REFUSED);
    }
    expect(simulator?.control.account('hmc1', 'hscroot')).toEqual({ minutesLocked: 0, failedLogins: 2 });
    await expect(login(hmc, { privateKey: strangerKey() })).rejects.toThrow(REFUSED);
    expect(simulator?.control.account('hmc1', 'hscroot').minutesLocked).toBe(1);
    await expect(login(hmc)).rejects.toThrow(REFUSED);
    // Another account is not locked, and a time later neither is this one.
    (await login(hmc, { username: hmc.viewer.username })).end();
    await sleep(2600);
    (await login(hmc)).end();
  });

  it('tells a locked account why, where the method can carry words', async () => {
    const hmc = await start();
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(login(hmc, { password: 'wrong' })).rejects.toThrow(REFUSED);
    }
    const options = [
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'PreferredAuthentications=keyboard-interactive',
    ];
    const words = await new Promise<string>((resolve) => {
      const flags = ['-F', '/dev/null', '-p', String(hmc.port), ...options.flatMap((each) => ['-o', each])];
      const client = spawn('ssh', [...flags, `${hmc.username}@${hmc.host}`, 'date'], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      client.stderr.on('data', (data: Buffer) => (said += data.toString().replaceAll('\r', '')));
      client.on('close', () => resolve(said));
    });
    expect(words).toContain('The account is locked due to 3 failed logins.\n(5 minutes left to unlock)\n');
    simulator?.control.unlockAccounts();
    (await login(hmc)).end();
  });

  it('counts every key that one OpenSSH client offers', async () => {
    const hmc = await start();
    const folder = mkdtempSync(join(tmpdir(), 'too-many-keys-'));
    try {
      const keys = [0, 1, 2].map((number) => {
        const file = join(folder, `key${number}`);
        writeFileSync(file, strangerKey(), { mode: 0o600 });
        return file;
      });
      const options = [
        'StrictHostKeyChecking=no',
        'UserKnownHostsFile=/dev/null',
        'IdentitiesOnly=yes',
        'BatchMode=yes',
      ];
      const status = await new Promise<number | null>((resolve) => {
        const words = [...keys.flatMap((key) => ['-i', key]), ...options.flatMap((each) => ['-o', each])];
        spawn('ssh', ['-F', '/dev/null', '-p', String(hmc.port), ...words, `${hmc.username}@${hmc.host}`, 'date'], {
          stdio: 'ignore',
        }).on('close', resolve);
      });
      expect(status).toBe(255);
      expect(simulator?.control.account('hmc1', 'hscroot').minutesLocked).toBe(5);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('refuses a right login on demand, and counts it', async () => {
    const hmc = await start();
    simulator?.control.addFault({ type: 'refuse-login', hmcId: 'hmc1' });
    await expect(login(hmc)).rejects.toThrow(REFUSED);
    expect(simulator?.control.account('hmc1', 'hscroot').failedLogins).toBe(1);
    (await login(hmc)).end();
    expect(simulator?.control.account('hmc1', 'hscroot').failedLogins).toBe(0);
  });

  it('closes even while somebody is connected who never says a word', async () => {
    const hmc = await start();
    const socket = connect(hmc.port, hmc.host);
    await new Promise((resolve) => socket.on('connect', resolve));
    const gone = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined).resume();
    await simulator?.close();
    await gone;
  });
});

describe('LoginGuard', () => {
  it('begins to count anew after a good login', () => {
    const guard = new LoginGuard();
    for (const good of [false, false, true, false, false]) {
      if (good) guard.succeeded('a');
      else guard.failed('a');
    }
    expect(guard.minutesLocked('a')).toBe(0);
    guard.failed('a');
    expect(guard.minutesLocked('a')).toBe(5);
    expect(guard.minutesLocked('b')).toBe(0);
  });
});
