import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledgement, JobDocument } from './history.js';
import type { Random } from './random.js';

/** A change as a client asks for it. */
export interface Change {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
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
/** Answers after which the same call with the same key is worth another try. */
const AGAIN = [429, 502, 503, 504];

/**
 * What a careful client does: one Idempotency-Key a change, the same call again to any replica while there is no
 * answer, then polling until the job is over.
 */
export class Client {
  readonly acknowledged: Acknowledgement[] = [];
  readonly refused: Refused[] = [];
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

  /** Sends until there is an answer: a call without one may have made a job. null: refused. */
  async ask(change: Change, random: Random): Promise<string | null> {
    const key = randomUUID();
    for (let lost = false; !this.closed; lost = true) {
      const answer = await this.sendSomehow(change, key, random);
      if (answer?.status === 202) {
        const { id } = (await answer.json()) as { id: string };
        if (lost && answer.headers.get('idempotency-replayed') === 'true') this.replayed += 1;
        this.acknowledged.push({ jobId: id, at: Date.now(), key });
        return id;
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

  /** Polls until the job is over. */
  async finished(jobId: string, random: Random): Promise<void> {
    while (!this.closed) {
      const job = await this.job(jobId, random);
      if (job !== null && FINAL.includes(job.state)) return;
      await sleep(250 + random.whole(0, 250));
    }
  }

  /** null: there was no answer, or no such job. */
  async job(jobId: string, random: Random): Promise<JobDocument | null> {
    const answer = await get(`${random.pick(this.urls)}/v1/jobs/${jobId}`);
    return answer?.ok === true ? ((await answer.json()) as JobDocument) : null;
  }

  /** Ids of all jobs, through all pages. */
  async listed(): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await get(`${this.urls[0] ?? ''}/v1/jobs?limit=100${query}`);
      if (answer?.ok !== true) throw new Error(`the jobs cannot be listed: ${answer?.status ?? 'no answer'}`);
      const page = (await answer.json()) as { items: { id: string }[]; nextCursor: string | null };
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    return ids;
  }

  /** Now and then to two replicas at the same moment: one key is one job, whoever is first. */
  private async sendSomehow(change: Change, key: string, random: Random): Promise<Response | null> {
    const [first = '', second = first] = random.shuffled(this.urls);
    if (!random.chance(0.1)) return this.send(change, key, first);
    const answers = await Promise.all([this.send(change, key, first), this.send(change, key, second)]);
    return answers.find((answer) => answer?.status === 202) ?? answers[0] ?? null;
  }

  private async send(change: Change, key: string, url: string): Promise<Response | null> {
    this.underWay.set(url, (this.underWay.get(url) ?? 0) + 1);
    try {
      return await fetch(`${url}${change.path}`, {
        method: change.method,
        headers: {
          'idempotency-key': key,
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

async function get(url: string): Promise<Response | null> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(10_000) });
  } catch {
    return null;
  }
}
