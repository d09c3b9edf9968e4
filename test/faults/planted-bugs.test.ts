import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partitionOf, systemOf } from '../../simulator/estate/find.js';
import { mtms } from '../../simulator/estate/model.js';
import type { CommandLogEntry } from '../../simulator/log/command-log.js';
import { Keys } from '../../src/store/keys.js';
import { compileService } from '../support/compiled-service.js';
import { until } from '../support/until.js';
import { check, type Violation } from './check.js';
import type { FaultWindow, JobDocument } from './history.js';
import { Random } from './random.js';
import { Rig, TIMES } from './rig.js';

/**
 * A suite that finds nothing proves nothing. Here the service is compiled with one bug planted in it, put under the
 * fault that brings this bug to light, and the checker has to report it; the service as it is passes the same.
 */
describe('the fault suite catches a planted bug', () => {
  const bugs: readonly PlantedBug[] = [
    {
      name: 'no settling',
      file: 'lanes/turn.ts',
      text: 'const orphan = await this.lanes.running(lease);',
      instead: 'const orphan = null;',
      found: 'stuck',
      scenario: async (rig) => {
        await worker(rig, 1).kill();
        rig.simulator.control.setLatency({ changeMs: 1500 });
        rig.startActing();
        // With the bug the lane may stand still before, when a loaded machine has let a lease end: found as well.
        await until('a change runs', () => running(rig) !== undefined).catch(() => undefined);
        await window(rig, 'worker-killed', 'answers', async () => {
          await worker(rig, 0).kill();
          worker(rig, 1).start();
          await worker(rig, 1).ready();
        });
        await sleep(TIMES.lease * 1000 + 3000);
      },
    },
    {
      name: 'an unknown outcome is retried',
      file: 'hmc/ssh-hmc-connections.ts',
      text: 'const end = await running;',
      instead: `const ended = await running;
      const end = ended.kind === 'unknown' ? { kind: 'never-started', reason: 'unreachable', message: '' } : ended;`,
      found: 'sent-again',
      scenario: async (rig) => {
        // Past the deadline of a change: its outcome is unknown while it still runs.
        const fault = { type: 'latency', ms: SHORT_TIMES.change * 1000 + 800, kind: 'change' } as const;
        await window(rig, 'no-answer', 'answers', async () => {
          rig.simulator.control.addFault(fault);
          rig.startActing();
          await until('the slow change is over', () => changes(rig)[0]?.finishedAt != null);
        });
        await sleep(3000);
      },
    },
    {
      name: 'the epoch is not checked',
      file: 'store/lane-store.ts',
      text: "if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[1] then return 0 end",
      instead: '',
      found: 'out-of-order',
      scenario: async (rig) => {
        // The second worker comes when the first one is frozen between its mark in the record and its last check.
        await worker(rig, 1).kill();
        const slow = rig.simulator.control.addFault({ type: 'delay-channel', ms: 1500, times: null });
        rig.startActing();
        await window(rig, 'worker-frozen', 'answers', async () => {
          await until('a change is marked as sent and has not arrived', () => sentAndNotArrived(rig));
          worker(rig, 0).freeze();
          rig.simulator.control.removeFault(slow);
          await endLeases(rig);
          worker(rig, 1).start();
          await worker(rig, 1).ready();
          await until('the other worker sends changes', () => changes(rig).length >= 2);
          worker(rig, 0).thaw();
        });
        await sleep(3000);
      },
    },
    {
      name: 'a create without its slot named',
      file: 'core/hmc-language/changes.ts',
      text: "'-s', String(slot), '-w'",
      instead: "...(operation === 'a' ? [] : ['-s', String(slot)]), '-w'",
      found: 'needless-indeterminate',
      scenario: async (rig) => {
        // Somebody takes the slot by hand while the create is on its way.
        rig.simulator.control.addFault({ type: 'latency', ms: 1500, kind: 'change', match: '-o a ' });
        rig.startActing();
        await until('a create runs', () => running(rig) !== undefined);
        const { managedSystem, target } = await jobOf(rig, running(rig)?.line ?? '');
        const system = systemOf(rig.simulator.estate, managedSystem.mtms);
        const partition = partitionOf(system, target.partition?.id ?? 0);
        partition.virtualAdapters.push({ slot: target.slot ?? 0, kind: 'scsi' });
        await sleep(5000);
      },
    },
    {
      name: 'a readback is not believed after a lost answer',
      file: 'core/outcome.ts',
      text: "case 'holds':",
      instead: `case 'holds':
      if (end === 'unknown') return notYet;`,
      found: 'needless-indeterminate',
      scenario: async (rig) => {
        await window(rig, 'dropped-after-effect', 'answers', async () => {
          rig.simulator.control.addFault({ type: 'drop-connection', when: 'after-effect', kind: 'change' });
          rig.startActing();
          await until('a connection is dropped', () => changes(rig).some(({ end }) => end === 'dropped'));
        });
        await sleep(SHORT_TIMES.settle * 1000 + 1000);
      },
    },
    {
      name: 'an answered step is not believed of the other HMC',
      file: 'lanes/readback.ts',
      text: 'const hasEffect = isAnswered(record) &&',
      instead: 'const hasEffect = isAnswered(record) && Date.now() === 0 &&',
      found: 'needless-indeterminate',
      scenario: async (rig) => {
        const latency = rig.simulator.control.addFault({ type: 'latency', ms: 1000, kind: 'change', times: null });
        rig.startActing();
        const actor = rig.actors.find(({ territory }) => !territory.isPaced);
        if (actor === undefined) throw new Error('there is no actor');
        await until('there is a vNIC', () => actor.anyVnic() !== null);
        const vnic = actor.anyVnic();
        if (vnic === null) throw new Error('the vNIC is gone');
        await rig.askFor(actor, actor.twoSteps(vnic));
        let first: CommandLogEntry | undefined;
        await until('the first of two commands runs', async () => {
          const at = running(rig);
          const job = at === undefined ? undefined : (await jobsOf(rig)).find(({ state }) => state === 'running');
          if (job?.plan.length === 2 && job.plan[0]?.command === at?.line) first = at;
          return first !== undefined;
        });
        // Its answer still comes; then its HMC tells nothing more.
        const hmcId = first?.hmcId ?? '';
        rig.simulator.control.removeFault(latency);
        const silent = { type: 'no-answer', effect: 'none', kind: 'read', times: null, hmcId } as const;
        const silence = rig.simulator.control.addFault(silent);
        await sleep(SHORT_TIMES.settle * 1000 + 10_000);
        rig.simulator.control.removeFault(silence);
      },
    },
    {
      name: 'a migration does not hold the lane of its target',
      file: 'core/operations/held-system.ts',
      text: 'return movesPartition(job) ? (job.target.targetSystem?.mtms ?? null) : null;',
      instead: 'return movesPartition(job) ? null : null;',
      found: 'overlap',
      frames: 2,
      scenario: async (rig) => {
        rig.startActing();
        const mover = rig.actors.find(({ territory }) => territory.away !== null);
        if (mover === undefined) throw new Error('no partition migrates');
        for (let times = 0; times < 3; times += 1) await rig.askFor(mover, mover.migrate());
        await until('two migrations are over', () => {
          const migrations = changes(rig).filter(({ words }) => words[0] === 'migrlpar' && words.includes('m'));
          return migrations.filter(({ end }) => end !== 'running').length >= 2;
        });
      },
    },
  ];

  let sound: Awaited<ReturnType<typeof compileService>>;
  beforeAll(async () => {
    sound = await compileService({ from: SOURCES });
  });
  afterAll(() => sound.remove());

  it.each(bugs)('$name', { timeout: 300_000 }, async (bug) => {
    let planted = 0;
    const broken = await compileService({
      from: SOURCES,
      edit: (file, text) => {
        if (file !== bug.file || !text.includes(bug.text)) return text;
        planted += 1;
        return text.replace(bug.text, () => bug.instead);
      },
    });
    try {
      expect(planted, `${bug.file} does not hold the text that the bug replaces: ${bug.text}`).toBe(1);
      // At once: they mostly wait.
      const [withBug, without] = await Promise.all([judge(broken.dir, bug), judge(sound.dir, bug)]);
      expect(without.violations).toEqual([]);
      expect(without.changes).toBeGreaterThan(0);
      expect(withBug.violations.map(({ rule }) => rule)).toContain(bug.found);
    } finally {
      broken.remove();
    }
  });
});

