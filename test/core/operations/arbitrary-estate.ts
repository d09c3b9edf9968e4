import fc from 'fast-check';
import type { OperationName, TargetAddress } from '../../../src/core/operations/operation.js';
import type { RequestOf, VnicCreateRequest } from '../../../src/core/operations/requests.js';
import type { BackingDeviceRequest } from '../../../src/core/placement/backing-device-request.js';
import type { Snapshot, SnapshotPart } from '../../../src/core/resources/snapshot.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import type { BackingDevice } from '../../../src/core/resources/backing-device.js';
import { device, estate, LIZARD, logicalPortId, VIOS1, VIOS2, vnic } from './estate.js';
import { poweredOff, settle } from './hypervisor.js';

export const SNAPSHOT_PARTS: readonly SnapshotPart[] = [
  'partitions',
  'adapters',
  'physicalPorts',
  'logicalPorts',
  'vnics',
  'virtualSlots',
];

/** The operations on one system; those on two have their own tests. */
type OnOneSystem = Exclude<OperationName, `partition.${string}`>;

/** A call in an estate: the vNIC in slot 6 of lizard is its target, the one in slot 7 a bystander. */
export interface Call<N extends OnOneSystem = OnOneSystem> {
  readonly name: N;
  readonly snapshot: Snapshot;
  readonly address: TargetAddress;
  readonly request: RequestOf[N];
}

/** Few values, so that equal ones meet often. */
const priority = fc.constantFrom(1, 10, 20, 50, 100);
const capacity = fc.constantFrom(2, 4, 10);

const port = fc.record({
  adapterId: fc.integer({ min: 1, max: 3 }),
  physicalPortId: fc.integer({ min: 0, max: 2 }),
});

function onDifferentPorts(least: number, most: number): fc.Arbitrary<{ adapterId: number; physicalPortId: number }[]> {
  return fc.uniqueArray(port, {
    minLength: least,
    maxLength: most,
    selector: ({ adapterId, physicalPortId }) => `${adapterId}/${physicalPortId}`,
  });
}

const backingDevices: fc.Arbitrary<BackingDevice[]> = onDifferentPorts(1, 6).chain((ports) =>
  fc.tuple(
    ...ports.map(({ adapterId, physicalPortId }) =>
      fc
        .record({
          failoverPriority: priority,
          desiredCapacity: capacity,
          virtualIoServer: fc.constantFrom(VIOS1, VIOS2),
          status: fc.constantFrom('Operational', 'Operational', 'Operational', 'Link Down'),
        })
        .map((made) =>
          device({ ...made, adapterId, physicalPortId, logicalPortId: logicalPortId(adapterId, physicalPortId + 1) }),
        ),
    ),
  ),
);

/** A vNIC as a hypervisor at rest shows it: one device is active, the elected one while automatic failover is on. */
const settledVnic: fc.Arbitrary<Vnic> = fc
  .record({ devices: backingDevices, active: fc.nat(5), autoPriorityFailover: fc.boolean() })
  .map(({ devices, active, autoPriorityFailover }) => {
    const made = vnic({
      autoPriorityFailover,
      backingDevices: devices.map((one, i) => ({ ...one, active: i === active % devices.length })),
    });
    return autoPriorityFailover ? settle(made) : made;
  });

/** Some ports without a link: a new device there carries no traffic. */
const portsDown = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: onDifferentPorts(1, 4) });

/** Mostly running, as nothing moves where it is shut off, and few changes are taken in Open Firmware. */
const partitionState = fc.constantFrom(
  ...['Running', 'Running', 'Running', 'Running', 'Not Activated', 'Open Firmware'],
);

const snapshots: fc.Arbitrary<Snapshot> = fc
  .tuple(settledVnic, settledVnic, partitionState, portsDown)
  .map(([target, bystander, state, down]) => {
    const base = estate();
    const shown = state === 'Not Activated' ? poweredOff : (one: Vnic): Vnic => one;
    const isDown = (one: { adapterId: number; physicalPortId: number }): boolean =>
      down.some((other) => other.adapterId === one.adapterId && other.physicalPortId === one.physicalPortId);
    return {
      ...base,
      physicalPorts: base.physicalPorts.map((one) => (isDown(one) ? { ...one, linkUp: false } : one)),
      partitions: base.partitions.map((one) => (one.id === LIZARD.id ? { ...one, state } : one)),
      vnics: [shown(target), shown({ ...bystander, slot: 7, macAddress: 'eaadf2188377' })],
    };
  });

