import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPTILIAN, SAURIAN } from '../../simulator/estate/default-estate.js';
import type { ManagedSystem, Partition, Vnic } from '../../simulator/estate/model.js';
import { type Simulator, type SimulatorSettings, startSimulator } from '../../simulator/simulator.js';
import { type Answer, login, type Session } from './ssh-client.js';

const FROM = `-m '${REPTILIAN}' -t '${SAURIAN}'`;
const SILENT: Answer = { exitStatus: 0, stdout: '', stderr: '' };
/** Both devices of chameleon: adapter 1 port 0 and adapter 5 port 0. */
const MAPPINGS = '3/ded/vios2/2/2/0/2.0/1/0,3/ded/vios1/1/3/1/1.0/5/0';

let simulator: Simulator;
let session: Session;

async function start(settings: SimulatorSettings = {}): Promise<void> {
  simulator = await startSimulator(settings);
  const [hmc] = simulator.hmcs;
  if (!hmc) throw new Error('an HMC expected');
  session = await login(hmc);
}
beforeEach(() => start());
afterEach(async () => {
  session.end();
  await simulator.close();
});

const system = (serial: string): ManagedSystem => {
  const found = simulator.estate.systems.find(({ serialNumber }) => serial.endsWith(serialNumber));
  if (!found) throw new Error(`no system ${serial}`);
  return found;
};
const partitionOn = (serial: string, name: string): Partition | undefined =>
  system(serial).partitions.find((each) => each.name === name);
const vnicsOn = (serial: string, name: string): readonly Vnic[] =>
  system(serial).vnics.filter(({ partitionId }) => partitionId === partitionOn(serial, name)?.id);
const both = (): string => JSON.stringify([system(REPTILIAN), system(SAURIAN)]);

const refusedWith = async (line: string, ...texts: readonly string[]): Promise<void> => {
  const before = both();
  const { exitStatus, stdout } = await session.run(line);
  expect(exitStatus, stdout).toBe(1);
  for (const text of texts) expect(stdout).toContain(text);
  expect(both()).toBe(before);
};

