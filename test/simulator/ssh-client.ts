import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { SimulatedHmc } from '../../simulator/simulator.js';

export interface Answer {
  /** null = the channel closed without one. */
  readonly exitStatus: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A logged-in connection to a simulated HMC, by ssh2. */
export interface Session {
  run(line: string): Promise<Answer>;
  end(): void;
}

export interface LoginOptions {
  readonly username?: string;
  readonly password?: string;
  readonly privateKey?: string;
}

/** Logs in with the administrator's key unless told otherwise. Rejects where the login is refused. */
export function login(hmc: SimulatedHmc, options: LoginOptions = {}): Promise<Session> {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.on('error', reject);
    client.on('ready', () => {
      client.setNoDelay(true);
      resolve({ run: (line) => exec(client, line), end: () => client.end() });
    });
    client.connect({
      host: hmc.host,
      port: hmc.port,
      username: options.username ?? hmc.username,
      ...(options.password === undefined
        ? { privateKey: options.privateKey ?? hmc.privateKey }
        : { password: options.password }),
    });
  });
}

function exec(client: ssh2.Client, line: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    client.exec(line, (error, channel) => {
      if (error) return reject(error);
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      let exitStatus: number | null = null;
      channel.on('data', (data: Buffer) => stdout.push(data));
      channel.stderr.on('data', (data: Buffer) => stderr.push(data));
      channel.on('exit', (code: number | null) => (exitStatus = code));
      channel.on('close', () =>
        resolve({
          exitStatus,
          stdout: Buffer.concat(stdout).toString('utf8'),
          stderr: Buffer.concat(stderr).toString('utf8'),
        }),
      );
    });
  });
}

/** One command by Debian's own OpenSSH client, as a person types it. */
export function openSsh(hmc: SimulatedHmc, line: string): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'openssh-client-'));
  const key = join(folder, 'key');
  writeFileSync(key, hmc.privateKey, { mode: 0o600 });
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes', 'LogLevel=ERROR'];
  const words = ['-F', '/dev/null', '-i', key, '-p', String(hmc.port), ...options.flatMap((each) => ['-o', each])];
  return new Promise((resolve) => {
    execFile('ssh', [...words, `${hmc.username}@${hmc.host}`, line], (error, stdout, stderr) => {
      rmSync(folder, { recursive: true, force: true });
      resolve({ exitStatus: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** Values of a listing in the default format, of the one row that is expected. */
export function valueIn(line: string, attribute: string): string {
  const match = new RegExp(`(?:^|,)(?:"${attribute}=([^"]*)"|${attribute}=([^,\n]*))`).exec(line);
  if (!match) throw new Error(`no ${attribute} in ${line}`);
  return match[1] ?? match[2] ?? '';
}
