import request from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator, type SimulatorSettings } from '../../simulator/simulator.js';
import type { ReadinessCheck } from '../../src/core/readiness/check.js';
import { login } from '../simulator/ssh-client.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { simulatorEndpoints } from '../support/simulator-endpoints.js';
import { KEYS, startTestApp, testConfig, type TestApp } from '../support/test-app.js';

const SYSTEM = 'reptilian-9119-MME-65BA46F';

interface Body {
  readonly managedSystem: { readonly name: string; readonly mtms: string };
  readonly verdict: string;
  readonly checks: readonly ReadinessCheck[];
}

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis?.stop());

/** The service in front of a simulator of its own. */
async function start(settings: SimulatorSettings = {}): Promise<{
  simulator: Simulator;
  readiness: (system?: string) => Promise<Body>;
  close: () => Promise<void>;
}> {
  const simulator = await startSimulator(settings);
  const app: TestApp = await startTestApp(testConfig(redis.url, { hmcs: simulatorEndpoints(simulator) }));
  return {
    simulator,
    readiness: async (system = SYSTEM) => {
      const path = `/v1/managed-systems/${system}/readiness`;
      const response = await request(app.url).get(path).set('Authorization', `Bearer ${KEYS.viewer}`);
      expect(response.status, response.text).toBe(200);
      return response.body as Body;
    },
    close: async () => {
      await app.close();
      await simulator.close();
    },
  };
}

const of = (body: Body, id: string, name?: string): ReadinessCheck => {
  const check = body.checks.find((one) => one.id === id && (name === undefined || one.subject.name === name));
  if (check === undefined) throw new Error(`no check ${id} of ${name ?? 'anything'}`);
  return check;
};

