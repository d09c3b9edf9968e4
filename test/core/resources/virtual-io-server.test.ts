import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HmcOutputError } from '../../../src/core/hmc-language/hmc-output-error.js';
import { renderCommand } from '../../../src/core/hmc-language/quote-word.js';
import {
  listErrorLog,
  listErrorLogInDetail,
  listVirtualFunctions,
  listVnicServers,
  showVirtualIoServerLevel,
  showVnicServerStatistics,
} from '../../../src/core/hmc-language/virtual-io-server-reads.js';
import { isVnicEntry, parseErrorLog, parseErrorLogInDetail } from '../../../src/core/resources/error-log.js';
import { parseVirtualFunctions } from '../../../src/core/resources/virtual-function.js';
import { parseVirtualIoServerLevel } from '../../../src/core/resources/virtual-io-server-level.js';
import { parseVnicServerStatistics } from '../../../src/core/resources/vnic-server-statistics.js';
import { parseVnicServers, type VnicServer } from '../../../src/core/resources/vnic-server.js';
import { rawSample, sample } from '../hmc-language/sample.js';

const SERVER = '9119-MME*65BA46F';

describe('the commands', () => {
  it.each([
    [showVirtualIoServerLevel(SERVER, 1), "viosvrcmd -m '9119-MME*65BA46F' --id 1 -c ioslevel"],
    [listVnicServers(SERVER, 2), "viosvrcmd -m '9119-MME*65BA46F' --id 2 -c 'lsmap -all -vnic -fmt :'"],
    [
      listVirtualFunctions(SERVER, 2),
      "viosvrcmd -m '9119-MME*65BA46F' --id 2 -c 'lsdev -type adapter -field name physloc description'",
    ],
    [
      showVnicServerStatistics(SERVER, 1, 'vnicserver12'),
      "viosvrcmd -m '9119-MME*65BA46F' --id 1 -c 'vnicstat vnicserver12' --admin",
    ],
    [listErrorLog(SERVER, 1), "viosvrcmd -m '9119-MME*65BA46F' --id 1 -c errlog"],
    [listErrorLogInDetail(SERVER, 1), "viosvrcmd -m '9119-MME*65BA46F' --id 1 -c 'errlog -ls'"],
  ])('%#', (command, line) => {
    expect(command.kind).toBe('read');
    expect(renderCommand(command)).toBe(line);
  });

  it('carry no name but that of a device', () => {
    expect(() => showVnicServerStatistics(SERVER, 1, 'vnicserver1; rm -r /')).toThrow(TypeError);
  });
});

const reads = [
  parseVirtualIoServerLevel,
  parseVnicServers,
  parseVirtualFunctions,
  parseVnicServerStatistics,
  parseErrorLog,
  parseErrorLogInDetail,
];
it.each(reads)('%o takes a refusal at exit 0 for no answer', (parse) => {
  expect(() => parse('HSCL2970 The IOServer command has failed because of the following reason:\nrc=1\n')).toThrow(
    HmcOutputError,
  );
});

describe('ioslevel', () => {
  it('is a level and nothing else', () => {
    expect(parseVirtualIoServerLevel('2.2.5.10\n')).toBe('2.2.5.10');
    expect(parseVirtualIoServerLevel('3.1.4.21')).toBe('3.1.4.21');
    for (const text of ['', 'FW860', '2', 'ioslevel: not found']) {
      expect(() => parseVirtualIoServerLevel(text)).toThrow(HmcOutputError);
    }
  });
});