const SHORT_TIMES = { settle: 2, change: 3 };
const SHORT_RIG = { seed: 1, workers: 2, apis: 1, clients: 3, times: SHORT_TIMES };
const SOURCES = process.env['FAULT_SOURCES'] ?? 'src';
/** The jobs of these runs are over long before. */
const STUCK_AFTER_MS = 12_000;

interface PlantedBug {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly instead: string;
  readonly found: Violation['rule'];
  /** Default 1: then no partition migrates. */
  readonly frames?: number;
  readonly scenario: (rig: Rig) => Promise<void>;
}

async function judge(
  serviceDir: string,
  bug: PlantedBug,
): Promise<{ readonly violations: readonly Violation[]; readonly changes: number }> {
  const rig = await Rig.start({ ...SHORT_RIG, frames: bug.frames ?? 1, serviceDir });
  try {
    await bug.scenario(rig);
    await rig.stopActing(STUCK_AFTER_MS);
    const { violations } = check(await rig.history(STUCK_AFTER_MS));
    return { violations, changes: changes(rig).length };
  } finally {
    await rig.close();
  }
}

async function window(rig: Rig, name: string, hides: FaultWindow['hides'], fault: () => Promise<void>): Promise<void> {
  const from = Date.now();
  await fault();
  rig.faults.push({ class: name, from, to: Date.now(), hides, hmcs: [], struck: true });
}

