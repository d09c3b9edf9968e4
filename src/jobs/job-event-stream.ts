import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JobEvents, comesBefore, type JobEvent } from './job-events.js';
import type { JobRecord } from './job-record.js';
import { isFinal } from './job-state.js';
import { JobsService } from './jobs.service.js';

const HEARTBEAT_MS = 15_000;

/** Server-sent events of one job to one client (WHATWG HTML, "Server-sent events"). */
@Injectable()
export class JobEventStream {
  constructor(
    private readonly events: JobEvents,
    private readonly jobs: JobsService,
  ) {}

  /** Sends until the job is over or the client goes away. */
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
    request.raw.once('close', () => {
      gone = true;
      wake();
    });
    try {
      // Listening began before this look, so nothing falls between the two; what was seen twice is left out below.
      const newest = await this.events.newestId();
      const missed = lastEventId === null ? null : await this.events.after(record.id, lastEventId);
      const current = await this.jobs.record(record.id);

      reply.hijack();
      reply.raw.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      });
      const heartbeat = setInterval(() => reply.raw.write(': still here\n\n'), HEARTBEAT_MS);
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
          if (event === undefined) {
            await new Promise<void>((resolve) => (wake = resolve));
          } else if (comesBefore(sent, event.id)) {
            await pass(event.id, event.record);
          }
        }
      } finally {
        clearInterval(heartbeat);
        reply.raw.end();
      }
    } finally {
      unlisten();
    }
  }
}

function frame(id: string, data: unknown): string {
  return `id: ${id}\nevent: job\ndata: ${JSON.stringify(data)}\n\n`;
}
