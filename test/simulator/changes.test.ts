import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Vnic } from '../../simulator/estate/model.js';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { type Answer, login, type Session } from './ssh-client.js';

const SYSTEM = 'reptilian-9119-MME-65BA46F';
const VNIC = `chhwres -r virtualio --rsubtype vnic -m ${SYSTEM}`;
const DEVICE = `chhwres -r virtualio --rsubtype vnicbkdev -m ${SYSTEM}`;
const SILENT: Answer = { exitStatus: 0, stdout: '', stderr: '' };

let simulator: Simulator;
let session: Session;
beforeEach(async () => {
  simulator = await startSimulator();
  const [hmc] = simulator.hmcs;
  if (!hmc) throw new Error('an HMC expected');
  session = await login(hmc);
});
afterEach(async () => {
  session.end();
  await simulator.close();
});

const system = (): Simulator['estate']['systems'][number] => {
  const [found] = simulator.estate.systems;
  if (!found) throw new Error('a system expected');
  return found;
};
const vnicsOf = (partitionId: number): Vnic[] => system().vnics.filter((each) => each.partitionId === partitionId);
const onlyVnicOf = (partitionId: number): Vnic => {
  const [vnic, ...others] = vnicsOf(partitionId);
  if (!vnic || others.length > 0) throw new Error('one vNIC expected');
  return vnic;
};
const create = (attributes: string, where = '-p lizard'): Promise<Answer> =>
  session.run(`${VNIC} -o a ${where} -a '${attributes}'`);
/** Refused with that text, and nothing was changed. */
const refusedWith = async (answer: Promise<Answer>, text: string): Promise<void> => {
  const before = JSON.stringify(system());
  const { exitStatus, stdout, stderr } = await answer;
  expect({ exitStatus, stderr }).toEqual({ exitStatus: 1, stderr: '' });
  expect(stdout).toContain(text);
  expect(JSON.stringify(system())).toBe(before);
};

