import { KEYS } from './test-app.js';
import type { JobBody, WholeService } from './whole-service.js';

export interface SentEvent {
  readonly id: string;
  readonly event: string;
  readonly job: JobBody;
}

/** Begins to read the events of a job; resolves with their end to come, once the first one is there. */
export async function followEvents(
  service: WholeService,
  jobId: string,
  options: ReadOptions = {},
): Promise<{ readonly end: Promise<SentEvent[]> }> {
  let first = (): void => undefined;
  const begun = new Promise<void>((resolve) => (first = resolve));
  const end = readEvents(service, jobId, {
    ...options,
    enough: (events) => {
      if (events.length > 0) first();
      return options.enough?.(events) ?? false;
    },
  });
  await Promise.race([begun, end]);
  return { end };
}

interface ReadOptions {
  readonly lastEventId?: string;
  /** Goes away as soon as this is true; asked after each piece that came. */
  readonly enough?: (events: readonly SentEvent[]) => boolean;
}

/** Reads the events of a job until the service ends the stream, or until `enough` says so. */
export async function readEvents(
  service: WholeService,
  jobId: string,
  options: ReadOptions = {},
): Promise<SentEvent[]> {
  const { lastEventId, enough = () => false } = options;
  const response = await fetch(`${service.apps[0]?.url}/v1/jobs/${jobId}/events`, {
    headers: {
      Authorization: `Bearer ${KEYS.viewer}`,
      Accept: 'text/event-stream',
      'X-Request-Id': 'reader-of-events',
      ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
    },
  });
  const type = response.headers.get('content-type') ?? '';
  const isAnswered = response.headers.get('x-request-id') === 'reader-of-events';
  if (response.status !== 200 || !type.startsWith('text/event-stream') || !isAnswered) {
    throw new Error(`no event stream: ${response.status} ${type} ${await response.text()}`);
  }
  const events: SentEvent[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parse(text.slice(0, end));
      if (event !== null) events.push(event);
      text = text.slice(end + 2);
    }
    // Leaving the loop cuts the connection, as a client does that goes away.
    if (enough(events)) break;
  }
  return events;
}

/** One event, or null for a comment. */
function parse(frame: string): SentEvent | null {
  const fields = new Map(
    frame
      .split('\n')
      .filter((line) => !line.startsWith(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()] as const),
  );
  if (fields.size === 0) return null;
  return {
    id: fields.get('id') ?? '',
    event: fields.get('event') ?? '',
    job: JSON.parse(fields.get('data') ?? '') as JobBody,
  };
}
