import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandEnd } from './command-end.js';
import type { HmcConnection } from './hmc-connection.js';
import type { RunOptions } from './hmc-connections.js';
import type { HmcLimits } from './hmc-endpoint.js';
import type { Logins, NeverStarted } from './logins.js';

/** A read that found no channel is tried so often, with a growing pause, on whatever connection has room then … */
const TRIES = 4;
const FIRST_PAUSE_MS = 50;
/** … but only so often when the HMC was silent, which takes the whole deadline each time. */
const TRIES_IN_SILENCE = 2;

interface Member {
  readonly connection: HmcConnection;
  inUse: number;
  /** Channels at once; lowered when the HMC refuses one before our own limit. */
  limit: number;
  /** No new reads; closed when the last one has ended. */
  retired: boolean;
  idle: NodeJS.Timeout | undefined;
}

type Turn = { readonly member: Member } | { readonly failed: NeverStarted };

/**
 * A few connections to one HMC that reads share, each with a gate on its channels: sshd refuses more than
 * MaxSessions (10 by default) on one connection. Another connection is opened only when all are full. A
 * read that ended as `unknown` retires its connection: a command that still runs there keeps its session,
 * and a silent connection is of no use.
 */
export class ReadPool {
  readonly #logins: Logins;
  readonly #limits: HmcLimits;
  readonly #members = new Set<Member>();
  /** Reads that wait for a free channel, in the order they came. */
  readonly #waiting: ((turn: Turn) => void)[] = [];
  #opening = false;
  #closing = false;

  constructor(logins: Logins, limits: HmcLimits) {
    this.#logins = logins;
    this.#limits = limits;
  }

  async run(commandLine: string, options: RunOptions): Promise<CommandEnd> {
    const silent = this.#logins.mayRead();
    if (silent !== null) return silent;
    for (let attempt = 1; ; attempt += 1) {
      const turn = await this.#takeTurn();
      if ('failed' in turn) return turn.failed;
      const end = await this.#runOn(turn.member, commandLine, options);
      if (attempt >= triesFor(end)) return end;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }

  /** Makes one connection more for the reads to come, unless there are enough; `Logins` knows how that went. */
  async connect(): Promise<void> {
    if (!this.#opening && !this.#closing && this.#hasRoom()) await this.#open();
  }

  /** No read gets a turn from now on; those that have one go on. */
  stop(): void {
    this.#closing = true;
    this.#failWaiting({ kind: 'never-started', reason: 'closing', message: 'The service is shutting down.' });
  }

  /** Ends all connections; reads that still run end as `lost`. */
  async close(): Promise<void> {
    this.stop();
    const members = [...this.#members];
    this.#members.clear();
    for (const member of members) clearTimeout(member.idle);
    await Promise.all(members.map(({ connection, inUse }) => (inUse === 0 ? connection.end() : connection.destroy())));
  }

  async #runOn(member: Member, commandLine: string, options: RunOptions): Promise<CommandEnd> {
    const sentAt = performance.now();
    let end: CommandEnd;
    try {
      end = await member.connection.run(commandLine, options);
    } finally {
      member.inUse -= 1;
      if (member.inUse === 0) this.#startIdling(member);
    }
    if (end.kind === 'never-started' && end.reason === 'channel-refused') {
      if (member.inUse > 0) member.limit = Math.min(member.limit, member.inUse);
      else this.#retire(member);
    } else if (end.kind === 'unknown' || (end.kind === 'never-started' && end.reason === 'channel-timeout')) {
      this.#retire(member);
    }
    if (end.kind !== 'exited' && (end.reason === 'timed-out' || end.reason === 'channel-timeout')) {
      const silent = this.#logins.unanswered(end.reason, end.message, sentAt);
      // What waits here would be silence, too.
      if (silent !== null) this.#failWaiting(silent);
    }
    this.#serveWaiting();
    return end;
  }

  #takeTurn(): Promise<Turn> {
    if (this.#closing) {
      return Promise.resolve({
        failed: { kind: 'never-started', reason: 'closing', message: 'The service is shutting down.' },
      });
    }
    return new Promise((resolve) => {
      const take = (turn: Turn): void => {
        clearTimeout(timer);
        resolve(turn);
      };
      const timer = setTimeout(() => {
        const place = this.#waiting.indexOf(take);
        if (place === -1) return;
        this.#waiting.splice(place, 1);
        const message = `No channel was free within ${this.#limits.queueMs} ms: the reads before this one are slow.`;
        resolve({ failed: { kind: 'never-started', reason: 'channel-timeout', message } });
      }, this.#limits.queueMs);
      this.#waiting.push(take);
      this.#serveWaiting();
    });
  }

  /** Hands free channels to the reads that wait, and opens a connection when there is none left. */
  #serveWaiting(): void {
    while (this.#waiting.length > 0) {
      const member = this.#roomiest();
      if (member === null) break;
      clearTimeout(member.idle);
      member.inUse += 1;
      this.#waiting.shift()?.({ member });
    }
    if (this.#waiting.length > 0 && !this.#opening && !this.#closing && this.#hasRoom()) void this.#open();
  }

  #hasRoom(): boolean {
    return [...this.#members].filter(({ retired }) => !retired).length < this.#limits.readConnections;
  }

  #roomiest(): Member | null {
    let best: Member | null = null;
    for (const member of this.#members) {
      if (member.retired || member.inUse >= member.limit) continue;
      if (best === null || member.inUse < best.inUse) best = member;
    }
    return best;
  }

  async #open(): Promise<void> {
    this.#opening = true;
    const login = await this.#logins.open();
    this.#opening = false;
    if ('failed' in login) {
      // Reads that run on another connection will make room; without one there is nothing to wait for.
      const hope = [...this.#members].some(({ retired }) => !retired);
      if (!hope) this.#failWaiting(login.failed);
      return;
    }
    const { connection } = login;
    if (this.#closing) {
      void connection.end();
      return;
    }
    const member: Member = {
      connection,
      inUse: 0,
      limit: this.#limits.channelsPerConnection,
      retired: false,
      idle: undefined,
    };
    this.#members.add(member);
    connection.onGone(() => this.#remove(member));
    this.#startIdling(member);
    this.#serveWaiting();
  }

  #startIdling(member: Member): void {
    clearTimeout(member.idle);
    if (member.retired) this.#retire(member);
    else if (member.connection.alive) member.idle = setTimeout(() => this.#retire(member), this.#limits.idleMs);
  }

  #retire(member: Member): void {
    member.retired = true;
    if (member.inUse > 0) return;
    this.#remove(member);
    void member.connection.end();
  }

  #remove(member: Member): void {
    member.retired = true;
    clearTimeout(member.idle);
    this.#members.delete(member);
    this.#serveWaiting();
  }

  #failWaiting(failed: NeverStarted): void {
    for (const take of this.#waiting.splice(0)) take({ failed });
  }
}

/** How often a read with such an end is tried in all: again only when it never started and another channel may do. */
function triesFor(end: CommandEnd): number {
  if (end.kind !== 'never-started') return 1;
  switch (end.reason) {
    case 'channel-refused':
    case 'unreachable': // the connection was lost before the command was sent
      return TRIES;
    case 'channel-timeout':
      return TRIES_IN_SILENCE;
    case 'authentication-failed':
    case 'locked-out':
    case 'host-key-refused':
    case 'circuit-open':
    case 'refused-by-caller':
    case 'closing':
      return 1;
  }
}