describe('migrlpar -o m', () => {
  it('moves a partition with its vNICs to the mapped ports and servers', async () => {
    const uuid = partitionOn(REPTILIAN, 'chameleon')?.uuid;
    const [vnic] = vnicsOn(REPTILIAN, 'chameleon');
    expect(await session.run(`migrlpar -o m ${FROM} --id 10 -i 'vnic_mappings="${MAPPINGS}"'`)).toEqual(SILENT);
    expect(partitionOn(REPTILIAN, 'chameleon')).toBeUndefined();
    expect(system(REPTILIAN).vnics.some(({ partitionId }) => partitionId === 10)).toBe(false);
    expect(partitionOn(SAURIAN, 'chameleon')).toMatchObject({ id: 10, uuid, state: 'Running', rmcState: 'active' });
    const [moved, ...others] = vnicsOn(SAURIAN, 'chameleon');
    expect(others).toEqual([]);
    expect(moved).toMatchObject({ slot: 3, macAddress: vnic?.macAddress, autoPriorityFailover: true });
    expect(moved?.devices).toMatchObject([
      {
        logicalPortId: '27008003',
        virtualIoServerId: 2,
        adapterId: 2,
        physicalPortId: 0,
        capacity: 2,
        failoverPriority: 10,
      },
      { virtualIoServerId: 1, adapterId: 3, physicalPortId: 1, capacity: 1, failoverPriority: 20 },
    ]);
    expect(moved?.activeLogicalPortId).toBe('27008003');
    // What an HMC lists, on the consoles of both frames.
    const list = await session.run(
      `lssyscfg -r lpar -m '${SAURIAN}' --filter lpar_names=chameleon -F lpar_id,state,uuid`,
    );
    expect(list.stdout).toBe(`10,Running,${uuid}\n`);
    expect((await session.run(`lssyscfg -r lpar -m '${REPTILIAN}' --filter lpar_names=chameleon`)).exitStatus).toBe(1);
  });

  it('takes the lowest free id where the own one is taken, and goes by the labels where nothing is mapped', async () => {
    expect(await session.run(`migrlpar -o m ${FROM} -p iguana`)).toEqual(SILENT);
    expect(partitionOn(SAURIAN, 'iguana')?.id).toBe(6);
    for (const { devices } of vnicsOn(SAURIAN, 'iguana')) {
      expect(devices).toHaveLength(2);
      for (const { adapterId, physicalPortId } of devices) {
        const adapter = system(SAURIAN).adapters.find(({ id }) => id === adapterId);
        expect(adapter?.ports.find(({ id }) => id === physicalPortId)?.label).toBe('prod-a');
      }
    }
    // And back: lizard has id 6 there, and the one it came from is free.
    expect(await session.run(`migrlpar -o m -m '${SAURIAN}' -t '${REPTILIAN}' --id 6`)).toEqual(SILENT);
    expect(partitionOn(REPTILIAN, 'iguana')?.id).toBe(3);
  });

  it('prefers a port with the same sub-label', async () => {
    const port = (serial: string, adapterId: number) =>
      system(serial).adapters.find(({ id }) => id === adapterId)?.ports[0];
    Object.assign(port(REPTILIAN, 1) ?? {}, { subLabel: 'red' });
    Object.assign(port(SAURIAN, 5) ?? {}, { subLabel: 'red' });
    expect(await session.run(`migrlpar -o m ${FROM} -p chameleon`)).toEqual(SILENT);
    expect(vnicsOn(SAURIAN, 'chameleon')[0]?.devices[0]).toMatchObject({ adapterId: 5, physicalPortId: 0 });
  });

  it('moves a partition that is shut off, and one without vNICs; its profile is then what runs', async () => {
    expect(await session.run(`migrlpar -o m ${FROM} -p gecko`)).toEqual(SILENT);
    expect(partitionOn(SAURIAN, 'gecko')).toMatchObject({ state: 'Not Activated' });
    expect(await session.run(`migrlpar -o m ${FROM} -p lizard`)).toEqual(SILENT);
    expect(partitionOn(SAURIAN, 'lizard')).toMatchObject({ id: 7 });
    await session.run(`chhwres -r virtualio --rsubtype vnic -m '${REPTILIAN}' -o r -p iguana -s 4`);
    expect(partitionOn(REPTILIAN, 'iguana')?.profileVnics).toHaveLength(2);
    expect(await session.run(`migrlpar -o m ${FROM} -p iguana`)).toEqual(SILENT);
    expect(partitionOn(SAURIAN, 'iguana')?.profileVnics).toBeUndefined();
  });

  it('takes its time, in which both frames list the partition as migrating', async () => {
    simulator.control.setLatency({ changeMs: 400 });
    const migration = session.run(`migrlpar -o m ${FROM} -p chameleon`);
    const states = new Set<string>();
    for (let tries = 0; tries < 100 && !states.has('Migrating - Running Migrating - Running'); tries += 1) {
      await sleep(10);
      const state = (serial: string): string => partitionOn(serial, 'chameleon')?.state ?? 'none';
      states.add(`${state(REPTILIAN)} ${state(SAURIAN)}`);
    }
    expect([...states]).toContain('Migrating - Running Migrating - Running');
    expect(vnicsOn(REPTILIAN, 'chameleon')).toHaveLength(1);
    const { stdout } = await session.run(
      `lssyscfg -r lpar -m '${SAURIAN}' --filter lpar_names=chameleon -F name,state`,
    );
    expect(stdout).toBe('chameleon,Migrating - Running\n');
    expect(await migration).toEqual(SILENT);
    expect(partitionOn(SAURIAN, 'chameleon')?.state).toBe('Running');
    expect(partitionOn(REPTILIAN, 'chameleon')).toBeUndefined();
    // Nobody logged out of a vNIC server and in again while it waited.
    expect(system(REPTILIAN).errorLog?.some(({ kind }) => kind === 'transport') ?? false).toBe(false);
  });

  it.each([
    ['none of it happens', { type: 'drop-connection', when: 'before-effect' }, false],
    ['all of it happens', { type: 'drop-connection', when: 'after-effect' }, true],
    ['it is refused', { type: 'refuse', text: 'HSCL3205 busy' }, false],
    ['it has no answer', { type: 'no-answer' }, true],
  ] as const)('a fault: %s', async (_what, fault, moves) => {
    simulator.control.addFault({ ...fault, match: 'migrlpar' });
    await Promise.race([session.run(`migrlpar -o m ${FROM} -p chameleon`).catch(() => undefined), sleep(500)]);
    expect(partitionOn(SAURIAN, 'chameleon') !== undefined).toBe(moves);
    expect(partitionOn(REPTILIAN, 'chameleon')?.state).toBe(moves ? undefined : 'Running');
  });
});

