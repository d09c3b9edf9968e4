import { describe, expect, it } from 'vitest';
import { check, type Rule } from './check.js';
import type { Cause } from './doubt.js';
import type { Command, FaultWindow, History, JobDocument, Reading, Step, SystemState, VnicState } from './history.js';
import type { Outage } from './outages.js';

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
    startedAt: iso(950),
    finishedAt: iso(1300),
    ...changes,
  };
}

function command(changes: Partial<{ [K in keyof Command]: Command[K] }> = {}): Command {
  return {
    hmcId: 'hmc1',
    worker: 'worker1',
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

const outage = (of: string, from: number, to: number): Outage => ({ of, from: T0 + from, to: T0 + to });

/** A listing of all vNICs by worker1 on hmc1 that was answered 20 ms later. */
function reading(ms: number, changes: Partial<{ [K in keyof Reading]: Reading[K] }> = {}): Reading {
  return {
    hmcId: 'hmc1',
    worker: 'worker1',
    mtms: MTMS,
    what: 'vnics',
    startedAt: T0 + ms,
    finishedAt: T0 + ms + 20,
    ok: true,
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
    readings: [],
    faults: [],
    outages: [],
    paced: [],
    times: { changeMs: 4000, pacingMs: 2000 },
    cancels: [],
    pauses: [],
    conditionals: [],
    endedAt: T0 + 60_000,
    ...changes,
  };
}

const rules = (of: History): Rule[] => check(of).violations.map(({ rule }) => rule);
const untouched = new Map([[MTMS, [state(0, 10)]]]);
const unknown = { state: 'unknown', finishedAt: iso(1200) };
const CUT = command({ end: 'dropped', exitStatus: null, effectAt: null });
const doubtful = (changes: Partial<JobDocument> = {}): JobDocument =>
  job({ state: 'indeterminate', plan: [step(unknown)], finishedAt: iso(9000), ...changes });
const failed = (effect?: string): JobDocument =>
  job({
    state: 'failed',
    plan: [step({ state: 'failed' })],
    error: { type: 'urn:hmc-vnic-gateway:problem:hmc-refused', ...(effect === undefined ? {} : { effect }) },
  });
const REFUSED = command({ exitStatus: 1, effectAt: null });

const conditional = { jobId: 'a', mtms: MTMS, partitionId: 3, slot: 3, readFrom: T0 + 700, readTo: T0 + 720 };

/** The first move at 1.1 s, the second one at `ms`. */
function moves(ms: number, paced: History['paced']): History {
  const at = (time: number, activeLogicalPortId: string): SystemState => ({
    ...state(time, 5),
    vnics: [{ ...vnic(5), activeLogicalPortId }],
  });
  return history({ paced, states: new Map([[MTMS, [state(0, 10), at(1100, '27004002'), at(ms, '27004001')]]]) });
}

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

  const doubts: readonly (readonly [string, Cause, History])[] = [
    [
      'whose command was cut off',
      'command',
      history({ job: doubtful(), commands: [CUT], states: untouched, readings: [reading(8900)] }),
    ],
    [
      'whose command was answered after its deadline',
      'command',
      history({ job: doubtful(), commands: [command({ effectAt: T0 + 9500, finishedAt: T0 + 9500 })] }),
    ],
    [
      'whose worker was killed before it had the answer',
      'worker',
      history({
        job: doubtful(),
        commands: [command({ effectAt: null })],
        states: untouched,
        outages: [outage('worker1', 1050, 3000)],
      }),
    ],
    [
      'whose command never arrived, its worker being frozen',
      'worker',
      history({
        job: doubtful(),
        commands: [],
        states: untouched,
        readings: [reading(950)],
        outages: [outage('worker1', 1050, 7000)],
      }),
    ],
    [
      'whose answer could not be written down',
      'redis',
      history({
        job: doubtful(),
        commands: [command({ effectAt: null })],
        states: untouched,
        outages: [outage('redis', 1000, 1150)],
      }),
    ],
    [
      'whose HMC was gone',
      'hmc',
      history({
        job: doubtful(),
        commands: [command({ effectAt: null })],
        states: untouched,
        outages: [outage('hmc1', 1050, 3000)],
      }),
    ],
    [
      'whose Redis was back just before',
      'time',
      history({
        job: doubtful(),
        commands: [command({ effectAt: null })],
        states: untouched,
        outages: [outage('redis', 0, 900)],
      }),
    ],
    [
      'about an answered command, while its HMC could not be read',
      'hmc',
      history({
        job: job({ state: 'indeterminate' }),
        faults: [fault({ hides: 'readings', hmcs: ['hmc1'], from: T0 + 1210, to: T0 + 1400 })],
      }),
    ],
    [
      'about an answered command, whose HMC did not answer the readback',
      'hmc',
      history({
        job: job({ state: 'indeterminate' }),
        readings: [reading(1220, { ok: false, finishedAt: null })],
      }),
    ],
    [
      'whose wish came true after the last readback',
      'command',
      history({
        job: doubtful(),
        commands: [command({ end: 'unanswered', finishedAt: null, exitStatus: null, effectAt: T0 + 8950 })],
        states: new Map([[MTMS, [state(0, 10), state(8950, 5)]]]),
        readings: [reading(8940)],
      }),
    ],
    [
      'whose only readback went to a worker that was killed',
      'command',
      history({
        job: doubtful(),
        commands: [{ ...CUT, effectAt: T0 + 1100 }],
        readings: [reading(2000)],
        outages: [outage('worker1', 2100, 3000)],
      }),
    ],
    [
      'of which a half of the readback was not answered',
      'command',
      history({
        job: doubtful(),
        commands: [{ ...CUT, effectAt: T0 + 1100 }],
        readings: [reading(2000), reading(2010, { what: 'partitions', ok: false, finishedAt: null })],
      }),
    ],
  ];

  it.each(doubts)('a doubt %s', (_what, by, of) => {
    const { violations, doubts: found } = check(of);
    expect(violations).toEqual([]);
    expect(found.get('a')).toEqual({ needed: true, by });
  });

  it('a canceled job that nothing was sent of', () => {
    const canceled = job({ state: 'canceled', plan: [], startedAt: null });
    const of = { job: canceled, commands: [], states: untouched };
    expect(rules(history({ ...of, cancels: [{ jobId: 'a', granted: true }] }))).toEqual([]);
    // Its answer was lost, the next one said that it is over.
    expect(rules(history({ ...of, cancels: [{ jobId: 'a', granted: false }] }))).toEqual([]);
  });

  it('the job that was at work when its lane was paused', () => {
    expect(rules(history({ pauses: [{ mtms: MTMS, from: T0 + 980, to: T0 + 2000 }] }))).toEqual([]);
  });

  it('a change with an ETag that still holds', () => {
    expect(rules(history({ conditionals: [conditional] }))).toEqual([]);
  });

  it('moves that keep their distance, and moves of a partition that needs none', () => {
    expect(rules(moves(3200, [{ mtms: MTMS, partitionId: 3 }]))).toEqual([]);
    expect(rules(moves(1500, [{ mtms: MTMS, partitionId: 4 }]))).toEqual([]);
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
      'the HMC answered, and nothing was broken just then',
      history({
        job: doubtful(),
        commands: [command({ effectAt: null })],
        states: untouched,
        outages: [outage('worker1', 5000, 6000), outage('worker2', 0, 9000), outage('hmc2', 0, 9000)],
        faults: [fault(), fault({ hides: 'readings', hmcs: ['hmc1'], to: T0 + 9000 })],
      }),
    ],
    [
      'needless-indeterminate',
      'a command that never arrived, and nothing was broken just then',
      history({
        job: doubtful(),
        commands: [],
        states: untouched,
        readings: [reading(950)],
        outages: [outage('worker2', 0, 9000), outage('redis', 7600, 9000)],
        faults: [fault()],
      }),
    ],
    [
      'needless-indeterminate',
      'the HMC had answered and was read',
      history({
        job: job({ state: 'indeterminate' }),
        readings: [reading(1255)],
        faults: [fault({ hides: 'readings', hmcs: ['hmc1'] })],
      }),
    ],
    [
      'needless-indeterminate',
      'the HMC had answered, and the other one could not be read',
      history({
        job: job({ state: 'indeterminate' }),
        faults: [fault({ hides: 'readings', hmcs: ['hmc2'], from: T0 + 1210 })],
        outages: [outage('hmc2', 1210, 1400)],
      }),
    ],
    [
      'needless-indeterminate',
      'a readback showed the wish after the answer was lost',
      history({ job: doubtful(), commands: [{ ...CUT, effectAt: T0 + 1100 }], readings: [reading(1200)] }),
    ],
    [
      'needless-indeterminate',
      'the other HMC showed the wish',
      history({
        job: doubtful(),
        commands: [{ ...CUT, effectAt: T0 + 1100 }],
        readings: [reading(1200, { hmcId: 'hmc2', worker: 'worker2' })],
        outages: [outage('hmc1', 1050, 9000)],
      }),
    ],
    [
      'needless-indeterminate',
      'the job stopped half way, with automatic failover off',
      history({
        job: doubtful({ target: { ...job().target, restoreAutoPriorityFailover: true } }),
        commands: [{ ...CUT, effectAt: T0 + 1100 }],
        states: new Map([
          [MTMS, [state(0, 10), { ...state(1100, 5), vnics: [{ ...vnic(5), autoPriorityFailover: false }] }]],
        ]),
        readings: [reading(8900)],
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
    [
      'fault-of-ours',
      'an internal error that leaves a doubt',
      history({
        job: doubtful({ error: { type: 'urn:hmc-vnic-gateway:problem:internal-error' } }),
        commands: [CUT],
        states: untouched,
      }),
    ],
    [
      'wrong-cancel',
      'a canceled job that was carried out',
      history({ job: job({ state: 'canceled' }), cancels: [{ jobId: 'a', granted: true }] }),
    ],
    [
      'wrong-cancel',
      'a job that ran although it had been canceled',
      history({ cancels: [{ jobId: 'a', granted: true }] }),
    ],
    [
      'wrong-cancel',
      'a canceled job that nobody wanted canceled',
      history({ job: job({ state: 'canceled', plan: [] }), commands: [], states: untouched }),
    ],
    [
      'started-while-paused',
      'a job that was started in a paused lane',
      history({ pauses: [{ mtms: MTMS, from: T0 + 850, to: T0 + 2000 }] }),
    ],
    [
      'started-while-paused',
      'a second job in a paused lane',
      history({
        jobs: new Map([
          ['a', job()],
          ['b', job({ id: 'b', sequence: 2, plan: [step({ command: `${LINE}0` })] })],
        ]),
        commands: [command(), command({ line: `${LINE}0`, startedAt: T0 + 1110, effectAt: null })],
        pauses: [{ mtms: MTMS, from: T0 + 980, to: T0 + 2000 }],
      }),
    ],
    [
      'stale-acted',
      'a change with the ETag of what was there before another change',
      history({
        conditionals: [conditional],
        states: new Map([[MTMS, [state(0, 10), state(950, 7), state(1100, 5)]]]),
      }),
    ],
    ['too-close', 'two moves that follow each other too soon', moves(1500, [{ mtms: MTMS, partitionId: 3 }])],
  ];

  it.each(cases)('%s: %s', (rule, _what, broken) => {
    expect(rules(broken)).toContain(rule);
  });
});
