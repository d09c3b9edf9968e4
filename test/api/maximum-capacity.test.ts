import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startWholeService, type WholeService } from '../support/whole-service.js';

/*
 * On the demo hmc1 (V10) knows maximum capacities and hmc2 (V8R8.6) prints nine fields of
 * a device; both manage reptilian.
 */
const LIZARD_6 = '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/lizard/vnics/6';
const device = (vios: string, adapterId: number, changes: object = {}): object => ({
  virtualIoServer: { name: vios },
  adapterId,
  physicalPortId: 1,
  ...changes,
});
const LIMITED = {
  backingDevices: [
    device('vios1', 1, { capacity: 2, failoverPriority: 10, maxCapacity: 50 }),
    device('vios2', 4, { capacity: 2, failoverPriority: 20 }),
  ],
};

describe('a maximum capacity when the other HMC, which does not know it, serves', () => {
  let service: WholeService;
  beforeAll(async () => {
    service = await startWholeService({ config: { failoverPacingSeconds: 0 } });
    expect(await service.change('put', LIZARD_6, LIMITED)).toMatchObject({ state: 'succeeded', warnings: [] });
    await service.simulator.control.stopHmc('hmc1');
    await vi.waitFor(
      async () => {
        const { body } = await service.call('put', `${LIZARD_6}?dryRun=true`).send({}).expect(200);
        expect(body).toMatchObject({ hmc: 'hmc2' });
      },
      { timeout: 30_000, interval: 200 },
    );
  });
  afterAll(() => service.close());

  const plan = async (body: object): Promise<{ plan: { command: string }[]; warnings: string[] }> => {
    const answer = await service.call('put', `${LIZARD_6}?dryRun=true`).send(body).expect(200);
    return answer.body as { plan: { command: string }[]; warnings: string[] };
  };

  it('is not compared: the same call plans nothing, and the dry run and the job warn', async () => {
    const preview = await plan(LIMITED);
    expect(preview.plan).toEqual([]);
    expect(preview.warnings).toEqual([expect.stringMatching(/^HMC hmc2 .*was not compared/)]);
    const sent = service.changes().length;
    const job = await service.change('put', LIZARD_6, LIMITED);
    expect(job).toMatchObject({ state: 'succeeded', plan: [], warnings: preview.warnings });
    expect(service.changes()).toHaveLength(sent);
  });

  it('is refused for a new device before anything is sent', async () => {
    const wish = { backingDevices: [...LIMITED.backingDevices, device('vios1', 2, { maxCapacity: 50 })] };
    const { body } = await service.call('put', LIZARD_6).send(wish).expect(422);
    expect(body).toMatchObject({
      type: 'urn:hmc-vnic-gateway:problem:rule-violation',
      detail: expect.stringContaining('HMC hmc2') as string,
      errors: [{ pointer: '/backingDevices/2/maxCapacity' }],
    });
  });

  it('is warned of where the device is made anew without it', async () => {
    const wish = { backingDevices: [device('vios2', 1), device('vios2', 4)] };
    const lost = expect.stringMatching(/^HMC hmc2 .*adapter 1 port 1 gets the default, 100/) as string;
    expect((await plan(wish)).warnings).toEqual([lost]);
    const job = await service.change('put', LIZARD_6, wish);
    expect(job).toMatchObject({ state: 'succeeded', warnings: [lost] });
  });
});
