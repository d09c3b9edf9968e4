import request from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultEstate } from '../../simulator/estate/default-estate.js';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import type { HmcEndpoint } from '../../src/hmc/hmc-endpoint.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { simulatorEndpoints } from '../support/simulator-endpoints.js';
import { KEYS, startTestApp, testConfig, type TestApp } from '../support/test-app.js';

const MTMS = '9119-MME*65BA46F';
const SAURIAN = '9119-MME*659707C';
const GHARIAL = '8286-42A*218CA0V';

let redis: TestRedis;
const open: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});
afterAll(() => redis.stop());

async function service(
  simulator: Simulator,
  change: (endpoints: HmcEndpoint[]) => HmcEndpoint[] = (endpoints) => endpoints,
): Promise<TestApp> {
  open.push(simulator);
  const app = await startTestApp(testConfig(redis.url, { hmcs: change(simulatorEndpoints(simulator)) }));
  open.push(app);
  return app;
}

function get(app: TestApp, path: string): request.Test {
  return request(app.url).get(path).set('Authorization', `Bearer ${KEYS.viewer}`);
}

describe('several HMCs', () => {
  it('one stops: the other serves, /v1/hmcs tells why, and what only that one knew is 503, not 404', async () => {
    const simulator = await startSimulator();
    const app = await service(simulator);
    await get(app, '/v1/hmcs').expect(200);
    await simulator.control.stopHmc('hmc1');

    const vnics = await get(app, `/v1/managed-systems/${MTMS}/vnics`).expect(200);
    expect(vnics.headers['hmc-id']).toBe('hmc2');
    expect(vnics.body.items.length).toBeGreaterThan(0);

    const { body } = await get(app, '/v1/hmcs').expect(200);
    expect(body.items[0]).toMatchObject({
      id: 'hmc1',
      reachable: false,
      lastError: { reason: 'unreachable', message: expect.any(String) },
      // What was read before it went away still stands there.
      level: expect.stringMatching(/^V10R3/),
      systems: expect.arrayContaining([expect.objectContaining({ mtms: GHARIAL })]),
      systemsProblem: expect.stringContaining('hmc1'),
    });
    expect(body.items[1]).toMatchObject({ id: 'hmc2', reachable: true, systemsProblem: null });

    const systems = await get(app, '/v1/managed-systems').expect(200);
    expect(systems.body.items.map((item: { mtms: string }) => item.mtms).sort()).toEqual([SAURIAN, MTMS].sort());

    const gharial = await get(app, `/v1/managed-systems/${GHARIAL}`).expect(503);
    expect(gharial.body).toMatchObject({ type: 'urn:hmc-vnic-gateway:problem:hmc-unavailable', retryable: true });
    expect(Number(gharial.headers['retry-after'])).toBeGreaterThan(0);
    await get(app, '/v1/managed-systems/nobody').expect(404);

    await simulator.control.stopHmc('hmc2');
    const none = await get(app, `/v1/managed-systems/${MTMS}/vnics`);
    expect(none.status).toBe(503);
    expect(Number(none.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('an ambiguous name is 409 with the MTMS of each; by MTMS each is served', async () => {
    const estate = defaultEstate();
    for (const system of estate.systems) system.name = 'twin';
    const app = await service(await startSimulator({ estate }));
    const { body } = await get(app, '/v1/managed-systems/twin/vnics').expect(409);
    expect(body.type).toBe('urn:hmc-vnic-gateway:problem:ambiguous-name');
    expect([...body.candidates].sort()).toEqual([GHARIAL, SAURIAN, MTMS].sort());
    await get(app, `/v1/managed-systems/${encodeURIComponent(SAURIAN)}/vnics`).expect(200);
  });

  it('an HMC that has lost its connection to a system is passed over for one that has not', async () => {
    const simulator = await startSimulator();
    simulator.control.setConnection('hmc1', MTMS, 'No Connection');
    const app = await service(simulator);
    const { body } = await get(app, `/v1/managed-systems/${MTMS}`).expect(200);
    expect(body).toMatchObject({
      state: 'Operating',
      hmcs: [
        { id: 'hmc2', state: 'Operating' },
        { id: 'hmc1', state: 'No Connection' },
      ],
    });
    const vnics = await get(app, `/v1/managed-systems/${MTMS}/vnics`).expect(200);
    expect(vnics.headers['hmc-id']).toBe('hmc2');
  });

  it('an HMC that loses its connection to a system between two reads is passed over at once', async () => {
    const simulator = await startSimulator();
    const app = await service(simulator);
    const first = await get(app, `/v1/managed-systems/${MTMS}/vnics`).expect(200);
    expect(first.headers['hmc-id']).toBe('hmc1');
    simulator.control.setConnection('hmc1', MTMS, 'No Connection');
    const second = await get(app, `/v1/managed-systems/${MTMS}/vnics`).expect(200);
    expect(second.headers['hmc-id']).toBe('hmc2');
    const systemPage = async (): Promise<unknown> => (await get(app, `/v1/managed-systems/${MTMS}`)).body.hmcs;
    await expect.poll(systemPage, { timeout: 10_000 }).toMatchObject([
      { id: 'hmc2', state: 'Operating' },
      { id: 'hmc1', state: 'No Connection' },
    ]);
  });

  it('a host key that is not pinned and a login that is refused are shown, and hide nothing', async () => {
    const app = await service(await startSimulator(), ([first, second, ...rest]) => {
      if (first === undefined || second === undefined) throw new Error('two HMCs are expected');
      return [{ ...first, hostKeys: [`SHA256:${'A'.repeat(43)}`] }, second, ...rest];
    });
    await get(app, `/v1/managed-systems/${MTMS}/vnics`).expect(200);
    const { body } = await get(app, '/v1/hmcs').expect(200);
    expect(body.items[0]).toMatchObject({ reachable: false, lastError: { reason: 'host-key-refused' }, systems: null });
    expect(body.items[0].systemsProblem).toContain('SHA256:');

    const refused = await service(await startSimulator(), ([first]) => {
      if (first === undefined) throw new Error('an HMC is expected');
      return [{ ...first, credential: { kind: 'password', password: 'wrong' } }];
    });
    const response = await get(refused, '/v1/managed-systems').expect(502);
    expect(response.body.type).toBe('urn:hmc-vnic-gateway:problem:hmc-authentication-failed');
    expect(JSON.stringify(response.body)).not.toContain('wrong');
  });

  it('an HMC that hangs does not hang /v1/hmcs', async () => {
    const simulator = await startSimulator();
    const app = await service(simulator);
    simulator.control.addFault({ type: 'no-answer', hmcId: 'hmc1', kind: 'read', times: null });
    const { body } = await get(app, '/v1/hmcs').expect(200);
    // Answered before the read was given up, which would be a problem of its own.
    expect(body.items[0]).toMatchObject({ id: 'hmc1', level: null, systems: null });
    expect(body.items[0].systemsProblem).toMatch(/^HMC hmc1 has not answered for 5 seconds or longer/);
    expect(body.items[1]).toMatchObject({ systemsProblem: null });
    expect(body.items[1].systems).toHaveLength(2);
  });

  it('an HMC that takes commands and stays silent: reads are answered by the other one, and it is shown', async () => {
    const simulator = await startSimulator();
    const app = await service(simulator);
    await get(app, `/v1/managed-systems/${MTMS}/vnics`).expect(200);
    const fault = simulator.control.addFault({ type: 'no-answer', hmcId: 'hmc1', kind: 'read', times: null });
    const asked = performance.now();
    const first = await get(app, `/v1/managed-systems/${MTMS}/vnics`).expect(200);
    expect(first.headers['hmc-id']).toBe('hmc2');
    // The read of the silent one is given up after 10 s (HMC_READ_TIMEOUT_SECONDS of the tests).
    expect(performance.now() - asked).toBeLessThan(9_500);
    const again = performance.now();
    expect((await get(app, `/v1/managed-systems/${MTMS}/vnics`).expect(200)).headers['hmc-id']).toBe('hmc2');
    expect(performance.now() - again).toBeLessThan(4_500);

    const health = async (): Promise<Record<string, unknown>> => (await get(app, '/health/ready')).body.hmcs[0];
    await vi.waitFor(async () => expect(await health()).toMatchObject({ reachable: false, lastError: 'timed-out' }), {
      timeout: 15_000,
      interval: 200,
    });
    const { body } = await get(app, '/v1/hmcs').expect(200);
    expect(body.items[0]).toMatchObject({ reachable: false, lastError: { reason: 'timed-out' } });

    simulator.control.removeFault(fault);
    // Asking for the HMCs asks each of them.
    await vi.waitFor(
      async () =>
        expect((await get(app, '/v1/hmcs').expect(200)).body.items[0]).toMatchObject({
          reachable: true,
          lastError: null,
        }),
      { timeout: 30_000, interval: 200 },
    );
    expect((await get(app, `/v1/managed-systems/${MTMS}/vnics`).expect(200)).headers['hmc-id']).toBe('hmc1');
  }, 90_000);

  it('an HMC that is slow and works is asked alone', async () => {
    const simulator = await startSimulator();
    const app = await service(simulator);
    await get(app, `/v1/managed-systems/${MTMS}`).expect(200);
    simulator.control.addFault({ type: 'latency', ms: 3_000, hmcId: 'hmc1', kind: 'read', times: null });
    const before = simulator.log.entries.filter(({ hmcId }) => hmcId === 'hmc2').length;
    const ports = await get(app, `/v1/managed-systems/${MTMS}/sriov/physical-ports`).expect(200);
    expect(ports.headers['hmc-id']).toBe('hmc1');
    expect(simulator.log.entries.filter(({ hmcId }) => hmcId === 'hmc2')).toHaveLength(before);
    expect((await get(app, '/health/ready')).body.hmcs[0]).toMatchObject({
      reachable: true,
      circuit: 'closed',
      lastError: null,
    });
  }, 40_000);

  it('a login that is refused while an old connection still reads: no change can go there, and both pages say so', async () => {
    const simulator = await startSimulator();
    const app = await service(simulator);
    await get(app, '/v1/hmcs').expect(200);
    simulator.control.addFault({ type: 'refuse-login', hmcId: 'hmc1', times: null });
    await request(app.url)
      .patch(`/v1/managed-systems/${SAURIAN}/sriov/physical-ports/2/2`)
      .set('Authorization', `Bearer ${KEYS.operator}`)
      .send({ label: 'new-label' })
      .expect(202);
    const health = async (): Promise<Record<string, unknown>> => (await get(app, '/health/ready')).body.hmcs[0];
    await vi.waitFor(async () => expect(await health()).toMatchObject({ circuit: 'locked-out' }), { timeout: 10_000 });
    const { body } = await get(app, '/v1/hmcs').expect(200);
    // The old connection has answered just now.
    expect(body.items[0]).toMatchObject({ reachable: false, circuit: 'locked-out', systemsProblem: null });
    expect(await health()).toMatchObject({
      reachable: false,
      circuit: 'locked-out',
      lastError: 'authentication-failed',
    });
  }, 40_000);

  it('messages in another language change nothing', async () => {
    const estate = defaultEstate();
    const app = await service(await startSimulator({ estate, hmcs: [{ id: 'hmc1', locale: 'pl' }] }));
    const { body } = await get(app, `/v1/managed-systems/${MTMS}/sriov/physical-ports`).expect(200);
    expect(body.items).toHaveLength(18);
    const empty = await get(app, `/v1/managed-systems/${GHARIAL}/vnics`).expect(200);
    expect(empty.body).toEqual({ items: [], nextCursor: null });
  });
});
