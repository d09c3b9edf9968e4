import { describe, expect, it } from 'vitest';
import type { ReadinessCheck } from '../../../src/core/readiness/check.js';
import type { Answer } from '../../../src/core/answer.js';
import { checkHmc } from '../../../src/core/readiness/hmc-checks.js';
import { checkPartition } from '../../../src/core/readiness/partition-checks.js';
import { checkAdapter, checkPhysicalPort } from '../../../src/core/readiness/sriov-checks.js';
import { checkFirmware, checkSystem } from '../../../src/core/readiness/system-checks.js';
import { atLeast } from '../../../src/core/readiness/versions.js';
import { checkVirtualIoServer } from '../../../src/core/readiness/virtual-io-server-checks.js';
import { parseFirmwareLevel } from '../../../src/core/resources/firmware-level.js';
import { parseHmcVersion } from '../../../src/core/resources/hmc-version.js';
import { parseManagedSystems } from '../../../src/core/resources/managed-system.js';
import { parsePartitions, type Partition } from '../../../src/core/resources/partition.js';
import { parsePhysicalPorts, type PhysicalPort } from '../../../src/core/resources/physical-port.js';
import { parseSriovAdapters, type SriovAdapter } from '../../../src/core/resources/sriov-adapter.js';
import { rawSample, sample } from '../hmc-language/sample.js';

const told = <T>(value: T): Answer<T> => ({ told: true, value, command: 'a command', hmcId: 'hmc1' });
const untold: Answer<never> = { told: false, reason: 'No RMC.', command: 'a command', hmcId: 'hmc1' };
const verdicts = (checks: readonly ReadinessCheck[]): Record<string, string> =>
  Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict]));

const UNTOLD = { verdict: 'unknown', found: null, reason: 'No RMC.', command: 'a command', hmc: 'hmc1' };

describe('what is not told', () => {
  const system = checkSystem('reptilian', untold);
  const server = checkVirtualIoServer(partition('lpar_env=vioserver'), told(null), untold)[1];
  it.each([...checkHmc('hmc1', untold), ...system, checkFirmware('reptilian', untold), server])(
    '$id is unknown',
    (check) => {
      expect(check).toMatchObject({ ...UNTOLD, needed: expect.stringMatching(/./) });
    },
  );
});

it('compares levels number by number', () => {
  expect(atLeast([2, 2, 5, 10], [2, 2, 5])).toBe(true);
  expect(atLeast([2, 2, 5], [2, 2, 5, 0])).toBe(true);
  expect(atLeast([2, 2, 10], [2, 2, 5])).toBe(true);
  expect(atLeast([2, 2, 4, 99], [2, 2, 5])).toBe(false);
});

describe('an HMC', () => {
  const seed = `${rawSample('lshmc-V-v8r860-seed.txt').split('\n').slice(2).join('\n')}","base_version=V8R8.6.0\n"\n`;
  it.each([
    ['V7R7.9', sample('lshmc-V-v7r7.txt'), { 'hmc-level': 'fail' }],
    ['V8R8.2', sample('lshmc-V-v8r820.txt'), { 'hmc-level': 'fail' }],
    ["the seed's V8R8.6", seed, { 'hmc-level': 'pass', 'hmc-required-fix': 'pass' }],
    ['V8R8.6 without its fix', seed.replace(/MH01655.*\n/, ''), { 'hmc-level': 'pass', 'hmc-required-fix': 'fail' }],
    [
      'V8R8.6 SP2 that does not list it',
      seed.replace(/MH01655.*\n/, 'MH01690\n').replace('Pack: 0', 'Pack: 2'),
      { 'hmc-level': 'pass', 'hmc-required-fix': 'unknown' },
    ],
    ['V10R3', sample('lshmc-V-v10r3.txt'), { 'hmc-level': 'pass', 'hmc-required-fix': 'pass' }],
    [
      'one that names two levels',
      sample('lshmc-V-v8r820.txt').replace('base_version=V8R8.2.0', 'base_version=V10R3'),
      { 'hmc-level': 'unknown', 'hmc-required-fix': 'unknown' },
    ],
    [
      'one that names the same level more exactly',
      sample('lshmc-V-v10r3.txt').replace('Release: 3', 'Release: 3.1060'),
      { 'hmc-level': 'pass', 'hmc-required-fix': 'pass' },
    ],
    ['one that tells no level', 'version=x\n', { 'hmc-level': 'unknown', 'hmc-required-fix': 'unknown' }],
  ])('%s', (_case, output, expected) => {
    expect(verdicts(checkHmc('hmc1', told(parseHmcVersion(output))))).toEqual(expected);
  });

  it('shows both levels where it names two', () => {
    const output = sample('lshmc-V-v8r820.txt').replace('base_version=V8R8.2.0', 'base_version=V10R3');
    const [level] = checkHmc('hmc2', told(parseHmcVersion(output)));
    expect(level?.found).toBe('V10R3 and V8R8.2.0, service pack 0, build 20141104.1');
  });

  it('shows what was found, what is needed, and the command', () => {
    expect(checkHmc('hmc2', told(parseHmcVersion(sample('lshmc-V-v8r820.txt'))))).toEqual([
      {
        id: 'hmc-level',
        subject: { kind: 'hmc', name: 'hmc2' },
        verdict: 'fail',
        found: 'V8R8.2.0, service pack 0, build 20141104.1',
        needed: 'V8R8.6.0 or later',
        reason: expect.stringContaining('does not know vNIC failover'),
        command: 'a command',
        hmc: 'hmc1',
        decides: true,
      },
    ]);
  });
});

