import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isStoreAway } from '../redis/store-away.js';
import type { JobRecord } from '../store/job-record.js';
import { isFinal } from '../store/job-state.js';
import { JobEvents, comesBefore, type JobEvent } from './job-events.js';
import { JobsService } from './jobs.service.js';

const HEARTBEAT_MS = 15_000;

/** What a client is shown: an event as it was stored, or the record as it is now. */
type PassedEvent = Pick<JobEvent, 'id' | 'record'>;

/** What a stream waits for: events of its job first, then a reminder to look for itself. */
class Inbox {
  private readonly events: JobEvent[] = [];
  private isReminded = false;
  private isClosed = false;
  private wake = (): void => undefined;

  get isEmpty(): boolean {
    return this.events.length === 0;
  }

  put(event: JobEvent): void {
    this.events.push(event);
    this.wake();
  }

  remind(): void {
    this.isReminded = true;
    this.wake();
  }

  close(): void {
    this.isClosed = true;
    this.wake();
  }

  async next(): Promise<JobEvent | 'reminder' | 'closed'> {
    for (;;) {
      if (this.isClosed) return 'closed';
      const event = this.events.shift();
      if (event !== undefined) return event;
      if (this.isReminded) {
        this.isReminded = false;
        return 'reminder';
      }
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

/** Server-sent events of one job to one client (WHATWG HTML, "Server-sent events"). */
@Injectable()
export class JobEventStream {
  /** The way to end each stream that is open. */
  private readonly open = new Set<() => void>();

  constructor(
    private readonly events: JobEvents,
    private readonly jobs: JobsService,
  ) {}

  /** Ends all streams at once: their clients come back with Last-Event-ID, here or at another process. */
  endAll(): void {
    for (const end of this.open) end();
  }

  /** Sends until the job is over, the client goes away, or this process ends. */
  async send(
    record: JobRecord,
    lastEventId: string | null,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const inbox = new Inbox();
    const unlisten = this.events.listen(record.id, (event) => inbox.put(event));
    const end = (): void => inbox.close();
    request.raw.once('close', end);
    this.open.add(end);
    try {
      // Listening began before this look, so nothing falls between the two; what was seen twice is left out below.
      const newest = await this.events.newestId();
      // An id from the future, of a Redis that is no more, tells nothing of what the client has seen.
      const isResumed = lastEventId !== null && !comesBefore(newest, lastEventId);
      const missed = isResumed ? await this.events.after(record.id, lastEventId) : null;
      const current = await this.jobs.record(record.id);

      reply.hijack();
      reply.raw.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
        'X-Request-Id': request.id,
        // Kept alive, it would hold up the end of the process after its stream has ended.
        Connection: 'close',
      });
      if (request.method === 'HEAD') {
        // Without a body Node sends the headers only with the end.
        reply.raw.end();
        return;
      }
      const heartbeat = setInterval(() => {
        reply.raw.write(': still here\n\n');
        inbox.remind();
      }, HEARTBEAT_MS);
      try {
        const isSentInFull = missed?.length === 0 && isFinal(current.state);
        const first = missed ?? [{ id: newest, record: current }];
        if (!isSentInFull) await this.passOn(record.id, lastEventId, first, inbox, reply);
      } finally {
        clearInterval(heartbeat);
        reply.raw.end();
      }
    } finally {
      this.open.delete(end);
      unlisten();
    }
  }

  /** Writes the first events, and then what comes in, until the job is over or the inbox closed. */
  private async passOn(
    jobId: string,
    lastEventId: string | null,
    first: readonly PassedEvent[],
    inbox: Inbox,
    reply: FastifyReply,
  ): Promise<void> {
    let sent = lastEventId ?? '0-0';
    let over = false;
    const pass = async (event: PassedEvent): Promise<void> => {
      reply.raw.write(frame(event.id, await this.jobs.view(event.record)));
      sent = event.id;
      over = isFinal(event.record.state);
    };
    for (const event of first) await pass(event);
    while (!over) {
      const next = await inbox.next();
      if (next === 'closed') return;
      if (next === 'reminder') {
        // Should its last event be lost, the stream ends nevertheless.
        const ended = await this.ended(jobId);
        if (ended !== null && inbox.isEmpty) await pass(ended);
      } else if (comesBefore(sent, next.id)) {
        await pass(next);
      }
    }
  }

  /** The record of a job that is over, and the newest event before it was read; null while it is not over. */
  private async ended(jobId: string): Promise<PassedEvent | null> {
    try {
      const id = await this.events.newestId();
      const record = await this.jobs.record(jobId);
      return isFinal(record.state) ? { id, record } : null;
    } catch (error) {
      // Redis is away: the next heartbeat looks again. A stream that ends now could not be opened again.
      if (isStoreAway(error)) return null;
      throw error;
    }
  }
}

function frame(id: string, data: unknown): string {
  return `id: ${id}\nevent: job\ndata: ${JSON.stringify(data)}\n\n`;
}
