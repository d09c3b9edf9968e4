import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { largeEstate } from '../../simulator/estate/large-estate.js';
import { mtms } from '../../simulator/estate/model.js';
import { startTestRedis } from '../support/redis.js';
import { startReplicas } from '../support/replicas.js';
import type { JobBody } from '../support/whole-service.js';

interface Found {
  readonly connections: number;
  readonly states: readonly string[];
  readonly overlaps: number;
}

/** One job on each of so many systems, at once, over two api and two worker replicas. */
async function run(systems: number): Promise<Found> {
  const redis = await startTestRedis();
  const estate = largeEstate(systems);
  const service = await startReplicas({ redisUrl: redis.url, simulator: { estate, changeLatencyMs: 20 } });
  const admin = new Redis(redis.url);
  try {
    const accepted = await Promise.all(
      estate.systems.map(({ name }) =>
        service.call('patch', `/v1/managed-systems/${name}/sriov/physical-ports/1/0`, { label: 'all' }),
      ),
    );
    expect(accepted.map(({ status }) => status)).toEqual(estate.systems.map(() => 202));
    const jobs = await Promise.all(accepted.map(({ body }) => service.finished((body as JobBody).id)));
    const clients = String(await admin.client('LIST')).split('\n');
    const changes = service.changes();
    expect(new Set(changes.map((entry) => entry.mtms))).toEqual(new Set(estate.systems.map(mtms)));
    const ends = new Map<string | null, number>();
    let overlaps = 0;
    for (const { mtms: system, startedAt, finishedAt } of changes) {
      if (startedAt < (ends.get(system) ?? 0)) overlaps += 1;
      ends.set(system, finishedAt ?? Infinity);
    }
    return {
      connections: clients.filter((line) => line !== '' && !line.includes('cmd=client')).length,
      states: jobs.map((job) => job.state),
      overlaps,
    };
  } finally {
    admin.disconnect();
    await service.close();
    await redis.stop();
  }
}

describe('a growing estate', () => {
  it('costs no further Redis connections, and one job on every system at once ends well', async () => {
    const few = await run(10);
    const many = await run(80);
    expect(many.connections).toBe(few.connections);
    for (const found of [few, many]) {
      expect(new Set(found.states)).toEqual(new Set(['succeeded']));
      expect(found.overlaps).toBe(0);
    }
  }, 120_000);
});
