import { connect as connectTcp } from 'node:net';
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
 * Makes one connection to an HMC: TCP without delay (Nagle costs 86 ms per command: facts.md, ssh2), a pinned host key,
 * one login. No login is tried before the host key is known to be the right one, nor before `mayLogIn` has said yes, which
 * it is asked once, at that moment.
 */
export function connect(
  endpoint: HmcEndpoint,
  limits: HmcLimits,
  abort: AbortSignal,
  mayLogIn: () => Promise<boolean>,
): Promise<Connecting> {
  const hmc = `HMC ${endpoint.id} (${endpoint.host}:${endpoint.port})`;
  return new Promise((resolve) => {
    if (abort.aborted) {
      resolve({ kind: 'aborted' });
      return;
    }
    const socket = connectTcp({ host: endpoint.host, port: endpoint.port });
    socket.setNoDelay(true);
    const client = new Client();
    let over = false;
    let refusedHostKey: string | null = null;

    const finish = (result: Connecting): void => {
      over = true;
      clearTimeout(timer);
      abort.removeEventListener('abort', aborted);
      if (result.kind !== 'connected') socket.destroy();
      resolve(result);
    };
    const fail = (why: string): void => {
      if (!over) finish(failure(why));
    };
    const failure = (why: string): Connecting => {
      if (refusedHostKey !== null) {
        return {
          kind: 'host-key-refused',
          message: `${hmc} shows the host key ${refusedHostKey}, which is not among the pinned ones. If that is its key (ssh-keygen -lf on the HMC's public host key), add it to hostKeys; if not, somebody else answers for it.`,
        };
      }
      switch (login.verdict) {
        case 'refused':
          return { kind: 'login-refused', message: `${hmc} refused our login: ${login.why}.` };
        case 'unanswered':
          return { kind: 'login-unanswered', message: `${hmc} did not finish our login: ${login.why} (${why}).` };
        case 'not-tried':
          return { kind: 'unreachable', message: `${hmc} cannot be reached: ${explain(login.why || why)}.` };
      }
    };
    const aborted = (): void => {
      if (!over) finish({ kind: 'aborted' });
    };
    const login = new Login(endpoint, () => fail('more than one answer is asked for'));
    const timer = setTimeout(() => fail(`no connection within ${limits.connectMs} ms`), limits.connectMs);
    let answer: Promise<boolean> | null = null;
    const nextMethod = async (
      methods: readonly AuthenticationType[] | null,
      partialSuccess: boolean | null,
      proceed: NextAuthHandler,
    ): Promise<void> => {
      answer ??= mayLogIn();
      const yes = await answer;
      if (over) return;
      if (!yes) {
        finish({ kind: 'held-back' });
        return;
      }
      const method = login.next(methods, partialSuccess);
      if (method === false) fail('no way to log in is left');
      else proceed(method);
    };
    abort.addEventListener('abort', aborted);

    client
      .on('error', (error: Error & { code?: unknown }) => fail(error.message || String(error.code)))
      .on('end', () => fail('it closed the connection'))
      .on('close', () => fail('the connection was closed'))
      .on('banner', (text: string) => login.heard(text))
      .on('change password', () => login.passwordExpired())
      .on('ready', () => {
        if (over) return;
        finish({ kind: 'connected', connection: new HmcConnection(hmc, client, socket, limits) });
      });
    try {
      client.connect({
        sock: socket,
        // The user name only: ssh2 gets the credential from authHandler, so it knows of no other method to try.
        username: endpoint.username,
        authHandler: (methods, partialSuccess, proceed) => {
          nextMethod(methods, partialSuccess, proceed).catch((error: unknown) => fail(String(error)));
        },
        hostVerifier: (key: Buffer) => {
          const fingerprint = fingerprintOf(key);
          if (isPinned(fingerprint, endpoint.hostKeys)) return true;
          refusedHostKey = `${hostKeyType(key)} ${fingerprint}`;
          return false;
        },
        algorithms: algorithms(endpoint.algorithms),
        // The deadline above covers all of it, from the first packet on.
        readyTimeout: 0,
        keepaliveInterval: limits.keepaliveIntervalMs,
        keepaliveCountMax: limits.keepaliveCount,
      });
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  });
}

/** SHA-1 is not offered for host keys and packets either, unlike ssh2's own default; what is configured comes on top. */
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
