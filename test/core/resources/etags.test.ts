import { describe, expect, it } from 'vitest';

import { parsePhysicalPorts, type PhysicalPort } from '../../../src/core/resources/physical-port.js';
import { physicalPortEtag } from '../../../src/core/resources/physical-port-etag.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import { vnicEtag } from '../../../src/core/resources/vnic-etag.js';

const device = (logicalPortId: string, failoverPriority: number): Vnic['backingDevices'][number] => ({
  logicalPortId,
  virtualIoServer: { name: 'vios1', id: 1 },
  adapterId: 1,
  physicalPortId: 1,
  capacity: 2,
  desiredCapacity: 2,
  maxCapacity: 100,
  desiredMaxCapacity: 100,
  failoverPriority,
  active: failoverPriority === 10,
  status: 'Operational',
});

const vnic: Vnic = {
  partition: { name: 'lizard', id: 6 },
  slot: 6,
  autoPriorityFailover: true,
  portVlanId: 3455,
  portVlanPriority: 0,
  allowedVlanIds: [2, 3],
  macAddress: 'eaadf2188302',
  allowedOsMacAddresses: 'all',
  desiredMode: 'ded',
  currentMode: 'ded',
  backingDevices: [device('27004003', 10), device('2700400b', 20)],
  attributes: { lpar_name: 'lizard' },
};
const [first, second] = [device('27004003', 10), device('2700400b', 20)];

describe('vnicEtag', () => {
  it('is a strong, quoted tag', () => {
    expect(vnicEtag(vnic)).toMatch(/^"[\w-]{27}"$/);
  });

  it.each<[string, Partial<Vnic>]>([
    [
      'who is active',
      {
        backingDevices: [
          { ...first, active: false },
          { ...second, active: true },
        ],
      },
    ],
    [
      'status',
      {
        backingDevices: [
          { ...first, status: 'Link Down' },
          { ...second, status: null },
        ],
      },
    ],
    [
      'a current capacity',
      {
        backingDevices: [
          { ...first, capacity: null },
          { ...second, capacity: 4 },
        ],
      },
    ],
    ['a current mode', { currentMode: 'unavailable' }],
    [
      'a maximum capacity that one HMC prints and an older one does not',
      { backingDevices: [{ ...first, maxCapacity: null, desiredMaxCapacity: null }, second] },
    ],
    ['the order of devices', { backingDevices: [second, first] }],
    ['the order of VLANs', { allowedVlanIds: [3, 2] }],
    ['attributes', { attributes: { lpar_name: 'lizard', sys_time: '10/01/2026 03:43:04' } }],
  ])('stays the same over %s', (_what, changed) => {
    expect(vnicEtag({ ...vnic, ...changed })).toBe(vnicEtag(vnic));
  });

  it.each<[string, Partial<Vnic>]>([
    ['the partition', { partition: { name: 'lizard', id: 7 } }],
    ['the slot', { slot: 7 }],
    ['automatic failover', { autoPriorityFailover: false }],
    ['the VLAN', { portVlanId: 0 }],
    ['the VLAN priority', { portVlanPriority: 1 }],
    ['the allowed VLANs', { allowedVlanIds: 'all' }],
    ['the allowed VLANs, to none known', { allowedVlanIds: null }],
    ['the allowed MAC addresses', { allowedOsMacAddresses: [] }],
    ['the MAC address', { macAddress: 'eaadf2188303' }],
    ['the mode', { desiredMode: 'x' }],
    ['a priority', { backingDevices: [{ ...first, failoverPriority: 11 }, second] }],
    ['a capacity', { backingDevices: [{ ...first, desiredCapacity: 4 }, second] }],
    ['a logical port', { backingDevices: [{ ...first, logicalPortId: '27004004' }, second] }],
    ['a Virtual I/O Server', { backingDevices: [{ ...first, virtualIoServer: { name: 'vios2', id: 2 } }, second] }],
    ['a device less', { backingDevices: [first] }],
  ])('changes with %s', (_what, changed) => {
    expect(vnicEtag({ ...vnic, ...changed })).not.toBe(vnicEtag(vnic));
  });
});

describe('physicalPortEtag', () => {
  const [port] = parsePhysicalPorts(
    'adapter_id=1,phys_port_id=0,phys_port_label=netA,phys_port_sub_label=,phys_port_loc=U78-T1,phys_port_type=ethc,' +
      'state=1,config_logical_ports=3,phys_port_max_logical_ports=20,conn_speed=10000\n',
    'ethc',
  ) as [PhysicalPort];

  it('stays the same over link, use and what is read apart', () => {
    const use = { configuredLogicalPorts: 4, ethernetLogicalPorts: 4, maxEthernetLogicalPorts: 6 };
    const changed = { linkUp: false, connectionSpeed: 0, ...use, capacityGranularity: 2 };
    expect(physicalPortEtag({ ...port, ...changed, attributes: {} })).toBe(physicalPortEtag(port));
  });

  it('changes with the labels and the port', () => {
    for (const changed of [{ label: 'netB' }, { subLabel: 'prod' }, { physicalPortId: 1 }, { adapterId: 2 }]) {
      expect(physicalPortEtag({ ...port, ...changed })).not.toBe(physicalPortEtag(port));
    }
  });
});
