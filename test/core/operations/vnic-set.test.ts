import { describe, expect, it } from 'vitest';
import { isShownAs, renderCommand } from '../../../src/core/hmc-language/quote-word.js';
import { leftDemoted } from '../../../src/core/operations/demoted-devices.js';
import type { VnicSetRequest } from '../../../src/core/operations/requests.js';
import type { BackingDeviceRequest } from '../../../src/core/placement/backing-device-request.js';
import { leftRemoved } from '../../../src/core/operations/replaced-devices.js';
import { vnicSet } from '../../../src/core/operations/vnic-set.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import type { BackingDevice } from '../../../src/core/resources/backing-device.js';
import { adapter, device, estate, LIZARD, logicalPort, seedVnic, vnic, VIOS1, VIOS2 } from './estate.js';
import { activeOf, apply, HYPERVISORS, type HypervisorOptions } from './hypervisor.js';
import { bindAndPlan, lines, moves, refusalOf, valueOf } from './plan-helpers.js';

const ADDRESS = { partition: { id: LIZARD.id }, slot: 6 };
const VNIC = "chhwres -r virtualio -m '9119-MME*65BA46F' -o s --rsubtype vnic --id 6 -s 6 -w 5 -a ";
const DEVICE = (operation: string, id: string): string =>
  `chhwres -r virtualio -m '9119-MME*65BA46F' -o ${operation} --rsubtype vnicbkdev -p lizard -s 6 --logport ${id}`;

/** Port 1 of adapters 1 and 2, one on each Virtual I/O Server; the first is active. */
const FIRST = device({ logicalPortId: '2700400b', adapterId: 1, failoverPriority: 10, active: true });
const SECOND = device({ logicalPortId: '27008005', adapterId: 2, failoverPriority: 20, virtualIoServer: VIOS2 });

const wanted = (one: BackingDevice, changes: Partial<BackingDeviceRequest> = {}): BackingDeviceRequest => ({
  virtualIoServer: { id: one.virtualIoServer.id },
  adapterId: one.adapterId,
  physicalPortId: one.physicalPortId,
  capacity: one.desiredCapacity,
  failoverPriority: one.failoverPriority,
  ...changes,
});
const fresh = (adapterId: number, failoverPriority: number): BackingDeviceRequest => ({
  virtualIoServer: { name: 'vios1' },
  adapterId,
  physicalPortId: 1,
  capacity: 2,
  failoverPriority,
});

function planned(made: Vnic, request: VnicSetRequest, changes: Partial<Snapshot> = {}): ReturnType<typeof bindAndPlan> {
  return bindAndPlan(vnicSet, estate({ vnics: [made], ...changes }), ADDRESS, request);
}
const linesOf = (made: Vnic, request: VnicSetRequest): readonly string[] =>
  lines(valueOf(planned(made, request).planned));

/** As a job does it: one command, and the rest planned anew from what is there then. */
function carriedOut(
  made: Vnic,
  request: VnicSetRequest,
  hypervisor: HypervisorOptions = {},
): { readonly sent: readonly string[]; readonly end: Snapshot } {
  let now: Snapshot = estate({ vnics: [made] });
  let plan = valueOf(planned(made, request).planned);
  const sent: string[] = [];
  for (let step = plan.steps[0]; step !== undefined; step = plan.steps[0]) {
    expect(vnicSet.holds(now, plan.target, request)).toBe(false);
    sent.push(renderCommand(step.command));
    now = apply(now, step.command, hypervisor);
    plan = valueOf(vnicSet.plan(now, plan.target, request));
  }
  expect(vnicSet.holds(now, plan.target, request)).toBe(true);
  return { sent, end: now };
}

const pair = (changes: Partial<Vnic> = {}): Vnic => vnic({ backingDevices: [FIRST, SECOND], ...changes });

