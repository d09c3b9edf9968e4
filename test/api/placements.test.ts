import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { REPTILIAN, startWholeService, type WholeService } from '../support/whole-service.js';

const SYSTEM = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
const PLACEMENTS = `${SYSTEM}/placements`;
const VNICS = `${SYSTEM}/partitions/lizard/vnics`;
const problem = (slug: string): string => `urn:hmc-vnic-gateway:problem:${slug}`;

interface Placed {
  readonly backingDevices: readonly {
    virtualIoServer: { name: string };
    adapterId: number;
    physicalPortId: number;
    failoverPriority: number;
  }[];
  readonly singleFailures: { possible: number; survived: number; fatal: unknown[] };
  readonly doubleFailures: { possible: number; survived: number; fatal: unknown[] };
  readonly excludedPorts: readonly { adapterId: number; physicalPortId: number; reason: string }[];
  readonly excludedVirtualIoServers: readonly { name: string; reason: string }[];
}

let service: WholeService;
beforeAll(async () => {
  service = await startWholeService();
});
afterAll(() => service.close());
beforeEach(() => service.simulator.control.reset());

const place = async (body: object, status = 200): Promise<Placed> =>
  (await service.call('post', PLACEMENTS, 'viewer').send(body).expect(status)).body as Placed;
const portsOf = ({ backingDevices }: Pick<Placed, 'backingDevices'>): string[] =>
  backingDevices.map((one) => `${one.virtualIoServer.name} ${one.adapterId}/${one.physicalPortId}`);

