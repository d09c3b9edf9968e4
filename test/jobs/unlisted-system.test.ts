import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS, startTestApp, type TestApp } from '../support/test-app.js';
import { REPTILIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

const NAME = 'reptilian-9119-MME-65BA46F';
const lane = (system: string): string => `/v1/managed-systems/${encodeURIComponent(system)}/lane`;

/* A frame is given away, or HMC_CONFIG names other HMCs, while jobs wait in its lane. */
let service: WholeService;
let later: TestApp;
let jobId: string;
beforeAll(async () => {
  service = await startWholeService({ roles: ['api'] });
  await service.call('post', `${lane(NAME)}/pause`, 'admin').expect(200);
  const port = `/v1/managed-systems/${NAME}/sriov/physical-ports/4/2`;
  jobId = ((await service.call('patch', port).send({ label: 'late' }).expect(202)).body as JobBody).id;
  const { systems } = service.simulator.estate;
  systems.splice(
    0,
    systems.length,
    ...systems.filter((system) => `${system.typeModel}*${system.serialNumber}` !== REPTILIAN),
  );
  later = await startTestApp({ ...service.config, role: 'api' });
});
afterAll(async () => {
  await later.close();
  await service.close();
});

const call = (method: 'get' | 'post', path: string): supertest.Test =>
  supertest(later.url)[method](path).set('Authorization', `Bearer ${KEYS.admin}`);

describe('a system that no HMC lists any more', () => {
  it.each([REPTILIAN, NAME])('keeps its jobs and its lane: %s', async (system) => {
    await call('get', `/v1/managed-systems/${encodeURIComponent(system)}`).expect(404);
    const { body } = await call('get', lane(system)).expect(200);
    expect(body).toMatchObject({ managedSystem: { name: NAME, mtms: REPTILIAN }, items: [{ id: jobId }] });
    const jobs = await call('get', `/v1/jobs?system=${encodeURIComponent(system)}`).expect(200);
    expect(jobs.body).toMatchObject({ items: [{ id: jobId, waitingFor: { reason: 'paused' } }] });
    expect((await call('post', `${lane(system)}/resume`).expect(200)).body).toMatchObject({ paused: null });
    await call('post', `${lane(system)}/pause`).expect(200);
  });

  it('is not found by another name', async () => {
    await call('get', lane('somewhere')).expect(404);
    await call('get', '/v1/jobs?system=somewhere').expect(404);
  });
});

describe('a system that has another name now', () => {
  it('is not found by the one that its jobs have', async () => {
    const [system] = service.simulator.estate.systems;
    if (system === undefined) throw new Error('there is no system left');
    const before = system.name;
    const ports = `/v1/managed-systems/${before}/sriov/physical-ports`;
    const { items } = (await call('get', ports).expect(200)).body as {
      items: { adapterId: number; physicalPortId: number }[];
    };
    await call('post', `${lane(before)}/pause`).expect(200);
    const port = `${ports}/${items[0]?.adapterId}/${items[0]?.physicalPortId}`;
    await supertest(later.url)
      .patch(port)
      .set('Authorization', `Bearer ${KEYS.admin}`)
      .send({ label: 'late' })
      .expect(202);
    system.name = 'gecko';
    const fresh = await startTestApp({ ...service.config, role: 'api' });
    try {
      const of = (name: string): supertest.Test =>
        supertest(fresh.url).get(lane(name)).set('Authorization', `Bearer ${KEYS.admin}`);
      await of(before).expect(404);
      expect((await of('gecko').expect(200)).body).toMatchObject({ queued: 1, managedSystem: { name: 'gecko' } });
    } finally {
      await fresh.close();
    }
  });
});
