import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandLogEntry } from '../../simulator/log/command-log.js';
import type { JobRecord } from '../../src/store/job-record.js';
import { overtaken, owned, startLaneBench, type LaneBench } from '../support/lane-bench.js';
import { REPTILIAN, SAURIAN } from '../support/whole-service.js';
import { until } from '../support/until.js';

/*
 * A migration runs in the lane of the source and holds the lane of the target. REPTILIAN comes after SAURIAN in the
 * order of MTMS, so a migration to SAURIAN takes the second lane first.
 */

let bench: LaneBench;
beforeEach(async () => {
  bench = await startLaneBench();
});
afterEach(() => bench.close());

const there = (partition = 'lizard'): Promise<JobRecord> =>
  bench.accept(
    'partition.migrate',
    { partition: { name: partition } },
    { targetSystem: SAURIAN },
    { targetMtms: SAURIAN },
  );
const back = (partition: string): Promise<JobRecord> =>
  bench.accept(
    'partition.migrate',
    { partition: { name: partition } },
    { targetSystem: REPTILIAN },
    { mtms: SAURIAN, targetMtms: REPTILIAN },
  );
/** Any change in the lane of SAURIAN, on a port that carries nothing. */
const relabel = (label: string): Promise<JobRecord> =>
  bench.accept(
    'physical-port.set-label',
    { physicalPort: { adapterId: 1, physicalPortId: 3 } },
    { label },
    { mtms: SAURIAN },
  );

const slowly = (ms: number, match = 'migrlpar -o m'): number =>
  bench.simulator.control.addFault({ type: 'latency', ms, kind: 'change', match });
const state = async ({ id }: JobRecord): Promise<string> => (await bench.job(id)).state;
const begins = (): Promise<void> =>
  until('the HMC migrates', () => bench.changes().some(({ line }) => line.startsWith('migrlpar -o m')));

/** Turns of both lanes, as the workers of an estate run them, until these jobs are over. */
async function runAll(...jobs: readonly JobRecord[]): Promise<void> {
  let over = false;
  const lane = async (mtms: string): Promise<void> => {
    while (!over) {
      await bench.worker.turns.run(mtms);
      await sleep(20);
    }
  };
  const turning = [lane(REPTILIAN), lane(SAURIAN)];
  try {
    await until('all jobs are over', async () =>
      (await Promise.all(jobs.map(state))).every((one) => one !== 'queued' && one !== 'running'),
    );
  } finally {
    over = true;
    await Promise.all(turning);
  }
}

/** Whether two changing commands were at work on one system at the same time; a migration works on both. */
function overlaps(entries: readonly CommandLogEntry[]): readonly string[] {
  const systems = ({ line, mtms }: CommandLogEntry): readonly (string | null)[] =>
    line.startsWith('migrlpar') ? [REPTILIAN, SAURIAN] : [mtms];
  return entries.flatMap((one, i) =>
    entries
      .slice(i + 1)
      .filter((other) => systems(one).some((system) => systems(other).includes(system)))
      .filter(
        (other) => other.startedAt < (one.finishedAt ?? Infinity) && one.startedAt < (other.finishedAt ?? Infinity),
      )
      .map((other) => `${one.line} | ${other.line}`),
  );
}

