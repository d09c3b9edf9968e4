import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobStore } from '../../src/store/job-store.js';
import { KEYS } from '../support/test-app.js';
import { REPTILIAN, startWholeService, type WholeService } from '../support/whole-service.js';

const ANOLE = `/v1/managed-systems/${encodeURIComponent(REPTILIAN)}/partitions/anole/vnics`;

let service: WholeService;
beforeEach(async () => {
  service = await startWholeService({ roles: ['all', 'api'] });
});
afterEach(() => service.close());

/**
 * The same call at two replicas. The second one has looked for an earlier job and found none; it reads the system only
 * when the job that the first one made is over.
 */
async function atBoth(ask: (url: string) => supertest.Test): Promise<readonly supertest.Response[]> {
  const [fast, slow] = service.apps;
  if (fast === undefined || slow === undefined) throw new Error('two replicas are wanted');
  const store = slow.app.get(JobStore);
  const mayAccept = store.mayAccept.bind(store);
  let goOn = (): void => undefined;
  const isOver = new Promise<void>((resolve) => (goOn = resolve));
  const held = vi.spyOn(store, 'mayAccept').mockImplementation(async () => {
    await isOver;
    await mayAccept();
  });
  // supertest sends a call when it is waited for.
  const late = ask(slow.url).then((answer) => answer);
  await vi.waitFor(() => expect(held).toHaveBeenCalled(), { timeout: 20_000 });
  const first = await ask(fast.url);
  expect(await service.finished((first.body as { id: string }).id)).toMatchObject({ state: 'succeeded' });
  goOn();
  return [first, await late];
}

const withKey = (call: supertest.Test): supertest.Test =>
  call.set('Authorization', `Bearer ${KEYS.operator}`).set('Idempotency-Key', 'the-same');

describe('the same call with one Idempotency-Key at two replicas', () => {
  it('is not told that its target is gone, where its own job has removed it', async () => {
    const [first, second] = await atBoth((url) => withKey(supertest(url).delete(`${ANOLE}/5`)));
    expect(first?.status).toBe(202);
    expect(second?.status, second?.text).toBe(202);
    expect(second?.headers).toMatchObject({ 'idempotency-replayed': 'true', location: first?.headers['location'] });
    expect(service.changes()).toHaveLength(1);
  });

  it('is not told that its If-Match is outdated, where its own job has changed the target', async () => {
    const { etag } = (await service.call('get', `${ANOLE}/5`).expect(200)).headers as { etag: string };
    const body = { autoPriorityFailover: false };
    const [first, second] = await atBoth((url) =>
      withKey(supertest(url).patch(`${ANOLE}/5`))
        .set('If-Match', etag)
        .send(body),
    );
    expect(first?.status).toBe(202);
    expect(second?.status, second?.text).toBe(202);
    expect(second?.headers).toMatchObject({ 'idempotency-replayed': 'true', location: first?.headers['location'] });
    expect(service.changes()).toHaveLength(1);
  });

  it('still hears a refusal where the key has made no job', async () => {
    const missing = withKey(supertest(service.apps[1]?.url ?? '').delete(`${ANOLE}/99`));
    expect((await missing).status).toBe(404);
  });
});
