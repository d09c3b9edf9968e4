import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWholeService, type WholeService } from '../support/whole-service.js';

/*
 * An HMC at V8R8.2 knows SR-IOV and no vNICs (hmc-cli.md §6: vNIC failover came with V8R8.6.0): it refuses
 * `--rsubtype vnic` as an option that it does not know, reading as well as changing.
 */
const VNICS = '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/lizard/vnics';
const backingDevices = [
  { virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 1, capacity: 2, failoverPriority: 10 },
];

describe('an HMC at V8R8.2 alone', () => {
  let service: WholeService;
  beforeAll(async () => {
    service = await startWholeService({ simulator: { hmcs: [{ id: 'hmc0', version: 'V8R8.2.0' }] } });
  });
  afterAll(() => service.close());

  it.each([
    ['post', VNICS, { backingDevices }],
    ['post', VNICS, { slot: 17, backingDevices }],
    ['put', `${VNICS}/6`, { backingDevices }],
    ['put', `${VNICS}/17`, { backingDevices }],
    ['put', `${VNICS}/6`, { autoPriorityFailover: false }],
    ['post', `${VNICS}/6/backing-devices`, { backingDevices }],
  ] as const)('%s %s %j: 502 with its words, no job, and no change is sent', async (method, path, body) => {
    for (const at of [path, `${path}?dryRun=true`]) {
      const answer = await service.call(method, at).send(body).expect(502);
      expect(answer.headers['location']).toBeUndefined();
      expect(answer.body).toMatchObject({
        type: 'urn:hmc-vnic-gateway:problem:hmc-refused',
        hmc: 'hmc0',
        hmcCode: null,
        hmcMessage: expect.stringContaining('--rsubtype') as string,
        command: expect.stringMatching(/^lshwres -r virtualio --rsubtype vnic/) as string,
        advice: expect.stringContaining('V8R8.6.0') as string,
        retryable: false,
      });
    }
    expect((await service.call('get', '/v1/jobs').expect(200)).body).toMatchObject({ items: [] });
    expect(service.changes()).toEqual([]);
  });

  it('refuses what is wrong with the request before it is asked', async () => {
    await service.call('put', `${VNICS}/6`).send({ backingDevices: [] }).expect(400);
    await service.call('put', `${VNICS}/6`).set('If-None-Match', 'x').send({ backingDevices }).expect(400);
  });
});

describe('an HMC at V8R8.2 behind one that knows vNICs', () => {
  let service: WholeService;
  beforeAll(async () => {
    const hmcs = [
      { id: 'hmc1', version: 'V8R8.6.0' },
      { id: 'hmc0', version: 'V8R8.2.0' },
    ] as const;
    service = await startWholeService({ simulator: { hmcs }, config: { failoverPacingSeconds: 0 } });
  });
  afterAll(() => service.close());
  beforeEach(() => service.simulator.control.reset());

  it('leaves POST and PUT to that one', async () => {
    const made = await service.change('post', VNICS, { slot: 17, backingDevices });
    const set = await service.change('put', `${VNICS}/17`, {
      backingDevices: [...backingDevices, { ...backingDevices[0], adapterId: 3, failoverPriority: 20 }],
    });
    for (const job of [made, set]) expect(job).toMatchObject({ state: 'succeeded', hmc: 'hmc1', warnings: [] });
    expect(service.changes().map(({ hmcId }) => hmcId)).toEqual(['hmc1', 'hmc1']);
  });
});

describe('an HMC at V8R8.2 before one that knows vNICs', () => {
  let service: WholeService;
  beforeAll(async () => {
    const hmcs = [
      { id: 'hmc0', version: 'V8R8.2.0' },
      { id: 'hmc1', version: 'V8R8.6.0' },
    ] as const;
    service = await startWholeService({ simulator: { hmcs }, config: { failoverPacingSeconds: 0 } });
  });
  afterAll(() => service.close());

  it('leaves vNICs to that one, reads and changes; what it can read it reads', async () => {
    const listing = await service.call('get', VNICS).expect(200);
    expect(listing.headers['hmc-id']).toBe('hmc1');
    const partitions = VNICS.replace(/\/lizard.*/, '');
    expect((await service.call('get', partitions).expect(200)).headers['hmc-id']).toBe('hmc0');
    const made = await service.change('post', VNICS, { slot: 17, backingDevices });
    expect(made).toMatchObject({ state: 'succeeded', hmc: 'hmc1', warnings: [] });
    expect(service.changes().map(({ hmcId }) => hmcId)).toEqual(['hmc1']);
  });
});
