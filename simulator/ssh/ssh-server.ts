import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import ssh2, { type ClientInfo, type Connection, type ServerChannel } from 'ssh2';
import { authenticate } from './authentication.js';
import { runCommand, type RunnerParts } from './command-runner.js';
import type { LoginGuard } from './login-guard.js';

/** OpenSSH's default of channels that one connection may have open. */
export const MAX_SESSIONS = 10;
/** OpenSSH's default of refused logins before it ends a connection. */
const MAX_AUTH_TRIES = 6;

export interface SshServerParts extends RunnerParts {
  /** PEM. */
  readonly hostKey: string;
  readonly guard: LoginGuard;
  readonly maxSessions: number;
}

/** The SSH side of one HMC. It can be stopped and started again on the same port. */
export class HmcSshServer {
  private listener: Server | undefined;
  private readonly ssh: ssh2.Server;
  /** Every TCP connection by the client's port: ssh2 names that port, and only the socket itself can be cut. */
  private readonly sockets = new Map<number, Socket>();
  private connections = 0;

  constructor(
    private readonly parts: SshServerParts,
    private readonly host: string,
    private port: number,
  ) {
    this.ssh = new ssh2.Server({ hostKeys: [parts.hostKey] }, (client, info) => this.serve(client, info));
  }

  /** Listens; port 0 takes a free one and keeps it over a restart. Resolves with the port. */
  async start(): Promise<number> {
    if (this.listener) return this.port;
    const listener = createServer((socket) => this.accept(socket));
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(this.port, this.host, () => {
        listener.removeListener('error', reject);
        resolve();
      });
    });
    this.listener = listener;
    this.port = (listener.address() as AddressInfo).port;
    return this.port;
  }

  get listening(): boolean {
    return this.listener !== undefined;
  }

  get openConnections(): number {
    return this.sockets.size;
  }

  /** Stops listening and cuts what is open, as when the console goes down. */
  async stop(): Promise<void> {
    const listener = this.listener;
    this.listener = undefined;
    const closed = new Promise<void>((resolve) => (listener ? listener.close(() => resolve()) : resolve()));
    this.dropConnections();
    await closed;
  }

  /** Cuts every connection without a word. */
  dropConnections(): void {
    for (const socket of [...this.sockets.values()]) socket.destroy();
  }

  private accept(socket: Socket): void {
    const port = socket.remotePort;
    if (port === undefined) return void socket.destroy();
    this.sockets.set(port, socket);
    socket.on('close', () => {
      if (this.sockets.get(port) === socket) this.sockets.delete(port);
    });
    // Nagle's algorithm and delayed acknowledgements together cost a client 40 ms a command.
    socket.setNoDelay(true);
    this.ssh.injectSocket(socket);
  }

  private serve(client: Connection, info: ClientInfo): void {
    this.connections += 1;
    const connectionId = `${this.parts.hmc.id}-${this.connections}`;
    const socket = this.sockets.get(info.port);
    const cut = (): void => void socket?.destroy();
    // A client that is cut off in a handshake is no fault of ours.
    client.on('error', () => undefined);

    const { hmc, guard, faults } = this.parts;
    let username = '';
    let logins = 0;
    client.on('authentication', (context) => {
      username = context.username;
      if (context.method !== 'none') logins += 1;
      if (logins > MAX_AUTH_TRIES) return cut();
      authenticate(context, hmc, guard, () => faults.takeFor('refuse-login', hmc.id) !== undefined);
    });
    client.on('ready', () => {
      const user = hmc.users.find((each) => each.username === username);
      if (!user) return cut();
      let sessions = 0;
      client.on('session', (accept, reject) => {
        if (sessions >= this.parts.maxSessions || faults.takeFor('refuse-channel', hmc.id)) return void reject();
        sessions += 1;
        let counted = true;
        const over = (): void => {
          if (counted) sessions -= 1;
          counted = false;
        };
        void this.parts.delay(faults.takeFor('delay-channel', hmc.id)?.ms ?? 0).then(() => {
          if (socket?.destroyed) return;
          const session = accept();
          session.on('close', over);
          session.on(
            'exec',
            (acceptExec: () => ServerChannel, _reject: () => void, { command }: { command: string }) => {
              const channel = acceptExec();
              channel.on('close', over);
              runCommand(command, channel, { user, connectionId, cutConnection: cut }, this.parts).catch(
                (error: unknown) => {
                  console.error(`simulator: ${hmc.id}: ${command}:`, error);
                  if (!channel.writable) return;
                  channel.exit(255);
                  channel.end();
                },
              );
            },
          );
        });
      });
    });
  }
}
