import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Vnic } from '../../simulator/estate/model.js';
import { systemOf } from '../../simulator/estate/find.js';
import {
  REPTILIAN,
  startWholeService,
  type JobBody,
  type Method,
  type WholeService,
} from '../support/whole-service.js';

/* How a change is taken in: what is answered, what is remembered, and what the lane checks again before it sends. */
const SYSTEM = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
const ANOLE = `${SYSTEM}/partitions/anole/vnics`;
const VNIC = `${ANOLE}/5`;
const OFF = { autoPriorityFailover: false };
const NEW_VNIC = {
  portVlanId: 3455,
  backingDevices: [
    { virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 1, capacity: 2, failoverPriority: 10 },
    { virtualIoServer: { name: 'vios2' }, adapterId: 3, physicalPortId: 1, capacity: 2, failoverPriority: 20 },
  ],
};
const problem = (slug: string): string => `urn:hmc-vnic-gateway:problem:${slug}`;

let service: WholeService;
beforeAll(async () => {
  service = await startWholeService({ config: { hmcWaitSeconds: 1, jobRetentionDays: 2 } });
});
afterAll(() => service.close());
beforeEach(async () => {
  service.simulator.control.reset();
  await service.call('post', `${SYSTEM}/lane/resume`, 'admin').expect(200);
});

const commands = (): string[] => service.changes().map((entry) => entry.line);
const pause = async (): Promise<void> => void (await service.call('post', `${SYSTEM}/lane/pause`, 'admin').expect(200));
const resume = async (): Promise<void> =>
  void (await service.call('post', `${SYSTEM}/lane/resume`, 'admin').expect(200));
const accepted = async (method: Method, path: string, body?: object): Promise<JobBody> =>
  (await service.call(method, path).send(body).expect(202)).body as JobBody;

/** The vNICs of anole in the simulated frame, to be changed behind the service's back. */
const vnics = (): Vnic[] => systemOf(service.simulator.estate, REPTILIAN).vnics;
const indexOf = (slot: number): number => vnics().findIndex((vnic) => vnic.partitionId === 9 && vnic.slot === slot);
const vnic = (slot = 5): Vnic => vnics()[indexOf(slot)] as Vnic;
const deviceId = (active: boolean, slot = 5): string =>
  vnic(slot).devices.find((device) => (device.logicalPortId === vnic(slot).activeLogicalPortId) === active)
    ?.logicalPortId ?? '';

describe('the answer to a change', () => {
  it('is 202 with the job, where to find it, and when to look', async () => {
    const answer = await service.call('patch', VNIC).send(OFF).expect(202);
    const job = answer.body as JobBody;
    expect(answer.headers['location']).toBe(`/v1/jobs/${job.id}`);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(answer.headers['preference-applied']).toBeUndefined();
    expect(answer.headers['idempotency-replayed']).toBeUndefined();
    expect(job).toMatchObject({
      operation: 'vnic.update',
      managedSystem: { name: 'reptilian-9119-MME-65BA46F', mtms: REPTILIAN },
      target: { partition: { name: 'anole', id: 9 }, slot: 5, macAddress: vnic().macAddress },
      request: OFF,
      requestedBy: 'the operator',
      result: null,
      error: null,
    });
    expect(await service.finished(job.id)).toMatchObject({ id: job.id, state: 'succeeded' });
  });

  it('with Prefer: wait is 200 with the job in its final state', async () => {
    const answer = await service.call('patch', VNIC).set('Prefer', 'wait=30').send(OFF).expect(200);
    expect(answer.headers['preference-applied']).toBe('wait=30');
    expect(answer.headers['location']).toBe(`/v1/jobs/${(answer.body as JobBody).id}`);
    expect(answer.body).toMatchObject({ state: 'succeeded', result: { autoPriorityFailover: false } });
  });

  it('with Prefer: wait is 200 for a job that failed too', async () => {
    service.simulator.control.addFault({ type: 'refuse', text: 'HSCL2929 The resource is busy.', kind: 'change' });
    const answer = await service.call('patch', VNIC).set('Prefer', 'wait=30').send(OFF).expect(200);
    expect(answer.headers['preference-applied']).toBe('wait=30');
    expect(answer.body).toMatchObject({ state: 'failed', error: { hmcCode: 'HSCL2929', effect: 'none' } });
  });

  it('with Prefer: wait is 202 when the time is over before the job is', async () => {
    service.simulator.control.setLatency({ changeMs: 2500 });
    const answer = await service.call('patch', VNIC).set('Prefer', 'wait=1').send(OFF).expect(202);
    expect(answer.headers['preference-applied']).toBeUndefined();
    expect(answer.headers['retry-after']).toBeDefined();
    expect(['queued', 'running']).toContain((answer.body as JobBody).state);
    expect(await service.finished((answer.body as JobBody).id)).toMatchObject({ state: 'succeeded' });
  });

  it('with Prefer: wait is 202 at once while the lane is paused', async () => {
    await pause();
    const begin = Date.now();
    const answer = await service.call('patch', VNIC).set('Prefer', 'wait=60').send(OFF).expect(202);
    // Far from the minute that it was ready to wait.
    expect(Date.now() - begin).toBeLessThan(15_000);
    expect(answer.body).toMatchObject({ state: 'queued', waitingFor: { reason: 'paused', until: null } });
    await resume();
    await service.finished((answer.body as JobBody).id);
  });
});

