import { describe, expect, it } from 'vitest';
import { check, type Rule } from './check.js';
import type { Cause } from './doubt.js';
import type {
  Command,
  FaultWindow,
  History,
  JobDocument,
  Reading,
  Reconciliation,
  Step,
  SystemState,
  VnicState,
} from './history.js';
import type { Outage } from './outages.js';

const MTMS = '9119-MME*65F0001';
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const iso = (ms: number): string => new Date(T0 + ms).toISOString();
const LINE =
  "chhwres -r virtualio -m '9119-MME*65F0001' --rsubtype vnicbkdev -o s --id 3 -s 3 --logport 27004001 -a failover_priority=5";

const vnic = (failoverPriority: number): VnicState => ({
  partition: 'client3',
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
  partitions: ['client3'],
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
      partition: { id: 3, name: 'client3' },
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
    targetMtms: null,
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
    hmcs: ['hmc1', 'hmc2'],
    faults: [],
    outages: [],
    paced: [],
    times: { changeMs: 4000, migrationMs: 6000, pacingMs: 2000 },
    cancels: [],
    pauses: [],
    conditionals: [],
    reconciled: [],
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

/** Whole readbacks of one HMC, at the first moment and at the last one. */
const readings = (hmcId: string, ...at: readonly number[]): Reading[] =>
  at.flatMap((ms) => [reading(ms, { hmcId }), reading(ms, { hmcId, what: 'partitions' })]);

/** A desired state that takes two commands, of which the first sets a priority. */
const twoSteps = (changes: Partial<JobDocument> = {}): JobDocument =>
  job({ operation: 'vnic.set', request: { autoPriorityFailover: false }, finishedAt: iso(9000), ...changes });

const MADE = { ...vnic(10), slot: 7, macAddress: 'ea0000000007', portVlanId: 77 };
const createLine = (slot: number): string => `chhwres -r virtualio --rsubtype vnic -o a --id 3 -s ${slot}`;
/** A create that was sent with slot 7, and perhaps with slot 8 as well. */
const create = (changes: Partial<JobDocument> = {}): JobDocument =>
  job({
    operation: 'vnic.create',
    target: { partition: { id: 3, name: 'client3' }, slot: 8 },
    request: { portVlanId: 77, backingDevices: [{ adapterId: 1, physicalPortId: 0, failoverPriority: 10 }] },
    plan: [
      step({ ...unknown, command: createLine(7) }),
      step({ command: createLine(8), startedAt: iso(1300), finishedAt: iso(1400) }),
    ],
    finishedAt: iso(1500),
    ...changes,
  });
const with7 = { ...state(1100, 10), vnics: [vnic(10), MADE] };

const OTHER = '9119-MME*65F0002';
const MIGRLPAR = `migrlpar -o m -m '${MTMS}' -t '${OTHER}' --id 3`;
const migration = (changes: Partial<JobDocument> = {}): JobDocument =>
  job({
    operation: 'partition.migrate',
    target: { partition: { id: 3, name: 'client3' }, targetSystem: { mtms: OTHER } },
    request: { targetSystem: OTHER },
    plan: [step({ command: MIGRLPAR })],
    ...changes,
  });
const migrated = (ms: number): History['states'] => {
  const empty = { partitions: [], vnics: [], labels: {} };
  return new Map([
    [MTMS, [state(0, 10), { ...empty, at: T0 + ms }]],
    [OTHER, [{ ...empty, at: 0 }, state(ms, 10)]],
  ]);
};
const MIGRATE = command({ line: MIGRLPAR, targetMtms: OTHER });

/** Commands of one job, each with an effect on the vNIC, and what the vNIC was like after each. */
function repeatedly(of: JobDocument, ...vnics: readonly VnicState[]): History {
  const at = vnics.map((_, i) => 1100 + 100 * i);
  return history({
    job: { ...of, plan: at.map((_, i) => step({ command: `${LINE} # ${i}` })), finishedAt: iso(5000) },
    commands: at.map((ms, i) =>
      command({ line: `${LINE} # ${i}`, startedAt: T0 + ms - 50, effectAt: T0 + ms, finishedAt: T0 + ms }),
    ),
    states: new Map([
      [MTMS, [state(0, 10), ...at.map((ms, i) => ({ ...state(ms, 10), vnics: [vnics[i] ?? vnic(10)] }))]],
    ]),
  });
}
const SECOND = { logicalPortId: '27008001', adapterId: 2, physicalPortId: 0, failoverPriority: 20 };
const two = { ...vnic(10), devices: [...vnic(10).devices, SECOND] };

const reconciled = (of: Partial<Reconciliation> = {}): Reconciliation => ({
  jobId: 'a',
  from: T0 + 20_000,
  to: T0 + 20_100,
  state: 'succeeded',
  error: null,
  ...of,
});
const saysNone = { state: 'failed', error: { type: 'x', effect: 'none' } };

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

  it('a migration, and a validation of one that runs beside a change of the system that it would go to', () => {
    const other = command({ line: `${LINE}0`, mtms: OTHER, startedAt: T0 + 1090, effectAt: null });
    const validation = command({ line: MIGRLPAR.replace('-o m', '-o v'), effectAt: null });
    const asks = migration({ operation: 'partition.validate-migration', plan: [step({ command: validation.line })] });
    const beside = job({ id: 'b', managedSystem: { mtms: OTHER }, plan: [step({ command: other.line })] });
    const jobs = new Map([
      ['a', asks],
      ['b', { ...beside, state: 'failed', error: { type: 'x', effect: 'none' } }],
    ]);
    expect(rules(history({ job: migration(), commands: [MIGRATE], states: migrated(1100) }))).toEqual([]);
    const states = new Map([
      [MTMS, [state(0, 10)]],
      [OTHER, [state(0, 10)]],
    ]);
    const both = { listed: ['a'], commands: [validation, other], states };
    expect(rules(history({ jobs, ...both }))).toEqual([]);
  });

  it('what came of a job in doubt that was reconciled', () => {
    const came = { job: doubtful(), commands: [CUT], faults: [fault()] };
    const seen = (of: Partial<Reconciliation>, states: History['states'], effectAt: number | null): Rule[] =>
      rules(history({ ...came, commands: [{ ...CUT, effectAt }], states, reconciled: [reconciled(of)] }));
    const late = new Map([[MTMS, [state(0, 10), state(15_000, 5)]]]);
    expect(seen({}, late, T0 + 15_000)).toEqual([]);
    expect(seen(saysNone, untouched, null)).toEqual([]);
    expect(seen({ state: 'indeterminate' }, untouched, null)).toEqual([]);
  });

  it('an effect that came about once is found once', () => {
    expect(check(history()).appliedOnce).toBe(1);
    const single = [
      repeatedly(job({ operation: 'vnic.update', request: { autoPriorityFailover: false } }), {
        ...vnic(10),
        autoPriorityFailover: false,
      }),
      repeatedly(job({ operation: 'backing-device.add', request: { backingDevices: [SECOND] } }), two),
      history({ job: migration(), commands: [MIGRATE], states: migrated(1100) }),
    ];
    for (const of of single) expect(check(of).appliedOnce).toBe(1);
    expect(check(history({ commands: [], states: untouched, job: failed('none') })).appliedOnce).toBe(0);
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
      history({
        job: doubtful(),
        commands: [command({ effectAt: T0 + 9500, finishedAt: T0 + 9500 })],
        states: new Map([[MTMS, [state(0, 10), state(9500, 5)]]]),
      }),
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
        faults: [fault({ hides: 'readings', hmcs: ['hmc1', 'hmc2'], from: T0 + 1210, to: T0 + 1400 })],
      }),
    ],
    [
      'about a command that was accepted and shows no effect, while its HMC was away and the other one was read',
      'hmc',
      history({
        job: job({ state: 'indeterminate', finishedAt: iso(9000) }),
        commands: [command({ effectAt: null })],
        states: untouched,
        readings: readings('hmc2', 1300, 8900),
        outages: [outage('hmc1', 1250, 10_000)],
      }),
    ],
    [
      'half way, whose first command was answered and whose last one was not, while the other HMC was read',
      'command',
      history({
        job: twoSteps({ state: 'indeterminate', plan: [step(), step({ ...unknown, command: `${LINE}0` })] }),
        commands: [command(), { ...CUT, line: `${LINE}0`, startedAt: T0 + 1310 }],
        readings: readings('hmc2', 1300, 8900),
        outages: [outage('hmc1', 1250, 10_000)],
      }),
    ],
    [
      'about an answered command, whose HMC did not answer the readback',
      'hmc',
      history({
        job: job({ state: 'indeterminate' }),
        readings: ['hmc1', 'hmc2'].map((hmcId) => reading(1220, { hmcId, ok: false, finishedAt: null })),
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
        outages: [outage('worker1', 2100, 9000)],
      }),
    ],
    [
      'of which a half of the readback was not answered',
      'command',
      history({
        job: doubtful(),
        commands: [{ ...CUT, effectAt: T0 + 1100 }],
        readings: [reading(8000), reading(8010, { what: 'partitions', ok: false, finishedAt: null })],
        outages: [outage('hmc2', 1000, 9000)],
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
    expect(rules(moves(3200, ['client3']))).toEqual([]);
    expect(rules(moves(1500, ['client4']))).toEqual([]);
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
      'applied-twice',
      'two vNICs by one create, each with a slot of its own',
      history({
        job: create(),
        commands: [
          command({ line: createLine(7) }),
          command({ line: createLine(8), startedAt: T0 + 1310, effectAt: T0 + 1400, finishedAt: T0 + 1400 }),
        ],
        states: new Map([
          [
            MTMS,
            [
              state(0, 10),
              with7,
              { ...state(1400, 10), vnics: [vnic(10), MADE, { ...MADE, slot: 8, macAddress: 'ea0000000008' }] },
            ],
          ],
        ]),
      }),
    ],
    [
      'applied-twice',
      'a second vNIC with the VLAN of a create, of which no command is known',
      history({
        job: create({ plan: [step({ command: createLine(8) })] }),
        commands: [],
        states: new Map([
          [MTMS, [state(0, 10), { ...with7, vnics: [MADE, { ...MADE, slot: 8, macAddress: 'ea0000000008' }] }]],
        ]),
      }),
    ],
    [
      'applied-twice',
      'a delete that took the next vNIC in the slot as well',
      history({
        job: job({ operation: 'vnic.delete', plan: [step(), step({ command: `${LINE}0` })] }),
        commands: [
          command(),
          command({ line: `${LINE}0`, startedAt: T0 + 1190, effectAt: T0 + 1200, finishedAt: T0 + 1200 }),
        ],
        states: new Map([
          [
            MTMS,
            [
              state(0, 10),
              { ...state(1100, 10), vnics: [] },
              { ...state(1150, 10), vnics: [MADE] },
              { ...state(1200, 10), vnics: [] },
            ],
          ],
        ]),
      }),
    ],
    [
      'applied-twice',
      'automatic failover switched over again',
      repeatedly(
        job({ operation: 'vnic.update', request: { autoPriorityFailover: false } }),
        { ...vnic(10), autoPriorityFailover: false },
        vnic(10),
        { ...vnic(10), autoPriorityFailover: false },
      ),
    ],
    [
      'applied-twice',
      'a priority set again after it had been another one',
      repeatedly(job(), vnic(5), vnic(7), vnic(5)),
    ],
    [
      'applied-twice',
      'a device of a desired state made again',
      repeatedly(job({ operation: 'vnic.set', request: { backingDevices: [SECOND] } }), two, vnic(10), two),
    ],
    [
      'applied-twice',
      'a device added again',
      repeatedly(job({ operation: 'backing-device.add', request: { backingDevices: [SECOND] } }), two, vnic(10), two),
    ],
    [
      'applied-twice',
      'two devices taken away by one removal',
      repeatedly(job({ operation: 'backing-device.remove' }), two, vnic(10), { ...vnic(10), devices: [] }),
    ],
    [
      'applied-twice',
      'traffic moved again to a device that it had left',
      repeatedly(
        job({ operation: 'backing-device.activate', request: {} }),
        { ...vnic(10), activeLogicalPortId: null },
        vnic(10),
        { ...vnic(10), activeLogicalPortId: null },
        vnic(10),
      ),
    ],
    [
      'applied-twice',
      'a label set again after another one',
      history({
        job: job({
          operation: 'physical-port.set-label',
          target: { physicalPort: { adapterId: 3, physicalPortId: 2 } },
          request: { label: 'a1-1' },
        }),
        states: new Map([
          [MTMS, ['', 'a1-1', 'a1-2', 'a1-1'].map((label, i) => ({ ...state(100 * i, 10), labels: { '3/2': label } }))],
        ]),
      }),
    ],
    [
      'applied-twice',
      'a partition that migrated again after it had been brought back',
      history({
        job: migration({ plan: [step({ command: MIGRLPAR }), step({ command: `${MIGRLPAR} ` })] }),
        commands: [
          MIGRATE,
          { ...MIGRATE, line: `${MIGRLPAR} `, startedAt: T0 + 1190, effectAt: T0 + 1200, finishedAt: T0 + 1200 },
        ],
        states: new Map([
          [
            MTMS,
            [0, 1100, 1150, 1200].map((ms, i) => ({ ...state(ms, 10), partitions: i % 2 === 0 ? ['client3'] : [] })),
          ],
          [
            OTHER,
            [0, 1100, 1150, 1200].map((ms, i) => ({ ...state(ms, 10), partitions: i % 2 === 1 ? ['client3'] : [] })),
          ],
        ]),
      }),
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
      'overlap',
      'a migration to a system on which another command is at work',
      history({
        jobs: new Map([
          ['a', migration()],
          ['b', job({ id: 'b', managedSystem: { mtms: OTHER }, plan: [step({ command: `${LINE}0` })] })],
        ]),
        commands: [
          MIGRATE,
          command({ line: `${LINE}0`, mtms: OTHER, startedAt: T0 + 1090, effectAt: null, finishedAt: T0 + 1095 }),
        ],
        states: migrated(1100),
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
      'every command was answered, and the other HMC showed the effect of the last one',
      history({
        job: twoSteps({ state: 'indeterminate' }),
        readings: readings('hmc2', 1300, 8900),
        outages: [outage('hmc1', 1250, 10_000)],
      }),
    ],
    [
      'needless-indeterminate',
      'every command was answered, and nobody asked the other HMC, which would have shown the effect of the last one',
      history({ job: twoSteps({ state: 'indeterminate' }), outages: [outage('hmc1', 1250, 10_000)] }),
    ],
    [
      'needless-indeterminate',
      'the wish held, and nobody asked the other HMC, which would have shown it',
      history({
        job: doubtful(),
        commands: [{ ...CUT, effectAt: T0 + 1100 }],
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
    [
      'not-as-succeeded',
      'a reconciliation that succeeded without the wished state',
      history({ job: doubtful(), commands: [CUT], states: untouched, reconciled: [reconciled()] }),
    ],
    [
      'not-as-succeeded',
      'a reconciliation of a delete that succeeded because the partition had migrated with its vNIC',
      history({
        job: doubtful({ operation: 'vnic.delete' }),
        commands: [CUT],
        states: migrated(10_000),
        reconciled: [reconciled()],
      }),
    ],
    [
      'not-as-succeeded',
      'a reconciliation that succeeded by what another job did',
      history({
        job: doubtful(),
        commands: [CUT],
        states: new Map([[MTMS, [state(0, 10), state(15_000, 5)]]]),
        reconciled: [reconciled()],
      }),
    ],
    [
      'wrong-effect',
      'a reconciliation that says none of a create whose slot is not known',
      history({
        job: create({
          state: 'indeterminate',
          target: { partition: { id: 3, name: 'client3' } },
          plan: [step({ ...unknown, command: createLine(7) })],
        }),
        commands: [{ ...CUT, line: createLine(7), effectAt: T0 + 1100 }],
        states: new Map([[MTMS, [state(0, 10), with7]]]),
        reconciled: [reconciled(saysNone)],
      }),
    ],
    [
      'wrong-effect',
      'a reconciliation that says none of a create whose vNIC has gone with its partition',
      history({
        job: create({ state: 'indeterminate', plan: [step({ ...unknown, command: createLine(7) })] }),
        commands: [{ ...CUT, line: createLine(7), effectAt: T0 + 1100 }],
        states: new Map([
          [MTMS, [state(0, 10), with7, { ...state(15_000, 10), partitions: [], vnics: [] }]],
          [
            OTHER,
            [
              { ...state(0, 10), partitions: [], vnics: [] },
              { ...with7, at: T0 + 15_000 },
            ],
          ],
        ]),
        reconciled: [reconciled(saysNone)],
      }),
    ],
    [
      'wrong-effect',
      'a reconciliation that failed although the command had done what was wished',
      history({
        job: doubtful(),
        commands: [{ ...CUT, effectAt: T0 + 1100 }],
        reconciled: [reconciled({ state: 'failed', error: { type: 'x', effect: 'partial' } })],
      }),
    ],
    [
      'after-the-end',
      'an effect after a reconciliation had failed',
      history({
        job: doubtful(),
        commands: [{ ...CUT, effectAt: T0 + 30_000 }],
        states: new Map([[MTMS, [state(0, 10), state(30_000, 5)]]]),
        reconciled: [reconciled(saysNone)],
      }),
    ],
    [
      'too-close',
      'two moves that follow each other too soon, with a migration between them',
      history({
        paced: ['client3'],
        states: new Map([
          [MTMS, [state(0, 10), { ...state(1100, 5), vnics: [{ ...vnic(5), activeLogicalPortId: '27004002' }] }]],
          [OTHER, [state(1300, 5), { ...state(1500, 5), vnics: [{ ...vnic(5), activeLogicalPortId: '27004002' }] }]],
        ]),
      }),
    ],
    [
      'started-while-paused',
      'a migration to a system whose lane is paused',
      history({
        job: migration(),
        commands: [MIGRATE],
        states: migrated(1100),
        pauses: [{ mtms: OTHER, from: T0 + 850, to: T0 + 2000 }],
      }),
    ],
    ['too-close', 'two moves that follow each other too soon', moves(1500, ['client3'])],
  ];

  it.each(cases)('%s: %s', (rule, _what, broken) => {
    expect(rules(broken)).toContain(rule);
  });
});
