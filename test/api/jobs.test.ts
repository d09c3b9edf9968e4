import { Redis } from 'ioredis';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobEvents } from '../../src/jobs/job-events.js';
import { Keys } from '../../src/store/keys.js';
import { followEvents, readEvents, type SentEvent } from '../support/event-stream.js';
import { KEYS, startTestApp } from '../support/test-app.js';
import { REPTILIAN, SAURIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';
import { until } from '../support/until.js';

/* What a client sees of jobs and lanes: lists, events, cancel, pause, what a job waits for. */
const SYSTEM = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
const OTHER = '/v1/managed-systems/saurian-9119-MME-659707C';
const VNIC = `${SYSTEM}/partitions/anole/vnics/5`;
const NOBODY = '00000000-0000-4000-8000-000000000000';
const FINAL = ['succeeded', 'failed', 'indeterminate', 'canceled'];
const problem = (slug: string): string => `urn:hmc-vnic-gateway:problem:${slug}`;

let service: WholeService;
beforeAll(async () => {
  service = await startWholeService({ config: { hmcWaitSeconds: 2 } });
});
afterAll(() => service.close());
beforeEach(async () => {
  service.simulator.control.reset();
  await resume();
});

const lane = async (): Promise<Record<string, unknown>> =>
  (await service.call('get', `${SYSTEM}/lane`, 'viewer').expect(200)).body as Record<string, unknown>;
const pause = async (): Promise<void> => void (await service.call('post', `${SYSTEM}/lane/pause`, 'admin').expect(200));
const resume = async (): Promise<void> =>
  void (await service.call('post', `${SYSTEM}/lane/resume`, 'admin').expect(200));
const toggle = async (on: boolean): Promise<JobBody> =>
  (await service.call('patch', VNIC).send({ autoPriorityFailover: on }).expect(202)).body as JobBody;
const get = async (id: string): Promise<JobBody> =>
  (await service.call('get', `/v1/jobs/${id}`, 'viewer').expect(200)).body as JobBody;
const list = async (query: string): Promise<{ items: JobBody[]; nextCursor: string | null }> =>
  (await service.call('get', `/v1/jobs${query}`, 'viewer').expect(200)).body as never;

describe('a paused lane', () => {
  it('shows who paused it and what waits, starts nothing, and goes on in order when it is opened', async () => {
    await pause();
    const jobs = [await toggle(false), await toggle(true), await toggle(false)];
    expect(await lane()).toMatchObject({
      managedSystem: { mtms: REPTILIAN },
      paused: { by: 'the admin', at: expect.any(String) },
      running: null,
      queued: 3,
      items: jobs.map(({ id }, i) => ({ id, queuePosition: i + 1, waitingFor: { reason: 'paused', until: null } })),
    });
    // The sweep looks once a second; it must not start anything either.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(service.changes()).toEqual([]);
    expect(await get(jobs[2]?.id ?? '')).toMatchObject({ state: 'queued', queuePosition: 3 });

    // Pausing twice changes nothing; another lane is not touched.
    await pause();
    const other = await service.change('patch', `${OTHER}/partitions/tegu/vnics/4`, { autoPriorityFailover: false });
    expect(other).toMatchObject({ state: 'succeeded', managedSystem: { mtms: SAURIAN } });

    await resume();
    for (const { id } of jobs) expect(await service.finished(id)).toMatchObject({ state: 'succeeded' });
    expect(await lane()).toMatchObject({ paused: null, queued: 0, running: null, items: [] });
    const done = await Promise.all(jobs.map(({ id }) => get(id)));
    const sent = service.changes().filter(({ mtms }) => mtms === REPTILIAN);
    expect(sent.map(({ line }) => line)).toEqual(done.map(({ plan }) => plan[0]?.command));
  });

  it('tells the jobs that wait page by page, in the order in which they will run, also when some leave meanwhile', async () => {
    await pause();
    const jobs: string[] = [];
    for (let i = 0; i < 7; i += 1) jobs.push((await toggle(i % 2 === 0)).id);
    const show = async (query: string): Promise<{ ids: string[]; queued: number; nextCursor: string | null }> => {
      const { body } = await service.call('get', `${SYSTEM}/lane?${query}`, 'viewer').expect(200);
      const { items, queued, nextCursor } = body as { items: JobBody[]; queued: number; nextCursor: string | null };
      return { ids: items.map(({ id }) => id), queued, nextCursor };
    };
    const first = await show('limit=3');
    expect(first).toEqual({ ids: jobs.slice(0, 3), queued: 7, nextCursor: expect.any(String) });
    // The last one shown is gone, and one of those that come.
    await service.call('delete', `/v1/jobs/${jobs[2]}`).expect(200);
    await service.call('delete', `/v1/jobs/${jobs[4]}`).expect(200);
    const second = await show(`limit=2&cursor=${first.nextCursor}`);
    expect(second).toEqual({ ids: [jobs[3], jobs[5]], queued: 5, nextCursor: expect.any(String) });
    const third = await show(`limit=2&cursor=${second.nextCursor}`);
    expect(third).toEqual({ ids: [jobs[6]], queued: 5, nextCursor: null });
    expect(await lane()).toMatchObject({ queued: 5, nextCursor: null });
    for (const query of ['limit=0', 'limit=501', 'cursor=nonsense']) {
      await service.call('get', `${SYSTEM}/lane?${query}`, 'viewer').expect(400);
    }
    await resume();
    for (const id of jobs) await service.finished(id);
  });

  it('lets the running job come to its end', async () => {
    service.simulator.control.setLatency({ changeMs: 600 });
    const running = await toggle(false);
    const behind = await toggle(true);
    await until('it runs', async () => (await get(running.id)).state === 'running');
    expect(await get(running.id)).toMatchObject({ queuePosition: null, waitingFor: null });
    expect(await get(behind.id)).toMatchObject({ queuePosition: 1, waitingFor: { reason: 'turn' } });
    expect(await lane()).toMatchObject({ running: { id: running.id }, queued: 1, items: [{ id: behind.id }] });
    await pause();
    expect(await service.finished(running.id)).toMatchObject({ state: 'succeeded' });
    expect(await get(behind.id)).toMatchObject({ state: 'queued', waitingFor: { reason: 'paused' } });
    await resume();
    expect(await service.finished(behind.id)).toMatchObject({ state: 'succeeded' });
  });

  it('is the business of admins', async () => {
    for (const action of ['pause', 'resume']) {
      await service.call('post', `${SYSTEM}/lane/${action}`, 'operator').expect(403);
      await service.call('post', `${SYSTEM}/lane/${action}`, 'viewer').expect(403);
      await service.call('post', `/v1/managed-systems/nobody/lane/${action}`, 'admin').expect(404);
    }
  });
});

describe('cancel', () => {
  it('takes a queued job out of its lane', async () => {
    await pause();
    const [first, second, third] = [await toggle(false), await toggle(true), await toggle(false)];
    const { body } = await service.call('delete', `/v1/jobs/${second.id}`).expect(200);
    expect(body).toMatchObject({
      id: second.id,
      state: 'canceled',
      queuePosition: null,
      finishedAt: expect.any(String),
    });
    expect((body as JobBody).warnings.join()).toContain('the operator');
    expect(await get(third.id)).toMatchObject({ queuePosition: 2 });
    await resume();
    await service.finished(first.id);
    await service.finished(third.id);
    expect(await get(second.id)).toMatchObject({ state: 'canceled', plan: [] });
    // The first switches off; the second would have switched on; the third finds its wish fulfilled.
    expect(service.changes()).toHaveLength(1);
  });

  it('of a job that runs or is over is 409, and changes nothing', async () => {
    service.simulator.control.setLatency({ changeMs: 600 });
    const job = await toggle(false);
    await until('it runs', async () => (await get(job.id)).state === 'running');
    const running = await service.call('delete', `/v1/jobs/${job.id}`).expect(409);
    expect(running.body).toMatchObject({ type: problem('job-not-cancelable'), state: 'running' });
    expect(await service.finished(job.id)).toMatchObject({ state: 'succeeded' });
    const over = await service.call('delete', `/v1/jobs/${job.id}`).expect(409);
    expect(over.body).toMatchObject({ type: problem('job-not-cancelable'), state: 'succeeded' });
  });

  it('needs an operator, and a job', async () => {
    await service.call('delete', `/v1/jobs/${NOBODY}`, 'viewer').expect(403);
    await service.call('delete', `/v1/jobs/${NOBODY}`).expect(404);
    const { body } = await service.call('get', '/v1/jobs/17').expect(400);
    expect(body).toMatchObject({ type: problem('invalid-request'), errors: [{ parameter: 'jobId' }] });
  });

  it('ends a call that waits for the job', async () => {
    service.simulator.control.setLatency({ changeMs: 1000 });
    const running = await toggle(false);
    const waiting = service.call('patch', VNIC).set('Prefer', 'wait=30').send({ autoPriorityFailover: true }).then();
    await until('it is queued', async () => (await list('?state=queued')).items.length === 1);
    const [queued] = (await list('?state=queued')).items;
    await service.call('delete', `/v1/jobs/${queued?.id}`).expect(200);
    const answer = await waiting;
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id: queued?.id, state: 'canceled' });
    await service.finished(running.id);
  });
});

