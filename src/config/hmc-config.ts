import { dirname, resolve } from 'node:path';
import { endpointFaults } from '../hmc/endpoint-faults.js';
import type { HmcAlgorithms, HmcCredential, HmcEndpoint, HmcLimits } from '../hmc/hmc-endpoint.js';
import { isMapping, readSecretFile, readYamlFile, unknownKeys, type FileReading } from './yaml-file.js';

const KEYS_OF_AN_HMC = [
  'id',
  'host',
  'port',
  'username',
  'privateKeyFile',
  'passphraseFile',
  'passwordFile',
  'hostKeys',
  'algorithms',
  'readConnections',
  'maxOutputMegabytes',
];
const KEYS_OF_ALGORITHMS = ['kex', 'hostKey', 'cipher', 'mac'] as const;

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Reads HMC_CONFIG: `hmcs: [{ id, host, port: 22, username, privateKeyFile | passwordFile, hostKeys, … }]`, and the key
 * and password files it names (relative to the YAML file). An HMC without `hostKeys` is a warning and not a fault:
 * `check-hmc` loads it to show the fingerprint to pin, and every connection to it is refused.
 */
export function readHmcConfig(path: string): FileReading<readonly HmcEndpoint[]> {
  const file = readYamlFile(path, 'HMC_CONFIG');
  if (file.value === null) return { ...file, value: null };
  const faults = unknownKeys(file.value, ['hmcs'], path);
  const warnings: string[] = [];
  const entries = file.value['hmcs'];
  if (!Array.isArray(entries) || entries.length === 0) {
    return { value: null, faults: [...faults, `${path}: hmcs must be a list with at least one HMC`], warnings };
  }
  const endpoints: HmcEndpoint[] = [];
  entries.forEach((entry: unknown, index) => {
    const at = `${path}: hmcs[${index}]`;
    if (!isMapping(entry)) {
      faults.push(`${at} must be a mapping of ${KEYS_OF_AN_HMC.join(', ')}`);
      return;
    }
    const fields = new Fields(entry, at, dirname(path));
    const endpoint = readEndpoint(fields);
    faults.push(...furtherFaults(endpoint).map((fault) => `${at}: ${fault}`));
    const twin = endpoints.find((other) => other.id === endpoint.id);
    if (twin !== undefined) fields.fault('id', `${JSON.stringify(endpoint.id)} is used twice`);
    const same = endpoints.find((other) => other.host === endpoint.host && other.port === endpoint.port);
    if (same !== undefined) fields.fault('host', `and port are those of ${same.id}: one HMC is listed once`);
    endpoints.push(endpoint);
    faults.push(...fields.faults);
    warnings.push(...fields.warnings);
  });
  return { value: endpoints, faults, warnings };
}

function readEndpoint(fields: Fields): HmcEndpoint {
  fields.refuseUnknown();
  const hostKeys = readHostKeys(fields);
  const algorithms = readAlgorithms(fields);
  const limits = readLimits(fields);
  return {
    id: fields.text('id', /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, '1 to 63 letters, digits, dots, underscores or hyphens'),
    host: fields.text('host', /^[A-Za-z0-9._:%-]{1,253}$/, 'a name or address, without a port'),
    port: fields.integer('port', 1, 65535) ?? 22,
    username: fields.text('username', /^[\x21-\x7e]{1,64}$/, 'a user of the HMC'),
    credential: readCredential(fields),
    hostKeys,
    ...(algorithms === null ? {} : { algorithms }),
    ...(limits === null ? {} : { limits }),
  };
}

/** What the SSH side has to say. Of a secret that could not be read the fault is known already. */
function furtherFaults(endpoint: HmcEndpoint): string[] {
  const { credential } = endpoint;
  const secret = credential.kind === 'password' ? credential.password : credential.privateKey;
  return endpointFaults(
    secret.length > 0 ? endpoint : { ...endpoint, credential: { kind: 'password', password: 'unread' } },
  );
}

