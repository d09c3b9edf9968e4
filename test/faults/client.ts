import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledgement, Cancel, JobDocument, Reconciliation } from './history.js';
import type { Random } from './random.js';

/** A change as a client asks for it. */
export interface Change {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

export interface Refused {
  readonly status: number;
  readonly type: string;
  readonly detail: string;
  readonly change: Change;
}

const FINAL = ['succeeded', 'failed', 'indeterminate', 'canceled'];
/** So long a reconciliation is asked for again while it gets no answer. */
const RECONCILE_MS = 20_000;
/** Answers after which the same call with the same key is worth another try. */
const AGAIN = [429, 502, 503, 504];

/**
 * What a careful client does: one Idempotency-Key a change, the same call again to any replica while there is no
 * answer, then polling until the job is over.
 */
export class Client {
  readonly acknowledged: Acknowledgement[] = [];
  readonly refused: Refused[] = [];
  readonly cancels: Cancel[] = [];
  readonly reconciled: Reconciliation[] = [];
  /** Changes that came with an ETag that was too old already: refused with 412, as they should be. */
  stale = 0;
  /** Calls that were repeated because the answer was lost or was 503. */
  repeated = 0;
  /** Repeated calls whose first try had stored the job. */
  replayed = 0;

  /** Calls under way, by the address of the replica. */
  readonly underWay = new Map<string, number>();
  private closed = false;

  /** @param urls the replicas that serve HTTP */
  constructor(private readonly urls: readonly string[]) {}

  /** Ends every loop: nobody waits for an answer any more. */
  close(): void {
    this.closed = true;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /**
   * Sends until there is an answer: a call without one may have made a job. null: refused.
   * @param ifMatch the ETag that the target must still have
   */
  async ask(change: Change, random: Random, ifMatch?: string): Promise<string | null> {
    const key = randomUUID();
    for (let lost = false; !this.closed; lost = true) {
      const answer = await this.sendSomehow(change, keyed(key, ifMatch), random);
      if (answer?.status === 202) {
        const { id } = (await answer.json()) as { id: string };
        if (lost && answer.headers.get('idempotency-replayed') === 'true') this.replayed += 1;
        this.acknowledged.push({ jobId: id, at: Date.now(), key });
        return id;
      }
      if (answer?.status === 412 && ifMatch !== undefined) {
        this.stale += 1;
        return null;
      }
      if (answer !== null && !AGAIN.includes(answer.status)) {
        const { type, detail } = (await answer.json()) as { type: string; detail: string };
        this.refused.push({ status: answer.status, type, detail, change });
        return null;
      }
      this.repeated += 1;
      await sleep(200 + random.whole(0, 300));
    }
    return null;
  }

  /** Cancels a job that waits. Calls again while there is no answer. */
  async cancel(jobId: string, random: Random): Promise<void> {
    while (!this.closed) {
      const answer = await call('DELETE', `${random.pick(this.urls)}/v1/jobs/${jobId}`);
      if (answer !== null && !AGAIN.includes(answer.status)) {
        this.cancels.push({ jobId, granted: answer.ok });
        return;
      }
      await sleep(200 + random.whole(0, 300));
    }
  }

  /** Whether the lane has been paused or opened; one try. */
  async setLane(mtms: string, what: 'pause' | 'resume', random: Random): Promise<boolean> {
    const answer = await call('POST', `${random.pick(this.urls)}/v1/managed-systems/${mtms}/lane/${what}`);
    return answer?.ok === true;
  }

  /** The ETag of a resource; null where it cannot be had now. */
  async etag(path: string, random: Random): Promise<string | null> {
    const answer = await call('GET', `${random.pick(this.urls)}${path}`);
    return answer?.ok === true ? answer.headers.get('etag') : null;
  }

  /** Asks what became of a job in doubt. Calls again while there is no answer, for a while: an HMC may be away. */
  async reconcile(jobId: string, random: Random): Promise<void> {
    const from = Date.now();
    while (!this.closed && Date.now() < from + RECONCILE_MS) {
      const answer = await call('POST', `${random.pick(this.urls)}/v1/jobs/${jobId}/reconcile`);
      // A call whose answer was lost may have been carried out: the next one is told that nothing is in doubt any more.
      const job =
        answer?.status === 409
          ? await this.job(jobId, random)
          : answer?.ok === true
            ? ((await answer.json()) as JobDocument)
            : null;
      if (job !== null) {
        this.reconciled.push({ jobId, from, to: Date.now(), state: job.state, error: job.error });
        return;
      }
      await sleep(500 + random.whole(0, 500));
    }
  }

  /** Polls until the job is over. null: it was given up. */
  async finished(jobId: string, random: Random): Promise<JobDocument | null> {
    while (!this.closed) {
      const job = await this.job(jobId, random);
      if (job !== null && FINAL.includes(job.state)) return job;
      await sleep(250 + random.whole(0, 250));
    }
    return null;
  }

  /** null: there was no answer, or no such job. */
  async job(jobId: string, random: Random): Promise<JobDocument | null> {
    const answer = await call('GET', `${random.pick(this.urls)}/v1/jobs/${jobId}`);
    return answer?.ok === true ? ((await answer.json()) as JobDocument) : null;
  }

  /** The jobs that run now; none where there is no answer. */
  async running(): Promise<readonly JobDocument[]> {
    const answers = await Promise.all(this.urls.map((url) => call('GET', `${url}/v1/jobs?state=running&limit=100`)));
    const answer = answers.find((each) => each?.ok === true);
    return answer ? ((await answer.json()) as { items: JobDocument[] }).items : [];
  }

  /** Ids of all jobs, through all pages. */
  async listed(): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await call('GET', `${this.urls[0] ?? ''}/v1/jobs?limit=100${query}`);
      if (answer?.ok !== true) throw new Error(`the jobs cannot be listed: ${answer?.status ?? 'no answer'}`);
      const page = (await answer.json()) as { items: { id: string }[]; nextCursor: string | null };
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    return ids;
  }

  /** Now and then to two replicas at the same moment: one key is one job, whoever is first. */
  private async sendSomehow(change: Change, headers: Headers, random: Random): Promise<Response | null> {
    const [first = '', second = first] = random.shuffled(this.urls);
    if (!random.chance(0.1)) return this.send(change, headers, first);
    const answers = await Promise.all([this.send(change, headers, first), this.send(change, headers, second)]);
    return answers.find((answer) => answer?.status === 202) ?? answers[0] ?? null;
  }

  private async send(change: Change, headers: Headers, url: string): Promise<Response | null> {
    this.underWay.set(url, (this.underWay.get(url) ?? 0) + 1);
    try {
      return await fetch(`${url}${change.path}`, {
        method: change.method,
        headers: {
          ...headers,
          ...(change.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(change.body === undefined ? {} : { body: JSON.stringify(change.body) }),
        signal: AbortSignal.timeout(15_000),
      });
    } catch {
      return null;
    } finally {
      this.underWay.set(url, (this.underWay.get(url) ?? 1) - 1);
    }
  }
}

type Headers = Readonly<Record<string, string>>;

function keyed(key: string, ifMatch: string | undefined): Headers {
  return { 'idempotency-key': key, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) };
}

async function call(method: 'GET' | 'POST' | 'DELETE', url: string): Promise<Response | null> {
  try {
    return await fetch(url, { method, signal: AbortSignal.timeout(10_000) });
  } catch {
    return null;
  }
}
