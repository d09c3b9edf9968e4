import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printListing, row } from '../../simulator/listing/listing.js';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { type Answer, login, type Session } from './ssh-client.js';

const SYSTEM = 'reptilian-9119-MME-65BA46F';

describe('printListing', () => {
  const format = { fields: undefined, header: false, locale: 'en' } as const;
  const listing = {
    rows: [row(['name', 'a'], ['list', '1,2'], ['nested', '"x,y",z']), row(['name', 'b'], ['list', '1'])],
    attributes: ['name', 'list', 'nested'],
    hidden: ['secret'],
  };

  it('quotes the whole pair where its value holds a comma, and doubles quotes inside (hmc-cli.md §3)', () => {
    expect(printListing(listing, format)).toBe('name=a,"list=1,2","nested=""x,y"",z"\nname=b,list=1\n');
  });

  it('with -F prints values alone, null where a row lacks the attribute', () => {
    expect(printListing(listing, { ...format, fields: 'list,name', header: true })).toBe('list,name\n"1,2",a\n1,b\n');
    expect(printListing(listing, { ...format, fields: '', header: true })).toBe(
      'name,list,nested\na,"1,2","""x,y"",z"\nb,1,null\n',
    );
  });

  it('takes the sign between the names as the separator', () => {
    expect(printListing(listing, { ...format, fields: 'name:list' })).toBe('a:1,2\nb:1\n');
    expect(printListing(listing, { ...format, fields: 'name%list', header: true })).toBe('name%list\na%1,2\nb%1\n');
  });

  it('quotes a value with a line break, as lshmc -V does', () => {
    const text = { rows: [row(['version', 'a\nb\n'])], attributes: ['version'] };
    expect(printListing(text, format)).toBe('"version=a\nb\n"\n');
  });

  it('says nothing but that there is nothing, in the language of the user', () => {
    const empty = { rows: [], attributes: ['name'] };
    expect(printListing(empty, { ...format, fields: 'name', header: true })).toBe('No results were found.\n');
    expect(printListing(empty, { ...format, locale: 'pl' })).toBe('Nie znaleziono wyników.\n');
  });

  it('refuses an unknown attribute, even where there is no row', () => {
    const empty = { rows: [], attributes: ['name'] };
    expect(() => printListing(empty, { ...format, fields: 'bogus' })).toThrow(
      'An invalid attribute was entered.  The invalid attribute is bogus.  Please correct your entry and retry the command.',
    );
  });
});