describe('the system', () => {
  const line = 'name=r,type_model=9119-MME,serial_num=65BA46F,state=Operating';
  const check = (text: string): ReadinessCheck[] => {
    const [system] = parseManagedSystems(`${text}\n`);
    if (system === undefined) throw new Error('no system');
    return checkSystem('r', told(system));
  };
  it.each([
    [line, 'pass'],
    [line.replace('Operating', 'Power Off'), 'fail'],
    [line.replace('Operating', 'Standby'), 'fail'],
    [line.replace('Operating', 'Error - Dump In Progress'), 'fail'],
    [line.replace('Operating', 'No Connection'), 'unknown'],
    [line.replace('Operating', 'Failed Authentication'), 'unknown'],
    [line.replace('Operating', 'pending authentication - password updates required'), 'unknown'],
    [line.replace('Operating', 'Version Mismatch'), 'unknown'],
    [line.replace('Operating', 'Connecting'), 'unknown'],
    [line.replace('Operating', 'Unknown'), 'unknown'],
    [line.replace('Operating', 'unavailable'), 'unknown'],
  ])('%s: %s', (text, verdict) => {
    expect(check(text)[0]).toMatchObject({ id: 'system-state', verdict });
  });

  it.each([
    ['', 'unknown', false],
    [',vnic_dedicated_sriov_capable=1', 'unknown', false],
    [',vnic_dedicated_sriov_capable=1,vnic_failover_capable=1', 'pass', true],
    [',vnic_dedicated_sriov_capable=1,vnic_failover_capable=0', 'fail', true],
    [',vnic_dedicated_sriov_capable=0', 'fail', true],
    [',vnic_failover_capable=unavailable', 'unknown', false],
    [',"capabilities=sriov_capable,virtual_nic_fail_over_capable,vnic_failover_capable"', 'pass', true],
  ])('capabilities%s: %s', (flags, verdict, decides) => {
    expect(check(line + flags)[1]).toMatchObject({ id: 'vnic-failover-capability', verdict, decides });
  });

  it('of the V10R3 capture lists no flag for vNICs', () => {
    const capture = sample('lssyscfg-sys-full-v10r3-p9.txt').replace('<REDACTED-SERIAL>', 'X');
    expect(check(capture.trim())[1]).toMatchObject({ verdict: 'unknown', found: 'none is listed', decides: false });
  });

  it.each([
    ['activated_level=56,activated_spname=FW860.10,ecnumber=01SC860', 'pass'],
    ['activated_level=1,activated_spname=FW1030.00', 'pass'],
    ['activated_level=56,activated_spname=FW840.60,ecnumber=01SC840', 'fail'],
    ['activated_level=56,activated_spname=FW860.10,ecnumber=01SC840', 'unknown'],
    ['activated_level=unavailable,activated_spname=unavailable', 'unknown'],
  ])('firmware %s: %s', (output, verdict) => {
    expect(checkFirmware('r', told(parseFirmwareLevel(output)))).toMatchObject({ id: 'firmware-level', verdict });
  });
});

function partition(text: string): Partition {
  const [one] = parsePartitions(`name=p,lpar_id=1,${text}\n`);
  if (one === undefined) throw new Error('no partition');
  return one;
}