function targetVnic(snapshot: Snapshot): Vnic {
  const [found] = snapshot.vnics;
  if (found === undefined) throw new Error('an arbitrary estate has a vNIC');
  return found;
}

const ADDRESS = { partition: { id: LIZARD.id }, slot: 6 } as const;

const deviceRequests: fc.Arbitrary<BackingDeviceRequest[]> = onDifferentPorts(1, 6).chain((ports) =>
  fc.tuple(
    ...ports.map((one) =>
      fc
        .record(
          {
            virtualIoServer: fc.constantFrom({ name: 'vios1' }, { id: 1 }, { name: 'vios2', id: 2 }),
            capacity,
            failoverPriority: priority,
            maxCapacity: fc.constantFrom(50, 100),
          },
          { requiredKeys: ['virtualIoServer'] },
        )
        .map((wanted) => ({ ...wanted, ...one })),
    ),
  ),
);

function requestOf(existing: BackingDevice): BackingDeviceRequest {
  const { virtualIoServer, adapterId, physicalPortId, desiredCapacity, failoverPriority } = existing;
  return {
    virtualIoServer: { id: virtualIoServer.id },
    adapterId,
    physicalPortId,
    capacity: desiredCapacity,
    failoverPriority,
  };
}

/** Asks for devices as they are there already. */
function likeExisting(devices: readonly BackingDevice[]): fc.Arbitrary<BackingDeviceRequest[]> {
  return fc.subarray([...devices], { minLength: 1 }).map((some) => some.map(requestOf));
}

function createRequest(devices: readonly BackingDeviceRequest[]): fc.Arbitrary<VnicCreateRequest> {
  return fc.record(
    {
      slot: fc.constantFrom(6, 7, 8, 20),
      portVlanId: fc.constantFrom(0, 2, 3455),
      portVlanPriority: fc.integer({ min: 0, max: 7 }),
      allowedVlanIds: fc.constantFrom<VnicCreateRequest['allowedVlanIds']>('all', 'none', [2, 3]),
      macAddress: fc.constantFrom('EA:AD:F2:18:83:02', 'eaadf2188300'),
      allowedOsMacAddresses: fc.constantFrom<VnicCreateRequest['allowedOsMacAddresses']>('all', ['AE7A25E59A07']),
      autoPriorityFailover: fc.boolean(),
      backingDevices: fc.constant(devices),
    },
    { requiredKeys: ['backingDevices'] },
  );
}

/** Asks for a vNIC that is there already; what is left out is not compared. */
function createExisting(vnic: Vnic): fc.Arbitrary<VnicCreateRequest> {
  return fc.record(
    {
      slot: fc.constant(vnic.slot),
      portVlanId: fc.constant(vnic.portVlanId ?? 0),
      allowedVlanIds: fc.constant<VnicCreateRequest['allowedVlanIds']>('all'),
      macAddress: fc.constant((vnic.macAddress ?? '').toUpperCase()),
      autoPriorityFailover: fc.constant(vnic.autoPriorityFailover ?? true),
      backingDevices: fc
        .shuffledSubarray([...vnic.backingDevices], { minLength: vnic.backingDevices.length })
        .map((devices) => devices.map(requestOf)),
    },
    { requiredKeys: ['slot', 'backingDevices'] },
  );
}

function call<N extends OnOneSystem>(
  name: N,
  make: (vnic: Vnic) => fc.Arbitrary<{ readonly address: TargetAddress; readonly request: RequestOf[N] }>,
): fc.Arbitrary<Call<N>> {
  return snapshots.chain((snapshot) =>
    make(targetVnic(snapshot)).map(({ address, request }) => ({ name, snapshot, address, request })),
  );
}

