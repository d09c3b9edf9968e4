import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultEstate } from '../../simulator/estate/default-estate.js';
import { systemOf } from '../../simulator/estate/find.js';
import type { Estate, PhysicalPort, SriovAdapter } from '../../simulator/estate/model.js';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import type { LabelAudit, AskedSystemRef } from '../../src/core/label-audit/label-audit.js';
import type { MigrationPreview } from '../../src/core/migrations/preview-migration.js';
import type { LabelAuditDto } from '../../src/label-audit/dto/label-audit.dto.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { simulatorEndpoints } from '../support/simulator-endpoints.js';
import { KEYS, startTestApp, testConfig, type TestApp } from '../support/test-app.js';

const REPTILIAN = { name: 'reptilian-9119-MME-65BA46F', mtms: '9119-MME*65BA46F' };
const SAURIAN = { name: 'saurian-9119-MME-659707C', mtms: '9119-MME*659707C' };
const GHARIAL = { name: 'gharial-8286-42A-218CA0V', mtms: '8286-42A*218CA0V' };
const BOTH = `${REPTILIAN.name},${SAURIAN.name}`;

let redis: TestRedis;
let simulator: Simulator;
let app: TestApp;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());

async function start(estate?: Estate): Promise<void> {
  simulator = await startSimulator(estate === undefined ? {} : { estate });
  app = await startTestApp(testConfig(redis.url, { hmcs: simulatorEndpoints(simulator) }));
}
async function stop(): Promise<void> {
  await app?.close();
  await simulator?.close();
}

const ask = (systems: string): supertest.Test =>
  supertest(app.url).get('/v1/label-audit').query({ systems }).set('Authorization', `Bearer ${KEYS.viewer}`);
const audit = async (systems = BOTH): Promise<LabelAudit> => (await ask(systems).expect(200)).body as LabelAudit;

/** In the simulated frame, to be changed as if by hand. */
function adapter({ mtms }: typeof REPTILIAN, id: number): SriovAdapter {
  const found = systemOf(simulator.estate, mtms).adapters.find((each) => each.id === id);
  if (found === undefined) throw new Error('an adapter expected');
  return found;
}
function port(system: typeof REPTILIAN, adapterId: number, physicalPortId: number): PhysicalPort {
  const found = adapter(system, adapterId).ports[physicalPortId];
  if (found === undefined) throw new Error('a port expected');
  return found;
}

type Move = LabelAudit['moves'][number];
function moveOf({ moves }: LabelAudit, from: AskedSystemRef = REPTILIAN, to: AskedSystemRef = SAURIAN): Move {
  const found = moves.find((move) => move.from.mtms === from.mtms && move.to.mtms === to.mtms);
  if (found === undefined) throw new Error('a move expected');
  return found;
}
/** Which partitions cannot move, and why. */
const stuck = ({ partitions }: Move): Record<string, string[]> =>
  Object.fromEntries(
    partitions
      .filter(({ movable }) => !movable)
      .map(({ name, problems }) => [
        name,
        problems.map(({ code, slot, adapterId, physicalPortId }) => `${slot} ${adapterId}/${physicalPortId} ${code}`),
      ]),
  );

