import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isShownAs } from '../../../src/core/hmc-language/quote-word.js';
import type { Operation, Plan, Target } from '../../../src/core/operations/operation.js';
import { operationOf } from '../../../src/core/operations/operations.js';
import type { Snapshot } from '../../../src/core/resources/snapshot.js';
import { CALLS, SNAPSHOT_PARTS, type Call } from './arbitrary-estate.js';
import { activeOf, apply, HYPERVISORS } from './hypervisor.js';
import { lines, valueOf } from './plan-helpers.js';

/** What the operation has planned; null when the call is refused, which is not what these properties are about. */
interface Planned {
  readonly operation: Operation<unknown>;
  readonly bound: Target;
  readonly plan: Plan;
}

function planOf({ name, snapshot, address, request }: Call): Planned | null {
  const operation = operationOf(name);
  const bound = operation.bind(snapshot, address, request);
  if (!bound.ok) return null;
  const plan = operation.plan(snapshot, bound.value, request);
  return plan.ok ? { operation, bound: bound.value, plan: plan.value } : null;
}

/** The snapshot as a readback has it: the other parts were not read. */
function readbackOf(snapshot: Snapshot, { readback }: Operation<unknown>): Snapshot {
  const left = Object.entries(snapshot).filter(([member]) => {
    const part = SNAPSHOT_PARTS.find((one) => one === member);
    return part === undefined || readback.includes(part);
  });
  return Object.fromEntries(left) as unknown as Snapshot;
}

const targetOf = (snapshot: Snapshot): Snapshot['vnics'][number] | undefined =>
  snapshot.vnics.find((vnic) => vnic.slot === 6);

describe.each(Object.keys(CALLS) as (keyof typeof CALLS)[])('%s', (name) => {
  /** Runs the check on calls that are not refused, and makes sure that there were enough of them, of both kinds. */
  function forAllPlans(check: (call: Call, planned: Planned) => void): void {
    let withSteps = 0;
    let withoutSteps = 0;
    fc.assert(
      fc.property(CALLS[name] as fc.Arbitrary<Call>, (call) => {
        const planned = planOf(call);
        if (planned === null) return;
        if (planned.plan.steps.length > 0) withSteps += 1;
        else withoutSteps += 1;
        check(call, planned);
      }),
      { numRuns: 300 },
    );
    expect(withSteps).toBeGreaterThan(20);
    // A delete or a removal of what is there is never a no-op.
    if (name !== 'vnic.delete' && name !== 'backing-device.remove') {
      expect(withoutSteps).toBeGreaterThan(3);
    }
  }

  it('plans nothing exactly when the wish holds', () => {
    forAllPlans(({ snapshot, request }, { operation, bound, plan }) => {
      expect(operation.holds(snapshot, bound, request)).toBe(plan.steps.length === 0);
    });
  });

  it.each(HYPERVISORS)(
    'carried out, leads to what was wished for, and the rest planned again is the rest of the plan: %j',
    (hypervisor) => {
      forAllPlans(({ snapshot, request }, { operation, plan }) => {
        let now = snapshot;
        let { steps, target } = plan;
        let rest = lines(plan);
        for (let step = steps[0]; step !== undefined; step = steps[0]) {
          now = apply(now, step.command, hypervisor);
          const readback = readbackOf(now, operation);
          const again = valueOf(operation.plan(readback, target, request));
          // What was shown for a device that was not there yet is its logical port id by now.
          const shown = rest.slice(1);
          const left = lines(again).map((line) => shown.find((one) => isShownAs(line, one)) ?? line);
          // A hypervisor that does by itself what was to be told spares a command, and changes nothing else.
          const spared = hypervisor.fillsGap === true && left.length < shown.length;
          expect(left).toEqual(spared ? shown.filter((line) => left.includes(line)) : shown);
          expect(operation.holds(readback, target, request)).toBe(left.length === 0);
          rest = left;
          ({ steps, target } = again);
        }
      });
    },
  );

  it('plans no step that could be left out', () => {
    // A hypervisor that elects nobody by itself: what it might do for us some time later does not count as done.
    const waiting = { elects: false };
    forAllPlans(({ snapshot, request }, { operation, plan }) => {
      for (const skipped of plan.steps) {
        let now = snapshot;
        let alwaysActive = true;
        try {
          for (const step of plan.steps.filter((one) => one !== skipped)) {
            now = apply(now, step.command, waiting);
            const vnic = targetOf(now);
            alwaysActive &&= vnic === undefined || activeOf(vnic) !== undefined;
          }
        } catch {
          continue; // The HMC refuses the shorter plan.
        }
        expect(operation.holds(now, plan.target, request) && alwaysActive).toBe(false);
      }
    });
  });

  it('says of every step whether it moves the active device, or may', () => {
    forAllPlans(({ snapshot }, { plan }) => {
      let courses = HYPERVISORS.map((hypervisor) => ({ hypervisor, now: snapshot }));
      for (const step of plan.steps) {
        const next = courses.map(({ hypervisor, now }) => ({
          hypervisor,
          now: apply(now, step.command, hypervisor),
        }));
        const moved = next.map(({ now }, i) => {
          const before = targetOf(courses[i]?.now ?? snapshot);
          const after = targetOf(now);
          return before !== undefined && after !== undefined && activeOf(before) !== activeOf(after);
        });
        expect(step.movesActive).toBe(moved.includes(true));
        courses = next;
      }
    });
  });

  it('shows an effect of every step, and none where there is none', () => {
    forAllPlans(({ snapshot }, { operation, plan }) => {
      let now = snapshot;
      for (const step of plan.steps) {
        const before = operation.observe(readbackOf(now, operation), plan.target);
        expect(operation.observe(readbackOf(structuredClone(now), operation), plan.target)).toEqual(before);
        now = apply(now, step.command);
        expect(operation.observe(readbackOf(now, operation), plan.target)).not.toEqual(before);
      }
    });
  });

  it('touches nothing but its target, and never takes the last backing device', () => {
    forAllPlans(({ snapshot }, { plan }) => {
      let now = snapshot;
      for (const step of plan.steps) {
        expect(step.command.kind).toBe('change');
        now = apply(now, step.command);
        expect(now.vnics.find((vnic) => vnic.slot === 7)).toEqual(snapshot.vnics.find((vnic) => vnic.slot === 7));
        expect(now.vnics.every((vnic) => vnic.backingDevices.length > 0)).toBe(true);
        if (name !== 'vnic.delete') {
          expect(now.vnics.length).toBeGreaterThanOrEqual(snapshot.vnics.length);
        }
      }
    });
  });

  it('does not change what it is given', () => {
    forAllPlans((call, { bound }) => {
      const before = structuredClone({ call, bound });
      planOf(call);
      expect({ call, bound }).toEqual(before);
    });
  });

  it('leaves automatic failover on or off as it was, unless that was asked for', () => {
    const asks = ['vnic.update', 'vnic.delete', 'backing-device.activate', 'vnic.set'].includes(name);
    forAllPlans(({ snapshot }, { plan }) => {
      const after = plan.steps.reduce((now, step) => apply(now, step.command), snapshot);
      if (!asks) {
        expect(targetOf(after)?.autoPriorityFailover).toBe(targetOf(snapshot)?.autoPriorityFailover);
      }
    });
  });
});
