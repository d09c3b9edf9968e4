import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { REPTILIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

const GRACE_SECONDS = 6;

let service: WholeService;
let worker: TestApp;
beforeEach(async () => {
  service = await startWholeService({ roles: ['api'], config: { shutdownGraceSeconds: GRACE_SECONDS } });
  worker = await startTestApp({ ...service.config, role: 'all' });
});
afterEach(() => service.close());

/** A change whose command takes so long, when it has reached the HMC. */
async function running(ms: number): Promise<JobBody> {
  service.simulator.control.addFault({ kind: 'change', type: 'latency', ms });
  const port = `/v1/managed-systems/${encodeURIComponent(REPTILIAN)}/sriov/physical-ports/4/0`;
  const { body } = await service.call('patch', port).send({ label: 'x' }).expect(202);
  await vi.waitFor(() => expect(service.changes()).toHaveLength(1), { timeout: 30_000 });
  return body as JobBody;
}
const job = async ({ id }: JobBody): Promise<JobBody> =>
  (await service.call('get', `/v1/jobs/${id}`).expect(200)).body as JobBody;

describe('the stop of a process that runs a command', () => {
  it('waits for it and records its end', async () => {
    const change = await running(1000);
    await worker.close();
    expect(await job(change)).toMatchObject({ state: 'succeeded', plan: [{ state: 'succeeded' }] });
  });

  it('cuts it off after one time of grace, and records that its end is not known', async () => {
    const change = await running(60_000);
    const began = performance.now();
    await worker.close();
    const seconds = (performance.now() - began) / 1000;
    expect(seconds).toBeGreaterThan(GRACE_SECONDS - 0.5);
    expect(seconds).toBeLessThan(2 * GRACE_SECONDS);
    expect(await job(change)).toMatchObject({ state: 'running', plan: [{ state: 'unknown' }] });
  });
});