describe('migrlpar -o v', () => {
  it('says nothing when all is well, and changes nothing', async () => {
    const before = both();
    expect(await session.run(`migrlpar -o v ${FROM} --id 10 -i 'vnic_mappings="${MAPPINGS}"'`)).toEqual(SILENT);
    expect(await session.run(`migrlpar -o v ${FROM} -p iguana`)).toEqual(SILENT);
    expect(both()).toBe(before);
    expect(simulator.log.entries.map(({ kind, mtms }) => [kind, mtms])).toEqual([
      ['change', REPTILIAN],
      ['change', REPTILIAN],
    ]);
  });

  it('names everything that is wrong with the devices', async () => {
    const mapped = '3/ded/vios1/1/4/0/2.0/1/0,3/ded/vios1/1/3/1/1.5/5/0,9/ded/vios1/1/1/0/2.0/1/0';
    await refusedWith(
      `migrlpar -o v ${FROM} --id 10 -i 'vnic_mappings="${mapped}"'`,
      'HSCLA319 The migrating partition',
      'adapter with ID 4 was not found or is not in shared mode',
      'HSCL1294',
      'virtual NIC adapter 9 cannot be hosted',
    );
  });

  it.each([
    ['a partition that nobody knows', '-p nobody', 'HSCL8012'],
    ['a Virtual I/O Server', '-p vios1', 'cannot be migrated'],
    ['a partition in Open Firmware', '-p skink', 'HSCL05DF'],
    ['a partition without RMC', '-p monitor', 'HSCL2957'],
    ['a mapping that cannot be read', "--id 10 -i 'vnic_mappings=3/ded/vios2/2/2'", 'vnic_mappings'],
    ['another attribute', "--id 10 -i 'virtual_fc_mappings=1'", 'virtual_fc_mappings'],
    ['an option that is not imitated', '--id 10 -n other', 'simulator: -n'],
    ['a user for no other HMC', '--id 10 -u hscroot', '--ip'],
    ['another HMC that is not there', '--id 10 --ip hmc9 -u hscroot', 'hmc9'],
  ])('refuses %s', async (_what, options, text) => {
    await refusedWith(`migrlpar -o v ${FROM} ${options}`, text);
  });

  it('refuses the frame that it is on, one that nobody knows, one that does not answer', async () => {
    await refusedWith(`migrlpar -o v -m '${REPTILIAN}' -t '${REPTILIAN}' --id 10`, '-t');
    await refusedWith(`migrlpar -o v -m '${REPTILIAN}' -t nowhere --id 10`, 'HSCL8018');
    await refusedWith(`migrlpar -o v -m '${REPTILIAN}' -t '8286-42A*218CA0V' --id 10`, 'HSCL0238');
  });

  it('refuses a name that is taken, a server that is down, a link without its label', async () => {
    Object.assign(partitionOn(SAURIAN, 'tegu') ?? {}, { name: 'chameleon' });
    await refusedWith(`migrlpar -o v ${FROM} -p chameleon`, 'HSCL05DE');
    Object.assign(partitionOn(SAURIAN, 'chameleon') ?? {}, { name: 'tegu' });
    simulator.control.virtualIoServerDown(SAURIAN, 'vios2');
    await refusedWith(`migrlpar -o v ${FROM} --id 10 -i 'vnic_mappings="${MAPPINGS}"'`, 'HSCL05DF');
    for (const { ports } of system(SAURIAN).adapters) for (const port of ports) port.label = '';
    await refusedWith(`migrlpar -o v ${FROM} -p chameleon`, 'has the label prod-a', 'has the label backup');
  });

  it('stop, recover and set are not imitated, and it says so', async () => {
    for (const operation of ['s', 'r', 'set']) {
      await refusedWith(`migrlpar -o ${operation} ${FROM} --id 10`, 'simulator: migrlpar can validate');
    }
    await refusedWith(`migrlpar -o x ${FROM} --id 10`, '-o');
  });

  it('a viewer may not, and sees no migration either', async () => {
    const [hmc] = simulator.hmcs;
    if (!hmc) throw new Error('an HMC expected');
    const viewer = await login(hmc, { username: hmc.viewer.username });
    expect((await viewer.run(`migrlpar -o m ${FROM} -p chameleon`)).stdout).toContain('HSCL350B');
    expect(partitionOn(REPTILIAN, 'chameleon')?.state).toBe('Running');
    viewer.end();
  });
});

describe('migrlpar to another HMC', () => {
  beforeEach(async () => {
    session.end();
    await simulator.close();
    await start({
      hmcs: [
        { id: 'hmc1', systems: { [REPTILIAN]: 'Connected' } },
        { id: 'hmc2', systems: { [SAURIAN]: 'Connected' } },
      ],
    });
  });

  it.each(['hmc2', '127.0.0.1'])('needs it named: %s', async (host) => {
    await refusedWith(`migrlpar -o v ${FROM} --id 10`, 'HSCL8018');
    expect(await session.run(`migrlpar -o v ${FROM} --ip ${host} -u hscroot --id 10`)).toEqual(SILENT);
    await refusedWith(`migrlpar -o v ${FROM} --ip ${host} -u nobody --id 10`, 'nobody');
    expect(await session.run(`migrlpar -o m ${FROM} --ip ${host} -u hscroot --id 10`)).toEqual(SILENT);
    expect(partitionOn(SAURIAN, 'chameleon')?.id).toBe(10);
  });

  it('and that HMC has to reach the frame', async () => {
    simulator.control.setConnection('hmc2', SAURIAN, 'No Connection');
    await refusedWith(`migrlpar -o v ${FROM} --ip hmc2 -u hscroot --id 10`, 'HSCL0238');
  });
});
