import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandLogEntry } from '../../simulator/log/command-log.js';
import { faultOf } from '../../simulator/faults/faults.js';
import { type SimulatedHmc, type Simulator, startSimulator } from '../../simulator/simulator.js';
import { until } from '../support/until.js';
import { login } from './ssh-client.js';

const SYSTEM = 'reptilian-9119-MME-65BA46F';
const CREATE = `chhwres -r virtualio --rsubtype vnic -m ${SYSTEM} -o a -p lizard -s 6 -a 'backing_devices="sriov/vios1//1/1/2.0/10,sriov/vios2//4/1/2.0/20"'`;
const READ = `lshwres -r virtualio --rsubtype vnic -m ${SYSTEM} --filter lpar_names=lizard -F slot_num,port_vlan_id`;

let simulator: Simulator;
let hmc: SimulatedHmc;
let other: SimulatedHmc;
beforeEach(async () => {
  simulator = await startSimulator();
  const [first, second] = simulator.hmcs;
  if (!first || !second) throw new Error('two HMCs expected');
  [hmc, other] = [first, second];
});
afterEach(() => simulator.close());

const made = (): boolean => simulator.estate.systems.some((each) => each.vnics.some((vnic) => vnic.partitionId === 6));
const lastEntry = (): CommandLogEntry => {
  const entry = simulator.log.entries.at(-1);
  if (!entry) throw new Error('a log entry expected');
  return entry;
};

/** What becomes of a command whose connection may be cut: the answer, or the connection closed. */
async function runOrClose(line: string, waitMs = 10_000): Promise<'answered' | 'closed' | 'silent'> {
  const client = new ssh2.Client();
  try {
    return await new Promise((resolve, reject) => {
      client.on('error', () => undefined).on('close', () => resolve('closed'));
      client.on('ready', () =>
        client.exec(line, (error, channel) => {
          if (error) return reject(error);
          channel.on('exit', () => resolve('answered'));
          channel.resume();
          setTimeout(() => resolve('silent'), waitMs).unref();
        }),
      );
      client.connect({ host: hmc.host, port: hmc.port, username: hmc.username, privateKey: hmc.privateKey });
    });
  } finally {
    client.destroy();
  }
}

