import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CHANGE_EXAMPLES,
  FAILED_JOB_EXAMPLE,
  previewExample,
  queuedJobExample,
  succeededJobExample,
} from '../../src/jobs/dto/change-examples.js';
import { OPERATION_NAMES, type OperationName } from '../../src/core/operations/operation.js';
import {
  REPTILIAN,
  startWholeService,
  type JobBody,
  type Method,
  type WholeService,
} from '../support/whole-service.js';

const SYSTEM = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
const VNICS = `${SYSTEM}/partitions/lizard/vnics`;
const MIGRATIONS = `${SYSTEM}/partitions/iguana/migrations`;
const CALLS: Readonly<Record<OperationName, readonly [Method, string]>> = {
  'vnic.create': ['post', VNICS],
  'vnic.set': ['put', `${VNICS}/6`],
  'vnic.update': ['patch', `${VNICS}/6`],
  'vnic.delete': ['delete', `${VNICS}/6`],
  'backing-device.add': ['post', `${VNICS}/6/backing-devices`],
  'backing-device.remove': ['delete', `${VNICS}/6/backing-devices/2700400b`],
  'backing-device.set-priority': ['patch', `${VNICS}/6/backing-devices/2700400b`],
  'backing-device.activate': ['post', `${VNICS}/6/backing-devices/27008005/activate`],
  'physical-port.set-label': ['patch', `${SYSTEM}/sriov/physical-ports/4/0`],
  'partition.validate-migration': ['post', `${MIGRATIONS}/validate`],
  'partition.migrate': ['post', MIGRATIONS],
};

/** What is another every time. */
const MOVING = ['id', 'sequence', 'requestedBy', 'createdAt', 'startedAt', 'finishedAt'];

/** The document without what is another every time, and without attributes that the example leaves out. */
function comparable(document: unknown): unknown {
  return JSON.parse(
    JSON.stringify(document, (name, value: unknown) => {
      if (MOVING.includes(name) && typeof value !== 'number') return undefined;
      return name === 'sequence' || name === 'attributes' ? undefined : value;
    }),
  );
}

describe('the examples of changes in the description of the API', () => {
  let service: WholeService;
  beforeAll(async () => {
    service = await startWholeService();
  });
  afterAll(() => service.close());

  it('are there for every kind of change', () => {
    expect(Object.keys(CHANGE_EXAMPLES).sort()).toEqual([...OPERATION_NAMES].sort());
  });

  // In the order of the examples: each begins where the one before has ended.
  describe.each(Object.keys(CHANGE_EXAMPLES) as OperationName[])('%s', (operation) => {
    const [method, path] = CALLS[operation];
    const { request } = CHANGE_EXAMPLES[operation];
    const body = method === 'delete' ? undefined : request;

    it('plans what the example of a dry run shows', async () => {
      const { body: preview } = await service.call(method, `${path}?dryRun=true`, 'admin').send(body).expect(200);
      expect(comparable(preview)).toEqual(comparable(previewExample(operation)));
    });

    it('is accepted, and succeeds, as the example of the job shows', async () => {
      const { body: queued } = await service.call(method, path, 'admin').send(body).expect(202);
      expect(Object.keys(queued)).toEqual(expect.arrayContaining(Object.keys(queuedJobExample(operation))));
      if (queued.state === 'queued') expect(comparable(queued)).toEqual(comparable(queuedJobExample(operation)));
      const job = await service.finished((queued as JobBody).id);
      expect(comparable(job)).toEqual(comparable(succeededJobExample(operation)));
    });
  });

  it('a refusal of the HMC is as the example of a failed job shows', async () => {
    const { request, plan } = FAILED_JOB_EXAMPLE;
    // Its RMC connection is lost between the reading and the command.
    service.simulator.control.setPartitionState(REPTILIAN, 'monitor', 'Running', 'active');
    service.simulator.control.addFault({ type: 'refuse', text: plan[0]?.hmcMessage ?? '', match: '--id 7 ' });
    const job = await service.change('post', `${SYSTEM}/partitions/monitor/vnics`, request as object);
    expect(comparable(job)).toEqual(comparable(FAILED_JOB_EXAMPLE));
  });
});
