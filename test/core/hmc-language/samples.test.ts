import { describe, expect, it } from 'vitest';

import {
  parseBackingDeviceInput,
  parseBackingDeviceStates,
} from '../../../src/core/hmc-language/backing-device-notation.js';
import { explainFailure } from '../../../src/core/hmc-language/error-catalogue.js';
import { HmcOutputError } from '../../../src/core/hmc-language/hmc-output-error.js';
import { parseRecords, parseRows, parseTable } from '../../../src/core/hmc-language/records.js';
import type { Attributes } from '../../../src/core/hmc-language/attributes.js';
import { parseHmcUsers } from '../../../src/core/resources/hmc-user.js';
import { parseHmcVersion, parseHmcVitalProductData } from '../../../src/core/resources/hmc-version.js';
import { logicalPortFromRecord, parseLogicalPorts } from '../../../src/core/resources/logical-port.js';
import { parseManagedSystems } from '../../../src/core/resources/managed-system.js';
import { parsePartitions, partitionFromRecord } from '../../../src/core/resources/partition.js';
import { parsePhysicalPorts, physicalPortFromRecord } from '../../../src/core/resources/physical-port.js';
import { parseSriovAdapters, sriovAdapterFromRecord } from '../../../src/core/resources/sriov-adapter.js';
import { parseVirtualSlots } from '../../../src/core/resources/virtual-slots.js';
import { vnicFromRecord } from '../../../src/core/resources/vnic.js';
import { rawSample, sample, sampleNames } from './sample.js';

/** What a capture must yield: a check of its text. Where it is no listing, `leftOut` says why. */
interface Entry {
  readonly leftOut?: string;
  readonly check: (text: string) => void;
}

const yields = (check: (text: string) => void): Entry => ({ check });

/** Not a listing, and not taken for one: the reader says so instead of making something of it. */
const refused = (leftOut: string): Entry => ({
  leftOut,
  check: (text) => expect(() => parseRecords(text)).toThrow(HmcOutputError),
});

const refusal = (expected: { hmcCode: string | null; kind: string }): Entry => ({
  leftOut: 'a refusal at exit 1: read by its code, never as data',
  check: (text) => {
    expect(explainFailure({ kind: 'change', exitStatus: 1, stdout: text, stderr: '' })).toMatchObject({
      wrappedCodes: [],
      hmcMessage: text.trim(),
      ...expected,
    });
  },
});

/** The attributes that a parser asks a record for. */
function attributesRead(parse: (record: Attributes) => unknown, values: Attributes): string[] {
  const names = new Set<string>();
  parse(
    new Proxy(values, {
      get: (record, name) => {
        names.add(String(name));
        return record[String(name)];
      },
    }),
  );
  return [...names];
}

