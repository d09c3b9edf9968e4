import { describe, expect, it } from 'vitest';
import { check, type Rule } from './check.js';
import type { Command, FaultWindow, History, JobDocument, Step, SystemState, VnicState } from './history.js';

const MTMS = '9119-MME*65F0001';
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const iso = (ms: number): string => new Date(T0 + ms).toISOString();
const LINE =
  "chhwres -r virtualio -m '9119-MME*65F0001' --rsubtype vnicbkdev -o s --id 3 -s 3 --logport 27004001 -a failover_priority=5";

const vnic = (failoverPriority: number): VnicState => ({
  partitionId: 3,
  slot: 3,
  macAddress: 'ea0000000001',
  portVlanId: 7,
  autoPriorityFailover: true,
  activeLogicalPortId: '27004001',
  devices: [{ logicalPortId: '27004001', adapterId: 1, physicalPortId: 0, failoverPriority }],
});
const state = (ms: number, failoverPriority: number): SystemState => ({
  at: ms === 0 ? 0 : T0 + ms,
  vnics: [vnic(failoverPriority)],
  labels: {},
});

function step(changes: Partial<Step> = {}): Step {
  return { command: LINE, state: 'succeeded', startedAt: iso(1000), finishedAt: iso(1200), ...changes };
}

/** A job that set the priority of a device from 10 to 5, from 1.0 s to 1.3 s. */
function job(changes: Partial<JobDocument> = {}): JobDocument {
  return {
    id: 'a',
    operation: 'backing-device.set-priority',
    state: 'succeeded',
    sequence: 1,
    managedSystem: { mtms: MTMS },
    target: {
      partition: { id: 3 },
      slot: 3,
      macAddress: 'EA0000000001',
      backingDevice: { logicalPortId: '27004001', adapterId: 1, physicalPortId: 0 },
    },
    request: { failoverPriority: 5 },
    plan: [step()],
    hmc: 'hmc1',
    result: null,
    error: null,
    createdAt: iso(900),
    finishedAt: iso(1300),
    ...changes,
  };
}

function command(changes: Partial<{ [K in keyof Command]: Command[K] }> = {}): Command {
  return {
    hmcId: 'hmc1',
    mtms: MTMS,
    line: LINE,
    startedAt: T0 + 1010,
    effectAt: T0 + 1100,
    finishedAt: T0 + 1100,
    end: 'exited',
    exitStatus: 0,
    ...changes,
  };
}

function fault(changes: Partial<FaultWindow> = {}): FaultWindow {
  return {
    class: 'worker-killed',
    from: T0 + 1050,
    to: T0 + 1150,
    hides: 'answers',
    hmcs: [],
    struck: true,
    ...changes,
  };
}

function history(changes: Partial<History> & { readonly job?: JobDocument } = {}): History {
  const only = changes.job ?? job();
  return {
    acknowledged: [{ jobId: only.id, at: T0 + 901, key: 'k' }],
    jobs: new Map([[only.id, only]]),
    listed: [only.id],
    commands: [command()],
    states: new Map([[MTMS, [state(0, 10), state(1100, 5)]]]),
    faults: [],
    endedAt: T0 + 60_000,
    ...changes,
  };
}

const rules = (of: History): Rule[] => check(of).map(({ rule }) => rule);
const untouched = new Map([[MTMS, [state(0, 10)]]]);
const unknown = { state: 'unknown', finishedAt: iso(1200) };
const failed = (effect?: string): JobDocument =>
  job({
    state: 'failed',
    plan: [step({ state: 'failed' })],
    error: { type: 'urn:hmc-vnic-gateway:problem:hmc-refused', ...(effect === undefined ? {} : { effect }) },
  });
const REFUSED = command({ exitStatus: 1, effectAt: null });

