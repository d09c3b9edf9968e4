import { describe, expect, it } from 'vitest';

import { HmcOutputError } from '../../../src/core/hmc-language/hmc-output-error.js';
import { parseVnics, vnicFromRecord } from '../../../src/core/resources/vnic.js';

const record = {
  lpar_name: 'lizard',
  lpar_id: '6',
  slot_num: '6',
  desired_mode: 'ded',
  curr_mode: 'ded',
  auto_priority_failover: '1',
  port_vlan_id: '3455',
  pvid_priority: '0',
  allowed_vlan_ids: 'all',
  mac_addr: 'AE7A25E59A07',
  allowed_os_mac_addrs: 'all',
  backing_devices:
    'sriov/vios1/1/1/1/27004003/2.0/2.0/10/100.0/100.0,sriov/vios2/2/4/1/2701000B/2.0/4.0/20/100.0/100.0',
  backing_device_states: 'sriov/2701000b/0/Link Down,sriov/27004003/1/Operational',
};

describe('vnicFromRecord', () => {
  it('joins each device with its state, whatever the order and the case', () => {
    expect(
      vnicFromRecord(record).backingDevices.map((device) => [device.logicalPortId, device.active, device.status]),
    ).toEqual([
      ['27004003', true, 'Operational'],
      ['2701000b', false, 'Link Down'],
    ]);
  });

  it('has no state for a device that the HMC gives none', () => {
    const { backingDevices } = vnicFromRecord({ ...record, backing_device_states: '' });
    expect(backingDevices.map(({ active, status }) => [active, status])).toEqual([
      [null, null],
      [null, null],
    ]);
    const withoutAttribute = Object.fromEntries(
      Object.entries(record).filter(([name]) => name !== 'backing_device_states'),
    );
    expect(vnicFromRecord(withoutAttribute).backingDevices[0]?.active).toBeNull();
  });

  it('writes MAC addresses in one way', () => {
    expect(vnicFromRecord({ ...record, allowed_os_mac_addrs: 'AE7A25E59A07,ae:7a:25:e5:9a:08' })).toMatchObject({
      macAddress: 'ae7a25e59a07',
      allowedOsMacAddresses: ['ae7a25e59a07', 'ae7a25e59a08'],
    });
  });

  it.each([
    ['all', 'all'],
    ['none', 'none'],
    ['2,3,4094', [2, 3, 4094]],
    ['null', null],
    ['', null],
    ['2-9', null],
  ])('reads allowed_vlan_ids=%s', (printed, allowedVlanIds) => {
    expect(vnicFromRecord({ ...record, allowed_vlan_ids: printed })).toMatchObject({
      allowedVlanIds,
      attributes: { allowed_vlan_ids: printed },
    });
  });

  it('makes null of non-values, never a wrong number', () => {
    expect(
      vnicFromRecord({
        ...record,
        port_vlan_id: 'unavailable',
        pvid_priority: '',
        auto_priority_failover: 'null',
        mac_addr: 'null',
        curr_mode: 'unavailable',
      }),
    ).toMatchObject({
      portVlanId: null,
      portVlanPriority: null,
      autoPriorityFailover: null,
      macAddress: null,
      currentMode: null,
    });
  });

  it.each([
    ['without a slot', { slot_num: 'null' }],
    ['without a partition id', { lpar_id: '' }],
    ['with half a device', { backing_devices: 'sriov/vios1/1/1/1/27004003/2.0' }],
    ['with half a state', { backing_device_states: 'sriov/27004003' }],
  ])('throws for a record %s', (_what, changed) => {
    expect(() => vnicFromRecord({ ...record, ...changed })).toThrow(HmcOutputError);
  });
});

describe('parseVnics', () => {
  // The default format of a vNIC was not found verbatim: by the quoting rules it looks so (INFERRED, hmc-cli.md §1.5).
  it('reads a listing of a whole system in the default format', () => {
    const pairs = Object.entries(record).map(([name, value]) =>
      value.includes(',') ? `"${name}=${value}"` : `${name}=${value}`,
    );
    const vnics = parseVnics(
      `${pairs.join(',')}\n${pairs.join(',').replaceAll('lizard', 'gecko').replace('lpar_id=6', 'lpar_id=7')}\n`,
    );
    expect(vnics.map(({ partition, slot }) => [partition, slot])).toEqual([
      [{ name: 'lizard', id: 6 }, 6],
      [{ name: 'gecko', id: 7 }, 6],
    ]);
    expect(vnics[0]).toEqual(vnicFromRecord(record));
    expect(vnics[0]?.attributes).toEqual(record);
  });

  it('reads no vNICs', () => {
    expect(parseVnics('No results were found.\n')).toEqual([]);
  });
});
