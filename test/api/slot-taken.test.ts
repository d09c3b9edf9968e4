import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { partitionWithId, systemOf } from '../../simulator/estate/find.js';
import type { Partition } from '../../simulator/estate/model.js';
import { REPTILIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

/* vNICs share the slots of a partition with its other virtual adapters: lizard has one of those in slot 2. */
const LANE = '/v1/managed-systems/reptilian-9119-MME-65BA46F/lane';
const VNICS = '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/lizard/vnics';
const TAKEN = 'urn:hmc-vnic-gateway:problem:slot-taken';
const backingDevices = [
  { virtualIoServer: { name: 'vios2' }, adapterId: 3, physicalPortId: 1, capacity: 2, failoverPriority: 10 },
];

let service: WholeService;
beforeAll(async () => {
  service = await startWholeService();
});
afterAll(() => service.close());
beforeEach(() => {
  service.simulator.control.reset();
  service.simulator.control.clearFaults();
  service.simulator.log.clear();
});

const lizard = (): Partition => partitionWithId(systemOf(service.simulator.estate, REPTILIAN), 6);
const slotListings = (): number =>
  service.simulator.log.entries.filter(({ line }) => line.includes('--rsubtype slot --level slot')).length;

describe('a slot that another virtual adapter holds', () => {
  it.each([
    ['post', VNICS, { slot: 2, backingDevices }],
    ['put', `${VNICS}/2`, { backingDevices }],
  ] as const)('%s: 409 slot-taken, of a dry run, too; nothing is stored or sent', async (method, path, body) => {
    expect(lizard().virtualAdapters.map(({ slot }) => slot)).toContain(2);
    for (const at of [`${path}?dryRun=true`, path]) {
      const answer = await service.call(method, at).send(body).expect(409);
      expect(answer.body).toMatchObject({ type: TAKEN, detail: expect.stringContaining('Slot 2 of partition lizard') });
      expect(answer.headers['location']).toBeUndefined();
    }
    expect(service.changes()).toEqual([]);
  });

  it('since the change was accepted: the job fails, nothing is sent', async () => {
    await service.call('post', `${LANE}/pause`, 'admin').expect(200);
    const { body } = await service.call('put', `${VNICS}/17`).send({ backingDevices }).expect(202);
    const partition = lizard();
    Object.assign(partition, { virtualAdapters: [...partition.virtualAdapters, { slot: 17, kind: 'scsi' }] });
    await service.call('post', `${LANE}/resume`, 'admin').expect(200);
    expect(await service.finished((body as JobBody).id)).toMatchObject({
      state: 'failed',
      error: { type: TAKEN, effect: 'none', detail: expect.stringContaining('(scsi)') },
    });
    expect(service.changes()).toEqual([]);
  });

  it('is looked at only where a slot is named that holds no vNIC', async () => {
    await service.call('post', `${VNICS}?dryRun=true`).send({ backingDevices }).expect(200);
    expect(slotListings()).toBe(0);
    await service.call('post', `${VNICS}?dryRun=true`).send({ slot: 17, backingDevices }).expect(200);
    expect(slotListings()).toBe(1);
  });

  it('is refused by the HMC itself where it does not list the slots in use', async () => {
    const text = 'The command entered is either missing a required parameter or a parameter value is invalid.';
    service.simulator.control.addFault({ type: 'refuse', text, match: /--level slot/, times: Infinity });
    await service.call('put', `${VNICS}/2?dryRun=true`).send({ backingDevices }).expect(200);
    expect(await service.change('put', `${VNICS}/2`, { backingDevices })).toMatchObject({
      state: 'failed',
      error: { type: 'urn:hmc-vnic-gateway:problem:hmc-refused', effect: 'none' },
    });
  });
});
