import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startWholeService, type JobBody, type Method, type WholeService } from '../support/whole-service.js';

/* What callers get wrong: the right status, a problem document that names the member and what to do, and no command. */
const SYSTEM = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
const LIZARD = `${SYSTEM}/partitions/lizard/vnics`;
const VNIC = `${SYSTEM}/partitions/anole/vnics/5`;
const DEVICE = {
  virtualIoServer: { name: 'vios1' },
  adapterId: 1,
  physicalPortId: 1,
  capacity: 2,
  failoverPriority: 10,
};
const SECOND = { ...DEVICE, adapterId: 3 };

const create = (...devices: object[]): object => ({ backingDevices: devices });
const PORTS: readonly (readonly [number, number])[] = [
  [1, 0],
  [1, 1],
  [2, 0],
  [2, 1],
  [3, 0],
  [3, 1],
  [4, 1],
];
const seven = PORTS.map(([adapterId, physicalPortId]) => ({ ...DEVICE, adapterId, physicalPortId }));

function nullRow(member: string, body: object): Row {
  return [`null for ${member}`, 'post', () => LIZARD, body, 400, 'invalid-request', `/${member}`, /^must be/];
}

let service: WholeService;
let devicePath: string;
beforeAll(async () => {
  service = await startWholeService();
  const { body } = await service.call('get', VNIC).expect(200);
  const [device] = (body as { backingDevices: { logicalPortId: string }[] }).backingDevices;
  devicePath = `${VNIC}/backing-devices/${device?.logicalPortId}`;
});
afterAll(() => service.close());
afterEach(() => {
  expect(service.changes()).toEqual([]);
});

/** What it is, method, path, body; status, type, the member at fault, words of the detail that help. */
type Row = readonly [string, Method, () => string, object | undefined, number, string, string | null, RegExp];

