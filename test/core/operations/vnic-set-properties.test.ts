import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activateBackingDevice,
  addBackingDevices,
  removeBackingDevices,
  setFailoverPriority,
  setVnic,
} from '../../../src/core/hmc-language/changes.js';
import { renderCommand } from '../../../src/core/hmc-language/quote-word.js';
import type { HmcCommand } from '../../../src/core/hmc-language/command.js';
import type { BackingDeviceInput } from '../../../src/core/hmc-language/backing-device-notation.js';
import type { Plan, Target } from '../../../src/core/operations/operation.js';
import type { VnicSetRequest } from '../../../src/core/operations/requests.js';
import type { BackingDeviceRequest } from '../../../src/core/placement/backing-device-request.js';
import { vnicSet } from '../../../src/core/operations/vnic-set.js';
import type { Result } from '../../../src/core/refusal.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import type { Vnic } from '../../../src/core/resources/vnic.js';
import type { BackingDevice } from '../../../src/core/resources/backing-device.js';
import { CALLS } from './arbitrary-estate.js';
import { activeOf, apply, HYPERVISORS } from './hypervisor.js';
import { lines, valueOf } from './plan-helpers.js';

/* What a desired state promises, judged with the hypervisor of these tests and none of the product's own counting. */

const the = (snapshot: Snapshot): Vnic => {
  const found = snapshot.vnics.find((one) => one.slot === 6);
  if (found === undefined) throw new Error('the vNIC is gone');
  return found;
};
const working = (snapshot: Snapshot): number =>
  the(snapshot).backingDevices.filter((one) => one.status === 'Operational').length;
const at = (one: { adapterId: number; physicalPortId: number }): string => `${one.adapterId}/${one.physicalPortId}`;

/** All snapshots that the plan leads through, the first one included. */
function course(from: Snapshot, plan: Plan): readonly Snapshot[] {
  const through = [from];
  for (const { command } of plan.steps) through.push(apply(through.at(-1) ?? from, command));
  return through;
}

function boundAndPlanned(
  snapshot: Snapshot,
  request: VnicSetRequest,
): { target: Target; planned: Result<Plan> } | null {
  const target = vnicSet.bind(snapshot, { partition: { id: 6 }, slot: 6 }, request);
  if (!target.ok) return null;
  return { target: target.value, planned: vnicSet.plan(snapshot, target.value, request) };
}

/** min(before, after) − 1 working devices, never none; 0 where none works at the start. */
function leastToKeep(through: readonly Snapshot[]): number {
  const [first] = through;
  const last = through.at(-1);
  const before = first === undefined ? 0 : working(first);
  const after = last === undefined ? 0 : working(last);
  return before === 0 ? 0 : Math.max(1, Math.min(before, after) - 1);
}

