import { connect as connectTcp, type Socket } from 'node:net';
import { Client } from 'ssh2';
import type {
  AuthenticationType,
  CipherAlgorithm,
  ConnectConfig,
  KexAlgorithm,
  MacAlgorithm,
  NextAuthHandler,
  ServerHostKeyAlgorithm,
} from 'ssh2';
import { HmcConnection } from './hmc-connection.js';
import type { HmcAlgorithms, HmcEndpoint, HmcLimits } from './hmc-endpoint.js';
import { fingerprintOf, hostKeyType, isPinned } from './host-key.js';
import { Login } from './login.js';

export type Connecting =
  | { readonly kind: 'connected'; readonly connection: HmcConnection }
  | { readonly kind: 'unreachable' | 'host-key-refused'; readonly message: string }
  /** `unanswered`: the credential was sent and the connection ended before the HMC said yes or no. */
  | { readonly kind: 'login-refused' | 'login-unanswered'; readonly message: string }
  /** The host key is right, and `mayLogIn` said no: nothing was sent for the login. */
  | { readonly kind: 'held-back' }
  | { readonly kind: 'aborted' };

/**
 * Makes one connection to an HMC: TCP without delay, a pinned host key, one login. (ssh2 1.17 leaves Nagle's algorithm
 * on, and with it a command took 88 ms instead of 2.3 ms against OpenSSH.) No login is tried before the host key is
 * known to be the right one, nor before `mayLogIn` has said yes, which it is asked once, at that moment.
 */
export function connect(
  endpoint: HmcEndpoint,
  limits: HmcLimits,
  abort: AbortSignal,
  mayLogIn: () => Promise<boolean>,
): Promise<Connecting> {
  if (abort.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve) => {
    new ConnectAttempt(endpoint, limits, abort, mayLogIn, resolve).start();
  });
}

/** Calls `ended` once, and then has closed its socket unless it is connected. */
class ConnectAttempt {
  readonly #endpoint: HmcEndpoint;
  readonly #limits: HmcLimits;
  readonly #abort: AbortSignal;
  readonly #mayLogIn: () => Promise<boolean>;
  readonly #ended: (result: Connecting) => void;
  readonly #hmc: string;
  readonly #client = new Client();
  readonly #socket: Socket;
  readonly #login: Login;
  readonly #timer: NodeJS.Timeout;
  #answer: Promise<boolean> | null = null;
  #refusedHostKey: string | null = null;
  #over = false;

  constructor(
    endpoint: HmcEndpoint,
    limits: HmcLimits,
    abort: AbortSignal,
    mayLogIn: () => Promise<boolean>,
    ended: (result: Connecting) => void,
  ) {
    this.#endpoint = endpoint;
    this.#limits = limits;
    this.#abort = abort;
    this.#mayLogIn = mayLogIn;
    this.#ended = ended;
    this.#hmc = `HMC ${endpoint.id} (${endpoint.host}:${endpoint.port})`;
    this.#socket = connectTcp({ host: endpoint.host, port: endpoint.port });
    this.#socket.setNoDelay(true);
    this.#login = new Login(endpoint, () => this.#fail('more than one answer is asked for'));
    this.#timer = setTimeout(() => this.#fail(`no connection within ${limits.connectMs} ms`), limits.connectMs);
  }