describe('chhwres … vnic -o a', () => {
  it('takes what the capture leaves out: priority 50, automatic failover on, next free slot', async () => {
    expect(await create('port_vlan_id=0,backing_devices=sriov/vios1/1/2/1/2')).toEqual(SILENT);
    expect(onlyVnicOf(6)).toMatchObject({
      slot: 6,
      autoPriorityFailover: true,
      portVlanId: 0,
      allowedVlanIds: 'all',
      devices: [
        { logicalPortId: '27008005', capacity: 2, maxCapacity: 100, failoverPriority: 50, virtualIoServerId: 1 },
      ],
    });
    expect(onlyVnicOf(6).devices[0]?.configId).toBeGreaterThanOrEqual(16384);
  });

  it('takes a slot, a MAC address, the VIOS by id and the partition by id', async () => {
    const attributes = 'auto_priority_failover=0,mac_addr=EA00000000FE,backing_devices=sriov//2/4/1/4.0/7/50.0';
    expect(await create(attributes, '--id 6 -s 20')).toEqual(SILENT);
    expect(onlyVnicOf(6)).toMatchObject({
      slot: 20,
      autoPriorityFailover: false,
      macAddress: 'ea00000000fe',
      devices: [{ virtualIoServerId: 2, capacity: 4, failoverPriority: 7, maxCapacity: 50 }],
    });
  });

  it('fills the lowest free slot, which other virtual adapters share', async () => {
    expect(await create('backing_devices=sriov/vios1//2/1/2', '-p chameleon')).toEqual(SILENT);
    expect(vnicsOf(10).map((vnic) => vnic.slot)).toEqual([3, 4]);
    await refusedWith(create('backing_devices=sriov/vios1//3/1/2', '-p lizard -s 3'), 'already in use');
  });

  it.each([
    ['a capacity off the granularity', 'sriov/vios1//1/1/7.0', 'HSCL127D: HSCL1294 '],
    ['a capacity below the least', 'sriov/vios1//1/1/0.5', 'HSCL127D: HSCL1295 '],
    ['a capacity above 100', 'sriov/vios1//1/1/102.0', 'HSCL127D: HSCL1295 '],
    ['more than the port has left', 'sriov/vios1//1/1/100.0', 'HSCL127D: HSCL1293 '],
    ['a partition that is no VIOS', 'sriov/lizard//1/1/2.0', 'HSCL127D: '],
    ['an unknown VIOS', 'sriov/vios9//1/1/2.0', 'HSCL8012 The partition named vios9 was not found.'],
    ['name and id of two partitions', 'sriov/vios1/2/1/1/2.0', 'is not valid for the attribute backing_devices'],
    ['neither name nor id', 'sriov///1/1/2.0', 'is not valid for the attribute backing_devices'],
    ['an unknown adapter', 'sriov/vios1//9/1/2.0', 'HSCL127D: '],
    ['an unknown port', 'sriov/vios1//1/4/2.0', 'HSCL127D: '],
    ['priority 0', 'sriov/vios1//1/1/2.0/0', 'failover_priority'],
    ['priority 101', 'sriov/vios1//1/1/2.0/101', 'failover_priority'],
    ['an output form', 'sriov/vios1/1/1/1/2700400b/2.0/2.0/10/100.0/100.0', 'backing_devices'],
  ])('refuses %s', async (_what, device, text) => {
    await refusedWith(create(`backing_devices=${device}`), text);
  });

  it('refuses a port twice, a seventh device, and a list without quotes', async () => {
    await refusedWith(create('backing_devices="sriov/vios1//1/1/2.0,sriov/vios2//1/1/2.0"'), 'already backs');
    const seven = [1, 2, 3, 4].flatMap((id) => [`sriov/vios1//${id}/0/2.0`, `sriov/vios1//${id}/1/2.0`]).slice(0, 7);
    await refusedWith(create(`backing_devices="${seven.join(',')}"`), 'at most 6');
    expect(await create(`backing_devices="${seven.slice(0, 6).join(',')}"`)).toEqual(SILENT);
    await refusedWith(create('backing_devices=sriov/vios1//1/1/2.0,sriov/vios1//3/1/2.0'), 'not formatted correctly');
  });

  it.each([
    ['port_vlan_id=1', 'port_vlan_id'],
    ['port_vlan_id=4095', 'port_vlan_id'],
    ['pvid_priority=8', 'pvid_priority'],
    ['auto_priority_failover=2', 'auto_priority_failover'],
    ['mac_addr=EA:00:00:00:00:FE', 'mac_addr'],
    ['mac_addr=eabe06000003', 'mac_addr'],
    ['bogus=1', 'The invalid attribute is bogus.'],
  ])('refuses %s', async (attribute, text) => {
    await refusedWith(create(`${attribute},backing_devices=sriov/vios1//1/1/2.0`), text);
  });

  it('keeps to the logical ports of a port and of an adapter', async () => {
    const port = system().adapters[1]?.ports[1];
    if (!port) throw new Error('a port expected');
    port.settings.max_eth_logical_ports = '1';
    expect(await create('backing_devices=sriov/vios1//2/1/2.0')).toEqual(SILENT);
    await refusedWith(create('backing_devices=sriov/vios1//2/1/2.0'), 'All 1 logical ports');
  });

  it.each([
    ['skink', 'HSCL05DF '],
    ['monitor', 'HSCL2957 '],
    ['vios1', 'Virtual I/O Server'],
    ['nobody', 'HSCL8012 The partition named nobody was not found.'],
  ])('looks at the state of the partition: %s', async (partition, text) => {
    await refusedWith(create('backing_devices=sriov/vios2//4/0/2.0', `-p ${partition}`), text);
  });

  it('changes a partition that is shut off, where nothing is active, and an IBM i without RMC', async () => {
    expect(await create('backing_devices=sriov/vios2//4/0/2.0', '-p gecko')).toEqual(SILENT);
    expect(await create('backing_devices=sriov/vios2//4/0/2.0', '-p basilisk')).toEqual(SILENT);
    const { stdout } = await session.run(
      `lshwres -r virtualio --rsubtype vnic -m ${SYSTEM} --filter lpar_names=gecko -F slot_num,backing_device_states`,
    );
    expect(stdout).toBe('3,sriov/27004005/0/Operational\n4,sriov/27010002/0/Operational\n');
  });

  it('needs the VIOS to be up', async () => {
    simulator.control.virtualIoServerDown(SYSTEM, 'vios2');
    await refusedWith(create('backing_devices=sriov/vios2//4/0/2.0'), 'HSCL05DF ');
    simulator.control.setPartitionState(SYSTEM, 'vios2', 'Running', 'inactive');
    await refusedWith(create('backing_devices=sriov/vios2//4/0/2.0'), 'HSCL2957 ');
  });

  it('says which parameter is missing, and knows the frame only by its name', async () => {
    await refusedWith(session.run(`${VNIC} -o a -p lizard`), 'invalid value are -a.');
    await refusedWith(session.run(`${VNIC} -o a -a backing_devices=sriov/vios2//4/0/2.0`), '-p,--id');
    await refusedWith(session.run(`${VNIC} -o x -p lizard`), 'invalid value are -o.');
    await refusedWith(session.run(`${VNIC} -o a -p lizard -z`), 'The invalid parameter is -z.');
    await refusedWith(
      session.run('chhwres -r virtualio --rsubtype vnic -m nosuch -o r -p lizard -s 6'),
      'HSCL8018 The managed system nosuch was not found.',
    );
  });
});

