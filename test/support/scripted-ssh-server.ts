import { createServer, connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AcceptConnection, AuthContext, Connection, ServerChannel, ServerConfig, Session } from 'ssh2';
import { fingerprintOf } from '../../src/hmc/host-key.js';
import { newKey } from './keys.js';

/** What the server does at each step; what is left out behaves. */
export interface ServerScript {
  /** Answers every authentication request; accepts all unless given. */
  authenticate?: (attempt: AuthContext, client: Connection) => void;
  /** Answers a request for a channel; accepts unless given. `count` starts at 1. */
  openChannel?: (accept: () => void, reject: () => void, client: Connection, count: number) => void;
  /** Runs a command; prints the command line and exits 0 unless given. */
  exec?: (accept: () => ServerChannel, reject: () => void, command: string, client: Connection) => void;
  config?: Partial<ServerConfig>;
}

export interface ScriptedSshServer {
  readonly port: number;
  readonly fingerprint: string;
  /** Authentication requests by method, in order; the question for the list of methods (`none`) is left out. */
  readonly logins: string[];
  /** Command lines of all exec requests. */
  readonly commands: string[];
  /** Connections that are open now. */
  connections(): number;
  stop(): Promise<void>;
}

const HOST_KEY = newKey();

/** An SSH server that misbehaves as its script says: the faults that a real sshd does not show on request. */
export async function startScriptedSshServer(script: ServerScript = {}, port = 0): Promise<ScriptedSshServer> {
  const logins: string[] = [];
  const commands: string[] = [];
  const clients = new Set<Connection>();
  const hostKeys = script.config?.hostKeys ?? [HOST_KEY];
  let channels = 0;

  const server = new ssh2.Server({ ...script.config, hostKeys }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('error', () => {});
    client.on('authentication', (attempt) => {
      if (attempt.method !== 'none') {
        // A key is first shown and then signed with: that is one login.
        if (attempt.method !== 'publickey' || attempt.signature === undefined) logins.push(attempt.method);
      }
      if (script.authenticate) script.authenticate(attempt, client);
      else attempt.accept();
    });
    client.on('session', (accept, reject) => {
      channels += 1;
      const open = (): void => onSession(accept, client);
      if (script.openChannel) script.openChannel(open, () => reject(), client, channels);
      else open();
    });
  });
  const onSession = (accept: AcceptConnection<Session>, client: Connection): void => {
    const session = accept();
    session.on('exec', (acceptExec, rejectExec, { command }) => {
      commands.push(command);
      if (script.exec) {
        script.exec(acceptExec, rejectExec, command, client);
        return;
      }
      const stream = acceptExec();
      stream.write(command);
      stream.exit(0);
      stream.end();
    });
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const [hostKey] = hostKeys;
  const parsed = ssh2.utils.parseKey(typeof hostKey === 'object' && 'key' in hostKey ? hostKey.key : (hostKey ?? ''));
  if (parsed instanceof Error) throw parsed;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    fingerprint: fingerprintOf(parsed.getPublicSSH()),
    logins,
    commands,
    connections: () => clients.size,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of clients) client.end();
      }),
  };
}

export interface TcpProxy {
  readonly port: number;
  /** The connections made so far go silent in both directions, without a close: a half-open transport. */
  freeze(): void;
  /** No connection is taken any more; those that stand go on. */
  refuseNew(): void;
  stop(): Promise<void>;
}

/** Hands bytes on to a port of this machine until it is told to stop doing so. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connectTcp({ host: '127.0.0.1', port: target });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket
        .setNoDelay(true)
        .on('error', () => {})
        .on('close', () => sockets.delete(socket));
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    refuseNew: () => void server.close(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
