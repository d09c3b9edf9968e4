import { describe, expect, it } from 'vitest';
import type { LogicalPort } from '../../../src/core/resources/logical-port.js';
import type { VirtualFunction } from '../../../src/core/resources/virtual-function.js';
import { parseVnicServerStatistics } from '../../../src/core/resources/vnic-server-statistics.js';
import { vnicServerViews, type VnicServerReading } from '../../../src/core/views/vnic-server-view.js';
import { parseVnicServers } from '../../../src/core/resources/vnic-server.js';
import { parseVnics } from '../../../src/core/resources/vnic.js';

const vnics = parseVnics(
  'lpar_name=lizard,lpar_id=6,slot_num=6,"backing_devices=sriov/vios1/1/1/1/27004003/2.0/2.0/10,' +
    'sriov/vios1/1/2/1/27008005/2.0/2.0/30,sriov/vios2/2/3/1/2700c001/2.0/2.0/20",' +
    '"backing_device_states=sriov/27004003/1/Operational,sriov/27008005/0/Operational,sriov/2700c001/0/Operational"\n',
);
const ports = [
  { logicalPortId: '27004003', locationCode: 'U78-C3-T2-S3' },
  { logicalPortId: '27008005', locationCode: 'U78-C4-T2-S5' },
] as LogicalPort[];
const FIRST = 'vnicserver1:U9-V1-C32898:6:lizard:AIX:ent3:Available:U78-C3-T2-S3:ent0:U9119.MME.65BA46F-V6-C6';
const SECOND = 'vnicserver10:U9-V1-C32907:6:N/A:N/A:ent4:Available:U78-C4-T2-S5:N/A:U9119.MME.65BA46F-V6-C6';
const functions: VirtualFunction[] = [
  { name: 'ent3', location: 'U78-C3-T2-S3', description: 'VF' },
  { name: 'ent4', location: 'U78-C4-T2-S5', description: 'VF' },
];

function views(lines: readonly string[], changed: Partial<VnicServerReading> = {}): ReturnType<typeof vnicServerViews> {
  return vnicServerViews({
    virtualIoServerId: 1,
    vnics,
    logicalPorts: ports,
    vnicServers: parseVnicServers(lines.join('\n')),
    virtualFunctions: functions,
    statistics: new Map(),
    ...changed,
  });
}
const joined = (all: ReturnType<typeof vnicServerViews>): unknown[] =>
  all.map(({ hmc, vnicServer, virtualFunction, differences }) => [
    hmc?.logicalPortId,
    virtualFunction?.name,
    vnicServer?.name,
    vnicServer?.clientDevice,
    differences.map(({ code }) => code),
  ]);

