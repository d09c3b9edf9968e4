import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemOf } from '../../simulator/estate/find.js';
import type { PhysicalPort, Vnic } from '../../simulator/estate/model.js';
import { REPTILIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

/* Labels steer Live Partition Mobility: a port that carries vNICs is relabelled only with force, by an admin. */
const SYSTEM = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
const PORTS = `${SYSTEM}/sriov/physical-ports`;
/** Carries the only device of gecko's vNIC, and one each of basilisk's and anole's. */
const CARRYING = `${PORTS}/1/1`;
const FREE = `${PORTS}/4/0`;
const problem = (slug: string): string => `urn:hmc-vnic-gateway:problem:${slug}`;

let service: WholeService;
beforeAll(async () => {
  service = await startWholeService();
});
afterAll(() => service.close());
beforeEach(() => service.simulator.control.reset());

const patch = (path: string, body: object, role: 'operator' | 'admin' = 'operator') =>
  service.call('patch', path, role).send(body);
const vnicReads = (): number =>
  service.simulator.log.entries.filter(({ line }) => line.startsWith('lshwres') && line.includes('--rsubtype vnic'))
    .length;
/** In the simulated frame, to be changed behind the service's back. */
const frame = (): ReturnType<typeof systemOf> => systemOf(service.simulator.estate, REPTILIAN);
const port = (adapterId: number, physicalPortId: number): PhysicalPort => {
  const found = frame()
    .adapters.find(({ id }) => id === adapterId)
    ?.ports.find(({ id }) => id === physicalPortId);
  if (found === undefined) throw new Error('a port expected');
  return found;
};

describe('a port that carries vNICs', () => {
  it.each([{ label: 'prod-net' }, { subLabel: 'rackA' }, { label: 'prod-b', subLabel: 'rackA' }, { label: '' }])(
    'is not relabelled with %o: 409 names the vNICs and what to do',
    async (body) => {
      const { body: refused } = await patch(CARRYING, body).expect(409);
      expect(refused).toMatchObject({
        type: problem('port-carries-vnics'),
        detail: expect.stringMatching(
          /^Adapter 1 port 1 carries 3 vNICs: .*gecko slot 3 .*force: true \(role admin\)\.$/,
        ),
        vnics: [
          { partition: { name: 'gecko', id: 4 }, slot: 3 },
          { partition: { name: 'basilisk', id: 8 }, slot: 3 },
          { partition: { name: 'anole', id: 9 }, slot: 5 },
        ],
      });
      expect(refused.vnics.map(({ macAddress }: { macAddress: string }) => macAddress)).toEqual(
        frame()
          .vnics.filter(({ devices }) => devices.some((one) => one.adapterId === 1 && one.physicalPortId === 1))
          .map(({ macAddress }) => macAddress.toLowerCase()),
      );
      const { body: dry } = await patch(`${CARRYING}?dryRun=true`, body).expect(409);
      expect({ ...dry, requestId: '' }).toEqual({ ...refused, requestId: '' });
      expect(service.changes()).toEqual([]);
    },
  );

  it('is not relabelled by an admin either who does not say force', async () => {
    for (const body of [{ label: 'prod-net' }, { label: 'prod-net', force: false }]) {
      expect((await patch(CARRYING, body, 'admin').expect(409)).body.type).toBe(problem('port-carries-vnics'));
    }
  });

  it.each([CARRYING, FREE, `${CARRYING}?dryRun=true`])('force by an operator on %s is 403', async (path) => {
    const { body } = await patch(path, { label: 'prod-net', force: true }).expect(403);
    expect(body).toMatchObject({
      type: problem('forbidden'),
      requiredRole: 'admin',
      detail: 'force: true needs the role admin; the key the operator has the role operator.',
    });
    expect(service.changes()).toEqual([]);
  });

  it('force by an admin relabels it, as its dry run shows', async () => {
    const body = { label: 'prod-net', force: true };
    const { body: dry } = await patch(`${CARRYING}?dryRun=true`, body, 'admin').expect(200);
    expect(dry.plan).toHaveLength(1);
    const { body: queued } = await patch(CARRYING, body, 'admin').expect(202);
    const job = await service.finished((queued as JobBody).id);
    expect(job).toMatchObject({ state: 'succeeded', result: { label: 'prod-net' }, before: { label: 'prod-b' } });
    expect(service.changes().map(({ line }) => line)).toEqual([dry.plan[0].command]);
    expect(port(1, 1).label).toBe('prod-net');
  });

  it('needs no force for the label that it has: nothing is planned', async () => {
    const { body } = await patch(`${CARRYING}?dryRun=true`, { label: 'prod-b' }).expect(200);
    expect(body).toMatchObject({ plan: [] });
    expect(await service.change('patch', CARRYING, { label: 'prod-b', subLabel: '' })).toMatchObject({
      state: 'succeeded',
      plan: [],
    });
  });

  it.each(['yes', 1, null])('force: %j is 400', async (force) => {
    const { body } = await patch(FREE, { label: 'a', force }, 'admin').expect(400);
    expect(body.errors).toMatchObject([{ pointer: '/force' }]);
  });
});

describe('when the job runs', () => {
  const lane = (what: 'pause' | 'resume'): Promise<unknown> =>
    service.call('post', `${SYSTEM}/lane/${what}`, 'admin').expect(200);

  /** Accepted while the port is free; then anole's vNIC gets a device there, by hand. */
  async function acceptedBefore(body: object): Promise<JobBody> {
    await lane('pause');
    const { body: queued } = await patch(FREE, body, 'admin').expect(202);
    const vnic = frame().vnics.find(({ partitionId, slot }) => partitionId === 9 && slot === 5) as Vnic;
    const [first, ...others] = vnic.devices;
    if (first === undefined) throw new Error('a device expected');
    vnic.devices.splice(0, vnic.devices.length, { ...first, adapterId: 4, physicalPortId: 0 }, ...others);
    await lane('resume');
    return service.finished((queued as JobBody).id);
  }

  it('a vNIC that has appeared meanwhile fails it', async () => {
    const job = await acceptedBefore({ label: 'prod-net' });
    expect(job).toMatchObject({
      state: 'failed',
      plan: [],
      error: {
        type: problem('port-carries-vnics'),
        effect: 'none',
        vnics: [{ partition: { name: 'anole', id: 9 }, slot: 5 }],
      },
    });
    expect(service.changes()).toEqual([]);
  });

  it('force holds on', async () => {
    expect(await acceptedBefore({ label: 'prod-net', force: true })).toMatchObject({ state: 'succeeded' });
  });

  it('the vNICs are one command before, and none after', async () => {
    expect(await service.change('patch', FREE, { label: 'prod-net' })).toMatchObject({ state: 'succeeded' });
    // Once when it was accepted, once when it ran.
    expect(vnicReads()).toBe(2);
  });
});
