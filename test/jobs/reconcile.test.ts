import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { KEYS, startTestApp } from '../support/test-app.js';
import { REPTILIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

const SYSTEM = `/v1/managed-systems/${encodeURIComponent(REPTILIAN)}`;

describe('POST /v1/jobs/{id}/reconcile', () => {
  let service: WholeService;
  beforeAll(async () => {
    service = await startWholeService({ config: { settleSeconds: 1, hmcChangeTimeoutSeconds: 1 } });
  });
  afterEach(() => {
    vi.useRealTimers();
    service.simulator.control.clearFaults();
  });
  afterAll(() => service.close());

  const relabel = (port: number, label: string): Promise<JobBody> =>
    service.change('patch', `${SYSTEM}/sriov/physical-ports/4/${port}`, { label });
  const reconcile = async (id: string): Promise<JobBody> =>
    (await service.call('post', `/v1/jobs/${id}/reconcile`).expect(200)).body as JobBody;

  it('finds a change that came late', async () => {
    service.simulator.control.addFault({ kind: 'change', type: 'delay-effect', match: 'physport.*late', ms: 3000 });
    const job = await relabel(0, 'late');
    expect(job).toMatchObject({ state: 'indeterminate', error: { type: expect.stringContaining('outcome-unknown') } });
    await vi.waitFor(
      async () =>
        expect(await reconcile(job.id)).toMatchObject({ state: 'succeeded', result: { label: 'late' }, error: null }),
      { timeout: 10_000, interval: 500 },
    );
  });

  it('does not call a command failed that may still be at work, and does when it is surely over', async () => {
    service.simulator.control.addFault({
      kind: 'change',
      type: 'drop-connection',
      match: 'physport.*never',
      when: 'before-effect',
    });
    const job = await relabel(2, 'never');
    expect(job).toMatchObject({ state: 'indeterminate', plan: [{ state: 'unknown' }] });

    const early = await reconcile(job.id);
    expect(early.state).toBe('indeterminate');
    expect(early.warnings.at(-1)).toMatch(/may still come until/);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * 60_000 });
    const later = await reconcile(job.id);
    expect(later).toMatchObject({
      state: 'failed',
      error: { type: 'urn:hmc-vnic-gateway:problem:not-carried-out', effect: 'none' },
    });
    expect(service.changes().filter((entry) => entry.line.includes('never'))).toHaveLength(1);
  });

  it('does not call a command failed on the word of another HMC than the one that ran it', async () => {
    service.simulator.control.addFault({
      kind: 'change',
      type: 'drop-connection',
      match: 'physport.*elsewhere',
      when: 'before-effect',
    });
    const job = await relabel(3, 'elsewhere');
    expect(job).toMatchObject({ state: 'indeterminate', hmc: 'hmc1' });
    await service.simulator.control.stopHmc('hmc1');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * 60_000 });
    const alone = await reconcile(job.id);
    expect(alone.state).toBe('indeterminate');
    expect(alone.warnings.at(-1)).toMatch(/only HMC hmc2 could be asked, and hmc1 ran the command/);

    await service.simulator.control.startHmc('hmc1');
    vi.useRealTimers();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 12 * 60_000 });
    await vi.waitFor(
      async () =>
        expect(await reconcile(job.id)).toMatchObject({
          state: 'failed',
          error: { type: 'urn:hmc-vnic-gateway:problem:not-carried-out', effect: 'none' },
        }),
      { timeout: 20_000, interval: 500 },
    );
  });

  it('does not tell anybody to wait for an HMC that is not configured any more', async () => {
    service.simulator.control.addFault({
      kind: 'change',
      type: 'drop-connection',
      match: 'physport.*removed',
      when: 'before-effect',
    });
    const job = await relabel(3, 'removed');
    expect(job).toMatchObject({ state: 'indeterminate', hmc: 'hmc1' });
    const hmcs = service.config.hmcs.filter(({ id }) => id !== 'hmc1');
    const later = await startTestApp({ ...service.config, role: 'api', hmcs });
    try {
      const { body } = await supertest(later.url)
        .post(`/v1/jobs/${job.id}/reconcile`)
        .set('Authorization', `Bearer ${KEYS.operator}`)
        .expect(200);
      expect(body).toMatchObject({ state: 'indeterminate' });
      expect((body as JobBody).warnings.at(-1)).toMatch(
        /only HMC hmc2 could be asked, and hmc1 ran the command, which is not configured: .* cannot be told/,
      );
    } finally {
      await later.close();
    }
  });

  it('says that it cannot tell once another job has worked on the same target', async () => {
    service.simulator.control.addFault({
      kind: 'change',
      type: 'drop-connection',
      match: 'physport.*first',
      when: 'before-effect',
    });
    const job = await relabel(2, 'first');
    expect(job.state).toBe('indeterminate');
    expect(await relabel(2, 'second')).toMatchObject({ state: 'succeeded' });

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * 60_000 });
    const looked = await reconcile(job.id);
    expect(looked.state).toBe('indeterminate');
    expect(looked.warnings.at(-1)).toMatch(/has worked on the same target since/);
  });

  it('is refused for a job that is not indeterminate, for a viewer, and for a job that is not there', async () => {
    const done = await relabel(0, 'done');
    expect(done.state).toBe('succeeded');
    const refused = await service.call('post', `/v1/jobs/${done.id}/reconcile`).expect(409);
    expect(refused.body).toMatchObject({ type: expect.stringContaining('job-not-indeterminate'), state: 'succeeded' });
    await service.call('post', `/v1/jobs/${done.id}/reconcile`, 'viewer').expect(403);
    await service.call('post', '/v1/jobs/4f1c1c1e-7d0a-4a55-9c35-0f2f3b6a7a10/reconcile').expect(404);
  });
});