describe('both sides of a backing device', () => {
  it('are joined by the location of the logical port, in the order of the servers', () => {
    const all = views([SECOND, FIRST]);
    expect(joined(all)).toEqual([
      ['27004003', 'ent3', 'vnicserver1', 'ent0', []],
      ['27008005', 'ent4', 'vnicserver10', null, []],
    ]);
    expect(all[0]?.hmc).toEqual({
      logicalPortId: '27004003',
      location: 'U78-C3-T2-S3',
      adapterId: 1,
      physicalPortId: 1,
      client: { name: 'lizard', id: 6 },
      slot: 6,
      failoverPriority: 10,
      active: true,
      status: 'Operational',
    });
  });

  it('without a location in lsmap by that of lsdev', () => {
    const lost = [FIRST, SECOND].map((line) => line.replace(/U78-\S+?(?=:)/, 'N/A'));
    expect(joined(views(lost)).map((one) => (one as unknown[])[0])).toEqual(['27004003', '27008005']);
  });

  it('that nobody can tell apart are shown apart, and marked only where one side has more', () => {
    const [first = '', second = ''] = [FIRST, SECOND].map((line) => line.replace(/U78-\S+?(?=:)/, 'N/A'));
    const apart = (lines: readonly string[], changed: Partial<VnicServerReading> = {}): unknown[] =>
      views(lines, { virtualFunctions: null, ...changed }).map(({ hmc, vnicServer, differences }) => [
        vnicServer?.name,
        hmc?.logicalPortId,
        differences.map(({ code }) => code),
      ]);
    expect(apart([first, second])).toEqual([
      ['vnicserver1', undefined, []],
      ['vnicserver10', undefined, []],
      [undefined, '27004003', []],
      [undefined, '27008005', []],
    ]);
    expect(apart([first])).toEqual([
      ['vnicserver1', undefined, []],
      [undefined, '27004003', ['only-on-hmc']],
      [undefined, '27008005', ['only-on-hmc']],
    ]);
    const third = first.replace('vnicserver1', 'vnicserver11');
    expect(apart([first, second, third]).map((one) => (one as unknown[])[2])).toEqual([
      ...[1, 2, 3].map(() => ['only-on-virtual-io-server']),
      [],
      [],
    ]);
    // One whose place is known leaves the other no choice, whichever is listed first.
    const oneListed = { logicalPorts: ports.slice(1) };
    for (const lines of [
      [FIRST, second],
      [second, FIRST],
    ]) {
      expect(apart(lines, oneListed)).toEqual([
        ['vnicserver1', '27004003', []],
        ['vnicserver10', '27008005', []],
      ]);
    }
  });

  it('by client and slot where the HMC does not list the port, if only one can be meant', () => {
    const [one] = views([FIRST, SECOND], { logicalPorts: ports.slice(1) });
    expect(one).toMatchObject({ hmc: { logicalPortId: '27004003', location: null }, differences: [] });
  });

  it('missing on one side are marked', () => {
    const all = views([FIRST, SECOND.replaceAll('S5', 'S9')], { virtualFunctions: null });
    expect(all.map(({ differences }) => differences)).toEqual([
      [],
      [{ code: 'only-on-virtual-io-server', hmc: null, virtualIoServer: 'vnicserver10 for U9119.MME.65BA46F-V6-C6' }],
      [{ code: 'only-on-hmc', hmc: '27008005 for lizard, slot 6', virtualIoServer: null }],
    ]);
    expect(joined(views([], {}))).toMatchObject([
      ['27004003', 'ent3', undefined, undefined, ['only-on-hmc']],
      ['27008005', 'ent4', undefined, undefined, ['only-on-hmc']],
    ]);
  });

  it.each([
    ['another partition', FIRST.replace(':6:lizard', ':7:lizard'), 'client'],
    ['another slot', FIRST.replace('-V6-C6', '-V6-C7'), 'client'],
    ['another name', FIRST.replace('lizard', 'gecko'), 'client-name'],
    ['a name with which that of the HMC begins', FIRST.replace('lizard', 'liz'), 'client-name'],
    ['a device that is only defined', FIRST.replace('Available', 'Defined'), 'readiness'],
    ['a function that lsdev does not list there', FIRST.replace('ent3', 'ent9'), 'virtual-function'],
  ])('%s is shown from both sides', (_case, line, code) => {
    const [view] = views([line, SECOND]);
    expect(view?.differences.map((one) => one.code)).toEqual([code]);
    expect(view?.hmc?.logicalPortId).toBe('27004003');
    expect(view?.differences[0]?.virtualIoServer).not.toBeNull();
  });

  it('a name that the table of lsmap may have cut off is no difference', () => {
    const long = parseVnics(
      'lpar_name=lizard-of-the-north,lpar_id=6,slot_num=6,backing_devices=sriov/vios1/1/1/1/27004003/2.0/2.0/10,' +
        'backing_device_states=sriov/27004003/1/Operational\n',
    );
    const table = (name: string): string =>
      [
        'Name          Physloc                            ClntID ClntName       ClntOS',
        '------------- ---------------------------------- ------ -------------- -------',
        `vnicserver1   U9119.MME.65BA46F-V1-C32898             6 ${name.padEnd(14)} AIX`,
        'Backing device:ent3',
        'Client device physloc:U9119.MME.65BA46F-V6-C6',
      ].join('\n');
    const codes = (name: string): unknown =>
      views([table(name)], { vnics: long })[0]?.differences.map(({ code }) => code);
    expect(codes('lizard-of-the-')).toEqual([]);
    expect(codes('lizard-of')).toEqual(['client-name']);
  });

  it.each([
    ['Failover State: inactive', { code: 'active', hmc: 'active', virtualIoServer: 'inactive' }],
    ['Failover Readiness: link down', { code: 'readiness', hmc: 'Operational', virtualIoServer: 'link down' }],
    ['Failover Priority: 11', { code: 'priority', hmc: '10', virtualIoServer: '11' }],
    ['Client Partition Name: li', { code: 'client-name', hmc: 'lizard', virtualIoServer: 'vnicstat: li' }],
    [
      'Client Partition ID: 42',
      {
        code: 'client',
        hmc: 'partition 6, slot 6',
        virtualIoServer: 'vnicstat: partition 42, U9119.MME.65BA46F-V6-C6',
      },
    ],
    [
      'Client Device Location Code: U9119.MME.65BA46F-V6-C9',
      { code: 'client', hmc: 'partition 6, slot 6', virtualIoServer: 'vnicstat: partition 6, U9119.MME.65BA46F-V6-C9' },
    ],
    [
      'Backing Device Name: ent99',
      { code: 'virtual-function', hmc: null, virtualIoServer: 'lsmap: ent3; vnicstat: ent99' },
    ],
  ])('%s of vnicstat is held against the HMC', (line, difference) => {
    const agreeing = [
      'Failover State: active',
      'Failover Readiness: operational',
      'Failover Priority: 10',
      'Backing Device Name: ent3',
      'Client Partition ID: 6',
      'Client Partition Name: lizard',
      'Client Device Location Code: U9119.MME.65BA46F-V6-C6',
    ];
    const label = line.split(':')[0] ?? '';
    const told = [...agreeing.filter((one) => !one.startsWith(label)), line].join('\n');
    const of = (text: string): unknown =>
      views([FIRST, SECOND], { statistics: new Map([['vnicserver1', parseVnicServerStatistics(text)]]) })[0]
        ?.differences;
    expect(of(agreeing.join('\n'))).toEqual([]);
    expect(of(told)).toEqual([difference]);
  });
});
