import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';

/** A key pair in OpenSSH's formats. */
export interface KeyPair {
  /** PEM, `-----BEGIN OPENSSH PRIVATE KEY-----`. */
  readonly privateKey: string;
  /** One line, `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
}

/**
 * ssh2 1.17 writes about one ed25519 key in 250 in a form that it cannot read itself
 * (measured): such a key is not used.
 */
export function generateKeyPair(): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) {
      return { privateKey: pair.private, publicKey: pair.public };
    }
  }
}

/** The public half of a private key. Throws where it is none. */
export function publicKeyOf(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
}

/** `SHA256:…` without padding, as `ssh-keygen -lf` prints it. */
export function fingerprintOf(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