const REFUSED: readonly Row[] = [
  // what the path names
  [
    'an unknown system',
    'post',
    () => LIZARD.replace('65BA46F', 'X'),
    create(DEVICE),
    404,
    'target-not-found',
    null,
    /managed-systems/,
  ],
  [
    'an unknown partition',
    'post',
    () => LIZARD.replace('lizard', 'nobody'),
    create(DEVICE),
    404,
    'target-not-found',
    null,
    /nobody/,
  ],
  [
    'an unknown partition id',
    'post',
    () => LIZARD.replace('lizard', '77'),
    create(DEVICE),
    404,
    'target-not-found',
    null,
    /77/,
  ],
  [
    'a slot without a vNIC',
    'patch',
    () => `${LIZARD}/6`,
    { autoPriorityFailover: true },
    404,
    'target-not-found',
    null,
    /slot 6/,
  ],
  [
    'an unknown backing device',
    'delete',
    () => `${VNIC}/backing-devices/2700ffff`,
    undefined,
    404,
    'target-not-found',
    null,
    /2700ffff/,
  ],
  [
    'an unknown physical port',
    'patch',
    () => `${SYSTEM}/sriov/physical-ports/1/9`,
    { label: 'a' },
    404,
    'target-not-found',
    null,
    /port/,
  ],
  ['a slot that is no number', 'delete', () => `${LIZARD}/six`, undefined, 400, 'invalid-request', 'slot', /number/],
  [
    'a logical port id that is none',
    'delete',
    () => `${VNIC}/backing-devices/xyz`,
    undefined,
    400,
    'invalid-request',
    'logicalPortId',
    /hexadecimal/,
  ],
  [
    'a name with a newline',
    'post',
    () => LIZARD.replace('lizard', 'liz%0Aard'),
    create(DEVICE),
    400,
    'invalid-request',
    'partition',
    /control/,
  ],
  [
    'a system with a newline',
    'post',
    () => LIZARD.replace('65BA46F', '%0A'),
    create(DEVICE),
    400,
    'invalid-request',
    'system',
    /control/,
  ],

  // what the schema says
  ['no body', 'post', () => LIZARD, undefined, 400, 'invalid-request', '/backingDevices', /1 to 6/],
  ['no device', 'post', () => LIZARD, create(), 400, 'invalid-request', '/backingDevices', /at least one/],
  ['seven devices', 'post', () => LIZARD, create(...seven), 400, 'invalid-request', '/backingDevices', /at most six/],
  [
    'seven devices to add',
    'post',
    () => `${VNIC}/backing-devices`,
    create(...seven),
    400,
    'invalid-request',
    '/backingDevices',
    /at most six/,
  ],
  [
    'priority 0',
    'post',
    () => LIZARD,
    create({ ...DEVICE, failoverPriority: 0 }),
    400,
    'invalid-request',
    '/backingDevices/0/failoverPriority',
    /at least 1/,
  ],
  [
    'priority 101',
    'post',
    () => LIZARD,
    create(DEVICE, { ...SECOND, failoverPriority: 101 }),
    400,
    'invalid-request',
    '/backingDevices/1/failoverPriority',
    /at most 100/,
  ],
  [
    'priority 0 of a device',
    'patch',
    () => devicePath,
    { failoverPriority: 0 },
    400,
    'invalid-request',
    '/failoverPriority',
    /at least 1/,
  ],
  [
    'a priority in words',
    'patch',
    () => devicePath,
    { failoverPriority: 'ten' },
    400,
    'invalid-request',
    '/failoverPriority',
    /whole number/,
  ],
  [
    'a priority in quotes',
    'patch',
    () => devicePath,
    { failoverPriority: '10' },
    400,
    'invalid-request',
    '/failoverPriority',
    /whole number/,
  ],
  [
    'a capacity in quotes',
    'post',
    () => LIZARD,
    create({ ...DEVICE, capacity: '2' }),
    400,
    'invalid-request',
    '/backingDevices/0/capacity',
    /number/,
  ],
  [
    'a capacity with three decimals',
    'post',
    () => LIZARD,
    create({ ...DEVICE, capacity: 2.001 }),
    400,
    'invalid-request',
    '/backingDevices/0/capacity',
    /two decimals/,
  ],
  [
    'capacity 101',
    'post',
    () => LIZARD,
    create({ ...DEVICE, capacity: 101 }),
    400,
    'invalid-request',
    '/backingDevices/0/capacity',
    /100/,
  ],
  [
    'VLAN 1',
    'post',
    () => LIZARD,
    { ...create(DEVICE), portVlanId: 1 },
    400,
    'invalid-request',
    '/portVlanId',
    /2 to 4094/,
  ],
  [
    'VLAN 4095',
    'post',
    () => LIZARD,
    { ...create(DEVICE), portVlanId: 4095 },
    400,
    'invalid-request',
    '/portVlanId',
    /2 to 4094/,
  ],
  [
    'a VLAN in the list that is none',
    'post',
    () => LIZARD,
    { ...create(DEVICE), allowedVlanIds: [10, 1] },
    400,
    'invalid-request',
    '/allowedVlanIds',
    /2 to 4094/,
  ],
  [
    'a MAC address that is none',
    'post',
    () => LIZARD,
    { ...create(DEVICE), macAddress: 'eaadf218830' },
    400,
    'invalid-request',
    '/macAddress',
    /twelve/,
  ],
  ['slot 1', 'post', () => LIZARD, { ...create(DEVICE), slot: 1 }, 400, 'invalid-request', '/slot', /at least 2/],
  [
    'an unknown property',
    'post',
    () => LIZARD,
    { ...create(DEVICE), vlan: 3455 },
    400,
    'invalid-request',
    '/vlan',
    /not known|unknown|should not exist/,
  ],
  [
    'an unknown property of a device',
    'post',
    () => LIZARD,
    create({ ...DEVICE, priority: 3 }),
    400,
    'invalid-request',
    '/backingDevices/0/priority',
    /not known|unknown|should not exist/,
  ],
  [
    'an unknown property where none is needed',
    'post',
    () => `${devicePath}/activate`,
    { restore: true },
    400,
    'invalid-request',
    '/restore',
    /not known|unknown|should not exist/,
  ],
  [
    'yes for true',
    'patch',
    () => VNIC,
    { autoPriorityFailover: 'yes' },
    400,
    'invalid-request',
    '/autoPriorityFailover',
    /true or false/,
  ],
  ['nothing to change', 'patch', () => VNIC, {}, 400, 'invalid-request', '/autoPriorityFailover', /true or false/],
  ['a list for an object', 'patch', () => VNIC, [], 400, 'invalid-request', '', /object/],
  [
    'a device that is a string',
    'post',
    () => LIZARD,
    { backingDevices: ['sriov/vios1//1/1'] },
    400,
    'invalid-request',
    '/backingDevices/0',
    /must be an object/,
  ],
  [
    'a label of 17 characters',
    'patch',
    () => `${SYSTEM}/sriov/physical-ports/1/1`,
    { label: 'a'.repeat(17) },
    400,
    'invalid-request',
    '/label',
    /at most 16/,
  ],
  [
    'a sub-label of 9 characters',
    'patch',
    () => `${SYSTEM}/sriov/physical-ports/1/1`,
    { subLabel: 'a'.repeat(9) },
    400,
    'invalid-request',
    '/subLabel',
    /at most 8/,
  ],
  [
    'a label with a newline',
    'patch',
    () => `${SYSTEM}/sriov/physical-ports/1/1`,
    { label: 'a\nb' },
    400,
    'invalid-request',
    '/label',
    /control/,
  ],
  ...[' a', 'a ', ' ', '\u00a0a'].map((subLabel): Row => [
    `blanks around a sub-label: ${JSON.stringify(subLabel)}`,
    'patch',
    () => `${SYSTEM}/sriov/physical-ports/1/1`,
    { subLabel },
    400,
    'invalid-request',
    '/subLabel',
    /blank/,
  ]),
  ...['a\u202eb', 'a\u200bb', '\ufeffa', 'a\u2028b', 'a\ud800'].map((label): Row => [
    `a label with an invisible character: ${JSON.stringify(label)}`,
    'patch',
    () => `${SYSTEM}/sriov/physical-ports/1/1`,
    { label },
    400,
    'invalid-request',
    '/label',
    /control/,
  ]),
  [
    'a label that would read as none',
    'patch',
    () => `${SYSTEM}/sriov/physical-ports/1/1`,
    { label: 'Null' },
    422,
    'not-representable',
    '/label',
    /removes/,
  ],
  [
    'neither label nor sub-label',
    'patch',
    () => `${SYSTEM}/sriov/physical-ports/1/1`,
    {},
    400,
    'invalid-request',
    '/label',
    /needed/,
  ],
  [
    'an unknown query parameter',
    'delete',
    () => `${VNIC}?dry=true`,
    undefined,
    400,
    'invalid-request',
    'dry',
    /dryRun/,
  ],
  [
    'dryRun=maybe',
    'delete',
    () => `${VNIC}?dryRun=maybe`,
    undefined,
    400,
    'invalid-request',
    'dryRun',
    /true or false/,
  ],

  // null is not the same as left out: nobody knows what it would mean
  ...['slot', 'portVlanId', 'portVlanPriority', 'allowedVlanIds', 'macAddress', 'allowedOsMacAddresses'].map((member) =>
    nullRow(member, { ...create(DEVICE), [member]: null }),
  ),
  nullRow('autoPriorityFailover', { ...create(DEVICE), autoPriorityFailover: null }),
  ...['capacity', 'failoverPriority', 'maxCapacity', 'adapterId', 'virtualIoServer'].map((member) =>
    nullRow(`backingDevices/0/${member}`, create({ ...DEVICE, [member]: null })),
  ),
  nullRow('backingDevices/0/virtualIoServer/id', create({ ...DEVICE, virtualIoServer: { name: 'vios1', id: null } })),
  ...['label', 'subLabel'].map((member): Row => [
    `null for ${member}`,
    'patch',
    () => `${SYSTEM}/sriov/physical-ports/1/1`,
    { label: 'a', [member]: null },
    400,
    'invalid-request',
    `/${member}`,
    /must be a string/,
  ]),

  // the rules of the domain
  ...['000000000000', '01:00:5e:00:00:01'].map((macAddress): Row => [
    `the MAC address ${macAddress}`,
    'post',
    () => LIZARD,
    { ...create(DEVICE), macAddress },
    422,
    'rule-violation',
    '/macAddress',
    /group/,
  ]),
  [
    'a port twice',
    'post',
    () => LIZARD,
    create(DEVICE, { ...DEVICE, virtualIoServer: { name: 'vios2' } }),
    422,
    'rule-violation',
    '/backingDevices/1',
    /another port/,
  ],
  [
    'capacity 1.3 on a granularity of 2',
    'post',
    () => LIZARD,
    create({ ...DEVICE, capacity: 1.3 }),
    422,
    'rule-violation',
    '/backingDevices/0/capacity',
    /Use 2/,
  ],
  [
    'an unknown Virtual I/O Server',
    'post',
    () => LIZARD,
    create({ ...DEVICE, virtualIoServer: { name: 'vios9' } }),
    422,
    'unknown-reference',
    '/backingDevices/0/virtualIoServer/name',
    /vios9/,
  ],
  [
    'a client as Virtual I/O Server',
    'post',
    () => LIZARD,
    create({ ...DEVICE, virtualIoServer: { name: 'lizard' } }),
    422,
    'rule-violation',
    '/backingDevices/0/virtualIoServer',
    /lizard/,
  ],
  [
    'an unknown adapter',
    'post',
    () => LIZARD,
    create({ ...DEVICE, adapterId: 9 }),
    422,
    'unknown-reference',
    '/backingDevices/0/adapterId',
    /There are/,
  ],
  [
    'an unknown port of an adapter',
    'post',
    () => LIZARD,
    create({ ...DEVICE, physicalPortId: 7 }),
    422,
    'unknown-reference',
    '/backingDevices/0/physicalPortId',
    /from 0/,
  ],
  [
    'a label that the command line cannot carry',
    'patch',
    () => `${SYSTEM}/sriov/physical-ports/1/1`,
    { label: 'a,"b' },
    422,
    'not-representable',
    '/label',
    /./,
  ],
  [
    'a partition in Open Firmware',
    'post',
    () => LIZARD.replace('lizard', 'skink'),
    create(DEVICE),
    409,
    'partition-state',
    null,
    /Open Firmware/,
  ],
  [
    'a device that the vNIC has with another priority',
    'post',
    () => `${VNIC}/backing-devices`,
    create({ ...DEVICE, capacity: 4 }),
    409,
    'port-in-use',
    '/backingDevices/0',
    /port/,
  ],
];

