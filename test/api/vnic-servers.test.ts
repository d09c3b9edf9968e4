import type supertest from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { login } from '../simulator/ssh-client.js';
import { startWholeService, type WholeService } from '../support/whole-service.js';

const SYSTEM = 'reptilian-9119-MME-65BA46F';
const base = `/v1/managed-systems/${SYSTEM}`;
const LIZARD = `${base}/partitions/lizard/vnics`;

interface Item {
  readonly hmc: { logicalPortId: string; client: { name: string }; slot: number; active: boolean } | null;
  readonly vnicServer: { name: string; clientDevice: string | null; clientName: string | null } | null;
  readonly virtualFunction: { name: string; location: string } | null;
  readonly statistics: { failoverState: string; failoverPriority: number; state: string } | null;
  readonly differences: readonly { code: string; hmc: string | null; virtualIoServer: string | null }[];
}

let service: WholeService;
beforeAll(async () => {
  service = await startWholeService();
});
afterAll(() => service?.close());
afterEach(() => {
  service.simulator.control.reset();
});

/** What vios1 says now, as the simulator prints it. */
async function said(command: string): Promise<string> {
  const session = await login(service.simulator.hmcs[0] ?? fail());
  const { stdout } = await session.run(`viosvrcmd -m ${SYSTEM} -p vios1 -c "${command}"`);
  session.end();
  return stdout;
}

function fail(): never {
  throw new Error('an HMC expected');
}

const get = (path: string): supertest.Test => service.call('get', path, 'viewer');
const items = async (server: string, query = ''): Promise<readonly Item[]> =>
  (await get(`${base}/virtual-io-servers/${server}/vnic-servers${query}`).expect(200)).body.items as Item[];
const lizards = async (server: string, query = ''): Promise<Item> => {
  const found = (await items(server, query)).filter(({ hmc }) => hmc?.client.name === 'lizard');
  expect(found).toHaveLength(1);
  return found[0] as Item;
};
const events = async (server: string, query = ''): Promise<{ description: string; resourceName: string }[]> =>
  (await get(`${base}/virtual-io-servers/${server}/events${query}`).expect(200)).body.items as {
    description: string;
    resourceName: string;
  }[];

