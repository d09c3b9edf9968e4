import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Outages } from './outages.js';

/** A network path to one HMC that can be broken: refused, cut, or silent without a word. */
export class HmcProxy {
  private server: Server | null = null;
  private port = 0;
  private readonly pairs = new Set<{ readonly near: Socket; readonly far: Socket; frozen: boolean }>();

  /**
   * @param hmcId under which `outages` is told of what is broken
   * @param target the port of the HMC on this machine
   */
  constructor(
    private readonly hmcId: string,
    private readonly target: number,
    private readonly outages: Outages,
  ) {}

  /** Listens, on the same port as before; resolves with the port. */
  async start(): Promise<number> {
    const server = createServer((near) => this.serve(near));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    this.outages.end(this.hmcId);
    return this.port;
  }

  /** Cuts everything and refuses connections, as while a console reboots. */
  async stop(): Promise<void> {
    this.outages.begin(this.hmcId);
    const server = this.server;
    this.server = null;
    const closed = new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve())));
    for (const { near, far } of this.pairs) {
      near.destroy();
      far.destroy();
    }
    await closed;
  }

  /** The connections of this moment go silent in both directions, without a close: half-open. */
  freeze(): void {
    this.outages.begin(this.hmcId);
    for (const pair of this.pairs) {
      pair.frozen = true;
      pair.near.unpipe().pause();
      pair.far.unpipe().pause();
    }
  }

  /** Drops the frozen connections, and what was written into them. */
  dropFrozen(): void {
    for (const { near, far, frozen } of this.pairs) {
      if (!frozen) continue;
      near.destroy();
      far.destroy();
    }
    this.outages.end(this.hmcId);
  }

  private serve(near: Socket): void {
    const far = connect({ host: '127.0.0.1', port: this.target });
    const pair = { near, far, frozen: false };
    this.pairs.add(pair);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (!pair.frozen) other.destroy();
        if (near.destroyed && far.destroyed) this.pairs.delete(pair);
      });
      socket.pipe(other);
    }
  }
}
