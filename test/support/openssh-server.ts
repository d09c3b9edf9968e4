import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';

export interface OpenSshServer {
  readonly port: number;
  readonly username: string;
  /** The key that may log in. */
  readonly privateKey: string;
  /** The host key as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
  /** What sshd has logged so far (LogLevel VERBOSE). */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Debian's own sshd on a free loopback port, with a configuration, host key and user key of its own. Each command is
 * run by a forced command: a plain bash without start-up files. Needs the package openssh-server.
 */
export async function startOpenSshServer(options: { maxSessions?: number } = {}): Promise<OpenSshServer> {
  const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/sbin/sshd'].find((path) => existsSync(path));
  if (sshd === undefined) {
    throw new Error('These tests need the OpenSSH server: apt-get install openssh-server (looked for /usr/sbin/sshd)');
  }
  const folder = mkdtempSync(join(tmpdir(), 'openssh-server-'));
  const { uid, username } = userInfo();
  if (uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const hostKey = join(folder, 'host_key');
  const userKey = join(folder, 'user_key');
  for (const path of [hostKey, userKey]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  const forced = join(folder, 'forced.sh');
  writeFileSync(forced, '#!/bin/bash\nexec /bin/bash --norc --noprofile -c "$SSH_ORIGINAL_COMMAND"\n', { mode: 0o755 });

  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const config = join(folder, `sshd_config_${attempt}`);
    writeFileSync(
      config,
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${hostKey}`,
        `AuthorizedKeysFile ${userKey}.pub`,
        `PidFile ${join(folder, 'pid')}`,
        `ForceCommand ${forced}`,
        // A bash that sshd starts reads the user's ~/.bashrc, which may be slow and print; not at this depth.
        'SetEnv SHLVL=1',
        `MaxSessions ${options.maxSessions ?? 10}`,
        'LogLevel VERBOSE',
        'StrictModes no',
        'UsePAM no',
        'UseDNS no',
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'PermitRootLogin prohibit-password',
        '',
      ].join('\n'),
    );
    let log = '';
    const child = spawn(sshd, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    if (await listens(port, () => child.exitCode !== null)) {
      return {
        port,
        username,
        privateKey: readFileSync(userKey, 'utf8'),
        fingerprint: execFileSync('ssh-keygen', ['-lf', `${hostKey}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? '',
        log: () => log,
        stop: async () => {
          child.kill('SIGTERM');
          await exited;
          rmSync(folder, { recursive: true, force: true });
        },
      };
    }
    child.kill('SIGKILL');
    await exited;
    if (attempt === 3) throw new Error(`sshd did not start:\n${log}`);
  }
}

async function listens(port: number, gaveUp: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < 10_000 && !gaveUp(); waited += 50) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return true;
    await sleep(50);
  }
  return false;
}