describe('chhwres … vnic -o s, r, d, e', () => {
  beforeEach(async () => {
    await create('backing_devices="sriov/vios1//1/1/2.0/10,sriov/vios2//4/1/2.0/20"');
  });

  it('adds and sets together, and takes the numbers of removed devices again', async () => {
    const change = (attributes: string): Promise<Answer> =>
      session.run(`${VNIC} -o s -p lizard -s 6 -a '${attributes}'`);
    expect(await change('auto_priority_failover=0,backing_devices+=sriov/vios1//2/1/2.0/5')).toEqual(SILENT);
    expect(onlyVnicOf(6)).toMatchObject({ autoPriorityFailover: false, activeLogicalPortId: '2700400b' });
    expect(await change('backing_devices-=sriov/vios1//1/1/2.0/10')).toEqual(SILENT);
    // Automatic failover is off, but the active device is gone: the best of the rest.
    expect(onlyVnicOf(6)).toMatchObject({ activeLogicalPortId: '27008005' });
    expect(await change('backing_devices+=sriov/vios1//1/1/2.0/90')).toEqual(SILENT);
    expect(onlyVnicOf(6).devices.map((each) => each.logicalPortId)).toEqual(['27010002', '27008005', '2700400b']);

    await refusedWith(change('backing_devices-=sriov/vios2//3/1/2.0'), 'no backing device');
    await refusedWith(change('backing_devices=sriov/vios2//3/1/2.0'), 'The invalid attribute is backing_devices.');
    await refusedWith(change('port_vlan_id=5'), 'The invalid attribute is port_vlan_id.');
    // All or nothing: the first could be added, the second not.
    await refusedWith(change('"backing_devices+=sriov/vios2//3/1/2.0,sriov/vios2//4/1/2.0"'), 'already backs');
  });

  it('never leaves a vNIC without a device', async () => {
    await session.run(`${VNIC} -o s -p lizard -s 6 -a backing_devices-=sriov/vios1//1/1/2.0/10`);
    await refusedWith(
      session.run(`${VNIC} -o s -p lizard -s 6 -a backing_devices-=sriov/vios2//4/1/2.0/20`),
      'The last backing device',
    );
  });

  it('removes the vNIC with its logical ports', async () => {
    await refusedWith(session.run(`${VNIC} -o r -p lizard -s 7`), 'invalid value are -s.');
    expect(await session.run(`${VNIC} -o r -p lizard -s 6`)).toEqual(SILENT);
    expect(vnicsOf(6)).toEqual([]);
    expect((await session.run(`lshwres -r sriov --rsubtype logport -m ${SYSTEM}`)).stdout).toContain('=2700400b,');
  });

  it('disables the whole vNIC and enables it again', async () => {
    const states = async (): Promise<string> =>
      (
        await session.run(
          `lshwres -r virtualio --rsubtype vnic -m ${SYSTEM} --filter lpar_ids=6 -F slot_num,backing_device_states`,
        )
      ).stdout;
    expect(await session.run(`${VNIC} -o d -p lizard -s 6`)).toEqual(SILENT);
    expect(await states()).toBe('6,"sriov/2700400b/0/Operational,sriov/27010002/0/Operational"\n');
    expect(await session.run(`${VNIC} -o e -p lizard -s 6`)).toEqual(SILENT);
    expect(await states()).toContain('sriov/2700400b/1/');
  });
});