describe('what the checker lets pass', () => {
  it('a change that was made once', () => {
    expect(rules(history())).toEqual([]);
  });

  it('a refusal without an effect, and one with a part of it', () => {
    expect(rules(history({ job: failed('none'), commands: [REFUSED], states: untouched }))).toEqual([]);
    const partly = new Map([[MTMS, [state(0, 10), state(1100, 7)]]]);
    expect(rules(history({ job: failed('partial'), commands: [command({ exitStatus: 1 })], states: partly }))).toEqual(
      [],
    );
  });

  it('the same command again after a refusal', () => {
    const again = command({ startedAt: T0 + 1150, effectAt: T0 + 1200, finishedAt: T0 + 1200 });
    const states = new Map([[MTMS, [state(0, 10), state(1200, 5)]]]);
    expect(rules(history({ commands: [{ ...REFUSED, finishedAt: T0 + 1100 }, again], states }))).toEqual([]);
  });

  it('a doubt when a fault came between sent and answered, and the wish did not show', () => {
    const doubtful = job({ state: 'indeterminate', plan: [step(unknown)] });
    expect(rules(history({ job: doubtful, commands: [], states: untouched, faults: [fault()] }))).toEqual([]);
  });

  it('a doubt about an answered command while the HMC could not be read', () => {
    const doubtful = job({ state: 'indeterminate' });
    expect(
      rules(history({ job: doubtful, faults: [fault({ hides: 'readings', hmcs: ['hmc1'], from: T0 + 1210 })] })),
    ).toEqual([]);
  });

  it('a command that never answers, and the next one after its effect', () => {
    const other = job({
      id: 'b',
      sequence: 2,
      createdAt: iso(20_000),
      finishedAt: iso(21_000),
      plan: [step({ startedAt: iso(20_100) })],
    });
    const silent = command({ end: 'unanswered', finishedAt: null, exitStatus: null });
    const later = command({ startedAt: T0 + 20_200, effectAt: T0 + 20_300, finishedAt: T0 + 20_300 });
    const both = history({
      jobs: new Map([
        ['a', job({ plan: [step(unknown)] })],
        ['b', other],
      ]),
      listed: ['a', 'b'],
      acknowledged: ['a', 'b'].map((jobId) => ({ jobId, at: T0, key: jobId })),
      commands: [silent, later],
    });
    expect(rules(both)).toEqual([]);
  });
});

