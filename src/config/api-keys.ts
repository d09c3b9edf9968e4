import { isMapping, readYamlFile, unknownKeys, type FileReading } from './yaml-file.js';
import { ROLES, type ApiKey, type Role } from './service-config.js';

const KEYS_OF_A_KEY = ['name', 'role', 'sha256'];

/**
 * Reads API_KEYS_FILE: `keys: [{ name, role, sha256 }]`, where `sha256` is the SHA-256 of the key in hex, as
 * `printf %s "$KEY" | sha256sum` prints it.
 */
export function readApiKeys(path: string): FileReading<readonly ApiKey[]> {
  const file = readYamlFile(path, 'API_KEYS_FILE');
  if (file.value === null) return { ...file, value: null };
  const faults = unknownKeys(file.value, ['keys'], path);
  const entries = file.value['keys'];
  if (!Array.isArray(entries) || entries.length === 0) {
    return { value: null, faults: [...faults, `${path}: keys must be a list with at least one key`], warnings: [] };
  }
  const keys: ApiKey[] = [];
  const names = new Set<unknown>();
  const hashes = new Set<string>();
  entries.forEach((entry: unknown, index) => {
    const at = `${path}: keys[${index}]`;
    if (!isMapping(entry)) {
      faults.push(`${at} must be a mapping of ${KEYS_OF_A_KEY.join(', ')}`);
      return;
    }
    faults.push(...unknownKeys(entry, KEYS_OF_A_KEY, at));
    const { name, role } = entry;
    const sha256 = typeof entry['sha256'] === 'string' ? entry['sha256'].toLowerCase() : '';
    if (!isName(name)) faults.push(`${at}.name must be a text of 1 to 64 printable ASCII characters`);
    else if (names.has(name)) faults.push(`${at}.name ${JSON.stringify(name)} is used twice`);
    if (!isRole(role)) faults.push(`${at}.role must be one of ${ROLES.join(', ')}`);
    // The value is not shown: somebody may have put the key itself here.
    if (!isSha256(sha256)) faults.push(`${at}.sha256 must be the SHA-256 of the key: 64 hex digits, in quotes`);
    else if (hashes.has(sha256)) faults.push(`${at}.sha256 is that of another key`);
    names.add(name);
    hashes.add(sha256);
    if (isName(name) && isRole(role) && isSha256(sha256)) keys.push({ name, role, sha256 });
  });
  return { value: keys, faults, warnings: [] };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e][\x20-\x7e]{0,63}$/.test(value);
}

function isSha256(value: string): boolean {
  return /^[0-9a-f]{64}$/.test(value);
}

function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}
