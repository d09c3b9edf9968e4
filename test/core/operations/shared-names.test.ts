import { describe, expect, it } from 'vitest';
import { backingDeviceActivate } from '../../../src/core/operations/backing-device-activate.js';
import { backingDeviceAdd } from '../../../src/core/operations/backing-device-add.js';
import { backingDeviceRemove } from '../../../src/core/operations/backing-device-remove.js';
import { backingDeviceSetPriority } from '../../../src/core/operations/backing-device-set-priority.js';
import { vnicCreate } from '../../../src/core/operations/vnic-create.js';
import { vnicSet } from '../../../src/core/operations/vnic-set.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import { device, estate, LIZARD, partition, seedVnic } from './estate.js';
import { bindAndPlan, lines, refusalOf, valueOf } from './plan-helpers.js';

/* Two Virtual I/O Servers of one name, and two clients. */
const ADDRESS = { partition: { id: LIZARD.id }, slot: 6 } as const;
const SECOND = { name: 'vios1', id: 2 };
const DEVICE = { virtualIoServer: { id: 2 }, adapterId: 4, physicalPortId: 2, capacity: 2, failoverPriority: 60 };
const MADE = 'sriov//2/4/2/2.0/60';

const twoServers = (changes: Partial<Snapshot> = {}): Snapshot =>
  estate({
    partitions: estate().partitions.map((one) => (one.id === SECOND.id ? { ...one, ...SECOND } : one)),
    vnics: [
      seedVnic({
        backingDevices: [
          device({ logicalPortId: '2700400b', adapterId: 1, failoverPriority: 10 }),
          device({ logicalPortId: '27010001', adapterId: 4, failoverPriority: 40, virtualIoServer: SECOND }),
        ],
      }),
    ],
    ...changes,
  });

describe('a Virtual I/O Server whose name another one has', () => {
  it('goes by its id in every command that names it', () => {
    const body = { backingDevices: [DEVICE] };
    const created = bindAndPlan(vnicCreate, twoServers({ vnics: [] }), { partition: ADDRESS.partition }, body);
    expect(lines(valueOf(created.planned)).join()).toContain(`backing_devices=${MADE}`);
    const added = bindAndPlan(backingDeviceAdd, twoServers(), ADDRESS, body);
    expect(lines(valueOf(added.planned)).join()).toContain(`backing_devices+=${MADE}`);
    const set = lines(valueOf(bindAndPlan(vnicSet, twoServers(), ADDRESS, body).planned)).join();
    expect(set).toContain(`backing_devices+=${MADE}`);
    expect(set).toContain('sriov//1/1/1/2.0/10');
    expect(set).toContain('sriov//2/4/1/2.0/40');
    expect(set).not.toContain('sriov/vios1/');
  });

  it('goes by its id when a device is removed, also half way', () => {
    const snapshot = twoServers();
    const { target, planned } = bindAndPlan(
      backingDeviceRemove,
      snapshot,
      { ...ADDRESS, logicalPortId: '27010001' },
      {},
    );
    expect(lines(valueOf(planned)).join()).toContain('backing_devices-=sriov//2/4/1/2.0/40');
    const read = Object.fromEntries(
      ['system', 'hmcId', 'takenAt', ...backingDeviceRemove.readback].map((part) => [part, snapshot[part as 'vnics']]),
    ) as unknown as Snapshot;
    expect(lines(valueOf(backingDeviceRemove.plan(read, target, {}))).join()).toContain('sriov//2/4/1/2.0/40');
  });
});

describe('a client whose name another partition has', () => {
  const twoClients = estate({
    partitions: [...estate().partitions, partition({ ...LIZARD, id: 16 })],
    vnics: [seedVnic()],
  });
  const refusal = { type: 'ambiguous-name', detail: expect.stringContaining('"lizard"') as string };

  it('is not named where the HMC takes nothing but its name', () => {
    const address = { ...ADDRESS, logicalPortId: '2700c001' };
    const set = bindAndPlan(backingDeviceSetPriority, twoClients, address, { failoverPriority: 11 });
    expect(refusalOf(set.planned)).toMatchObject(refusal);
    expect(refusalOf(bindAndPlan(backingDeviceActivate, twoClients, address, {}).planned)).toMatchObject(refusal);
  });

  it('goes by its id elsewhere', () => {
    const { planned } = bindAndPlan(backingDeviceRemove, twoClients, { ...ADDRESS, logicalPortId: '27008005' }, {});
    expect(lines(valueOf(planned))).toEqual([expect.stringContaining('--id 6 -s 6')]);
  });
});
