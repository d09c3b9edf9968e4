import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/config/configuration-error.js';
import { isLoopback, loadConfiguration } from '../../src/config/load-configuration.js';
import { SETTINGS, settingsTable } from '../../src/config/settings.js';

const FINGERPRINT = 'SHA256:uNiVztksCsDhcc0u9e8BrrJjBFmzz5DuGbXcVZzxDVI';
const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

describe('loadConfiguration', () => {
  let dir: string;
  const file = (name: string, text: string, mode = 0o600): string => {
    const path = join(dir, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const faultsOf = (env: Record<string, string>): readonly string[] => {
    try {
      loadConfiguration(env);
    } catch (error) {
      if (error instanceof ConfigurationError) return error.faults;
      throw error;
    }
    return [];
  };
  const goodHmcs = (): string => {
    file('password', 'abc123\n');
    return file(
      'hmcs.yaml',
      `hmcs:\n  - { id: hmc1, host: hmc1.example, username: hscroot, passwordFile: password, hostKeys: ['${FINGERPRINT}'] }\n`,
    );
  };
  const goodKeys = (): string => file('keys.yaml', `keys:\n  - { name: ops, role: operator, sha256: '${HASH}' }\n`);
  const good = (): Record<string, string> => ({ HMC_CONFIG: goodHmcs(), API_KEYS_FILE: goodKeys() });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'test-config-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('fills in the defaults of the table', () => {
    const config = loadConfiguration(good());
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      role: 'all',
      auth: 'keys',
      apiKeys: [{ name: 'ops', role: 'operator', sha256: HASH }],
      logLevel: 'info',
      redisUrl: null,
      redisPrefix: 'hmc-vnic-gateway',
      hmcReadTimeoutSeconds: 60,
      hmcChangeTimeoutSeconds: 600,
      migrationTimeoutSeconds: 3600,
      settleSeconds: 60,
      failoverPacingSeconds: 60,
      leaseSeconds: 30,
      laneConcurrency: 128,
      jobRetentionDays: 30,
      shutdownGraceSeconds: 120,
      warnings: [],
    });
    expect(config.hmcs).toEqual([
      {
        id: 'hmc1',
        host: 'hmc1.example',
        port: 22,
        username: 'hscroot',
        credential: { kind: 'password', password: 'abc123' },
        hostKeys: [FINGERPRINT],
      },
    ]);
  });

  it('reads every setting from its variable; an empty one is unset', () => {
    const config = loadConfiguration({
      ...good(),
      HOST: '0.0.0.0',
      PORT: '0',
      ROLE: 'worker',
      REDIS_URL: 'rediss://:pw@redis:6380/2',
      REDIS_PREFIX: 'east',
      LOG_LEVEL: 'debug',
      LEASE_SECONDS: '10',
      SETTLE_SECONDS: '0',
      JOB_RETENTION_DAYS: '',
    });
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 0,
      role: 'worker',
      redisUrl: 'rediss://:pw@redis:6380/2',
      redisPrefix: 'east',
      logLevel: 'debug',
      leaseSeconds: 10,
      settleSeconds: 0,
      jobRetentionDays: 30,
    });
  });

  it('names every fault at once, and not only the first', () => {
    const faults = faultsOf({
      PORT: '70000',
      ROLE: 'both',
      AUTH: 'maybe',
      LOG_LEVEL: 'loud',
      LEASE_SECONDS: '1.5',
      REDIS_URL: 'http://secret@x',
      REDIS_PREFIX: 'a b',
      HMC_CONFIG: join(dir, 'none.yaml'),
    });
    for (const name of [
      'PORT',
      'ROLE',
      'AUTH',
      'LOG_LEVEL',
      'LEASE_SECONDS',
      'REDIS_URL',
      'REDIS_PREFIX',
      'HMC_CONFIG',
    ]) {
      expect(
        faults.filter((fault) => fault.startsWith(name)),
        name,
      ).toHaveLength(1);
    }
    expect(faults.join()).not.toContain('secret');
    expect(faults.join()).toContain('does not exist');
  });

  it('names the files that are missing altogether', () => {
    expect(faultsOf({})).toEqual([expect.stringContaining('HMC_CONFIG'), expect.stringContaining('API_KEYS_FILE')]);
  });

  it('asks a worker for no API keys: it answers no call that needs one', () => {
    const env = { HMC_CONFIG: goodHmcs(), REDIS_URL: 'redis://127.0.0.1:6379' };
    expect(loadConfiguration({ ...env, ROLE: 'worker' })).toMatchObject({ role: 'worker', apiKeys: [] });
    expect(faultsOf({ ...env, ROLE: 'api' })).toEqual([expect.stringContaining('API_KEYS_FILE')]);
  });

  it('refuses AUTH=none unless the address is a loopback one', () => {
    const env = { HMC_CONFIG: goodHmcs(), AUTH: 'none' };
    expect(loadConfiguration({ ...env, HOST: '127.0.0.2' })).toMatchObject({ auth: 'none', apiKeys: [] });
    expect(faultsOf({ ...env, HOST: '0.0.0.0' })).toEqual([expect.stringContaining('AUTH=none')]);
    expect(faultsOf({ ...env, HOST: '::' })).toHaveLength(1);
    expect(isLoopback('127.0.0.1.example.org')).toBe(false);
  });

  it('refuses a role of its own without a Redis to share', () => {
    expect(faultsOf({ ...good(), ROLE: 'api' })).toEqual([expect.stringContaining('REDIS_URL')]);
  });

  it('lists every fault of the HMC file with its place', () => {
    file('empty', '\n');
    file('notakey', 'hello');
    const path = file(
      'hmcs.yaml',
      `
hmcs:
  - { id: 'a b', host: 'h:1 2', username: 5, port: 99999, passwordFile: missing, hostKeys: [MD5:aa], colour: red }
  - { id: two, host: h2, username: u, passwordFile: empty, privateKeyFile: notakey, hostKeys: ['${FINGERPRINT}'] }
  - { id: two, host: h3, username: u, hostKeys: ['${FINGERPRINT}'] }
  - just a text
  - { id: five, host: h2, username: u, privateKeyFile: notakey, hostKeys: '${FINGERPRINT}', algorithms: { kex: [new], foo: [] } }
further: 1
`,
    );
    const faults = faultsOf({ HMC_CONFIG: path, API_KEYS_FILE: goodKeys() });
    const has = (...parts: string[]): void =>
      expect(
        faults.some((fault) => parts.every((part) => fault.includes(part))),
        parts.join(' + '),
      ).toBe(true);
    has('unknown key "further"');
    has('hmcs[0].id');
    has('hmcs[0].host');
    has('hmcs[0].username');
    has('hmcs[0].port');
    has('hmcs[0].passwordFile', 'does not exist');
    has('hmcs[0]', 'unknown key "colour"');
    has('hmcs[0]', 'MD5:aa');
    has('hmcs[1].privateKeyFile', 'not both');
    has('hmcs[2].id', 'used twice');
    has('hmcs[2].privateKeyFile', 'must be given');
    has('hmcs[3]', 'mapping');
    has('hmcs[4].host', 'two');
    has('hmcs[4]', 'private key cannot be used');
    has('hmcs[4].hostKeys', 'list');
    has('hmcs[4].algorithms', 'unknown key "foo"');
    has('hmcs[4]', 'algorithm "new"');
  });

  it('reads a private key, also one with a passphrase, and files next to the YAML', () => {
    mkdirSync(join(dir, 'ssh'));
    const generate = (name: string, passphrase: string): void =>
      void execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', join(dir, 'ssh', name)]);
    generate('plain', '');
    generate('locked', 'open sesame');
    file('phrase', 'open sesame\n');
    const hmc = (id: string, rest: string): string =>
      `  - { id: ${id}, host: ${id}, username: u, hostKeys: ['${FINGERPRINT}='], ${rest} }\n`;
    const path = file(
      'hmcs.yaml',
      `hmcs:\n${hmc('plain', 'privateKeyFile: ssh/plain, readConnections: 3, maxOutputMegabytes: 2')}` +
        hmc(
          'locked',
          'privateKeyFile: ssh/locked, passphraseFile: phrase, algorithms: { kex: [diffie-hellman-group14-sha1] }',
        ),
    );
    const config = loadConfiguration({ HMC_CONFIG: path, API_KEYS_FILE: goodKeys() });
    expect(config.hmcs).toMatchObject([
      {
        credential: { kind: 'privateKey', privateKey: expect.stringContaining('OPENSSH PRIVATE KEY') },
        hostKeys: [FINGERPRINT],
        limits: { readConnections: 3, maxOutputBytes: 2 * 1024 * 1024 },
      },
      {
        credential: { kind: 'privateKey', passphrase: 'open sesame' },
        algorithms: { kex: ['diffie-hellman-group14-sha1'] },
      },
    ]);
    const without = file('without.yaml', `hmcs:\n${hmc('locked', 'privateKeyFile: ssh/locked')}`);
    expect(faultsOf({ HMC_CONFIG: without, API_KEYS_FILE: goodKeys() })).toEqual([
      expect.stringContaining('passphrase'),
    ]);
    const asPublic = file('public.yaml', `hmcs:\n${hmc('public', 'privateKeyFile: ssh/plain.pub')}`);
    expect(faultsOf({ HMC_CONFIG: asPublic, API_KEYS_FILE: goodKeys() })).toHaveLength(1);
  });

  it('warns of secrets that others may read, and of an HMC without a pinned key', () => {
    file('password', 'abc123', 0o644);
    const path = file('hmcs.yaml', 'hmcs:\n  - { id: h, host: h, username: u, passwordFile: password }\n');
    const { warnings, hmcs } = loadConfiguration({ HMC_CONFIG: path, API_KEYS_FILE: goodKeys() });
    expect(warnings).toEqual([expect.stringContaining('hostKeys'), expect.stringContaining('chmod 600')]);
    expect(hmcs[0]?.hostKeys).toEqual([]);
  });

  it('lists every fault of the keys file, and never shows what stands for the hash', () => {
    const path = file(
      'keys.yaml',
      `
keys:
  - { name: ops, role: operator, sha256: '${HASH.toUpperCase()}' }
  - { name: ops, role: viewer, sha256: '${HASH.replace('9', '8')}' }
  - { name: other, role: root, sha256: '${HASH}' }
  - { name: third, role: viewer, sha256: my-plain-key }
  - { name: fourth, role: viewer, sha256: '${HASH}', extra: 1 }
  - { role: viewer, sha256: '${HASH}' }
  - 7
  - { name: '', role: root, sha256: my-plain-key }
  - { name: other, role: viewer, sha256: '${HASH.replace('9', '8')}' }
`,
    );
    const faults = faultsOf({ HMC_CONFIG: goodHmcs(), API_KEYS_FILE: path });
    expect(faults.map((fault) => /keys\[(\d.*?) /.exec(fault)?.[1])).toEqual([
      '1].name',
      '2].role',
      '2].sha256',
      '3].sha256',
      expect.stringContaining('4]'),
      '4].sha256',
      '5].name',
      '5].sha256',
      '6]',
      '7].name',
      '7].role',
      '7].sha256',
      // The entries before it are wrong themselves, and have its name and its key nevertheless.
      '8].name',
      '8].sha256',
    ]);
    expect(faults.join()).toContain('viewer, operator, admin');
    expect(faults.join()).not.toContain('my-plain-key');
  });

  it('says that a file is not YAML or holds no list', () => {
    const env = good();
    const broken = { ...env, HMC_CONFIG: file('a.yaml', 'hmcs: [') };
    expect(faultsOf(broken)).toEqual([expect.stringContaining('not valid YAML')]);
    for (const text of ['', '7', '- a', 'hmcs: []', 'hmcs: 7']) {
      expect(faultsOf({ ...env, HMC_CONFIG: file('a.yaml', text) })).toHaveLength(1);
      expect(faultsOf({ ...env, API_KEYS_FILE: file('b.yaml', text.replace('hmcs', 'keys')) })).toHaveLength(1);
    }
  });
});

describe('settingsTable', () => {
  it('has a row for each setting, with its default and unit', () => {
    const rows = settingsTable().split('\n');
    expect(rows).toHaveLength(2 + Object.keys(SETTINGS).length);
    expect(rows.some((row) => row.startsWith('| `LEASE_SECONDS` | `30` | 5 to 600 seconds | '))).toBe(true);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(6);
  });
});