describe('vNIC servers', () => {
  it('are joined with what the HMC shows, and agree', async () => {
    const response = await get(`${base}/virtual-io-servers/vios1/vnic-servers`).expect(200);
    expect(response.headers['hmc-id']).toBe('hmc1');
    expect(response.body).toMatchObject({ virtualIoServer: { name: 'vios1', id: 1 }, nextCursor: null, notTold: [] });
    expect(response.body.items.length).toBeGreaterThan(5);
    expect(response.body.items[0]).toMatchObject({
      hmc: { client: { name: 'iguana', id: 3 }, slot: 4, failoverPriority: 10, active: true },
      vnicServer: { name: 'vnicserver0', clientName: 'iguana', status: 'Available' },
      virtualFunction: { name: response.body.items[0].vnicServer.backingDevice },
      statistics: null,
    });
    for (const { hmc, vnicServer, virtualFunction, differences } of response.body.items as Item[]) {
      expect(differences).toEqual([]);
      expect([hmc, vnicServer, virtualFunction]).not.toContain(null);
    }
  });

  it("plays the seed's failover: the servers, the logins, the events, and the way back", async () => {
    const created = await service.change('post', LIZARD, {
      portVlanId: 3455,
      autoPriorityFailover: true,
      backingDevices: [
        { virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 1, failoverPriority: 10 },
        { virtualIoServer: { name: 'vios2' }, adapterId: 3, physicalPortId: 1, failoverPriority: 20 },
      ],
    });
    expect(created.state).toBe('succeeded');
    const before = [await lizards('vios1', '?statistics=true'), await lizards('vios2', '?statistics=true')];
    // A device that was never active has no client device yet.
    expect(before.map(({ vnicServer }) => vnicServer?.clientDevice)).toEqual(['ent1', null]);
    expect(before.map(({ hmc, statistics }) => [hmc?.active, statistics?.failoverState, statistics?.state])).toEqual([
      [true, 'active', 'active'],
      [false, 'inactive', 'config_2'],
    ]);
    expect(before.map(({ statistics }) => statistics?.failoverPriority)).toEqual([10, 20]);
    expect(before.flatMap(({ differences }) => differences)).toEqual([]);
    const server = before[1]?.vnicServer?.name;

    // `shutdown -force` of the first: the second takes over, and its log says so.
    service.simulator.control.virtualIoServerDown(SYSTEM, 'vios1');
    const after = await lizards('vios2', '?statistics=true');
    expect(after).toMatchObject({
      hmc: { active: true },
      vnicServer: { clientDevice: 'ent1' },
      statistics: { failoverState: 'active', failoverPriority: 20 },
      differences: [],
    });
    const logged = await events('vios2');
    expect(logged.find(({ resourceName }) => resourceName === server)).toMatchObject({
      identifier: '60D73419',
      description: 'VNIC Client Login',
      type: 'I',
      class: 'S',
      servesNow: { client: { name: 'lizard', id: 6 }, slot: 6 },
    });

    service.simulator.control.virtualIoServerUp(SYSTEM, 'vios1');
    expect(await lizards('vios1')).toMatchObject({ hmc: { active: true }, vnicServer: { clientDevice: 'ent1' } });
    expect((await events('vios2')).find(({ resourceName }) => resourceName === server)).toMatchObject({
      identifier: '8C577CB6',
      description: 'VNIC Transport Event',
    });
  });

  it('by id and by MTMS as well; a client or nobody is 404', async () => {
    const path = '/v1/managed-systems/9119-MME*65BA46F/virtual-io-servers';
    expect((await get(`${path}/2/vnic-servers`).expect(200)).body.virtualIoServer.name).toBe('vios2');
    for (const vios of ['lizard', '6', 'vios9']) {
      for (const list of ['vnic-servers', 'events']) {
        const { body } = await get(`${path}/${vios}/${list}`).expect(404);
        expect(body.type).toMatch(/target-not-found$/);
      }
    }
    await get(`${path}/vios1/vnic-servers?statistics=yes`).expect(400);
    await get(`${path}/vios1/events?detail=1`).expect(400);
  });

  it('that do not agree are shown from both sides and marked', async () => {
    // The Virtual I/O Server has another client on the first server, and lacks the second one.
    const lines = (await said('lsmap -all -vnic -fmt :')).trimEnd().split('\n');
    const text = [lines[0]?.replace(/:3:iguana:/, ':5:skink:'), ...lines.slice(2)].join('\n');
    service.simulator.control.addFault({ type: 'refuse', match: /lsmap/, text, exitStatus: 0 });
    const all = await items('vios1');
    expect(all[0]?.differences.map(({ code }) => code)).toEqual(['client', 'client-name']);
    expect(all[0]?.differences[1]).toEqual({ code: 'client-name', hmc: 'iguana', virtualIoServer: 'skink' });
    expect(all.at(-1)).toMatchObject({ vnicServer: null, differences: [{ code: 'only-on-hmc' }] });
  });

  it('of a name that a root command cannot carry are shown, and not asked for statistics', async () => {
    const text = (await said('lsmap -all -vnic -fmt :')).replace('vnicserver0:', 'vnic_prod:');
    service.simulator.control.addFault({ type: 'refuse', match: /lsmap/, text, exitStatus: 0 });
    const path = `${base}/virtual-io-servers/vios1/vnic-servers?statistics=true`;
    const { body } = await get(path).expect(200);
    const odd = (body.items as Item[]).filter(({ vnicServer }) => vnicServer?.name === 'vnic_prod');
    expect(odd).toMatchObject([{ statistics: null, differences: [] }]);
    const others = (body.items as Item[]).filter(({ vnicServer }) => vnicServer?.name !== 'vnic_prod');
    expect(others.map(({ statistics }) => statistics)).not.toContain(null);
    expect(body.notTold).toEqual([{ command: 'vnicstat vnic_prod', reason: expect.stringContaining('"vnic_prod"') }]);
  });
});