function worker(rig: Rig, index: number): Rig['workers'][number] {
  const found = rig.workers[index];
  if (found === undefined) throw new Error(`there is no worker ${index}`);
  return found;
}

function changes(rig: Rig): readonly CommandLogEntry[] {
  return rig.simulator.log.entries.filter(({ kind }) => kind === 'change');
}

function running(rig: Rig): CommandLogEntry | undefined {
  return changes(rig).find(({ end }) => end === 'running');
}

async function sentAndNotArrived(rig: Rig): Promise<boolean> {
  const arrived = new Set(changes(rig).map(({ line }) => line));
  const jobs = await jobsOf(rig);
  return jobs.some(({ plan }) => plan.some(({ command, state }) => state === 'sent' && !arrived.has(command)));
}

/**
 * What happens by itself when the time of a lease is over; not to wait for it keeps the frozen worker's own deadlines.
 */
async function endLeases(rig: Rig): Promise<void> {
  const redis = new Redis(rig.redis.url);
  const keys = new Keys(rig.redisPrefix);
  await redis.del(...rig.simulator.estate.systems.map((system) => keys.laneLease(mtms(system))));
  redis.disconnect();
}

/** The job that has sent this command. */
async function jobOf(rig: Rig, line: string): Promise<JobDocument> {
  const job = (await jobsOf(rig)).find(({ plan }) => plan.some(({ command }) => command === line));
  if (job === undefined) throw new Error(`no job has sent ${line}`);
  return job;
}

async function jobsOf(rig: Rig): Promise<JobDocument[]> {
  const random = new Random(1);
  const jobs = await Promise.all(rig.client.acknowledged.map(({ jobId }) => rig.client.job(jobId, random)));
  return jobs.filter((job) => job !== null);
}