describe('the list of jobs', () => {
  it('is filtered by system, state and operation, newest first', async () => {
    const here = await service.change('patch', VNIC, { autoPriorityFailover: false });
    const label = await service.change('patch', `${OTHER}/sriov/physical-ports/1/0`, { label: 'x' });
    service.simulator.control.addFault({ type: 'refuse', text: 'HSCL2929 The resource is busy.', kind: 'change' });
    const failed = await service.change('patch', VNIC, { autoPriorityFailover: true });

    const ids = async (query: string): Promise<string[]> => (await list(query)).items.map(({ id }) => id);
    expect((await ids('')).slice(0, 3)).toEqual([failed.id, label.id, here.id]);
    for (const name of ['saurian-9119-MME-659707C', SAURIAN, encodeURIComponent(SAURIAN)]) {
      const found = await list(`?system=${name}`);
      expect(found.items[0]?.id).toBe(label.id);
      expect(
        found.items.every(
          (job) => (job as never as typeof job & { managedSystem: { mtms: string } }).managedSystem.mtms === SAURIAN,
        ),
      ).toBe(true);
    }
    expect((await ids('?state=failed'))[0]).toBe(failed.id);
    expect(await ids('?state=failed')).not.toContain(here.id);
    const labels = await list('?operation=physical-port.set-label');
    expect(labels.items.map(({ operation }) => operation)).toEqual(labels.items.map(() => 'physical-port.set-label'));
    expect(labels.items[0]?.id).toBe(label.id);
    expect(await ids(`?system=${REPTILIAN}&state=failed&operation=vnic.delete`)).toEqual([]);
  });

  it('comes in pages, whatever is added meanwhile', async () => {
    await pause();
    const jobs: JobBody[] = [];
    for (let i = 0; i < 7; i += 1) jobs.push(await toggle(i % 2 === 1));
    let added: JobBody | null = null;
    const expected = jobs.map(({ id }) => id).reverse();
    const seen: string[] = [];
    let query = `?system=${REPTILIAN}&state=queued&limit=3`;
    for (let page = 1; ; page += 1) {
      const { items, nextCursor } = await list(query);
      expect(items.length).toBeLessThanOrEqual(3);
      seen.push(...items.map(({ id }) => id));
      if (page === 1) added = await toggle(false);
      if (nextCursor === null) break;
      query = `?system=${REPTILIAN}&state=queued&limit=3&cursor=${encodeURIComponent(nextCursor)}`;
    }
    expect(seen).toEqual(expected);
    await resume();
    // The last of the lane: the estate of the next test is its own.
    await service.finished(added?.id ?? '');
  });

  it('refuses what it does not know', async () => {
    for (const query of ['?state=done', '?operation=dance', '?limit=0', '?limit=1000000', '?cursor=!!', '?color=red']) {
      const { body } = await service.call('get', `/v1/jobs${query}`).expect(400);
      expect(body).toMatchObject({ type: problem('invalid-request'), errors: [expect.any(Object)] });
    }
    await service.call('get', '/v1/jobs?system=nobody').expect(404);
  });
});