describe('POST …/placements', () => {
  it('spreads over servers, adapters and enclosures, and says what is survived', async () => {
    const placed = await place({ label: 'prod-b', redundancy: 4, capacity: 2 });
    expect(new Set(placed.backingDevices.map(({ adapterId }) => adapterId)).size).toBe(4);
    // Every server in both enclosures: adapters 1 and 2 are in one, 3 and 4 in the other.
    const pairs = placed.backingDevices.map((one) => `${one.virtualIoServer.name} ${one.adapterId < 3 ? 'A' : 'B'}`);
    expect(pairs.sort()).toEqual(['vios1 A', 'vios1 B', 'vios2 A', 'vios2 B']);
    expect(placed.backingDevices.map(({ failoverPriority }) => failoverPriority)).toEqual([10, 20, 30, 40]);
    expect(placed.singleFailures).toEqual({ possible: 12, survived: 12, fatal: [] });
    // Both servers, or both enclosures.
    expect(placed.doubleFailures.fatal).toHaveLength(2);
    expect(placed.doubleFailures).toMatchObject({ possible: 66, survived: 64 });
    expect(service.changes()).toEqual([]);
  });

  it('tells where it was read, and answers the same again', async () => {
    const body = { label: 'prod-b', redundancy: 2 };
    const answer = await service.call('post', PLACEMENTS).send(body).expect(200);
    expect(answer.headers).toMatchObject({ 'hmc-id': 'hmc1' });
    expect(answer.headers['snapshot-time']).toMatch(/Z$/);
    expect(await place(body)).toEqual(answer.body);
  });

  it('keeps to the number of ethernet logical ports that is set on a port, as previews and audits do', async () => {
    const port = service.simulator.estate.systems
      .find((one) => `${one.typeModel}*${one.serialNumber}` === REPTILIAN)
      ?.adapters.find(({ id }) => id === 1)
      ?.ports.find(({ id }) => id === 0);
    const shown = async (): Promise<unknown> => {
      const reply = await service.call('get', `${SYSTEM}/sriov/physical-ports`).expect(200);
      const { items } = reply.body as { items: { configuredLogicalPorts: number }[] };
      return items[0];
    };
    const { configuredLogicalPorts: used } = (await shown()) as { configuredLogicalPorts: number };
    Object.assign(port?.settings ?? {}, { max_eth_logical_ports: String(used) });
    expect(await shown()).toMatchObject({ maxLogicalPorts: 20, maxEthernetLogicalPorts: used });

    const body = { ports: [{ adapterId: 1, physicalPortId: 0 }], redundancy: 1, capacity: 2 };
    const placed = await service.call('post', PLACEMENTS, 'viewer').send(body).expect(409);
    expect(JSON.stringify(placed.body)).toContain('no logical port is left');
    const device = { virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 0, capacity: 2 };
    const refused = await service
      .call('post', `${VNICS}?dryRun=true`, 'admin')
      .send({ backingDevices: [device] })
      .expect(409);
    expect(refused.body).toMatchObject({ type: problem('port-full'), logicalPortsLeft: 0 });
  });

  it("understands OpenStack's names", async () => {
    expect(await place({ physical_network: 'prod-b', vnic_required_vfs: 3, capacity: 0.02 })).toEqual(
      await place({ label: 'prod-b', redundancy: 3, capacity: 2 }),
    );
  });

  it('takes a binding:profile as the openstack command makes it: with strings, and with what else it holds', async () => {
    const profile = { vnic_required_vfs: '3', capacity: '0.02', delete_with_instance: '1', vlan_type: 'allowed' };
    expect(await place({ physical_network: 'prod-b', ...profile })).toEqual(
      await place({ label: 'prod-b', redundancy: 3, capacity: 2 }),
    );
    const whole = { physical_network: 'prod-b', vnic_required_vfs: '1', capacity: '1.0', delete_with_instance: 1 };
    expect((await place(whole)).backingDevices).toMatchObject([{ capacity: 100 }]);
  });

  it.each(['.02', '2e-2', '0.020', '2.E-2'])("takes %s, as OpenStack's driver does", async (capacity) => {
    expect((await place({ physical_network: 'prod-b', capacity })).backingDevices).toMatchObject([
      { capacity: 2 },
      { capacity: 2 },
    ]);
  });

  it('says how many decimals a fraction has', async () => {
    const body = { physical_network: 'prod-b', capacity: 0.02001 };
    const refused = await service.call('post', PLACEMENTS).send(body).expect(400);
    expect(refused.body.errors).toEqual([
      { pointer: '/capacity', detail: 'must be a number with at most four decimals' },
    ]);
  });

  it('names the one cause, and the member that no port can give', async () => {
    for (const adapter of [1, 2, 3, 4]) service.simulator.control.portDown(REPTILIAN, adapter, 1);
    const down = await service.call('post', PLACEMENTS).send({ label: 'prod-b', redundancy: 2 }).expect(409);
    expect(down.body).toMatchObject({
      type: problem('no-placement'),
      detail:
        '2 backing devices are asked for, none can be placed. On all 4 ports with the label "prod-b" the link is down.',
    });
    const uneven = { physical_network: 'prod-b', capacity: '0.0301' };
    const refused = await service.call('post', PLACEMENTS).send(uneven).expect(422);
    expect(refused.body).toMatchObject({
      type: problem('rule-violation'),
      detail: expect.stringMatching(/^capacity 0\.0301 is not a multiple .*\. Use 0\.02 or 0\.04\.$/),
      errors: [{ pointer: '/capacity' }],
    });
  });

  it('leaves out a port without a link and a server that is down, and says so', async () => {
    service.simulator.control.virtualIoServerDown(REPTILIAN, 'vios2');
    service.simulator.control.portDown(REPTILIAN, 1, 1);
    const placed = await place({ label: 'prod-b', redundancy: 3 });
    expect(placed.excludedPorts).toEqual([
      { adapterId: 1, physicalPortId: 1, code: 'port-link-down', reason: 'Its link is down.' },
    ]);
    expect(placed.excludedVirtualIoServers).toMatchObject([{ name: 'vios2' }]);
    expect(placed.singleFailures.fatal).toEqual([{ kind: 'virtual-io-server', name: 'vios1' }]);
    const refused = await service.call('post', PLACEMENTS).send({ label: 'prod-b', redundancy: 4 }).expect(409);
    expect(refused.body).toMatchObject({
      type: problem('no-placement'),
      possible: 3,
      excludedPorts: [{ adapterId: 1, physicalPortId: 1 }],
    });
  });

  it.each([
    ['redundancy 7', { label: 'prod-b', redundancy: 7 }, 400, 'invalid-request', '/redundancy'],
    ['a label of 17 characters', { label: 'a'.repeat(17), redundancy: 1 }, 400, 'invalid-request', '/label'],
    ['a list that is none', { ports: 'all', redundancy: 1 }, 400, 'invalid-request', '/ports'],
    ['an unknown member', { label: 'prod-b', redundancy: 1, spread: true }, 400, 'invalid-request', '/spread'],
    ['null', { label: null, redundancy: 1 }, 400, 'invalid-request', '/label'],
    ['a string in our words', { label: 'prod-b', redundancy: '2' }, 400, 'invalid-request', '/redundancy'],
    ['no share at all', { physical_network: 'prod-b', capacity: '0' }, 400, 'invalid-request', '/capacity'],
    [
      'half a device',
      { physical_network: 'prod-b', vnic_required_vfs: '1.5' },
      400,
      'invalid-request',
      '/vnic_required_vfs',
    ],
    ['a string that is no number', { physical_network: 'prod-b', capacity: '2%' }, 400, 'invalid-request', '/capacity'],
    [
      'a list for a flag',
      { physical_network: 'prod-b', delete_with_instance: [1] },
      400,
      'invalid-request',
      '/delete_with_instance',
    ],
    ['a profile in our words', { label: 'prod-b', redundancy: 1, vlan_type: 'a' }, 422, 'rule-violation', '/vlan_type'],
    ['no label and no ports', { redundancy: 1 }, 422, 'rule-violation', '/label'],
    ['no redundancy', { label: 'prod-b' }, 422, 'rule-violation', '/redundancy'],
    ['names of both', { physical_network: 'prod-b', redundancy: 2 }, 422, 'rule-violation', '/redundancy'],
    ['percent as a fraction', { physical_network: 'prod-b', capacity: 2 }, 422, 'rule-violation', '/capacity'],
    [
      'a maximum below the smallest capacity',
      { label: 'prod-b', redundancy: 2, maxCapacity: 1 },
      422,
      'rule-violation',
      '/maxCapacity',
    ],
    ['a label that no port has', { label: 'nowhere', redundancy: 1 }, 422, 'unknown-reference', '/label'],
    [
      'a port of a dedicated adapter',
      { ports: [{ adapterId: 6, physicalPortId: 0 }], redundancy: 1 },
      422,
      'unknown-reference',
      '/ports/0',
    ],
  ])('refuses %s', async (_case, body, status, type, pointer) => {
    const answer = await service.call('post', PLACEMENTS).send(body).expect(status);
    expect(answer.body).toMatchObject({ type: problem(type), errors: [{ pointer }] });
  });
});