describe('a migration', () => {
  it('lets nothing run on either system meanwhile, and what waits runs after it', async () => {
    slowly(1500);
    const migration = await there();
    const turn = bench.worker.turns.run(REPTILIAN);
    await begins();
    const behind = await bench.accept(
      'vnic.update',
      { partition: { name: 'anole' }, slot: 5 },
      { autoPriorityFailover: false },
    );
    const onTarget = await relabel('later');
    expect(await bench.worker.turns.run(SAURIAN)).toBe('not-ours');
    expect((await bench.worker.lanes.state(SAURIAN)).guestJobId).toBe(migration.id);
    await turn;
    await runAll(migration, behind, onTarget);
    expect(await Promise.all([migration, behind, onTarget].map(state))).toEqual([
      'succeeded',
      'succeeded',
      'succeeded',
    ]);
    expect((await bench.worker.lanes.state(SAURIAN)).guestJobId).toBeNull();
    expect(overlaps(bench.changes())).toEqual([]);
    expect(bench.partition('lizard', SAURIAN).name).toBe('lizard');
  });

  it('waits for the job that runs on the target', async () => {
    slowly(1000, 'physport');
    const onTarget = await relabel('first');
    const turn = bench.worker.turns.run(SAURIAN);
    await until('it runs', () => bench.changes().length > 0);
    const migration = await there();
    expect(await bench.worker.turns.run(REPTILIAN)).toBe('not-ours');
    expect(await state(migration)).toBe('queued');
    await turn;
    await runAll(migration, onTarget);
    expect(await state(migration)).toBe('succeeded');
    expect(overlaps(bench.changes())).toEqual([]);
  });

  it('gets its turn on a busy target', async () => {
    slowly(100, 'physport');
    const many: JobRecord[] = [];
    for (let i = 0; i < 60; i += 1) many.push(await relabel(`l${i}`));
    const migration = await there();
    await runAll(migration, ...many);
    const lines = bench.changes().map(({ line }) => line);
    // Long before the last of them: the lane makes way after the job that runs.
    expect(lines.findIndex((line) => line.startsWith('migrlpar'))).toBeLessThan(40);
    expect(overlaps(bench.changes())).toEqual([]);
  });

  it('lets the target go on while the jobs behind it run on the source', async () => {
    const migration = await there();
    const behind: JobRecord[] = [];
    for (const label of ['a', 'b', 'c', 'd']) {
      behind.push(
        await bench.accept('physical-port.set-label', { physicalPort: { adapterId: 1, physicalPortId: 3 } }, { label }),
      );
    }
    slowly(700, '-o s');
    const accepting = until('the migration is over', async () => (await state(migration)) === 'succeeded').then(() =>
      relabel('freed'),
    );
    await runAll(migration, ...behind);
    const target = await accepting;
    await runAll(target);

    const finishedAt = async ({ id }: JobRecord): Promise<string> => (await bench.job(id)).finishedAt ?? '';
    expect(await state(target)).toBe('succeeded');
    expect((await finishedAt(target)) < (await finishedAt(behind.at(-1) ?? target))).toBe(true);
    expect(overlaps(bench.changes())).toEqual([]);
  });

  it('and one the other way at the same time both come to their end', async () => {
    slowly(300);
    const returning = bench.frame(SAURIAN).partitions.find(({ name }) => name === 'komodo')?.name ?? '';
    const jobs = [await there(), await back(returning), await there('iguana')];
    await runAll(...jobs);
    expect(await Promise.all(jobs.map(state))).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(overlaps(bench.changes())).toEqual([]);
  });

  it('waits while the lane of the target is paused', async () => {
    const migration = await there();
    await bench.worker.lanes.pause(SAURIAN, 'an admin', new Date().toISOString(), Date.now() + 60_000);
    await bench.worker.turns.run(REPTILIAN);
    expect(await state(migration)).toBe('queued');
    expect(bench.changes()).toEqual([]);
    await bench.worker.lanes.resume(SAURIAN, Date.now() + 60_000);
    await runAll(migration);
    expect(await state(migration)).toBe('succeeded');
  });

  it('lets go of the target when it is canceled', async () => {
    const migration = await there();
    expect(await bench.jobs.cancel(migration, new Date().toISOString())).toBe(true);
    await bench.worker.turns.run(REPTILIAN);
    const onTarget = await relabel('free');
    await runAll(onTarget);
    expect(await state(onTarget)).toBe('succeeded');
  });

  it('that the HMC refuses has no effect, and both lanes go on', async () => {
    bench.simulator.control.addFault({ type: 'refuse', text: 'HSCLA319 It cannot be hosted.', match: 'migrlpar' });
    const migration = await there();
    const onTarget = await relabel('next');
    await runAll(migration, onTarget);
    expect(await bench.job(migration.id)).toMatchObject({
      state: 'failed',
      error: { type: 'urn:hmc-vnic-gateway:problem:hmc-refused', hmcCode: 'HSCLA319', effect: 'none' },
    });
    expect(await state(onTarget)).toBe('succeeded');
  });
});

describe('a migration whose worker is lost', () => {
  it('keeps the lane of the target closed until it is settled', async () => {
    slowly(2500);
    const migration = await there();
    const lost = bench.worker.turns.run(REPTILIAN).catch((error: unknown) => error);
    await begins();
    const onTarget = await relabel('not yet');
    // Both leases end, and the command is still at work.
    const other = bench.newWorker();
    const target = await overtaken(other, bench.redis, SAURIAN);
    await other.lanes.release(target.lease, Date.now());
    expect(await other.turns.run(SAURIAN)).toBe('left');
    expect(await state(onTarget)).toBe('queued');

    const source = await overtaken(other, bench.redis, REPTILIAN);
    await other.lanes.release(source.lease, Date.now());
    await other.turns.run(REPTILIAN);
    await lost;
    // What the HMC shows as migrating is waited for, longer than anything else is.
    expect(await bench.job(migration.id)).toMatchObject({ state: 'succeeded', plan: [{ state: 'unknown' }] });
    await runAll(onTarget);
    expect(await state(onTarget)).toBe('succeeded');
    expect(overlaps(bench.changes())).toEqual([]);
    expect(bench.changes().filter(({ line }) => line.startsWith('migrlpar'))).toHaveLength(1);
  });

  it('before it sent anything runs again, and the mark it left in the target lane does no harm', async () => {
    const migration = await there();
    const lease = await bench.worker.lanes.acquire(SAURIAN);
    if (lease === null) throw new Error('the lane has an owner');
    expect(await bench.worker.lanes.guests.enter(lease, migration.id, false)).toBe(true);
    await bench.worker.lanes.release(lease, Date.now());
    const onTarget = await relabel('meanwhile');
    await runAll(onTarget, migration);
    expect(await Promise.all([onTarget, migration].map(state))).toEqual(['succeeded', 'succeeded']);
  });
});

