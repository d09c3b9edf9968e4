import request from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { simulatorEndpoints } from '../support/simulator-endpoints.js';
import { KEYS, startTestApp, testConfig, type TestApp } from '../support/test-app.js';

const SYSTEM = 'reptilian-9119-MME-65BA46F';
const MTMS = '9119-MME*65BA46F';
const SAURIAN = '9119-MME*659707C';
const GHARIAL = '8286-42A*218CA0V';

let redis: TestRedis;
let simulator: Simulator;
let app: TestApp;

beforeAll(async () => {
  [redis, simulator] = await Promise.all([startTestRedis(), startSimulator()]);
  app = await startTestApp(testConfig(redis.url, { hmcs: simulatorEndpoints(simulator) }));
});
afterAll(async () => {
  await app?.close();
  await Promise.all([simulator?.close(), redis?.stop()]);
});
afterEach(() => {
  simulator.control.clearFaults();
  simulator.control.setLatency({ readMs: 0 });
});

function get(path: string): request.Test {
  return request(app.url).get(path).set('Authorization', `Bearer ${KEYS.viewer}`);
}

/**
 * The command lines that reached the HMCs while `calls` ran, without the list of systems, which is read now and then.
 */
async function commandsOf(calls: () => Promise<unknown>): Promise<string[]> {
  const before = simulator.log.entries.length;
  await calls();
  const lines = simulator.log.entries.slice(before).map((entry) => entry.line);
  return lines.filter((line) => line !== 'lssyscfg -r sys');
}

function expectProblem(response: request.Response, status: number, type: string): void {
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.body).toMatchObject({ status, type: `urn:hmc-vnic-gateway:problem:${type}` });
  expect(response.status).toBe(status);
}

const base = `/v1/managed-systems/${SYSTEM}`;