describe('POST …/vnics with a placement', () => {
  it('creates the vNIC on the devices that the placement shows, and knows it again', async () => {
    const placement = { label: 'prod-b', redundancy: 3, capacity: 2 };
    const shown = await place(placement);
    const body = { slot: 21, portVlanId: 3455, placement };
    const preview = await service.call('post', `${VNICS}?dryRun=true`).send(body).expect(200);
    expect(preview.body).toMatchObject({ target: { slot: 21, placedDevices: shown.backingDevices } });

    const job = await service.change('post', VNICS, body);
    expect(job).toMatchObject({ state: 'succeeded', request: body, target: { placedDevices: shown.backingDevices } });
    expect(portsOf(job.result as unknown as Placed)).toEqual(portsOf(shown));
    // The load has changed with it, and still the same call needs nothing.
    expect(await service.change('post', VNICS, body)).toMatchObject({ state: 'succeeded', plan: [] });
    expect(service.changes()).toHaveLength(1);
    const other = { ...body, placement: { ...placement, redundancy: 2 } };
    expect((await service.call('post', VNICS).send(other).expect(409)).body).toMatchObject({
      type: problem('slot-taken'),
    });
  });

  it('takes a binding:profile with strings, and keeps it as numbers', async () => {
    const placement = { physical_network: 'prod-b', vnic_required_vfs: '2', capacity: '0.02', vlan_type: 'allowed' };
    const job = await service.change('post', VNICS, { slot: 22, placement });
    expect(job).toMatchObject({
      state: 'succeeded',
      request: { placement: { ...placement, vnic_required_vfs: 2, capacity: 0.02 } },
    });
    expect(await service.change('post', VNICS, { slot: 22, placement })).toMatchObject({ plan: [] });
  });

  it('gives the traffic of one vNIC after the other to another port', async () => {
    const active = new Set<string>();
    for (let i = 0; i < 3; i += 1) {
      const job = await service.change('post', VNICS, { placement: { physical_network: 'mgmt', capacity: 0.02 } });
      expect(job).toMatchObject({ state: 'succeeded' });
      const [first] = portsOf(job.result as unknown as Placed);
      active.add(first ?? '');
    }
    expect(active.size).toBe(3);
  });

  it('needs either devices or a placement', async () => {
    const device = { virtualIoServer: { id: 1 }, adapterId: 1, physicalPortId: 1 };
    const placement = { label: 'prod-b', redundancy: 1 };
    const neither = await service.call('post', VNICS).send({}).expect(400);
    expect(neither.body).toMatchObject({ type: problem('invalid-request') });
    const faults = (neither.body as { errors: { pointer: string }[] }).errors;
    expect(new Set(faults.map(({ pointer }) => pointer))).toEqual(new Set(['/backingDevices']));
    const both = await service
      .call('post', VNICS)
      .send({ placement, backingDevices: [device] })
      .expect(422);
    expect(both.body).toMatchObject({ type: problem('rule-violation'), errors: [{ pointer: '/backingDevices' }] });
    const tooMany = { placement: { ...placement, redundancy: 6 } };
    const refused = await service.call('post', VNICS).send(tooMany).expect(409);
    expect(refused.body).toMatchObject({ type: problem('no-placement'), possible: 4 });
  });
});