describe('a Virtual I/O Server', () => {
  const server = 'lpar_env=vioserver,state=Running,rmc_state=active,os_version=VIOS 2.2.5.10';
  const check = (text: string, level: Answer<string>): ReadinessCheck[] =>
    checkVirtualIoServer(partition(text), told(null), level);

  it.each([
    [server, 'pass'],
    [server.replace('Running', 'Not Activated'), 'fail'],
    [server.replace('=active', '=inactive'), 'fail'],
    [server.replace('=active', '=busy'), 'unknown'],
    [server.replace('=Running', '=unavailable'), 'unknown'],
    [server.replace('=Running', '=Not Available'), 'unknown'],
    [server.replace('=Running', '=Shutting Down'), 'fail'],
  ])('%s: %s', (text, verdict) => {
    expect(check(text, told('2.2.5.10'))[0]).toMatchObject({ id: 'virtual-io-server-reachable', verdict });
  });

  it.each([
    ['2.2.5.10', 'pass'],
    ['3.1.4.21', 'pass'],
    ['2.2.4.0', 'fail'],
  ])('%s: %s', (level, verdict) => {
    expect(check(server.replace('2.2.5.10', level), told(level))[1]).toMatchObject({ verdict, found: level });
    expect(check(server.replace('VIOS 2.2.5.10', 'Unknown'), told(level))[1]).toMatchObject({ verdict });
  });

  it('that the HMC has another level of: both are shown, and it does not pass', () => {
    const [, level] = check(server.replace('2.2.5.10', '2.2.4.50'), told('2.2.5.10'));
    expect(level).toMatchObject({ verdict: 'unknown', found: "2.2.5.10 by its own word, 2.2.4.50 by the HMC's" });
  });

  it('that does not answer: what the HMC remembers passes nothing', () => {
    expect(check(server, untold)[1]).toMatchObject({
      verdict: 'unknown',
      found: 'not told; the HMC remembers 2.2.5.10',
      reason: 'No RMC.',
    });
  });
});

describe('SR-IOV', () => {
  const adapters = parseSriovAdapters(sample('sriov-adapter-default-v11r2-p9.txt'));
  const adapter = (changed: Partial<SriovAdapter>): SriovAdapter => {
    const [first] = adapters;
    if (first === undefined) throw new Error('no adapter');
    return { ...first, adapterId: 1, mode: 'sriov', status: 'running', functional: true, ...changed };
  };
  it.each([
    [{}, { 'adapter-shared': 'pass', 'adapter-running': 'pass' }],
    [{ mode: 'dedicated', status: null }, { 'adapter-shared': 'fail' }],
    [
      { mode: null, status: null },
      { 'adapter-shared': 'unknown', 'adapter-running': 'unknown' },
    ],
    [
      { status: 'missing', functional: false },
      { 'adapter-shared': 'pass', 'adapter-running': 'fail' },
    ],
    [{ functional: false }, { 'adapter-shared': 'pass', 'adapter-running': 'fail' }],
    [{ functional: null }, { 'adapter-shared': 'pass', 'adapter-running': 'unknown' }],
  ])('adapter %j: %j', (changed, expected) => {
    expect(verdicts(checkAdapter(adapter(changed), told(null)))).toEqual(expected);
  });

  const [port] = parsePhysicalPorts(sample('sriov-physport-ethc-default-v11r2-p9.txt'), 'ethc');
  it.each([
    [true, 'pass'],
    [false, 'fail'],
    [null, 'unknown'],
  ])('port with link %s: %s', (linkUp, verdict) => {
    expect(checkPhysicalPort({ ...(port as PhysicalPort), linkUp }, told(null))).toMatchObject({ verdict });
  });
});

describe('a client', () => {
  const lizard = 'lpar_env=aixlinux,state=Running,rmc_state=active,os_version=AIX 7.2 7200-01-01-1642';
  it.each([
    [lizard, 'pass', 'pass'],
    [lizard.replace('7200-01-01', '7300-00-00'), 'pass', 'pass'],
    [lizard.replace('7200-01-01', '7200-00-02'), 'pass', 'unknown'],
    [lizard.replace('AIX 7.2 7200-01-01-1642', 'SLES 15'), 'pass', 'unknown'],
    [lizard.replace('AIX 7.2 7200-01-01-1642', 'Unknown'), 'pass', 'unknown'],
    [lizard.replace('=active', '=inactive'), 'fail', 'pass'],
    [lizard.replace('=active', '=unknown'), 'unknown', 'pass'],
    [lizard.replace('Running', 'Open Firmware'), 'fail', 'pass'],
    [lizard.replace('Running', 'Migrating - Running'), 'unknown', 'pass'],
    [lizard.replace('=Running', '=unavailable'), 'unknown', 'pass'],
    ['lpar_env=aixlinux,state=Not Activated,rmc_state=none', 'pass', 'unknown'],
    ['lpar_env=os400,state=Running,rmc_state=inactive,os_version=IBM i 7.3.0', 'unknown', 'unknown'],
  ])('%s: state %s, level %s', (text, state, level) => {
    const checks = checkPartition(partition(text), told(null));
    expect(verdicts(checks)).toEqual({ 'partition-state': state, 'partition-os-level': level });
    expect(checks.map(({ decides }) => decides)).toEqual([false, false]);
  });
});
