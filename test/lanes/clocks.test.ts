import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { owned, startLaneBench, type LaneBench } from '../support/lane-bench.js';
import { REPTILIAN } from '../support/whole-service.js';

const ANOLE = { partition: { name: 'anole' }, slot: 5 } as const;
const HOUR_MS = 3_600_000;

/** The clocks of replicas differ: what they agree on is told by Redis. */
describe('a worker whose clock is an hour fast', () => {
  let bench: LaneBench;
  beforeEach(async () => {
    bench = await startLaneBench();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await bench.close();
  });

  const fast = (): void => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS });
  /** In how many ms the lane wants its next turn. */
  const dueIn = async (): Promise<number> =>
    Number(await bench.redis.zscore(bench.worker.lanes.keys.lanes(), REPTILIAN)) - Date.now();

  it('leaves a lane that another one finds when its lease is over', async () => {
    await bench.accept('vnic.update', ANOLE, { autoPriorityFailover: false });
    fast();
    const { keeper } = await owned(bench.worker, REPTILIAN);
    expect(await keeper.confirm()).toBe(true);
    vi.useRealTimers();
    expect(await dueIn()).toBeLessThanOrEqual(bench.worker.settings.leaseMs + 1000);
  });

  it('closes a lane for as long as it should be, and no longer', async () => {
    await bench.accept('vnic.update', ANOLE, { autoPriorityFailover: false });
    fast();
    const { lease } = await owned(bench.worker, REPTILIAN);
    await bench.worker.lanes.release(lease, Date.now() + 5000, Date.now() + 5000);
    const { closedUntil } = await bench.worker.lanes.state(REPTILIAN);
    expect(Math.abs(closedUntil - Date.now() - 5000)).toBeLessThan(1000);
    vi.useRealTimers();
    const state = await bench.worker.lanes.state(REPTILIAN);
    expect(Math.abs(state.closedUntil - Date.now() - 5000)).toBeLessThan(1000);
    expect(Math.abs((await dueIn()) - 5000)).toBeLessThan(1000);
  });

  it('takes no lane that is not due yet', async () => {
    await bench.accept('vnic.update', ANOLE, { autoPriorityFailover: false });
    const { lease } = await owned(bench.worker, REPTILIAN);
    await bench.worker.lanes.release(lease, Date.now() + 60_000);
    fast();
    expect(await bench.worker.lanes.takeDue(10)).toEqual([]);
  });

  it('runs a job', async () => {
    fast();
    const job = await bench.run('vnic.update', ANOLE, { autoPriorityFailover: false });
    expect(job).toMatchObject({ state: 'succeeded' });
  });
});
