import type { AddressInfo, Socket } from 'node:net';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
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
  private server: ssh2.Server | undefined;
  private readonly open = new Map<Connection, Socket | undefined>();
  private connections = 0;

  constructor(
    private readonly parts: SshServerParts,
    private readonly host: string,
    private port: number,
  ) {}

  /** Listens; port 0 takes a free one and keeps it over a restart. Resolves with the port. */
  async start(): Promise<number> {
    if (this.server) return this.port;
    const server = new ssh2.Server({ hostKeys: [this.parts.hostKey] }, (client) => this.serve(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, this.host, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
    server.on('error', () => undefined);
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    return this.port;
  }

  get listening(): boolean {
    return this.server !== undefined;
  }

  get openConnections(): number {
    return this.open.size;
  }

  /** Stops listening and cuts what is open, as when the console goes down. */
  async stop(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    this.dropConnections();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Cuts every connection without a word. */
  dropConnections(): void {
    for (const client of [...this.open.keys()]) this.cut(client);
  }

  private cut(client: Connection): void {
    const socket = this.open.get(client);
    this.open.delete(client);
    if (socket) socket.destroy();
    else client.end();
  }

  private serve(client: Connection): void {
    this.connections += 1;
    const connectionId = `${this.parts.hmc.id}-${this.connections}`;
    const socket = socketOf(client);
    // Nagle's algorithm and delayed acknowledgements together cost a client 40 ms a command.
    socket?.setNoDelay(true);
    this.open.set(client, socket);
    // A client that is cut off in a handshake is no fault of ours.
    client.on('error', () => undefined);
    client.on('close', () => this.open.delete(client));

    const { hmc, guard, faults } = this.parts;
    let username = '';
    let refusedLogins = 0;
    client.on('authentication', (context) => {
      username = context.username;
      if (context.method !== 'none') refusedLogins += 1;
      if (refusedLogins > MAX_AUTH_TRIES) return this.cut(client);
      authenticate(context, hmc, guard, () => faults.takeFor('refuse-login', hmc.id) !== undefined);
    });
    client.on('ready', () => {
      const user = hmc.users.find((each) => each.username === username);
      if (!user) return this.cut(client);
      let sessions = 0;
      client.on('session', (accept, reject) => {
        if (sessions >= this.parts.maxSessions || faults.takeFor('refuse-channel', hmc.id)) return void reject();
        sessions += 1;
        let counted = true;
        const over = (): void => {
          if (counted) sessions -= 1;
          counted = false;
        };
        const caller = { user, connectionId, cutConnection: () => this.cut(client) };
        void this.parts.delay(faults.takeFor('delay-channel', hmc.id)?.ms ?? 0).then(() => {
          if (!this.open.has(client)) return;
          const session = accept();
          session.on('close', over);
          session.on('exec', (acceptExec: () => ServerChannel, _rejectExec: () => void, info: { command: string }) => {
            const channel = acceptExec();
            channel.on('close', over);
            runCommand(info.command, channel, caller, this.parts).catch((error: unknown) => {
              console.error(`simulator: ${hmc.id}: ${info.command}:`, error);
              channel.exit(255);
              channel.end();
            });
          });
        });
      });
    });
  }
}

/** ssh2 keeps the socket to itself, but only destroying it is a cut without a word; `end()` says goodbye. */
function socketOf(client: Connection): Socket | undefined {
  const socket: unknown = (client as unknown as { _sock?: unknown })._sock;
  return typeof socket === 'object' && socket !== null && 'destroy' in socket ? (socket as Socket) : undefined;
}
