import { Logger } from '@nestjs/common';
import { Queue } from 'bullmq';
import { isInfoRefused } from '../redis/info-refused.js';
import type { RedisClient } from './lua-script.js';

/*
 * ┌──────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
 * │ WHAT BULLMQ DOES HERE. It brings a turn ("run the lane of this system") to a worker: nothing else. A turn may be   │
 * │ lost, doubled, stalled and run again: the lease of the lane decides who works, our records say what was done, and  │
 * │ the sweep brings a missing turn back. So none of BullMQ's defaults for failed or stalled jobs can run a change     │
 * │ twice. Do not put a change into a BullMQ job.                                                                      │
 * └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 */

export const TURNS = 'turns';

export interface TurnData {
  readonly mtms: string;
}

/** Asks for turns. At most one waits per lane, besides the one that runs (`keepLastIfActive`). */
export class TurnQueue {
  private readonly logger = new Logger(TurnQueue.name);
  private queue: Queue<TurnData> | null = null;

  /** @param prefix the hash tag that all keys share, `{…}` */
  constructor(
    private readonly connection: RedisClient,
    private readonly prefix: string,
  ) {}

  async ask(mtms: string): Promise<void> {
    const queue = await this.open();
    await queue.add('turn', { mtms }, { deduplication: { id: mtms, keepLastIfActive: true } });
  }

  /**
   * Asks for a turn for something that is stored already, as `what` says: should this fail, that stands all the same, and
   * the sweep asks a little later.
   */
  async askOrLeave(mtms: string, what: string): Promise<void> {
    try {
      await this.ask(mtms);
    } catch (error) {
      this.logger.warn(`${what}, its turn is left to the sweep: ${String(error)}`);
    }
  }

  /**
   * Asks for a turn that should have come. While the turn of a lost worker still counts as active in BullMQ (until its
   * stall check, up to a minute), `ask` is only noted down for when it ends: so this asks under a name of its own, once
   * for each epoch of the lane.
   */
  async askAgain(mtms: string, epoch: number): Promise<void> {
    const queue = await this.open();
    await queue.add('turn', { mtms }, { deduplication: { id: `${mtms} ${epoch}`, keepLastIfActive: true } });
  }

  async close(): Promise<void> {
    await this.queue?.close();
  }

  /** When it is first needed: whether Redis tells its version is known by then. */
  private async open(): Promise<Queue<TurnData>> {
    if (this.queue !== null) return this.queue;
    const skipVersionCheck = await isInfoRefused(this.connection);
    // Another caller may have been as fast.
    this.queue ??= this.newQueue(skipVersionCheck);
    return this.queue;
  }

  private newQueue(skipVersionCheck: boolean): Queue<TurnData> {
    const queue = new Queue<TurnData>(TURNS, {
      connection: this.connection,
      prefix: this.prefix,
      skipVersionCheck,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
      // Nobody reads BullMQ's events: a job's events are our own stream.
      streams: { events: { maxLen: 100 } },
    });
    // Failures come out of `ask`; without a listener they would end the process.
    queue.on('error', () => undefined);
    return queue;
  }
}