describe('the events of a job', () => {
  const slowJob = async (): Promise<JobBody> => {
    service.simulator.control.setLatency({ changeMs: 500 });
    await pause();
    return toggle(false);
  };
  const states = (events: readonly SentEvent[]): string[] => [...new Set(events.map(({ job }) => job.state))];

  it('come from its present state to its end, each with the whole job; then the stream ends', async () => {
    const job = await slowJob();
    const reading = await followEvents(service, job.id);
    await resume();
    const events = await reading.end;
    expect(events.every(({ event, job: { id } }) => event === 'job' && id === job.id)).toBe(true);
    expect(states(events)).toEqual(['queued', 'running', 'succeeded']);
    expect(events.filter(({ job: { state } }) => FINAL.includes(state))).toHaveLength(1);
    expect(events.at(-1)?.job).toEqual(await get(job.id));
    const ids = events.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    // The command shows as sent before its answer is there.
    expect(events.some(({ job: { plan } }) => plan[0]?.state === 'sent')).toBe(true);
  });

  it('are resumed after Last-Event-ID: what was missed, and nothing else', async () => {
    const job = await slowJob();
    const whole = await followEvents(service, job.id);
    const enough = (events: readonly SentEvent[]): boolean => events.some((each) => each.job.state === 'running');
    const part = await followEvents(service, job.id, { enough });
    await resume();
    const seen = await part.end;
    const all = await whole.end;
    const last = seen.at(-1)?.id ?? '';
    const rest = await readEvents(service, job.id, { lastEventId: last });
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.map(({ id }) => id)).toEqual(all.map(({ id }) => id).slice(all.findIndex(({ id }) => id === last) + 1));
    expect(rest.at(-1)?.job.state).toBe('succeeded');
  });

  it('are resumed while the job goes on', async () => {
    const job = await slowJob();
    const [first] = await readEvents(service, job.id, { enough: (events) => events.length > 0 });
    expect(first?.job.state).toBe('queued');
    const rest = readEvents(service, job.id, { ...(first ? { lastEventId: first.id } : {}) });
    await resume();
    const events = await rest;
    expect(states(events)).toEqual(['running', 'succeeded']);
  });

  it('of a job that is over: its end, and none after it', async () => {
    const job = await service.change('patch', VNIC, { autoPriorityFailover: false });
    const events = await readEvents(service, job.id);
    expect(events.map((event) => event.job)).toEqual([await get(job.id)]);
    expect(await readEvents(service, job.id, { lastEventId: events[0]?.id ?? '' })).toEqual([]);
    // From the beginning of all events.
    const all = await readEvents(service, job.id, { lastEventId: '0-0' });
    expect(all.at(-1)?.job.state).toBe('succeeded');
  });

  it('reach several readers, with the calls of others unharmed when one goes away', async () => {
    const job = await slowJob();
    const readers = await Promise.all([1, 2, 3].map(() => followEvents(service, job.id)));
    await readEvents(service, job.id, { enough: (events) => events.length > 0 });
    await resume();
    for (const { end } of readers) expect((await end).at(-1)?.job.state).toBe('succeeded');
    await service.call('get', '/health/live').expect(200);
  });

  it('begin anew after an id that no event has had yet', async () => {
    const job = await service.change('patch', VNIC, { autoPriorityFailover: false });
    const future = { lastEventId: '9999999999999-0' };
    expect((await readEvents(service, job.id, future)).map((event) => event.job)).toEqual([await get(job.id)]);
    const queued = await slowJob();
    const { end } = await followEvents(service, queued.id, future);
    await resume();
    expect(states(await end)).toEqual(['queued', 'running', 'succeeded']);
  });

  it('end with the job although its last event is lost', async () => {
    const job = await slowJob();
    const deaf = await startTestApp({ ...service.config, role: 'api' });
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { end } = await followEvents({ ...service, apps: [deaf] }, job.id);
      // From here on this process hears of nothing.
      await deaf.app.get(JobEvents).stop();
      await service.call('delete', `/v1/jobs/${job.id}`).expect(200);
      vi.advanceTimersByTime(15_000);
      expect(states(await end)).toEqual(['queued', 'canceled']);
    } finally {
      vi.useRealTimers();
      await deaf.close();
      await resume();
    }
  });

  it('end at once when the process ends', async () => {
    const job = await slowJob();
    const leaving = await startTestApp({ ...service.config, role: 'api' });
    const readers = await Promise.all([1, 2].map(() => followEvents({ ...service, apps: [leaving] }, job.id)));
    const begun = Date.now();
    await leaving.close();
    for (const { end } of readers) expect(states(await end)).toEqual(['queued']);
    // A connection that nobody ends is cut after 5 seconds.
    expect(Date.now() - begun).toBeLessThan(4_000);
    await resume();
  });

  it('are not waited for by HEAD', async () => {
    await pause();
    const { id } = await toggle(false);
    const head = await supertest(service.apps[0]?.url ?? '')
      .head(`/v1/jobs/${id}/events`)
      .set('Authorization', `Bearer ${KEYS.viewer}`);
    expect(head.status).toBe(200);
    expect(head.headers['content-type']).toMatch(/^text\/event-stream/);
    await service.call('delete', `/v1/jobs/${id}`).expect(200);
  });

  it('come although something else was put into the stream in Redis', async () => {
    await pause();
    const { id } = await toggle(false);
    const redis = new Redis(service.redis.url);
    const key = new Keys(service.config.redisPrefix).events();
    const { end } = await followEvents(service, id);
    const first = await redis.xadd(key, '*', 'who', 'knows');
    await redis.xadd(key, '*', 'job', id, 'state', 'queued', 'record', 'no JSON');
    redis.disconnect();
    await resume();
    // Not only the end, which a stream would find for itself.
    expect((await end).map(({ job }) => job.state)).toEqual(expect.arrayContaining(['queued', 'running', 'succeeded']));
    const again = await readEvents(service, id, { lastEventId: first ?? '' });
    expect(again.at(-1)?.job).toMatchObject({ state: 'succeeded' });
  });

  it('of no job: a problem document', async () => {
    const { body, headers } = await service.call('get', `/v1/jobs/${NOBODY}/events`).expect(404);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({ type: problem('not-found') });
    const wrong = await service.call('get', `/v1/jobs/${NOBODY}/events`).set('Last-Event-ID', 'yesterday').expect(400);
    expect(wrong.body).toMatchObject({ errors: [{ parameter: 'Last-Event-ID' }] });
  });
});

