import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { login, openSsh, valueIn } from './ssh-client.js';

const SYSTEM = 'reptilian-9119-MME-65BA46F';
const LIST = `lshwres -r virtualio  -m ${SYSTEM} --rsubtype vnic --level lpar --filter "lpar_names=lizard"`;
const CREATE = `chhwres -r virtualio -m ${SYSTEM} -o a -p lizard --rsubtype vnic -v -a 'port_vlan_id=3455,auto_priority_failover=1,backing_devices="sriov/vios1//1/1/2.0/10,sriov/vios1//3/1/2.0/20"'`;
const ADD = `chhwres -r virtualio -m ${SYSTEM} -o s --rsubtype vnic -p lizard -s 6 -a '"backing_devices+=sriov/vios1//2/1/2.0/30,sriov/vios2//4/1/2.0/40"'`;
const PRIORITY = `chhwres -m ${SYSTEM} -r virtualio -o s --rsubtype vnicbkdev -p lizard -s 6 --logport 2700400b -a "failover_priority=11"`;
const ACTIVATE = `chhwres -m ${SYSTEM} -r virtualio -o act --rsubtype vnicbkdev -p lizard  -s 6 --logport 27008005 `;
const AUTO = `chhwres -m ${SYSTEM} -r virtualio -o s --rsubtype vnic -p lizard  -s 6 -a "auto_priority_failover=1"`;
const SILENT = { exitStatus: 0, stdout: '', stderr: '' };

describe("the seed's command-line chapter, typed into OpenSSH", () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator();
  });
  afterEach(() => simulator.close());

  it('gives the slot, the logical ports and the states of the seed, on both consoles', async () => {
    const [hmc1, hmc2] = simulator.hmcs;
    if (!hmc1 || !hmc2) throw new Error('two HMCs expected');
    const adapters = await openSsh(hmc1, `lshwres -r sriov --rsubtype adapter -m ${SYSTEM}`);
    expect(adapters.stdout.split('\n')[0]).toBe(
      'adapter_id=1,slot_id=21010020,adapter_max_logical_ports=48,config_state=sriov,functional_state=1,logical_ports=48,' +
        'phys_loc=U78CA.001.CSS08ZN-P1-C3-C1,phys_ports=4,sriov_status=running,alternate_config=0,' +
        'custom_max_capacity_capable=1,custom_min_capacity_capable=1',
    );
    expect(await openSsh(hmc1, LIST)).toEqual({ exitStatus: 0, stdout: 'No results were found.\n', stderr: '' });

    expect(await openSsh(hmc1, CREATE)).toEqual(SILENT);
    const created = (await openSsh(hmc1, LIST)).stdout;
    const mac = valueIn(created, 'mac_addr');
    expect(mac).toMatch(/^[0-9a-f][26ae][0-9a-f]{10}$/);
    // The pair is quoted because its value holds a comma (hmc-cli.md §3.2).
    expect(created).toBe(
      'lpar_name=lizard,lpar_id=6,slot_num=6,desired_mode=ded,curr_mode=ded,auto_priority_failover=1,port_vlan_id=3455,' +
        `pvid_priority=0,allowed_vlan_ids=all,mac_addr=${mac},allowed_os_mac_addrs=all,` +
        '"backing_devices=sriov/vios1/1/1/1/2700400b/2.0/2.0/10/100.0/100.0,sriov/vios1/1/3/1/2700c003/2.0/2.0/20/100.0/100.0",' +
        '"backing_device_states=sriov/2700400b/1/Operational,sriov/2700c003/0/Operational"\n',
    );

    expect(await openSsh(hmc1, ADD)).toEqual(SILENT);
    expect(valueIn((await openSsh(hmc1, LIST)).stdout, 'backing_devices')).toBe(
      'sriov/vios1/1/1/1/2700400b/2.0/2.0/10/100.0/100.0,sriov/vios1/1/3/1/2700c003/2.0/2.0/20/100.0/100.0,' +
        'sriov/vios1/1/2/1/27008005/2.0/2.0/30/100.0/100.0,sriov/vios2/2/4/1/27010002/2.0/2.0/40/100.0/100.0',
    );

    expect(await openSsh(hmc1, PRIORITY)).toEqual(SILENT);
    expect(valueIn((await openSsh(hmc1, LIST)).stdout, 'backing_devices')).toContain('/2700400b/2.0/2.0/11/');

    expect(await openSsh(hmc1, ACTIVATE)).toEqual(SILENT);
    // The other console sees the same frame, and its older level prints nine fields (hmc-cli.md §1.2).
    const activated = (await openSsh(hmc2, LIST)).stdout;
    expect(valueIn(activated, 'auto_priority_failover')).toBe('0');
    expect(valueIn(activated, 'backing_device_states')).toBe(
      'sriov/2700400b/0/Operational,sriov/2700c003/0/Operational,sriov/27008005/1/Operational,sriov/27010002/0/Operational',
    );
    expect(valueIn(activated, 'backing_devices').split(',')[0]).toBe('sriov/vios1/1/1/1/2700400b/2.0/2.0/11');

    expect(await openSsh(hmc2, AUTO)).toEqual(SILENT);
    const restored = (await openSsh(hmc1, LIST)).stdout;
    expect(valueIn(restored, 'auto_priority_failover')).toBe('1');
    expect(valueIn(restored, 'backing_device_states')).toMatch(/^sriov\/2700400b\/1\/Operational,/);

    expect(await openSsh(hmc1, `chhwres -r virtualio --rsubtype vnic -o r -m ${SYSTEM} -p lizard -s 6`)).toEqual(
      SILENT,
    );
    expect((await openSsh(hmc2, LIST)).stdout).toBe('No results were found.\n');

    expect(simulator.log.entries.filter((entry) => entry.kind === 'change').map((entry) => entry.hmcId)).toEqual([
      'hmc1',
      'hmc1',
      'hmc1',
      'hmc1',
      'hmc2',
      'hmc1',
    ]);
  });

  it('fails over when the VIOS goes down, and back when it returns (seed, "Testing the failover")', async () => {
    const [hmc1] = simulator.hmcs;
    if (!hmc1) throw new Error('an HMC expected');
    const session = await login(hmc1);
    const states = async (): Promise<string> => valueIn((await session.run(LIST)).stdout, 'backing_device_states');
    await session.run(CREATE);
    await session.run(ADD);
    simulator.control.virtualIoServerDown(SYSTEM, 'vios1');
    expect(await states()).toBe(
      'sriov/2700400b/0/Powered Off,sriov/2700c003/0/Powered Off,sriov/27008005/0/Powered Off,sriov/27010002/1/Operational',
    );
    simulator.control.virtualIoServerUp(SYSTEM, 'vios1');
    simulator.control.portDown(SYSTEM, 1, 1);
    expect(await states()).toBe(
      'sriov/2700400b/0/Link Down,sriov/2700c003/1/Operational,sriov/27008005/0/Operational,sriov/27010002/0/Operational',
    );
    simulator.control.portUp(SYSTEM, 1, 1);
    expect(await states()).toMatch(/^sriov\/2700400b\/1\/Operational,/);

    // Switched off, nothing moves by itself.
    await session.run(ACTIVATE);
    simulator.control.portDown(SYSTEM, 2, 1);
    expect(await states()).toContain('sriov/27008005/1/Link Down');
    session.end();
  });
});
