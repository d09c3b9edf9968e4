import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { type Answer, login, type Session } from './ssh-client.js';

const SYSTEM = 'reptilian-9119-MME-65BA46F';
const CREATE =
  `chhwres -r virtualio -m ${SYSTEM} -o a -p lizard --rsubtype vnic -s 6 -a 'port_vlan_id=3455,auto_priority_failover=1,` +
  `backing_devices="sriov/vios1//1/1/2.0/10,sriov/vios2//3/1/2.0/20"'`;

let simulator: Simulator;
let hmc: Session;
beforeEach(async () => {
  simulator = await startSimulator();
  hmc = await login(simulator.hmcs[0] ?? never());
});
afterEach(async () => {
  hmc.end();
  await simulator.close();
});

function never(): never {
  throw new Error('an HMC expected');
}

const onServer = (server: string, command: string, ...options: string[]): Promise<Answer> =>
  hmc.run(['viosvrcmd', '-m', SYSTEM, '-p', server, '-c', `"${command}"`, ...options].join(' '));

async function print(server: string, command: string, ...options: string[]): Promise<string> {
  const { exitStatus, stdout, stderr } = await onServer(server, command, ...options);
  expect({ exitStatus, stderr }, stdout).toEqual({ exitStatus: 0, stderr: '' });
  return stdout;
}

/** The fields of the line of lsmap that serves lizard's slot 6. */
async function lizardsServer(server: string): Promise<string[]> {
  const lines = (await print(server, 'lsmap -all -vnic -fmt :')).trimEnd().split('\n');
  return lines.map((line) => line.split(':')).find((fields) => fields[9] === 'U9119.MME.65BA46F-V6-C6') ?? never();
}

describe('viosvrcmd', () => {
  it('tells the level', async () => {
    expect(await print('vios1', 'ioslevel')).toBe('2.2.5.10\n');
  });

  it('plays the failover of the seed: servers and functions, the login, the log', async () => {
    expect(await hmc.run(CREATE)).toEqual({ exitStatus: 0, stdout: '', stderr: '' });
    const first = await lizardsServer('vios1');
    const second = await lizardsServer('vios2');
    const [name = '', location = ''] = first;
    const number = Number(name.replace('vnicserver', ''));
    expect(location).toBe(`U9119.MME.65BA46F-V1-C${32897 + number}`);
    expect(first.slice(2)).toEqual(
      ['6', 'lizard', 'AIX', first[5], 'Available', 'U78CA.001.CSS08ZN-P1-C3-C1-T2-S11', 'ent1'].concat(first[9] ?? ''),
    );
    // Never used: neither name nor device of the client.
    expect(second[8]).toBe('N/A');
    expect(second.slice(2, 5)).toEqual(['6', 'N/A', 'N/A']);

    const functions = await print('vios1', 'lsdev -type adapter -field name physloc description');
    expect(functions).toMatch(new RegExp(`^${first[5]} +U78CA.001.CSS08ZN-P1-C3-C1-T2-S11 +PCIe3 .* VF\\(`, 'm'));
    expect(await print('vios1', 'lsdev -type adapter -virtual')).toMatch(
      new RegExp(`^${name} +Available +Virtual NIC Server Device \\(vnicserver\\)$`, 'm'),
    );
    const statistics = await print('vios1', `vnicstat ${name}`, '--admin');
    expect(statistics).toContain(`State: active\nBacking Device Name: ${first[5]}\nFailover State: active\n`);
    expect(statistics).toContain('Failover Priority: 10\nClient Partition ID: 6\nClient Partition Name: lizard\n');
    expect(await print('vios2', `vnicstat ${second[0]}`, '--admin')).toBe(
      `VNIC Server Statistics: ${second[0]}\nDevice Statistics:\nState: config_2\nBacking Device Name: ${second[5]}\n` +
        'Failover State: inactive\nFailover Readiness: operational\nFailover Priority: 20\n',
    );

    simulator.control.virtualIoServerDown(SYSTEM, 'vios1');
    expect((await lizardsServer('vios2'))[8]).toBe('ent1');
    const log = (await print('vios2', 'errlog')).split('\n');
    expect(log[0]).toBe('IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION');
    expect(log.filter((line) => line.startsWith('60D73419'))).toContainEqual(
      expect.stringMatching(new RegExp(`^60D73419   \\d{10} I S ${second[0]} +VNIC Client Login$`)),
    );
    expect(await print('vios2', 'errlog -ls')).toMatch(
      new RegExp(`Node Id: +vios2\n(.*\n)*Resource Name: +${second[0]}\n\nDescription\nVNIC Client Login\n`),
    );

    // And back: the client leaves the second server, which logs that.
    simulator.control.virtualIoServerUp(SYSTEM, 'vios1');
    expect((await lizardsServer('vios1'))[8]).toBe('ent1');
    expect(await print('vios2', 'errlog')).toMatch(
      new RegExp(`^8C577CB6   \\d{10} I S ${second[0]} +VNIC Transport Event$`, 'm'),
    );
  });

  it('prints the table with the lines that a blog lost', async () => {
    const table = await print('vios1', 'lsmap -all -vnic');
    expect(table).toContain(
      'vnicserver0   U9119.MME.65BA46F-V1-C32897             3 iguana         Linux\n\nBacking device:ent',
    );
    expect(table).toMatch(/\nStatus:Available\nPhysloc:U78CA.*-S\d+\nClient device name:env4\n/);
  });

  it('keeps the numbers of the other servers when one goes', async () => {
    const before = (await print('vios1', 'lsmap -all -vnic -fmt :')).trimEnd().split('\n');
    await hmc.run(`chhwres -r virtualio -m ${SYSTEM} -o r --rsubtype vnic -p iguana -s 4`);
    const after = (await print('vios1', 'lsmap -all -vnic -fmt :')).trimEnd().split('\n');
    expect(after).toEqual(before.filter((line) => !line.endsWith('-V3-C4')));
    await hmc.run(CREATE);
    expect((await lizardsServer('vios1'))[0]).toBe('vnicserver0');
  });

  it('is refused without RMC, for a client, for a viewer, and for what is no listing', async () => {
    simulator.control.setPartitionState(SYSTEM, 'vios2', 'Running', 'inactive');
    expect(await onServer('vios2', 'ioslevel')).toMatchObject({
      exitStatus: 1,
      stdout: expect.stringMatching(/^HSCL2957 /),
    });
    expect((await onServer('lizard', 'ioslevel')).stdout).toMatch(/not a Virtual I\/O Server/);
    expect((await onServer('vios1', 'vnicstat vnicserver0')).stdout).toMatch(/^HSCL2970 /);
    expect((await onServer('vios1', 'lsmap -all -vnic -bogus')).stdout).toContain('Option flag is not valid');
    expect((await onServer('vios1', 'rmdev -dev ent3')).stdout).toContain('not imitated');
    const [first = never()] = simulator.hmcs;
    const viewer = await login({ ...first, username: first.viewer.username });
    expect((await viewer.run(`viosvrcmd -m ${SYSTEM} -p vios1 -c ioslevel`)).stdout).toMatch(/^HSCL350B /);
    viewer.end();
    const kinds = simulator.log.entries.map(({ line, kind }) => [line.replace(/.* -c /, ''), kind]);
    expect(kinds).toContainEqual(['"rmdev -dev ent3"', 'change']);
    expect(kinds).toContainEqual(['"ioslevel"', 'read']);
  });

  it('says so with a status of its own where there is no vNIC server', async () => {
    for (const system of simulator.estate.systems) system.vnics.splice(0);
    expect((await onServer('vios1', 'lsmap -all -vnic -fmt :')).stdout).toMatch(/^HSCL2970 [^]*rc=88\n$/);
  });
});