describe('on the way to a desired state', () => {
  it('enough devices work at every step, and the one that goes never carries the traffic', () => {
    let walked = 0;
    fc.assert(
      fc.property(CALLS['vnic.set'], ({ snapshot, request }) => {
        const { allowNetworkDisruption: _left, ...careful } = request;
        const made = boundAndPlanned(snapshot, careful);
        if (made === null || !made.planned.ok) return;
        const through = course(snapshot, made.planned.value);
        const least = leastToKeep(through);
        for (const [i, now] of through.entries()) {
          const before = through[i - 1];
          if (before === undefined) continue;
          walked += 1;
          expect(working(now) >= least || working(now) >= working(before)).toBe(true);
          const gone = the(before).backingDevices.filter(
            (one) => !the(now).backingDevices.some((other) => at(other) === at(one)),
          );
          // Unless nothing works any more that could take the traffic.
          if (working(now) > 0) expect(gone.some((one) => one.active === true)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
    expect(walked).toBeGreaterThan(300);
  });

  it('what is left out of a device stays as it was, also where it is made anew on its port', () => {
    let anew = 0;
    fc.assert(
      fc.property(CALLS['vnic.set'], ({ snapshot, request }) => {
        const made = boundAndPlanned(snapshot, request);
        if (made === null || !made.planned.ok) return;
        let now = snapshot;
        let plan = made.planned.value;
        for (let step = plan.steps[0]; step !== undefined; step = plan.steps[0]) {
          now = apply(now, step.command);
          plan = valueOf(vnicSet.plan(now, plan.target, request));
        }
        for (const wish of request.backingDevices ?? []) {
          const before = the(snapshot).backingDevices.find((one) => at(one) === at(wish));
          const after = the(now).backingDevices.find((one) => at(one) === at(wish));
          if (before === undefined) continue;
          if (before.virtualIoServer.id !== after?.virtualIoServer.id) anew += 1;
          expect(after?.desiredCapacity).toBe(wish.capacity ?? before.desiredCapacity);
          expect(after?.desiredMaxCapacity).toBe(wish.maxCapacity ?? before.desiredMaxCapacity);
          expect(after?.failoverPriority).toBe(wish.failoverPriority ?? before.failoverPriority);
        }
      }),
      { numRuns: 300 },
    );
    expect(anew).toBeGreaterThan(30);
  });

  it('automatic failover ends as asked for, or as it was', () => {
    let planned = 0;
    fc.assert(
      fc.property(CALLS['vnic.set'], ({ snapshot, request }) => {
        const made = boundAndPlanned(snapshot, request);
        if (made === null || !made.planned.ok) return;
        planned += 1;
        const end = course(snapshot, made.planned.value).at(-1) ?? snapshot;
        expect(the(end).autoPriorityFailover).toBe(request.autoPriorityFailover ?? the(snapshot).autoPriorityFailover);
      }),
      { numRuns: 150 },
    );
    expect(planned).toBeGreaterThan(30);
  });

  it.each([...HYPERVISORS, { fillsGap: true, amongEquals: 'last' }] as const)(
    'no command is sent twice, someone carries the traffic, and the same request again plans nothing: %j',
    (hypervisor) => {
      let planned = 0;
      fc.assert(
        fc.property(CALLS['vnic.set'], ({ snapshot, request }) => {
          const made = boundAndPlanned(snapshot, request);
          if (made === null || !made.planned.ok) return;
          planned += 1;
          let now = snapshot;
          let plan = made.planned.value;
          const sent: string[] = [];
          for (let step = plan.steps[0]; step !== undefined; step = plan.steps[0]) {
            const line = renderCommand(step.command);
            expect(sent).not.toContain(line);
            sent.push(line);
            now = apply(now, step.command, hypervisor);
            plan = valueOf(vnicSet.plan(now, plan.target, request));
          }
          expect(activeOf(the(now)) !== undefined || working(now) === 0).toBe(true);
          const again = boundAndPlanned(now, request);
          expect(again === null ? null : lines(valueOf(again.planned))).toEqual([]);
        }),
        { numRuns: 150 },
      );
      expect(planned).toBeGreaterThan(30);
    },
  );

  it('no shorter way would do', () => {
    let compared = 0;
    fc.assert(
      fc.property(CALLS['vnic.set'], ({ snapshot, request }) => {
        const { allowNetworkDisruption: _left, ...careful } = request;
        const made = sizeOf(snapshot, careful) > 5 ? null : boundAndPlanned(snapshot, careful);
        if (made === null || !made.planned.ok) return;
        const { steps } = made.planned.value;
        if (steps.length < 2 || steps.length > 4) return;
        compared += 1;
        const shorter = anyWay(snapshot, made.target, careful, steps.length - 1);
        expect(shorter, lines(made.planned.value).join('\n')).toBeNull();
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(15);
  });

  it('there is no way where it says that there is none', () => {
    let refused = 0;
    fc.assert(
      fc.property(CALLS['vnic.set'], fc.boolean(), fc.boolean(), ({ snapshot, request }, risks, anew) => {
        const { allowNetworkDisruption: _left, ...careful } = request;
        const risky = risks ? onlyActiveWorks(snapshot) : snapshot;
        const wish = anew ? { ...careful, backingDevices: activeAnew(the(risky)) } : careful;
        const made = sizeOf(risky, wish) > 6 ? null : boundAndPlanned(risky, wish);
        if (made === null || made.planned.ok || made.planned.refusal.type !== 'network-disruption') return;
        refused += 1;
        expect(anyWay(risky, made.target, wish, 6)).toBeNull();
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(10);
  });
});

/** The devices as they are, but the active one with another capacity: it would have to go before it can come back. */
function activeAnew({ backingDevices }: Vnic): readonly BackingDeviceRequest[] {
  return backingDevices.map(
    ({ virtualIoServer, adapterId, physicalPortId, failoverPriority, active, desiredCapacity }) => ({
      virtualIoServer: { id: virtualIoServer.id },
      adapterId,
      physicalPortId,
      failoverPriority,
      capacity: active === true ? desiredCapacity + 2 : desiredCapacity,
    }),
  );
}

function sizeOf(snapshot: Snapshot, { backingDevices = [] }: VnicSetRequest): number {
  return the(snapshot).backingDevices.length + backingDevices.length;
}

/** The same with all devices dead but the one that carries the traffic. */
function onlyActiveWorks(snapshot: Snapshot): Snapshot {
  const vnic = the(snapshot);
  const backingDevices = vnic.backingDevices.map((one) => ({
    ...one,
    status: one.active === true ? 'Operational' : 'Link Down',
  }));
  return { ...snapshot, vnics: snapshot.vnics.map((one) => (one === vnic ? { ...one, backingDevices } : one)) };
}

/** Whether the wish means a device that is there: same port, server and capacity. */
function isKept(one: BackingDevice, wish: BackingDeviceRequest): boolean {
  const { id, name } = wish.virtualIoServer;
  return (
    at(wish) === at(one) &&
    (id ?? one.virtualIoServer.id) === one.virtualIoServer.id &&
    (name ?? one.virtualIoServer.name) === one.virtualIoServer.name &&
    (wish.capacity ?? one.desiredCapacity) === one.desiredCapacity &&
    (wish.maxCapacity ?? one.desiredMaxCapacity) === one.desiredMaxCapacity
  );
}

/** What the wish leaves out of a device is that of the device that is on its port at the start. */
function completed(start: Snapshot, wish: BackingDeviceRequest): BackingDeviceRequest {
  const there = the(start).backingDevices.find((one) => at(one) === at(wish));
  if (there === undefined || isKept(there, wish)) return wish;
  const { desiredCapacity: capacity, failoverPriority } = there;
  return { capacity, failoverPriority, ...wish };
}

/** Any commands at all, at most so many, that lead to the wish while enough devices work; null when there are none. */
function anyWay(start: Snapshot, target: Target, asked: VnicSetRequest, most: number): readonly string[] | null {
  const autoPriorityFailover = asked.autoPriorityFailover ?? the(start).autoPriorityFailover ?? true;
  const wished = (asked.backingDevices ?? []).map((wish) => completed(start, wish));
  const request = {
    ...asked,
    autoPriorityFailover,
    ...(asked.backingDevices === undefined ? {} : { backingDevices: wished }),
  };
  const before = working(start);
  const stillDead = wished.filter((wish) => {
    const kept = the(start).backingDevices.find((one) => isKept(one, wish));
    const port = start.physicalPorts.find((one) => at(one) === at(wish));
    return kept === undefined ? port?.linkUp === false : kept.status !== 'Operational';
  }).length;
  const after = request.backingDevices === undefined ? before : wished.length - stillDead;
  const least = before === 0 ? 0 : Math.max(1, Math.min(before, after) - 1);

  let layer: { readonly now: Snapshot; readonly sent: readonly string[] }[] = [{ now: start, sent: [] }];
  const seen = new Set<string>();
  for (let left = most; left >= 0; left -= 1) {
    const arrived = layer.find(({ now }) => vnicSet.holds(now, target, request));
    if (arrived !== undefined) return arrived.sent;
    const next: typeof layer = [];
    for (const { now, sent } of left === 0 ? [] : layer) {
      for (const command of anything(start, now, request)) {
        let then: Snapshot;
        try {
          then = apply(now, command);
        } catch {
          continue; // The HMC refuses it.
        }
        const gone = the(now).backingDevices.filter(
          (one) => !the(then).backingDevices.some((other) => at(other) === at(one)),
        );
        const enough = working(then) >= least || working(then) >= working(now);
        const key = JSON.stringify(the(then));
        if (!enough || gone.some((one) => one.active === true) || isGamble(now, then) || seen.has(key)) continue;
        seen.add(key);
        next.push({ now: then, sent: [...sent, renderCommand(command)] });
      }
    }
    layer = next;
  }
  return null;
}

/** Whether an election has moved the vNIC to one of several devices with the same number: who wins there is not known. */
function isGamble(now: Snapshot, then: Snapshot): boolean {
  const { backingDevices, autoPriorityFailover } = the(then);
  const winner = backingDevices.find(({ active }) => active === true);
  const stays = the(now).backingDevices.some(
    (one) => one.active === true && winner !== undefined && at(one) === at(winner),
  );
  if (autoPriorityFailover !== true || winner === undefined || stays) return false;
  return backingDevices.some(
    (one) => one !== winner && one.status === 'Operational' && one.failoverPriority === winner.failoverPriority,
  );
}

/**
 * Every command that could make sense: any devices added or removed together, any priority, anyone active. Automatic
 * failover is only switched to what it shall be: a way on which it is neither as it was nor
 * as it shall be is no careful one.
 */
function anything(start: Snapshot, now: Snapshot, request: VnicSetRequest): readonly HmcCommand[] {
  const { backingDevices = [] } = request;
  const vnic = the(now);
  const { partition, slot } = vnic;
  const address = { mtms: now.system.mtms, partition, slot, waitMinutes: 5 };
  const serverOf = ({
    id,
    name,
  }: {
    id?: number | undefined;
    name?: string | undefined;
  }): BackingDeviceInput['virtualIoServer'] => {
    const found = start.partitions.find((one) => (id === undefined ? one.name === name : one.id === id));
    return { name: found?.name ?? '', id: found?.id ?? 0 };
  };
  const inputs = backingDevices.map((one) => ({ ...one, virtualIoServer: serverOf(one.virtualIoServer) }));
  const wish = request.autoPriorityFailover ?? true;
  const results: Result<HmcCommand>[] = [setVnic({ ...address, autoPriorityFailover: wish })];
  for (const some of subsets(inputs)) {
    results.push(addBackingDevices({ ...address, backingDevices: some }));
    results.push(addBackingDevices({ ...address, backingDevices: some, autoPriorityFailover: wish }));
  }
  const leaving = vnic.backingDevices.filter((one) => !backingDevices.some((wish) => isKept(one, wish)));
  for (const some of subsets(leaving)) {
    const going = some.map((one) => ({ ...one, capacity: one.desiredCapacity, maxCapacity: undefined }));
    results.push(removeBackingDevices({ ...address, backingDevices: going }));
  }
  for (const one of vnic.backingDevices) {
    const { logicalPortId } = one;
    // A device that does not work cannot be made the active one.
    if (one.status === 'Operational') results.push(activateBackingDevice({ ...address, logicalPortId }));
    // A device that stays gets the number that is wished for it, and no other on the way.
    const wishes = backingDevices.filter((other) => isKept(one, other));
    const numbers = leaving.includes(one)
      ? [1, 100, ...backingDevices.map((other) => other.failoverPriority ?? 50)]
      : wishes.flatMap((other) => other.failoverPriority ?? []);
    for (const priority of new Set(numbers)) {
      results.push(setFailoverPriority({ ...address, logicalPortId, priority }));
    }
  }
  return results.map(valueOf);
}

function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  const all = items.reduce<readonly (readonly T[])[]>(
    (found, one) => [...found, ...found.map((set) => [...set, one])],
    [[]],
  );
  return all.filter((set) => set.length > 0);
}

it('knows who is active in these tests', () => {
  fc.assert(
    fc.property(CALLS['vnic.set'], ({ snapshot }) => {
      const isOff = snapshot.partitions.some(({ id, state }) => id === 6 && state === 'Not Activated');
      expect(activeOf(the(snapshot)) === undefined).toBe(isOff);
    }),
    { numRuns: 20 },
  );
});