describe('between the two frames of the seed', () => {
  beforeAll(() => start());
  beforeEach(() => simulator.control.reset());
  afterAll(stop);

  it('every label is on both, and every partition could move with its vNICs', async () => {
    const found = await audit();
    expect(found.systems).toMatchObject([
      {
        managedSystem: REPTILIAN,
        read: true,
        problem: null,
        reason: null,
        hmc: 'hmc1',
        takenAt: expect.stringMatching(/^\d{4}-/),
        adaptersWithoutPorts: [{ adapterId: null, slotId: '21030021', mode: 'dedicated' }],
      },
      {
        managedSystem: SAURIAN,
        adaptersWithoutPorts: [
          { adapterId: 4, status: 'missing' },
          { adapterId: null, mode: 'dedicated' },
        ],
      },
    ]);
    expect(found.systems[0]?.portsWithoutLabel).toMatchObject(
      [1, 2, 3, 4].map((adapterId) => ({
        adapterId,
        physicalPortId: 3,
        label: '',
        unusable: expect.stringContaining('is down') as string,
      })),
    );
    expect(found.labels.map(({ label, missingOn }) => [label, missingOn])).toEqual(
      ['backup', 'mgmt', 'prod-a', 'prod-b'].map((label) => [label, []]),
    );
    expect(found.labels.find(({ label }) => label === 'prod-b')?.systems[0]).toMatchObject({
      managedSystem: REPTILIAN,
      ambiguous: true,
      ports: [
        // gecko, basilisk and anole have 14 % of it.
        { adapterId: 1, physicalPortId: 1, capacityLeft: 86, logicalPortsLeft: 17, vnics: 3, unusable: null },
        { adapterId: 2, physicalPortId: 1, capacityLeft: 100, logicalPortsLeft: 20, vnics: 0 },
        { adapterId: 3, physicalPortId: 1 },
        { adapterId: 4, physicalPortId: 1, location: 'U78CA.001.CSS08EL-P1-C4-C1-T2', type: 'ethc' },
      ],
    });
    expect(moveOf(found)).toMatchObject({ from: REPTILIAN, to: SAURIAN, verdict: 'pass' });
    expect(moveOf(found).partitions.map(({ name, movable }) => [name, movable])).toEqual(
      ['iguana', 'gecko', 'monitor', 'basilisk', 'anole', 'chameleon'].map((name) => [name, true]),
    );
    expect(moveOf(found, SAURIAN, REPTILIAN)).toMatchObject({ verdict: 'pass' });
  });

  it('a port without a label stops what is on it', async () => {
    port(REPTILIAN, 5, 0).label = '';
    const found = await audit();
    expect(found.systems[0]?.portsWithoutLabel).toContainEqual(
      expect.objectContaining({ adapterId: 5, physicalPortId: 0, vnics: 1 }),
    );
    expect(moveOf(found).verdict).toBe('fail');
    expect(stuck(moveOf(found))).toEqual({ chameleon: ['3 5/0 port-without-label'] });
    expect(moveOf(found, SAURIAN, REPTILIAN).verdict).toBe('pass');
  });

  it('a label that the target has not stops every partition on it', async () => {
    for (const each of [0, 1]) port(SAURIAN, 3, each).label = 'backup2';
    const found = await audit();
    expect(found.labels).toMatchObject([
      { label: 'backup', systems: [{ managedSystem: REPTILIAN }], missingOn: [SAURIAN] },
      { label: 'backup2', systems: [{ managedSystem: SAURIAN }], missingOn: [REPTILIAN] },
      { label: 'mgmt' },
      { label: 'prod-a' },
      { label: 'prod-b' },
    ]);
    expect(stuck(moveOf(found))).toEqual({ chameleon: ['3 5/0 label-not-on-target'] });
    expect(stuck(moveOf(found, SAURIAN, REPTILIAN))).toEqual({ komodo: ['3 3/0 label-not-on-target'] });
  });

  it('a label on two ports of one system is ambiguous until their sub-labels differ', async () => {
    const onSaurian = async (): Promise<boolean | undefined> =>
      (await audit()).labels
        .find(({ label }) => label === 'backup')
        ?.systems.find(({ managedSystem }) => managedSystem.mtms === SAURIAN.mtms)?.ambiguous;
    expect(await onSaurian()).toBe(true);
    port(SAURIAN, 3, 1).subLabel = 'rackB';
    expect(await onSaurian()).toBe(false);
  });

  it('a sub-label that the target has not is a warning: the label decides', async () => {
    port(REPTILIAN, 5, 0).subLabel = 'rackA';
    const { verdict, partitions } = moveOf(await audit());
    expect(verdict).toBe('pass');
    expect(partitions.find(({ name }) => name === 'chameleon')).toMatchObject({
      movable: true,
      warnings: [{ code: 'sub-label-not-kept', slot: 3, label: 'backup', subLabel: 'rackA' }],
    });
  });

  it('ports that are down take nothing', async () => {
    simulator.control.portDown(SAURIAN.name, 3, 0);
    expect(moveOf(await audit()).verdict).toBe('pass');
    simulator.control.portDown(SAURIAN.name, 3, 1);
    const move = moveOf(await audit());
    expect(stuck(move)).toEqual({ chameleon: ['3 5/0 no-usable-port'] });
    expect(move.partitions.find(({ name }) => name === 'chameleon')?.problems[0]?.detail).toBe(
      [0, 1]
        .map((id) => `The link of adapter 3 port ${id} of ${SAURIAN.name} is down. Connect it, or label another port.`)
        .join(' '),
    );
  });

  it('full ports take nothing', async () => {
    const { directLogicalPorts } = systemOf(simulator.estate, SAURIAN.mtms);
    const full = { partitionId: 3, adapterId: 3, configId: 0, type: 'roce' as const, macAddress: '26e6b0000001' };
    directLogicalPorts.push({ ...full, physicalPortId: 0, number: 50, capacity: 98.5 });
    directLogicalPorts.push({ ...full, physicalPortId: 1, number: 51, capacity: 99.5 });
    expect(stuck(moveOf(await audit()))).toEqual({ chameleon: ['3 5/0 no-usable-port'] });
  });

  it('a vNIC needs as many ports of a label as it has devices there', async () => {
    // anole's vNIC in slot 4 has two devices on prod-a.
    for (const id of [2, 5, 6]) port(SAURIAN, id, 0).label = '';
    const found = stuck(moveOf(await audit()));
    expect(found['anole']).toEqual([expect.stringMatching(/^4 [12]\/0 ports-taken$/)]);
  });

  it('an adapter in dedicated mode has no ports, and is named', async () => {
    adapter(SAURIAN, 3).mode = 'dedicated';
    const estate = simulator.estate;
    systemOf(estate, SAURIAN.mtms).vnics.splice(0);
    const found = await audit();
    expect(found.systems[1]?.adaptersWithoutPorts.map(({ slotId, mode }) => [slotId, mode])).toContainEqual([
      '21020020',
      'dedicated',
    ]);
    expect(found.labels[0]).toMatchObject({ label: 'backup', missingOn: [SAURIAN] });
    expect(stuck(moveOf(found))).toEqual({ chameleon: ['3 5/0 label-not-on-target'] });
  });

  it('an adapter that is missing has ports nobody knows: what is on them does not pass', async () => {
    adapter(REPTILIAN, 5).condition = 'missing';
    expect(stuck(moveOf(await audit()))).toEqual({ chameleon: ['3 5/0 source-port-unknown'] });
  });

  it('says what the preview of the migration says, of the same device', async () => {
    for (const id of [0, 1]) simulator.control.portDown(SAURIAN.name, 3, id);
    const problem = moveOf(await audit()).partitions.find(({ name }) => name === 'chameleon')?.problems[0];
    const { body } = await supertest(app.url)
      .post(`/v1/managed-systems/${REPTILIAN.name}/partitions/chameleon/migrations/preview`)
      .set('Authorization', `Bearer ${KEYS.viewer}`)
      .send({ targetSystem: SAURIAN.name })
      .expect(200);
    const device = (body as MigrationPreview).backingDevices.find(
      (one) => one.logicalPortId === problem?.logicalPortId,
    );
    expect(device?.conflicts.map(({ code }) => code)).toEqual(['port-link-down', 'port-link-down']);
    expect(problem?.detail).toBe(device?.conflicts.map(({ detail }) => detail).join(' '));
  });

  it('shows the partitions page by page, those that are stuck first, and the counts on every page', async () => {
    port(REPTILIAN, 5, 0).label = '';
    const whole = await audit();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { systems: BOTH, limit: '2', ...(cursor === null ? {} : { cursor }) };
      const { body } = await supertest(app.url)
        .get('/v1/label-audit')
        .query(query)
        .set('Authorization', `Bearer ${KEYS.viewer}`)
        .expect(200);
      const shown = body as LabelAuditDto;
      expect(shown.labels).toEqual(whole.labels);
      expect(shown.moves.map(({ partitionCount, stuckCount }) => [partitionCount, stuckCount])).toEqual([
        [6, 1],
        [moveOf(whole, SAURIAN, REPTILIAN).partitions.length, 0],
      ]);
      const onPage = shown.moves.flatMap(({ from, partitions }) =>
        partitions.map(({ name }) => `${from.name} ${name}`),
      );
      expect(onPage.length).toBeLessThanOrEqual(2);
      seen.push(...onPage);
      cursor = shown.nextCursor;
    } while (cursor !== null);
    expect(seen[0]).toBe(`${REPTILIAN.name} chameleon`);
    const all = whole.moves.flatMap(({ from, partitions }) => partitions.map(({ name }) => `${from.name} ${name}`));
    expect([...seen].sort()).toEqual([...all].sort());
  });

  it('the listings are asked for once, whoever asks at that moment', async () => {
    simulator.control.setLatency({ readMs: 300 });
    await Promise.all([audit(), audit(`${SAURIAN.mtms},${REPTILIAN.mtms}`)]);
    const lines = simulator.log.entries.map(({ line }) => line).filter((line) => line.includes('--rsubtype vnic'));
    expect(lines.sort()).toEqual(
      [REPTILIAN, SAURIAN].map(({ mtms }) => `lshwres -r virtualio --rsubtype vnic --level lpar -m '${mtms}'`).sort(),
    );
  });
});