describe('managed systems and HMCs', () => {
  it('are merged by MTMS over both HMCs; a system without a connection is listed with its state', async () => {
    const { body } = await get('/v1/managed-systems').expect(200);
    expect(body.nextCursor).toBeNull();
    expect(body.items.map((item: { mtms: string }) => item.mtms).sort()).toEqual([GHARIAL, SAURIAN, MTMS].sort());
    const of = (mtms: string): unknown => body.items.find((item: { mtms: string }) => item.mtms === mtms);
    expect(of(MTMS)).toMatchObject({
      name: SYSTEM,
      state: 'Operating',
      ipAddress: '10.128.0.23',
      hmcs: [
        { id: 'hmc1', name: SYSTEM, state: 'Operating' },
        { id: 'hmc2', name: SYSTEM, state: 'Operating' },
      ],
      attributes: { type_model: '9119-MME', serial_num: '65BA46F' },
    });
    expect(of(GHARIAL)).toMatchObject({ state: 'No Connection', hmcs: [{ id: 'hmc1', state: 'No Connection' }] });
  });

  it.each([MTMS, '9119-MME%2A65BA46F', SYSTEM])('are shown by %s', async (name) => {
    const { body } = await get(`/v1/managed-systems/${name}`).expect(200);
    expect(body).toMatchObject({ mtms: MTMS, name: SYSTEM });
  });

  it.each(['', `/${SYSTEM}`])('tell when the oldest list that they are from was read: %s', async (path) => {
    const { headers } = await get(`/v1/managed-systems${path}`).expect(200);
    const hmcs = (await get('/v1/hmcs').expect(200)).body.items as { systemsReadAt: string }[];
    const read = Date.parse(headers['snapshot-time'] ?? '');
    expect(read).toBeGreaterThan(Date.now() - 60_000);
    expect(read).toBeLessThanOrEqual(Math.min(...hmcs.map(({ systemsReadAt }) => Date.parse(systemsReadAt))) + 50);
    expect(headers['hmc-id']).toBeUndefined();
  });

  it('come in pages', async () => {
    const first = await get('/v1/managed-systems?limit=2').expect(200);
    expect(first.body.items).toHaveLength(2);
    const second = await get(`/v1/managed-systems?limit=2&cursor=${first.body.nextCursor}`).expect(200);
    expect(second.body).toMatchObject({ items: [{}], nextCursor: null });
    const seen = [...first.body.items, ...second.body.items].map((item: { mtms: string }) => item.mtms);
    expect(new Set(seen).size).toBe(3);
  });

  it('HMCs show their level, their way and their systems', async () => {
    const { body } = await get('/v1/hmcs').expect(200);
    expect(body).toMatchObject({
      nextCursor: null,
      items: [
        { id: 'hmc1', host: '127.0.0.1', port: simulator.hmcs[0]?.port, reachable: true, circuit: 'closed' },
        { id: 'hmc2', reachable: true, circuit: 'closed', circuitOpenUntil: null, systemsProblem: null },
      ],
    });
    const [first, second] = body.items;
    expect(first.level).toMatch(/^V10R3/);
    expect(second.level).toMatch(/^V8R8\.6/);
    expect(first.systems.map((system: { mtms: string }) => system.mtms)).toContain(GHARIAL);
    expect(second.systems.map((system: { mtms: string }) => system.mtms)).not.toContain(GHARIAL);
    expect(Date.parse(first.systemsReadAt)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('what is asked of a system without a connection is a conflict with its state, with the refusal of the HMC', async () => {
    const response = await get(`/v1/managed-systems/${GHARIAL}/vnics`);
    expectProblem(response, 409, 'system-not-connected');
    expect(response.body.detail).toContain('in the state No Connection');
    expect(response.body).toMatchObject({
      hmc: 'hmc1',
      state: 'No Connection',
      exitStatus: 1,
      command: expect.stringContaining(GHARIAL),
    });
    expect(response.body.hmcMessage).not.toBe('');
  });
});

describe('partitions and Virtual I/O Servers', () => {
  it('partitions, in the order of ids, with where and when they were read', async () => {
    const response = await get(`${base}/partitions`).expect(200);
    const ids = response.body.items.map((item: { id: number }) => item.id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(response.body.items).toContainEqual(
      expect.objectContaining({
        id: 6,
        name: 'lizard',
        environment: 'aixlinux',
        state: 'Running',
        rmcState: 'active',
        attributes: expect.objectContaining({ lpar_id: '6' }),
      }),
    );
    expect(response.headers['hmc-id']).toBe('hmc1');
    expect(Date.parse(response.headers['snapshot-time'] ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('Virtual I/O Servers only', async () => {
    const { body } = await get(`${base}/virtual-io-servers`).expect(200);
    expect(body.items.map((item: { id: number; name: string }) => [item.id, item.name])).toEqual([
      [1, 'vios1'],
      [2, 'vios2'],
    ]);
  });
});

describe('SR-IOV', () => {
  it('adapters in shared and in dedicated mode', async () => {
    const { body } = await get(`${base}/sriov/adapters`).expect(200);
    expect(body.items.map((item: { adapterId: number | null }) => item.adapterId)).toEqual([1, 2, 3, 4, 5, null]);
    expect(body.items[0]).toMatchObject({
      slotId: '21010020',
      mode: 'sriov',
      status: 'running',
      physicalPorts: 4,
      maxLogicalPorts: 48,
    });
    expect(body.items[5]).toMatchObject({
      mode: 'dedicated',
      status: null,
      physicalPorts: null,
      maxLogicalPorts: null,
    });
  });

  it('physical ports of all levels, each once', async () => {
    const { body } = await get(`${base}/sriov/physical-ports`).expect(200);
    const places = body.items.map((port: { adapterId: number; physicalPortId: number }) => [
      port.adapterId,
      port.physicalPortId,
    ]);
    expect(places).toHaveLength(4 * 4 + 2);
    expect(new Set(places.map(String)).size).toBe(places.length);
    const levels = (adapterId: number): string[] =>
      body.items
        .filter((port: { adapterId: number }) => port.adapterId === adapterId)
        .map((port: { level: string }) => port.level);
    expect(levels(1)).toEqual(['ethc', 'ethc', 'eth', 'eth']);
    expect(levels(5)).toEqual(['roce', 'roce']);
    expect(body.items[1]).toMatchObject({ adapterId: 1, physicalPortId: 1, label: 'prod-b', capacityGranularity: 2 });
  });

  it('physical ports of one label, and those of none', async () => {
    const backup = await get(`${base}/sriov/physical-ports?label=backup`).expect(200);
    expect(backup.body.items.map((port: { adapterId: number }) => port.adapterId)).toEqual([5, 5]);
    const none = await get(`${base}/sriov/physical-ports?label=`).expect(200);
    expect(none.body.items).toHaveLength(4);
    expect(none.body.items.every((port: { label: string }) => port.label === '')).toBe(true);
    const unknown = await get(`${base}/sriov/physical-ports?label=nowhere`).expect(200);
    expect(unknown.body).toEqual({ items: [], nextCursor: null });
  });

  it('one physical port, with its entity tag', async () => {
    const response = await get(`${base}/sriov/physical-ports/1/1`).expect(200);
    expect(response.body).toMatchObject({ adapterId: 1, physicalPortId: 1, label: 'prod-b', linkUp: true });
    expect(response.headers['etag']).toMatch(/^"[^"]+"$/);
    expect(response.body.etag).toBe(response.headers['etag']);
    expectProblem(await get(`${base}/sriov/physical-ports/1/9`), 404, 'target-not-found');
    expectProblem(await get(`${base}/sriov/physical-ports/one/1`), 400, 'invalid-request');
  });

  it('logical ports, free ones and backing devices with their owner and client, in pages', async () => {
    const items: { logicalPortId: string; configured: boolean }[] = [];
    let cursor: string | null = null;
    do {
      const page = await get(`${base}/sriov/logical-ports?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`);
      expect(page.status).toBe(200);
      items.push(...page.body.items);
      cursor = page.body.nextCursor as string | null;
    } while (cursor !== null);
    expect(items).toHaveLength(4 * 48 + 120);
    expect(new Set(items.map((port) => port.logicalPortId)).size).toBe(items.length);
    expect(items.find((port) => port.logicalPortId === '2700400b')).toMatchObject({
      adapterId: 1,
      configured: false,
      physicalPortId: null,
      partition: null,
    });
    expect(items.filter((port) => port.configured)).toContainEqual(
      expect.objectContaining({
        vnicBackingDevice: true,
        partition: { name: 'vios1', id: 1 },
        clients: [{ name: 'iguana', id: 3 }],
      }),
    );
  });
});

describe('vNICs', () => {
  it('of the whole system are one command', async () => {
    let body: { items: { partition: { id: number }; slot: number; etag: string }[] } = { items: [] };
    const commands = await commandsOf(async () => {
      ({ body } = await get(`${base}/vnics`).expect(200));
    });
    expect(commands).toEqual([expect.stringMatching(/^lshwres -r virtualio --rsubtype vnic /)]);
    expect(body.items.map((vnic) => [vnic.partition.id, vnic.slot])).toEqual([
      [3, 4],
      [3, 5],
      [4, 3],
      [7, 4],
      [8, 3],
      [9, 4],
      [9, 5],
      [10, 3],
    ]);
    expect(body.items.every((vnic) => /^"[^"]+"$/.test(vnic.etag))).toBe(true);
  });

  it('of a partition by name, by id and by forced name; an empty list where there are none', async () => {
    for (const partition of ['iguana', '3', 'name:iguana']) {
      const { body } = await get(`${base}/partitions/${partition}/vnics`).expect(200);
      expect(body.items.map((vnic: { slot: number }) => vnic.slot)).toEqual([4, 5]);
    }
    const { body } = await get(`${base}/partitions/lizard/vnics`).expect(200);
    expect(body).toEqual({ items: [], nextCursor: null });
    expectProblem(await get(`${base}/partitions/name:3/vnics`), 404, 'target-not-found');
    expectProblem(await get(`${base}/partitions/lizzard/vnics`), 404, 'target-not-found');
    expectProblem(await get(`${base}/partitions/77/vnics`), 404, 'target-not-found');
  });

  it('one vNIC as the contract has it', async () => {
    const response = await get(`${base}/partitions/iguana/vnics/4`).expect(200);
    const { macAddress, etag, backingDevices, attributes, ...rest } = response.body;
    expect(rest).toEqual({
      partition: { name: 'iguana', id: 3 },
      slot: 4,
      autoPriorityFailover: true,
      portVlanId: 0,
      portVlanPriority: 0,
      allowedVlanIds: 'all',
      allowedOsMacAddresses: 'all',
      desiredMode: 'ded',
      currentMode: 'ded',
    });
    expect(macAddress).toMatch(/^[0-9a-f]{12}$/);
    expect(response.headers['etag']).toBe(etag);
    expect(attributes).toMatchObject({ lpar_name: 'iguana', slot_num: '4' });
    expect(backingDevices).toEqual([
      {
        logicalPortId: expect.stringMatching(/^27004[0-9a-f]{3}$/),
        virtualIoServer: { name: 'vios1', id: 1 },
        adapterId: 1,
        physicalPortId: 0,
        capacity: 2,
        desiredCapacity: 2,
        maxCapacity: 100,
        desiredMaxCapacity: 100,
        failoverPriority: 10,
        active: true,
        status: 'Operational',
      },
      expect.objectContaining({ adapterId: 3, failoverPriority: 20, active: false, status: 'Operational' }),
    ]);
    expectProblem(await get(`${base}/partitions/iguana/vnics/6`), 404, 'target-not-found');
  });

  it('the entity tag outlives a failover; the view tells who took over', async () => {
    const path = `${base}/partitions/iguana/vnics/4`;
    const before = await get(path).expect(200);
    const well = await get(`${path}/failover`).expect(200);
    expect(well.body).toMatchObject({
      autoPriorityFailover: true,
      automatic: true,
      active: { adapterId: 1 },
      next: { adapterId: 3 },
      preferred: { adapterId: 1 },
      warnings: [],
    });
    simulator.control.virtualIoServerDown(MTMS, 'vios1');
    try {
      const after = await get(path).expect(200);
      expect(after.headers['etag']).toBe(before.headers['etag']);
      expect(after.body.backingDevices.map((device: { active: boolean }) => device.active)).toEqual([false, true]);
      const { body } = await get(`${path}/failover`).expect(200);
      expect(body).toMatchObject({ active: { adapterId: 3 }, next: null, automatic: false });
      expect(body.warnings.map((warning: { code: string }) => warning.code)).toEqual([
        'no-operational-standby',
        'device-not-operational',
      ]);
    } finally {
      simulator.control.virtualIoServerUp(MTMS, 'vios1');
    }
    const back = await get(`${path}/failover`).expect(200);
    expect(back.body).toMatchObject({ active: { adapterId: 1 }, warnings: [] });
  });

  it('fifty identical calls at once cost the HMC one command', async () => {
    simulator.control.setLatency({ readMs: 1_500 });
    const commands = await commandsOf(() =>
      Promise.all(Array.from({ length: 50 }, () => get(`${base}/vnics`).expect(200))),
    );
    expect(commands).toHaveLength(1);
  });
});

describe('bad input', () => {
  it.each([
    ['an unknown system', '/v1/managed-systems/nobody/vnics', 404, 'target-not-found'],
    ['a system name with a newline', '/v1/managed-systems/rep%0Atilian/vnics', 400, 'invalid-request'],
    ['a partition name with a newline', `${base}/partitions/liz%0Aard/vnics`, 400, 'invalid-request'],
    ['a slot that is none', `${base}/partitions/lizard/vnics/six`, 400, 'invalid-request'],
    ['a negative slot', `${base}/partitions/lizard/vnics/-1/failover`, 400, 'invalid-request'],
    ['a limit of 0', `${base}/vnics?limit=0`, 400, 'invalid-request'],
    ['a limit that is no number', `${base}/vnics?limit=many`, 400, 'invalid-request'],
    ['a cursor that is not ours', `${base}/vnics?cursor=%7B%7D`, 400, 'invalid-request'],
    ['a query that is not known', `${base}/sriov/physical-ports?lable=x`, 400, 'invalid-request'],
    ['a label of 17 characters', `${base}/sriov/physical-ports?label=${'x'.repeat(17)}`, 400, 'invalid-request'],
    ['a path of 5,000 characters', `/v1/managed-systems/${'x'.repeat(5_000)}/vnics`, 414, 'uri-too-long'],
    ['a name of 3,000 characters', `/v1/managed-systems/${'x'.repeat(3_000)}/vnics`, 404, 'target-not-found'],
    ['what a shell would run', `${base}/partitions/%24(reboot)%3B%60id%60/vnics`, 404, 'target-not-found'],
  ])('%s', async (_what, path, status, type) => {
    const before = simulator.log.entries.length;
    expectProblem(await get(path), status, type);
    const commands = simulator.log.entries.slice(before);
    expect(commands.filter((entry) => entry.kind === 'change')).toEqual([]);
    expect(commands.filter((entry) => entry.line.includes('reboot'))).toEqual([]);
  });

  it('no key, and a key for every role', async () => {
    expectProblem(await request(app.url).get('/v1/managed-systems'), 401, 'unauthorized');
    for (const key of Object.values(KEYS)) {
      await request(app.url).get('/v1/managed-systems').set('Authorization', `Bearer ${key}`).expect(200);
    }
  });
});

describe('faults of the HMC', () => {
  it('a refusal carries its words and its code', async () => {
    const text = 'HSCL3205 The Virtual I/O Server is busy.';
    simulator.control.addFault({ type: 'refuse', text, match: '--rsubtype vnic' });
    const response = await get(`${base}/vnics`);
    expectProblem(response, 502, 'hmc-refused');
    expect(response.body).toMatchObject({
      hmc: 'hmc1',
      hmcCode: 'HSCL3205',
      hmcMessage: text,
      exitStatus: 1,
      retryable: true,
      command: "lshwres -r virtualio --rsubtype vnic --level lpar -m '9119-MME*65BA46F'",
    });
    await get(`${base}/vnics`).expect(200);
  });

  it('a connection that is cut is no failure as long as the other HMC answers', async () => {
    simulator.control.addFault({ type: 'drop-connection', when: 'before-effect', hmcId: 'hmc1', match: 'vnic' });
    const response = await get(`${base}/vnics`).expect(200);
    expect(response.headers['hmc-id']).toBe('hmc2');
    // V8R8.6 knows no maximum capacity.
    expect(response.body.items[0].backingDevices[0]).toMatchObject({ capacity: 2, maxCapacity: null });
  });
});