describe('refused before anything is sent', () => {
  const NUMBERS = ['1e-7', '5e-324', '1e21', '1.5e-7', '1e400', '1e-400', '-1e-7'];
  const wrongNumbers = ['capacity', 'maxCapacity'].flatMap((member) => NUMBERS.map((text) => [member, text]));
  it.each(wrongNumbers)('%s of %s', async (member, text) => {
    const device = JSON.stringify({ ...DEVICE, [member]: 0 }).replace(`"${member}":0`, `"${member}":${text}`);
    const devices = `{"backingDevices":[${device}]}`;
    const placement = `{"label":"prod-b","redundancy":2,"${member}":${text}}`;
    const calls: readonly (readonly [Method, string, string])[] = [
      ['post', LIZARD, devices],
      ['put', VNIC, devices],
      ['post', `${VNIC}/backing-devices`, devices],
      ['post', `${SYSTEM}/placements`, placement],
    ];
    for (const [method, path, body] of calls) {
      const answer = await service.call(method, path).set('Content-Type', 'application/json').send(body);
      expect(answer.status, `${method} ${path}: ${answer.text}`).toBe(400);
      const pointer = body === placement ? `/${member}` : `/backingDevices/0/${member}`;
      expect(answer.body).toMatchObject({
        errors: [{ pointer, detail: expect.stringMatching(/^must be /) as string }],
      });
    }
  });

  it.each(REFUSED)('%s', async (_name, method, path, body, status, type, member, help) => {
    const request = service.call(method, path());
    const answer = await (body === undefined ? request : request.send(body));
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const document = answer.body as { type: string; status: number; title: string; detail: string; errors?: object[] };
    expect(document).toMatchObject({ type: `urn:hmc-vnic-gateway:problem:${type}`, status });
    if (member === null) {
      expect(document.detail).toMatch(help);
      return;
    }
    const place = member === '' || member.startsWith('/') ? { pointer: member } : { parameter: member };
    const [fault] = (document.errors ?? []).filter((each) =>
      Object.entries(place).every(([k, v]) => (each as Record<string, string>)[k] === v),
    );
    expect(fault, JSON.stringify(document)).toBeDefined();
    expect((fault as { detail: string }).detail).toMatch(help);
  });

  it('every fault of a body is named, not only the first', async () => {
    const bad = { ...create({ ...DEVICE, failoverPriority: 0, capacity: 200 }), portVlanId: 1 };
    const { body } = await service.call('post', LIZARD).send(bad).expect(400);
    const pointers = (body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    expect(pointers).toEqual(
      expect.arrayContaining(['/portVlanId', '/backingDevices/0/failoverPriority', '/backingDevices/0/capacity']),
    );
  });

  it.each(
    ['toString', 'valueOf', 'constructor', 'hasOwnProperty', 'isPrototypeOf', '__defineGetter__'].map((name) => [name]),
  )('a member that is named like one of every object: %s', async (name) => {
    const port = `${SYSTEM}/sriov/physical-ports/1/1`;
    const calls: readonly (readonly [Method, string, object, string])[] = [
      ['patch', `${VNIC}?dryRun=true`, { autoPriorityFailover: true, [name]: 1 }, `/${name}`],
      ['patch', `${port}?dryRun=true`, { label: 'a', [name]: 'x' }, `/${name}`],
      ['post', LIZARD, { ...create(DEVICE), [name]: {} }, `/${name}`],
      ['post', LIZARD, create({ ...DEVICE, [name]: 1 }), `/backingDevices/0/${name}`],
      ['post', LIZARD, { ...create(DEVICE), more: { [name]: 1 } }, `/more/${name}`],
      ['delete', VNIC, { [name]: 1 }, `/${name}`],
    ];
    for (const [method, path, body, pointer] of calls) {
      const answer = await service.call(method, path).send(body);
      expect(answer.status, `${method} ${path}: ${answer.text}`).toBe(400);
      expect(answer.body).toMatchObject({ errors: [{ pointer }] });
    }
    for (const path of [LIZARD, `${SYSTEM}/vnics`, '/v1/jobs', `${SYSTEM}/sriov/physical-ports`, '/v1/label-audit']) {
      const answer = await service.call('get', `${path}?${name}=1`);
      expect(answer.status, `${path}: ${answer.text}`).toBe(400);
      expect(answer.body).toMatchObject({ errors: [{ parameter: name }] });
    }
  });

  it('__proto__ as a query parameter', async () => {
    for (const path of [LIZARD, `${SYSTEM}/vnics`, '/v1/jobs', `${devicePath}?dryRun=true`]) {
      const call = path.includes('?')
        ? service.call('delete', `${path}&__proto__=1`)
        : service.call('get', `${path}?__proto__=1`);
      const answer = await call;
      expect(answer.status, `${path}: ${answer.text}`).toBe(400);
      expect(answer.body).toMatchObject({ errors: [{ parameter: '__proto__' }] });
    }
  });

  const JOB = '/v1/jobs/4f1c1c1e-7d0a-4a55-9c35-0f2f3b6a7a10';
  it.each<[string, Method, () => string, object | undefined, object]>([
    ['a dry run of a cancellation', 'delete', () => `${JOB}?dryRun=true`, undefined, { parameter: 'dryRun' }],
    ['a body of a cancellation', 'delete', () => JOB, { dryRun: true }, { pointer: '/dryRun' }],
    ['a body of a reconciliation', 'post', () => `${JOB}/reconcile`, { x: 1 }, { pointer: '/x' }],
    ['a query of a reconciliation', 'post', () => `${JOB}/reconcile?x=1`, undefined, { parameter: 'x' }],
    ['a query of events', 'get', () => `${JOB}/events?x=1`, undefined, { parameter: 'x' }],
    ['a body of a pause', 'post', () => `${SYSTEM}/lane/pause`, { x: 1 }, { pointer: '/x' }],
    [
      'a dry run of a resumption',
      'post',
      () => `${SYSTEM}/lane/resume?dryRun=true`,
      undefined,
      { parameter: 'dryRun' },
    ],
    ['a body of a removal', 'delete', () => VNIC, { a: 1 }, { pointer: '/a' }],
    ['a list as body of a removal', 'delete', () => devicePath, [], { pointer: '' }],
    ['a query of one thing', 'get', () => `${VNIC}?x=1`, undefined, { parameter: 'x' }],
    ['a query of a list that has no pages', 'get', () => `${LIZARD}?limit=1`, undefined, { parameter: 'limit' }],
  ])('what nobody would look at: %s', async (_name, method, path, body, place) => {
    const request = service.call(method, path(), 'admin');
    const answer = await (body === undefined ? request : request.send(body));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ type: 'urn:hmc-vnic-gateway:problem:invalid-request', errors: [place] });
  });

  it.each([
    ['not JSON', '{"backingDevices": [', 'application/json', 400, 'malformed-json'],
    ['JSON with a poisoned prototype', '{"__proto__": {"a": 1}}', 'application/json', 400, 'malformed-json'],
    ['not said to be JSON', 'backingDevices=1', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
    ['a string', '"create"', 'application/json', 400, 'invalid-request'],
    ['null', 'null', 'application/json', 400, 'invalid-request'],
  ])('a body that is %s', async (_name, text, mediaType, status, type) => {
    const { body, headers } = await service
      .call('post', LIZARD)
      .set('Content-Type', mediaType)
      .send(text)
      .expect(status);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({ type: `urn:hmc-vnic-gateway:problem:${type}`, status });
  });

  it('a body that is too large', async () => {
    const { body } = await service
      .call('post', LIZARD)
      .send({ backingDevices: 'x'.repeat(3 * 1024 * 1024) })
      .expect(413);
    expect(body).toMatchObject({ type: 'urn:hmc-vnic-gateway:problem:payload-too-large' });
  });

  it('a path of 5,000 characters', async () => {
    const answer = await service.call('post', LIZARD.replace('lizard', 'l'.repeat(5000))).send(create(DEVICE));
    expect([400, 404, 414]).toContain(answer.status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status: answer.status, detail: expect.any(String) });
  });

  it.each([
    ['Idempotency-Key', 'with blanks', 'Idempotency-Key'],
    ['If-Match', 'unquoted', 'If-Match'],
  ])('a header %s that is wrong', async (name, value, parameter) => {
    const { body } = await service
      .call('patch', VNIC)
      .set(name, value)
      .send({ autoPriorityFailover: false })
      .expect(400);
    expect(body).toMatchObject({ errors: [{ parameter }] });
  });
});

describe('taken as it is meant', () => {
  it('DELETE with a JSON content type and no body', async () => {
    const answer = await service
      .call('delete', `${devicePath}?dryRun=true`)
      .set('Content-Type', 'application/json')
      .expect(200);
    expect((answer.body as { plan: object[] }).plan.length).toBeGreaterThan(0);
  });

  it('POST with a JSON content type and no body, where none is needed', async () => {
    const answer = await service
      .call('post', `${devicePath}/activate?dryRun=true`)
      .set('Content-Type', 'application/json')
      .expect(200);
    expect((answer.body as { plan: object[] }).plan.length).toBeGreaterThan(0);
  });

  it('a Prefer that is not understood', async () => {
    const answer = await service
      .call('patch', VNIC)
      .set('Prefer', 'wait=soon, respond-async')
      .send({ autoPriorityFailover: true })
      .expect(202);
    expect(await service.finished((answer.body as JobBody).id)).toMatchObject({ state: 'succeeded', plan: [] });
  });
});