describe('a call that waits for its job', () => {
  it('is answered with the job as it is when the process ends', async () => {
    const running = async (): Promise<number> => (await list('?state=running&limit=1')).items.length;
    await service.change('patch', VNIC, { autoPriorityFailover: true });
    expect(await running()).toBe(0);
    service.simulator.control.setLatency({ changeMs: 5_000 });
    const leaving = await startTestApp({ ...service.config, role: 'api' });
    const waiting = supertest
      .agent(leaving.url)
      .patch(VNIC)
      .set('Authorization', `Bearer ${KEYS.operator}`)
      .set('Connection', 'keep-alive')
      .set('Prefer', 'wait=60')
      .send({ autoPriorityFailover: false })
      .then((answer) => answer);
    await until('the job runs', async () => (await running()) === 1);
    const begun = Date.now();
    await leaving.close();
    const answer = await waiting;
    expect(answer.status).toBe(202);
    const job = answer.body as JobBody;
    expect(job.state).toBe('running');
    expect(Date.now() - begun).toBeLessThan(4_000);
    expect(await service.finished(job.id)).toMatchObject({ state: 'succeeded' });
  });
});

describe('when no HMC can be reached', () => {
  it('jobs and lanes can be looked at, and a lane be paused, by a process that never saw an HMC', async () => {
    const job = await service.change('patch', VNIC, { autoPriorityFailover: false });
    await service.simulator.control.stopHmc('hmc1');
    await service.simulator.control.stopHmc('hmc2');
    const fresh = await startTestApp({ ...service.config, role: 'api' });
    const ask = (method: 'get' | 'post', path: string) =>
      supertest(fresh.url)[method](path).set('Authorization', `Bearer ${KEYS.admin}`);
    try {
      for (const name of [REPTILIAN, 'reptilian-9119-MME-65BA46F']) {
        const { body } = await ask('get', `/v1/jobs?system=${name}&limit=1`).expect(200);
        expect(body).toMatchObject({ items: [{ id: job.id }] });
        const paused = await ask('post', `/v1/managed-systems/${name}/lane/pause`).expect(200);
        expect(paused.body).toMatchObject({ managedSystem: { mtms: REPTILIAN }, paused: { by: 'the admin' } });
        const resumed = await ask('post', `/v1/managed-systems/${name}/lane/resume`).expect(200);
        expect(resumed.body).toMatchObject({ paused: null });
      }
      // Whether there is such a system cannot be said now.
      await ask('get', '/v1/managed-systems/nobody/lane').expect(503);
    } finally {
      await fresh.close();
      await service.simulator.control.startHmc('hmc1');
      await service.simulator.control.startHmc('hmc2');
    }
  });

  it('an accepted job says what it waits for, then fails without effect; a new one is 503', async () => {
    await pause();
    const job = await toggle(false);
    await service.simulator.control.stopHmc('hmc1');
    await service.simulator.control.stopHmc('hmc2');
    try {
      const seen = new Set<string>();
      const events = await followEvents(service, job.id);
      await resume();
      for (const { job: each } of await events.end) seen.add(`${each.state} ${each.waitingFor?.reason ?? ''}`);
      expect([...seen]).toContain('queued hmc');
      expect(await get(job.id)).toMatchObject({
        state: 'failed',
        error: { type: problem('hmc-unavailable'), effect: 'none', retryable: true },
        plan: [],
      });
      const refused = await service.call('patch', VNIC).send({ autoPriorityFailover: false }).expect(503);
      expect(refused.headers['retry-after']).toBeDefined();
      expect(refused.body).toMatchObject({ type: problem('hmc-unavailable') });
      expect(service.changes()).toEqual([]);
    } finally {
      await service.simulator.control.startHmc('hmc1');
      await service.simulator.control.startHmc('hmc2');
    }
  });
});
