import { describe, expect, it } from 'vitest';
import type { VnicCreateRequest } from '../../../src/core/operations/requests.js';
import type { BackingDeviceRequest } from '../../../src/core/placement/backing-device-request.js';
import { vnicCreate } from '../../../src/core/operations/vnic-create.js';
import { vnicSet } from '../../../src/core/operations/vnic-set.js';
import type { Partition } from '../../../src/core/resources/partition.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import {
  adapter,
  device,
  estate,
  LIZARD,
  logicalPort,
  partition,
  physicalPort,
  seedVnic,
  VIOS1,
  vnic,
} from './estate.js';
import { bindAndPlan, lines, refusalOf, valueOf } from './plan-helpers.js';

const TO_LIZARD = { partition: { id: 6 } } as const;

const DEVICE: BackingDeviceRequest = {
  virtualIoServer: { name: 'vios1' },
  adapterId: 1,
  physicalPortId: 1,
  capacity: 2,
  failoverPriority: 10,
};

function request(changes: Partial<VnicCreateRequest> = {}): VnicCreateRequest {
  return { backingDevices: [DEVICE], ...changes };
}

function withDevice(changes: Partial<BackingDeviceRequest>): VnicCreateRequest {
  return request({ backingDevices: [{ ...DEVICE, ...changes }] });
}

function bindRefusal(
  body: VnicCreateRequest,
  snapshot = estate(),
  address: object = TO_LIZARD,
): { type: string; pointer?: string } {
  return refusalOf(vnicCreate.bind(snapshot, address, body));
}

function planRefusal(body: VnicCreateRequest, snapshot: Snapshot): { type: string; pointer?: string } {
  return refusalOf(bindAndPlan(vnicCreate, snapshot, TO_LIZARD, body).planned);
}

describe('the target of a create', () => {
  it('is the partition, by id or by name, with the slot that was asked for', () => {
    expect(valueOf(vnicCreate.bind(estate(), TO_LIZARD, request()))).toEqual({ partition: LIZARD });
    expect(valueOf(vnicCreate.bind(estate(), { partition: { name: 'lizard' } }, request({ slot: 9 })))).toEqual({
      partition: LIZARD,
      slot: 9,
    });
  });

  it('is no Virtual I/O Server, by any way to make a vNIC', () => {
    const refusal = { type: 'rule-violation', detail: expect.stringContaining('vios1 is a Virtual I/O Server') };
    expect(bindRefusal(request(), estate(), { partition: VIOS1 })).toMatchObject(refusal);
    expect(
      bindRefusal({ placement: { label: 'prod-a', redundancy: 1 } }, estate(), { partition: VIOS1 }),
    ).toMatchObject(refusal);
    expect(refusalOf(vnicSet.bind(estate(), { partition: VIOS1, slot: 6 }, request()))).toMatchObject(refusal);
  });

  it('must exist', () => {
    expect(bindRefusal(request(), estate(), { partition: { id: 99 } }).type).toBe('target-not-found');
    expect(bindRefusal(request(), estate(), { partition: { name: 'Lizard' } }).type).toBe('target-not-found');
  });

  it('must be one: a name that repeats is refused with its candidates', () => {
    const twice = estate();
    const snapshot = { ...twice, partitions: [...twice.partitions, partition({ name: 'lizard', id: 16 })] };
    expect(bindRefusal(request(), snapshot, { partition: { name: 'lizard' } })).toMatchObject({
      type: 'ambiguous-name',
      members: { candidates: [LIZARD, { name: 'lizard', id: 16 }] },
    });
  });

  it.each([
    ['another UUID', { uuid: 'B' }, 'replaced'],
    ['another UUID and the same name', { uuid: 'B', name: 'lizard' }, 'replaced'],
    ['another name, where the HMC tells no UUID', { uuid: null, name: 'newt' }, 'replaced'],
    ['another name and the same UUID', { uuid: 'A', name: 'newt' }, 'present'],
    ['the same name, where the HMC tells no UUID', { uuid: null }, 'present'],
  ] as const)('is told apart when its id has %s', (_what, changes, presence) => {
    const lizardIs = (lizard: Partial<Partition>, snapshot = estate()): Snapshot => ({
      ...snapshot,
      partitions: snapshot.partitions.map((one) => (one.id === LIZARD.id ? { ...one, ...lizard } : one)),
    });
    const accepted = lizardIs({ uuid: 'A' });
    const wish = request({ slot: 6 });
    for (const [operation, address] of [
      [vnicCreate, TO_LIZARD],
      [vnicSet, { ...TO_LIZARD, slot: 6 }],
    ] as const) {
      const target = valueOf(operation.bind(accepted, address, wish));
      expect(target).toMatchObject({ partition: LIZARD, partitionUuid: 'A', slot: 6 });
      const later = lizardIs(changes);
      expect(operation.presence(later, target)).toBe(presence);
      const planned = operation.plan(later, target, wish);
      if (presence === 'present') expect(valueOf(planned).steps).toHaveLength(1);
      else expect(refusalOf(planned).type).toBe('target-replaced');
      const made = vnic({ backingDevices: [device({ logicalPortId: '2700400b', failoverPriority: 10 })] });
      expect(operation.holds(lizardIs(changes, estate({ vnics: [made] })), target, wish)).toBe(presence === 'present');
    }
  });

  it('is gone when its partition is', () => {
    const { target } = bindAndPlan(vnicCreate, estate(), TO_LIZARD, request());
    const without = estate({ partitions: estate().partitions.filter(({ id }) => id !== 6) });
    expect(refusalOf(vnicCreate.plan(without, target, request())).type).toBe('target-gone');
  });
});

