import { Worker } from 'bullmq';
import type { RedisClient } from '../store/lua-script.js';
import { TURNS, type TurnData, type TurnQueue } from '../store/turn-queue.js';
import type { TurnEnd } from './turn.js';

/** Runs turns: as many lanes at once as `concurrency` says, over two connections whatever the number of systems. */
export class TurnWorker {
  private readonly worker: Worker<TurnData>;

  constructor(
    connection: RedisClient,
    prefix: string,
    /** BullMQ does not ask Redis for its version, because it is refused. */
    skipVersionCheck: boolean,
    concurrency: number,
    runTurn: (mtms: string) => Promise<TurnEnd>,
    queue: TurnQueue,
    onError: (error: Error) => void,
  ) {
    this.worker = new Worker<TurnData>(
      TURNS,
      async (job) => {
        if ((await runTurn(job.data.mtms)) === 'again') await queue.ask(job.data.mtms);
      },
      {
        connection,
        prefix,
        skipVersionCheck,
        concurrency,
        // A turn that is run again does no harm; one that is never run again would wait for the sweep.
        maxStalledCount: 10,
      },
    );
    this.worker.on('error', onError);
    this.worker.on('failed', (_job, error) => onError(error));
  }

  /** Settles when it takes turns. */
  async untilReady(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  get isRunning(): boolean {
    return this.worker.isRunning() && !this.worker.isPaused();
  }

  /** Takes no new turn and waits for the running ones. */
  async close(): Promise<void> {
    await this.worker.close();
  }

  /** Lets go of Redis without a word, where `close` would wait for one that is away. */
  disconnect(): void {
    this.worker.disconnect().catch(() => undefined);
  }
}
