import { describe, expect, it } from 'vitest';
import { backingDeviceAdd } from '../../../src/core/operations/backing-device-add.js';
import type { VnicSetRequest } from '../../../src/core/operations/requests.js';
import type { BackingDeviceRequest } from '../../../src/core/placement/backing-device-request.js';
import { vnicCreate } from '../../../src/core/operations/vnic-create.js';
import { vnicSet } from '../../../src/core/operations/vnic-set.js';
import type { BackingDevice } from '../../../src/core/resources/backing-device.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import { device, estate, LIZARD, vnic, VIOS2 } from './estate.js';
import { bindAndPlan, lines, refusalOf, valueOf } from './plan-helpers.js';

/* The system is served by an HMC that prints nine fields of a device: what maximum it has is not told. */

const ADDRESS = { partition: { id: LIZARD.id }, slot: 6 };
const NOT_TOLD = { maxCapacity: null, desiredMaxCapacity: null };
const FIRST = device({ logicalPortId: '2700400b', failoverPriority: 10, active: true, ...NOT_TOLD });
const SECOND = device({
  logicalPortId: '27008005',
  adapterId: 2,
  failoverPriority: 20,
  virtualIoServer: VIOS2,
  ...NOT_TOLD,
});
const nineFields = (...devices: BackingDevice[]): Snapshot =>
  estate({ hmcId: 'hmc2', vnics: [vnic({ backingDevices: devices })] });
const BOTH = nineFields(FIRST, SECOND);

const wanted = (one: BackingDevice, changes: Partial<BackingDeviceRequest> = {}): BackingDeviceRequest => ({
  virtualIoServer: { id: one.virtualIoServer.id },
  adapterId: one.adapterId,
  physicalPortId: one.physicalPortId,
  capacity: one.desiredCapacity,
  failoverPriority: one.failoverPriority,
  ...changes,
});
const setTo = (...backingDevices: BackingDeviceRequest[]): VnicSetRequest => ({ backingDevices });
const planned = (request: VnicSetRequest): ReturnType<typeof bindAndPlan>['planned'] =>
  bindAndPlan(vnicSet, BOTH, ADDRESS, request).planned;
const NEW: BackingDeviceRequest = { virtualIoServer: { name: 'vios1' }, adapterId: 3, physicalPortId: 1 };

describe('a maximum capacity that the HMC does not tell', () => {
  it.each([50, 100])('is no reason to make a device anew: %i is asked for, and the plan warns', (maxCapacity) => {
    const request = setTo(wanted(FIRST, { maxCapacity }), wanted(SECOND));
    const plan = valueOf(planned(request));
    expect(plan.steps).toEqual([]);
    expect(plan.warnings).toEqual([expect.stringMatching(/^HMC hmc2 .*2700400b.*was not compared/)]);
    expect(vnicSet.holds(BOTH, plan.target, request)).toBe(true);
  });

  it('is not warned of where nothing depends on it', () => {
    expect(valueOf(planned(setTo(wanted(FIRST), wanted(SECOND)))).warnings).toBeUndefined();
    expect(valueOf(planned(setTo(wanted(FIRST), NEW))).warnings).toBeUndefined();
  });

  it('is lost where the device is made anew all the same, and the plan says so', () => {
    const plan = valueOf(planned(setTo(wanted(FIRST), wanted(SECOND, { virtualIoServer: { name: 'vios1' } }))));
    expect(lines(plan)).toHaveLength(2);
    expect(plan.warnings).toEqual([
      expect.stringMatching(/^HMC hmc2 .*adapter 2 port 1 gets the default, 100,.*27008005/),
    ]);
  });

  it('is not lost silently where 100 is asked for, which that HMC is not told of', () => {
    const request = setTo(wanted(FIRST), wanted(SECOND, { virtualIoServer: { name: 'vios1' }, maxCapacity: 100 }));
    const plan = valueOf(planned(request));
    expect(lines(plan).at(-1)).toMatch(/backing_devices\+=sriov\/vios1\/\/2\/1\/2.0\/20$/);
    // Made by this job, it has what was asked for.
    const { target } = plan;
    const after = nineFields(FIRST, { ...SECOND, virtualIoServer: { name: 'vios1', id: 1 } });
    expect(valueOf(vnicSet.plan(after, target, request))).toEqual({ steps: [], target });
  });

  it('cannot be given to a new device', () => {
    const limited = { ...NEW, maxCapacity: 50 };
    const refusal = { type: 'rule-violation', pointer: '/backingDevices/1/maxCapacity' };
    expect(refusalOf(planned(setTo(wanted(FIRST), limited)))).toMatchObject(refusal);
    expect(refusalOf(planned(setTo(wanted(FIRST), wanted(SECOND, { capacity: 4, maxCapacity: 50 }))))).toMatchObject(
      refusal,
    );
    const added = bindAndPlan(backingDeviceAdd, BOTH, ADDRESS, { backingDevices: [limited] }).planned;
    expect(refusalOf(added)).toMatchObject({ ...refusal, pointer: '/backingDevices/0/maxCapacity' });
    const create = (request: object): unknown =>
      refusalOf(bindAndPlan(vnicCreate, BOTH, { partition: { id: LIZARD.id } }, request).planned);
    expect(create({ backingDevices: [limited] })).toMatchObject({ pointer: '/backingDevices/0/maxCapacity' });
    const ports = [{ adapterId: 3, physicalPortId: 1 }];
    expect(create({ placement: { ports, redundancy: 1, maxCapacity: 50 } })).toMatchObject({
      ...refusal,
      pointer: '/placement/maxCapacity',
    });
  });

  it('is left to the HMC where it lists no device that would show it', () => {
    const nothing = estate({ hmcId: 'hmc2' });
    const request = { backingDevices: [{ ...NEW, maxCapacity: 50 }] };
    expect(lines(valueOf(bindAndPlan(vnicCreate, nothing, { partition: { id: LIZARD.id } }, request).planned))).toEqual(
      [expect.stringContaining('/50.0')],
    );
  });

  it('is not compared when devices are added or a vNIC is created again, and the plan warns', () => {
    const same = { backingDevices: [wanted(FIRST, { maxCapacity: 50 })] };
    const added = valueOf(bindAndPlan(backingDeviceAdd, BOTH, ADDRESS, same).planned);
    expect(added.steps).toEqual([]);
    expect(added.warnings).toHaveLength(1);
    const create = { slot: 6, backingDevices: [wanted(FIRST, { maxCapacity: 50 }), wanted(SECOND)] };
    const created = valueOf(bindAndPlan(vnicCreate, BOTH, { partition: { id: LIZARD.id } }, create).planned);
    expect(created.steps).toEqual([]);
    expect(created.warnings).toHaveLength(1);
  });
});