  start(): void {
    this.#abort.addEventListener('abort', this.#aborted);
    this.#client
      .on('error', (error: Error & { code?: unknown }) => this.#fail(error.message || String(error.code)))
      .on('end', () => this.#fail('it closed the connection'))
      .on('close', () => this.#fail('the connection was closed'))
      .on('banner', (text: string) => this.#login.heard(text))
      .on('change password', () => this.#login.passwordExpired())
      .on('ready', () => {
        if (this.#over) return;
        const connection = new HmcConnection(this.#hmc, this.#client, this.#socket, this.#limits);
        this.#finish({ kind: 'connected', connection });
      });
    try {
      this.#client.connect({
        sock: this.#socket,
        // The user name only: ssh2 gets the credential from authHandler, so it knows of no other method to try.
        username: this.#endpoint.username,
        authHandler: (methods, partialSuccess, proceed) => {
          this.#nextMethod(methods, partialSuccess, proceed).catch((error: unknown) => this.#fail(String(error)));
        },
        hostVerifier: (key: Buffer) => this.#isRightHost(key),
        algorithms: algorithms(this.#endpoint.algorithms),
        // The deadline of the attempt covers all of it, from the first packet on.
        readyTimeout: 0,
        keepaliveInterval: this.#limits.keepaliveIntervalMs,
        keepaliveCountMax: this.#limits.keepaliveCount,
      });
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #isRightHost(key: Buffer): boolean {
    const fingerprint = fingerprintOf(key);
    if (isPinned(fingerprint, this.#endpoint.hostKeys)) return true;
    this.#refusedHostKey = `${hostKeyType(key)} ${fingerprint}`;
    return false;
  }

  async #nextMethod(
    methods: readonly AuthenticationType[] | null,
    partialSuccess: boolean | null,
    proceed: NextAuthHandler,
  ): Promise<void> {
    this.#answer ??= this.#mayLogIn();
    const yes = await this.#answer;
    if (this.#over) return;
    if (!yes) {
      this.#finish({ kind: 'held-back' });
      return;
    }
    const method = this.#login.next(methods, partialSuccess);
    if (method === false) this.#fail('no way to log in is left');
    else proceed(method);
  }

  #fail(why: string): void {
    if (!this.#over) this.#finish(this.#failure(why));
  }

  readonly #aborted = (): void => {
    if (!this.#over) this.#finish({ kind: 'aborted' });
  };

  #finish(result: Connecting): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#abort.removeEventListener('abort', this.#aborted);
    if (result.kind !== 'connected') this.#socket.destroy();
    this.#ended(result);
  }

  #failure(why: string): Connecting {
    if (this.#refusedHostKey !== null) {
      return {
        kind: 'host-key-refused',
        message: `${this.#hmc} shows the host key ${this.#refusedHostKey}, which is not among the pinned ones. If that is its key (ssh-keygen -lf on the HMC's public host key), add it to hostKeys; if not, somebody else answers for it.`,
      };
    }
    const { verdict, why: told } = this.#login;
    switch (verdict) {
      case 'refused':
        return { kind: 'login-refused', message: `${this.#hmc} refused our login: ${told}.` };
      case 'unanswered':
        return { kind: 'login-unanswered', message: `${this.#hmc} did not finish our login: ${told} (${why}).` };
      case 'not-tried':
        return { kind: 'unreachable', message: `${this.#hmc} cannot be reached: ${explain(told || why)}.` };
    }
  }
}

/**
 * SHA-1 is not offered for host keys and packets either, unlike ssh2's own default; what is configured comes on top.
 */
function algorithms(added: HmcAlgorithms = {}): NonNullable<ConnectConfig['algorithms']> {
  return {
    kex: { append: [...(added.kex ?? [])] as KexAlgorithm[], prepend: [], remove: [] },
    cipher: { append: [...(added.cipher ?? [])] as CipherAlgorithm[], prepend: [], remove: [] },
    serverHostKey: {
      remove: ['ssh-rsa'],
      append: [...(added.hostKey ?? [])] as ServerHostKeyAlgorithm[],
      prepend: [],
    },
    hmac: {
      remove: ['hmac-sha1', 'hmac-sha1-etm@openssh.com'],
      append: [...(added.mac ?? [])] as MacAlgorithm[],
      prepend: [],
    },
  };
}

/** ssh2 says which list has nothing in common; an old HMC needs that list longer. */
function explain(why: string): string {
  if (!/no matching/i.test(why)) return why;
  return `${why} (an old HMC may need older algorithms: see \`algorithms\` in the configuration of this HMC)`;
}
