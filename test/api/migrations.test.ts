import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type supertest from 'supertest';
import type { ManagedSystem } from '../../simulator/estate/model.js';
import type { SimulatorSettings } from '../../simulator/simulator.js';
import type { MigrationPreview } from '../../src/core/migrations/preview-migration.js';
import type { VnicEventDto, VnicEventListDto } from '../../src/virtual-io-servers/dto/vnic-event.dto.js';
import { REPTILIAN, SAURIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

const SOURCE = '/v1/managed-systems/reptilian-9119-MME-65BA46F';
const TARGET = '/v1/managed-systems/saurian-9119-MME-659707C';
const TO = { targetSystem: SAURIAN };
const GHARIAL = '8286-42A*218CA0V';

/** Two consoles, each with one frame: what no HMC can do alone. */
const APART: SimulatorSettings = {
  hmcs: [
    { id: 'hmc1', systems: { [REPTILIAN]: 'Connected' } },
    { id: 'hmc2', systems: { [SAURIAN]: 'Connected' } },
  ],
};

let service: WholeService;
const start = async (simulator: SimulatorSettings = {}): Promise<void> => {
  service = await startWholeService({ simulator, config: { settleSeconds: 1 } });
};
afterEach(() => service.close());

const path = (partition: string, rest = ''): string => `${SOURCE}/partitions/${partition}/migrations${rest}`;
const preview = async (partition: string, body: object = TO): Promise<MigrationPreview> =>
  (await service.call('post', path(partition, '/preview'), 'viewer').send(body).expect(200)).body as MigrationPreview;
const validate = (partition: string): Promise<JobBody> => service.change('post', path(partition, '/validate'), TO);
const migrating = (partition: string, body: object = TO): supertest.Test =>
  service.call('post', path(partition), 'admin').send(body);
const migrate = async (partition: string): Promise<JobBody> => {
  const { body } = await migrating(partition).expect(202);
  return service.finished((body as JobBody).id);
};

const frame = (mtms: string): ManagedSystem => {
  const found = service.simulator.estate.systems.find((one) => `${one.typeModel}*${one.serialNumber}` === mtms);
  if (!found) throw new Error(`no frame ${mtms}`);
  return found;
};
/** The adapters of the target in shared mode, with ports of every network. */
const adaptersOfTarget = (): ManagedSystem['adapters'] => frame(SAURIAN).adapters.filter((one) => one.id !== null);
const label = (adapterId: number, port: number, text: string): void => {
  const found = adaptersOfTarget().find(({ id }) => id === adapterId)?.ports[port];
  if (!found) throw new Error(`no port ${adapterId}/${port}`);
  found.label = text;
};
const codes = ({ backingDevices }: MigrationPreview): string[][] =>
  backingDevices.map(({ conflicts }) => [...new Set(conflicts.map(({ code }) => code))]);
const places = ({ backingDevices }: MigrationPreview): (string | null)[] =>
  backingDevices.map(
    ({ target }) => target && `${target.virtualIoServer.name} ${target.adapterId}/${target.physicalPortId}`,
  );

const migrationEvents = async (system: string, query = ''): Promise<readonly VnicEventDto[]> => {
  const { body } = await service.call('get', `${system}/virtual-io-servers/vios1/events${query}`).expect(200);
  return (body as VnicEventListDto).items.filter(({ resourceName }) => resourceName === 'Migration');
};

/** The seed's vNIC: four devices on the network prod-b, two on each enclosure. */
async function seedVnic(): Promise<void> {
  const device = (adapterId: number, failoverPriority: number, name = 'vios1') => ({
    virtualIoServer: { name },
    adapterId,
    physicalPortId: 1,
    capacity: 2,
    failoverPriority,
  });
  const job = await service.change('post', `${SOURCE}/partitions/lizard/vnics`, {
    portVlanId: 3455,
    backingDevices: [device(1, 10), device(3, 20), device(2, 30), device(4, 40, 'vios2')],
  });
  expect(job.state).toBe('succeeded');
}

describe('label-matched mobility between the two frames of the seed', () => {
  beforeEach(() => start());

  it('shows the way, asks the HMC, moves lizard, and moves it back', async () => {
    await seedVnic();
    const shown = await preview('lizard');
    expect(shown).toMatchObject({ possible: true, conflicts: [], warnings: [] });
    for (const { source, target } of shown.backingDevices) {
      expect([source.label, target?.label]).toEqual(['prod-b', 'prod-b']);
    }
    expect(new Set(shown.backingDevices.map(({ target }) => target?.adapterId))).toEqual(new Set([1, 2, 5, 6]));
    expect(await preview('lizard')).toEqual(shown);
    expect(shown.command).toBe(
      `migrlpar -o v -m '${REPTILIAN}' -t '${SAURIAN}' --id 6 -i 'vnic_mappings="${shown.vnicMappings}"'`,
    );

    const asked = await validate('lizard');
    expect(asked).toMatchObject({ state: 'succeeded', result: { name: 'lizard', id: 6, hmcMessage: '' } });
    expect(asked.plan.map(({ command }) => command)).toEqual([shown.command]);

    const words = 'HSCLA29A Warning: some memory is left.';
    service.simulator.control.addFault({ type: 'refuse', match: '^migrlpar -o v', text: words, exitStatus: 0 });
    const warned = await validate('lizard');
    expect(warned).toMatchObject({ state: 'succeeded', warnings: [words], result: { hmcMessage: words } });
    expect(frame(SAURIAN).partitions.some(({ name }) => name === 'lizard')).toBe(false);
    expect([await migrationEvents(SOURCE), await migrationEvents(TARGET)]).toEqual([[], []]);

    const moved = await migrate('lizard');
    expect(moved).toMatchObject({
      state: 'succeeded',
      error: null,
      before: { name: 'lizard', managedSystem: { mtms: REPTILIAN } },
      result: { name: 'lizard', id: 6, state: 'Running', managedSystem: { mtms: SAURIAN }, etag: null },
    });
    expect(moved.plan.map(({ command }) => command)).toEqual([shown.command?.replace('-o v', '-o m')]);

    await service.call('get', `${SOURCE}/partitions/lizard/vnics`).expect(404);
    const { body } = await service.call('get', `${TARGET}/partitions/lizard/vnics`).expect(200);
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({ slot: 6, portVlanId: 3455, macAddress: 'eabe0600000b' });
    expect(body.items[0].backingDevices).toMatchObject(
      shown.backingDevices.map(({ target, failoverPriority }) => ({
        virtualIoServer: target?.virtualIoServer,
        adapterId: target?.adapterId,
        physicalPortId: target?.physicalPortId,
        failoverPriority,
        active: failoverPriority === 10,
        status: 'Operational',
      })),
    );

    // The partition itself logs nothing, as the seed says; the Virtual I/O Servers that carried it do.
    for (const system of [SOURCE, TARGET]) {
      expect(await migrationEvents(system)).toEqual([
        expect.objectContaining({
          identifier: '3EB09F5A',
          type: 'I',
          class: 'S',
          description: 'Migration completed successfully',
          servesNow: null,
          text: expect.stringMatching(
            /^3EB09F5A {3}\d{10} I S Migration {6}Migration completed successfully$/,
          ) as string,
        }),
      ]);
    }
    expect(await migrationEvents(TARGET, '?detail=true')).toMatchObject([
      { identifier: '3EB09F5A', type: 'INFO', description: 'Migration completed successfully' },
    ]);

    const { body: back } = await service
      .call('post', `${TARGET}/partitions/lizard/migrations`, 'admin')
      .send({ targetSystem: 'reptilian-9119-MME-65BA46F' })
      .expect(202);
    expect(await service.finished((back as JobBody).id)).toMatchObject({
      state: 'succeeded',
      result: { managedSystem: { mtms: REPTILIAN } },
    });
  });

  it('holds both lanes: a change of the target waits until the partition is there', async () => {
    service.simulator.control.addFault({ type: 'latency', ms: 1_500, match: 'migrlpar' });
    const { body: migration } = await migrating('iguana').expect(202);
    while (!frame(SAURIAN).partitions.some(({ state }) => state === 'Migrating - Running')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // On its way it is listed on both sides, and can neither be validated nor moved again.
    const { body: partitions } = await service.call('get', `${SOURCE}/partitions`).expect(200);
    expect(partitions.items.find((one: { name: string }) => one.name === 'iguana').state).toBe('Migrating - Running');
    const { body: refused } = await migrating('iguana').expect(409);
    expect(refused.conflicts.map((one: { code: string }) => one.code)).toEqual([
      'partition-state',
      'partition-on-target',
    ]);

    const other = await service.change('patch', `${TARGET}/sriov/physical-ports/2/2`, { label: 'lab' });
    const moved = await service.finished((migration as JobBody).id);
    expect([moved.state, other.state]).toEqual(['succeeded', 'succeeded']);
    const lines = service.changes().map(({ words }) => words[0]);
    expect(lines).toEqual(['migrlpar', 'chhwres']);
  });
});

describe('a preview', () => {
  beforeEach(() => start());

  it('tells which HMC showed it, and when', async () => {
    const answer = await service.call('post', path('iguana', '/preview'), 'viewer').send(TO).expect(200);
    expect(answer.headers['hmc-id']).toBe('hmc1');
    expect(Date.parse(answer.headers['snapshot-time'] ?? '')).not.toBeNaN();
    expect(service.changes()).toEqual([]);
  });

  it('a label on two ports and more: the choice is made, always the same, and said', async () => {
    for (const id of [5, 6]) label(id, 0, '');
    const shown = await preview('chameleon');
    // The network prod-a is on two ports of the target, backup as well, of which komodo uses one.
    expect(places(shown)).toEqual(['vios1 1/0', 'vios2 3/1']);
    for (const { warnings } of shown.backingDevices) {
      expect(warnings).toEqual([expect.objectContaining({ code: 'label-ambiguous' })]);
    }
    expect(shown.backingDevices[0]?.warnings[0]?.detail).toContain('adapter 1 port 0, adapter 2 port 0');
    expect(shown.possible).toBe(true);
    expect(await preview('chameleon')).toEqual(shown);
  });

  it('a sub-label decides between them', async () => {
    const port = frame(REPTILIAN).adapters.find(({ id }) => id === 1)?.ports[0];
    const other = adaptersOfTarget().find(({ id }) => id === 6)?.ports[0];
    if (!port || !other) throw new Error('no port');
    port.subLabel = other.subLabel = 'rackB';
    const shown = await preview('chameleon');
    expect(places(shown)[0]).toBe('vios1 6/0');
    expect(shown.backingDevices[0]?.warnings).toEqual([]);
  });

  it('a port without a label on the target: each device says so, and there is no command', async () => {
    for (const id of [1, 2, 5, 6]) label(id, 0, '');
    const shown = await preview('iguana');
    expect(shown).toMatchObject({ possible: false, vnicMappings: null, command: null });
    expect(codes(shown)).toEqual([
      ['label-not-on-target'],
      ['label-not-on-target'],
      ['label-not-on-target'],
      ['label-not-on-target'],
    ]);
    expect(places(shown)).toEqual([null, null, null, null]);
    // One port is enough for one device of each vNIC.
    label(2, 0, 'prod-a');
    const one = await preview('iguana');
    expect(places(one)).toEqual(['vios1 2/0', null, 'vios1 2/0', null]);
    expect(codes(one)).toEqual([[], ['ports-taken'], [], ['ports-taken']]);
    expect(one).toMatchObject({ possible: false, command: null });
  });

  it('a port without a label on the source', async () => {
    const port = frame(REPTILIAN).adapters.find(({ id }) => id === 5)?.ports[0];
    if (!port) throw new Error('no port');
    port.label = '';
    expect(codes(await preview('chameleon'))).toEqual([[], ['port-without-label']]);
  });

  it('a full port: what is left is told, another one is taken where there is one', async () => {
    const fill = (adapterId: number, capacity: number): void => {
      frame(SAURIAN).directLogicalPorts.push({
        partitionId: 1,
        adapterId,
        physicalPortId: 0,
        number: 40,
        configId: 40,
        type: 'eth',
        capacity,
        macAddress: `ea000000000${adapterId}`,
      });
    };
    fill(1, 97);
    const shown = await preview('chameleon');
    expect(places(shown)[0]).toBe('vios1 2/0');
    expect(shown.backingDevices[0]?.target).toMatchObject({ freeCapacity: 98, freeLogicalPorts: 19 });

    for (const id of [2, 5, 6]) label(id, 0, '');
    // 3 % are left: enough for one of 2 %, not for one of 4 %.
    expect(places(await preview('chameleon'))[0]).toBe('vios1 1/0');
    const full = await preview('iguana');
    expect(codes(full)).toEqual([[], ['ports-taken'], ['port-full'], ['port-full']]);
    expect(full.backingDevices[2]?.conflicts[0]).toMatchObject({
      adapterId: 1,
      physicalPortId: 0,
      detail: expect.stringContaining('3 % of its capacity left, 4 % is needed') as string,
    });
    expect(full.possible).toBe(false);
  });

  it('no logical port left on the port', async () => {
    const taken = frame(SAURIAN).adapters.find(({ id }) => id === 3)?.ports ?? [];
    for (const port of taken) Object.assign(port, { maxLogicalPorts: port.id === 0 ? 1 : 0 });
    // komodo has the only one of port 0.
    const shown = await preview('chameleon');
    expect(codes(shown)[1]).toEqual(['port-full']);
    expect(shown.backingDevices[1]?.conflicts).toHaveLength(2);
  });

  it('a Virtual I/O Server of the target down: the other one takes all; none takes none', async () => {
    service.simulator.control.virtualIoServerDown(SAURIAN, 'vios2');
    const one = await preview('iguana');
    expect(new Set(places(one).map((place) => place?.split(' ')[0]))).toEqual(new Set(['vios1']));
    expect(one.possible).toBe(true);
    expect(one.warnings.map(({ code }) => code)).toEqual([
      'virtual-io-server-unavailable',
      'virtual-io-servers-joined',
      'virtual-io-servers-joined',
    ]);
    service.simulator.control.setPartitionState(SAURIAN, 'vios1', 'Running', 'inactive');
    const none = await preview('iguana');
    expect(new Set(codes(none).flat())).toEqual(new Set(['no-virtual-io-server']));
    expect(none).toMatchObject({ possible: false, command: null });
    service.simulator.control.virtualIoServerUp(SAURIAN, 'vios2');
    expect(places(await preview('iguana'))[0]).toMatch(/^vios2 /);
  });

  it('adapters of the target in dedicated mode, missing, or with the link down', async () => {
    for (const adapter of adaptersOfTarget()) adapter.mode = 'dedicated';
    const dedicated = await preview('iguana');
    expect(new Set(codes(dedicated).flat())).toEqual(new Set(['label-not-on-target']));
    expect(dedicated.backingDevices[0]?.conflicts[0]?.detail).toContain(
      'Ports of adapters in dedicated mode are not listed: U78CA.001.CSS09AB-P1-C3-C1',
    );
    for (const adapter of adaptersOfTarget()) adapter.mode = 'sriov';
    const [first, second, , , fifth, sixth] = adaptersOfTarget();
    if (!first || !second || !fifth || !sixth) throw new Error('no adapters');
    first.condition = 'missing';
    second.mode = 'dedicated';
    service.simulator.control.portDown(SAURIAN, 5, 0);
    const shown = await preview('chameleon');
    expect(places(shown)[0]).toBe('vios1 6/0');
    service.simulator.control.portDown(SAURIAN, 6, 0);
    expect(codes(await preview('chameleon'))[0]).toEqual(expect.arrayContaining(['port-link-down']));
  });

  it('a partition that cannot move: as such', async () => {
    expect((await preview('monitor')).conflicts.map(({ code }) => code)).toEqual(['rmc-not-active']);
    expect((await preview('skink')).conflicts.map(({ code }) => code)).toEqual(['partition-state']);
    const server = await preview('vios1');
    // No new name would let it move.
    expect(server.conflicts.map(({ code }) => code)).toEqual(['partition-is-virtual-io-server']);
    expect(await preview('gecko')).toMatchObject({ possible: true, partition: { state: 'Not Activated' } });
  });

  it('a target that is not operating, or not connected', async () => {
    service.simulator.control.setSystemState(SAURIAN, 'Power Off');
    for (const targetSystem of [SAURIAN, GHARIAL]) {
      const shown = await preview('iguana', { targetSystem });
      expect(shown).toMatchObject({ possible: false, command: null, targetSystem: { mtms: targetSystem } });
      expect(shown.conflicts.map(({ code }) => code)).toEqual(['target-not-operating']);
      expect(codes(shown)).toEqual([[], [], [], []]);
      const refused = await migrating('iguana', { targetSystem }).expect(409);
      expect(refused.body.type).toBe('urn:hmc-vnic-gateway:problem:system-not-connected');
    }
  });

  it.each([
    ['nobody', TO, 404, 'target-not-found'],
    ['iguana', { targetSystem: 'nowhere' }, 422, 'unknown-reference'],
    ['iguana', { targetSystem: REPTILIAN }, 422, 'rule-violation'],
    ['iguana', { targetSystem: '' }, 400, 'invalid-request'],
    ['iguana', {}, 400, 'invalid-request'],
    ['iguana', { ...TO, force: true }, 400, 'invalid-request'],
  ])('%s %j: %d %s, as the change itself', async (partition, body, status, type) => {
    for (const rest of ['/preview', '/validate', '/validate?dryRun=true', '', '?dryRun=true']) {
      const answer = await service.call('post', path(partition, rest), 'admin').send(body);
      expect([rest, answer.status, answer.body.type]).toEqual([rest, status, `urn:hmc-vnic-gateway:problem:${type}`]);
      if (status === 422) expect(answer.body.errors).toMatchObject([{ pointer: '/targetSystem' }]);
    }
    expect(service.changes()).toEqual([]);
  });
});

describe('validating and migrating', () => {
  beforeEach(() => start());

  it.each(['/validate', '/validate?dryRun=true', '', '?dryRun=true'])(
    'what can be seen to be impossible is refused with every conflict: POST migrations%s',
    async (rest) => {
      for (const id of [2, 5, 6]) label(id, 0, '');
      service.simulator.control.setPartitionState(REPTILIAN, 'iguana', 'Running', 'inactive');
      const { body } = await service.call('post', path('iguana', rest), 'admin').send(TO).expect(409);
      expect(body.type).toBe('urn:hmc-vnic-gateway:problem:migration-not-possible');
      expect(body.conflicts).toEqual([
        expect.objectContaining({ code: 'rmc-not-active' }),
        expect.objectContaining({ code: 'ports-taken', slot: 4, logicalPortId: '2700c001' }),
        expect.objectContaining({ code: 'ports-taken', slot: 5, logicalPortId: '27008001' }),
      ]);
      expect(service.changes()).toEqual([]);
    },
  );

  it.each(['stdout', 'stderr'] as const)(
    'the HMC says no, on %s: its words are the error, and nothing moves',
    async (stream) => {
      const text = 'HSCLA319 The migrating partition cannot be hosted by the destination managed system.';
      service.simulator.control.addFault({ type: 'refuse', text, stream, match: 'migrlpar', times: 2 });
      for (const job of [await validate('iguana'), await migrate('iguana')]) {
        expect(job).toMatchObject({
          state: 'failed',
          error: { hmcCode: 'HSCLA319', hmcMessage: text, effect: 'none', exitStatus: 1 },
          result: { managedSystem: { mtms: REPTILIAN } },
        });
        expect(job.error?.type).toBe('urn:hmc-vnic-gateway:problem:hmc-refused');
      }
    },
  );

  it('an answer that is lost: a validation has failed, a migration has happened when it is seen', async () => {
    service.simulator.control.addFault({ type: 'drop-connection', when: 'after-effect', match: 'migrlpar', times: 2 });
    expect(await validate('iguana')).toMatchObject({ state: 'failed', error: { effect: 'none' } });
    expect(await migrate('iguana')).toMatchObject({
      state: 'succeeded',
      result: { name: 'iguana', id: 6, managedSystem: { mtms: SAURIAN } },
    });
    expect(service.changes()).toHaveLength(2);
  });

  it('an answer that is lost before anything has moved: nobody repeats it', async () => {
    service.simulator.control.addFault({ type: 'drop-connection', when: 'before-effect', match: 'migrlpar' });
    const job = await migrate('iguana');
    expect(job).toMatchObject({ state: 'indeterminate', result: { managedSystem: { mtms: REPTILIAN } } });
    expect(service.changes()).toHaveLength(1);
  });

  it('is refused to those who may not', async () => {
    await service.call('post', path('iguana', '/validate'), 'viewer').send(TO).expect(403);
    for (const rest of ['', '?dryRun=true']) {
      const { body } = await service.call('post', path('iguana', rest), 'operator').send(TO).expect(403);
      expect(body.requiredRole).toBe('admin');
    }
  });
});

describe('two consoles of which one has lost a frame', () => {
  const NO_CONNECTION = 'No Connection';
  /** Until the list of systems is read anew, and then. */
  const lists = (mtms: string): Promise<unknown> => service.call('get', `/v1/managed-systems/${mtms}`).expect(200);

  it.each([true, false])('the one that sees both migrates (the list is of after the loss: %s)', async (isListed) => {
    await start();
    if (!isListed) await lists(SAURIAN);
    service.simulator.control.setConnection('hmc1', SAURIAN, NO_CONNECTION);
    const seen = await preview('iguana');
    expect(seen).toMatchObject({ possible: true, warnings: [] });
    expect(await validate('iguana')).toMatchObject({ state: 'succeeded', hmc: 'hmc2' });
    expect(await migrate('iguana')).toMatchObject({ state: 'succeeded', hmc: 'hmc2' });
    expect(service.changes().map(({ hmcId }) => hmcId)).toEqual(['hmc2', 'hmc2']);
  });

  it('where none sees both the command names the other console', async () => {
    await start();
    service.simulator.control.setConnection('hmc1', SAURIAN, NO_CONNECTION);
    service.simulator.control.setConnection('hmc2', REPTILIAN, NO_CONNECTION);
    expect((await preview('iguana')).command).toContain(' --ip ');
  });
});

describe('what waits for a migration, or with it', () => {
  beforeEach(() => start());

  it('says that the lane of the target is paused, and waits for no end', async () => {
    await service.call('post', `${TARGET}/lane/pause`, 'admin').expect(200);
    const began = Date.now();
    const { body } = await migrating('chameleon').set('Prefer', 'wait=20').expect(202);
    expect(Date.now() - began).toBeLessThan(15_000);
    const { id } = body as JobBody;
    const paused = { state: 'queued', waitingFor: { reason: 'paused', until: null } };
    expect(body).toMatchObject(paused);
    const { body: list } = await service.call('get', '/v1/jobs?state=queued').expect(200);
    expect(list.items).toMatchObject([{ id, ...paused }]);
    await service.call('post', `${TARGET}/lane/resume`, 'admin').expect(200);
    expect(await service.finished(id)).toMatchObject({ state: 'succeeded' });
  });

  it('the delete of a vNIC that moved away meanwhile is told where to look', async () => {
    await service.call('post', `${SOURCE}/lane/pause`, 'admin').expect(200);
    const { body: moving } = await migrating('anole').expect(202);
    const { body: deleting } = await service.call('delete', `${SOURCE}/partitions/anole/vnics/5`).expect(202);
    await service.call('post', `${SOURCE}/lane/resume`, 'admin').expect(200);
    expect(await service.finished((moving as JobBody).id)).toMatchObject({ state: 'succeeded' });
    const { state, warnings } = await service.finished((deleting as JobBody).id);
    expect({ state, warnings }).toEqual({ state: 'succeeded', warnings: [expect.stringContaining('look there')] });
  });
});

describe('a migration by the mapping that the preview showed', () => {
  beforeEach(() => start());

  const shown = async (): Promise<{ readonly etag: string; readonly body: MigrationPreview }> => {
    const answer = await service.call('post', path('chameleon', '/preview'), 'viewer').send(TO).expect(200);
    expect(answer.body.etag).toBe(answer.headers.etag);
    return { etag: answer.headers.etag ?? '', body: answer.body as MigrationPreview };
  };
  const asking = (rest: string, ifMatch: string): supertest.Test =>
    service.call('post', path('chameleon', rest), 'admin').set('If-Match', ifMatch).send(TO);
  /** prod-a of the target is where the first device goes: to another port, when that of 1/0 has another label. */
  const relabel = (): void => label(1, 0, 'lab');

  it('the etag of the preview, and of what was validated, stands for the mapping and lets it pass', async () => {
    const { etag, body } = await shown();
    expect((await shown()).etag).toBe(etag);
    const { body: accepted } = await asking('/validate', etag).expect(202);
    const asked = await service.finished((accepted as JobBody).id);
    expect(asked).toMatchObject({ state: 'succeeded', before: { etag }, result: { etag } });
    const { body: dry } = await asking('?dryRun=true', etag).expect(200);
    expect(dry.before.etag).toBe(etag);
    const { body: migration } = await asking('', etag).expect(202);
    expect(await service.finished((migration as JobBody).id)).toMatchObject({
      state: 'succeeded',
      result: { managedSystem: { mtms: SAURIAN }, etag: null },
    });
    expect(service.changes().map(({ line }) => line)).toEqual([body.command, body.command?.replace('-o v', '-o m')]);
  });

  it('does not change with what leaves the mapping as it is', async () => {
    const { etag } = await shown();
    label(1, 3, 'lab');
    service.simulator.control.portDown(SAURIAN, 6, 1);
    expect((await shown()).etag).toBe(etag);
  });

  it.each(['/validate', '/validate?dryRun=true', '', '?dryRun=true'])(
    'another mapping by now: 412, nothing is sent: POST migrations%s',
    async (rest) => {
      const before = await shown();
      relabel();
      const after = await shown();
      expect(after.body).toMatchObject({ possible: true });
      expect(after.body.vnicMappings).not.toBe(before.body.vnicMappings);
      expect(after.etag).not.toBe(before.etag);
      const { body } = await asking(rest, before.etag).expect(412);
      expect(body.type).toBe('urn:hmc-vnic-gateway:problem:precondition-failed');
      expect(service.changes()).toEqual([]);
    },
  );

  it.each(['/validate', ''])(
    'another mapping when it runs: the job fails, nothing is sent: POST migrations%s',
    async (rest) => {
      const { etag } = await shown();
      await service.call('post', `${SOURCE}/lane/pause`, 'admin').expect(200);
      const { body: held } = await asking(rest, etag).expect(202);
      const { body: any } = await asking(rest, '*').expect(202);
      relabel();
      const now = await shown();
      await service.call('post', `${SOURCE}/lane/resume`, 'admin').expect(200);
      const job = await service.finished((held as JobBody).id);
      expect(job).toMatchObject({ state: 'failed', plan: [], error: { effect: 'none' }, result: { etag: now.etag } });
      expect(job.error?.type).toBe('urn:hmc-vnic-gateway:problem:precondition-failed');
      // Whoever takes any mapping gets the one of this moment.
      expect(await service.finished((any as JobBody).id)).toMatchObject({ state: 'succeeded' });
      expect(service.changes().map(({ line }) => line)).toEqual([
        rest === '' ? now.body.command?.replace('-o v', '-o m') : now.body.command,
      ]);
    },
  );

  it('with If-Match: * it is refused for what keeps it from moving, and for a partition that is not there', async () => {
    for (const id of [1, 2, 5, 6]) label(id, 0, '');
    const { body } = await asking('', '*').expect(409);
    expect(body.type).toBe('urn:hmc-vnic-gateway:problem:migration-not-possible');
    await service.call('post', path('nobody'), 'admin').set('If-Match', '*').send(TO).expect(404);
  });
});

describe('between two HMCs', () => {
  it('names the HMC of the target, with its user; preview, validation and migration alike', async () => {
    await start(APART);
    const shown = await preview('iguana');
    expect(shown.command).toContain(`-t '${SAURIAN}' --ip 127.0.0.1 -u hscroot --id 3 -i`);
    expect(shown.warnings.map(({ code }) => code)).toEqual(['other-hmc']);
    expect(await validate('iguana')).toMatchObject({
      state: 'succeeded',
      hmc: 'hmc1',
      plan: [{ command: shown.command }],
    });
    expect(await migrate('iguana')).toMatchObject({
      state: 'succeeded',
      hmc: 'hmc1',
      plan: [{ command: shown.command?.replace('-o v', '-o m') }],
      result: { name: 'iguana', managedSystem: { mtms: SAURIAN } },
    });
  });

  it('an HMC at V8R8.2 knows no vNICs: the target says so', async () => {
    await start({
      hmcs: [
        { id: 'hmc1', systems: { [REPTILIAN]: 'Connected' } },
        { id: 'hmc2', version: 'V8R8.2.0', systems: { [SAURIAN]: 'Connected' } },
      ],
    });
    const shown = await preview('iguana');
    expect(shown.possible).toBe(false);
    expect(shown.conflicts).toEqual([
      { code: 'hmc-level-too-old', detail: expect.stringContaining('V8R8.2.0') as string },
    ]);
  });
});
