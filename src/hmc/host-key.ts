import { createHash, timingSafeEqual } from 'node:crypto';

/** What `ssh-keygen -lf` prints for a host key: `SHA256:` and base64 without padding. */
export function fingerprintOf(rawHostKey: Buffer): string {
  return `SHA256:${createHash('sha256').update(rawHostKey).digest('base64').replace(/=+$/, '')}`;
}

/**
 * The key's type as SSH names it (`ssh-ed25519`): the first length-prefixed string of its wire form (RFC 4253 §6.6).
 */
export function hostKeyType(rawHostKey: Buffer): string {
  if (rawHostKey.length < 4) return 'unknown';
  const length = rawHostKey.readUInt32BE(0);
  return length > 0 && length <= 64 ? rawHostKey.toString('latin1', 4, 4 + length) : 'unknown';
}

/** Whether a fingerprint is among the pinned ones. Padding and surrounding space in the configuration do not matter. */
export function isPinned(fingerprint: string, hostKeys: readonly string[]): boolean {
  const shown = Buffer.from(fingerprint);
  return hostKeys.some((pinned) => {
    const wanted = Buffer.from(pinned.trim().replace(/=+$/, ''));
    return wanted.length === shown.length && timingSafeEqual(wanted, shown);
  });
}