describe('the slot', () => {
  it('is the next free one, named in the command and in the target of the plan', () => {
    const plan = valueOf(bindAndPlan(vnicCreate, estate(), TO_LIZARD, request()).planned);
    expect(plan.target).toEqual({ partition: LIZARD, slot: 6 });
    expect(lines(plan)).toEqual([
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o a --rsubtype vnic --id 6 -s 6 -w 5 -a backing_devices=sriov/vios1//1/1/2.0/10`,
    ]);
  });

  it('is not one that a vNIC is listed in, whatever the slot listing says', () => {
    const snapshot = estate({ vnics: [seedVnic({ slot: 6 }), seedVnic({ slot: 7 }), seedVnic({ slot: 9 })] });
    expect(valueOf(bindAndPlan(vnicCreate, snapshot, TO_LIZARD, request()).planned).target.slot).toBe(8);
  });

  it('stays the same when the plan is made again, and is refused when another vNIC has taken it', () => {
    const { target } = valueOf(bindAndPlan(vnicCreate, estate(), TO_LIZARD, request()).planned);
    const later = estate({
      virtualSlots: [{ partition: LIZARD, currentMaxVirtualSlots: 64, nextAvailableVirtualSlot: 12, attributes: {} }],
    });
    expect(valueOf(vnicCreate.plan(later, target, request())).target.slot).toBe(6);
    expect(refusalOf(vnicCreate.plan(estate({ vnics: [seedVnic()] }), target, request())).type).toBe('slot-taken');
  });

  it('needs no second look at what a readback does not read', () => {
    const { target } = valueOf(bindAndPlan(vnicCreate, estate(), TO_LIZARD, request()).planned);
    const { system, hmcId, takenAt, partitions, vnics } = estate();
    const readback: Pick<Snapshot, 'system' | 'hmcId' | 'takenAt' | 'partitions' | 'vnics'> = {
      system,
      hmcId,
      takenAt,
      partitions,
      vnics,
    };
    expect(lines(valueOf(vnicCreate.plan(readback as Snapshot, target, request())))).toHaveLength(1);
  });

  it('is refused when the HMC names no free one', () => {
    const slots = (next: number | null): Snapshot =>
      estate({
        virtualSlots: [
          { partition: LIZARD, currentMaxVirtualSlots: 10, nextAvailableVirtualSlot: next, attributes: {} },
        ],
      });
    expect(planRefusal(request(), slots(null)).type).toBe('slot-taken');
    expect(planRefusal(request(), slots(10)).type).toBe('slot-taken');
    expect(planRefusal(request(), estate({ virtualSlots: [] })).type).toBe('slot-taken');
  });

  it.each([0, 1, 64, 2.5, -3])('%d is not one that the partition can have', (slot) => {
    expect(bindRefusal(request({ slot }))).toMatchObject({ type: 'rule-violation', pointer: '/slot' });
  });

  it('of a partition that is shut off is not held against its current maximum of 0', () => {
    const { planned } = bindAndPlan(vnicCreate, estate(), { partition: { name: 'gecko' } }, request());
    expect(valueOf(planned).target.slot).toBe(2);
  });
});

