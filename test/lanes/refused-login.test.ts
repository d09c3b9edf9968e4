import { afterEach, expect, it } from 'vitest';
import supertest from 'supertest';
import { simulatorEndpoints } from '../support/simulator-endpoints.js';
import { REPTILIAN, SAURIAN, startWholeService, type WholeService } from '../support/whole-service.js';
import { startSimulator } from '../../simulator/simulator.js';
import { startTestRedis } from '../support/redis.js';
import { KEYS, startTestApp, testConfig } from '../support/test-app.js';

const port = (system: string, port: string): string => `/v1/managed-systems/${system}/sriov/physical-ports/${port}`;

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

it('an HMC that refuses our login: a job goes to another HMC, and fails at once where there is none', async () => {
  const service: WholeService = await startWholeService({
    simulator: { hmcs: [{ id: 'hmc1' }, { id: 'hmc2', systems: { [SAURIAN]: 'Connected' } }] },
  });
  open.push(() => service.close());
  await service.call('get', '/v1/hmcs').expect(200);
  service.simulator.control.addFault({ type: 'refuse-login', hmcId: 'hmc1', times: null });

  // Accepted on the connection from before.
  const alone = await service.change('patch', port(REPTILIAN, '2/2'), { label: 'alone' });
  expect(alone).toMatchObject({
    state: 'failed',
    error: { type: 'urn:hmc-vnic-gateway:problem:hmc-authentication-failed', effect: 'none' },
  });
  const other = await service.change('patch', port(SAURIAN, '2/2'), { label: 'other' });
  expect(other).toMatchObject({ state: 'succeeded', hmc: 'hmc2' });
}, 60_000);

it('an HMC with another host key than the pinned one: nothing is sent to it, jobs go to another HMC', async () => {
  const simulator = await startSimulator();
  open.push(() => simulator.close());
  const redis = await startTestRedis();
  open.push(() => redis.stop());
  const hmcs = simulatorEndpoints(simulator).map((endpoint) =>
    endpoint.id === 'hmc1' ? { ...endpoint, hostKeys: [`SHA256:${'A'.repeat(43)}`] } : endpoint,
  );
  const app = await startTestApp(testConfig(redis.url, { hmcs, logLevel: 'warn' }));
  open.push(() => app.close());
  const answer = await supertest(app.url)
    .patch(port(SAURIAN, '2/2'))
    .set('Authorization', `Bearer ${KEYS.operator}`)
    .set('Prefer', 'wait=30')
    .send({ label: 'other' });
  expect(answer.body).toMatchObject({ state: 'succeeded', hmc: 'hmc2' });
  const ready = await supertest(app.url).get('/health/ready').expect(200);
  expect(ready.body.hmcs[0]).toMatchObject({ id: 'hmc1', reachable: false, lastError: 'host-key-refused' });
  expect(simulator.log.entries.filter(({ hmcId }) => hmcId === 'hmc1')).toEqual([]);
}, 60_000);
