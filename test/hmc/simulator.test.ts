import { afterEach, describe, expect, it } from 'vitest';
import { startSimulator } from '../../simulator/simulator.js';
import type { Simulator, SimulatorSettings } from '../../simulator/simulator.js';
import { SshHmcConnections } from '../../src/hmc/ssh-hmc-connections.js';
import { simulatorEndpoints } from '../support/simulator-endpoints.js';

const read = { kind: 'read', deadlineMs: 15_000 } as const;
const change = { kind: 'change', deadlineMs: 15_000 } as const;
const LIST = "lshwres -r virtualio --rsubtype vnic --level lpar -m '9119-MME*65BA46F'";
const CREATE =
  "chhwres -r virtualio --rsubtype vnic -o a -m '9119-MME*65BA46F' --id 6 -s 6 -a 'backing_devices=sriov/vios1//1/1/2.0/10'";

let simulator: Simulator;
let hmcs: SshHmcConnections;
afterEach(async () => {
  await hmcs.close(0);
  await simulator.close();
});

async function start(
  settings: SimulatorSettings = {},
  credential: 'privateKey' | 'password' = 'privateKey',
): Promise<SshHmcConnections> {
  simulator = await startSimulator(settings);
  const password = { kind: 'password', password: simulator.hmcs[0]?.password ?? '' } as const;
  const endpoints = simulatorEndpoints(simulator).map((endpoint) =>
    credential === 'password' ? { ...endpoint, credential: password } : endpoint,
  );
  hmcs = new SshHmcConnections(endpoints);
  return hmcs;
}

describe('against the simulator', () => {
  it.each(['privateKey', 'password'] as const)('logs in with a %s and wastes no login', async (credential) => {
    await start({}, credential);
    expect(await hmcs.run('hmc1', LIST, read)).toMatchObject({ kind: 'exited', exitStatus: 0, stderr: '' });
    expect(await hmcs.run('hmc2', 'lshmc -V', read)).toMatchObject({ kind: 'exited', exitStatus: 0 });
    expect(hmcs.reachability('hmc1')).toMatchObject({ reachable: true, circuit: 'closed' });
  });

  it('keeps changes off the connections of reads', async () => {
    await start({ readLatencyMs: 100, changeLatencyMs: 300 });
    await Promise.all([
      ...Array.from({ length: 12 }, () => hmcs.run('hmc1', LIST, read)),
      hmcs.run('hmc1', CREATE, change),
      hmcs.run('hmc1', CREATE.replace('-s 6', '-s 7'), change),
    ]);
    const byKind = (kind: 'read' | 'change'): string[] =>
      simulator.log.entries.filter((entry) => entry.kind === kind).map(({ connectionId }) => connectionId);
    expect(byKind('read')).toHaveLength(12);
    expect(new Set(byKind('change')).size).toBe(2);
    expect(byKind('read').filter((id) => byKind('change').includes(id))).toEqual([]);
  });

  it.each([
    { when: 'before-effect', made: false },
    { when: 'after-effect', made: true },
  ] as const)('calls a change unknown when the connection drops $when', async ({ when, made }) => {
    await start();
    simulator.control.addFault({ type: 'drop-connection', when, kind: 'change' });
    expect(await hmcs.run('hmc1', CREATE, change)).toMatchObject({ kind: 'unknown', reason: 'lost' });
    const listed = await hmcs.run('hmc1', LIST, read);
    expect(listed.kind === 'exited' && listed.stdout.includes('lpar_name=lizard')).toBe(made);
  });

  it('calls a change unknown when the HMC does not answer, or gives no exit status', async () => {
    await start();
    simulator.control.addFault({ type: 'no-answer', kind: 'change' });
    expect(await hmcs.run('hmc1', CREATE, { kind: 'change', deadlineMs: 500 })).toMatchObject({ reason: 'timed-out' });
    simulator.control.addFault({ type: 'no-exit-status', kind: 'change' });
    expect(await hmcs.run('hmc1', CREATE, change)).toMatchObject({ kind: 'unknown', reason: 'no-exit-status' });
  });

  it('tries a refused channel again for a read, not for a change', async () => {
    await start();
    simulator.control.addFault({ type: 'refuse-channel', times: 2 });
    expect(await hmcs.run('hmc1', LIST, read)).toMatchObject({ kind: 'exited' });
    simulator.control.addFault({ type: 'refuse-channel' });
    expect(await hmcs.run('hmc1', CREATE, change)).toMatchObject({ kind: 'never-started', reason: 'channel-refused' });
    expect(simulator.log.entries.filter(({ kind }) => kind === 'change')).toEqual([]);
  });

  it('cuts a flood', async () => {
    await start();
    simulator.control.addFault({ type: 'flood', bytes: 40_000_000, kind: 'read' });
    expect(await hmcs.run('hmc1', LIST, read)).toMatchObject({ kind: 'unknown', reason: 'output-too-large' });
    expect(await hmcs.run('hmc1', LIST, read)).toMatchObject({ kind: 'exited' });
  });

  it('stops after one refused login, well before the account is locked', async () => {
    await start();
    simulator.control.addFault({ type: 'refuse-login', hmcId: 'hmc1', times: null });
    const ends = await Promise.all([1, 2, 3, 4, 5].map(() => hmcs.run('hmc1', LIST, read)));
    ends.push(await hmcs.run('hmc1', CREATE, change));
    expect(ends.every(({ kind }) => kind === 'never-started')).toBe(true);
    simulator.control.clearFaults();
    // Were the account locked, this login would be refused.
    const fresh = new SshHmcConnections(simulatorEndpoints(simulator));
    expect(await fresh.run('hmc1', LIST, read)).toMatchObject({ kind: 'exited' });
    await fresh.close(0);
    expect(await hmcs.run('hmc1', LIST, read)).toMatchObject({ reason: 'locked-out' });
    expect(await hmcs.run('hmc2', LIST, read)).toMatchObject({ kind: 'exited' });
  });
});