describe('what the checker finds', () => {
  const cases: readonly (readonly [Rule, string, History])[] = [
    [
      'applied-twice',
      'two effects of one command of one job',
      history({ commands: [command(), command({ startedAt: T0 + 1150, effectAt: T0 + 1200, finishedAt: T0 + 1200 })] }),
    ],
    [
      'sent-again',
      'a command that was sent again after its connection was lost',
      history({
        commands: [
          command({ end: 'dropped', effectAt: null, exitStatus: null, finishedAt: T0 + 1050 }),
          command({ startedAt: T0 + 1080 }),
        ],
        faults: [fault()],
      }),
    ],
    [
      'sent-again',
      'a command that was sent again before it was refused',
      history({
        commands: [
          command({ exitStatus: 1, effectAt: null, finishedAt: T0 + 1190 }),
          command({ startedAt: T0 + 1080 }),
        ],
        faults: [fault()],
      }),
    ],
    ['lost', 'an acknowledged job that is not known any more', history({ jobs: new Map([['a', null]]), commands: [] })],
    ['unannounced', 'a second job for one key', history({ listed: ['a', 'b'] })],
    ['stuck', 'a job that still runs', history({ job: job({ state: 'running', finishedAt: null }) })],
    [
      'stuck',
      'a job that still waits',
      history({ job: job({ state: 'queued', finishedAt: null, plan: [] }), commands: [] }),
    ],
    ['not-as-succeeded', 'a success without the wished state', history({ commands: [], states: untouched })],
    [
      'not-as-succeeded',
      'a success that came before its effect',
      history({
        commands: [command({ effectAt: T0 + 2000, finishedAt: T0 + 2000 })],
        states: new Map([[MTMS, [state(0, 10), state(2000, 5)]]]),
      }),
    ],
    [
      'wrong-effect',
      'none said, partial done',
      history({ job: failed('none'), commands: [command({ exitStatus: 1 })] }),
    ],
    [
      'wrong-effect',
      'partial said, none done',
      history({ job: failed('partial'), commands: [REFUSED], states: untouched }),
    ],
    ['wrong-effect', 'nothing said', history({ job: failed(), commands: [REFUSED], states: untouched })],
    [
      'overlap',
      'two commands at work on one system',
      history({
        job: job({ plan: [step(), step({ command: `${LINE}0` })] }),
        commands: [command(), command({ line: `${LINE}0`, startedAt: T0 + 1090 })],
      }),
    ],
    [
      'out-of-order',
      'a command of an earlier job after that of a later one',
      history({
        jobs: new Map([
          ['a', job()],
          ['b', job({ id: 'b', sequence: 0, createdAt: iso(800), plan: [step({ command: `${LINE}0` })] })],
        ]),
        commands: [
          command(),
          command({ line: `${LINE}0`, startedAt: T0 + 1110, effectAt: T0 + 1120, finishedAt: T0 + 1120 }),
        ],
      }),
    ],
    [
      'needless-indeterminate',
      'no fault between sent and answered',
      history({
        job: job({ state: 'indeterminate', plan: [step(unknown)] }),
        commands: [],
        states: untouched,
        faults: [fault({ from: T0 + 5000, to: T0 + 6000 })],
      }),
    ],
    [
      'needless-indeterminate',
      'the HMC had answered and could be read',
      history({ job: job({ state: 'indeterminate' }), faults: [fault()] }),
    ],
    [
      'needless-indeterminate',
      'a readback would have shown the wish',
      history({
        job: job({ state: 'indeterminate', plan: [step(unknown)], finishedAt: iso(9000) }),
        faults: [fault()],
      }),
    ],
    [
      'needless-indeterminate',
      'the HMC had answered and could be read, the other one could not',
      history({
        job: job({ state: 'indeterminate' }),
        faults: [fault({ hides: 'readings', hmcs: ['hmc2'], from: T0 + 1210 })],
      }),
    ],
    [
      'needless-indeterminate',
      'the job shows a readback of the wish',
      history({
        job: job({ state: 'indeterminate', plan: [step(unknown)], finishedAt: iso(9000), result: {} }),
        faults: [fault({ hides: 'readings', hmcs: ['hmc1'], to: T0 + 9000 })],
      }),
    ],
    [
      'needless-indeterminate',
      'the job stopped half way, with automatic failover off',
      history({
        job: job({
          state: 'indeterminate',
          plan: [step(unknown)],
          finishedAt: iso(9000),
          result: {},
          target: { ...job().target, restoreAutoPriorityFailover: true },
        }),
        states: new Map([
          [MTMS, [state(0, 10), { ...state(1100, 5), vnics: [{ ...vnic(5), autoPriorityFailover: false }] }]],
        ]),
        faults: [fault()],
      }),
    ],
    [
      'needless-indeterminate',
      'nothing was sent',
      history({ job: job({ state: 'indeterminate', plan: [] }), commands: [], states: untouched, faults: [fault()] }),
    ],
    [
      'unaccounted',
      'a command that stands in no plan',
      history({
        commands: [
          command(),
          command({ line: 'chhwres -o r', startedAt: T0 + 1200, effectAt: null, finishedAt: T0 + 1210 }),
        ],
      }),
    ],
    [
      'unaccounted',
      'a command that its job says was never started',
      history({
        job: job({
          state: 'failed',
          plan: [step({ state: 'never-started' })],
          error: { type: 'x', effect: 'partial' },
        }),
      }),
    ],
    [
      'after-the-end',
      'an effect after the job had failed',
      history({
        job: failed('none'),
        commands: [command({ effectAt: T0 + 3000, finishedAt: T0 + 3000 })],
        states: new Map([[MTMS, [state(0, 10), state(3000, 5)]]]),
      }),
    ],
    [
      'fault-of-ours',
      'an internal error',
      history({
        job: job({
          state: 'failed',
          plan: [],
          error: { type: 'urn:hmc-vnic-gateway:problem:internal-error', effect: 'none' },
        }),
        commands: [],
        states: untouched,
      }),
    ],
  ];

  it.each(cases)('%s: %s', (rule, _what, broken) => {
    expect(rules(broken)).toContain(rule);
  });
});
