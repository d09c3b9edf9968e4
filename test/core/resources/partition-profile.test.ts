import { describe, expect, it } from 'vitest';
import { HmcOutputError } from '../../../src/core/hmc-language/hmc-output-error.js';
import { parsePartitionProfiles, parseProfileVnics } from '../../../src/core/resources/partition-profile.js';
import { rawSample, sample } from '../hmc-language/sample.js';

describe('lssyscfg -r prof', () => {
  it('reads a profile without vNICs, and one of an HMC that does not know them', () => {
    expect(parsePartitionProfiles(sample('lssyscfg-prof-client-v10r3-p9.txt'))).toEqual([
      { name: 'default_profile', partition: { name: 'sys-R1-lp3', id: 1 }, vnics: [], unreadable: null },
    ]);
    const old = parsePartitionProfiles(sample('lssyscfg-prof-v7r7.txt'));
    expect(old).toHaveLength(6);
    expect(old.every(({ vnics }) => vnics === null)).toBe(true);
  });

  it('reads the element that IBM shows, in its short and in its long form', () => {
    const [short = '', long = ''] = rawSample('prof-vnic_adapters-short.txt')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const device = {
      virtualIoServer: { name: 'ltcden7-vios1', id: 100 },
      adapterId: 5,
      physicalPortId: 0,
      capacity: 2,
      failoverPriority: 50,
      maxCapacity: 100,
    };
    const expected = {
      slot: 5,
      autoPriorityFailover: true,
      portVlanId: 0,
      portVlanPriority: 0,
      allowedVlanIds: 'all',
      macAddress: null,
      allowedOsMacAddresses: 'all',
      required: false,
      backingDevices: [device],
    };
    expect(parseProfileVnics(short)).toEqual([{ ...expected, attributes: expect.objectContaining({ mode: 'ded' }) }]);
    expect(parseProfileVnics(long)).toMatchObject([expected]);
  });

  it('takes a MAC address of zeros for none, as a profile prints it of logical ports', () => {
    expect(rawSample('lssyscfg-prof-vios-with-sriov-v10r3-p9.txt')).toContain('mac_addr=000000000000');
    const text = '5:ded:1:0:0:all:000000000000:all:0:sriov/vios1/1/5/0/2.0/50';
    expect(parseProfileVnics(text)).toMatchObject([{ slot: 5, macAddress: null }]);
  });

  const first = '6:ded:1:3455:0:all:eaadf2188302:all:0:sriov/vios1/1/1/1/2.0/10,sriov/vios2/2/3/1/2.0/20';
  const second = '7:ded:0:0:0:2,30,40:abcdefabcdef:eaadf2188303,abcdefabcdee:1:sriov/vios1/1/2/0/4.0/50/100.0';
  it.each([
    ['each element in quotes', `"${first}","${second}"`],
    [
      'the list alone in quotes',
      `6:ded:1:3455:0:all:eaadf2188302:all:0:"sriov/vios1/1/1/1/2.0/10,sriov/vios2/2/3/1/2.0/20",${second}`,
    ],
    ['no quotes at all', `${first},${second}`],
  ])('reads two vNICs with lists, %s', (_case, text) => {
    const vnics = parseProfileVnics(text);
    expect(vnics).toMatchObject([
      { slot: 6, portVlanId: 3455, autoPriorityFailover: true, required: false, macAddress: 'eaadf2188302' },
      { slot: 7, autoPriorityFailover: false, required: true, attributes: { allowed_vlan_ids: '2,30,40' } },
    ]);
    expect(vnics.map(({ backingDevices }) => backingDevices.map((device) => device.failoverPriority))).toEqual([
      [10, 20],
      [50],
    ]);
    const record = `name=p,lpar_name=l,lpar_id=6,"vnic_adapters=${text.replaceAll('"', '""')}"\n`;
    expect(parsePartitionProfiles(record)[0]?.vnics).toEqual(vnics);
  });

  it('reads what a vNIC allows, in lists and as words', () => {
    expect(parseProfileVnics(`${first},${second}`)).toMatchObject([
      { allowedVlanIds: 'all', allowedOsMacAddresses: 'all' },
      { allowedVlanIds: [2, 30, 40], allowedOsMacAddresses: ['eaadf2188303', 'abcdefabcdee'] },
    ]);
  });

  it.each(['null', 'unavailable', ''])('%j is no list without vNICs, but one that is not told', (value) => {
    const record = `name=p,lpar_name=l,lpar_id=6,vnic_adapters=${value}\n`;
    expect(parsePartitionProfiles(record)).toMatchObject([{ vnics: null, unreadable: null }]);
  });

  it('a profile that cannot be read spoils no other', () => {
    const record = (name: string, adapters: string): string =>
      `name=p,lpar_name=${name},lpar_id=6,"vnic_adapters=${adapters}"\n`;
    const text = record('gecko', '3:rubbish') + record('anole', 'slot_num=3:rubbish') + record('lizard', first);
    expect(parsePartitionProfiles(text)).toMatchObject([
      { vnics: null, unreadable: expect.stringContaining('3:rubbish') },
      { vnics: null, unreadable: expect.stringContaining('rubbish') },
      { vnics: [{ slot: 6 }], unreadable: null },
    ]);
    expect(() => parsePartitionProfiles('name=p,lpar_name=l\n')).toThrow(HmcOutputError);
  });

  it('refuses an element of another shape', () => {
    expect(() => parseProfileVnics('6:ded:1:0')).toThrow(HmcOutputError);
    expect(() => parseProfileVnics(first.replace('sriov/vios1', 'hnv/vios1'))).toThrow(HmcOutputError);
  });
});
