import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { SimulatedHmc } from './simulator.js';
import { generateKeyPair } from './ssh/keys.js';

/** Keys that survive a restart, so that what a client has pinned stays true. */
export interface StateDir {
  /** The file of the login key. */
  readonly userKeyFile: string;
  readonly userKey: string;
  /** The host key of an HMC, PEM. */
  hostKey(hmcId: string): string;
}

/** Opens or makes the directory; private keys in it are readable by their owner only. */
export function openStateDir(directory: string): StateDir {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const userKeyFile = resolve(directory, 'id_ed25519');
  return {
    userKeyFile,
    userKey: readOrMakeKey(userKeyFile),
    hostKey: (hmcId) => readOrMakeKey(join(directory, `${hmcId}_host_ed25519`)),
  };
}

function readOrMakeKey(file: string): string {
  if (!existsSync(file)) writeFileSync(file, generateKeyPair().privateKey, { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

/** The file that HMC_CONFIG of the gateway names. */
export function writeHmcConfig(file: string, hmcs: readonly SimulatedHmc[], privateKeyFile: string): void {
  const entries = hmcs.map(({ id, host, port, username, hostKeyFingerprint }) => ({
    id,
    host,
    port,
    username,
    privateKeyFile,
    hostKeys: [hostKeyFingerprint],
  }));
  writeFileSync(file, stringify({ hmcs: entries }));
}