describe('faults of a command', () => {
  it('refuses with the words, the stream and the status that are asked for', async () => {
    const session = await login(hmc);
    simulator.control.addFault({
      type: 'refuse',
      match: 'chhwres',
      text: 'HSCL3205 busy',
      stream: 'stderr',
      exitStatus: 9,
    });
    expect(await session.run(READ)).toMatchObject({ exitStatus: 0 });
    expect(await session.run(CREATE)).toEqual({ exitStatus: 9, stdout: '', stderr: 'HSCL3205 busy\n' });
    expect(made()).toBe(false);
    // Once, unless more is asked for.
    expect(await session.run(CREATE)).toEqual({ exitStatus: 0, stdout: '', stderr: '' });
    session.end();
  });

  it('refuses although the change was made, or a part of it', async () => {
    const session = await login(hmc);
    simulator.control.addFault({ type: 'refuse', text: 'HSCL2957 saved', effect: 'full' });
    expect(await session.run(CREATE)).toEqual({ exitStatus: 1, stdout: 'HSCL2957 saved\n', stderr: '' });
    expect(made()).toBe(true);

    const change = `chhwres -r virtualio --rsubtype vnic -m ${SYSTEM} -o s -p lizard -s 6 -a `;
    simulator.control.addFault({
      type: 'refuse',
      kind: 'change',
      text: 'HSCL294D half',
      effect: { instead: `${change}backing_devices+=sriov/vios1//2/1/2.0/30` },
    });
    await session.run(`${change}'"backing_devices+=sriov/vios1//2/1/2.0/30,sriov/vios1//3/1/2.0/40"'`);
    const vnic = simulator.estate.systems[0]?.vnics.find((each) => each.partitionId === 6);
    expect(vnic?.devices.map((each) => each.adapterId)).toEqual([1, 4, 2]);
    simulator.control.addFault({ type: 'refuse', text: 'x', effect: { instead: 'chhwres -r nonsense' } });
    expect(await session.run(READ)).toMatchObject({ exitStatus: 255, stderr: expect.stringContaining('own command') });
    session.end();
  });

  it('cuts the connection before the effect, or after it', async () => {
    simulator.control.addFault({ type: 'drop-connection', when: 'before-effect' });
    expect(await runOrClose(CREATE)).toBe('closed');
    expect(lastEntry()).toMatchObject({ end: 'dropped', exitStatus: null, effectAt: null });
    expect(made()).toBe(false);
    simulator.control.addFault({ type: 'drop-connection', when: 'after-effect' });
    expect(await runOrClose(CREATE)).toBe('closed');
    expect(lastEntry()).toMatchObject({ end: 'dropped', exitStatus: null });
    expect(made()).toBe(true);
  });

  it('never answers, having done it or not', async () => {
    simulator.control.addFault({ type: 'no-answer', effect: 'none' });
    expect(await runOrClose(CREATE, 200)).toBe('silent');
    expect(made()).toBe(false);
    simulator.control.addFault({ type: 'no-answer' });
    expect(await runOrClose(CREATE, 200)).toBe('silent');
    await until('it is made', made);
    expect(lastEntry()).toMatchObject({ end: 'unanswered', finishedAt: null });
  });

  it('closes the channel without an exit status', async () => {
    const session = await login(hmc);
    simulator.control.addFault({ type: 'no-exit-status' });
    expect(await session.run(READ)).toEqual({ exitStatus: null, stdout: '', stderr: '' });
    expect(await session.run(READ)).toMatchObject({ exitStatus: 0 });
    session.end();
  });

  it('sends its output slowly, and whole', async () => {
    const session = await login(hmc);
    const whole = (await session.run('lshmc -V')).stdout;
    simulator.control.addFault({ type: 'slow-output', chunkBytes: 40, intervalMs: 20 });
    const startedAt = performance.now();
    expect((await session.run('lshmc -V')).stdout).toBe(whole);
    expect(performance.now() - startedAt).toBeGreaterThan(60);
    session.end();
  });

  it('floods the reader', async () => {
    const session = await login(hmc);
    simulator.control.addFault({ type: 'flood', bytes: 5_000_000 });
    expect((await session.run(READ)).stdout).toHaveLength(5_000_000);
    session.end();
  });

  it('makes the change only some time after exit 0', async () => {
    const session = await login(hmc);
    simulator.control.addFault({ type: 'delay-effect', ms: 1500 });
    expect(await session.run(CREATE)).toEqual({ exitStatus: 0, stdout: '', stderr: '' });
    expect(made()).toBe(false);
    await until('it is made', made);
    await until('it has its effect', () => lastEntry().effectAt !== null);
    expect(lastEntry().effectAt).toBeGreaterThan(lastEntry().finishedAt ?? Infinity);
    session.end();
  });

  it('goes on to its effect when the client has gone away', async () => {
    simulator.control.setLatency({ hmcId: 'hmc1', changeMs: 1500 });
    expect(await runOrClose(CREATE, 100)).toBe('silent');
    expect(made()).toBe(false);
    await until('it is made', made);
  });

  it('takes its time: latency of one HMC, of reads and of changes, and of a pattern', async () => {
    const [slow, quick] = await Promise.all([login(hmc), login(other)]);
    simulator.control.setLatency({ hmcId: 'hmc1', readMs: 120, changeMs: 250 });
    simulator.control.addFault({ type: 'latency', match: 'lshmc', ms: 150, times: null });
    const took = async (session: typeof slow, line: string): Promise<number> => {
      await session.run(line);
      const { startedAt, finishedAt } = lastEntry();
      return (finishedAt ?? NaN) - startedAt;
    };
    // setTimeout may come due a millisecond early by the other clock.
    expect(await took(slow, READ)).toBeGreaterThanOrEqual(118);
    expect(await took(slow, CREATE)).toBeGreaterThanOrEqual(248);
    expect(simulator.control.describeHmcs()).toMatchObject([{ latency: { readMs: 120 } }, { latency: { readMs: 0 } }]);
    expect(await took(quick, 'lshmc -V')).toBeGreaterThanOrEqual(148);
    expect(await took(slow, 'lshmc -V')).toBeGreaterThanOrEqual(268);
    slow.end();
    quick.end();
  });

  it('strikes only the HMC, the kind and the pattern that are named, as often as it says', async () => {
    const [one, two] = await Promise.all([login(hmc), login(other)]);
    const id = simulator.control.addFault({
      type: 'refuse',
      text: 'no',
      hmcId: 'hmc2',
      kind: 'read',
      match: '^lshwres',
      times: 2,
    });
    const statuses: (number | null)[] = [];
    for (const [session, line] of [
      [one, READ],
      [two, 'lshmc -V'],
      [two, READ],
      [two, READ],
      [two, READ],
    ] as const) {
      statuses.push((await session.run(line)).exitStatus);
    }
    expect(statuses).toEqual([0, 0, 1, 1, 0]);
    expect(simulator.control.removeFault(id)).toBe(false);
    simulator.control.addFault({ type: 'refuse', text: 'no', match: /^lshwres/g, times: null });
    expect(simulator.control.listFaults()).toMatchObject([{ left: null, fault: { match: '^lshwres' } }]);
    expect([(await one.run(READ)).exitStatus, (await one.run(READ)).exitStatus]).toEqual([1, 1]);
    simulator.control.clearFaults();
    expect((await one.run(READ)).exitStatus).toBe(0);
    one.end();
    two.end();
  });
});

