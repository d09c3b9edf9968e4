import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh private key in OpenSSH's format, as `ssh-keygen` writes it; ed25519 unless another type is asked for. */
export function newKey(options: { type?: 'ed25519' | 'rsa'; passphrase?: string } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'key-'));
  try {
    const path = join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', options.type ?? 'ed25519', '-N', options.passphrase ?? '', '-f', path]);
    return readFileSync(path, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
