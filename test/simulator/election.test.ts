import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, electActiveDevice } from '../../simulator/estate/election.js';

const device = (logicalPortId: string, failoverPriority: number, operational = true): Candidate => ({
  logicalPortId,
  failoverPriority,
  operational,
});
const AUTO = { autoPriorityFailover: true, leavesDeadDevice: false };
const MANUAL = { autoPriorityFailover: false, leavesDeadDevice: false };

describe('electActiveDevice', () => {
  it('takes the lowest number, as a number', () => {
    expect(electActiveDevice([device('a', 100), device('b', 20), device('c', 3)], null, AUTO)).toBe('c');
  });

  it('goes away from a dead device and back to it by itself', () => {
    const [one, two] = [device('a', 10), device('b', 20)];
    expect(electActiveDevice([{ ...one, operational: false }, two], 'a', AUTO)).toBe('b');
    expect(electActiveDevice([one, two], 'b', AUTO)).toBe('a');
  });

  it('stays on the active one of two equal numbers', () => {
    expect(electActiveDevice([device('a', 10), device('b', 10)], 'b', AUTO)).toBe('b');
    expect(electActiveDevice([device('a', 10), device('b', 10)], null, AUTO)).toBe('a');
  });

  it('with automatic failover off leaves a dead device only where that is asked for', () => {
    const devices = [device('a', 10, false), device('b', 20)];
    expect(electActiveDevice(devices, 'a', MANUAL)).toBe('a');
    expect(electActiveDevice(devices, 'a', { ...MANUAL, leavesDeadDevice: true })).toBe('b');
  });

  const candidates = fc.uniqueArray(
    fc.record({
      logicalPortId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      failoverPriority: fc.integer({ min: 1, max: 100 }),
      operational: fc.boolean(),
    }),
    { selector: (each) => each.logicalPortId, minLength: 1, maxLength: 6 },
  );
  const active = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', null);
  const rules = fc.record({ autoPriorityFailover: fc.boolean(), leavesDeadDevice: fc.boolean() });

  it('with automatic failover on never passes over a better operational device', () => {
    fc.assert(
      fc.property(candidates, active, fc.boolean(), (devices, before, leavesDeadDevice) => {
        const elected = electActiveDevice(devices, before, { autoPriorityFailover: true, leavesDeadDevice });
        const operational = devices.filter((each) => each.operational);
        if (operational.length === 0) {
          expect(elected).toBe(devices.some((each) => each.logicalPortId === before) ? before : null);
        } else {
          const best = Math.min(...operational.map((each) => each.failoverPriority));
          expect(operational.find((each) => each.logicalPortId === elected)?.failoverPriority).toBe(best);
        }
      }),
    );
  });

  it('with automatic failover off never moves from a device that works', () => {
    fc.assert(
      fc.property(candidates, fc.boolean(), (devices, leavesDeadDevice) => {
        for (const each of devices.filter((one) => one.operational)) {
          const id = each.logicalPortId;
          expect(electActiveDevice(devices, id, { autoPriorityFailover: false, leavesDeadDevice })).toBe(id);
        }
      }),
    );
  });

  it('settles: electing again changes nothing, and nobody is elected who is not there', () => {
    fc.assert(
      fc.property(candidates, active, rules, (devices, before, rule) => {
        const elected = electActiveDevice(devices, before, rule);
        expect(electActiveDevice(devices, elected, rule)).toBe(elected);
        if (elected !== null) expect(devices.map((each) => each.logicalPortId)).toContain(elected);
      }),
    );
  });
});