describe('a dry run', () => {
  const CALLS: readonly (readonly [string, Method, () => string, object | undefined])[] = [
    ['vnic.create', 'post', () => ANOLE, NEW_VNIC],
    ['vnic.update', 'patch', () => VNIC, OFF],
    ['vnic.delete', 'delete', () => VNIC, undefined],
    [
      'backing-device.add',
      'post',
      () => `${VNIC}/backing-devices`,
      { backingDevices: [{ virtualIoServer: { id: 2 }, adapterId: 4, physicalPortId: 1, capacity: 2 }] },
    ],
    [
      'backing-device.set-priority',
      'patch',
      () => `${VNIC}/backing-devices/${deviceId(false)}`,
      { failoverPriority: 33 },
    ],
    ['backing-device.activate', 'post', () => `${VNIC}/backing-devices/${deviceId(false)}/activate`, undefined],
    ['backing-device.remove of the standby', 'delete', () => `${VNIC}/backing-devices/${deviceId(false)}`, undefined],
    ['backing-device.remove of the active one', 'delete', () => `${VNIC}/backing-devices/${deviceId(true)}`, undefined],
    [
      'physical-port.set-label',
      'patch',
      () => `${SYSTEM}/sriov/physical-ports/4/0`,
      { label: "it's new", subLabel: 'a' },
    ],
  ];

  it.each(CALLS)('of %s shows exactly the commands that the call then sends', async (name, method, path, body) => {
    const jobs = async (): Promise<unknown> => (await service.call('get', '/v1/jobs').expect(200)).body;
    const before = await jobs();
    const shown = await service.call(method, `${path()}?dryRun=true`).send(body).expect(200);
    expect(shown.headers['location']).toBeUndefined();
    expect(shown.body).toMatchObject({
      operation: name.split(' ')[0],
      managedSystem: { mtms: REPTILIAN },
      hmc: 'hmc1',
    });
    expect(commands()).toEqual([]);
    expect(await jobs()).toEqual(before);

    const job = await service.change(method, path(), body);
    expect(job).toMatchObject({ state: 'succeeded' });
    const plan = (shown.body as { plan: { command: string }[] }).plan.map(({ command }) => command);
    expect(plan.length).toBeGreaterThan(0);
    expect(plan).toEqual(commands());
    expect(plan).toEqual(job.plan.map(({ command }) => command));
  });

  it('of what holds already shows no command', async () => {
    const { body } = await service
      .call('patch', `${VNIC}?dryRun=true`)
      .send({ autoPriorityFailover: true })
      .expect(200);
    expect(body).toMatchObject({ plan: [], before: { slot: 5, autoPriorityFailover: true } });
  });

  const REFUSED: readonly (readonly [string, number, Method, string, object])[] = [
    ['an unknown partition', 404, 'post', `${SYSTEM}/partitions/nobody/vnics`, NEW_VNIC],
    ['no vNIC in the slot', 404, 'patch', `${ANOLE}/17`, OFF],
    ['a slot that is taken', 409, 'post', ANOLE, { ...NEW_VNIC, slot: 5 }],
    ['a capacity between the steps', 422, 'post', ANOLE, capacity(1.3)],
    ['a body that is not valid', 400, 'post', ANOLE, { backingDevices: [] }],
    ['another ETag', 412, 'patch', VNIC, OFF],
  ];
  it.each(REFUSED)('with %s is refused as the real call is', async (_name, status, method, path, body) => {
    const headers: Record<string, string> = status === 412 ? { 'If-Match': '"another"' } : {};
    const dry = await service.call(method, `${path}?dryRun=true`).set(headers).send(body).expect(status);
    const real = await service.call(method, path).set(headers).send(body).expect(status);
    const { requestId: _dry, ...dryProblem } = dry.body as Record<string, unknown>;
    const { requestId: _real, ...realProblem } = real.body as Record<string, unknown>;
    expect(dryProblem).toEqual(realProblem);
    expect(dry.headers['content-type']).toContain('application/problem+json');
    expect(commands()).toEqual([]);
  });
});