describe('a named slot that is taken', () => {
  const equal: VnicCreateRequest = {
    slot: 6,
    portVlanId: 3455,
    portVlanPriority: 0,
    allowedVlanIds: 'all',
    macAddress: 'EA:AD:F2:18:83:02',
    allowedOsMacAddresses: ['AE7A25E59A07', 'ce:b0:e0:b2:b3:4d'],
    autoPriorityFailover: true,
    backingDevices: [
      {
        virtualIoServer: { id: 2 },
        adapterId: 4,
        physicalPortId: 1,
        capacity: 2,
        failoverPriority: 40,
        maxCapacity: 100,
      },
      { virtualIoServer: { name: 'vios1', id: 1 }, adapterId: 1, physicalPortId: 1 },
      { virtualIoServer: { name: 'vios1' }, adapterId: 3, physicalPortId: 1, failoverPriority: 20 },
      { virtualIoServer: { name: 'vios1' }, adapterId: 2, physicalPortId: 1, capacity: 2.0 },
    ],
  };
  const there = estate({ vnics: [seedVnic({ allowedOsMacAddresses: ['ceb0e0b2b34d', 'ae7a25e59a07'] })] });

  it('by an equal vNIC plans nothing: devices are a set, only what is named is compared', () => {
    const { target, planned } = bindAndPlan(vnicCreate, there, TO_LIZARD, equal);
    expect(valueOf(planned).steps).toEqual([]);
    expect(vnicCreate.holds(there, target, equal)).toBe(true);
  });

  it.each<[string, Partial<VnicCreateRequest>]>([
    ['VLAN', { portVlanId: 12 }],
    ['priority of the VLAN', { portVlanPriority: 3 }],
    ['allowed VLANs', { allowedVlanIds: [3455] }],
    ['MAC address', { macAddress: 'eaadf2188303' }],
    ['allowed MAC addresses', { allowedOsMacAddresses: ['ceb0e0b2b34d'] }],
    ['automatic failover', { autoPriorityFailover: false }],
    ['number of devices', { backingDevices: equal.backingDevices?.slice(1) ?? [] }],
    ['capacity', { backingDevices: replaceFirst(equal, { capacity: 4 }) }],
    ['priority', { backingDevices: replaceFirst(equal, { failoverPriority: 41 }) }],
    ['maximum capacity', { backingDevices: replaceFirst(equal, { maxCapacity: 50 }) }],
    ['Virtual I/O Server', { backingDevices: replaceFirst(equal, { virtualIoServer: { id: 1 } }) }],
    ['port', { backingDevices: replaceFirst(equal, { physicalPortId: 2 }) }],
  ])('by a vNIC with another %s is refused', (_what, changes) => {
    expect(planRefusal({ ...equal, ...changes }, there)).toMatchObject({ type: 'slot-taken', pointer: '/slot' });
    const target = valueOf(vnicCreate.bind(there, TO_LIZARD, { ...equal, ...changes }));
    expect(vnicCreate.holds(there, target, { ...equal, ...changes })).toBe(false);
  });

  it('in another partition is no matter', () => {
    const elsewhere = estate({ vnics: [seedVnic({ partition: { name: 'gecko', id: 7 } })] });
    expect(valueOf(bindAndPlan(vnicCreate, elsewhere, TO_LIZARD, { ...equal, slot: 6 }).planned).steps).toHaveLength(1);
  });
});

function replaceFirst(body: VnicCreateRequest, changes: Partial<BackingDeviceRequest>): BackingDeviceRequest[] {
  const [first = DEVICE, ...rest] = body.backingDevices ?? [];
  return [{ ...first, ...changes }, ...rest];
}

