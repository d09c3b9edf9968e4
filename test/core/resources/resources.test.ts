import { describe, expect, it } from 'vitest';

import { HmcOutputError } from '../../../src/core/hmc-language/hmc-output-error.js';
import { parseHmcUsers } from '../../../src/core/resources/hmc-user.js';
import { parseHmcVersion, parseHmcVitalProductData } from '../../../src/core/resources/hmc-version.js';
import { parseLogicalPorts } from '../../../src/core/resources/logical-port.js';
import { parseManagedSystems } from '../../../src/core/resources/managed-system.js';
import { parsePartitions } from '../../../src/core/resources/partition.js';
import {
  mergePhysicalPorts,
  parsePhysicalPortGranularity,
  parsePhysicalPorts,
} from '../../../src/core/resources/physical-port.js';
import { parseSriovAdapters } from '../../../src/core/resources/sriov-adapter.js';
import { parseVirtualSlots } from '../../../src/core/resources/virtual-slots.js';

describe('managed systems', () => {
  it('lists one that does not answer, its unavailable values null', () => {
    expect(
      parseManagedSystems(
        'name=gone,type_model=9119-MME,serial_num=65BA46F,ipaddr=unavailable,state=No Connection,sys_time=unavailable\n',
      ),
    ).toEqual([
      {
        mtms: '9119-MME*65BA46F',
        name: 'gone',
        state: 'No Connection',
        ipAddress: null,
        attributes: expect.objectContaining({ sys_time: 'unavailable' }) as unknown,
      },
    ]);
  });

  it('leaves out one that has not told what it is, and keeps the others', () => {
    const text =
      'name=172.16.255.254,type_model=unavailable,serial_num=unavailable,state=Connecting\n' +
      'name=172.16.255.253,type_model=Unknown,serial_num=Unknown,state=No Connection\n' +
      'name=172.16.255.252,type_model=Unknown,serial_num=Unknown,state=No Connection\n' +
      'name=there,type_model=9119-MME,serial_num=65BA46F,state=unavailable\n';
    expect(parseManagedSystems(text).map(({ mtms, state }) => [mtms, state])).toEqual([['9119-MME*65BA46F', null]]);
  });

  it.each(['-m', '9119 MME', '9119-MME*1'])('takes %j for no type and model', (typeModel) => {
    expect(() => parseManagedSystems(`name=x,type_model=${typeModel},serial_num=65BA46F,state=Operating`)).toThrow(
      HmcOutputError,
    );
  });
});

describe('partitions', () => {
  it('keeps a name that looks like a non-value', () => {
    expect(parsePartitions('name=null,lpar_id=3,lpar_env=aixlinux,state=unavailable,rmc_state=none,uuid=null')).toEqual(
      [expect.objectContaining({ name: 'null', id: 3, state: null, rmcState: 'none', uuid: null, osVersion: null })],
    );
  });

  it.each(['name=x,lpar_env=aixlinux', 'lpar_id=3,lpar_env=aixlinux', 'name=x,lpar_id=three,lpar_env=aixlinux'])(
    'throws for %j',
    (text) => {
      expect(() => parsePartitions(text)).toThrow(HmcOutputError);
    },
  );
});

describe('SR-IOV adapters', () => {
  it('reads one that is missing, and rows with other attributes beside it', () => {
    const text =
      'adapter_id=1,slot_id=21010020,adapter_max_logical_ports=unavailable,config_state=sriov,functional_state=0,' +
      'logical_ports=unavailable,phys_loc=U78-P1-C1,phys_ports=unavailable,sriov_status=missing\n' +
      'adapter_id=null,slot_id=21010021,config_state=dedicated,functional_state=1,phys_loc=U78-P1-C2,' +
      '"possible_adapter_config_options=0/80/12/Enterprise,1/16/4/Thin",curr_adapter_config_option=0\n';
    expect(parseSriovAdapters(text)).toEqual([
      expect.objectContaining({
        adapterId: 1,
        functional: false,
        status: 'missing',
        physicalPorts: null,
        logicalPorts: null,
        maxLogicalPorts: null,
      }),
      expect.objectContaining({
        adapterId: null,
        mode: 'dedicated',
        status: null,
        attributes: expect.objectContaining({
          possible_adapter_config_options: '0/80/12/Enterprise,1/16/4/Thin',
        }) as unknown,
      }),
    ]);
  });
});

it.each(['', 'phys_loc=,', 'phys_loc=unavailable,'])(
  'reads an SR-IOV adapter whose location is not told: %j',
  (location) => {
    const text = `adapter_id=1,slot_id=21010020,config_state=sriov,functional_state=0,${location}sriov_status=missing\n`;
    expect(parseSriovAdapters(text)).toMatchObject([{ adapterId: 1, slotId: '21010020', physicalLocation: null }]);
  },
);

