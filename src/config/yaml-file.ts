import { readFileSync, statSync } from 'node:fs';
import { parse } from 'yaml';

/** What reading one file brought: the value, or null with a fault; and warnings. */
export interface FileReading<T> {
  readonly value: T | null;
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Reads a file that holds a secret. The final line ending is not part of the secret. Faults and warnings name the
 * file, never its content.
 * @param what the setting that names the file, for the fault: `hmcs[0].passwordFile`
 */
export function readSecretFile(path: string, what: string): FileReading<string> {
  try {
    const mode = statSync(path).mode & 0o777;
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    const others = (mode & 0o077) !== 0;
    return {
      value: value === '' ? null : value,
      faults: value === '' ? [`${what}: ${path} is empty`] : [],
      warnings: others
        ? [`${what}: others may read ${path} (mode ${mode.toString(8).padStart(4, '0')}): chmod 600 ${path}`]
        : [],
    };
  } catch (error) {
    return { value: null, faults: [`${what}: ${readFault(path, error)}`], warnings: [] };
  }
}

/**
 * Reads a YAML file whose top is a mapping.
 * @param what the environment variable that names the file
 */
export function readYamlFile(path: string, what: string): FileReading<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { value: null, faults: [`${what}: ${readFault(path, error)}`], warnings: [] };
  }
  try {
    const value: unknown = parse(text);
    if (!isMapping(value)) return { value: null, faults: [`${what}: ${path} must hold a YAML mapping`], warnings: [] };
    return { value, faults: [], warnings: [] };
  } catch (error) {
    // Only the first line: the rest of the library's message quotes the file.
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '').replace(/:$/, '') : 'not YAML';
    return { value: null, faults: [`${what}: ${path} is not valid YAML: ${message}`], warnings: [] };
  }
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One fault for each key of `mapping` that nobody reads. */
export function unknownKeys(
  mapping: Readonly<Record<string, unknown>>,
  known: readonly string[],
  at: string,
): string[] {
  return Object.keys(mapping)
    .filter((key) => !known.includes(key))
    .map((key) => `${at}: unknown key ${JSON.stringify(key)}; known are ${known.join(', ')}`);
}

function readFault(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  switch (code) {
    case 'ENOENT':
      return `${path} does not exist`;
    case 'EACCES':
      return `${path} may not be read by this user`;
    case 'EISDIR':
      return `${path} is a directory`;
    default:
      return `${path} cannot be read (${code})`;
  }
}