describe('faults of a channel', () => {
  it('refuses the eleventh channel of a connection, as MaxSessions does', async () => {
    simulator.control.setLatency({ readMs: 1000 });
    const session = await login(hmc);
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => session.run(READ)));
    expect(results.filter((each) => each.status === 'fulfilled')).toHaveLength(10);
    expect(results.filter((each) => each.status === 'rejected').map((each) => String(each.reason))).toEqual([
      expect.stringContaining('Channel open failure'),
      expect.stringContaining('Channel open failure'),
    ]);
    simulator.control.setLatency({ readMs: 0 });
    expect(await session.run(READ)).toMatchObject({ exitStatus: 0 });
    session.end();
  });

  it('refuses or confirms late where that is asked for', async () => {
    const session = await login(hmc);
    simulator.control.addFault({ type: 'refuse-channel' });
    await expect(session.run(READ)).rejects.toMatchObject({ reason: 2 });
    simulator.control.addFault({ type: 'delay-channel', ms: 200 });
    const startedAt = performance.now();
    expect(await session.run(READ)).toMatchObject({ exitStatus: 0 });
    expect(performance.now() - startedAt).toBeGreaterThan(190);
    session.end();
  });
});

describe('consoles that go away', () => {
  it('cuts connections, goes down and comes up on the same port', async () => {
    const session = await login(hmc);
    simulator.control.dropConnections('hmc1');
    await expect(session.run(READ)).rejects.toThrow();
    await simulator.control.stopHmc('hmc1');
    await expect(login(hmc)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const still = await login(other);
    expect(await still.run(READ)).toMatchObject({ exitStatus: 0 });
    still.end();
    await simulator.control.startHmc('hmc1');
    const again = await login(hmc);
    expect(await again.run(READ)).toMatchObject({ exitStatus: 0 });
    again.end();
  });
});

describe('faultOf', () => {
  it.each([
    [null, 'JSON object'],
    [{ type: 'explode' }, '"type" must be one of'],
    [{ type: 'constructor' }, '"type" must be one of'],
    [{ type: 'latency' }, '"ms" is missing'],
    [{ type: 'latency', ms: -1 }, '"ms" is not valid'],
    [{ type: 'refuse', text: 'x', when: 'now' }, '"when" is not known'],
    [{ type: 'no-answer', match: '(' }, '"match" is not valid'],
    [{ type: 'no-answer', times: 0 }, '"times" is not valid'],
  ])('refuses %j', (value, reason) => {
    expect(() => faultOf(value)).toThrow(reason);
  });

  it('takes what is right as it is', () => {
    const fault = { type: 'refuse', text: 'x', effect: { instead: 'lshmc -V' }, hmcId: 'hmc1', match: '^ls', times: 3 };
    expect(faultOf(fault)).toEqual(fault);
  });
});
