import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { committedDocument, exampleBody, filledPath, operationsOf, type ApiOperation } from '../support/openapi.js';
import { startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

/**
 * An engineer's day in Swagger UI: every operation called with the examples as they stand, in an order in which they
 * work, with the status each is answered with. A new operation needs its place here.
 */
const DAY: readonly (readonly [operationId: string, status: number])[] = [
  ['getLive', 200],
  ['getReady', 200],
  ['listHmcs', 200],
  ['listManagedSystems', 200],
  ['getManagedSystem', 200],
  ['getReadiness', 200],
  ['listPartitions', 200],
  ['listVirtualIoServers', 200],
  ['listVnicServers', 200],
  ['listVnicEvents', 200],
  ['listSriovAdapters', 200],
  ['listPhysicalPorts', 200],
  ['getPhysicalPort', 200],
  ['listLogicalPorts', 200],
  ['getLabelAudit', 200],
  ['listVnicsOfSystem', 200],
  ['getVnic', 200],
  ['getVnicFailover', 200],
  ['getVnicProfile', 200],
  ['listVnicProfiles', 200],
  ['placeBackingDevices', 200],
  ['createVnic', 202],
  ['listVnics', 200],
  ['addBackingDevices', 202],
  ['setFailoverPriority', 202],
  ['activateBackingDevice', 202],
  ['updateVnic', 202],
  ['removeBackingDevice', 202],
  ['setVnic', 202],
  ['deleteVnic', 202],
  ['setPhysicalPortLabel', 202],
  ['previewMigration', 200],
  ['validateMigration', 202],
  ['migratePartition', 202],
  ['getJob', 200],
  ['listJobs', 200],
  ['streamJobEvents', 200],
  ['reconcileJob', 409],
  ['cancelJob', 409],
  ['pauseLane', 200],
  ['getLane', 200],
  ['resumeLane', 200],
];

const document = committedDocument();
const operations = operationsOf(document);

/** Strict: a member that a reply has and the document has not is a fault. */
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
for (const schema of Object.values(document.components.schemas)) {
  if (schema.properties !== undefined) schema.additionalProperties ??= false;
}
ajv.addSchema(document, 'openapi');

/** What is wrong with the reply, judged by the schema that the document has for its status and media type. */
function faultsOf(operation: ApiOperation, response: supertest.Response): unknown[] {
  const mediaType = String(response.headers['content-type']).split(';')[0] ?? '';
  const pointer = ['paths', operation.path, operation.method, 'responses', String(response.status), 'content']
    .concat(mediaType, 'schema')
    .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
    .map(encodeURIComponent)
    .join('/');
  const validate: ValidateFunction = ajv.compile({ $ref: `openapi#/${pointer}` });
  return validate(mediaType.endsWith('json') ? response.body : response.text) ? [] : (validate.errors ?? []);
}

function find(operationId: string): ApiOperation {
  const operation = operations.find((each) => each.operationId === operationId);
  if (operation === undefined) throw new Error(`${operationId} is not documented`);
  return operation;
}

describe('every reply is as documented', () => {
  let service: WholeService;
  /** The latest job. */
  const known = { jobId: '' };
  beforeAll(async () => {
    service = await startWholeService();
  });
  afterAll(() => service.close());

  const call = (operation: ApiOperation, query = ''): supertest.Test => {
    const test = service.call(operation.method, filledPath(operation, known) + query, 'admin');
    const body = exampleBody(document, operation);
    return body === undefined ? test : test.send(body);
  };

  it('for every operation there is', () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(DAY.map(([id]) => id).sort());
  });

  it.each(DAY)('%s: %d', async (operationId, status) => {
    const operation = find(operationId);
    if (status === 202) {
      const preview = await call(operation, '?dryRun=true').expect(200);
      expect(faultsOf(operation, preview)).toEqual([]);
    }
    const response = await call(operation);
    expect(response.status, response.text).toBe(status);
    expect(faultsOf(operation, response)).toEqual([]);
    if (status !== 202) return;
    known.jobId = (response.body as JobBody).id;
    const job = await service.finished(known.jobId);
    expect(job).toMatchObject({ state: 'succeeded', error: null });
    expect(faultsOf(find('getJob'), await call(find('getJob')))).toEqual([]);
  });

  it('in a full lane as well', async () => {
    await call(find('pauseLane')).expect(200);
    const operation = find('setPhysicalPortLabel');
    for (const label of ['one', 'two']) {
      const queued = await service.call('patch', filledPath(operation)).send({ label }).expect(202);
      known.jobId = (queued.body as JobBody).id;
    }
    const lane = await call(find('getLane')).expect(200);
    expect(lane.body).toMatchObject({ queued: 2, paused: { by: 'the admin' } });
    expect(faultsOf(find('getLane'), lane)).toEqual([]);
    const canceled = await call(find('cancelJob')).expect(200);
    expect(faultsOf(find('cancelJob'), canceled)).toEqual([]);
    await call(find('resumeLane')).expect(200);
  });

  it('a job that failed', async () => {
    const body = { backingDevices: [{ virtualIoServer: { id: 1 }, adapterId: 3, physicalPortId: 1 }] };
    const path = filledPath(find('createVnic'));
    service.simulator.control.addFault({
      type: 'refuse',
      text: 'HSCL2957 There is no RMC connection.',
      match: '-o a ',
    });
    const job = await service.change('post', path, body);
    expect(job.state).toBe('failed');
    known.jobId = job.id;
    expect(faultsOf(find('getJob'), await call(find('getJob')))).toEqual([]);
  });

  describe('problems', () => {
    // The day has moved iguana to the other frame.
    beforeAll(() => service.simulator.control.reset());
    const device = { virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 1 };
    const vnics = (partition: string): string =>
      `/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/${partition}/vnics`;
    type Case = [operationId: string, status: number, path: string, body: object, headers?: Record<string, string>];
    const cases: Case[] = [
      ['createVnic', 400, vnics('lizard'), { backingDevices: [] }],
      ['createVnic', 404, vnics('nobody'), { backingDevices: [device] }],
      ['createVnic', 409, vnics('skink'), { backingDevices: [device] }],
      ['createVnic', 409, vnics('iguana'), { slot: 4, backingDevices: [device] }],
      ['createVnic', 412, vnics('lizard'), { backingDevices: [device] }, { 'If-Match': '"other"' }],
      ['createVnic', 422, vnics('lizard'), { backingDevices: [{ ...device, capacity: 1.3 }] }],
      ['createVnic', 422, vnics('lizard'), { backingDevices: [{ ...device, adapterId: 99 }] }],
      [
        'addBackingDevices',
        409,
        `${vnics('iguana')}/4/backing-devices`,
        { backingDevices: [{ ...device, virtualIoServer: { name: 'vios2' }, physicalPortId: 0 }] },
      ],
      [
        'setPhysicalPortLabel',
        409,
        '/v1/managed-systems/reptilian-9119-MME-65BA46F/sriov/physical-ports/1/1',
        { label: 'x' },
      ],
      [
        'validateMigration',
        409,
        '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/monitor/migrations/validate',
        { targetSystem: '9119-MME*659707C' },
      ],
      ['updateVnic', 412, `${vnics('iguana')}/4`, { autoPriorityFailover: false }, { 'If-Match': '"other"' }],
    ];
    it.each(cases)('%s: %d', async (operationId, status, path, body, headers = {}) => {
      const operation = find(operationId);
      const response = await service.call(operation.method, path).set(headers).send(body);
      expect(response.status, response.text).toBe(status);
      expect(faultsOf(operation, response)).toEqual([]);
      const type = String(response.body.type).split(':').at(-1) ?? '';
      const listed = operation.responses[status]?.content?.['application/problem+json']?.examples ?? {};
      expect(Object.keys(listed)).toContain(type);
    });
  });
});