describe('physical ports', () => {
  const port = (adapterId: number, physicalPortId: number, type: string, label = ''): string =>
    `adapter_id=${adapterId},phys_port_id=${physicalPortId},phys_port_label=${label},phys_port_loc=U78-T1,phys_port_type=${type},state=1\n`;

  it('merges all levels by adapter and port, in their order, with the granularity known', () => {
    const merged = mergePhysicalPorts(
      [
        ...parsePhysicalPorts(port(2, 2, 'eth'), 'eth'),
        ...parsePhysicalPorts(port(2, 1, 'ethc') + port(2, 0, 'ethc', 'netA'), 'ethc'),
        // As on V10R3 with POWER9: level roce lists ports of type eth.
        ...parsePhysicalPorts(port(1, 0, 'eth'), 'roce'),
        ...parsePhysicalPorts('No results were found.', 'roce'),
      ],
      [
        ...parsePhysicalPortGranularity(
          'adapter_id,phys_port_id,min_eth_capacity_granularity\n2,0,2.0\n2,1,unavailable\n',
        ),
        ...parsePhysicalPortGranularity('adapter_id,phys_port_id,min_eth_capacity_granularity\n1,0,1.0\n'),
        ...parsePhysicalPortGranularity('No results were found.\n'),
      ],
    );
    expect(
      merged.map((found) => [
        ...[found.adapterId, found.physicalPortId, found.level, found.label, found.capacityGranularity],
      ]),
    ).toEqual([
      [1, 0, 'roce', '', 1],
      [2, 0, 'ethc', 'netA', 2],
      [2, 1, 'ethc', '', null],
      [2, 2, 'eth', '', null],
    ]);
  });

  it('keeps a port that is listed twice once, at the level of its type', () => {
    const twice = [...parsePhysicalPorts(port(1, 0, 'roce'), 'eth'), ...parsePhysicalPorts(port(1, 0, 'roce'), 'roce')];
    expect(mergePhysicalPorts(twice).map(({ level }) => level)).toEqual(['roce']);
    expect(mergePhysicalPorts([...twice].reverse()).map(({ level }) => level)).toEqual(['roce']);
  });

  it('has no label where the HMC prints a non-value, and no number', () => {
    const text = 'adapter_id=1,phys_port_id=0,phys_port_label=null,phys_port_loc=x,phys_port_type=eth,conn_speed=auto';
    expect(parsePhysicalPorts(text, 'eth')).toEqual([
      expect.objectContaining({ label: '', subLabel: '', connectionSpeed: null, linkUp: null }),
    ]);
  });
});

describe('logical ports', () => {
  it('reads a backing device with its clients', () => {
    const text =
      'config_id=16384,lpar_name=vios1,lpar_id=1,lpar_state=Running,adapter_id=1,logical_port_id=2700400B,' +
      'logical_port_type=eth,phys_port_id=1,functional_state=1,capacity=2.0,max_capacity=100.0,' +
      'is_vnic_backing_device=1,client_lpar_names=lizard,client_lpar_ids=6,mac_addr=EAADF2188302,' +
      'location_code=U78-T2-S11\n';
    expect(parseLogicalPorts(text)).toEqual([
      {
        adapterId: 1,
        logicalPortId: '2700400b',
        configured: true,
        physicalPortId: 1,
        partition: { name: 'vios1', id: 1 },
        vnicBackingDevice: true,
        clients: [{ name: 'lizard', id: 6 }],
        capacity: 2,
        maxCapacity: 100,
        functional: true,
        macAddress: 'eaadf2188302',
        locationCode: 'U78-T2-S11',
        attributes: expect.objectContaining({ config_id: '16384', mac_addr: 'EAADF2188302' }) as unknown,
      },
    ]);
  });

  it.each([
    [
      '"client_lpar_names=a,b","client_lpar_ids=3,4"',
      [
        { name: 'a', id: 3 },
        { name: 'b', id: 4 },
      ],
    ],
    ['client_lpar_names=a,client_lpar_ids=', [{ name: 'a', id: null }]],
    ['client_lpar_names=none,client_lpar_ids=none', []],
    ['client_lpar_names=,client_lpar_ids=', []],
  ])('reads the clients of %s', (clients, expected) => {
    const text = `adapter_id=1,logical_port_id=27004001,logical_port_type=eth,location_code=x,${clients}`;
    expect(parseLogicalPorts(text)[0]?.clients).toEqual(expected);
  });
});

describe('the owner of a logical port', () => {
  const ownerOf = (owner: string): unknown =>
    parseLogicalPorts(`adapter_id=1,logical_port_id=27004001,logical_port_type=eth,location_code=x,${owner}`)[0]
      ?.partition;

  it.each([
    ['lpar_name=none,lpar_id=none', null],
    ['lpar_name=null,lpar_id=null', null],
    ['lpar_name=none,lpar_id=7', { name: 'none', id: 7 }],
  ])('of %s', (owner, expected) => {
    expect(ownerOf(owner)).toEqual(expected);
  });

  it('is not left out where it has a name and no id: somebody holds the port', () => {
    expect(() => ownerOf('lpar_name=vios1,lpar_id=unavailable')).toThrow(HmcOutputError);
  });
});

describe('virtual slots', () => {
  it('knows when there is no next one', () => {
    const text = 'lpar_name=lizard,lpar_id=6,curr_max_virtual_slots=10,next_avail_virtual_slot=null';
    expect(parseVirtualSlots(text)[0]?.nextAvailableVirtualSlot).toBeNull();
  });
});

describe('the HMC itself', () => {
  it('has a clock only where its zone tells the time', () => {
    const vpd = (clock: string): string => `"vpd=*FC ????????\n*N2 ${clock}\n*SE \n"`;
    expect(parseHmcVitalProductData(vpd('Sun Sep  3 21:37:06 UTC 2017')).clock).toBe('2017-09-03T21:37:06.000Z');
    expect(parseHmcVitalProductData(vpd('Sun Sep 10 21:37:06 CEST 2017')).clock).toBeNull();
    expect(parseHmcVitalProductData(vpd('yesterday'))).toMatchObject({ clock: null, serialNumber: null, level: null });
  });

  it('must say something', () => {
    expect(() => parseHmcVersion('')).toThrow(HmcOutputError);
    expect(() => parseHmcVitalProductData('version=1')).toThrow(HmcOutputError);
    expect(parseHmcVersion('version=x')).toMatchObject({ version: null, baseVersion: null, fixes: [] });
  });

  it('lists users that lack attributes', () => {
    expect(parseHmcUsers('name=gateway')).toEqual([
      { name: 'gateway', taskRole: null, disabled: null, attributes: { name: 'gateway' } },
    ]);
  });
});