describe('a system that cannot be read now', () => {
  beforeEach(() => start());
  afterEach(stop);

  it('is listed with the reason when it is not connected, and the others stay', async () => {
    const found = await audit(`${BOTH},${GHARIAL.name}`);
    expect(found.systems[2]).toMatchObject({
      managedSystem: GHARIAL,
      read: false,
      problem: 'system-not-connected',
      reason: expect.stringContaining('No Connection'),
      portsWithoutLabel: [],
    });
    expect(found.labels.map(({ missingOn, unknownOn }) => [missingOn, unknownOn])).toEqual(
      found.labels.map(() => [[], [GHARIAL]]),
    );
    expect(found.moves.map(({ from, to, verdict }) => [from.name, to.name, verdict])).toEqual([
      [REPTILIAN.name, SAURIAN.name, 'pass'],
      [REPTILIAN.name, GHARIAL.name, 'unknown'],
      [SAURIAN.name, REPTILIAN.name, 'pass'],
      [SAURIAN.name, GHARIAL.name, 'unknown'],
      [GHARIAL.name, REPTILIAN.name, 'unknown'],
      [GHARIAL.name, SAURIAN.name, 'unknown'],
    ]);
  });

  it('is known by its MTMS when its HMC has gone, and only that HMC lists it', async () => {
    await audit();
    await simulator.control.stopHmc('hmc1');
    // The second HMC reads the others; whether it lists gharial is asked anew.
    const found = await audit(`${REPTILIAN.name},${GHARIAL.name}`);
    expect(found.systems).toMatchObject([
      { managedSystem: REPTILIAN, read: true, hmc: 'hmc2' },
      { managedSystem: GHARIAL, read: false, problem: 'hmc-unavailable', reason: expect.stringContaining('hmc1') },
    ]);
    expect(moveOf(found, REPTILIAN, GHARIAL)).toMatchObject({ verdict: 'unknown', partitions: [] });
  });

  it('that nobody has heard of is unknown as long as an HMC is away', async () => {
    await simulator.control.stopHmc('hmc1');
    const found = await audit(`${REPTILIAN.name},nobody`);
    expect(found.systems[1]).toMatchObject({
      managedSystem: { name: 'nobody', mtms: null },
      read: false,
      problem: 'hmc-unavailable',
    });
  });

  it('is not fine when one of its listings is refused', async () => {
    simulator.control.addFault({
      type: 'refuse',
      match: /--rsubtype logport .*659707C/,
      text: 'HSCL350B The user does not have the appropriate authority',
      times: null,
    });
    const found = await audit();
    expect(found.systems[1]).toMatchObject({
      read: false,
      problem: 'hmc-refused',
      reason: expect.stringContaining('HSCL350B'),
    });
    expect(moveOf(found)).toMatchObject({ verdict: 'unknown', partitions: [] });
  });

  it('is the answer when there is no other', async () => {
    expect((await ask(GHARIAL.name).expect(409)).body.type).toContain('system-not-connected');
    await simulator.control.stopHmc('hmc1');
    await simulator.control.stopHmc('hmc2');
    const response = await ask(BOTH).expect(503);
    expect(response.body.type).toContain('hmc-unavailable');
    expect(response.headers['retry-after']).toBeDefined();
  });
});