describe('chhwres … vnicbkdev', () => {
  beforeEach(async () => {
    await create('backing_devices="sriov/vios1//1/1/2.0/10,sriov/vios2//4/1/2.0/20"');
  });

  it('moves the active device with the priority, while automatic failover is on', async () => {
    const set = (priority: string): Promise<Answer> =>
      session.run(`${DEVICE} -o s -p lizard -s 6 --logport 2700400b -a failover_priority=${priority}`);
    expect(await set('21')).toEqual(SILENT);
    expect(onlyVnicOf(6)).toMatchObject({ activeLogicalPortId: '27010002', autoPriorityFailover: true });
    await refusedWith(set('0'), 'failover_priority');
    await refusedWith(
      session.run(`${DEVICE} -o s -p lizard -s 6 --logport 2700400b -a capacity=4.0`),
      'The invalid attribute is capacity.',
    );
  });

  it('activates, and silently switches automatic failover off', async () => {
    expect(await session.run(`${DEVICE} -o act -p lizard -s 6 --logport 27010002`)).toEqual(SILENT);
    expect(onlyVnicOf(6)).toMatchObject({ activeLogicalPortId: '27010002', autoPriorityFailover: false });
  });

  it('refuses to activate what is not operational or not there', async () => {
    simulator.control.portDown(SYSTEM, 4, 1);
    await refusedWith(session.run(`${DEVICE} -o act -p lizard -s 6 --logport 27010002`), 'Its status is Link Down.');
    await refusedWith(
      session.run(`${DEVICE} -o act -p lizard -s 6 --logport 27010009`),
      'invalid value are --logport.',
    );
  });
});

describe('chhwres -r sriov', () => {
  const port = `chhwres -r sriov --rsubtype physport -m ${SYSTEM} -o s -a `;

  it('labels a port', async () => {
    expect(
      await session.run(`${port}adapter_id=2,phys_port_id=0,phys_port_label=netA,phys_port_sub_label=prod`),
    ).toEqual(SILENT);
    expect(
      (
        await session.run(
          `lshwres -r sriov --rsubtype physport --level ethc -m ${SYSTEM} --filter adapter_ids=2 -F phys_port_id,phys_port_label,phys_port_sub_label`,
        )
      ).stdout,
    ).toBe('0,netA,prod\n1,prod-b,\n');
    expect(await session.run(`${port}adapter_id=2,phys_port_id=0,phys_port_label=`)).toEqual(SILENT);
    expect(system().adapters[1]?.ports[0]?.label).toBe('');
  });

  it('refuses labels that are too long, and ports that are not there', async () => {
    await refusedWith(
      session.run(`${port}adapter_id=2,phys_port_id=0,phys_port_label=12345678901234567`),
      'phys_port_label',
    );
    await refusedWith(
      session.run(`${port}adapter_id=2,phys_port_id=0,phys_port_sub_label=123456789`),
      'phys_port_sub_label',
    );
    await refusedWith(session.run(`${port}adapter_id=2,phys_port_id=4,phys_port_label=a`), 'no physical port');
    await refusedWith(session.run(`${port}phys_port_id=0,phys_port_label=a`), 'adapter_id');
  });

  it('moves a card to shared mode and back, not while it is in use', async () => {
    const adapter = (operation: string, attributes: string): Promise<Answer> =>
      session.run(`chhwres -r sriov --rsubtype adapter -m ${SYSTEM} -o ${operation} -a ${attributes}`);
    expect(await adapter('a', 'slot_id=21030021')).toEqual(SILENT);
    expect(system().adapters[5]).toMatchObject({ id: 6, mode: 'sriov' });
    expect(await adapter('r', 'slot_id=21030021')).toEqual(SILENT);
    await refusedWith(adapter('r', 'slot_id=21010020'), 'configured logical ports');
  });
});

describe('who may change, and how a refusal reads', () => {
  it('refuses a viewer with HSCL350B, on the stream of each HMC', async () => {
    const line = `${VNIC} -o r -p iguana -s 4`;
    const [first, second] = simulator.hmcs;
    if (!first || !second) throw new Error('two HMCs expected');
    const text = 'HSCL350B The user does not have the appropriate authority\n';
    const one = await login(first, { username: first.viewer.username });
    expect(await one.run(line)).toEqual({ exitStatus: 1, stdout: text, stderr: '' });
    expect(await one.run(`lssyscfg -r lpar -m ${SYSTEM} -F name,lpar_id`)).toMatchObject({ exitStatus: 0 });
    one.end();
    const two = await login(second, { username: second.viewer.username, password: second.password });
    expect(await two.run(line)).toEqual({ exitStatus: 1, stdout: '', stderr: text });
    two.end();
    expect(vnicsOf(3)).toHaveLength(2);
  });

  it('refuses the eighth field where the level of the HMC does not know it', async () => {
    const [, second] = simulator.hmcs;
    if (!second) throw new Error('two HMCs expected');
    const old = await login(second);
    const line = (device: string): string => `${VNIC} -o a -p lizard -a backing_devices=${device}`;
    expect(await old.run(line('sriov/vios1//1/1/2.0/10/50.0'))).toMatchObject({ exitStatus: 1, stdout: '' });
    expect(await old.run(line('sriov/vios1//1/1/2.0/10'))).toEqual(SILENT);
    old.end();
  });
});
