import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadinessCheck } from '../../../src/core/readiness/check.js';
import type { Answer } from '../../../src/core/answer.js';
import { judgeReadiness, type ReadinessEvidence } from '../../../src/core/readiness/readiness.js';
import { parseFirmwareLevel } from '../../../src/core/resources/firmware-level.js';
import { parseHmcVersion } from '../../../src/core/resources/hmc-version.js';
import { parseManagedSystems } from '../../../src/core/resources/managed-system.js';
import { parsePartitions } from '../../../src/core/resources/partition.js';
import { parsePhysicalPorts } from '../../../src/core/resources/physical-port.js';
import { parseSriovAdapters } from '../../../src/core/resources/sriov-adapter.js';
import { sample } from '../hmc-language/sample.js';

const told = <T>(value: T): Answer<T> => ({ told: true, value, command: 'c', hmcId: 'hmc1' });
const UNTOLD: Answer<never> = { told: false, reason: 'No answer.', command: 'c', hmcId: null };
const HMC_READY = told(parseHmcVersion(sample('lshmc-V-v10r3.txt')));
const HMC_OLD = told(parseHmcVersion(sample('lshmc-V-v8r820.txt')));

const PARTITIONS = ['running', 'down', 'silent'].map(
  (name, at) =>
    `name=${name},lpar_id=${at + 1},lpar_env=vioserver,rmc_state=active,state=${name === 'down' ? 'Not Activated' : 'Running'}`,
);
const partitions = (...wanted: number[]): ReadinessEvidence['partitions'] =>
  told(parsePartitions(`${wanted.map((at) => PARTITIONS[at]).join('\n')}\n`));
const LEVELS = new Map([
  [1, told('2.2.5.10')],
  [2, told('2.2.5.10')],
  [3, UNTOLD],
]);
const [ADAPTER] = parseSriovAdapters(
  'adapter_id=1,slot_id=21010020,config_state=sriov,functional_state=1,phys_loc=U78-P1,sriov_status=running\n',
);
const [PORT] = parsePhysicalPorts(sample('sriov-physport-ethc-default-v11r2-p9.txt'), 'ethc');
if (ADAPTER === undefined || PORT === undefined) throw new Error('the samples hold an adapter and a port');
const UP = { ...PORT, adapterId: 1, physicalPortId: 0, linkUp: true };
const ALSO_UP = { ...UP, physicalPortId: 1 };
const DOWN = { ...UP, physicalPortId: 9, linkUp: false };
const NOT_TOLD = { ...UP, physicalPortId: 8, linkUp: null };
const FAILED = { ...ADAPTER, adapterId: 2, status: 'missing', functional: false };
const ON_FAILED = [0, 1].map((physicalPortId) => ({ ...UP, adapterId: 2, physicalPortId }));
const DEDICATED = { ...ADAPTER, adapterId: null, slotId: 'other', mode: 'dedicated' };

const READY: ReadinessEvidence = {
  systemName: 'reptilian',
  hmcs: [{ hmcId: 'hmc1', version: HMC_READY }],
  system: told(parseManagedSystems('name=r,type_model=a,serial_num=b,state=Operating\n')[0] ?? never()),
  firmware: told(parseFirmwareLevel('activated_level=1,activated_spname=FW860.10\n')),
  partitions: partitions(0),
  virtualIoServerLevels: LEVELS,
  adapters: told([ADAPTER]),
  physicalPorts: told([UP, ALSO_UP]),
  physicalPortCommand: ({ level }) => `ports of ${level}`,
};

function never(): never {
  throw new Error('expected a system');
}

