import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { simulatorEndpoints } from '../support/simulator-endpoints.js';
import { KEYS, startTestApp, testConfig, type TestApp } from '../support/test-app.js';

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly example?: string | number };
  readonly examples?: Record<string, { readonly value: string | number }>;
}
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: string[];
  readonly parameters?: Parameter[];
  readonly responses: Record<string, { content?: Record<string, { schema: { $ref?: string } }> }>;
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

let redis: TestRedis;
let simulator: Simulator;
let app: TestApp;
let document: Document;
let ajv: Ajv2020;

beforeAll(async () => {
  [redis, simulator] = await Promise.all([startTestRedis(), startSimulator()]);
  app = await startTestApp(testConfig(redis.url, { hmcs: simulatorEndpoints(simulator) }));
  document = (await request(app.url).get('/openapi.json').expect(200)).body as Document;
  // Strict: a member that a reply has and the document has not is a fault.
  for (const schema of Object.values(document.components.schemas)) {
    if (schema.properties !== undefined) schema.additionalProperties ??= false;
  }
  ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'openapi');
});
afterAll(async () => {
  await app?.close();
  await Promise.all([simulator?.close(), redis?.stop()]);
});

const LIZARDS_VNICS = '/v1/managed-systems/{system}/partitions/{partition}/vnics';
const READS = [
  '/v1/hmcs',
  '/v1/managed-systems',
  '/v1/managed-systems/{system}',
  '/v1/managed-systems/{system}/readiness',
  '/v1/managed-systems/{system}/partitions',
  '/v1/managed-systems/{system}/virtual-io-servers',
  '/v1/managed-systems/{system}/virtual-io-servers/{vios}/vnic-servers',
  '/v1/managed-systems/{system}/virtual-io-servers/{vios}/events',
  '/v1/managed-systems/{system}/sriov/adapters',
  '/v1/managed-systems/{system}/sriov/physical-ports',
  '/v1/managed-systems/{system}/sriov/physical-ports/{adapterId}/{physicalPortId}',
  '/v1/managed-systems/{system}/sriov/logical-ports',
  '/v1/managed-systems/{system}/vnics',
  LIZARDS_VNICS,
  '/v1/managed-systems/{system}/partitions/{partition}/vnics/{slot}',
  '/v1/managed-systems/{system}/partitions/{partition}/vnics/{slot}/failover',
  '/v1/managed-systems/{system}/partitions/{partition}/vnics/{slot}/profile',
  '/v1/managed-systems/{system}/partitions/{partition}/profile',
];

function operationOf(path: string): Operation {
  const operation = document.paths[path]?.['get'];
  if (operation === undefined) throw new Error(`GET ${path} is not documented`);
  return operation;
}

function validatorOf(operation: Operation, status: number): ValidateFunction {
  const media = Object.values(operation.responses[status]?.content ?? {})[0];
  const pointer = media?.schema.$ref;
  if (pointer === undefined) throw new Error(`the ${status} of ${operation.operationId} names no schema`);
  return ajv.compile({ $ref: `openapi${pointer}` });
}

function expectValid(validate: ValidateFunction, body: unknown): void {
  expect(validate(body) ? [] : validate.errors).toEqual([]);
}

/** The path with the first example of each parameter, as "Try it out" fills it in. */
function tryItOut(path: string): string {
  return (operationOf(path).parameters ?? [])
    .filter((parameter) => parameter.in === 'path')
    .reduce((filled, { name, schema, examples }) => {
      const example = Object.values(examples ?? {})[0]?.value ?? schema.example;
      if (example === undefined) throw new Error(`${name} of ${path} has no example`);
      return filled.replace(`{${name}}`, encodeURIComponent(String(example)));
    }, path);
}

describe.each(READS)('GET %s', (path) => {
  it('works as it stands in Swagger UI, and answers what is documented', async () => {
    const response = await request(app.url).get(tryItOut(path)).set('Authorization', `Bearer ${KEYS.viewer}`);
    expect(response.status).toBe(200);
    expectValid(validatorOf(operationOf(path), 200), response.body);
    // Whatever is listed is there on the demo; only lizard has no vNIC before somebody makes one.
    if (path !== LIZARDS_VNICS) expect(response.body.items).not.toEqual([]);
  });

  it('is described, with the problems it can answer', () => {
    const operation = operationOf(path);
    expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
    expect(operation.summary).toBeTruthy();
    expect(operation.description).toContain('Role: viewer');
    expect(operation.tags).toHaveLength(1);
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['200', '400', '401', '500']));
  });
});

describe('problems are as documented', () => {
  const slot = '/v1/managed-systems/{system}/partitions/{partition}/vnics/{slot}';
  it.each([
    [400, '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/iguana/vnics/four'],
    [404, '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/iguana/vnics/44'],
    [404, '/v1/managed-systems/nobody/partitions/iguana/vnics/4'],
    [409, '/v1/managed-systems/gharial-8286-42A-218CA0V/partitions/iguana/vnics/4'],
  ])('%d', async (status, path) => {
    const response = await request(app.url).get(path).set('Authorization', `Bearer ${KEYS.viewer}`);
    expect(response.status).toBe(status);
    expectValid(validatorOf(operationOf(slot), status), response.body);
  });

  it('502, with the refusal of the HMC', async () => {
    simulator.control.addFault({ type: 'refuse', text: 'HSCL3205 The Virtual I/O Server is busy.', match: 'vnic' });
    const response = await request(app.url).get(tryItOut(slot)).set('Authorization', `Bearer ${KEYS.viewer}`);
    expect(response.status).toBe(502);
    expectValid(validatorOf(operationOf(slot), 502), response.body);
  });

  it('503, with what each HMC answered', async () => {
    await Promise.all(simulator.hmcs.map(({ id }) => simulator.control.stopHmc(id)));
    const response = await request(app.url).get(tryItOut(slot)).set('Authorization', `Bearer ${KEYS.viewer}`);
    expect(response.status).toBe(503);
    expect(response.body.hmcs).toHaveLength(2);
    expectValid(validatorOf(operationOf(slot), 503), response.body);
  });
});
