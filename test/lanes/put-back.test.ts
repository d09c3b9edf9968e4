import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Vnic } from '../../simulator/estate/model.js';
import type { HmcConnections } from '../../src/hmc/hmc-connections.js';
import type { JobRecord } from '../../src/store/job-record.js';
import { overtaken, startLaneBench, type LaneBench } from '../support/lane-bench.js';
import { LeaseLost } from '../../src/store/lease.js';
import { REPTILIAN } from '../support/whole-service.js';
import { until } from '../support/until.js';

/** iguana runs Linux: moves of its vNICs keep their distance. */
const IGUANA = { partition: { name: 'iguana' }, slot: 5 };

let bench: LaneBench;
beforeAll(async () => {
  bench = await startLaneBench();
});
beforeEach(async () => {
  bench.reset();
  await bench.redis.del(bench.worker.lanes.keys.pacing(REPTILIAN, 3, 5));
});
afterAll(() => bench.close());

const vnic = (): Vnic => {
  const found = bench.vnic(3, 5);
  if (found === undefined) throw new Error('iguana has no vNIC in slot 5');
  return found;
};
const activate = (): Promise<JobRecord> => {
  const { devices, activeLogicalPortId } = vnic();
  const standby = devices.find((device) => device.logicalPortId !== activeLogicalPortId)?.logicalPortId ?? '';
  return bench.accept('backing-device.activate', { ...IGUANA, logicalPortId: standby });
};

describe('a job that is put back before anything was sent', () => {
  it('decides anew: automatic failover that somebody has switched off meanwhile stays off', async () => {
    const paced = bench.newWorker({ pacingMs: 1500 });
    await activate();
    await bench.drain(paced);
    // Automatic failover on again, and the active device the one that it wants.
    const [, standby] = vnic().devices;
    if (standby !== undefined) standby.failoverPriority = 1;
    vnic().autoPriorityFailover = true;

    const logicalPortId = vnic().activeLogicalPortId ?? '';
    const job = await bench.accept('backing-device.remove', { ...IGUANA, logicalPortId });
    await bench.drain(paced);
    const waiting = await bench.job(job.id);
    expect(waiting).toMatchObject({ state: 'queued', waitingFor: { reason: 'pacing' } });
    expect(waiting.target).toEqual(waiting.boundTarget);

    vnic().autoPriorityFailover = false;
    await until('the lane is due', async () => (await paced.lanes.takeDue(10)).includes(REPTILIAN));
    await bench.drain(paced);
    const over = await bench.job(job.id);
    expect(over).toMatchObject({ state: 'succeeded', result: { autoPriorityFailover: false } });
    expect(over.plan.map((step) => step.command).join('\n')).not.toContain('auto_priority_failover=1');
  });
});

describe('the distance between two moves', () => {
  it('begins before the command, so that a worker that dies in the middle leaves it behind', async () => {
    const paced = bench.newWorker({ pacingMs: 60_000 });
    bench.simulator.control.addFault({ type: 'latency', kind: 'change', ms: 1000 });
    await activate();
    const turn = paced.turns.run(REPTILIAN);
    while (bench.changes().length === 0) await sleep(10);
    expect(bench.changes()[0]?.end).toBe('running');
    expect(await paced.lanes.pacing.left(REPTILIAN, 3, 5)).toBeGreaterThan(0);
    await turn;
  });

  it('does not begin when the command surely never started', async () => {
    const nobody: Pick<HmcConnections, keyof HmcConnections> = {
      hmcIds: () => bench.hmcs.hmcIds(),
      reachability: (id) => bench.hmcs.reachability(id),
      probe: (id) => bench.hmcs.probe(id),
      login: (id) => bench.hmcs.login(id),
      run: () => Promise.resolve({ kind: 'never-started', reason: 'unreachable', message: 'nobody there' }),
      close: () => Promise.resolve(),
    };
    const paced = bench.newWorker({ pacingMs: 60_000 }, { hmcs: nobody });
    const job = await activate();
    await paced.turns.run(REPTILIAN);
    expect(await bench.job(job.id)).toMatchObject({ state: 'queued', waitingFor: { reason: 'hmc' } });
    expect(await paced.lanes.pacing.left(REPTILIAN, 3, 5)).toBe(0);
    expect(await bench.jobs.cancel(await bench.job(job.id), new Date().toISOString())).toBe(true);
  });

  it('is kept from a move of the next owner, also when a frozen worker wakes up and sends nothing', async () => {
    let thaw = (): void => undefined;
    const thawed = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    let isMarked = false;
    const freezing: Pick<HmcConnections, keyof HmcConnections> = {
      hmcIds: () => bench.hmcs.hmcIds(),
      reachability: (id) => bench.hmcs.reachability(id),
      probe: (id) => bench.hmcs.probe(id),
      login: (id) => bench.hmcs.login(id),
      run: async (id, line, options) => {
        isMarked = true;
        await thawed;
        return bench.hmcs.run(id, line, options);
      },
      close: () => Promise.resolve(),
    };
    const frozen = bench.newWorker({ pacingMs: 60_000 }, { hmcs: freezing });
    await activate();
    const turn = frozen.turns.run(REPTILIAN).catch((error: unknown) => error);
    await until('the command is marked as sent', () => isMarked);

    const next = bench.newWorker({ pacingMs: 60_000 });
    const { lease } = await overtaken(next, bench.redis, REPTILIAN);
    await next.lanes.pacing.start(REPTILIAN, 3, 5, 60_000);
    thaw();
    expect(await turn).toBeInstanceOf(LeaseLost);
    expect(bench.changes()).toEqual([]);
    expect(await next.lanes.pacing.left(REPTILIAN, 3, 5)).toBeGreaterThan(0);

    await next.lanes.release(lease, Date.now());
    await bench.drain(next);
    await until('the lane is open again', async () => (await next.lanes.state(REPTILIAN)).closedUntil < Date.now());
  });
});

describe('an HMC that is busy while the job reads', () => {
  it('is asked again a little later', async () => {
    const job = await bench.accept('vnic.update', IGUANA, { autoPriorityFailover: false });
    bench.simulator.control.addFault({ type: 'refuse', match: 'rsubtype vnic', text: 'HSCL3205 Busy.' });
    await bench.worker.turns.run(REPTILIAN);
    expect(await bench.job(job.id)).toMatchObject({ state: 'queued', waitingFor: { reason: 'hmc' } });
    await until('the lane is due', async () => (await bench.worker.lanes.takeDue(10)).includes(REPTILIAN));
    await bench.drain();
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded' });
  });
});
