import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { check, type Verdict, type Violation } from './check.js';
import { inject, type FaultClassName } from './fault-classes.js';
import type { History } from './history.js';
import { Random } from './random.js';
import { Rig } from './rig.js';

/** How long after the last fault a job may take to be over. */
export const STUCK_AFTER_MS = 60_000;

/** So often a class comes again that has struck too seldom: where a fault meets something is partly chance. */
const MOST_AGAIN = 5;

export interface FaultRun {
  readonly seed: number;
  readonly history: History;
  readonly violations: readonly Violation[];
  readonly doubts: Verdict['doubts'];
  readonly appliedOnce: Verdict['appliedOnce'];
  /**
   * Calls that were answered with a refusal although the change was possible: a few may come from what faults leave.
   */
  readonly refused: Rig['client']['refused'];
  readonly repeated: number;
  readonly replayed: number;
  /** Changes that were refused with 412 at once, because their ETag was outdated. */
  readonly stale: number;
  /** Replicas that ended by themselves. */
  readonly crashes: readonly string[];
  readonly startedAt: number;
  /** Where the logs of the replicas are kept after a run with violations. */
  readonly logs: string;
}

/** Each class as often as it can be, in an order that the seed decides. */
export function schedule(names: readonly FaultClassName[], count: number, seed: number): FaultClassName[] {
  const random = new Random(seed);
  const rounds = Array.from({ length: Math.ceil(count / names.length) }, () => random.shuffled(names)).flat();
  return rounds.slice(0, count);
}

/**
 * Runs the service under load through the faults, one after the other, and judges what it leaves behind.
 * @param options.strikes so often each class of `faults` is to meet something; one that has not comes again, a few times
 */
export async function runFaults(options: {
  readonly serviceDir: string;
  readonly seed: number;
  readonly faults: readonly FaultClassName[];
  readonly strikes: number;
  readonly onFault?: (done: number, name: FaultClassName) => void;
}): Promise<FaultRun> {
  const startedAt = Date.now();
  const random = new Random(options.seed);
  const rig = await Rig.start({ ...options, workers: 3, apis: 2, frames: 6, clients: 3 });
  let violations: readonly Violation[] = [];
  try {
    rig.startActing();
    rig.startPausing();
    await sleep(2000);
    let done = 0;
    const strike = async (name: FaultClassName): Promise<void> => {
      // Now and then a worker dies in the middle of something else, at whatever moment. Each fault has numbers of its
      // own: what runs side by side must not change what the seed decides.
      const beside = !name.startsWith('worker') && random.chance(0.15) ? ['worker-killed' as const] : [];
      const own = [name, ...beside].map((each, at) =>
        inject(rig, each, new Random(random.whole(0, 1_000_000_000)), at === 0),
      );
      await Promise.all(own);
      done += 1;
      options.onFault?.(done, name);
      await sleep(random.whole(100, 1200));
    };
    for (const name of options.faults) await strike(name);
    for (const name of new Set(options.faults)) {
      const hasStruck = (): boolean =>
        rig.faults.filter((fault) => fault.class === name && fault.struck).length >= options.strikes;
      for (let again = 0; again < MOST_AGAIN && !hasStruck(); again += 1) await strike(name);
    }
    await rig.stopActing(STUCK_AFTER_MS);
    const history = await rig.history(STUCK_AFTER_MS);
    const verdict = check(history);
    violations = verdict.violations;
    // What a person needs who has to find out why.
    writeFileSync(
      join(rig.dir, 'history.json'),
      JSON.stringify({ ...history, states: [...history.states], jobs: [...history.jobs.values()] }),
    );
    const { refused, repeated, replayed, stale } = rig.client;
    const { doubts, appliedOnce } = verdict;
    const crashes = [...rig.apis, ...rig.workers].flatMap(({ name, crashes: times }) =>
      Array.from({ length: times }, () => name),
    );
    if (crashes.length > 0)
      violations = [...violations, { rule: 'fault-of-ours', jobId: null, detail: `crashed: ${crashes.join(', ')}` }];
    return {
      ...{
        seed: options.seed,
        history,
        violations,
        doubts,
        appliedOnce,
        refused,
        repeated,
        replayed,
        stale,
        crashes,
        startedAt,
      },
      logs: rig.dir,
    };
  } finally {
    await rig.close(violations.length > 0);
  }
}
