import type supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemOf } from '../../simulator/estate/find.js';
import { REPTILIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

/* A vNIC is brought to what is wished for, as one job, through real HTTP, Redis and SSH. */
const SYSTEM = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
/** On the demo: 2700400x vios1 1/0 at 10 and active, vios2 3/1 at 20, vios1 2/0 at 30; automatic failover on. */
const ANOLE_4 = `${SYSTEM}/partitions/anole/vnics/4`;
const problem = (slug: string): string => `urn:hmc-vnic-gateway:problem:${slug}`;

interface Device {
  readonly logicalPortId: string;
  readonly adapterId: number;
  readonly physicalPortId: number;
  readonly failoverPriority: number;
  readonly desiredCapacity: number;
  readonly active: boolean;
}

const device = (
  vios: string,
  adapterId: number,
  physicalPortId: number,
  failoverPriority: number,
  capacity = 2,
): object => ({ virtualIoServer: { name: vios }, adapterId, physicalPortId, capacity, failoverPriority });

let service: WholeService;
beforeAll(async () => {
  service = await startWholeService({ config: { settleSeconds: 20, failoverPacingSeconds: 0 } });
});
afterAll(() => service.close());
beforeEach(() => service.simulator.control.reset());

const devicesOf = (document: Record<string, unknown> | null): Device[] =>
  (document?.['backingDevices'] ?? []) as Device[];
const ALLOWED = '--allownetdisrupt';
const ports = (document: Record<string, unknown> | null): string[] =>
  devicesOf(document).map(
    (one) => `${one.adapterId}/${one.physicalPortId} ${one.failoverPriority}${one.active ? ' active' : ''}`,
  );

describe('PUT of a vNIC', () => {
  it('shows the plan, carries it out, and the same again plans nothing', async () => {
    const wish = { backingDevices: [device('vios2', 3, 1, 20), device('vios2', 4, 1, 40), device('vios1', 2, 0, 30)] };
    const preview = await service.call('put', `${ANOLE_4}?dryRun=true`).send(wish).expect(200);
    const plan = (preview.body as { plan: { command: string; movesActive: boolean }[] }).plan;
    expect(plan.map(({ command }) => command)).toEqual([
      expect.stringContaining('backing_devices+=sriov/vios2//4/1/2.0/40'),
      expect.stringContaining('-a failover_priority=100'),
      expect.stringContaining('backing_devices-=sriov/vios1//1/0/2.0/100'),
    ]);
    expect(plan.map(({ movesActive }) => movesActive)).toEqual([false, true, false]);
    expect(service.changes()).toEqual([]);

    const job = await service.change('put', ANOLE_4, wish);
    expect(job).toMatchObject({ operation: 'vnic.set', state: 'succeeded', error: null });
    expect(job.plan.map(({ command }) => command)).toEqual(plan.map(({ command }) => command));
    expect(ports(job.result)).toEqual(['3/1 20 active', '2/0 30', '4/1 40']);
    expect(job.result).toMatchObject({ autoPriorityFailover: true });

    const again = await service.change('put', ANOLE_4, wish);
    expect(again).toMatchObject({ state: 'succeeded', plan: [] });
    expect(service.changes()).toHaveLength(3);
  });

  it('warns of a new device on a port without a link, in the dry run and in the job', async () => {
    const warned = (adapterId: number): string[] => [
      `The new device goes on adapter ${adapterId} port 3, which can carry no traffic now. Its link is down.`,
    ];
    const alone = { backingDevices: [device('vios1', 1, 3, 10)] };
    const empty = `${SYSTEM}/partitions/anole/vnics/9`;
    expect((await service.call('put', `${empty}?dryRun=true`).send(alone).expect(200)).body).toMatchObject({
      warnings: warned(1),
    });
    expect(await service.change('post', `${SYSTEM}/partitions/anole/vnics`, alone)).toMatchObject({
      state: 'succeeded',
      warnings: warned(1),
    });
    const more = [
      device('vios1', 1, 0, 10),
      device('vios2', 3, 1, 20),
      device('vios1', 2, 0, 30),
      device('vios2', 2, 3, 40),
    ];
    const set = await service.change('put', ANOLE_4, { backingDevices: more });
    expect(set, JSON.stringify(set.error)).toMatchObject({ state: 'succeeded', warnings: warned(2) });
    expect(set.plan).toHaveLength(1);
  });

  it('shows a reference to a port that is not known yet, and sends the id that it turns out to have', async () => {
    await service.change('patch', ANOLE_4, { autoPriorityFailover: false });
    const wish = { backingDevices: [device('vios2', 4, 0, 50)] };
    const preview = await service.call('put', `${ANOLE_4}?dryRun=true`).send(wish).expect(200);
    const shown = (preview.body as { plan: { command: string }[] }).plan.map(({ command }) => command);
    expect(shown[1]).toContain('--logport {"ref": "logicalPortOf adapter 4 port 0"}');

    const job = await service.change('put', ANOLE_4, wish);
    expect(job).toMatchObject({ state: 'succeeded', result: { autoPriorityFailover: false } });
    const [only] = devicesOf(job.result);
    expect(only).toMatchObject({ adapterId: 4, physicalPortId: 0, active: true });
    expect(job.plan[1]?.command).toBe(shown[1]?.replace(/\{.*\}/, only?.logicalPortId ?? ''));
  });

  it('makes each device anew on its own port, and always has one that carries the traffic', async () => {
    const wish = {
      backingDevices: [device('vios1', 1, 0, 10, 4), device('vios2', 3, 1, 20, 4), device('vios1', 2, 0, 30, 4)],
    };
    const job = await service.change('put', ANOLE_4, wish);
    expect(job, JSON.stringify(job.error)).toMatchObject({ state: 'succeeded' });
    expect(devicesOf(job.result).map((one) => one.desiredCapacity)).toEqual([4, 4, 4]);
    expect(job.plan.length).toBeGreaterThanOrEqual(6);
    // Whatever was active was sent away before its device was removed: the HMC saw no removal of an active one.
    const removals = job.plan.filter(({ command }) => command.includes('backing_devices-='));
    expect(removals.every(({ movesActive }) => !movesActive)).toBe(true);
  });

  it('creates the vNIC where the slot is empty', async () => {
    const path = `${SYSTEM}/partitions/lizard/vnics/17`;
    const wish = { portVlanId: 3455, backingDevices: [device('vios1', 1, 1, 10), device('vios2', 3, 1, 20)] };
    const job = await service.change('put', path, wish);
    expect(job).toMatchObject({ state: 'succeeded', before: null, result: { slot: 17, portVlanId: 3455 } });
    expect(job.plan).toHaveLength(1);
    expect(await service.change('put', path, wish)).toMatchObject({ state: 'succeeded', plan: [] });
    const { body } = await service
      .call('put', path)
      .send({ ...wish, portVlanId: 12 })
      .expect(409);
    expect(body).toMatchObject({ type: problem('not-changeable'), errors: [{ pointer: '/portVlanId' }] });
    const empty = await service.call('put', `${SYSTEM}/partitions/lizard/vnics/18`).send({}).expect(422);
    expect(empty.body).toMatchObject({ type: problem('rule-violation'), errors: [{ pointer: '/backingDevices' }] });
  });

  it('names the step that would disrupt the network, and takes it when that is allowed', async () => {
    const vnic = systemOf(service.simulator.estate, REPTILIAN).vnics.find(
      (one) => one.partitionId === 9 && one.slot === 4,
    );
    for (const standby of vnic?.devices.slice(1) ?? []) standby.forcedStatus = 'Link Down';
    const wish = {
      backingDevices: [device('vios1', 1, 0, 10, 4), device('vios2', 3, 1, 20), device('vios1', 2, 0, 30)],
    };
    const refused = await service.call('put', `${ANOLE_4}?dryRun=true`).send(wish).expect(409);
    expect(refused.body).toMatchObject({
      type: problem('network-disruption'),
      step: expect.stringContaining('backing_devices-=sriov/vios1//1/0/2.0/10') as string,
      operationalDevices: 0,
      leastOperationalDevices: 1,
    });
    const really = await service.call('put', ANOLE_4).send(wish).expect(409);
    expect(really.body).toMatchObject({
      type: problem('network-disruption'),
      step: (refused.body as { step: string }).step,
    });
    expect(service.changes()).toEqual([]);

    const job = await service.change('put', ANOLE_4, { ...wish, allowNetworkDisruption: true });
    expect(job).toMatchObject({ state: 'succeeded' });
    // The HMC is told so for the step that disrupts, and for no other.
    expect(
      job.plan.map(({ command }) => [/backing_devices([+-])=/.exec(command)?.[1], command.endsWith(ALLOWED)]),
    ).toEqual([
      ['-', true],
      ['+', false],
    ]);
  });

  it('does not say that disruption is allowed where no step disrupts', async () => {
    const wish = { backingDevices: [device('vios2', 3, 1, 20), device('vios2', 4, 1, 40), device('vios1', 2, 0, 30)] };
    const job = await service.change('put', ANOLE_4, { ...wish, allowNetworkDisruption: true });
    expect(job).toMatchObject({ state: 'succeeded' });
    expect(job.plan.filter(({ command }) => command.endsWith(ALLOWED))).toEqual([]);
    expect(job.plan.length).toBeGreaterThan(1);
  });

  it('fails with what the HMC said when a step is refused, and shows how far it came', async () => {
    service.simulator.control.addFault({
      type: 'refuse',
      text: 'HSCL2929 The resource is gone.',
      match: 'backing_devices-=',
    });
    const wish = { backingDevices: [device('vios2', 3, 1, 20), device('vios1', 2, 0, 30)] };
    const job = await service.change('put', ANOLE_4, wish);
    expect(job).toMatchObject({ state: 'failed', error: { hmcCode: 'HSCL2929', effect: 'partial' } });
    expect(ports(job.result)).toEqual(['1/0 100', '3/1 20 active', '2/0 30']);
    expect(job.warnings).toEqual([expect.stringContaining('has failover priority 100 now. It was 10 before this job')]);
    // The same request again goes on from there.
    service.simulator.control.clearFaults();
    const again = await service.change('put', ANOLE_4, wish);
    expect(again).toMatchObject({ state: 'succeeded' });
    expect(again.plan).toHaveLength(1);
  });

  it('keeps of a device that is made anew what the request leaves out', async () => {
    const bare = (vios: string, adapterId: number, physicalPortId: number, capacity?: number): object => ({
      virtualIoServer: { name: vios },
      adapterId,
      physicalPortId,
      ...(capacity === undefined ? {} : { capacity }),
    });
    const wish = { backingDevices: [bare('vios1', 1, 0, 4), bare('vios2', 3, 1), bare('vios2', 2, 0)] };
    const job = await service.change('put', ANOLE_4, wish);
    expect(job, JSON.stringify(job.error)).toMatchObject({ state: 'succeeded', warnings: [] });
    expect(
      devicesOf(job.result)
        .map((one) => `${one.adapterId}/${one.physicalPortId} ${one.failoverPriority} ${one.desiredCapacity}`)
        .sort(),
    ).toEqual(['1/0 10 4', '2/0 30 2', '3/1 20 2']);
    expect(await service.change('put', ANOLE_4, wish)).toMatchObject({ state: 'succeeded', plan: [] });
  });

  it.each([
    ['put', ANOLE_4, [device('vios1', 1, 0, 10), device('vios2', 4, 1, 40)], 1],
    ['post', `${ANOLE_4}/backing-devices`, [device('vios1', 4, 0, 40), device('vios2', 4, 1, 50)], 1],
    ['post', `${SYSTEM}/partitions/lizard/vnics`, [device('vios2', 4, 1, 40)], 0],
  ] as const)('needs the server of a new device: %s %s', async (method, path, backingDevices, index) => {
    service.simulator.control.virtualIoServerDown(REPTILIAN, 'vios2');
    for (const at of [path, `${path}?dryRun=true`]) {
      const { body } = await service.call(method, at).send({ backingDevices }).expect(409);
      expect(body).toMatchObject({
        type: problem('partition-state'),
        errors: [{ pointer: `/backingDevices/${index}/virtualIoServer` }],
        partitionState: 'Not Activated',
        rmcState: 'inactive',
      });
    }
    expect(service.changes()).toEqual([]);
  });

  it('knows that a new device on a port without a link takes nothing over', async () => {
    service.simulator.control.portDown(REPTILIAN, 4, 1);
    const wish = { backingDevices: [device('vios2', 4, 1, 5)] };
    const { body } = await service.call('put', ANOLE_4).send(wish).expect(409);
    expect(body).toMatchObject({ type: problem('network-disruption'), operationalDevices: 0 });
  });

  it('only creates with If-None-Match: *', async () => {
    const path = `${SYSTEM}/partitions/lizard/vnics/17`;
    const wish = { backingDevices: [device('vios1', 1, 1, 10)] };
    const put = (at: string, body: object): supertest.Test =>
      service.call('put', at).set('If-None-Match', '*').send(body);
    const job = await service.finished(((await put(path, wish).expect(202)).body as JobBody).id);
    expect(job).toMatchObject({ state: 'succeeded', result: { slot: 17 } });
    // Also where the same would plan nothing, or something that is refused.
    for (const body of [wish, {}, { ...wish, portVlanId: 12 }]) {
      expect((await put(path, body).expect(412)).body).toMatchObject({ type: problem('precondition-failed') });
    }
    await put(`${path}?dryRun=true`, wish).expect(412);
    await service.call('put', path).set('If-None-Match', '*, x').send(wish).expect(400);
    expect(service.changes()).toHaveLength(1);
  });

  it('fails when the slot is taken by the time it runs', async () => {
    const path = `${SYSTEM}/partitions/lizard/vnics/17`;
    const lane = `${SYSTEM}/lane`;
    await service.call('post', `${lane}/pause`, 'admin').send({}).expect(200);
    const accepted = async (failoverPriority: number, headers: Record<string, string> = {}): Promise<string> => {
      const wish = { backingDevices: [device('vios1', 1, 1, failoverPriority)] };
      const { body } = await service.call('put', path).set(headers).send(wish).expect(202);
      return (body as JobBody).id;
    };
    const ids = [await accepted(10), await accepted(20), await accepted(10, { 'If-None-Match': '*' })] as const;
    await service.call('post', `${lane}/resume`, 'admin').send({}).expect(200);
    const [first, other, onlyNew] = [
      await service.finished(ids[0]),
      await service.finished(ids[1]),
      await service.finished(ids[2]),
    ];
    expect(first).toMatchObject({ state: 'succeeded' });
    expect(other).toMatchObject({ state: 'failed', error: { type: problem('target-replaced'), effect: 'none' } });
    expect(onlyNew).toMatchObject({ state: 'failed', error: { type: problem('precondition-failed'), effect: 'none' } });
    expect(service.changes()).toHaveLength(1);
  });

  it('waits until a step shows its effect before it sends the next', async () => {
    service.simulator.control.addFault({ type: 'delay-effect', ms: 1500, match: 'failover_priority=100' });
    const wish = { backingDevices: [device('vios2', 3, 1, 20), device('vios1', 2, 0, 30)] };
    const job = await service.change('put', ANOLE_4, wish);
    expect(job, JSON.stringify(job.error)).toMatchObject({ state: 'succeeded' });
    expect(service.changes().map(({ line }) => line)).toEqual(job.plan.map(({ command }) => command));
    expect(job.plan).toHaveLength(2);
  });

  it('takes If-Match and Prefer like any change', async () => {
    const answer = await service.call('put', ANOLE_4).set('If-Match', '"other"').send({}).expect(412);
    expect(answer.body).toMatchObject({ type: problem('precondition-failed') });
    const job = (await service.call('put', ANOLE_4).set('Prefer', 'wait=30').send({}).expect(200)).body as JobBody;
    expect(job).toMatchObject({ state: 'succeeded', plan: [] });
  });
});