function onDevice<R>(vnic: Vnic, request: fc.Arbitrary<R>): fc.Arbitrary<{ address: TargetAddress; request: R }> {
  return fc
    .tuple(fc.constantFrom(...vnic.backingDevices), request)
    .map(([one, body]) => ({ address: { ...ADDRESS, logicalPortId: one.logicalPortId }, request: body }));
}

/** Some of the devices as they are, or with another priority, capacity or server, and some new ones. */
function desiredDevices(existing: readonly BackingDevice[]): fc.Arbitrary<BackingDeviceRequest[]> {
  const kept = fc
    .subarray([...existing])
    .chain((some) =>
      fc.tuple(
        ...some.map((one) =>
          fc
            .record(
              { failoverPriority: priority, capacity, virtualIoServer: fc.constantFrom({ id: 1 }, { name: 'vios2' }) },
              { requiredKeys: [] },
            )
            .chain((other) => fc.constantFrom(requestOf(one), requestOf(one), { ...requestOf(one), ...other })),
        ),
      ),
    );
  return fc.tuple(kept, deviceRequests).map(([some, others]) => {
    const isNew = (one: BackingDeviceRequest): boolean =>
      !some.some((other) => other.adapterId === one.adapterId && other.physicalPortId === one.physicalPortId);
    return [...some, ...others.filter(isNew)].slice(0, Math.max(1, some.length, others.length));
  });
}

/** A call of each operation, most of them such as a client would make. */
export const CALLS: { readonly [N in OnOneSystem]: fc.Arbitrary<Call<N>> } = {
  'vnic.create': call('vnic.create', (vnic) =>
    fc
      .oneof(deviceRequests.chain(createRequest), createExisting(vnic))
      .map((request) => ({ address: { partition: { id: LIZARD.id } }, request })),
  ),
  'vnic.set': call('vnic.set', ({ backingDevices }) =>
    fc
      .record(
        {
          autoPriorityFailover: fc.boolean(),
          allowNetworkDisruption: fc.constant(true),
          backingDevices: fc.oneof(
            { weight: 4, arbitrary: desiredDevices(backingDevices) },
            { weight: 1, arbitrary: fc.constant(backingDevices.map(requestOf)) },
          ),
        },
        { requiredKeys: [] },
      )
      .map((request) => ({ address: ADDRESS, request })),
  ),
  'vnic.update': call('vnic.update', () =>
    fc.record({ autoPriorityFailover: fc.boolean() }).map((request) => ({ address: ADDRESS, request })),
  ),
  'vnic.delete': call('vnic.delete', () => fc.constant({ address: ADDRESS, request: {} })),
  'backing-device.add': call('backing-device.add', ({ backingDevices }) =>
    fc
      .oneof(
        deviceRequests,
        likeExisting(backingDevices),
        fc.tuple(deviceRequests, likeExisting(backingDevices)).map(mix),
      )
      .map((wanted) => ({ address: ADDRESS, request: { backingDevices: wanted } })),
  ),
  'backing-device.remove': call('backing-device.remove', (vnic) => onDevice(vnic, fc.constant({}))),
  'backing-device.set-priority': call('backing-device.set-priority', (vnic) =>
    onDevice(vnic, fc.record({ failoverPriority: priority })),
  ),
  'backing-device.activate': call('backing-device.activate', (vnic) =>
    onDevice(vnic, fc.record({ restoreAutoPriorityFailover: fc.boolean() }, { requiredKeys: [] })),
  ),
  'physical-port.set-label': call('physical-port.set-label', () => {
    const request = fc.record(
      { label: fc.constantFrom('', 'netA', 'net b$(x)'), subLabel: fc.constantFrom('', 'prod'), force: fc.boolean() },
      { requiredKeys: [] },
    );
    return fc.tuple(port, request).map(([physicalPort, body]) => ({ address: { physicalPort }, request: body }));
  }),
};

/** One new device beside those that are there. */
function mix([fresh, existing]: [BackingDeviceRequest[], BackingDeviceRequest[]]): BackingDeviceRequest[] {
  const isNew = (one: BackingDeviceRequest): boolean =>
    !existing.some((other) => other.adapterId === one.adapterId && other.physicalPortId === one.physicalPortId);
  return [...existing, ...fresh.filter(isNew).slice(0, 1)];
}