describe('the verdict', () => {
  const cases: [string, Partial<ReadinessEvidence>, string][] = [
    ['all is well', {}, 'pass'],
    ['one of two HMCs is too old', { hmcs: [...READY.hmcs, { hmcId: 'hmc2', version: HMC_OLD }] }, 'fail'],
    ['one of two HMCs is away', { hmcs: [...READY.hmcs, { hmcId: 'hmc2', version: UNTOLD }] }, 'unknown'],
    ['no HMC is known', { hmcs: [] }, 'unknown'],
    ['the system is not told', { system: UNTOLD }, 'unknown'],
    ['the firmware is not told', { firmware: UNTOLD }, 'unknown'],
    ['one of two Virtual I/O Servers is down', { partitions: partitions(0, 1) }, 'pass'],
    ['the only Virtual I/O Server is down', { partitions: partitions(1) }, 'fail'],
    ['one is down, the other does not answer', { partitions: partitions(1, 2) }, 'unknown'],
    ['there is no Virtual I/O Server', { partitions: told([]) }, 'fail'],
    ['partitions are not told', { partitions: UNTOLD }, 'unknown'],
    ['a server was never asked', { virtualIoServerLevels: new Map() }, 'unknown'],
    ['one of two adapters is dedicated', { adapters: told([ADAPTER, DEDICATED]) }, 'pass'],
    ['the only adapter is dedicated', { adapters: told([DEDICATED]) }, 'fail'],
    ['there is no adapter', { adapters: told([]) }, 'fail'],
    ['adapters are not told', { adapters: UNTOLD }, 'unknown'],
    ['one of two ports is down', { physicalPorts: told([UP, DOWN]) }, 'fail'],
    ['one of three ports is down', { physicalPorts: told([UP, DOWN, ALSO_UP]) }, 'pass'],
    ['one port is up, of another it is not told', { physicalPorts: told([UP, NOT_TOLD]) }, 'unknown'],
    [
      'the ports of the adapter that runs are down, those of a failed one are up',
      { adapters: told([ADAPTER, FAILED]), physicalPorts: told([DOWN, ...ON_FAILED]) },
      'fail',
    ],
    [
      'one port is up on each of two adapters, of which one has failed',
      { adapters: told([ADAPTER, FAILED]), physicalPorts: told([UP, ...ON_FAILED]) },
      'fail',
    ],
    ['the ports are of an adapter that is not listed', { physicalPorts: told(ON_FAILED) }, 'unknown'],
    [
      'ports are not told, and the only adapter is dedicated',
      { adapters: told([DEDICATED]), physicalPorts: UNTOLD },
      'fail',
    ],
    ['the only port is down', { physicalPorts: told([DOWN]) }, 'fail'],
    ['there is no port', { physicalPorts: told([]) }, 'fail'],
  ];
  it.each(cases)('%s: %j', (_case, changed, verdict) => {
    expect(judgeReadiness({ ...READY, ...changed }).verdict).toBe(verdict);
  });

  it('one server passes one check, another the other: that is no pass', () => {
    const levels = new Map([...LEVELS, [1, told('2.2.4.0')] as const]);
    const readiness = judgeReadiness({ ...READY, partitions: partitions(0, 1), virtualIoServerLevels: levels });
    expect(readiness.verdict).toBe('fail');
  });

  it('one usable Virtual I/O Server is able, and said to be a weakness', () => {
    const of = (...wanted: number[]): ReadinessCheck | undefined =>
      judgeReadiness({ ...READY, partitions: partitions(...wanted) }).checks.find(
        ({ id }) => id === 'virtual-io-server-redundancy',
      );
    const weak = { verdict: 'fail', found: '1 of 2', needed: 'two usable Virtual I/O Servers', decides: false };
    expect(of(0, 1)).toMatchObject({ ...weak, reason: expect.stringContaining('all of them are down') });
    expect(of(0, 2)).toMatchObject({ verdict: 'unknown', found: '1 of 2, 1 more in doubt' });
    expect(of(1, 2)).toMatchObject({ verdict: 'fail', found: '0 of 2, 1 more in doubt' });
    expect(of(1)).toMatchObject({
      ...weak,
      found: '0 of 1',
      reason: expect.stringMatching(/^Without a usable Virtual I\/O Server/),
    });
    // The level of each server is part of it.
    expect(of(0, 2)?.command.split('\n')).toHaveLength(3);
    const both = new Map([1, 3].map((id) => [id, told('2.2.5.10')] as const));
    const ready = { ...READY, partitions: partitions(0, 2), virtualIoServerLevels: both };
    expect(judgeReadiness(ready).checks.find(({ id }) => id === 'virtual-io-server-redundancy')).toMatchObject({
      verdict: 'pass',
      reason: null,
    });
  });

  it('says how many ports are usable, and by which commands', () => {
    const { checks } = judgeReadiness({ ...READY, physicalPorts: { ...told([UP, DOWN]), command: 'eth\nethc' } });
    expect(checks.find(({ id }) => id === 'usable-ports')).toMatchObject({
      verdict: 'fail',
      found: '1 of 2',
      reason: expect.stringContaining('a vNIC uses a port once'),
      command: 'c\neth\nethc',
      decides: true,
    });
  });

  it('a port has no part in the verdict by itself: they are counted', () => {
    const { verdict, checks } = judgeReadiness({ ...READY, physicalPorts: told([UP, DOWN, ALSO_UP]) });
    expect(verdict).toBe('pass');
    const ports = checks.filter(({ id }) => id === 'physical-port-up');
    expect(ports.map((port) => [port.verdict, port.decides])).toEqual([
      ['pass', false],
      ['fail', false],
      ['pass', false],
    ]);
  });

  it('names the command of the level at which a port stands', () => {
    const { checks } = judgeReadiness(READY);
    expect(checks.find(({ id }) => id === 'physical-port-up')?.command).toBe('ports of ethc');
  });

  it('never passes, nor does any check that hangs on it, when something is not told', () => {
    const parts = ['system', 'firmware', 'partitions', 'adapters', 'physicalPorts'] as const;
    fc.assert(
      fc.property(fc.subarray([...parts], { minLength: 1 }), (silent) => {
        const changed = Object.fromEntries(silent.map((part) => [part, UNTOLD]));
        const { verdict, checks } = judgeReadiness({ ...READY, ...changed });
        expect(verdict).toBe('unknown');
        for (const check of checks) {
          expect(check.reason === null).toBe(check.verdict === 'pass');
          if (check.found === null) expect(check.verdict).toBe('unknown');
        }
      }),
    );
  });
});