describe('lsmap -all -vnic', () => {
  it("reads the seed's table", () => {
    expect(parseVnicServers(sample('lsmap-vnic-table-seed.txt'))).toEqual([
      {
        name: 'vnicserver1',
        location: 'U9119.MME.659707C-V1-C32898',
        clientPartitionId: 6,
        clientName: null,
        clientOs: null,
        backingDevice: 'ent3',
        status: null,
        backingDeviceLocation: null,
        clientDevice: 'ent0',
        clientLocation: 'U9119.MME.659707C-V6-C6',
      },
      expect.objectContaining({ name: 'vnicserver2', backingDevice: 'ent4', clientDevice: null, clientPartitionId: 6 }),
    ]);
  });

  it('reads the formatted line that IBM shows', () => {
    const line = /vnicserver0:U8284.*/.exec(rawSample('lsmap-vnic-fmt-fields.txt'))?.[0] ?? '';
    expect(parseVnicServers(`${line}\n`)).toEqual([
      {
        name: 'vnicserver0',
        location: 'U8284.22A.21FD4BV-V17-C32897',
        clientPartitionId: 10,
        clientName: null,
        clientOs: null,
        backingDevice: 'ent11',
        status: 'Available',
        backingDeviceLocation: 'U78CD.001.FZH1998-P1-C1-T1-S2',
        clientDevice: null,
        clientLocation: 'U8284.22A.21FD4BV-V10-C9',
      },
    ]);
  });

  it.each(['igu:ana', 'a::b', ':', '10:N/A'])('reads the name of a client with colons in it: %s', (clientName) => {
    const lines = [
      `vnicserver0:U9119.MME.65BA46F-V1-C32897:3:${clientName}:Linux:ent4:Available:U78-P1-C3-C1-T1-S3:env4:U9119-V3-C4`,
      'vnicserver1:U9119.MME.65BA46F-V1-C32898:3:iguana:Linux:ent5:Available:U78-P1-C3-C1-T2-S3:env5:U9119-V3-C5',
    ];
    expect(parseVnicServers(lines.join('\n'))).toMatchObject([
      {
        name: 'vnicserver0',
        clientPartitionId: 3,
        clientName,
        clientOs: 'Linux',
        backingDevice: 'ent4',
        clientLocation: 'U9119-V3-C4',
      },
      { name: 'vnicserver1', clientName: 'iguana' },
    ]);
  });

  it('reads nothing as no server, and refuses a line that is none', () => {
    expect(parseVnicServers('')).toEqual([]);
    expect(() => parseVnicServers('vnicserver0:U8284:10\n')).toThrow(HmcOutputError);
    expect(() => parseVnicServers('vnicserver0:U:ten:N/A:N/A:ent1:Available:U:N/A:U\n')).toThrow(HmcOutputError);
  });

  it('reads the same servers from both forms', () => {
    const text = fc.stringMatching(/^[A-Za-z0-9.-]{1,20}$/);
    const maybe = fc.option(text.filter((one) => !/^-+$/.test(one)));
    const servers: fc.Arbitrary<VnicServer[]> = fc.array(
      fc.record({
        name: fc.nat(99).map((n) => `vnicserver${n}`),
        location: maybe,
        clientPartitionId: fc.option(fc.nat(999)),
        clientName: maybe,
        clientOs: maybe,
        backingDevice: maybe,
        status: maybe,
        backingDeviceLocation: maybe,
        clientDevice: maybe,
        clientLocation: maybe,
      }),
    );
    const shown = (value: string | number | null): string => (value === null ? 'N/A' : String(value));
    const formatted = (one: VnicServer): string =>
      [
        ...[one.name, one.location, one.clientPartitionId, one.clientName, one.clientOs],
        ...[one.backingDevice, one.status, one.backingDeviceLocation, one.clientDevice, one.clientLocation],
      ]
        .map(shown)
        .join(':');
    const table = (one: VnicServer): string =>
      [
        'Name          Physloc                            ClntID ClntName       ClntOS ',
        '------------- ---------------------------------- ------ -------------- -------',
        `${one.name.padEnd(13)} ${shown(one.location).padEnd(34)} ${shown(one.clientPartitionId).padStart(6)} ${shown(one.clientName).padEnd(14)} ${shown(one.clientOs)}`,
        '',
        `Backing device:${shown(one.backingDevice)}`,
        `Status:${shown(one.status)}`,
        `Physloc:${shown(one.backingDeviceLocation)}`,
        `Client device name:${shown(one.clientDevice)}`,
        `Client device physloc:${shown(one.clientLocation)}`,
        '',
      ].join('\n');
    fc.assert(
      fc.property(servers, (all) => {
        expect(parseVnicServers(all.map(formatted).join('\n'))).toEqual(all);
        expect(parseVnicServers(all.map(table).join('\n'))).toEqual(all);
      }),
    );
  });
});

describe('lsdev', () => {
  it("finds the seed's virtual functions, and no other adapter", () => {
    const [first = ''] = sample('vios-lsdev-vf-seed.txt').split('vios2#');
    expect(parseVirtualFunctions(first)).toEqual([
      {
        name: 'ent3',
        location: 'U78CA.001.CSS08ZN-P1-C3-C1-T2-S5',
        description: 'PCIe3 4-Port 10GbE SR Adapter VF(df1028e21410e304)',
      },
      expect.objectContaining({ name: 'ent4', location: 'U78CA.001.CSS08EL-P1-C3-C1-T2-S6' }),
    ]);
    expect(
      parseVirtualFunctions(
        'name physloc description\nent0 U9119.MME.65BA46F-V1-C2-T1 Virtual I/O Ethernet Adapter (l-lan)\n' +
          'fcs0 U78CA.001.CSS08ZN-P1-C6-T1 8Gb FC Adapter\nvsa0 U9119-V1-C0 LPAR Virtual Serial Adapter\n',
      ),
    ).toEqual([]);
    expect(parseVirtualFunctions('name             physloc   description\n')).toEqual([]);
  });

  it.each(['rubbish\n', '', 'No results were found.\n'])('takes %j for no list of adapters', (text) => {
    expect(() => parseVirtualFunctions(text)).toThrow(HmcOutputError);
  });
});