describe('the profile', () => {
  const adapters = async (partition: string): Promise<string> =>
    (await hmc.run(`lssyscfg -r prof -m ${SYSTEM} --filter lpar_names=${partition} -F lpar_name,vnic_adapters`)).stdout;

  it('does not follow a dynamic change, but one of a partition that is shut off', async () => {
    await hmc.run(CREATE);
    expect(await adapters('lizard')).toBe('lizard,none\n');
    await hmc.run(`chhwres -r virtualio -m ${SYSTEM} -o r --rsubtype vnic -p gecko -s 3`);
    expect(await adapters('gecko')).toBe('gecko,none\n');
  });

  it('follows where sync_curr_profile is on', async () => {
    const lizard = simulator.estate.systems[0]?.partitions.find(({ name }) => name === 'lizard') ?? never();
    lizard.syncCurrentProfile = 1;
    await hmc.run(CREATE);
    expect(await adapters('lizard')).toMatch(/^lizard,"""6:ded:1:3455:/);
  });
});

describe('an HMC before vNICs', () => {
  it('tells its level, and knows no vNIC', async () => {
    const old = await startSimulator({ hmcs: [{ id: 'hmc0', version: 'V8R8.2.0' }] });
    const session = await login(old.hmcs[0] ?? never());
    try {
      expect((await session.run('lshmc -V')).stdout).toContain('MH01454: Required fix for HMC V8R8.2.0 (11-05-2014)\n');
      const refused = { exitStatus: 1, stdout: expect.stringContaining('invalid value are --rsubtype') };
      expect(await session.run(`lshwres -r virtualio --rsubtype vnic -m ${SYSTEM}`)).toMatchObject(refused);
      expect(await session.run(CREATE)).toMatchObject(refused);
      expect((await session.run(`lshwres -r sriov --rsubtype adapter -m ${SYSTEM}`)).exitStatus).toBe(0);
      expect((await session.run(`lssyscfg -r prof -m ${SYSTEM} --filter lpar_names=lizard`)).stdout).not.toContain(
        'vnic',
      );
    } finally {
      session.end();
      await old.close();
    }
  });
});