describe('which systems', () => {
  beforeAll(() => start());
  beforeEach(() => simulator.control.reset());
  afterAll(stop);

  it('are named by name or MTMS, and one that is named twice is one', async () => {
    const found = await audit(` ${REPTILIAN.name} , ${REPTILIAN.mtms},${SAURIAN.mtms}`);
    expect(found.systems.map(({ managedSystem }) => managedSystem)).toEqual([REPTILIAN, SAURIAN]);
  });

  it('may be one: its labels, and no moves', async () => {
    const found = await audit(SAURIAN.name);
    expect(found.labels).toHaveLength(4);
    expect(found.moves).toEqual([]);
  });

  it.each([
    ['nothing', '/v1/label-audit'],
    ['an empty list', '/v1/label-audit?systems='],
    ['blanks', '/v1/label-audit?systems=%20'],
    ['an empty name', `/v1/label-audit?systems=a,,b`],
    ['a comma at the end', `/v1/label-audit?systems=a,`],
    ['eleven', `/v1/label-audit?systems=${'a,'.repeat(10)}a`],
    ['two lists', '/v1/label-audit?systems=a&systems=b'],
    ['a line break', '/v1/label-audit?systems=a%0Ab'],
  ])('cannot be %s: 400 names the parameter', async (_case, path) => {
    const { body } = await supertest(app.url).get(path).set('Authorization', `Bearer ${KEYS.viewer}`).expect(400);
    expect(body).toMatchObject({ errors: [{ parameter: 'systems' }] });
    expect(simulator.log.entries).toEqual([]);
  });

  it('cannot be one that is not there: 404', async () => {
    const { body } = await ask(`${REPTILIAN.name},nobody`).expect(404);
    expect(body).toMatchObject({ type: expect.stringContaining('target-not-found') });
    expect(body.detail).toContain('"nobody"');
  });
});

it('a name that two systems have is 409, with the MTMS of each', async () => {
  const estate = defaultEstate();
  for (const system of estate.systems) if (system.name !== GHARIAL.name) system.name = 'twin';
  await start(estate);
  try {
    const { body } = await ask('twin').expect(409);
    expect(body).toMatchObject({ candidates: expect.arrayContaining([REPTILIAN.mtms, SAURIAN.mtms]) });
    expect((await audit(`${REPTILIAN.mtms},${SAURIAN.mtms}`)).moves).toHaveLength(2);
  } finally {
    await stop();
  }
});