describe('on the estate of the seed', () => {
  let service: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    service = await start();
  });
  afterAll(() => service?.close());
  afterEach(() => {
    service.simulator.control.reset();
  });

  it('passes, by the commands of the seed', async () => {
    const body = await service.readiness();
    expect(body).toMatchObject({ managedSystem: { name: SYSTEM, mtms: '9119-MME*65BA46F' }, verdict: 'pass' });
    expect(of(body, 'hmc-level', 'hmc1')).toMatchObject({ verdict: 'pass', command: 'lshmc -V', hmc: 'hmc1' });
    expect(of(body, 'hmc-required-fix', 'hmc2')).toMatchObject({
      verdict: 'pass',
      found: 'MH01655: Required fix for HMC V8R8.6.0 (11-01-2016)',
    });
    expect(of(body, 'firmware-level')).toMatchObject({
      verdict: 'pass',
      found: 'activated service pack FW860.10, level 56, EC number 01SC860',
      needed: 'FW860 or later',
      command: "lslic -m '9119-MME*65BA46F' -t sys",
    });
    expect(of(body, 'virtual-io-server-level', 'vios2')).toMatchObject({
      verdict: 'pass',
      found: '2.2.5.10',
      needed: '2.2.5 or later',
      command: "viosvrcmd -m '9119-MME*65BA46F' --id 2 -c ioslevel",
    });
    expect(of(body, 'adapter-shared', 'slot 21030021')).toMatchObject({ verdict: 'fail' });
    expect(of(body, 'physical-port-up', 'adapter 1 port 3')).toMatchObject({
      verdict: 'fail',
      command: "lshwres -r sriov --rsubtype physport --level eth -m '9119-MME*65BA46F'",
    });
    expect(of(body, 'partition-os-level', 'lizard')).toMatchObject({ verdict: 'pass', decides: false });
    expect(of(body, 'partition-state', 'skink')).toMatchObject({ verdict: 'fail' });
    // Every command that is named was sent.
    const sent = new Set(service.simulator.log.entries.map(({ line }) => line));
    const named = body.checks.flatMap(({ command }) => command.split('\n'));
    expect(named.filter((command) => !sent.has(command))).toEqual([]);
    // The ports of all three levels count.
    expect(of(body, 'physical-ports').command.split('\n')).toEqual(
      ['eth', 'ethc', 'roce'].map(
        (level) => `lshwres -r sriov --rsubtype physport --level ${level} -m '9119-MME*65BA46F'`,
      ),
    );
  });

  it('tells each system by itself when several are asked about at the same time', async () => {
    const { control } = service.simulator;
    control.setSystemState('saurian-9119-MME-659707C', 'Power Off');
    control.addFault({ type: 'latency', ms: 200, match: '^lssyscfg -r sys', times: null });
    const [saurian, reptilian] = await Promise.all([
      service.readiness('saurian-9119-MME-659707C'),
      service.readiness(SYSTEM),
    ]);
    expect(of(saurian, 'system-state')).toMatchObject({ verdict: 'fail', found: 'Power Off' });
    expect(of(reptilian, 'system-state')).toMatchObject({ verdict: 'pass', found: 'Operating' });
    expect(reptilian.verdict).toBe('pass');
  });

  it('without RMC the level of a Virtual I/O Server is unknown, whatever the HMC remembers', async () => {
    service.simulator.control.setPartitionState(SYSTEM, 'vios1', 'Running', 'inactive');
    const body = await service.readiness();
    expect(of(body, 'virtual-io-server-reachable', 'vios1')).toMatchObject({
      verdict: 'fail',
      found: 'Running, RMC inactive',
    });
    expect(of(body, 'virtual-io-server-level', 'vios1')).toMatchObject({
      verdict: 'unknown',
      found: 'not told; the HMC remembers 2.2.5.10',
      reason: expect.stringContaining('HSCL2957'),
    });
    // The other one is enough; both together are not.
    expect(body.verdict).toBe('pass');
    expect(of(body, 'virtual-io-server-redundancy')).toMatchObject({ verdict: 'fail', decides: false });
    service.simulator.control.virtualIoServerDown(SYSTEM, 'vios2');
    expect((await service.readiness()).verdict).toBe('fail');
  });

  it('ports that are up on an adapter that has failed are of no use', async () => {
    const [frame] = service.simulator.estate.systems;
    const [hmc] = service.simulator.hmcs;
    if (frame === undefined || hmc === undefined) throw new Error('a frame and an HMC expected');
    for (const port of frame.adapters.find(({ id }) => id === 1)?.ports ?? []) port.linkUp = false;
    const session = await login(hmc);
    const { stdout } = await session.run(`lshwres -r sriov --rsubtype adapter -m ${SYSTEM}`);
    session.end();
    const text = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (line.includes('adapter_id=1,') ? line : line.replace('functional_state=1', 'functional_state=0')))
      .join('\n');
    const match = /^lshwres -r sriov --rsubtype adapter/;
    service.simulator.control.addFault({ type: 'refuse', match, text, exitStatus: 0, times: null });
    const body = await service.readiness();
    expect(of(body, 'adapter-running', 'adapter 1').verdict).toBe('pass');
    expect(of(body, 'physical-port-up', 'adapter 2 port 1').verdict).toBe('pass');
    expect(of(body, 'usable-ports')).toMatchObject({ verdict: 'fail', found: expect.stringMatching(/^0 of \d+$/) });
    expect(body.verdict).toBe('fail');
  });

  it('one port that is up is not enough: a placement of two is refused too', async () => {
    const [frame] = service.simulator.estate.systems;
    if (frame === undefined) throw new Error('a frame expected');
    for (const { id, ports } of frame.adapters) {
      for (const port of ports) port.linkUp = id === 2 && port.id === 1;
    }
    service.simulator.control.virtualIoServerDown(SYSTEM, 'vios1');
    const body = await service.readiness();
    expect(of(body, 'usable-ports')).toMatchObject({ verdict: 'fail', found: expect.stringMatching(/^1 of \d+$/) });
    expect(of(body, 'virtual-io-server-redundancy').verdict).toBe('fail');
    expect(body.verdict).toBe('fail');
  });

  it('of a Virtual I/O Server that is Not Available nothing is known', async () => {
    service.simulator.control.setPartitionState(SYSTEM, 'vios1', 'Not Available', 'unknown');
    expect(of(await service.readiness(), 'virtual-io-server-reachable', 'vios1')).toMatchObject({
      verdict: 'unknown',
      found: 'Not Available, RMC unknown',
    });
  });

  it('old firmware and an old Virtual I/O Server fail', async () => {
    const [frame] = service.simulator.estate.systems;
    if (frame === undefined) throw new Error('a frame expected');
    frame.firmware = { level: '120', servicePack: 'FW840.60', ecNumber: '01SC840' };
    for (const partition of frame.partitions) partition.osVersion = partition.osVersion.replace('2.2.5.10', '2.2.4.22');
    const body = await service.readiness();
    expect(body.verdict).toBe('fail');
    expect(of(body, 'firmware-level')).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('FW840') });
    expect(of(body, 'virtual-io-server-level', 'vios1')).toMatchObject({ verdict: 'fail', found: '2.2.4.22' });
  });

  it.each([
    ['lslic', 'firmware-level', 'HSCL350B The user does not have the appropriate authority'],
    ['lshwres -r sriov --rsubtype adapter', 'adapters', 'An unknown error occurred'],
    ['lshwres -r sriov --rsubtype physport', 'physical-ports', 'HSCL3205 busy'],
    ['viosvrcmd', 'virtual-io-server-level', 'HSCL2970 The IOServer command has failed'],
  ])('a refused %s leaves %s unknown', async (command, id, text) => {
    service.simulator.control.addFault({ type: 'refuse', match: new RegExp(`^${command}`), text, times: null });
    const body = await service.readiness();
    expect(of(body, id)).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining(text) });
    expect(body.verdict).toBe('unknown');
  });

  it('words of the HMC at exit 0 are no level', async () => {
    const text = 'HSCL2970 The IOServer command has failed because of the following reason:';
    service.simulator.control.addFault({ type: 'refuse', match: /^viosvrcmd/, text, exitStatus: 0, times: null });
    expect(of(await service.readiness(), 'virtual-io-server-level')).toMatchObject({ verdict: 'unknown' });
  });

  it('asks the other HMC where one refuses', async () => {
    const text = 'HSCL350B The user does not have the appropriate authority';
    service.simulator.control.addFault({ type: 'refuse', hmcId: 'hmc1', match: /^viosvrcmd/, text, times: null });
    expect(of(await service.readiness(), 'virtual-io-server-level')).toMatchObject({ verdict: 'pass', hmc: 'hmc2' });
  });

  it('a system without a connection is unknown, not a pass', async () => {
    const body = await service.readiness('gharial-8286-42A-218CA0V');
    expect(body.verdict).toBe('unknown');
    expect(of(body, 'system-state')).toMatchObject({ verdict: 'unknown', found: 'No Connection' });
    expect(of(body, 'partitions')).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining('HSCL0238') });
  });

  it('an HMC that is away is unknown', async () => {
    await service.readiness();
    await service.simulator.control.stopHmc('hmc2');
    const body = await service.readiness();
    expect(of(body, 'hmc-level', 'hmc2')).toMatchObject({ verdict: 'unknown', found: null });
    expect(body.verdict).toBe('unknown');
    await service.simulator.control.startHmc('hmc2');
  });
});

