import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectEachStepOnce, MAIN_STORY } from '../support/main-story.js';
import { startRedisBehindSentinel, type RedisBehindSentinel } from '../support/redis-setups.js';
import { startReplicas, type Replicas } from '../support/replicas.js';
import { REPTILIAN, type JobBody } from '../support/whole-service.js';

const SAURIAN_PORTS = '/v1/managed-systems/saurian-9119-MME-659707C/sriov/physical-ports';

/* Two api and two worker replicas behind Sentinel, one replica that must have every accepted job, and a failover in the
 * middle: the master is killed, its replica takes its place, and it comes back as the replica of the other. */
describe('behind Sentinel, with a failover in the middle', () => {
  let redis: RedisBehindSentinel;
  let service: Replicas;
  /** What the load had answered: the label each accepted job sets, and how often it was told to come again. */
  const accepted = new Map<string, string>();
  let refused = 0;

  beforeAll(async () => {
    redis = await startRedisBehindSentinel(1);
    service = await startReplicas({
      redisUrl: redis.url,
      config: { redisWaitReplicas: 1, redisWaitMilliseconds: 500 },
      simulator: { changeLatencyMs: 200 },
    });
  }, 60_000);
  afterAll(async () => {
    await service.close();
    await redis.stop();
  });

  const [create, add, priority, ...rest] = MAIN_STORY;
  it.each([create, add, priority])('main story before it: $name', async (step) => {
    expect(await step?.run(service)).toMatchObject({ state: 'succeeded' });
  });

  it('main story and a load during it', async () => {
    let loading = true;
    const load = async (lane: number): Promise<void> => {
      for (let i = 0; loading || i < 5; i += 1) {
        const label = `l${lane}-${i}`;
        const answer = await service.call('patch', `${SAURIAN_PORTS}/${lane}/2`, { label });
        if (answer.status === 202) accepted.set((answer.body as JobBody).id, label);
        else if (answer.status === 503) refused += 1;
        else throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
        await sleep(100);
      }
    };
    const loads = [load(1), load(2)];
    /**
     * Steps of which nobody could say after the failover whether they had been sent: the caller looks, and asks again.
     */
    const notKnown: string[] = [];
    const story = (async () => {
      for (const { name, run } of rest) {
        const first = await run(service);
        if (first.state === 'indeterminate') notKnown.push(name);
        const job = first.state === 'indeterminate' ? await run(service) : first;
        expect({ name, ...job }).toMatchObject({ state: 'succeeded' });
      }
    })();

    let failedOver = 0;
    let whole = 0;
    const failover = async (): Promise<void> => {
      await sleep(500);
      const old = await redis.master();
      const began = performance.now();
      await old.kill();
      await redis.newMaster(old);
      failedOver = performance.now() - began;
      await old.restart();
      await redis.untilReplicas(1);
      whole = performance.now() - began;
    };
    const told = Promise.all([story, failover()]).finally(() => (loading = false));
    await Promise.all([told, ...loads]);
    console.log(
      `failover after ${Math.round(failedOver)} ms, a replica again after ${Math.round(whole)} ms; ` +
        `${accepted.size} changes accepted besides the story, ${refused} answered with 503; ` +
        `steps of the story that ended indeterminate and were asked for again: ${notKnown.join(', ') || 'none'}`,
    );
    // The failover strikes one moment: more than the step that it struck cannot be in doubt.
    expect(notKnown.length).toBeLessThanOrEqual(1);
    expect(accepted.size).toBeGreaterThan(4);
  }, 90_000);

  it('no accepted job is lost, and all of them end', async () => {
    const states: Record<string, number> = {};
    for (const id of accepted.keys()) {
      const { state } = await service.finished(id);
      states[state] = (states[state] ?? 0) + 1;
    }
    console.log(`of ${accepted.size} accepted: ${JSON.stringify(states)}; lost: 0`);
    expect((states['succeeded'] ?? 0) + (states['indeterminate'] ?? 0)).toBe(accepted.size);
  }, 90_000);

  it('no change reached an HMC twice', () => {
    const lines = service.changes().map((entry) => entry.line);
    expect(lines.filter((line, i) => lines.indexOf(line) !== i)).toEqual([]);
  });

  it('the story was told once', () => {
    const story = service.changes().filter((entry) => entry.mtms === REPTILIAN);
    expectEachStepOnce(story.map((entry) => entry.line));
  });
});