const named = (list: string): string[] =>
  list
    .trim()
    .split(/[\s]+/)
    .map((name) => name.replace(/[{(].*/, ''));

const ENTRIES: Readonly<Record<string, Entry>> = {
  'err-feature-unsupported-mempool.txt': refusal({ hmcCode: 'HSCLA4A0', kind: 'unsupported' }),
  'err-invalid-attribute-polish.txt': refusal({ hmcCode: null, kind: 'unknown' }),
  'err-invalid-attribute.txt': refusal({ hmcCode: null, kind: 'unknown' }),
  'err-lpar-not-found.txt': refusal({ hmcCode: 'HSCL8012', kind: 'not-found' }),
  'err-missing-parameter.txt': refusal({ hmcCode: null, kind: 'unknown' }),
  'err-resgroup-unsupported.txt': refusal({ hmcCode: 'HSCLCA00', kind: 'unsupported' }),
  'err-virtual-fc-unsupported-polish.txt': refusal({ hmcCode: 'HSCLA4C0', kind: 'unsupported' }),

  'err-misc-verbatim.txt': {
    leftOut: 'single messages from several places: each is read by its code',
    check: (text) => {
      const lines = text.split('\n').filter((line) => line !== '');
      const explained = lines.map((line) =>
        explainFailure({ kind: 'change', exitStatus: 1, stdout: '', stderr: line }),
      );
      expect(explained.map(({ hmcCode, kind }) => [hmcCode, kind])).toEqual([
        ['HSCL05EA', 'state'],
        ['HSCL800F', 'not-found'],
        ['HSCL05DE', 'in-use'],
        ['HSCL3681', 'state'],
        ['HSCL05DF', 'state'],
        ['HSCL350B', 'authority'],
        ['HSCL0238', 'state'],
        [null, 'unknown'], // The account is locked …
        [null, 'unknown'], // (5 minutes left …
        [null, 'unknown'], // An unknown error occurred …
        ['HSCL294D', 'dlpar-failed'],
        ['HSCLA319', 'unsupported'],
        [null, 'unknown'], // A terminal session is already open …
      ]);
    },
  },

  'err-vios-busy.txt': {
    leftOut: 'two codes and a fragment of a message, collected from a program that retries them',
    check: (text) => {
      const [codes, fragment] = text.split('\n');
      expect(codes?.match(/[A-Z]+\d+/g)).toEqual(['HSCL3205', 'VIOS0014']);
      for (const code of ['HSCL3205', 'VIOS0014']) {
        expect(
          explainFailure({ kind: 'change', exitStatus: 1, stdout: '', stderr: `${code} ${fragment}` }),
        ).toMatchObject({
          hmcCode: code,
          kind: 'busy',
          retryable: true,
        });
      }
    },
  },

  'hmc-mcp-PARAPHRASED-sriov-errors.txt': {
    leftOut: 'refusals whose codes are real and whose words are not',
    check: (text) => {
      const lines = text.split('\n').filter((line) => line.startsWith('HSCL'));
      const explained = lines.map((line) =>
        explainFailure({ kind: 'change', exitStatus: 1, stdout: line, stderr: '' }),
      );
      expect(explained.map(({ hmcCode, wrappedCodes, kind }) => [hmcCode, wrappedCodes, kind])).toEqual([
        ['HSCL127D', ['HSCL1288'], 'in-use'],
        ['HSCL127D', ['HSCL1295'], 'limit'],
        ['HSCL127D', ['HSCL1293'], 'limit'],
      ]);
    },
  },

  'hmc-commands-seed.txt': refused('commands, not output: compared with ours in changes.test.ts'),

  'hmc-v8r820-session-dump.txt': yields((text) => {
    // Each command's output stands after a line that names it, which begins with # and is thus not in `text`.
    const sections = rawSample('hmc-v8r820-session-dump.txt').split(/^###command:(.*)###\n/m);
    const output = (command: string): string => sections[sections.indexOf(command) + 1] ?? '';
    expect(text).not.toContain('###');

    expect(explainFailure({ kind: 'change', exitStatus: 127, stdout: '', stderr: output('last -b') }).kind).toBe(
      'unsupported',
    );
    expect(parseHmcVersion(output('lshmc -V'))).toMatchObject({
      baseVersion: 'V8R8.2.0',
      release: '8.2.0',
      servicePack: '0',
      buildLevel: '20141006.3',
      fixes: [],
    });
    expect(parseHmcVitalProductData(output('lshmc -v'))).toMatchObject({
      typeModel: 'V507-f39',
      serialNumber: '5a6e8a2',
      level: 'V8R8.2.0.0',
      clock: '2017-09-10T21:37:06.000Z',
    });
    expect(parseRecords(output('lshmc -r'))).toEqual([expect.objectContaining({ ssh: 'enable', sol: 'disabled' })]);
    expect(parseRecords(output('lshmc -n'))).toEqual([
      expect.objectContaining({
        ipaddr: '192.168.200.34,0.0.0.0',
        ipaddrlpar: '192.168.200.34',
        ipv6addrlpar: 'fe80:0:0:0:a00:27ff:fea8:875,fe80:0:0:0:a00:27ff:fee4:d6fb',
      }),
    ]);
    const roles = parseRecords(output('lsaccfg -t taskrole'));
    expect(roles.map((role) => role['name'])).toEqual([
      'hmcservicerep',
      'hmcviewer',
      'hmcoperator',
      'hmcpe',
      'hmcsuperadmin',
    ]);
    expect(roles[1]?.['resources']).toMatch(/^"frame:CheckPSN\+ListFrameProperty,cec:.*"$/);
    expect(parseRecords(output('lsaccfg -t resourcerole'))).toEqual([]);
    expect(parseHmcUsers(output('lshmcusr')).map(({ name, taskRole }) => [name, taskRole])).toEqual([
      ['ziutus', 'hmcoperator'],
      ['root', 'hmcsuperadmin'],
      ['hscroot', 'hmcsuperadmin'],
    ]);
    const events = parseRecords(output('lssvcevents -t hardware --filter "status=open"'));
    expect(events.map((event) => event['refcode'])).toEqual(['B3100500', 'E212E115']);
    expect(parseManagedSystems(output('lssyscfg -r sys'))).toEqual([]);
  }),

  'lshmc-V-v10r3.txt': yields((text) => {
    expect(parseHmcVersion(text)).toEqual({
      baseVersion: 'V10R3',
      version: '10',
      release: '3',
      servicePack: '1060',
      buildLevel: '2408210051',
      fixes: [
        'MF71689 - HMC V10R3 M1060',
        'MF71697 - iFix for HMC V10R3 M1060',
        'MF71699 - iFix for HMC V10R3 M1060',
        'MF71703 - iFix for HMC V10R3 M1060',
      ],
      attributes: {
        version: expect.stringMatching(/^ Version: 10\n Release: 3\n(.*\n)+$/) as string,
        base_version: 'V10R3\n',
      },
    });
  }),
  'lshmc-V-v7r7.txt': yields((text) => {
    expect(parseHmcVersion(text)).toMatchObject({
      baseVersion: 'V7R7.9.0',
      version: '7',
      release: '7.9.0',
      servicePack: '3',
      buildLevel: '20151216.1',
      fixes: [],
    });
  }),
  'lshmc-V-v8r820.txt': yields((text) => {
    expect(parseHmcVersion(text)).toMatchObject({
      baseVersion: 'V8R8.2.0',
      buildLevel: '20141104.1',
      fixes: ['MH01454: Required fix for HMC V8R8.2.0 (11-05-2014)'],
    });
  }),
  'lshmc-V-v8r860-seed.txt': yields((text) => {
    // The copy lost its end: output that was cut off is an error, not half a version.
    const output = text.replace(/^hscroot@.*\n/, '');
    expect(() => parseHmcVersion(output)).toThrow(HmcOutputError);
    expect(parseHmcVersion(`${output}","base_version=V8R8.6.0\n"\n`)).toMatchObject({
      baseVersion: 'V8R8.6.0',
      release: '8.6.0',
      buildLevel: '20161101.1',
      fixes: ['MH01655: Required fix for HMC V8R8.6.0 (11-01-2016)'],
    });
  }),
  'lshmc-n-v7r7.txt': yields((text) => {
    expect(parseRecords(text)).toEqual([
      expect.objectContaining({
        hostname: 'hmc1',
        ipaddr: '192.168.200.34,192.168.2.10',
        gateway: '',
        slpipaddrs: '192.168.200.34,192.168.2.10,fe80::214:5eff:fe7f:2f4c/64,fe80::214:5eff:fe7f:2f4d/64',
      }),
    ]);
  }),
  'lshmc-r-v7r7.txt': yields((text) => {
    expect(parseRecords(text)).toEqual([expect.objectContaining({ ssh: 'enable', sshprotocol: '', sol: 'disabled' })]);
  }),
  'lshmc-v-v7.txt': yields((text) => {
    // The copy lost its closing quote.
    expect(() => parseHmcVitalProductData(text)).toThrow(HmcOutputError);
    expect(parseHmcVitalProductData(`${text}"\n`)).toMatchObject({
      typeModel: '7310-CR4',
      serialNumber: '1017E6B',
      level: 'V7R3.1.0.1',
      clock: '2007-09-24T13:54:00.000Z',
    });
  }),
  'lshmc-v-v8r820-vhmc.txt': yields((text) => {
    expect(parseHmcVitalProductData(text)).toMatchObject({
      typeModel: 'V507-f39',
      serialNumber: '5a6e8a2',
      level: 'V8R8.2.0.0',
      clock: '2017-09-10T21:37:06.000Z',
    });
  }),
  'lshmcusr-v7r7.txt': yields((text) => {
    expect(parseHmcUsers(text).map(({ name, taskRole, disabled }) => [name, taskRole, disabled])).toEqual([
      ['ziutus', 'hmcsuperadmin', false],
      ['root', 'hmcsuperadmin', false],
      ['hscroot', 'hmcsuperadmin', false],
    ]);
    expect(parseHmcUsers(text)[2]?.attributes).toMatchObject({
      description: 'HMC Super User',
      resources: '<ResourceID = ALL:><UserDefinedName = AllSystemResources>',
    });
  }),
  'lsled-output.txt': yields((text) => {
    expect(parseRecords(text)).toEqual([{ state: 'off' }]);
  }),

  'lsmap-powercampus-lsvnic.txt': refused("another tool's table of vNICs, not what an HMC prints"),
  'lsmap-vnic-fmt-fields.txt': refused('lsmap of a Virtual I/O Server, parted by colons, with the JSON made of it'),
  'lsmap-vnic-table-seed.txt': refused('lsmap of a Virtual I/O Server, a table for people'),
  'man-synopses.txt': refused('synopses from the manual: the builders follow them'),
  'vios-errpt-vnic-seed.txt': refused('error log of a Virtual I/O Server, not an HMC listing'),
  'vios-lsdev-vf-seed.txt': refused('device list of a Virtual I/O Server, not an HMC listing'),
  'vnicstat-short-seed.txt': refused('vnicstat of a Virtual I/O Server, not an HMC listing'),

  'lsrefcode-lpar.txt': yields((text) => {
    const lpar_name = 'sys-R1-pcie-p1165bad';
    const time_stamp = '09/30/2026 20:41:31';
    expect(parseTable(text)).toEqual([
      { lpar_name, time_stamp, refcode: 'B2001230 LP=00002' },
      { lpar_name, time_stamp, refcode: 'D200C301' },
      { lpar_name, time_stamp, refcode: 'D200C300' },
    ]);
  }),
  'lssvcevents-hardware-v7r7-polish.txt': yields((text) => {
    const events = parseRecords(text);
    expect(events).toHaveLength(32);
    expect(events[0]).toMatchObject({
      problem_num: '43',
      text: 'ACT04284I Niepowodzenie połączenia konsoli HMC',
      sys_refcode: 'B3030001',
    });
    // A comma in a text, and quotes within a list.
    expect(events[7]).toMatchObject({ text: 'ACT04285I Zespół FSP, BPA lub BPC nie odpowiada' });
    expect(events[5]?.['files']).toContain(`,"PMap.eed/Partition map, obtained from 'lshsc -w -c machine'",sys.eed/`);
  }),
  'lssvcevents-hardware-v8-en.txt': {
    leftOut: 'spoilt by copying: a stray ^ ends most lines, often where the closing quote was',
    check: (text) => {
      expect(() => parseRecords(text)).toThrow(HmcOutputError);
      const lines = text.split('\n').filter((line) => line !== '');
      const whole = lines.filter((line) => line.endsWith('"'));
      expect(whole.map((line) => parseRecords(line)[0]?.['problem_num'])).toEqual(['45', '45', '45']);
      for (const line of lines.filter((spoilt) => !whole.includes(spoilt))) {
        expect(() => parseRecords(line)).toThrow(HmcOutputError);
      }
      expect(parseRecords(whole[0] ?? '')).toEqual([
        expect.objectContaining({
          problem_num: '45',
          text: 'Communications to the SFP component on partition P8TiOS are unavailable.',
          sys_mtms: 'VM-V8d7-f9d/fa6e3fc',
        }),
      ]);
    },
  },
  'lssyscfg-lpar-attributes-v11r2.txt': {
    leftOut: 'the names of the attributes that a partition has on V11R2, without their order',
    check: (text) => {
      const read = attributesRead(partitionFromRecord, { name: 'lizard', lpar_id: '6', lpar_env: 'aixlinux' });
      expect(named(text)).toEqual(expect.arrayContaining(read));
    },
  },
  'lssyscfg-lpar-uuid-name.txt': yields((text) => {
    expect(parseRows(text, ['uuid', 'name'])).toEqual([
      { uuid: '00000015-ABCD-4EF0-8ABC-000000000015', name: 'sys-R1-vios1' },
      { uuid: '00000001-ABCD-4EF0-8ABC-000000000001', name: 'sys-R1-lp3' },
    ]);
  }),
  'lssyscfg-lpar-v7r7-polish-locale.txt': yields((text) => {
    const partitions = parsePartitions(text);
    expect(partitions.map((partition) => ({ ...partition, attributes: {} }))).toEqual([
      partition({ id: 5, name: 'nim1', osVersion: 'AIX 6.1 6100-00-01-0748', rmcState: 'active' }),
      partition({ id: 3, name: 'vios2', environment: 'vioserver' }),
      partition({ id: 2, name: 'vios1', environment: 'vioserver' }),
      partition({
        id: 1,
        name: 'dump',
        state: 'Not Activated',
        currentProfile: 'test_1',
        defaultProfile: 'test_1',
      }),
    ]);
    expect(partitions[0]?.attributes).toMatchObject({ rmc_ipaddr: '192.168.200.235', work_group_id: 'none' });

    function partition(rest: object): object {
      return {
        environment: 'aixlinux',
        state: 'Running',
        rmcState: 'inactive',
        osVersion: 'Nieznane',
        uuid: null,
        currentProfile: 'normal',
        defaultProfile: 'normal',
        attributes: {},
        ...rest,
      };
    }
  }),
  'lssyscfg-lpar-various.txt': yields((text) => {
    expect(
      parsePartitions(text).map(({ id, name, state, rmcState, osVersion, currentProfile }) => [
        ...[id, name, state, rmcState, osVersion, currentProfile],
      ]),
    ).toEqual([
      [15, 'aix53_15', 'Not Activated', 'inactive', 'Unknown', null],
      [15, 'lpar05', 'Running', 'inactive', 'AIX 7.1 7100-00-00-0000', 'lpar05'],
      [7, 'vm61', 'Running', 'active', 'AIX 7.1 7100-03-05-1524', 'default_profile'],
    ]);
  }),
  'lssyscfg-prof-client-v10r3-p9.txt': yields((text) => {
    expect(parseRecords(text)).toEqual([
      expect.objectContaining({
        lpar_name: 'sys-R1-lp3',
        virtual_serial_adapters: '0/server/1/any//any/1,1/server/1/any//any/1',
        virtual_scsi_adapters: '2/client/100/sys-R1-vios1/3/0',
        vnic_adapters: 'none',
        electronic_err_reporting: 'null',
      }),
    ]);
  }),
  'lssyscfg-prof-v7r7.txt': yields((text) => {
    const profiles = parseRecords(text);
    expect(profiles.map((profile) => `${profile['lpar_name']}/${profile['name']}`)).toEqual([
      ...['nim1/normal', 'nim1/backup', 'vios2/normal', 'vios1/normal', 'vios1/normal_running', 'dump/test_1'],
    ]);
    // A list with an element that itself holds commas: its own quotes stay.
    expect(profiles[5]).toMatchObject({ virtual_eth_adapters: '"2/1/1/3,4,5/0/1"' });
    expect(profiles[0]).toHaveProperty('min_num_huge_pages');
    expect(profiles[2]).not.toHaveProperty('min_num_huge_pages');
  }),
  'lssyscfg-prof-vios-with-sriov-v10r3-p9.txt': yields((text) => {
    const [profile, ...more] = parseRecords(text);
    expect(more).toEqual([]);
    // `=` in the value.
    expect(profile?.['sriov_eth_logical_ports']).toMatch(/^config_id=0:adapter_id=1:.*:allowed_priorities=none$/);
    expect(profile).toMatchObject({ io_slots: '21020013/none/1,21040015/none/1', sriov_roce_logical_ports: 'none' });
  }),
  'lssyscfg-sys-F-v7r7.txt': yields((text) => {
    expect(parseRows(text, ['name', 'serial_num', 'state'])).toEqual([
      { name: '9131-52A-6535CCG', serial_num: '6535CCG', state: 'Operating' },
    ]);
  }),
  'lssyscfg-sys-full-v10r3-p9.txt': yields((text) => {
    const [system, ...more] = parseManagedSystems(text);
    expect(more).toEqual([]);
    expect(system).toEqual({
      mtms: '8375-42A*<REDACTED-SERIAL>',
      name: 'sys-R1',
      state: 'Operating',
      ipAddress: '192.0.2.1',
      attributes: expect.objectContaining({
        detailed_state: 'None',
        lpar_proc_compat_modes: 'default,POWER7,POWER8,POWER9,POWER9_base',
        description: '',
      }) as Attributes,
    });
    expect(Object.keys(system?.attributes ?? {})).toHaveLength(82);
  }),
  'lssysconn-states.txt': yields((text) => {
    const connections = parseRecords(text);
    expect(connections.map((record) => [record['type_model_serial_num'], record['state']])).toEqual([
      ['9119-590*02C489E', 'Version Mismatch'],
      ['9458-100*9922006W', 'pending authentication - password updates required'],
      ['9A01-100*0P1P315', 'Connected'],
      ['7895-42X*105C91B', 'No Connection'],
      ['7998-61X*0617ABA', 'No Connection'],
      ['8286-42A*218CA0V', 'Connected'],
      ['9110-51A*1075E3F', 'Failed Authentication'],
      ['9117-570*100729E', 'No Connection'],
      ['9131-52A*6535CCG', 'Connected'],
      ['9131-52A*6535CCG', 'Connecting'],
      ['9131-52A*6535CCG', 'No Connection'],
      ['9406-520*103E8FE', 'Version Mismatch'],
      ['unavailable', 'No Connection'],
      ['unavailable', 'Connecting'],
    ]);
    expect(connections[4]).toEqual({
      resource_type: 'sys',
      type_model_serial_num: '7998-61X*0617ABA',
      sp: 'unavailable',
      sp_phys_loc: 'unavailable',
      ipaddr: '9.5.65.18',
      alt_ipaddr: 'unavailable',
      state: 'No Connection',
      connection_error_code: 'Connecting  02FF-0003-008087E9',
    });
    expect(connections[5]).not.toHaveProperty('connection_error_code');
    expect(connections[1]).not.toHaveProperty('alt_ipaddr');
  }),
  'lssysconn-v7r7.txt': yields((text) => {
    expect(parseRecords(text)).toEqual([
      {
        resource_type: 'sys',
        type_model_serial_num: '9131-52A*6535CCG',
        sp: 'primary',
        sp_phys_loc: 'unavailable',
        ipaddr: '192.168.200.39',
        alt_ipaddr: 'unavailable',
        state: 'Connected',
      },
    ]);
  }),
  'migrlpar-vnic_mappings.txt': {
    leftOut: 'arguments of migrlpar, in a notation of their own, not output',
    check: (text) => {
      expect(() => parseBackingDeviceInput('6/ded/viosD1/100/1/1/2/3/0')).toThrow(HmcOutputError);
      expect(text).toContain('vnic_mappings=6/ded/viosD1/100/1/1/2/3/0');
    },
  },
  'no-results-polish.txt': yields((text) => {
    expect(parseRecords(text)).toEqual([]);
    expect(parseTable(text)).toEqual([]);
    expect(parseRows(text, ['name', 'lpar_id'])).toEqual([]);
  }),
  'prof-io_slots-F-header-quoted.txt': yields((text) => {
    expect(parseTable(text)).toEqual([
      { lpar_name: 'sys-R1-vios1', name: 'prof-A', io_slots: '21020013/none/1,21040015/none/1,21010020/none/0' },
      { lpar_name: 'sys-R1-vios1', name: 'default_profile', io_slots: '21020013/none/1,21040015/none/1' },
    ]);
  }),
  'prof-vnic_adapters-short.txt': {
    leftOut: 'one element of a profile attribute, parted by colons: only the backing device in it is of a known form',
    check: (text) => {
      const [short, long] = text.split('\n');
      const device = {
        virtualIoServer: { name: 'ltcden7-vios1', id: 100 },
        adapterId: 5,
        physicalPortId: 0,
        capacity: 2,
        failoverPriority: 50,
        maxCapacity: 100,
      };
      expect(parseBackingDeviceInput(short?.split(':').at(-1) ?? '')).toEqual(device);
      expect(parseBackingDeviceInput(long?.split('backing_devices=').at(-1) ?? '')).toEqual(device);
    },
  },
  'sriov-adapter-F-header-v10r3-p9.txt': yields((text) => {
    const adapters = parseTable(text).map(sriovAdapterFromRecord);
    expect(adapters).toEqual([
      {
        adapterId: 1,
        slotId: '21010020',
        mode: 'sriov',
        functional: true,
        status: 'running',
        physicalLocation: 'dev-2',
        physicalPorts: 2,
        logicalPorts: 120,
        maxLogicalPorts: 120,
        customMaxCapacityCapable: null,
        attributes: expect.any(Object) as Attributes,
      },
      {
        adapterId: null,
        slotId: '21010021',
        mode: 'dedicated',
        functional: true,
        status: null,
        physicalLocation: 'dev-1',
        physicalPorts: null,
        logicalPorts: null,
        maxLogicalPorts: null,
        customMaxCapacityCapable: null,
        attributes: expect.objectContaining({ adapter_id: 'null', sriov_status: 'null' }) as Attributes,
      },
    ]);
  }),
  'sriov-adapter-default-v11r2-p9.txt': yields((text) => {
    expect(parseSriovAdapters(text)).toEqual([
      {
        adapterId: 2,
        slotId: '21010021',
        mode: 'sriov',
        functional: true,
        status: 'running',
        physicalLocation: 'dev-1',
        physicalPorts: 4,
        logicalPorts: 48,
        maxLogicalPorts: 48,
        customMaxCapacityCapable: true,
        attributes: expect.objectContaining({ custom_min_capacity_capable: '1' }) as Attributes,
      },
      expect.objectContaining({
        adapterId: null,
        slotId: '21010020',
        mode: 'dedicated',
        customMaxCapacityCapable: null,
      }),
    ]);
  }),
  'sriov-logport-default-unconfigured-v11r2-p9.txt': yields((text) => {
    const ports = parseLogicalPorts(text);
    expect(ports).toHaveLength(43);
    expect(ports[0]).toEqual({
      adapterId: 2,
      logicalPortId: '27008005',
      configured: false,
      physicalPortId: null,
      partition: null,
      vnicBackingDevice: null,
      clients: [],
      capacity: null,
      maxCapacity: null,
      functional: null,
      macAddress: null,
      locationCode: '<REDACTED-LOC>-P1-C2-T1-S5',
      attributes: expect.objectContaining({ drc_name: 'PHB 4229' }) as Attributes,
    });
    expect(ports.map((port) => port.logicalPortId).at(-1)).toBe('27008030');
    expect(ports.every((port) => !port.configured)).toBe(true);
  }),
  'sriov-logport-eth-attributes.txt': {
    leftOut: 'the names of the attributes that a configured logical port has, without their order',
    check: (text) => {
      const read = attributesRead(logicalPortFromRecord, {
        adapter_id: '1',
        logical_port_id: '27004003',
        logical_port_type: 'eth',
        lpar_name: 'vios1',
        lpar_id: '1',
        location_code: 'U78CA.001.CSS08ZN-P1-C3-C1-T2-S3',
      });
      expect(named(text)).toEqual(expect.arrayContaining(read));
      expect(named(text)).toHaveLength(27);
    },
  },
  'sriov-physport-eth-default-v11r2-p9.txt': yields((text) => {
    const ports = parsePhysicalPorts(text, 'eth');
    expect(ports).toHaveLength(2);
    expect(ports[0]).toEqual({
      adapterId: 2,
      physicalPortId: 2,
      label: '',
      subLabel: '',
      location: '<REDACTED-LOC>-P1-C2-T3',
      type: 'eth',
      level: 'eth',
      linkUp: false,
      connectionSpeed: 0,
      configuredLogicalPorts: 1,
      maxLogicalPorts: 4,
      ethernetLogicalPorts: 1,
      maxEthernetLogicalPorts: 4,
      capacityGranularity: null,
      attributes: expect.objectContaining({
        capabilities:
          'pvid_priority_capable,port_vlan_id_capable,mac_vlan_consistency_capable,clear_phys_port_stat_capable,clear_logical_port_stat_capable',
        config_conn_speed: 'auto',
        priority_flow_control_active: 'null',
        mac_addr: 'unavailable',
      }) as Attributes,
    });
  }),
  'sriov-physport-ethc-default-v11r2-p9.txt': yields((text) => {
    expect(
      parsePhysicalPorts(text, 'ethc').map((port) => [
        ...[port.adapterId, port.physicalPortId, port.level, port.linkUp, port.connectionSpeed],
        ...[port.configuredLogicalPorts, port.maxLogicalPorts],
      ]),
    ).toEqual([
      [2, 0, 'ethc', true, 10_000, 3, 20],
      [2, 1, 'ethc', true, 10_000, 1, 20],
    ]);
  }),
  'sriov-physport-roce-attributes.txt': {
    leftOut: 'the names of the attributes that a RoCE port has, without their order',
    check: (text) => {
      const read = attributesRead((record) => physicalPortFromRecord(record, 'roce'), {
        adapter_id: '1',
        phys_port_id: '0',
        phys_port_loc: 'U78CA.001.CSS08ZN-P1-C3-C1-T1',
        phys_port_type: 'roce',
      });
      // Accepted by -F, absent from the default listing.
      expect(named(text)).toEqual(
        expect.arrayContaining(read.filter((name) => name !== 'min_eth_capacity_granularity')),
      );
      expect(named(text)).not.toContain('min_eth_capacity_granularity');
    },
  },
  'sriov-physport-roce-empty-v11r2-p9.txt': yields((text) => {
    expect(parsePhysicalPorts(text, 'roce')).toEqual([]);
    expect(parseTable(text)).toEqual([]);
  }),
  'virtualio-eth-F-noheader.txt': yields((text) => {
    const columns = ['lpar_name', 'port_vlan_id', 'vswitch', 'state', 'trunk_priority'];
    const row = { lpar_name: 'sys-R1-vios1', vswitch: 'ETHERNET0', state: '1', trunk_priority: '1' };
    expect(parseRows(text, columns)).toEqual([
      { ...row, port_vlan_id: '1' },
      { ...row, port_vlan_id: '2' },
    ]);
  }),
  'virtualio-eth-v7r7.txt': yields((text) => {
    const adapters = parseRecords(text);
    expect(adapters).toHaveLength(8);
    expect(adapters[0]).toEqual({
      lpar_name: 'dump',
      lpar_id: '1',
      slot_num: '2',
      state: '0',
      is_required: '1',
      is_trunk: '0',
      ieee_virtual_eth: '0',
      port_vlan_id: '1',
      addl_vlan_ids: '',
      mac_addr: '26E6B0001002',
    });
    // Rows with a trunk have one attribute more.
    expect(adapters.map((adapter) => adapter['trunk_priority'] ?? null)).toEqual([
      ...[null, null, '1', '2', '2', null, null, null],
    ]);
  }),
  'virtualio-slot-v7r7.txt': yields((text) => {
    expect(
      parseVirtualSlots(text).map(({ partition, currentMaxVirtualSlots, nextAvailableVirtualSlot }) => [
        ...[partition.name, partition.id, currentMaxVirtualSlots, nextAvailableVirtualSlot],
      ]),
    ).toEqual([
      ['dump', 1, 10, 3],
      ['vios1', 2, 200, 3],
      ['vios2', 3, 200, 3],
      ['nim1', 5, 10, 4],
    ]);
  }),
  'vnic-F-header-1bd-v10r3-p9.txt': yields((text) => {
    expect(parseTable(text).map(vnicFromRecord)).toEqual([
      {
        partition: { name: 'client-a', id: 3 },
        slot: 2,
        autoPriorityFailover: true,
        portVlanId: 0,
        portVlanPriority: 0,
        allowedVlanIds: 'all',
        macAddress: 'eaadf2188302',
        allowedOsMacAddresses: 'all',
        desiredMode: 'ded',
        currentMode: 'ded',
        backingDevices: [
          {
            logicalPortId: '27004003',
            virtualIoServer: { name: 'vios-a', id: 100 },
            adapterId: 1,
            physicalPortId: 1,
            capacity: 2,
            desiredCapacity: 2,
            maxCapacity: 100,
            desiredMaxCapacity: 100,
            failoverPriority: 50,
            active: true,
            status: 'Operational',
          },
        ],
        attributes: expect.objectContaining({
          backing_devices: 'sriov/vios-a/100/1/1/27004003/2.0/2.0/50/100.0/100.0',
        }) as Attributes,
      },
    ]);
  }),
  'vnic-add-remove-live.txt': {
    leftOut: 'two changes that succeeded: they print nothing',
    check: (text) => {
      expect(text.trim()).toBe('');
      const devices = /backing_devices=(\S+)/.exec(rawSample('vnic-add-remove-live.txt'))?.[1];
      expect(parseBackingDeviceInput(devices ?? '')).toEqual({
        virtualIoServer: { name: 'vios-a', id: 100 },
        adapterId: 1,
        physicalPortId: 1,
        capacity: 2,
        failoverPriority: null,
        maxCapacity: null,
      });
    },
  },
  'vnic-backing_device_states-3bd.txt': yields((text) => {
    expect([...parseBackingDeviceStates(text.trim())]).toEqual([
      ['2701c001', { active: true, status: 'Operational' }],
      ['27018001', { active: false, status: 'Operational' }],
      ['27018002', { active: false, status: 'NotOperational' }],
    ]);
  }),
  'vnicbkdev-F-header-v10r3-p9.txt': yields((text) => {
    expect(parseTable(text)).toEqual([
      {
        lpar_name: 'vios-a',
        lpar_id: '100',
        type: 'sriov',
        adapter_id: '1',
        physical_port_id: '1',
        logical_port_id: '27004003',
        capacity: '2.0',
        desired_capacity: '2.0',
        max_capacity: '100.0',
        desired_max_capacity: '100.0',
        failover_priority: '50',
        is_active: '1',
        status: 'Operational',
      },
    ]);
  }),
};

describe('every capture', () => {
  it('has an entry here, and every entry a capture', () => {
    expect(sampleNames()).toEqual(Object.keys(ENTRIES).sort());
  });

  for (const [name, { leftOut, check }] of Object.entries(ENTRIES)) {
    it(leftOut === undefined ? name : `${name}, no listing: ${leftOut}`, () => {
      expect(rawSample(name)).toMatch(/^# source: \S/);
      check(sample(name));
    });
  }
});