describe('listings of an HMC', () => {
  let simulator: Simulator;
  let hmc1: Session;
  let hmc2: Session;
  beforeAll(async () => {
    simulator = await startSimulator();
    const [first, second] = simulator.hmcs;
    if (!first || !second) throw new Error('two HMCs expected');
    [hmc1, hmc2] = await Promise.all([login(first), login(second)]);
  });
  afterAll(async () => {
    hmc1.end();
    hmc2.end();
    await simulator.close();
  });

  const ok = async (line: string, session = hmc1): Promise<string> => {
    const { exitStatus, stdout, stderr } = await session.run(line);
    expect({ exitStatus, stderr }).toEqual({ exitStatus: 0, stderr: '' });
    return stdout;
  };
  const refused = (text: string): Answer => ({ exitStatus: 1, stdout: `${text}\n`, stderr: '' });

  it('prints adapters as the V10R3 capture does: null for a dedicated card', async () => {
    const fields =
      'adapter_id,slot_id,config_state,functional_state,phys_loc,phys_ports,logical_ports,adapter_max_logical_ports,sriov_status';
    const lines = (await ok(`lshwres -r sriov --rsubtype adapter -m ${SYSTEM} -F ${fields} --header`)).split('\n');
    expect(lines[0]).toBe(fields);
    expect(lines[1]).toBe('1,21010020,sriov,1,U78CA.001.CSS08ZN-P1-C3-C1,4,48,48,running');
    expect(lines[6]).toBe('null,21030021,dedicated,1,U78CA.001.CSS08ZN-P1-C7-C1,null,null,null,null');
  });

  it('prints a missing card as unavailable', async () => {
    expect(await ok(`lshwres -r sriov --rsubtype adapter -m '9119-MME*659707C' --filter adapter_ids=4`)).toBe(
      'adapter_id=4,slot_id=21020021,adapter_max_logical_ports=unavailable,config_state=sriov,functional_state=0,' +
        'logical_ports=unavailable,phys_loc=U78CA.001.CSS09CD-P1-C4-C1,phys_ports=unavailable,sriov_status=missing,' +
        'alternate_config=0,custom_max_capacity_capable=1,custom_min_capacity_capable=1\n',
    );
  });

  it('prints a physical port under exactly one level, as the V11R2 capture does', async () => {
    const ethc = await ok(`lshwres -r sriov --rsubtype physport --level ethc -m ${SYSTEM} --filter adapter_ids=2`);
    // samples/sriov-physport-ethc-default-v11r2-p9.txt with this frame's label, location and counts.
    expect(ethc.split('\n')[0]).toBe(
      'adapter_id=2,phys_port_id=0,phys_port_label=prod-a,phys_port_sub_label=,phys_port_loc=U78CA.001.CSS08ZN-P1-C4-C1-T1,' +
        'phys_port_type=ethc,state=1,config_logical_ports=4,phys_port_max_logical_ports=20,supported_max_eth_logical_ports=20,' +
        'max_eth_logical_ports=20,curr_eth_logical_ports=4,max_diag_ports=1,max_promisc_ports=1,' +
        '"capabilities=pvid_priority_capable,port_vlan_id_capable,mac_vlan_consistency_capable,clear_phys_port_stat_capable,clear_logical_port_stat_capable",' +
        'conn_speed=10000,config_conn_speed=auto,max_recv_packet_size=9000,config_max_recv_packet_size=9000,recv_flow_control=0,' +
        'config_recv_flow_control=0,trans_flow_control=0,config_trans_flow_control=0,veb_mode=1,vepa_mode=0,' +
        'priority_flow_control_active=0,mac_addr=unavailable,adapter_lldp=1',
    );
    const port = (level: string): string =>
      `lshwres -r sriov --rsubtype physport --level ${level} -m ${SYSTEM} -F adapter_id,phys_port_id,phys_port_type,state,conn_speed --filter `;
    expect(await ok(`${port('eth')}adapter_ids=2`)).toBe('2,2,eth,1,1000\n2,3,eth,0,0\n');
    expect(await ok(`${port('roce')}adapter_ids=2`)).toBe('No results were found.\n');
    expect(await ok(`${port('roce')}adapter_ids=5`)).toBe('5,0,eth,1,100000\n5,1,eth,1,100000\n');
    expect(await hmc1.run(`lshwres -r sriov --rsubtype physport -m ${SYSTEM}`)).toEqual(
      refused(
        'The command entered is either missing a required parameter or a parameter value is invalid. The parameters that are missing or have an invalid value are --level. Please check your entry and retry the command.',
      ),
    );
  });

  it('shows the capacity granularity only to those who ask for it', async () => {
    const base = `lshwres -r sriov --rsubtype physport -m ${SYSTEM}`;
    expect(await ok(`${base} --level ethc --filter adapter_ids=1 -F phys_port_id,min_eth_capacity_granularity`)).toBe(
      '0,2.0\n1,2.0\n',
    );
    expect(await ok(`${base} --level roce -F phys_port_id,min_roce_capacity_granularity`)).toBe('0,1.0\n1,1.0\n');
    expect(await ok(`${base} --level ethc`)).not.toContain('granularity');
    expect(await ok(`${base} --level ethc -F --header`)).not.toContain('granularity');
  });

  it('lists logical ports: unconfigured ones without a level, configured ones with it', async () => {
    const free = await ok(`lshwres -r sriov --rsubtype logport -m ${SYSTEM} --filter adapter_ids=2`);
    // samples/sriov-logport-default-unconfigured-v11r2-p9.txt: S5, on the first port.
    expect(free.split('\n')[0]).toBe(
      'adapter_id=2,logical_port_id=27008005,logical_port_type=unconfigured,drc_name=PHB 4229,location_code=U78CA.001.CSS08ZN-P1-C4-C1-T1-S5',
    );
    expect(free.trim().split('\n')).toHaveLength(44);
    const taken = (await ok(`lshwres -r sriov --rsubtype logport --level eth -m ${SYSTEM}`)).split('\n');
    expect(taken[0]?.split(',')[6]).toBe('logical_port_id=27004001');
    expect(taken[0]?.split(',')).toHaveLength(27);
    expect(taken[2]).toContain('config_id=16384,lpar_name=vios1,lpar_id=1,');
    expect(taken[2]).toContain('is_vnic_backing_device=1,client_lpar_names=iguana,client_lpar_ids=3,mode=ded');
  });

  it('names the VIOS in vnicbkdev rows, and has no column for the client', async () => {
    const fields =
      'lpar_name,lpar_id,type,adapter_id,physical_port_id,logical_port_id,capacity,desired_capacity,max_capacity,desired_max_capacity,failover_priority,is_active,status';
    const base = `lshwres -r virtualio --rsubtype vnicbkdev -m ${SYSTEM}`;
    const lines = (await ok(`${base} -F ${fields} --header`)).split('\n');
    expect(lines.slice(0, 2)).toEqual([fields, 'vios1,1,sriov,1,0,27004003,2.0,2.0,100.0,100.0,10,1,Operational']);
    expect(new Set(lines.slice(1, -1).map((line) => line.split(',')[0]))).toEqual(new Set(['vios1', 'vios2']));
    expect(await hmc1.run(`${base} -F client_lpar_name`)).toEqual(
      refused(
        'An invalid attribute was entered.  The invalid attribute is client_lpar_name.  Please correct your entry and retry the command.',
      ),
    );
    expect(await hmc2.run(`${base} -F max_capacity`)).toMatchObject({ exitStatus: 1 });
  });

  it('shares slots with other virtual adapters', async () => {
    const base = `lshwres -r virtualio --rsubtype slot -m ${SYSTEM} --filter lpar_names=iguana`;
    expect(await ok(`${base} --level lpar -F lpar_id,curr_max_virtual_slots,next_avail_virtual_slot`)).toBe(
      '3,200,6\n',
    );
    expect(await ok(`${base} --level slot -F slot_num,config`)).toBe(
      '0,serial\n1,serial\n2,scsi\n3,scsi\n4,vnic\n5,vnic\n',
    );
    expect(
      await ok(
        `lshwres -r virtualio --rsubtype eth --level lpar -m ${SYSTEM} --filter lpar_names=vios1 -F lpar_name,port_vlan_id,vswitch,state,trunk_priority`,
      ),
    ).toBe('vios1,1,ETHERNET0,1,1\nvios1,3455,ETHERNET0,1,1\n');
  });

  it('filters, and refuses what a filter names and nobody knows', async () => {
    const base = `lshwres -r virtualio --rsubtype vnic -m ${SYSTEM} -F lpar_name,slot_num`;
    expect(await ok(`${base} --filter lpar_names=iguana,slots=5`)).toBe('iguana,5\n');
    expect(await ok(`${base} --filter '"lpar_names=iguana,anole"'`)).toBe('iguana,4\niguana,5\nanole,4\nanole,5\n');
    expect(await ok(`${base} --filter 'lpar_ids="3,9",slots=4'`)).toBe('iguana,4\nanole,4\n');
    expect(await hmc1.run(`${base} --filter lpar_names=zz-no-such-lpar`)).toEqual(
      refused(
        'HSCL8012 The partition named zz-no-such-lpar was not found.  Please check your entry and retry the command.',
      ),
    );
    expect(await hmc1.run(`lshwres -r sriov --rsubtype adapter -m ${SYSTEM} --filter adapter_ids=x`)).toEqual(
      refused(
        'An invalid filter value was entered.  The filter pair with the invalid value is "adapter_ids".\nPlease correct the filter and retry the command.',
      ),
    );
    // A list that is not quoted inside the argument is no list.
    expect(await hmc1.run(`${base} --filter lpar_names=iguana,anole`)).toMatchObject({ exitStatus: 1, stderr: '' });
  });

  it('knows a frame by name or MTMS, and says of one without a connection what it can', async () => {
    expect(await ok("lssyscfg -r sys -m '9119-MME*65BA46F' -F name,type_model,serial_num,state")).toBe(
      'reptilian-9119-MME-65BA46F,9119-MME,65BA46F,Operating\n',
    );
    expect(await ok('lssyscfg -r sys -m gharial-8286-42A-218CA0V -F state,sys_time,max_lpars')).toBe(
      'No Connection,unavailable,unavailable\n',
    );
    expect(await hmc1.run('lssyscfg -r lpar -m gharial-8286-42A-218CA0V -F name')).toEqual(
      refused('HSCL0238 This operation is only allowed when the managed system is in the Operating state.'),
    );
    expect(await hmc2.run('lssyscfg -r sys -m gharial-8286-42A-218CA0V')).toMatchObject({ exitStatus: 1 });
    expect(await ok('lssysconn -r all -F type_model_serial_num,state')).toBe(
      '9119-MME*65BA46F,Connected\n9119-MME*659707C,Connected\n8286-42A*218CA0V,No Connection\n',
    );
    expect(await hmc1.run('lssyscfg -r lpar -F uuid,name')).toEqual(
      refused(
        'The command entered is either missing a required parameter or a parameter value is invalid. The parameters that are missing or have an invalid value are -m. Please check your entry and retry the command.',
      ),
    );
  });

  it('lists partitions and their profiles', async () => {
    expect(
      await ok(
        `lssyscfg -r lpar -m ${SYSTEM} --filter lpar_names=lizard -F name,lpar_id,lpar_env,state,rmc_state,os_version`,
      ),
    ).toBe('lizard,6,aixlinux,Running,active,AIX 7.2 7200-01-01-1642\n');
    const filter = '"lpar_names=gecko,profile_names=default_profile"';
    // samples/prof-vnic_adapters-short.txt.
    expect(await ok(`lssyscfg -r prof -m ${SYSTEM} --filter ${filter} -F vnic_adapters`)).toMatch(
      /^3:ded:1:0:0:all:[0-9a-f]{12}:all:0:sriov\/vios1\/1\/1\/1\/2\.0\/50\/100\.0\n$/,
    );
  });

  it('tells its version as one record with line breaks, and its clock', async () => {
    expect(await ok('lshmc -V', hmc2)).toBe(
      '"version= Version: 8\n Release: 8.6.0\n Service Pack: 0\nHMC Build level 20161101.1\n' +
        'MH01655: Required fix for HMC V8R8.6.0 (11-01-2016)\n","base_version=V8R8.6.0\n"\n',
    );
    const clock = /^\*N2 (\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d UTC \d{4})$/m.exec(await ok('lshmc -v'))?.[1] ?? '';
    expect(Math.abs(Date.parse(clock) - Date.now())).toBeLessThan(60_000);
    expect(Date.parse(await ok('date'))).not.toBeNaN();
    expect(await ok('lslic -m reptilian-9119-MME-65BA46F -F activated_level,activated_spname')).toBe('56,FW860.10\n');
    expect(await ok('lshmcusr --filter names=hscview -F name,taskrole')).toBe('hscview,hmcviewer\n');
  });

  it('is a restricted bash where the line is no command of an HMC', async () => {
    expect(await hmc1.run('last -b')).toEqual({
      exitStatus: 127,
      stdout: '',
      stderr: '/bin/bash: last: command not found\n',
    });
    expect(await hmc1.run('/bin/ls')).toMatchObject({ exitStatus: 1, stderr: expect.stringContaining('restricted') });
    expect(await hmc1.run('lshmc -V > /tmp/x')).toMatchObject({ stderr: expect.stringContaining('cannot redirect') });
    expect(await hmc1.run('updlic -o u')).toMatchObject({
      exitStatus: 1,
      stdout: expect.stringContaining('not imitated'),
    });
  });
});

describe('names that occur twice', () => {
  it('are refused, and the MTMS is not', async () => {
    const simulator = await startSimulator();
    try {
      const [hmc] = simulator.hmcs;
      const [one, two] = simulator.estate.systems;
      if (!hmc || !one || !two) throw new Error('an HMC and two systems expected');
      two.name = one.name;
      const session = await login(hmc);
      expect(await session.run(`lssyscfg -r lpar -m ${one.name} -F name`)).toMatchObject({ exitStatus: 1, stderr: '' });
      expect(await session.run(`lssyscfg -r lpar -m '9119-MME*659707C' -F name,lpar_id`)).toMatchObject({
        exitStatus: 0,
      });
      session.end();
    } finally {
      await simulator.close();
    }
  });
});