describe('vnic.set', () => {
  it('plans nothing for a vNIC that is as wished, in whatever order', () => {
    const { target, planned: plan } = planned(pair(), {
      portVlanId: 3455,
      macAddress: 'EA:AD:F2:18:83:02',
      autoPriorityFailover: true,
      backingDevices: [wanted(SECOND), wanted(FIRST)],
    });
    expect(target).toEqual({ partition: LIZARD, slot: 6, macAddress: 'eaadf2188302' });
    expect(valueOf(plan)).toEqual({ steps: [], target });
    expect(linesOf(pair(), {})).toEqual([]);
  });

  it('leaves as it is what is left out: automatic failover, and properties of devices', () => {
    const off = pair({ autoPriorityFailover: false });
    const bare = ({ virtualIoServer, adapterId, physicalPortId }: BackingDevice): BackingDeviceRequest => ({
      virtualIoServer: { name: virtualIoServer.name },
      adapterId,
      physicalPortId,
    });
    expect(linesOf(off, { backingDevices: [bare(FIRST), bare(SECOND)] })).toEqual([]);
    expect(linesOf(pair(), { autoPriorityFailover: false })).toEqual([`${VNIC}auto_priority_failover=0`]);
  });

  describe('a device that is made anew on its own port', () => {
    const bare = (one: BackingDevice, changes: Partial<BackingDeviceRequest>): BackingDeviceRequest => {
      const { virtualIoServer, adapterId, physicalPortId } = one;
      return { virtualIoServer: { id: virtualIoServer.id }, adapterId, physicalPortId, ...changes };
    };

    it('keeps its number, and automatic failover goes back to it', () => {
      const request = { backingDevices: [bare(FIRST, { capacity: 12 }), bare(SECOND, {})] };
      const plan = valueOf(planned(pair(), request).planned);
      expect(lines(plan)).toEqual([
        `${DEVICE('s', '2700400b')} -a failover_priority=100`,
        `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/100`,
        `${VNIC}backing_devices+=sriov/vios1//1/1/12.0/10`,
      ]);
      expect(plan.target.newDevices).toEqual([
        { virtualIoServer: VIOS1, adapterId: 1, physicalPortId: 1, capacity: 12, failoverPriority: 10 },
      ]);
      const { sent, end } = carriedOut(pair(), request);
      expect(sent).toEqual(lines(plan));
      expect(end.vnics[0]?.backingDevices.find(({ adapterId }) => adapterId === 1)).toMatchObject({
        desiredCapacity: 12,
        failoverPriority: 10,
        active: true,
      });
    });

    it('keeps capacity and maximum when it goes to another server', () => {
      const limited = { ...SECOND, desiredCapacity: 20, desiredMaxCapacity: 60 };
      const request = { backingDevices: [bare(FIRST, {}), bare(SECOND, { virtualIoServer: { name: 'vios1' } })] };
      expect(carriedOut(vnic({ backingDevices: [FIRST, limited] }), request).sent).toEqual([
        `${VNIC}backing_devices-=sriov/vios2//2/1/20.0/20`,
        `${VNIC}backing_devices+=sriov/vios1//2/1/20.0/20/60.0`,
      ]);
    });

    it('is refused where its maximum would be below its capacity', () => {
      const limited = vnic({ backingDevices: [FIRST, { ...SECOND, desiredCapacity: 10, desiredMaxCapacity: 20 }] });
      const wish = (changes: Partial<BackingDeviceRequest>): VnicSetRequest => ({
        backingDevices: [bare(FIRST, {}), bare(SECOND, changes)],
      });
      const bound = (request: VnicSetRequest): unknown =>
        refusalOf(vnicSet.bind(estate({ vnics: [limited] }), ADDRESS, request));
      expect(bound(wish({ capacity: 30 }))).toMatchObject({
        type: 'rule-violation',
        pointer: '/backingDevices/1/capacity',
      });
      expect(bound(wish({ maxCapacity: 5 }))).toMatchObject({
        pointer: '/backingDevices/1/maxCapacity',
      });
    });

    it('is told of, as it was, where the job ends before it is there again', () => {
      const limited = { ...FIRST, desiredCapacity: 4, desiredMaxCapacity: 50 };
      const request = { backingDevices: [bare(FIRST, { virtualIoServer: { name: 'vios2' } }), bare(SECOND, {})] };
      let now = estate({ vnics: [vnic({ backingDevices: [limited, SECOND] })] });
      let plan = valueOf(bindAndPlan(vnicSet, now, ADDRESS, request).planned);
      const told: (readonly string[])[] = [];
      for (let step = plan.steps[0]; step !== undefined; step = plan.steps[0]) {
        told.push(leftRemoved(now, plan.target));
        now = apply(now, step.command);
        plan = valueOf(vnicSet.plan(now, plan.target, request));
      }
      told.push(leftRemoved(now, plan.target));
      const AS_IT_WAS = 'It was on vios1 with capacity 4, failover priority 10 and maximum capacity 50.';
      // Its number is raised first, then it goes, then it comes back.
      expect(told).toEqual([[], [], [expect.stringContaining(AS_IT_WAS)], []]);
      expect(leftRemoved(null, plan.target)).toEqual([expect.stringContaining('may have been removed')]);
    });

    it('is told of where the job ends before it is removed', () => {
      const request = { backingDevices: [bare(FIRST, { capacity: 12 }), bare(SECOND, {})] };
      const before = estate({ vnics: [pair()] });
      const plan = valueOf(planned(pair(), request).planned);
      expect(leftDemoted(before, plan.target)).toEqual([]);
      const demoted = apply(before, plan.steps[0]?.command ?? { kind: 'read', words: [] });
      const { target } = valueOf(vnicSet.plan(demoted, plan.target, request));
      expect(leftDemoted(demoted, target)).toEqual([expect.stringContaining('It was 10 before this job')]);
      expect(leftDemoted(null, target)).toEqual([expect.stringContaining('may have failover priority 100')]);
      expect(leftDemoted(carriedOut(pair(), request).end, target)).toEqual([]);
    });
  });

  describe('a new device', () => {
    const onPort = (linkUp: boolean | null): Partial<Snapshot> => ({
      physicalPorts: estate().physicalPorts.map((one) =>
        one.adapterId === 3 && one.physicalPortId === 1 ? { ...one, linkUp } : one,
      ),
    });
    const alone = vnic({ backingDevices: [FIRST] });
    const moved = { backingDevices: [fresh(3, 20)] };

    it('carries no traffic where its port has no link, or its adapter does not run', () => {
      expect(refusalOf(planned(alone, moved, onPort(false)).planned)).toMatchObject({
        type: 'network-disruption',
        members: { operationalDevices: 0 },
      });
      const adapters = estate().adapters.map((one) => (one.adapterId === 3 ? { ...one, status: 'failed' } : one));
      expect(refusalOf(planned(alone, moved, { adapters }).planned)).toMatchObject({ type: 'network-disruption' });
      // Beside one that works it may be there, and takes nothing over.
      const beside = valueOf(planned(pair(), { backingDevices: [wanted(FIRST), fresh(3, 5)] }, onPort(false)).planned);
      expect(moves(beside)).toEqual([false, false]);
      expect(beside.target.newDevices).toMatchObject([{ adapterId: 3, operational: false }]);
    });

    it('counts as operational where the HMC does not tell', () => {
      expect(planned(alone, moved, onPort(null)).planned.ok).toBe(true);
    });

    it.each([
      ['Not Activated', 'inactive'],
      ['Running', 'inactive'],
    ])('is refused on a Virtual I/O Server in state %s with RMC %s', (state, rmcState) => {
      const partitions = estate().partitions.map((one) => (one.id === VIOS1.id ? { ...one, state, rmcState } : one));
      const down = { partitions };
      const request = { backingDevices: [wanted(FIRST), wanted(SECOND, { virtualIoServer: { name: 'vios1' } })] };
      expect(refusalOf(planned(pair(), request, down).planned)).toMatchObject({
        type: 'partition-state',
        pointer: '/backingDevices/1/virtualIoServer',
        members: { partitionState: state, rmcState },
      });
      // Those that are there stay.
      expect(planned(pair(), { backingDevices: [wanted(FIRST, { failoverPriority: 5 })] }, down).planned.ok).toBe(true);
      const unknown = { partitions: partitions.map((one) => ({ ...one, state: null, rmcState: null })) };
      expect(planned(pair(), request, unknown).planned.ok).toBe(true);
    });
  });

  it('adds before it removes, and moves the active device by the change of a priority', () => {
    const plan = valueOf(planned(pair(), { backingDevices: [wanted(SECOND), fresh(3, 30)] }).planned);
    expect(lines(plan)).toEqual([
      `${VNIC}backing_devices+=sriov/vios1//3/1/2.0/30`,
      `${DEVICE('s', '2700400b')} -a failover_priority=100`,
      `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/100`,
    ]);
    expect(moves(plan)).toEqual([false, true, false]);
    expect(plan.target.leastOperationalDevices).toBe(1);
    expect(plan.target.restoreAutoPriorityFailover).toBeUndefined();
  });

  it('needs no command for the move where a wished change moves it anyway', () => {
    const plan = valueOf(planned(pair(), { backingDevices: [wanted(SECOND), fresh(3, 5)] }).planned);
    expect(lines(plan)).toEqual([
      `${VNIC}backing_devices+=sriov/vios1//3/1/2.0/5`,
      `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/10`,
    ]);
    expect(moves(plan)).toEqual([true, false]);
  });

  it('activates where automatic failover is off, and shows what stands for a port that is not known yet', () => {
    const off = vnic({ autoPriorityFailover: false, backingDevices: [FIRST] });
    const { planned: plan } = planned(off, { backingDevices: [fresh(3, 30)] });
    const steps = valueOf(plan);
    expect(lines(steps)).toEqual([
      `${VNIC}backing_devices+=sriov/vios1//3/1/2.0/30`,
      DEVICE('act', '{"ref": "logicalPortOf adapter 3 port 1"}'),
      `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/10`,
    ]);
    expect(() => renderCommand(steps.steps[1]?.command ?? { kind: 'read', words: [] })).toThrow(TypeError);
    // After the first step it is known.
    const now = apply(estate({ vnics: [off] }), steps.steps[0]?.command ?? { kind: 'read', words: [] });
    const again = lines(valueOf(vnicSet.plan(now, steps.target, { backingDevices: [fresh(3, 30)] })));
    expect(again[0]).toBe(DEVICE('act', now.vnics[0]?.backingDevices[1]?.logicalPortId ?? ''));
    expect(isShownAs(again[0] ?? '', lines(steps)[1] ?? '')).toBe(true);
  });

  it('switches automatic failover off by the activation that is needed anyway', () => {
    expect(linesOf(pair(), { autoPriorityFailover: false, backingDevices: [wanted(SECOND)] })).toEqual([
      DEVICE('act', '27008005'),
      `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/10`,
    ]);
  });

  it('restores automatic failover where only an activation moves the device, and owes it until then', () => {
    const equal = [
      { ...FIRST, failoverPriority: 100 },
      { ...SECOND, failoverPriority: 100 },
    ];
    const plan = valueOf(
      planned(vnic({ backingDevices: equal }), { backingDevices: [wanted(SECOND, { failoverPriority: 100 })] }).planned,
    );
    expect(lines(plan)).toEqual([
      DEVICE('act', '27008005'),
      `${VNIC}auto_priority_failover=1`,
      `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/100`,
    ]);
    expect(plan.target.restoreAutoPriorityFailover).toBe(true);
    const half = pair({ autoPriorityFailover: false, backingDevices: [SECOND] });
    const request = { backingDevices: [wanted(SECOND)] };
    expect(vnicSet.holds(estate({ vnics: [half] }), plan.target, request)).toBe(false);
    expect(lines(valueOf(vnicSet.plan(estate({ vnics: [half] }), plan.target, request)))).toEqual([
      `${VNIC}auto_priority_failover=1`,
    ]);
  });

  it('switches automatic failover on together with new devices, in one command', () => {
    const off = pair({ autoPriorityFailover: false });
    const request = {
      autoPriorityFailover: true,
      backingDevices: [wanted(FIRST), wanted(SECOND), fresh(3, 30), fresh(4, 40)],
    };
    expect(linesOf(off, request)).toEqual([
      `${VNIC.slice(0, -1)} 'auto_priority_failover=1,"backing_devices+=sriov/vios1//3/1/2.0/30,sriov/vios1//4/1/2.0/40"'`,
    ]);
  });

  it('makes devices anew on their own ports one after the other, each while the other carries the traffic', () => {
    const request = { backingDevices: [wanted(FIRST, { capacity: 4 }), wanted(SECOND, { capacity: 4 })] };
    const plan = valueOf(planned(pair(), request).planned);
    expect(lines(plan)).toEqual([
      `${DEVICE('s', '2700400b')} -a failover_priority=100`,
      `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/100`,
      `${VNIC}backing_devices+=sriov/vios1//1/1/4.0/10`,
      `${VNIC}backing_devices-=sriov/vios2//2/1/2.0/20`,
      `${VNIC}backing_devices+=sriov/vios2//2/1/4.0/20`,
    ]);
    expect(moves(plan)).toEqual([true, false, true, false, false]);
  });

  it('reckons with the room that a device leaves on its own port', () => {
    const ports = [
      logicalPort(1, 11, { physicalPortId: 1, capacity: 2 }),
      logicalPort(1, 12, { physicalPortId: 1, capacity: 96 }),
    ];
    const made = seedVnic();
    const keep = made.backingDevices.slice(1).map((one) => wanted(one));
    const [first = FIRST] = made.backingDevices;
    const with4 = { backingDevices: [wanted(first, { capacity: 4 }), ...keep] };
    const with6 = { backingDevices: [wanted(first, { capacity: 6 }), ...keep] };
    expect(planned(made, with4, { logicalPorts: ports }).planned.ok).toBe(true);
    const full = { configuredLogicalPorts: 20, ethernetLogicalPorts: 6, maxEthernetLogicalPorts: 6 };
    const { physicalPorts } = estate();
    const allFull = physicalPorts.map((port) => ({ ...port, ...full }));
    expect(planned(made, with4, { logicalPorts: ports, physicalPorts: allFull }).planned.ok).toBe(true);
    expect(refusalOf(planned(made, with6, { logicalPorts: ports }).planned)).toMatchObject({
      type: 'port-full',
      pointer: '/backingDevices/0/capacity',
    });
  });

  it('reckons with the logical ports that leaving devices give back to their adapter', () => {
    const third = device({ logicalPortId: '2700c003', adapterId: 3, failoverPriority: 30, virtualIoServer: VIOS2 });
    const made = vnic({ backingDevices: [FIRST, SECOND, third] });
    const moved = { ...wanted(FIRST), physicalPortId: 0 };
    const request = { backingDevices: [moved, wanted(SECOND), wanted(third)] };
    const full = { adapters: [adapter(1, { logicalPorts: 1 }), adapter(2), adapter(3)], logicalPorts: [] };
    const plan = valueOf(planned(made, request, full).planned);
    expect(lines(plan)).toEqual([
      `${DEVICE('s', '2700400b')} -a failover_priority=100`,
      `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/100`,
      `${VNIC}backing_devices+=sriov/vios1//1/0/2.0/10`,
    ]);
    // A readback tells nothing of adapters: the order stays.
    expect(plan.target.adapterRoom).toEqual([{ adapterId: 1, devices: 1 }]);
    const later = vnicSet.plan({ ...estate({ vnics: [made] }), adapters: undefined } as never, plan.target, request);
    expect(lines(valueOf(later))).toEqual(lines(plan));
    // With somebody else in the last place there is no room at all, nor beside the only device.
    const none = { ...full, adapters: [adapter(1, { logicalPorts: 0 }), adapter(2), adapter(3)] };
    expect(refusalOf(planned(made, request, none).planned).type).toBe('port-full');
    const only = vnic({ backingDevices: [FIRST] });
    expect(refusalOf(planned(only, { backingDevices: [moved] }, full).planned).type).toBe('port-full');
  });

  it('changes a whole vNIC of six without ever having fewer than five, or more than six', () => {
    const six = [1, 2, 3].flatMap((adapterId) =>
      [0, 1].map((physicalPortId) =>
        device({
          logicalPortId: `2700${adapterId}00${physicalPortId}`,
          adapterId,
          physicalPortId,
          failoverPriority: adapterId * 10 + physicalPortId,
          active: adapterId === 1 && physicalPortId === 0,
        }),
      ),
    );
    const others = [1, 2, 3].flatMap((adapterId) =>
      [2, 3].map((physicalPortId) => ({ ...fresh(adapterId, 50), physicalPortId })),
    );
    const made = vnic({ backingDevices: six });
    const plan = valueOf(planned(made, { backingDevices: others }).planned);
    let now: Snapshot = estate({ vnics: [made] });
    for (const { command } of plan.steps) {
      now = apply(now, command);
      const count = now.vnics[0]?.backingDevices.length ?? 0;
      expect([5, 6]).toContain(count);
    }
    expect(vnicSet.holds(now, plan.target, { backingDevices: others })).toBe(true);
    // Six to be added and six to be removed, one at a time, and one move.
    expect(plan.steps).toHaveLength(13);
  });

  it('takes a dead device away first, and knows that it carries nothing', () => {
    const dead = { ...SECOND, status: 'Link Down' };
    expect(linesOf(vnic({ backingDevices: [FIRST, dead] }), { backingDevices: [wanted(FIRST)] })).toEqual([
      `${VNIC}backing_devices-=sriov/vios2//2/1/2.0/20`,
    ]);
  });

  it('takes no device of a vNIC that runs where the HMC tells of none whether it is active, unless it may', () => {
    const untold = (one: BackingDevice): BackingDevice => ({ ...one, active: null, status: null });
    const now = vnic({ backingDevices: [untold(FIRST), untold(SECOND)] });
    const request = { backingDevices: [wanted(SECOND), fresh(3, 30)] };
    expect(refusalOf(planned(now, request).planned)).toMatchObject({
      type: 'network-disruption',
      settling: true,
      detail: expect.stringContaining('does not tell which device of the vNIC is active'),
      members: { step: `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/10` },
    });
    expect(linesOf(now, { ...request, allowNetworkDisruption: true })).toHaveLength(2);
    expect(linesOf(now, { backingDevices: [...request.backingDevices, wanted(FIRST)] })).toHaveLength(1);
  });

  describe('where the partition is shut off', () => {
    const NOT_ACTIVATED = {
      partitions: estate().partitions.map((one) =>
        one.id === LIZARD.id ? { ...one, state: 'Not Activated', rmcState: 'inactive' } : one,
      ),
    };
    /** An HMC may print a state for each device all the same. */
    const idle = (one: BackingDevice): BackingDevice => ({ ...one, active: false });
    const untold = (one: BackingDevice): BackingDevice => ({ ...one, active: null, status: null });

    it.each([idle, untold, (one: BackingDevice) => one])('sends no traffic away and waits for no election', (shown) => {
      const off = pair({ backingDevices: [shown(FIRST), shown(SECOND)] });
      const plan = valueOf(planned(off, { backingDevices: [wanted(SECOND)] }, NOT_ACTIVATED).planned);
      expect(lines(plan)).toEqual([`${VNIC}backing_devices-=sriov/vios1//1/1/2.0/10`]);
      expect(moves(plan)).toEqual([false]);
      expect(plan).not.toHaveProperty('settling');
      expect(plan.target).not.toHaveProperty('leastOperationalDevices');
    });

    it('owes no active device, and keeps no device for the traffic', () => {
      const off = pair({
        autoPriorityFailover: false,
        backingDevices: [idle(FIRST), { ...idle(SECOND), status: 'Link Down' }],
      });
      const request = { backingDevices: [wanted(FIRST, { capacity: 4 }), wanted(SECOND)] };
      const plan = valueOf(planned(off, request, NOT_ACTIVATED).planned);
      expect(lines(plan)).toEqual([
        `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/10`,
        `${VNIC}backing_devices+=sriov/vios1//1/1/4.0/10`,
      ]);
      const done = pair({
        autoPriorityFailover: false,
        backingDevices: [idle({ ...FIRST, desiredCapacity: 4 }), idle(SECOND)],
      });
      const owing = { ...plan.target, owesActiveDevice: true };
      expect(vnicSet.holds(estate({ vnics: [done], ...NOT_ACTIVATED }), owing, request)).toBe(true);
      expect(vnicSet.holds(estate({ vnics: [done] }), owing, request)).toBe(false);
    });
  });

  describe('where the partition takes no other devices now', () => {
    const partitionIs = (changes: object): Partial<Snapshot> => ({
      partitions: estate().partitions.map((one) => (one.id === LIZARD.id ? { ...one, ...changes } : one)),
    });
    const OPEN_FIRMWARE = partitionIs({ state: 'Open Firmware', rmcState: 'none' });
    const WITHOUT_RMC = partitionIs({ rmcState: 'inactive' });

    it.each([OPEN_FIRMWARE, WITHOUT_RMC])('refuses to add and to remove: %#', (changes) => {
      for (const backingDevices of [[wanted(FIRST)], [wanted(FIRST), wanted(SECOND), fresh(3, 30)]]) {
        const refusal = refusalOf(planned(pair(), { backingDevices }, changes).planned);
        expect(refusal).toMatchObject({ type: 'partition-state' });
        expect(refusal.detail).toContain('Partition lizard');
      }
    });

    it.each([OPEN_FIRMWARE, WITHOUT_RMC])('changes numbers and automatic failover all the same: %#', (changes) => {
      const request = {
        autoPriorityFailover: false,
        backingDevices: [wanted(FIRST), wanted(SECOND, { failoverPriority: 30 })],
      };
      expect(lines(valueOf(planned(pair(), request, changes).planned))).toEqual([
        `${DEVICE('s', '27008005')} -a failover_priority=30`,
        `${VNIC}auto_priority_failover=0`,
      ]);
    });
  });

  describe('where the network would be disrupted', () => {
    // The other one is dead: nothing can carry the traffic while the active one is made anew.
    const risky = vnic({ backingDevices: [FIRST, { ...SECOND, status: 'Link Down' }] });
    const request = { backingDevices: [wanted(FIRST, { capacity: 4 }), wanted(SECOND)] };

    it('names the step', () => {
      const refusal = refusalOf(planned(risky, request).planned);
      expect(refusal).toMatchObject({
        type: 'network-disruption',
        members: {
          step: `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/10`,
          operationalDevices: 0,
          leastOperationalDevices: 1,
        },
      });
      expect(refusal.detail).toContain('allowNetworkDisruption: true');
    });

    it('does it when that is allowed, and says so to the HMC with the step that disturbs', () => {
      const plan = valueOf(planned(risky, { ...request, allowNetworkDisruption: true }).planned);
      expect(lines(plan)).toEqual([
        `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/10 --allownetdisrupt`,
        `${VNIC}backing_devices+=sriov/vios1//1/1/4.0/10`,
      ]);
      // So many were to stay; the rest of the plan goes by it, too.
      expect(plan.target.leastOperationalDevices).toBe(1);
    });

    describe.each(HYPERVISORS)('with automatic failover off and a hypervisor that %j', (hypervisor) => {
      it('sees to it that the only device that works carries the traffic again', () => {
        const off = { ...risky, autoPriorityFailover: false };
        const allowed = { ...request, allowNetworkDisruption: true };
        const plan = valueOf(planned(off, allowed).planned);
        const REMOVE = `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/10 --allownetdisrupt`;
        const ADD = `${VNIC}backing_devices+=sriov/vios1//1/1/4.0/10`;
        expect(lines(plan)).toEqual([REMOVE, ADD, DEVICE('act', '{"ref": "logicalPortOf adapter 1 port 1"}')]);
        // The hypervisor may take the new device as soon as it is there, so that step keeps its distance, too.
        expect(moves(plan)).toEqual([true, true, true]);
        expect(plan.target.owesActiveDevice).toBe(true);

        const { sent, end } = carriedOut(off, allowed, hypervisor);
        const made = end.vnics[0]?.backingDevices.find(({ adapterId }) => adapterId === 1)?.logicalPortId ?? '';
        expect(sent).toEqual(hypervisor.fillsGap === true ? [REMOVE, ADD] : [REMOVE, ADD, DEVICE('act', made)]);
        expect(end.vnics.map(activeOf)).toEqual([made]);
      });
    });

    it('keeps the careful way when it is allowed, where there is one', () => {
      const careful = { backingDevices: [wanted(SECOND), fresh(3, 5)] };
      expect(linesOf(pair(), { ...careful, allowNetworkDisruption: true })).toEqual(linesOf(pair(), careful));
    });

    it('has no way at all for the only device on its own port', () => {
      const only = vnic({ backingDevices: [FIRST] });
      const anew = { backingDevices: [wanted(FIRST, { virtualIoServer: VIOS2 })], allowNetworkDisruption: true };
      expect(refusalOf(planned(only, anew).planned)).toMatchObject({ type: 'last-backing-device' });
    });

    it('does not go to devices that do not work', () => {
      const dead = vnic({ backingDevices: [FIRST, { ...SECOND, status: 'Link Down' }] });
      expect(refusalOf(planned(dead, { backingDevices: [wanted(SECOND)] }).planned)).toMatchObject({
        type: 'network-disruption',
      });
    });

    it('has nothing to keep where nothing works', () => {
      const dead = [FIRST, SECOND].map((one) => ({ ...one, status: 'Link Down' }));
      expect(linesOf(vnic({ backingDevices: dead }), { backingDevices: [wanted(SECOND)] })).toEqual([
        `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/10`,
      ]);
    });
  });

  describe('where every device goes away and automatic failover is off', () => {
    const here = (
      place: readonly [number, number],
      logicalPortId: string,
      changes: Partial<BackingDevice>,
    ): BackingDevice => device({ adapterId: place[0], physicalPortId: place[1], logicalPortId, ...changes });
    const BOTH = vnic({
      autoPriorityFailover: false,
      backingDevices: [
        here([1, 1], '2700400b', { failoverPriority: 20, active: true }),
        here([2, 1], '27008005', { failoverPriority: 50 }),
      ],
    });

    it('lets one that goes later carry the traffic while the active one is made anew', () => {
      const request = { backingDevices: [{ ...fresh(1, 20), virtualIoServer: { name: 'vios2' } }] };
      expect(linesOf(BOTH, request)).toEqual([
        DEVICE('act', '27008005'),
        `${VNIC}backing_devices-=sriov/vios1//1/1/2.0/20`,
        `${VNIC}backing_devices+=sriov/vios2//1/1/2.0/20`,
        DEVICE('act', '{"ref": "logicalPortOf adapter 1 port 1"}'),
        `${VNIC}backing_devices-=sriov/vios1//2/1/2.0/50`,
      ]);
      // Where it is allowed to disturb the network it is not done without need.
      expect(linesOf(BOTH, { ...request, allowNetworkDisruption: true })).toHaveLength(5);
    });

    it('switches automatic failover on once, after the last activation', () => {
      const five = vnic({
        autoPriorityFailover: false,
        backingDevices: [
          here([2, 1], '27008002', { failoverPriority: 20, virtualIoServer: VIOS2 }),
          here([2, 2], '27008003', { failoverPriority: 10, virtualIoServer: VIOS2 }),
          here([3, 1], '2700c001', { failoverPriority: 20, virtualIoServer: VIOS2, active: true }),
          here([3, 2], '2700c003', { failoverPriority: 100 }),
          here([1, 1], '27004001', { failoverPriority: 100 }),
        ],
      });
      const request = { autoPriorityFailover: true, backingDevices: [fresh(3, 100)] };
      expect(linesOf(five, request)).toEqual([
        DEVICE('act', '27008003'),
        `${VNIC.slice(0, -1)} '"backing_devices-=sriov/vios1//1/1/2.0/100,sriov/vios2//2/1/2.0/20,sriov/vios2//3/1/2.0/20,sriov/vios1//3/2/2.0/100"'`,
        `${VNIC}backing_devices+=sriov/vios1//3/1/2.0/100`,
        DEVICE('act', '{"ref": "logicalPortOf adapter 3 port 1"}'),
        `${VNIC}backing_devices-=sriov/vios2//2/2/2.0/10`,
        `${VNIC}auto_priority_failover=1`,
      ]);
      const { sent } = carriedOut(five, request);
      expect(new Set(sent).size).toBe(6);
    });

    it('takes those away first that would be elected when automatic failover is switched on', () => {
      const four = vnic({
        autoPriorityFailover: false,
        backingDevices: [
          here([1, 0], '27004001', { failoverPriority: 1 }),
          here([1, 2], '27004003', { failoverPriority: 10, active: true }),
          here([2, 2], '27008003', { failoverPriority: 10 }),
          here([2, 0], '27008001', { failoverPriority: 20 }),
        ],
      });
      const request = {
        autoPriorityFailover: true,
        backingDevices: [{ ...fresh(1, 5), virtualIoServer: { name: 'vios2' }, physicalPortId: 0 }],
      };
      const { sent, end } = carriedOut(four, request);
      expect(sent).toHaveLength(3);
      expect(end.vnics[0]?.backingDevices).toMatchObject([{ adapterId: 1, physicalPortId: 0, active: true }]);
    });
  });

  it('says when the hypervisor is about to move by itself', () => {
    const pending = pair({ backingDevices: [{ ...FIRST, failoverPriority: 100 }, SECOND] });
    const plan = valueOf(planned(pending, { backingDevices: [wanted(SECOND)] }).planned);
    expect(plan.settling).toBe(true);
    expect(valueOf(planned(pair(), { backingDevices: [wanted(SECOND)] }).planned).settling).toBeUndefined();
  });

  describe('an empty slot', () => {
    const request: VnicSetRequest = {
      portVlanId: 3455,
      autoPriorityFailover: true,
      backingDevices: [fresh(1, 10), fresh(3, 20)],
    };

    it('gets a new vNIC, and then it is as wished', () => {
      const before = estate();
      const { target, planned: plan } = bindAndPlan(vnicSet, before, { ...ADDRESS, slot: 9 }, request);
      expect(target).toEqual({ partition: LIZARD, slot: 9 });
      expect(vnicSet.presence(before, target)).toBe('present');
      const { steps, target: decided } = valueOf(plan);
      expect(lines(valueOf(plan))).toEqual([
        `chhwres -r virtualio -m '9119-MME*65BA46F' -o a --rsubtype vnic --id 6 -s 9 -w 5 -a 'port_vlan_id=3455,auto_priority_failover=1,backing_devices="sriov/vios1//1/1/2.0/10,sriov/vios1//3/1/2.0/20"'`,
      ]);
      const after = steps.reduce((now, { command }) => apply(now, command), before);
      expect(vnicSet.holds(before, decided, request)).toBe(false);
      expect(vnicSet.holds(after, decided, request)).toBe(true);
      expect(valueOf(vnicSet.plan(after, decided, request)).steps).toEqual([]);
    });

    it('needs devices, and a slot that the partition can have', () => {
      const bind = (slot: number, body: VnicSetRequest): unknown =>
        refusalOf(vnicSet.bind(estate(), { ...ADDRESS, slot }, body));
      expect(bind(9, {})).toMatchObject({ type: 'rule-violation', pointer: '/backingDevices' });
      expect(bind(99, request)).toMatchObject({ type: 'rule-violation' });
      expect(bind(99, request)).not.toHaveProperty('pointer');
      expect(bind(9, { ...request, portVlanId: 1 })).toMatchObject({ pointer: '/portVlanId' });
    });
  });

  it('leaves another alone who has taken a slot that was empty, and knows what it has made itself', () => {
    const wish = { backingDevices: [wanted(FIRST)] };
    const bound = valueOf(vnicSet.bind(estate(), ADDRESS, wish));
    const taken = estate({ vnics: [pair()] });
    expect(vnicSet.holds(taken, bound, wish)).toBe(false);
    expect(refusalOf(vnicSet.plan(taken, bound, wish))).toMatchObject({ type: 'target-replaced' });
    const own = estate({ vnics: [vnic({ backingDevices: [FIRST] })] });
    expect(vnicSet.holds(own, bound, wish)).toBe(true);
    expect(valueOf(vnicSet.plan(own, bound, wish)).steps).toEqual([]);
  });

  it('goes on with nobody in the place of another', () => {
    const { target } = planned(pair(), {});
    expect(vnicSet.presence(estate(), target)).toBe('gone');
    expect(refusalOf(vnicSet.plan(estate(), target, {}))).toMatchObject({ type: 'target-gone' });
    const other = estate({ vnics: [pair({ macAddress: 'eaadf2188377' })] });
    expect(vnicSet.presence(other, target)).toBe('replaced');
    expect(refusalOf(vnicSet.plan(other, target, {}))).toMatchObject({ type: 'target-replaced' });
  });

  it.each([
    ['another VLAN', { portVlanId: 12 }, 'not-changeable', '/portVlanId'],
    ['another MAC address', { macAddress: 'eaadf2188377' }, 'not-changeable', '/macAddress'],
    ['other VLANs', { allowedVlanIds: 'none' }, 'not-changeable', '/allowedVlanIds'],
    ['a VLAN that is none', { portVlanId: 1 }, 'rule-violation', '/portVlanId'],
    [
      'an unknown server',
      { backingDevices: [{ ...fresh(1, 1), virtualIoServer: { name: 'vios9' } }] },
      'unknown-reference',
      '/backingDevices/0/virtualIoServer/name',
    ],
    ['a port twice', { backingDevices: [fresh(1, 1), fresh(1, 2)] }, 'rule-violation', '/backingDevices/1'],
    ['no devices', { backingDevices: [] }, 'rule-violation', '/backingDevices'],
  ] as const)('refuses %s', (_case, request, type, pointer) => {
    const snapshot = estate({ vnics: [pair()] });
    const bound = vnicSet.bind(snapshot, ADDRESS, request);
    expect(refusalOf(bound.ok ? vnicSet.plan(snapshot, bound.value, request) : bound)).toMatchObject({ type, pointer });
  });

  it('names no server but those of the wish', () => {
    expect(linesOf(pair(), { backingDevices: [wanted(FIRST), wanted(SECOND, { virtualIoServer: VIOS1 })] })).toEqual([
      `${VNIC}backing_devices-=sriov/vios2//2/1/2.0/20`,
      `${VNIC}backing_devices+=sriov/vios1//2/1/2.0/20`,
    ]);
  });
});