describe('a mark that a lost worker left in the lane of the target, which has no job that would look after it', () => {
  const theNextGetsIn = async (): Promise<void> => {
    const next = await there('iguana');
    await until('the next one is over', async () => {
      await bench.redis.del(bench.worker.lanes.keys.laneLease(REPTILIAN));
      await bench.worker.turns.run(REPTILIAN);
      return (await state(next)) === 'succeeded';
    });
    expect((await bench.worker.lanes.state(SAURIAN)).guestJobId).toBeNull();
  };

  it('of a migration that is over lets the next one in', async () => {
    const first = await there();
    const dying = bench.newWorker();
    dying.lanes.guests.leave = () => Promise.reject(new Error('killed'));
    await expect(dying.turns.run(REPTILIAN)).rejects.toThrow('killed');
    expect(await state(first)).toBe('succeeded');
    expect((await bench.worker.lanes.state(SAURIAN)).guestJobId).toBe(first.id);
    await theNextGetsIn();
  });

  it('of a migration that was not started and then canceled lets the next one in', async () => {
    const first = await there();
    const dying = bench.newWorker();
    dying.lanes.start = () => Promise.reject(new Error('killed'));
    await expect(dying.turns.run(REPTILIAN)).rejects.toThrow('killed');
    expect((await bench.worker.lanes.state(SAURIAN)).guestJobId).toBe(first.id);
    expect(await bench.jobs.cancel(first, new Date().toISOString())).toBe(true);
    await theNextGetsIn();
  });

  it('of a migration that runs keeps the next one out', async () => {
    const running = await there();
    const { lease } = await owned(bench.worker, REPTILIAN);
    const target = await owned(bench.worker, SAURIAN);
    expect(await bench.worker.lanes.guests.enter(target.lease, running.id, false)).toBe(true);
    expect(await bench.worker.lanes.start(lease, running)).not.toBeNull();
    expect(await bench.worker.lanes.guests.enter(target.lease, 'another', false)).toBe(false);
  });
});

describe('a validation', () => {
  const validate = (): Promise<JobRecord> =>
    bench.accept(
      'partition.validate-migration',
      { partition: { name: 'lizard' } },
      { targetSystem: SAURIAN },
      { targetMtms: SAURIAN },
    );

  /** The HMC may still be at it, and nothing runs beside a command. */
  const closesAfter = async ({ id }: JobRecord): Promise<boolean> => {
    const { finishedAt } = await bench.job(id);
    return (await bench.worker.lanes.state(REPTILIAN)).closedUntil > Date.parse(finishedAt ?? '');
  };

  it('leaves the lane of the target alone, and moves nothing', async () => {
    slowly(1000, 'migrlpar -o v');
    const job = await validate();
    const turn = bench.drain();
    await until('the HMC validates', () => bench.changes().length > 0);
    const onTarget = await relabel('beside');
    await bench.drain(bench.worker, SAURIAN);
    expect(await state(onTarget)).toBe('succeeded');
    await turn;
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded', result: { name: 'lizard', hmcMessage: '' } });
    expect(bench.partition('lizard').name).toBe('lizard');
  });

  it('fails with the words of the HMC, and says that nothing has changed', async () => {
    bench.simulator.control.addFault({ type: 'refuse', text: 'HSCLA319 It cannot be hosted.', match: 'migrlpar' });
    const job = await validate();
    await bench.drain();
    expect(await bench.job(job.id)).toMatchObject({
      state: 'failed',
      error: { hmcCode: 'HSCLA319', hmcMessage: 'HSCLA319 It cannot be hosted.', effect: 'none' },
    });
  });

  it('without an answer has failed without effect, and is not indeterminate', async () => {
    bench.simulator.control.addFault({ type: 'drop-connection', when: 'after-effect', kind: 'change' });
    const job = await validate();
    await bench.drain();
    expect(await bench.job(job.id)).toMatchObject({ state: 'failed', error: { effect: 'none' } });
    expect(await closesAfter(job)).toBe(true);
  });

  it('whose worker was lost while the HMC answered has failed without effect', async () => {
    const job = await validate();
    const step = {
      exitStatus: null,
      hmcMessage: null,
      startedAt: new Date().toISOString(),
      finishedAt: null,
      movesActive: false,
    };
    await bench.abandon(job, { plan: [{ ...step, command: 'migrlpar -o v', state: 'sent' }], hmc: 'hmc1' });
    await bench.drain();
    expect(await bench.job(job.id)).toMatchObject({
      state: 'failed',
      error: { type: 'urn:hmc-vnic-gateway:problem:worker-lost', effect: 'none', retryable: true },
    });
    expect(bench.changes()).toEqual([]);
    expect(await closesAfter(job)).toBe(true);
  });
});