describe('what the body names', () => {
  it.each<[string, VnicCreateRequest, string, string]>([
    [
      'a VIOS name',
      withDevice({ virtualIoServer: { name: 'vios9' } }),
      'unknown-reference',
      '/backingDevices/0/virtualIoServer/name',
    ],
    [
      'a VIOS id',
      withDevice({ virtualIoServer: { id: 9 } }),
      'unknown-reference',
      '/backingDevices/0/virtualIoServer/id',
    ],
    [
      'a partition that is no VIOS',
      withDevice({ virtualIoServer: { name: 'gecko' } }),
      'rule-violation',
      '/backingDevices/0/virtualIoServer',
    ],
    [
      'name and id of two',
      withDevice({ virtualIoServer: { name: 'vios1', id: 2 } }),
      'rule-violation',
      '/backingDevices/0/virtualIoServer',
    ],
    ['no VIOS at all', withDevice({ virtualIoServer: {} }), 'rule-violation', '/backingDevices/0/virtualIoServer'],
    ['an adapter', withDevice({ adapterId: 9 }), 'unknown-reference', '/backingDevices/0/adapterId'],
    ['a port', withDevice({ physicalPortId: 4 }), 'unknown-reference', '/backingDevices/0/physicalPortId'],
  ])('must exist and fit: %s', (_what, body, type, pointer) => {
    expect(bindRefusal(body)).toMatchObject({ type, pointer });
  });

  it('points at the device at fault, not at the first', () => {
    const body = request({ backingDevices: [DEVICE, { ...DEVICE, physicalPortId: 2 }, { ...DEVICE, adapterId: 8 }] });
    expect(bindRefusal(body)).toMatchObject({ pointer: '/backingDevices/2/adapterId' });
  });

  it('may not be an adapter in dedicated mode', () => {
    const snapshot = estate({ adapters: [adapter(1, { mode: 'dedicated' }), adapter(null)] });
    expect(bindRefusal(request(), snapshot)).toMatchObject({
      type: 'rule-violation',
      pointer: '/backingDevices/0/adapterId',
    });
    expect(bindRefusal(withDevice({ adapterId: 2 }), snapshot)).toMatchObject({
      type: 'unknown-reference',
      detail: expect.stringContaining('dedicated') as string,
    });
  });

  it('is a VIOS by a name that two have: refused with both ids', () => {
    const base = estate();
    const partitions = [...base.partitions, partition({ name: 'vios1', id: 11 }, { environment: 'vioserver' })];
    expect(bindRefusal(request(), { ...base, partitions })).toMatchObject({
      type: 'ambiguous-name',
      members: { candidates: [VIOS1, { name: 'vios1', id: 11 }] },
    });
  });
});

