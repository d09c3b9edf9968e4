import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isStoreAway } from '../redis/store-away.js';
import { JobEvents, comesBefore, type JobEvent } from './job-events.js';
import type { JobRecord } from '../store/job-record.js';
import { isFinal } from '../store/job-state.js';
import { JobsService } from './jobs.service.js';

const HEARTBEAT_MS = 15_000;

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
    const live: JobEvent[] = [];
    let wake = (): void => undefined;
    const unlisten = this.events.listen(record.id, (event) => {
      live.push(event);
      wake();
    });
    let gone = false;
    const end = (): void => {
      gone = true;
      wake();
    };
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
        // Kept alive, it would hold up the end of the process after its stream has ended.
        Connection: 'close',
      });
      let lookDue = false;
      const heartbeat = setInterval(() => {
        reply.raw.write(': still here\n\n');
        lookDue = true;
        wake();
      }, HEARTBEAT_MS);
      try {
        let sent = lastEventId ?? '0-0';
        let over = false;
        const pass = async (id: string, shown: JobRecord): Promise<void> => {
          reply.raw.write(frame(id, await this.jobs.view(shown)));
          sent = id;
          over = isFinal(shown.state);
        };
        if (missed === null) await pass(newest, current);
        else for (const event of missed) await pass(event.id, event.record);
        if (missed?.length === 0 && isFinal(current.state)) over = true;
        while (!over && !gone) {
          const event = live.shift();
          if (event !== undefined) {
            if (comesBefore(sent, event.id)) await pass(event.id, event.record);
          } else if (lookDue) {
            lookDue = false;
            // Should its last event be lost, the stream ends nevertheless.
            const ended = await this.ended(record.id);
            if (ended !== null && live.length === 0) await pass(ended.newest, ended.record);
          } else {
            await new Promise<void>((resolve) => (wake = resolve));
          }
        }
      } finally {
        clearInterval(heartbeat);
        reply.raw.end();
      }
    } finally {
      this.open.delete(end);
      unlisten();
    }
  }

  /** The record of a job that is over, and the newest event before it was read; null while it is not over. */
  private async ended(jobId: string): Promise<{ readonly newest: string; readonly record: JobRecord } | null> {
    try {
      const newest = await this.events.newestId();
      const record = await this.jobs.record(jobId);
      return isFinal(record.state) ? { newest, record } : null;
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
