import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { advice, findProgram, missing, NEEDS } from '../../scripts/ensure-packages.mjs';

const SCRIPT = fileURLToPath(new URL('../../scripts/ensure-packages.mjs', import.meta.url));

describe('what the operating system must bring', () => {
  it('is here, because these tests run', () => {
    expect(missing(['redis', 'sshd', 'ssh-keygen'])).toEqual([]);
    expect(findProgram('sshd')).toMatch(/\/sshd$/);
    expect(findProgram('no-such-program')).toBeNull();
  });

  it('is missing where no folder of PATH has it', () => {
    expect(missing(['redis', 'ssh-keygen'], '/nowhere')).toEqual(['redis', 'ssh-keygen']);
  });

  it('is there where a variable names it', () => {
    vi.stubEnv('CHROMIUM_PATH', '/opt/chromium');
    expect(missing(['chromium'], '/nowhere')).toEqual([]);
    vi.stubEnv('CHROMIUM_PATH', '');
    // Only the folders of daemons are left to look at.
    expect(missing(['chromium'], '/nowhere')).toEqual(['chromium']);
    vi.unstubAllEnvs();
  });

  it('is told in the words of the package manager', () => {
    expect(advice(['redis', 'chromium'], 'apt-get')).toBe(
      [
        'Missing on this machine: redis-server or valkey-server; chromium or chromium-browser. Type:',
        '',
        '  sudo apt-get update',
        '  sudo apt-get install -y --no-install-recommends redis-server chromium',
        '',
        'and run the same command again.',
        '',
      ].join('\n'),
    );
    expect(advice(['redis'], 'brew')).toContain('  brew install redis\n');
    expect(advice(['chromium'], 'brew')).toContain('install chromium, for which brew has no package');
    expect(advice(['redis', 'sshd'], null)).toContain('apt-get install redis-server openssh-server');
  });

  it('has a Debian package for each', () => {
    for (const need of Object.values(NEEDS)) expect(need.packages['apt-get']).not.toEqual([]);
  });
});

/** A machine whose package manager is a script that writes down how it was called and brings the program. */
describe('npm run demo on a machine without Redis', () => {
  let bin: string;
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'bare-machine-'));
    symlinkSync(process.execPath, join(bin, 'node'));
    for (const tool of ['sh', 'cat', 'chmod']) {
      symlinkSync(execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(bin, tool));
    }
  });
  afterEach(() => rmSync(bin, { recursive: true, force: true }));

  function script(name: string, text: string): void {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }

  async function ensure(name: string): Promise<{ status: number; stdout: string; stderr: string }> {
    try {
      const { stdout, stderr } = await promisify(execFile)(join(bin, 'node'), [SCRIPT, name], { env: { PATH: bin } });
      return { status: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { status: code, stdout, stderr };
    }
  }

  // The daemons' folders are looked at besides PATH; on Debian Redis and ssh-keygen are in none of them.
  it.runIf(process.getuid?.() === 0)('installs it, as root, after fetching the lists', async () => {
    script(
      'apt-get',
      `echo "$DEBIAN_FRONTEND $*" >> ${bin}/calls
       if [ "$1" = install ]; then echo '#!/bin/sh' > ${bin}/redis-server; chmod 755 ${bin}/redis-server; fi`,
    );
    const { status, stdout, stderr } = await ensure('redis');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('+ apt-get install -y --no-install-recommends redis-server');
    expect(execFileSync('cat', [join(bin, 'calls')], { encoding: 'utf8' })).toBe(
      'noninteractive update\nnoninteractive install -y --no-install-recommends redis-server\n',
    );
  });

  it.runIf(process.getuid?.() === 0)('tries the next package where the first one is unknown', async () => {
    script(
      'dnf',
      `[ "$3" = redis ] || exit 1
       echo '#!/bin/sh' > ${bin}/redis-server; chmod 755 ${bin}/redis-server`,
    );
    expect((await ensure('redis')).status).toBe(0);
  });

  it('says what to type where the package manager cannot bring it', async () => {
    script('apt-get', 'exit 100');
    const { status, stderr } = await ensure('redis');
    expect(status).toBe(1);
    expect(stderr).toContain('sudo apt-get install -y --no-install-recommends redis-server');
  });

  it('says what to type where there is no package manager', async () => {
    const { status, stderr } = await ensure('redis');
    expect(status).toBe(1);
    expect(stderr).toContain('Missing on this machine: redis-server or valkey-server.');
  });

  it('does nothing where it is there', async () => {
    script('valkey-server', '');
    mkdirSync(join(bin, 'unused'));
    expect(await ensure('redis')).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
