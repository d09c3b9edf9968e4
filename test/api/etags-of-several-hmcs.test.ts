import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWholeService, type WholeService } from '../support/whole-service.js';

/*
 * hmc1 (V10R3) prints the maximum capacity of a device, hmc2 (V8R8.6.0) does not: the target is the same all the same.
 */
const SYSTEM = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
const VNIC = `${SYSTEM}/partitions/anole/vnics/5`;

interface Tagged {
  readonly etag: string;
}

let service: WholeService;
beforeAll(async () => {
  service = await startWholeService();
});
afterAll(() => service.close());

async function read(path: string, hmcId: string): Promise<readonly string[]> {
  const { body, headers } = await service.call('get', `${SYSTEM}${path}?limit=100`).expect(200);
  expect(headers['hmc-id']).toBe(hmcId);
  return (body as { items: Tagged[] }).items.map(({ etag }) => etag);
}

describe('ETags', () => {
  it('are the same whichever HMC answers, and If-Match with one of another HMC passes', async () => {
    const vnics = await read('/vnics', 'hmc1');
    const ports = await read('/sriov/physical-ports', 'hmc1');
    expect(vnics.length).toBeGreaterThan(2);
    expect(ports.length).toBeGreaterThan(2);
    const { headers } = await service.call('get', VNIC).expect(200);

    await service.simulator.control.stopHmc('hmc1');
    expect(await read('/vnics', 'hmc2')).toEqual(vnics);
    expect(await read('/sriov/physical-ports', 'hmc2')).toEqual(ports);
    const again = await service.call('get', VNIC).expect(200);
    expect(again.headers['hmc-id']).toBe('hmc2');
    expect(again.headers['etag']).toBe(headers['etag']);
    expect(again.body.backingDevices[0].maxCapacity).toBeNull();

    const changed = await service
      .call('patch', VNIC)
      .set('If-Match', String(headers['etag']))
      .set('Prefer', 'wait=30')
      .send({ autoPriorityFailover: false })
      .expect(200);
    expect(changed.body).toMatchObject({ state: 'succeeded', hmc: 'hmc2' });
    await service.call('patch', VNIC).set('If-Match', String(headers['etag'])).send({}).expect(400);
    await service
      .call('patch', VNIC)
      .set('If-Match', String(headers['etag']))
      .send({ autoPriorityFailover: true })
      .expect(412);
  });
});
