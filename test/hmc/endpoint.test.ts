import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { endpointFaults, OLD_ALGORITHMS } from '../../src/hmc/endpoint-faults.js';
import type { HmcEndpoint } from '../../src/hmc/hmc-endpoint.js';
import { fingerprintOf, hostKeyType, isPinned } from '../../src/hmc/host-key.js';
import { SshHmcConnections } from '../../src/hmc/ssh-hmc-connections.js';
import { newKey } from '../support/keys.js';

const PINNED = `SHA256:${'a'.repeat(43)}`;
function endpoint(override: Partial<HmcEndpoint> = {}): HmcEndpoint {
  return {
    id: 'hmc1',
    host: 'hmc1.example',
    port: 22,
    username: 'hscroot',
    credential: { kind: 'password', password: 'abc123' },
    hostKeys: [PINNED],
    ...override,
  };
}

describe('host keys', () => {
  it.each(['ed25519', 'rsa'] as const)('have the fingerprint that ssh-keygen prints (%s)', (type) => {
    const folder = mkdtempSync(join(tmpdir(), 'fingerprint-'));
    try {
      const key = newKey({ type });
      writeFileSync(join(folder, 'key'), key, { mode: 0o600 });
      const parsed = ssh2.utils.parseKey(key);
      if (parsed instanceof Error) throw parsed;
      const listed = execFileSync('ssh-keygen', ['-lf', join(folder, 'key')], { encoding: 'utf8' });
      expect(fingerprintOf(parsed.getPublicSSH())).toBe(listed.split(' ')[1]);
      expect(hostKeyType(parsed.getPublicSSH())).toBe(`ssh-${type}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('are compared exactly, but for padding and space around', () => {
    expect(isPinned(PINNED, [])).toBe(false);
    expect(isPinned(PINNED, [`SHA256:${'b'.repeat(43)}`, ` ${PINNED}=\n`])).toBe(true);
    expect(isPinned(PINNED, [PINNED.toUpperCase(), PINNED.slice(0, -1), `${PINNED}a`])).toBe(false);
  });

  it('have no type when they are too short to have one', () => {
    expect(hostKeyType(Buffer.from([0, 0]))).toBe('unknown');
    expect(hostKeyType(Buffer.from([255, 255, 255, 255, 1]))).toBe('unknown');
  });
});

describe('faults of an endpoint', () => {
  it('are none for a good one, with every old algorithm that can be added', () => {
    expect(endpointFaults(endpoint())).toEqual([]);
    expect(endpointFaults(endpoint({ hostKeys: [], algorithms: OLD_ALGORITHMS }))).toEqual([]);
    const encrypted = newKey({ passphrase: 'correct horse' });
    expect(
      endpointFaults(
        endpoint({ credential: { kind: 'privateKey', privateKey: encrypted, passphrase: 'correct horse' } }),
      ),
    ).toEqual([]);
  });

  it('are all named at once, without a secret, and stop the start', () => {
    const bad = endpoint({
      credential: {
        kind: 'privateKey',
        privateKey: newKey({ passphrase: 'correct horse' }),
        passphrase: 'wrong secret',
      },
      hostKeys: ['MD5:00:11', PINNED],
      algorithms: { kex: ['rot13'], cipher: ['aes128-cbc', 'none'] },
    });
    const faults = endpointFaults(bad);
    expect(faults).toHaveLength(4);
    expect(faults.join('\n')).toMatch(/private key.*\n.*MD5:00:11.*\n.*rot13.*\n.*none/);
    expect(faults.join('\n')).not.toContain('secret');
    expect(() => new SshHmcConnections([bad])).toThrow(/HMC hmc1: .*private key[^]*rot13/);
  });

  it('are found in keys that are not private', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const privateKey = publicKey.export({ type: 'pkcs1', format: 'pem' });
    expect(endpointFaults(endpoint({ credential: { kind: 'privateKey', privateKey } })).join()).toContain(
      'private key',
    );
    expect(endpointFaults(endpoint({ credential: { kind: 'password', password: '' } })).join()).toContain('empty');
  });

  it('an id may be used once', () => {
    expect(() => new SshHmcConnections([endpoint(), endpoint()])).toThrow('configured twice');
  });

  it('the old algorithms are known to ssh2', () => {
    const client = new ssh2.Client();
    client.on('error', () => {});
    const { kex, hostKey, cipher, mac } = OLD_ALGORITHMS;
    const algorithms = { kex, serverHostKey: hostKey, cipher, hmac: mac };
    expect(() =>
      client.connect({
        host: '127.0.0.1',
        port: 1,
        username: 'u',
        algorithms: algorithms as unknown as ssh2.Algorithms,
      }),
    ).not.toThrow();
    client.destroy();
  });
});
