import { createServer } from 'node:net';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWholeService, type WholeService } from '../support/whole-service.js';
import { startTestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

/* /health/ready is asked by nobody but a probe, and tells how the HMCs are all the same. */
let service: WholeService;
beforeAll(async () => {
  service = await startWholeService({ roles: ['worker'] });
});
afterAll(() => service.close());

const hmcs = async (): Promise<Record<string, unknown>[]> =>
  (await request(service.apps[0]?.url ?? '').get('/health/ready')).body.hmcs as Record<string, unknown>[];

describe('a process without any other call', () => {
  it('finds out that its HMCs are there, that one is gone, and with what reason', async () => {
    await until('both are known', async () => (await hmcs()).every(({ reachable }) => reachable === true));
    expect(await hmcs()).toEqual([
      { id: 'hmc1', reachable: true, lastSeenAt: expect.any(String), circuit: 'closed', lastError: null },
      { id: 'hmc2', reachable: true, lastSeenAt: expect.any(String), circuit: 'closed', lastError: null },
    ]);
    expect(service.simulator.log.entries).toEqual([]);
    await service.simulator.control.stopHmc('hmc2');
    service.simulator.control.dropConnections('hmc2');
    await until('it is not said to be there', async () => (await hmcs())[1]?.['reachable'] !== true);
    expect((await hmcs())[0]).toMatchObject({ reachable: true, lastError: null });
    await service.simulator.control.startHmc('hmc2');
  });

  it('answers soon while an HMC takes connections and says nothing', async () => {
    const mute = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = mute.address();
    const [first] = service.config.hmcs;
    if (first === undefined || address === null || typeof address === 'string') throw new Error('no HMC, or no port');
    const app = await startTestApp({ ...service.config, role: 'api', hmcs: [{ ...first, port: address.port }] });
    try {
      const begun = performance.now();
      const { status, body } = await request(app.url).get('/health/ready');
      expect(performance.now() - begun).toBeLessThan(5_000);
      expect(status).toBe(200);
      expect(body.hmcs).toMatchObject([{ reachable: null, lastSeenAt: null }]);
    } finally {
      await app.close();
      mute.close();
    }
  });
});