describe('the rules of SR-IOV vNICs', () => {
  it('no port twice, even on two Virtual I/O Servers', () => {
    const body = request({ backingDevices: [DEVICE, { ...DEVICE, virtualIoServer: { name: 'vios2' } }] });
    expect(bindRefusal(body)).toMatchObject({ type: 'rule-violation', pointer: '/backingDevices/1' });
  });

  it('one to six devices', () => {
    const seven = [0, 1, 2, 3].flatMap((port) =>
      [1, 2].map((id) => ({ ...DEVICE, adapterId: id, physicalPortId: port })),
    );
    expect(bindRefusal(request({ backingDevices: [] }))).toMatchObject({ pointer: '/backingDevices' });
    expect(bindRefusal(request({ backingDevices: seven.slice(0, 7) }))).toMatchObject({ pointer: '/backingDevices' });
    expect(vnicCreate.bind(estate(), TO_LIZARD, request({ backingDevices: seven.slice(0, 6) })).ok).toBe(true);
  });

  it.each<[Partial<BackingDeviceRequest>, string]>([
    [{ capacity: 1.3 }, 'capacity'],
    [{ capacity: 1 }, 'capacity'],
    [{ capacity: 0 }, 'capacity'],
    [{ capacity: -2 }, 'capacity'],
    [{ capacity: 102 }, 'capacity'],
    [{ capacity: 2.001 }, 'capacity'],
    [{ capacity: Number.NaN }, 'capacity'],
    [{ capacity: 10, maxCapacity: 8 }, 'maxCapacity'],
    [{ maxCapacity: 101 }, 'maxCapacity'],
    [{ failoverPriority: 0 }, 'failoverPriority'],
    [{ failoverPriority: 101 }, 'failoverPriority'],
    [{ failoverPriority: 1.5 }, 'failoverPriority'],
  ])('%o breaks one', (changes, member) => {
    expect(bindRefusal(withDevice(changes))).toMatchObject({
      type: 'rule-violation',
      pointer: `/backingDevices/0/${member}`,
    });
  });

  it('a capacity between two multiples is told both', () => {
    expect(bindRefusal(withDevice({ capacity: 5 }))).toMatchObject({
      detail: expect.stringContaining('Use 4 or 6.') as string,
      members: { capacityGranularity: 2 },
    });
    expect(bindRefusal(withDevice({ capacity: 1.3 }))).toMatchObject({
      detail: expect.stringContaining('Use 2.') as string,
    });
  });

  it('a maximum below the smallest capacity of the port is refused, with the capacity left out', () => {
    const { capacity: _capacity, ...device } = DEVICE;
    const body = (maxCapacity: number): VnicCreateRequest => ({ backingDevices: [{ ...device, maxCapacity }] });
    expect(bindRefusal(body(1))).toMatchObject({
      type: 'rule-violation',
      pointer: '/backingDevices/0/maxCapacity',
      detail: expect.stringMatching(/ below 2, the smallest capacity .* Give at least 2\.$/),
    });
    expect(vnicCreate.bind(estate(), TO_LIZARD, body(2)).ok).toBe(true);
  });

  it('a granularity that the HMC does not tell leaves the capacity to it', () => {
    const snapshot = estate({ physicalPorts: [physicalPort(1, 1, { capacityGranularity: null })] });
    expect(vnicCreate.bind(snapshot, TO_LIZARD, withDevice({ capacity: 42.42 })).ok).toBe(true);
  });

  it('a maximum capacity only where the adapter can have one', () => {
    const snapshot = estate({ adapters: [adapter(1, { customMaxCapacityCapable: false })] });
    expect(bindRefusal(withDevice({ maxCapacity: 50 }), snapshot)).toMatchObject({
      pointer: '/backingDevices/0/maxCapacity',
    });
    expect(vnicCreate.bind(estate(), TO_LIZARD, withDevice({ maxCapacity: 50 })).ok).toBe(true);
  });

  it.each<[string, Partial<VnicCreateRequest>]>([
    ['/portVlanId', { portVlanId: 1 }],
    ['/portVlanId', { portVlanId: 4095 }],
    ['/portVlanPriority', { portVlanPriority: 8 }],
    ['/allowedVlanIds', { allowedVlanIds: [] }],
    ['/allowedVlanIds', { allowedVlanIds: [0] }],
    ['/allowedVlanIds', { allowedVlanIds: [1] }],
    ['/allowedVlanIds', { allowedVlanIds: [10, 4095] }],
    ['/allowedVlanIds', { allowedVlanIds: Array.from({ length: 21 }, (_, i) => i + 2) }],
    ['/macAddress', { macAddress: 'eaadf218830' }],
    ['/macAddress', { macAddress: '00:00:00:00:00:00' }],
    ['/macAddress', { macAddress: 'ffffffffffff' }],
    ['/macAddress', { macAddress: '01005e000001' }],
    ['/allowedOsMacAddresses', { allowedOsMacAddresses: ['eaadf218830g'] }],
    ['/allowedOsMacAddresses', { allowedOsMacAddresses: ['eaadf2188302', '000000000000'] }],
    ['/allowedOsMacAddresses', { allowedOsMacAddresses: ['EB-AD-F2-18-83-02'] }],
    ['/allowedOsMacAddresses', { allowedOsMacAddresses: Array.from({ length: 5 }, (_, i) => `eaadf218830${i}`) }],
  ])('%s is held against its range: %o', (pointer, changes) => {
    expect(bindRefusal(request(changes))).toMatchObject({ type: 'rule-violation', pointer });
  });

  it('every attribute reaches the command', () => {
    const body = request({
      portVlanId: 0,
      portVlanPriority: 7,
      allowedVlanIds: [2, 4094],
      macAddress: 'EA:AD:F2:18:83:02',
      allowedOsMacAddresses: ['CE-B0-E0-B2-B3-4D'],
      autoPriorityFailover: false,
      backingDevices: [{ ...DEVICE, maxCapacity: 50 }],
    });
    expect(lines(valueOf(bindAndPlan(vnicCreate, estate(), TO_LIZARD, body).planned))).toEqual([
      `chhwres -r virtualio -m '9119-MME*65BA46F' -o a --rsubtype vnic --id 6 -s 6 -w 5 -a 'port_vlan_id=0,pvid_priority=7,allowed_vlan_ids="2,4094",mac_addr=eaadf2188302,allowed_os_mac_addrs=ceb0e0b2b34d,auto_priority_failover=0,backing_devices=sriov/vios1//1/1/2.0/10/50.0'`,
    ]);
  });
});