/** Exactly one way to log in: more would be counted as failed logins by the HMC, and three of them lock the account. */
function readCredential(fields: Fields): HmcCredential {
  const wantsKey = fields.has('privateKeyFile');
  if (wantsKey === fields.has('passwordFile')) {
    fields.fault('privateKeyFile', 'or passwordFile must be given, and not both');
  }
  if (!wantsKey) {
    if (fields.has('passphraseFile')) fields.fault('passphraseFile', 'goes with privateKeyFile only');
    return { kind: 'password', password: fields.secret('passwordFile') ?? '' };
  }
  const privateKey = fields.secret('privateKeyFile');
  const passphrase = fields.has('passphraseFile') ? fields.secret('passphraseFile') : null;
  // OpenSSH wants the final line ending that readSecretFile takes away.
  const credential = { kind: 'privateKey', privateKey: privateKey === null ? '' : `${privateKey}\n` } as const;
  return passphrase === null ? credential : { ...credential, passphrase };
}

function readHostKeys(fields: Fields): readonly string[] {
  const keys = fields.texts('hostKeys') ?? [];
  if (keys.length === 0) {
    fields.warn('hostKeys', 'is empty: every connection is refused until the fingerprint of the HMC is pinned');
  }
  return keys.map((key) => key.replace(/=$/, ''));
}

function readAlgorithms(fields: Fields): HmcAlgorithms | null {
  if (!fields.has('algorithms')) return null;
  const lists = fields.mapping('algorithms', KEYS_OF_ALGORITHMS);
  const algorithms: Partial<Record<(typeof KEYS_OF_ALGORITHMS)[number], readonly string[]>> = {};
  for (const key of KEYS_OF_ALGORITHMS) {
    const list = lists?.texts(key);
    if (list != null) algorithms[key] = list;
  }
  fields.adopt(lists);
  return algorithms;
}

function readLimits(fields: Fields): Partial<HmcLimits> | null {
  const readConnections = fields.integer('readConnections', 1, 8);
  const megabytes = fields.integer('maxOutputMegabytes', 1, 256);
  if (readConnections === null && megabytes === null) return null;
  return {
    ...(readConnections === null ? {} : { readConnections }),
    ...(megabytes === null ? {} : { maxOutputBytes: megabytes * 1024 * 1024 }),
  };
}

/** The fields of one mapping of the file; every fault says where it stands. */
class Fields {
  readonly faults: string[] = [];
  readonly warnings: string[] = [];

  constructor(
    private readonly mappingRead: Mapping,
    private readonly at: string,
    private readonly folder: string,
  ) {}

  has(key: string): boolean {
    return this.mappingRead[key] !== undefined && this.mappingRead[key] !== null;
  }

  fault(key: string, what: string): void {
    this.faults.push(`${this.at}.${key} ${what}`);
  }

  warn(key: string, what: string): void {
    this.warnings.push(`${this.at}.${key} ${what}`);
  }

  adopt(inner: Fields | null): void {
    this.faults.push(...(inner?.faults ?? []));
  }

  refuseUnknown(): void {
    this.faults.push(...unknownKeys(this.mappingRead, KEYS_OF_AN_HMC, this.at));
  }

  text(key: string, pattern: RegExp, must: string): string {
    const value = this.mappingRead[key];
    if (typeof value !== 'string' || !pattern.test(value)) {
      this.fault(key, `must be ${must}`);
      return '';
    }
    return value;
  }

  integer(key: string, min: number, max: number): number | null {
    if (!this.has(key)) return null;
    const value = this.mappingRead[key];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      this.fault(key, `must be a whole number from ${min} to ${max}`);
      return null;
    }
    return value;
  }

  texts(key: string): readonly string[] | null {
    if (!this.has(key)) return null;
    const value = this.mappingRead[key];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string' && item !== '')) {
      this.fault(key, 'must be a list of texts');
      return null;
    }
    return value as readonly string[];
  }

  mapping(key: string, known: readonly string[]): Fields | null {
    const value = this.mappingRead[key];
    if (!isMapping(value)) {
      this.fault(key, `must be a mapping of ${known.join(', ')}`);
      return null;
    }
    const inner = new Fields(value, `${this.at}.${key}`, this.folder);
    inner.faults.push(...unknownKeys(value, known, inner.at));
    return inner;
  }

  /** The content of the file that this key names, null with a fault when there is none. */
  secret(key: string): string | null {
    const name = this.mappingRead[key];
    if (typeof name !== 'string' || name === '') {
      if (this.has(key)) this.fault(key, 'must be the path of a file');
      return null;
    }
    const file = readSecretFile(resolve(this.folder, name), `${this.at}.${key}`);
    this.faults.push(...file.faults);
    this.warnings.push(...file.warnings);
    return file.value;
  }
}
