import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Circuit } from '../../src/hmc/circuit.js';
import { DEFAULT_HMC_LIMITS } from '../../src/hmc/hmc-endpoint.js';

const limits = { ...DEFAULT_HMC_LIMITS, circuitFailures: 3, circuitPauseMs: 5_000, circuitMaxPauseMs: 15_000 };
const MINUTE = 60_000;

describe('the circuit of one HMC', () => {
  it('stays closed for single failures', () => {
    const circuit = new Circuit(limits);
    circuit.unreachable(0);
    circuit.unreachable(1);
    expect(circuit.state(2)).toBe('closed');
    circuit.connected();
    circuit.unreachable(3);
    circuit.unreachable(4);
    expect(circuit.barrier(5)).toBeNull();
  });

  it('opens at the third failure in a row, with pauses that grow to a bound', () => {
    const circuit = new Circuit(limits);
    for (const now of [0, 1, 2]) circuit.unreachable(now);
    expect(circuit.barrier(5_001)).toMatchObject({ reason: 'circuit-open', until: 5_002 });
    expect(circuit.state(5_001)).toBe('open');
    expect(circuit.state(5_002)).toBe('half-open');
    circuit.unreachable(10_000);
    expect(circuit.barrier(10_000)?.until).toBe(20_000);
    circuit.unreachable(30_000);
    expect(circuit.barrier(30_000)?.until).toBe(45_000);
    circuit.unreachable(50_000);
    expect(circuit.barrier(50_000)?.until).toBe(65_000);
    circuit.connected();
    expect(circuit.state(50_001)).toBe('closed');
  });

  it('locks itself out at the first refused login, for longer than the five minutes of the HMC', () => {
    const circuit = new Circuit(limits);
    circuit.loginRefused(0);
    expect(circuit.state(5 * MINUTE)).toBe('locked-out');
    expect(circuit.barrier(5 * MINUTE)).toMatchObject({ reason: 'locked-out', until: 6 * MINUTE });
    expect(circuit.state(6 * MINUTE)).toBe('half-open');
  });

  it('never makes three failing logins within a quarter of an hour, whether refused or unanswered', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ wait: fc.integer({ min: 0, max: 20 * MINUTE }), answered: fc.boolean() }), {
          maxLength: 40,
        }),
        (tries) => {
          const circuit = new Circuit(limits);
          const attempts: number[] = [];
          let now = 0;
          for (const { wait, answered } of tries) {
            now += wait;
            if (circuit.barrier(now) !== null) continue;
            attempts.push(now);
            if (answered) circuit.loginRefused(now);
            else circuit.loginUnanswered(now);
          }
          for (let n = 2; n < attempts.length; n += 1) {
            expect((attempts[n] ?? 0) - (attempts[n - 2] ?? 0)).toBeGreaterThan(15 * MINUTE);
          }
        },
      ),
    );
  });

  it('forgets refused logins once one succeeds', () => {
    const circuit = new Circuit(limits);
    circuit.loginRefused(0);
    circuit.loginRefused(6 * MINUTE);
    expect(circuit.barrier(7 * MINUTE)?.until).toBe(24 * MINUTE);
    circuit.connected();
    circuit.loginRefused(30 * MINUTE);
    expect(circuit.barrier(30 * MINUTE)?.until).toBe(36 * MINUTE);
  });

  it('opens for reads only when several in a row had no answer, and closes with the first answer', () => {
    const circuit = new Circuit(limits);
    circuit.unanswered(0, 60_000);
    circuit.answered();
    circuit.unanswered(60_000, 120_000);
    // Sent before the last one was given up: the same silence.
    circuit.unanswered(61_000, 121_000);
    circuit.unanswered(62_000, 122_000);
    circuit.unanswered(122_000, 182_000);
    expect(circuit.silence(182_000)).toBeNull();
    expect(circuit.isSilent).toBe(true);
    circuit.unanswered(183_000, 243_000);
    expect(circuit.silence(247_999)).toMatchObject({ reason: 'circuit-open', until: 248_000 });
    expect(circuit.state(247_999)).toBe('open');
    // A connection says nothing of it.
    circuit.connected();
    expect(circuit.barrier(247_999)).toBeNull();
    expect(circuit.state(248_000)).toBe('half-open');
    // One read every pause, whether the one before has ended or not.
    circuit.readSent(248_000);
    expect(circuit.silence(252_999)).not.toBeNull();
    expect(circuit.silence(253_000)).toBeNull();
    circuit.answered();
    expect(circuit.state(253_001)).toBe('closed');
    expect(circuit.isSilent).toBe(false);
  });
});