it('an HMC that is away since the service was started is unknown, too: it may manage the system', async () => {
  const service = await start();
  await service.simulator.control.stopHmc('hmc2');
  try {
    const body = await service.readiness();
    expect(of(body, 'hmc-level', 'hmc2')).toMatchObject({
      verdict: 'unknown',
      found: null,
      reason: expect.stringMatching(/could not be read since .* not known\. .*hmc2/),
    });
    expect(body.verdict).toBe('unknown');
  } finally {
    await service.close();
  }
});

it('an HMC at V8R8.2 does not know vNIC failover', async () => {
  const service = await start({ hmcs: [{ id: 'hmc0', version: 'V8R8.2.0' }] });
  const body = await service.readiness();
  expect(body.verdict).toBe('fail');
  expect(of(body, 'hmc-level')).toMatchObject({ verdict: 'fail', found: 'V8R8.2.0, service pack 0, build 20141104.1' });
  expect(of(body, 'firmware-level').verdict).toBe('pass');
  await service.close();
});

it('a system whose HMC lists its capabilities is judged by them', async () => {
  const service = await start({ hmcs: [{ id: 'hmc9', version: 'V11R2' }] });
  expect(of(await service.readiness(), 'vnic-failover-capability')).toMatchObject({ verdict: 'pass', decides: true });
  await service.close();
});
