import type supertest from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startWholeService, type WholeService } from '../support/whole-service.js';

const PARTITIONS = '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions';
const DEVICE = { virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 1, failoverPriority: 10 };

describe('a vNIC and its profile', () => {
  let service: WholeService;
  beforeAll(async () => {
    service = await startWholeService();
  });
  afterAll(() => service?.close());
  afterEach(() => {
    service.simulator.control.reset();
  });

  const profile = (partition: string, slot: number): supertest.Test =>
    service.call('get', `${PARTITIONS}/${partition}/vnics/${slot}/profile`, 'viewer');

  it('agree where it was there at the activation', async () => {
    const { body, headers } = await profile('iguana', 4).expect(200);
    expect(headers['hmc-id']).toBe('hmc1');
    expect(body).toMatchObject({
      partition: { name: 'iguana', id: 3 },
      slot: 4,
      profileFollowsChanges: false,
      running: { slot: 4, etag: expect.stringMatching(/^"/) },
      profiles: [
        {
          name: 'default_profile',
          current: true,
          default: true,
          vnic: { slot: 4, backingDevices: [{ failoverPriority: 10 }, { failoverPriority: 20 }] },
          differences: [],
        },
      ],
      warnings: [],
    });
  });

  it('made while the partition runs: it is gone at the next activation', async () => {
    const job = await service.change('post', `${PARTITIONS}/lizard/vnics`, { slot: 6, backingDevices: [DEVICE] });
    expect(job.state).toBe('succeeded');
    const { body } = await profile('lizard', 6).expect(200);
    expect(body.profiles[0].vnic).toBeNull();
    expect(body.warnings).toEqual([
      { code: 'missing-in-profile', profile: 'default_profile', detail: expect.stringContaining('it is gone') },
    ]);
  });

  it('where sync_curr_profile is on the profile follows', async () => {
    const [frame] = service.simulator.estate.systems;
    const lizard = frame?.partitions.find(({ name }) => name === 'lizard');
    if (lizard !== undefined) lizard.syncCurrentProfile = 1;
    await service.change('post', `${PARTITIONS}/lizard/vnics`, { slot: 6, backingDevices: [DEVICE] });
    const { body } = await profile('lizard', 6).expect(200);
    expect(body).toMatchObject({ profileFollowsChanges: true, profiles: [{ vnic: { slot: 6 } }], warnings: [] });
  });

  it('a change while it runs, and one that is taken away, are shown too', async () => {
    const path = `${PARTITIONS}/iguana/vnics/4`;
    await service.change('patch', `${path}/backing-devices/27004003`, { failoverPriority: 15 });
    const changed = await profile('iguana', 4).expect(200);
    expect(changed.body.profiles[0].differences).toEqual([
      {
        property: 'backingDevices',
        running: expect.stringContaining('priority 15'),
        profile: expect.stringContaining('priority 10'),
      },
    ]);
    await service.change('delete', path);
    const gone = await profile('iguana', 4).expect(200);
    expect(gone.body).toMatchObject({ running: null, warnings: [{ code: 'only-in-profile' }] });
  });

  it('all of a partition at once: what the next activation takes, brings and changes', async () => {
    const all = (partition: string): supertest.Test =>
      service.call('get', `${PARTITIONS}/${partition}/profile`, 'viewer');
    expect((await all('lizard').expect(200)).body).toEqual({ items: [], nextCursor: null, warnings: [] });
    await service.change('post', `${PARTITIONS}/iguana/vnics`, { slot: 30, backingDevices: [DEVICE] });
    await service.change('patch', `${PARTITIONS}/iguana/vnics/4`, { autoPriorityFailover: false });
    const { body, headers } = await all('iguana').expect(200);
    expect(headers['hmc-id']).toBe('hmc1');
    expect(
      body.items.map((one: { slot: number; warnings: { code: string }[] }) => [
        one.slot,
        one.warnings.map(({ code }) => code),
      ]),
    ).toEqual([
      [4, ['differs-from-profile']],
      [5, []],
      [30, ['missing-in-profile']],
    ]);
    expect(body.items[2]).toEqual((await profile('iguana', 30).expect(200)).body);
    await all('nobody').expect(404);
  });

  it('a profile that cannot be read is told where it is, and nowhere else', async () => {
    const iguana =
      'name=default_profile,lpar_name=iguana,lpar_id=3,"vnic_adapters=40:ded:1:0:0:all::all:0:sriov/vios1//1/1/2.0/10"';
    const lizard = 'name=default_profile,lpar_name=lizard,lpar_id=6,vnic_adapters=3:rubbish';
    const text = `${iguana}\n${lizard}\n`;
    service.simulator.control.addFault({
      type: 'refuse',
      match: /^lssyscfg -r prof/,
      text,
      exitStatus: 0,
      times: null,
    });
    const spared = await service.call('get', `${PARTITIONS}/iguana/profile`, 'viewer').expect(200);
    expect(spared.body.warnings).toEqual([]);
    expect(spared.body.items.map(({ slot }: { slot: number }) => slot)).toEqual([4, 5, 40]);
    const spoilt = await service.call('get', `${PARTITIONS}/lizard/profile`, 'viewer').expect(200);
    expect(spoilt.body).toMatchObject({
      items: [],
      warnings: [{ code: 'profile-not-told', detail: expect.stringContaining('3:rubbish') }],
    });
    const { body } = await profile('lizard', 3).expect(404);
    expect(body.detail).toContain('none that is told');
  });

  it('nothing in either is 404; a refused listing is 502', async () => {
    await profile('iguana', 44).expect(404);
    await profile('nobody', 4).expect(404);
    const text = 'HSCL350B The user does not have the appropriate authority';
    service.simulator.control.addFault({ type: 'refuse', match: /^lssyscfg -r prof/, text, times: null });
    const { body } = await profile('iguana', 4).expect(502);
    expect(body).toMatchObject({ hmcCode: 'HSCL350B', command: expect.stringContaining('-r prof') });
  });
});