describe('room on the port', () => {
  const used = (capacity: number): Snapshot =>
    estate({ logicalPorts: [logicalPort(1, 1, { physicalPortId: 1, capacity })] });

  it('the capacities on a port add up to at most 100', () => {
    expect(planRefusal(withDevice({ capacity: 4 }), used(98))).toMatchObject({
      type: 'port-full',
      pointer: '/backingDevices/0/capacity',
      members: { capacityLeft: 2 },
    });
    expect(
      valueOf(bindAndPlan(vnicCreate, used(98), TO_LIZARD, withDevice({ capacity: 2 })).planned).steps,
    ).toHaveLength(1);
    const elsewhere = estate({ logicalPorts: [logicalPort(1, 1, { physicalPortId: 0, capacity: 100 })] });
    expect(valueOf(bindAndPlan(vnicCreate, elsewhere, TO_LIZARD, request()).planned).steps).toHaveLength(1);
  });

  it('a capacity left out counts as the smallest one of the port', () => {
    const { capacity: _, ...withoutCapacity } = DEVICE;
    const body = request({ backingDevices: [withoutCapacity] });
    expect(planRefusal(body, used(100))).toMatchObject({ type: 'port-full', pointer: '/backingDevices/0' });
    expect(valueOf(bindAndPlan(vnicCreate, used(98), TO_LIZARD, body).planned).steps).toHaveLength(1);
  });

  it('counts devices of vNICs that the listing of logical ports leaves out, and counts none twice', () => {
    const occupant = device({ logicalPortId: '27004001', adapterId: 1, physicalPortId: 1, desiredCapacity: 60 });
    const vnics = [vnic({ slot: 3, backingDevices: [occupant] })];
    expect(planRefusal(withDevice({ capacity: 42 }), estate({ vnics })).type).toBe('port-full');
    const listed = estate({ vnics, logicalPorts: [logicalPort(1, 1, { physicalPortId: 1, capacity: 60 })] });
    expect(
      valueOf(bindAndPlan(vnicCreate, listed, TO_LIZARD, withDevice({ capacity: 40 })).planned).steps,
    ).toHaveLength(1);
  });

  it('adds hundredths exactly', () => {
    const thirds = [33.33, 33.33, 33.33].map((capacity, i) => logicalPort(1, i + 1, { physicalPortId: 1, capacity }));
    const fine = estate({ logicalPorts: thirds, physicalPorts: [physicalPort(1, 1, { capacityGranularity: 0.01 })] });
    expect(
      valueOf(bindAndPlan(vnicCreate, fine, TO_LIZARD, withDevice({ capacity: 0.01 })).planned).steps,
    ).toHaveLength(1);
    expect(planRefusal(withDevice({ capacity: 0.02 }), fine).type).toBe('port-full');
  });

  it('the Virtual I/O Server of a device runs with RMC, where the HMC tells', () => {
    const servers = (state: string | null): Snapshot =>
      estate({
        partitions: estate().partitions.map((one) => (one.environment === 'vioserver' ? { ...one, state } : one)),
      });
    expect(planRefusal(request(), servers('Not Activated'))).toMatchObject({
      type: 'partition-state',
      pointer: '/backingDevices/0/virtualIoServer',
      members: { partitionState: 'Not Activated' },
    });
    expect(valueOf(bindAndPlan(vnicCreate, servers(null), TO_LIZARD, request()).planned).steps).toHaveLength(1);
  });

  it('a port and an adapter have a fixed number of logical ports', () => {
    const fullPort = estate({
      physicalPorts: [physicalPort(1, 1, { configuredLogicalPorts: 20, maxLogicalPorts: 20 })],
    });
    expect(planRefusal(request(), fullPort)).toMatchObject({ type: 'port-full', pointer: '/backingDevices/0' });
    const fullOfEthernet = estate({
      physicalPorts: [physicalPort(1, 1, { ethernetLogicalPorts: 6, maxEthernetLogicalPorts: 6 })],
    });
    expect(planRefusal(request(), fullOfEthernet)).toMatchObject({ type: 'port-full', pointer: '/backingDevices/0' });

    const almostFull = estate({
      adapters: [adapter(1, { logicalPorts: 2 })],
      logicalPorts: [
        logicalPort(1, 1, { physicalPortId: 0 }),
        logicalPort(1, 2, { configured: false, physicalPortId: null, partition: null, capacity: null }),
      ],
    });
    const two = request({ backingDevices: [DEVICE, { ...DEVICE, physicalPortId: 2 }] });
    expect(planRefusal(two, almostFull)).toMatchObject({ type: 'port-full', pointer: '/backingDevices/1' });
    expect(valueOf(bindAndPlan(vnicCreate, almostFull, TO_LIZARD, request()).planned).steps).toHaveLength(1);
  });
});

