import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectEachStepOnce, MAIN_STORY } from '../support/main-story.js';
import { startRedisCluster, type RedisCluster } from '../support/redis-setups.js';
import { startReplicas, type Replicas } from '../support/replicas.js';

/* Two api and two worker replicas on a Redis Cluster of three masters. */
describe('on a Redis Cluster', () => {
  let cluster: RedisCluster;
  let service: Replicas;

  beforeAll(async () => {
    cluster = await startRedisCluster();
    service = await startReplicas({ redisUrl: cluster.url });
  }, 60_000);
  afterAll(async () => {
    await service.close();
    await cluster.stop();
  });

  it('every replica is ready', async () => {
    for (const app of [...service.apis, ...service.workers]) {
      const ready = await fetch(`${app.url}/health/ready`);
      expect(await ready.json()).toMatchObject({
        status: 'ready',
        checks: { redis: { ready: true }, durability: { detail: expect.stringMatching(/^Redis keeps every write/) } },
      });
    }
  });

  it.each(MAIN_STORY)('main story: $name', async ({ run }) => {
    expect(await run(service)).toMatchObject({ state: 'succeeded', error: null });
  });

  it('each command reached an HMC once, in order', () => {
    expectEachStepOnce(service.changes().map((entry) => entry.line));
  });

  it('keeps all keys on one node, as one hash tag does', async () => {
    const sizes = await Promise.all(cluster.masters.map((master) => master.ask((redis) => redis.dbsize())));
    expect(sizes.filter((size) => size > 0)).toHaveLength(1);
  });

  it('lists the jobs and streams their events', async () => {
    const { body } = await service.call('get', '/v1/jobs?limit=3');
    const items = (body as { items: { id: string; operation: string }[] }).items;
    expect(items.map((job) => job.operation)).toEqual(['vnic.delete', 'vnic.update', 'backing-device.activate']);
    const events = await fetch(`${service.apis[0]?.url}/v1/jobs/${items[0]?.id}/events`, {
      headers: { Authorization: 'Bearer operator-key-77aa' },
    });
    expect(await events.text()).toContain('"state":"succeeded"');
  });

  it('answers 503 within seconds when the node with its keys is away, and goes on when it is back', async () => {
    const sizes = await Promise.all(cluster.masters.map((master) => master.ask((redis) => redis.dbsize())));
    const ours = cluster.masters[sizes.findIndex((size) => size > 0)];
    ours?.freeze();
    const asked = performance.now();
    const answer = await service.call(
      'patch',
      '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/anole/vnics/4',
      { autoPriorityFailover: false },
    );
    const took = performance.now() - asked;
    ours?.thaw();
    expect(answer).toMatchObject({ status: 503, body: { retryable: true } });
    expect(took).toBeLessThan(12_000);
    const job = await service.change(
      'patch',
      '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/anole/vnics/4',
      { autoPriorityFailover: false },
    );
    expect(job).toMatchObject({ state: 'succeeded' });
  }, 60_000);
});