describe('an Idempotency-Key', () => {
  let count = 0;
  let key = '';
  beforeEach(() => {
    count += 1;
    key = `key-${count}`;
  });

  it('sent again with the same request answers with the same job, and nothing is sent twice', async () => {
    const send = (body: object) => service.call('post', ANOLE).set('Idempotency-Key', key).send(body);
    const first = await send(NEW_VNIC).expect(202);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    await service.finished((first.body as JobBody).id);
    // The same body with its members in another order is the same request.
    const { backingDevices, portVlanId } = NEW_VNIC;
    const again = await send({ backingDevices, portVlanId }).expect(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.headers['location']).toBe(first.headers['location']);
    expect(again.body).toMatchObject({ id: (first.body as JobBody).id, state: 'succeeded' });
    expect(commands()).toHaveLength(1);
  });

  it('with another request is 422, whatever the difference', async () => {
    const send = (method: Method, path: string, body: object, headers = {}) =>
      service
        .call(method, path)
        .set({ 'Idempotency-Key': key, ...headers })
        .send(body);
    const first = await send('patch', VNIC, OFF).expect(202);
    await service.finished((first.body as JobBody).id);
    for (const call of [
      send('patch', VNIC, { autoPriorityFailover: true }),
      send('patch', `${ANOLE}/4`, OFF),
      send('delete', VNIC, {}),
      send('patch', VNIC, OFF, { 'If-Match': '*' }),
    ]) {
      const { body } = await call.expect(422);
      expect(body).toMatchObject({ type: problem('idempotency-key-reused') });
    }
    expect(commands()).toHaveLength(1);
  });

  it('belongs to its caller', async () => {
    const first = await service.call('patch', VNIC).set('Idempotency-Key', key).send(OFF).expect(202);
    const other = await service.call('patch', VNIC, 'admin').set('Idempotency-Key', key).send(OFF).expect(202);
    expect(other.headers['idempotency-replayed']).toBeUndefined();
    expect((other.body as JobBody).id).not.toBe((first.body as JobBody).id);
    expect((other.body as JobBody).requestedBy).toBe('the admin');
    await service.finished((other.body as JobBody).id);
  });

  it('of a refused request or of a dry run is free', async () => {
    const send = (path: string, body: object) => service.call('post', path).set('Idempotency-Key', key).send(body);
    await send(ANOLE, capacity(1.3)).expect(422);
    await send(`${ANOLE}?dryRun=true`, NEW_VNIC).expect(200);
    const answer = await send(ANOLE, NEW_VNIC).expect(202);
    expect(answer.headers['idempotency-replayed']).toBeUndefined();
    await service.finished((answer.body as JobBody).id);
  });

  it('answers also when the target is gone, and when no HMC is there', async () => {
    const send = () => service.call('delete', VNIC).set('Idempotency-Key', key);
    const first = await send().expect(202);
    expect(await service.finished((first.body as JobBody).id)).toMatchObject({ state: 'succeeded' });
    await service.call('delete', VNIC).expect(404);
    await service.simulator.control.stopHmc('hmc1');
    await service.simulator.control.stopHmc('hmc2');
    try {
      const again = await send().expect(202);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect((again.body as JobBody).id).toBe((first.body as JobBody).id);
    } finally {
      await service.simulator.control.startHmc('hmc1');
      await service.simulator.control.startHmc('hmc2');
    }
  });

  it('in many requests at the same moment makes one job', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => service.call('post', ANOLE).set('Idempotency-Key', key).send(NEW_VNIC)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(new Set(answers.map(({ body }) => (body as JobBody).id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    await service.finished((answers[0]?.body as JobBody).id);
    expect(commands()).toHaveLength(1);
  });

  it('with Prefer: wait waits for the job that was made before', async () => {
    service.simulator.control.setLatency({ changeMs: 300 });
    const first = await service.call('patch', VNIC).set('Idempotency-Key', key).send(OFF).expect(202);
    const again = await service
      .call('patch', VNIC)
      .set({ 'Idempotency-Key': key, Prefer: 'wait=30' })
      .send(OFF)
      .expect(200);
    expect(again.body).toMatchObject({ id: (first.body as JobBody).id, state: 'succeeded' });
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('is kept as long as its job: both begin to expire when the job is over', async () => {
    const redis = new Redis(service.redis.url);
    try {
      await pause();
      const { body } = await service.call('patch', VNIC).set('Idempotency-Key', key).send(OFF).expect(202);
      const { id } = body as JobBody;
      const jobKey = `{${service.config.redisPrefix}}:job:${id}`;
      const entry = await redis.hget(jobKey, 'idempotency');
      expect([await redis.pttl(jobKey), await redis.pttl(entry ?? '')]).toEqual([-1, -1]);
      await resume();
      await service.finished(id);
      const twoDays = 2 * 24 * 60 * 60 * 1000;
      for (const each of [jobKey, entry ?? '']) {
        expect(await redis.pttl(each)).toBeGreaterThan(twoDays - 600_000);
        expect(await redis.pttl(each)).toBeLessThanOrEqual(twoDays);
      }
    } finally {
      redis.disconnect();
    }
  });
});

describe('If-Match', () => {
  const etag = async (): Promise<string> => (await service.call('get', VNIC).expect(200)).headers['etag'] as string;

  it('right, and *: accepted; the ETag of the vNIC counts for its backing devices too', async () => {
    const tag = await etag();
    const priority = `${VNIC}/backing-devices/${deviceId(false)}`;
    for (const [path, body, value] of [
      [VNIC, OFF, tag],
      [priority, { failoverPriority: 60 }, await etag()],
      [VNIC, OFF, '*'],
    ] as const) {
      // Each changes the configuration, and with it the tag.
      const current = value === '*' ? '*' : await etag();
      const answer = await service.call('patch', path).set('If-Match', current).send(body).expect(202);
      expect(await service.finished((answer.body as JobBody).id)).toMatchObject({ state: 'succeeded' });
    }
    expect(await etag()).not.toBe(tag);
  });

  it('wrong: 412, and nothing is stored or sent', async () => {
    const tag = await etag();
    await service.change('patch', VNIC, OFF);
    const sent = commands().length;
    const { body } = await service
      .call('patch', VNIC)
      .set('If-Match', tag)
      .send({ autoPriorityFailover: true })
      .expect(412);
    expect(body).toMatchObject({ type: problem('precondition-failed') });
    expect(commands()).toHaveLength(sent);
  });

  it('right at accept and wrong when it runs: the job fails, nothing is sent', async () => {
    await pause();
    const { body } = await service
      .call('delete', VNIC)
      .set('If-Match', await etag())
      .expect(202);
    vnic().autoPriorityFailover = false;
    await resume();
    expect(await service.finished((body as JobBody).id)).toMatchObject({
      state: 'failed',
      error: { type: problem('precondition-failed'), effect: 'none' },
      plan: [],
      result: { slot: 5 },
    });
    expect(commands()).toEqual([]);
  });

  it('is not broken by what moves by itself', async () => {
    const tag = await etag();
    vnic().devices.forEach((device) => (device.forcedStatus = 'Network Error'));
    expect(await etag()).toBe(tag);
  });
});

describe('a target that changes between accept and its turn', () => {
  it('another vNIC in the slot: target-replaced', async () => {
    await pause();
    const job = await accepted('delete', VNIC);
    vnics().splice(indexOf(5), 1, { ...vnic(), macAddress: '02aabbccddee' });
    await resume();
    expect(await service.finished(job.id)).toMatchObject({
      state: 'failed',
      error: { type: problem('target-replaced'), effect: 'none' },
    });
    expect(commands()).toEqual([]);
    expect(vnic().macAddress).toBe('02aabbccddee');
  });

  it('another backing device under the logical port id: target-replaced', async () => {
    await pause();
    const id = deviceId(false);
    const job = await accepted('delete', `${VNIC}/backing-devices/${id}`);
    const devices = vnic().devices;
    const at = devices.findIndex((device) => device.logicalPortId === id);
    devices.splice(at, 1, { ...(devices[at] as Vnic['devices'][number]), physicalPortId: 1 });
    await resume();
    expect(await service.finished(job.id)).toMatchObject({
      state: 'failed',
      error: { type: problem('target-replaced') },
    });
    expect(commands()).toEqual([]);
  });

  it('gone: a change of it fails with target-gone', async () => {
    await pause();
    const update = await accepted('patch', VNIC, OFF);
    const priority = await accepted('patch', `${VNIC}/backing-devices/${deviceId(false)}`, { failoverPriority: 33 });
    vnics().splice(indexOf(5), 1);
    await resume();
    for (const { id } of [update, priority]) {
      expect(await service.finished(id)).toMatchObject({
        state: 'failed',
        error: { type: problem('target-gone'), effect: 'none' },
      });
    }
    expect(commands()).toEqual([]);
  });

  it('gone: to delete or to remove it is done already', async () => {
    await pause();
    const remove = await accepted('delete', `${VNIC}/backing-devices/${deviceId(false)}`);
    const deletion = await accepted('delete', VNIC);
    vnics().splice(indexOf(5), 1);
    await resume();
    for (const { id } of [remove, deletion]) {
      expect(await service.finished(id)).toMatchObject({ state: 'succeeded', plan: [], error: null });
    }
    expect(commands()).toEqual([]);
  });

  it('a slot that was taken meanwhile: the create fails, nothing is sent', async () => {
    await pause();
    const job = await accepted('post', ANOLE, { ...NEW_VNIC, slot: 77 });
    vnics().push({ ...vnic(), slot: 77, macAddress: '02aabbccddee' });
    await resume();
    expect(await service.finished(job.id)).toMatchObject({ state: 'failed', error: { type: problem('slot-taken') } });
    expect(commands()).toEqual([]);
  });

  it('two creates without a slot take one each', async () => {
    await pause();
    const [one, two] = [
      await accepted('post', ANOLE, NEW_VNIC),
      await accepted('post', ANOLE, { ...NEW_VNIC, portVlanId: 0 }),
    ];
    await resume();
    const slots = [(await service.finished(one.id)).target.slot, (await service.finished(two.id)).target.slot];
    expect(new Set(slots).size).toBe(2);
    expect(slots).not.toContain(undefined);
  });
});

function capacity(percent: number): object {
  return { ...NEW_VNIC, backingDevices: [{ ...NEW_VNIC.backingDevices[0], capacity: percent }] };
}
