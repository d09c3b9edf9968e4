import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';

/** Makes a new API key of the role admin, and the API_KEYS_FILE that knows its SHA-256. */
export function makeApiKey(file: string): string {
  const key = `demo-${randomBytes(18).toString('base64url')}`;
  const sha256 = createHash('sha256').update(key).digest('hex');
  writeFileSync(file, `keys:\n  - { name: demo, role: admin, sha256: '${sha256}' }\n`, { mode: 0o600 });
  return key;
}