describe('vnicstat', () => {
  const [, active = '', standby = ''] = sample('vnicstat-short-seed.txt').split(/^vios\d# .*$/m);

  it("reads the seed's active server and its standby", () => {
    expect(parseVnicServerStatistics(active)).toMatchObject({
      state: 'active',
      backingDevice: 'ent3',
      failoverState: 'active',
      failoverReadiness: 'operational',
      failoverPriority: 10,
      clientPartitionId: 6,
      clientName: 'lizard',
      clientOs: 'AIX',
      clientDevice: 'ent0',
      clientLocation: 'U9119.MME.659707C-V6-C6',
      attributes: { 'VNIC Server Statistics': 'vnicserver1' },
    });
    expect(parseVnicServerStatistics(standby)).toMatchObject({
      state: 'config_2',
      failoverState: 'inactive',
      failoverPriority: 20,
      clientPartitionId: null,
      clientName: null,
    });
  });

  it('refuses what is none', () => {
    expect(() => parseVnicServerStatistics('not found\n')).toThrow(HmcOutputError);
  });
});

describe('the error log', () => {
  const text = sample('vios-errpt-vnic-seed.txt');

  it("reads the seed's lines, among head lines and others", () => {
    const entries = parseErrorLog(`IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION\n${text}`);
    expect(entries.slice(0, 2)).toEqual([
      {
        identifier: '8C577CB6',
        loggedAt: '2016-12-02T19:52',
        type: 'I',
        class: 'S',
        resourceName: 'vnicserver1',
        description: 'VNIC Transport Event',
        sequenceNumber: null,
        text: '8C577CB6   1202195216 I S vnicserver1    VNIC Transport Event',
      },
      expect.objectContaining({ identifier: '60D73419', loggedAt: '2016-12-02T19:48' }),
    ]);
    expect(entries.every(isVnicEntry)).toBe(true);
    // The seed's, after a migration.
    const [moved] = parseErrorLog('3EB09F5A   1202222416 I S Migration      Migration completed successfully\n');
    expect(moved).toMatchObject({ resourceName: 'Migration', loggedAt: '2016-12-02T22:24' });
    expect(moved && isVnicEntry(moved)).toBe(true);
    const [other] = parseErrorLog('9DBCFDEE   1302180016 T O errdemon       ERROR LOGGING TURNED ON\n');
    expect(other).toMatchObject({ loggedAt: null, resourceName: 'errdemon' });
    expect(other && isVnicEntry(other)).toBe(false);
  });

  const detail = text.slice(text.indexOf('IDENTIFIER:'), text.indexOf('4FB9389C'));

  it("reads the seed's detailed entry, which has lost its headings", () => {
    expect(parseErrorLogInDetail(detail)).toEqual([
      {
        identifier: '60D73419',
        loggedAt: '2016-12-02T19:48:06',
        type: 'INFO',
        class: 'S',
        resourceName: 'vnicserver1',
        description: 'VNIC Client Login',
        sequenceNumber: 10567,
        text: detail.trim(),
      },
    ]);
  });

  it('tells entries apart, with and without rules between them, and keeps a time it cannot read', () => {
    const rule = '-'.repeat(75);
    const labelled = `${rule}\nLABEL:          VNIC\n${detail.replace('10567', '7')}`;
    const entries = parseErrorLogInDetail(`${labelled}\n${detail}${detail.replace('Fri Dec  2', 'pt. gru 2')}`);
    expect(entries.map((entry) => [entry.sequenceNumber, entry.loggedAt])).toEqual([
      [7, '2016-12-02T19:48:06'],
      [10567, '2016-12-02T19:48:06'],
      [10567, null],
    ]);
    expect(entries[2]?.text).toContain('pt. gru 2');
    expect(parseErrorLogInDetail(detail.replace('19:48:06 2016', '19:48:06 CST 2016'))[0]?.loggedAt).toBe(
      '2016-12-02T19:48:06',
    );
    expect(parseErrorLogInDetail('')).toEqual([]);
    expect(() => parseErrorLogInDetail('Node Id: vios1\n')).toThrow(HmcOutputError);
  });
});
