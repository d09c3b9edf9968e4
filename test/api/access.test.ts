import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../src/config/service-config.js';
import { committedDocument, exampleBody, filledPath, operationsOf, type ApiOperation } from '../support/openapi.js';
import { KEYS } from '../support/test-app.js';
import { startWholeService, type WholeService } from '../support/whole-service.js';

/** Who may call what: the least role, or nobody asked (`public`). A new operation needs its line here. */
const LEAST_ROLE: Readonly<Record<string, Role | 'public'>> = {
  listHmcs: 'viewer',
  listManagedSystems: 'viewer',
  getManagedSystem: 'viewer',
  getReadiness: 'viewer',
  listPartitions: 'viewer',
  listVirtualIoServers: 'viewer',
  listVnicServers: 'viewer',
  listVnicEvents: 'viewer',
  listSriovAdapters: 'viewer',
  listPhysicalPorts: 'viewer',
  getPhysicalPort: 'viewer',
  setPhysicalPortLabel: 'operator',
  listLogicalPorts: 'viewer',
  getLabelAudit: 'viewer',
  listVnicsOfSystem: 'viewer',
  listVnics: 'viewer',
  createVnic: 'operator',
  getVnic: 'viewer',
  getVnicFailover: 'viewer',
  listVnicProfiles: 'viewer',
  getVnicProfile: 'viewer',
  setVnic: 'operator',
  placeBackingDevices: 'viewer',
  updateVnic: 'operator',
  deleteVnic: 'operator',
  addBackingDevices: 'operator',
  setFailoverPriority: 'operator',
  removeBackingDevice: 'operator',
  activateBackingDevice: 'operator',
  previewMigration: 'viewer',
  validateMigration: 'operator',
  migratePartition: 'admin',
  getLane: 'viewer',
  pauseLane: 'admin',
  resumeLane: 'admin',
  listJobs: 'viewer',
  getJob: 'viewer',
  cancelJob: 'operator',
  reconcileJob: 'operator',
  streamJobEvents: 'viewer',
  getLive: 'public',
  getReady: 'public',
};

const document = committedDocument();
const operations = operationsOf(document);
const closed = operations.filter(({ operationId }) => LEAST_ROLE[operationId] !== 'public');
const open = operations.filter(({ operationId }) => LEAST_ROLE[operationId] === 'public');

/** Nothing stands there, so that an allowed call changes nothing either; what there is would answer 404 as well. */
const NO_JOB = { jobId: '00000000-0000-4000-8000-000000000000' };

function isAllowed(role: Role, { operationId }: ApiOperation): boolean {
  const least = LEAST_ROLE[operationId];
  return least === 'public' || (least !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least));
}

describe('who may call what', () => {
  let service: WholeService;
  let url: string;
  beforeAll(async () => {
    service = await startWholeService();
    url = service.apps[0]?.url ?? '';
  });
  afterAll(() => service.close());

  /** Calls as the description shows it; `dryRun` keeps the changes that are allowed from happening. */
  const call = (operation: ApiOperation, key: string | null, options: { dryRun: boolean }): supertest.Test => {
    const takesDryRun = operation.parameters?.some(({ name }) => name === 'dryRun') === true;
    const query = takesDryRun && options.dryRun ? '?dryRun=true' : '';
    const test = supertest(url)[operation.method](filledPath(operation, NO_JOB) + query);
    if (key !== null) void test.set('Authorization', `Bearer ${key}`);
    const body = exampleBody(document, operation);
    return body === undefined ? test : test.send(body);
  };

  it('is decided for every operation, and for none that is not there', () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(LEAST_ROLE).sort());
  });

  describe.each(closed)('$method $path', (operation) => {
    it.each([
      ['no key', null],
      ['a wrong key', 'not-a-key-of-ours'],
    ])('%s: 401', async (_case, key) => {
      const response = await call(operation, key, { dryRun: false });
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toBe('Bearer realm="hmc-vnic-gateway"');
      expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(response.body).toMatchObject({ type: 'urn:hmc-vnic-gateway:problem:unauthorized', status: 401 });
    });

    it.each(ROLES.map((role) => ({ role, allowed: isAllowed(role, operation) })))(
      '$role: allowed $allowed',
      async ({ role, allowed }) => {
        const response = await call(operation, KEYS[role], { dryRun: allowed });
        if (allowed) {
          expect([401, 403]).not.toContain(response.status);
          expect(response.status).toBeLessThan(500);
          return;
        }
        expect(response.status).toBe(403);
        expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
        expect(response.body).toMatchObject({
          type: 'urn:hmc-vnic-gateway:problem:forbidden',
          requiredRole: LEAST_ROLE[operation.operationId],
        });
      },
    );

    it('is documented so', () => {
      expect(operation.description).toMatch(new RegExp(`Role: ${LEAST_ROLE[operation.operationId]}\\.$`));
      expect('403' in operation.responses).toBe(!isAllowed('viewer', operation));
    });
  });

  it.each(open)('$method $path needs no key', async (operation) => {
    expect((await call(operation, null, { dryRun: false })).status).toBe(200);
  });

  it('nothing of all this has changed anything on an HMC, or made a job', async () => {
    expect(service.changes()).toEqual([]);
    const { body } = await service.call('get', '/v1/jobs', 'viewer').expect(200);
    expect(body.items).toEqual([]);
  });
});