describe('the state of the partition', () => {
  const lizard = (changes: Partial<Partition>): Snapshot =>
    estate({ partitions: [...estate().partitions.filter(({ id }) => id !== 6), partition(LIZARD, changes)] });
  const inState = (state: string | null): Snapshot => lizard({ state });

  it.each(['Open Firmware', 'Migrating - Running', 'Shutting Down'])('%s does not allow it', (state) => {
    expect(planRefusal(request(), inState(state)).type).toBe('partition-state');
  });

  it.each(['inactive', 'none'])('Running does not with RMC %s', (rmcState) => {
    expect(planRefusal(request(), lizard({ rmcState }))).toMatchObject({
      type: 'partition-state',
      members: { partitionState: 'Running', rmcState },
    });
  });

  it.each([
    { rmcState: null },
    { rmcState: 'unknown' },
    { rmcState: 'busy' },
    { rmcState: 'none', environment: 'os400' },
    { rmcState: 'inactive', state: 'Not Activated' },
  ])('%j is left to the HMC', (changes) => {
    const plan = valueOf(bindAndPlan(vnicCreate, lizard(changes), TO_LIZARD, request()).planned);
    expect(plan.steps).toHaveLength(1);
    const isWarned = changes.rmcState === 'busy' || changes.rmcState === 'unknown';
    expect(plan.warnings ?? []).toEqual(isWarned ? [expect.stringContaining(`"${changes.rmcState}"`)] : []);
  });

  it.each(['Running', 'Not Activated', 'Uruchomiona', null])('%s does, or is left to the HMC', (state) => {
    expect(valueOf(bindAndPlan(vnicCreate, inState(state), TO_LIZARD, request()).planned).steps).toHaveLength(1);
  });
});

describe('the readback of a create', () => {
  it('shows nothing before and the whole vNIC afterwards', () => {
    const target = { partition: LIZARD, slot: 6 };
    const after = estate({ vnics: [seedVnic()] });
    expect(vnicCreate.observe(estate(), target)).toBeNull();
    expect(vnicCreate.observe(after, target)).toMatchObject({ slot: 6, macAddress: 'eaadf2188302' });
    expect(vnicCreate.result(estate(), target)).toBeNull();
    expect(vnicCreate.result(after, target)).toEqual(after.vnics[0]);
    expect(vnicCreate.presence(estate(), target)).toBe('present');
  });

  it('knows of no vNIC while no slot is decided', () => {
    const undecided = { partition: LIZARD };
    const after = estate({ vnics: [seedVnic()] });
    expect(vnicCreate.holds(after, undecided, request())).toBe(false);
    expect(vnicCreate.observe(after, undecided)).toBeNull();
    expect(vnicCreate.result(after, undecided)).toBeNull();
  });
});