describe('vNIC servers in pages', () => {
  const path = `${base}/virtual-io-servers/vios1/vnic-servers`;

  it('are all of them, each once', async () => {
    const all = await items('vios1');
    const seen: Item[] = [];
    let query = '?limit=4';
    for (let pages = 0; pages < 10; pages += 1) {
      const { body } = await get(`${path}${query}`).expect(200);
      seen.push(...(body.items as Item[]));
      if (body.nextCursor === null) break;
      query = `?limit=4&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(all);
    await get(`${path}?limit=0`).expect(400);
    await get(`${path}?cursor=nobody`).expect(400);
  });

  it('are asked for statistics only where they are shown', async () => {
    const before = service.simulator.log.entries.length;
    const { body } = await get(`${path}?statistics=true&limit=2`).expect(200);
    expect(body.items.map(({ statistics }: Item) => statistics === null)).toEqual([false, false]);
    const asked = service.simulator.log.entries.slice(before).filter(({ line }) => line.includes('vnicstat'));
    expect(asked.map(({ line }) => / (vnicserver\d+)/.exec(line)?.[1]).sort()).toEqual(['vnicserver0', 'vnicserver1']);
  });

  it('one that hangs holds up none of the others', async () => {
    const hasty = await startWholeService({ config: { hmcReadTimeoutSeconds: 6 } });
    try {
      const match = /vnicstat vnicserver2\b/;
      hasty.simulator.control.addFault({ type: 'no-answer', match, times: null });
      const { body } = await hasty.call('get', `${path}?statistics=true`, 'viewer').expect(200);
      const without = (body.items as Item[]).filter(({ statistics }) => statistics === null);
      expect(without.map(({ vnicServer }) => vnicServer?.name)).toEqual(['vnicserver2']);
      expect(body.notTold).toEqual([{ command: expect.stringMatching(match), reason: expect.any(String) }]);
    } finally {
      await hasty.close();
    }
  });

  it('slow ones are told as far as there is time', async () => {
    const hasty = await startWholeService({ config: { hmcReadTimeoutSeconds: 4 } });
    try {
      hasty.simulator.control.addFault({ type: 'latency', ms: 1_500, match: /vnicstat/, times: null });
      const started = Date.now();
      const { body } = await hasty.call('get', `${path}?statistics=true`, 'viewer').expect(200);
      const without = (body.items as Item[]).filter(({ statistics }) => statistics === null);
      expect(without.length).toBeGreaterThan(0);
      expect(body.notTold).toHaveLength(without.length);
      for (const { reason } of body.notTold) expect(reason).toContain('One call has 4 s for all of these commands');
      expect(Date.now() - started).toBeGreaterThan(3_500);
    } finally {
      await hasty.close();
    }
  });
});

describe('a Virtual I/O Server that does not answer', () => {
  it.each(['vnic-servers', 'events'])('without RMC: %s is 502, with the words of the HMC', async (list) => {
    service.simulator.control.setPartitionState(SYSTEM, 'vios1', 'Running', 'inactive');
    const { body } = await get(`${base}/virtual-io-servers/vios1/${list}`).expect(502);
    expect(body).toMatchObject({
      type: 'urn:hmc-vnic-gateway:problem:hmc-refused',
      hmcCode: 'HSCL2957',
      command: expect.stringContaining('viosvrcmd'),
      // Nothing was to be changed.
      profileMayDiffer: false,
    });
    expect(`${body.detail} ${body.advice}`).not.toContain('profile');
  });

  it('of lsdev in a way that cannot be read: that is no difference', async () => {
    const rubbish = { type: 'refuse', match: /lsdev/, text: 'rubbish', exitStatus: 0, times: null } as const;
    service.simulator.control.addFault(rubbish);
    const { body } = await get(`${base}/virtual-io-servers/vios1/vnic-servers`).expect(200);
    expect(body.notTold).toEqual([
      { command: expect.stringContaining('lsdev'), reason: expect.stringContaining('rubbish') },
    ]);
    expect(body.items[0]).toMatchObject({ vnicServer: expect.anything(), virtualFunction: null, differences: [] });
  });

  it('to lsdev alone: the rest is shown', async () => {
    service.simulator.control.addFault({ type: 'refuse', match: /lsdev/, text: 'HSCL2970 no', times: null });
    const { body } = await get(`${base}/virtual-io-servers/vios1/vnic-servers`).expect(200);
    expect(body.notTold).toEqual([
      {
        command: "viosvrcmd -m '9119-MME*65BA46F' --id 1 -c 'lsdev -type adapter -field name physloc description'",
        reason: expect.stringContaining('HSCL2970 no'),
      },
    ]);
    expect(body.items[0]).toMatchObject({ virtualFunction: null, differences: [] });
  });

  it('an HMC that refuses the logical ports: the rest is shown, and what client and slot join', async () => {
    const path = `${base}/virtual-io-servers/vios1`;
    const servers = (all: readonly Item[]): string[] => all.flatMap(({ vnicServer }) => vnicServer?.name ?? []);
    const before = { items: await items('vios1'), events: await events('vios1') };
    const text = 'HSCL350B The user does not have the appropriate authority';
    service.simulator.control.addFault({ type: 'refuse', match: /-r sriov/, text, times: null });
    const notTold = [
      { command: expect.stringContaining('--rsubtype logport'), reason: expect.stringContaining('HSCL350B') },
    ];

    const { body: listed } = await get(`${path}/vnic-servers`).expect(200);
    expect(listed.notTold).toEqual(notTold);
    expect(servers(listed.items)).toEqual(servers(before.items));
    expect(listed.items[0]).toMatchObject({
      hmc: { client: { name: 'iguana' }, slot: 4, location: null },
      vnicServer: { name: 'vnicserver0' },
      virtualFunction: { name: before.items[0]?.virtualFunction?.name },
    });
    expect(listed.items.flatMap(({ differences }: Item) => differences)).toEqual([]);

    const { body: logged } = await get(`${path}/events`).expect(200);
    expect(logged.notTold).toEqual(notTold);
    expect(logged.items).toHaveLength(before.events.length);
    expect(logged.items).toContainEqual(
      expect.objectContaining({ servesNow: expect.objectContaining({ client: { name: 'iguana', id: 3 } }) }),
    );
  });

  it('to vnicstat, because the user may not: the rest is shown, and it is not asked for every one', async () => {
    const text = 'HSCL350B The user does not have the appropriate authority';
    service.simulator.control.addFault({ type: 'refuse', match: /vnicstat/, text, times: null });
    const { body } = await get(`${base}/virtual-io-servers/vios1/vnic-servers?statistics=true`).expect(200);
    expect(body.notTold[0].reason).toContain('HSCL350B');
    expect(body.items.every(({ statistics }: Item) => statistics === null)).toBe(true);
    // Of each it is said; after the refusal no further one is asked.
    expect(body.notTold).toHaveLength(body.items.length);
    expect(body.notTold.at(-1)).toEqual({
      command: expect.stringContaining(`vnicstat ${body.items.at(-1).vnicServer.name}`),
      reason: expect.stringMatching(/^Not asked, because another one was not answered: viosvrcmd /),
    });
    const asked = service.simulator.log.entries.filter(({ line }) => line.includes('vnicstat'));
    expect(new Set(asked.map(({ line }) => line)).size).toBeLessThan(body.items.length);
  });

  const FAILED = 'HSCL2970 The IOServer command has failed because of the following reason:';
  it.each([
    ['rc=88, exit 1', { text: `${FAILED}\nrc=88`, exitStatus: 1 }, true],
    ['rc=88, exit 0', { text: `${FAILED}\nrc=88`, exitStatus: 0 }, true],
    ['rc=88 on standard error, exit 0', { text: `${FAILED}\nrc=88`, exitStatus: 0, stream: 'stderr' }, true],
    ['exit 88', { text: 'no', exitStatus: 88 }, true],
    ['rc=1, exit 0', { text: `${FAILED}\nrc=1`, exitStatus: 0 }, false],
    ['words without a code, exit 0', { text: 'rc=88', exitStatus: 0 }, false],
  ] as const)('with %s: whether that says that there are no vNIC servers', async (_how, answer, expected) => {
    service.simulator.control.addFault({ type: 'refuse', match: /lsmap/, times: null, ...answer });
    const { status, body } = await get(`${base}/virtual-io-servers/vios1/vnic-servers`);
    expect(status).toBe(expected ? 200 : 502);
    // What the HMC lists is still shown, each without a vNIC server.
    if (expected) expect(body.items.every(({ vnicServer }: Item) => vnicServer === null)).toBe(true);
  });

  it('and one that has no vNIC server says so by a status, which is an empty list', async () => {
    for (const system of service.simulator.estate.systems) system.vnics.splice(0);
    expect(await items('vios1')).toEqual([]);
  });
});

describe('events', () => {
  it('come in detail, and in pages', async () => {
    const [newest] = (await get(`${base}/virtual-io-servers/vios1/events?detail=true&limit=1`).expect(200)).body.items;
    expect(newest).toMatchObject({
      identifier: '60D73419',
      loggedAt: '2016-12-02T18:00:00',
      type: 'INFO',
      description: 'VNIC Client Login',
      sequenceNumber: expect.any(Number),
      text: expect.stringContaining('Probable Causes'),
    });
    const all = await events('vios1');
    expect(all.length).toBeGreaterThan(3);
    expect(all.every(({ resourceName }) => resourceName.startsWith('vnicserver'))).toBe(true);
    const first = (await get(`${base}/virtual-io-servers/vios1/events?limit=2`).expect(200)).body;
    const rest = (await get(`${base}/virtual-io-servers/vios1/events?cursor=${first.nextCursor}`).expect(200)).body;
    expect([...first.items, ...rest.items]).toEqual(all);
  });

  it('are shown without whom they served when lsmap does not answer', async () => {
    service.simulator.control.addFault({ type: 'refuse', match: /lsmap/, text: 'HSCL2970 no', times: null });
    const { body } = await get(`${base}/virtual-io-servers/vios1/events`).expect(200);
    expect(body.items[0]).toMatchObject({ resourceName: expect.stringMatching(/^vnicserver/), servesNow: null });
    expect(body.notTold).toHaveLength(1);
  });
});

it('an HMC at V8R8.2 knows no vNIC: 502', async () => {
  const old = await startWholeService({ simulator: { hmcs: [{ id: 'hmc0', version: 'V8R8.2.0' }] } });
  const { body } = await old.call('get', `${base}/virtual-io-servers/vios1/vnic-servers`, 'viewer').expect(502);
  expect(body.hmcMessage).toContain('--rsubtype');
  await old.close();
});
