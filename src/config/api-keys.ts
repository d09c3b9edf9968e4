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
  entries.forEach((entry: unknown, index) => {
    const at = `${path}: keys[${index}]`;
    if (!isMapping(entry)) {
      faults.push(`${at} must be a mapping of ${KEYS_OF_A_KEY.join(', ')}`);
      return;
    }
    faults.push(...unknownKeys(entry, KEYS_OF_A_KEY, at));
    const { name, role, sha256 } = entry;
    if (typeof name !== 'string' || !/^[\x21-\x7e][\x20-\x7e]{0,63}$/.test(name)) {
      faults.push(`${at}.name must be a text of 1 to 64 printable ASCII characters`);
    } else if (keys.some((key) => key.name === name)) {
      faults.push(`${at}.name ${JSON.stringify(name)} is used twice`);
    } else if (!isRole(role)) {
      faults.push(`${at}.role must be one of ${ROLES.join(', ')}`);
    } else if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256)) {
      // The value is not shown: somebody may have put the key itself here.
      faults.push(`${at}.sha256 must be the SHA-256 of the key: 64 hex digits, in quotes`);
    } else if (keys.some((key) => key.sha256 === sha256.toLowerCase())) {
      faults.push(`${at}.sha256 is that of another key`);
    } else {
      keys.push({ name, role, sha256: sha256.toLowerCase() });
    }
  });
  return { value: keys, faults, warnings: [] };
}

function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}
