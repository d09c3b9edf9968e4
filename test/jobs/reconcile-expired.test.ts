import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemOf } from '../../simulator/estate/find.js';
import { JobStore } from '../../src/store/job-store.js';
import { REPTILIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

const PORTS = `/v1/managed-systems/${encodeURIComponent(REPTILIAN)}/sriov/physical-ports`;
const DAY_MS = 24 * 60 * 60_000;

/*
 * Records of one lane expire in another order than their jobs ran when JOB_RETENTION_DAYS is changed between two of them.
 */
let service: WholeService;
let redis: Redis;
let store: JobStore;
beforeEach(async () => {
  service = await startWholeService({ config: { settleSeconds: 1, hmcChangeTimeoutSeconds: 1 } });
  redis = new Redis(service.redis.url);
  store = new JobStore(redis, service.config.redisPrefix, DAY_MS);
});
afterEach(async () => {
  vi.useRealTimers();
  redis.disconnect();
  await service.close();
});

const relabel = (label: string): Promise<JobBody> => service.change('patch', `${PORTS}/4/2`, { label });

async function relabelInDoubt(label: string): Promise<JobBody> {
  const match = `physport.*${label}`;
  service.simulator.control.addFault({ kind: 'change', type: 'drop-connection', match, when: 'before-effect' });
  const job = await relabel(label);
  expect(job.state).toBe('indeterminate');
  return job;
}

function labelByHand(label: string): void {
  for (const adapter of systemOf(service.simulator.estate, REPTILIAN).adapters) {
    const port = adapter.ports.find(({ id }) => adapter.id === 4 && id === 2);
    if (port !== undefined) port.label = label;
  }
}

async function expire({ id }: JobBody): Promise<void> {
  await redis.del(store.keys.job(id));
}

async function reconcileAfter(ms: number, { id }: JobBody): Promise<JobBody> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
  const { body } = await service.call('post', `/v1/jobs/${id}/reconcile`).expect(200);
  vi.useRealTimers();
  return body as JobBody;
}

describe('reconcile where records of other jobs have expired', () => {
  it('does not call succeeded what a later job may have done', async () => {
    const job = await relabelInDoubt('wished');
    const later = await relabel('wished');
    expect(later.state).toBe('succeeded');
    await expire(later);

    const listed = await reconcileAfter(6 * 60_000, job);
    expect(listed.state).toBe('indeterminate');
    expect(listed.warnings.at(-1)).toMatch(/the wished state is there, but what was done since is not all on record/);

    await store.lists.trim();
    expect(await redis.zcard(store.keys.jobsOfSystem(REPTILIAN))).toBe(1);
    const trimmed = await reconcileAfter(12 * 60_000, job);
    expect(trimmed.state).toBe('indeterminate');
    expect(trimmed.warnings.at(-1)).toMatch(/what was done since is not all on record/);
  });

  it('does not blame what an earlier job may have changed', async () => {
    const earlier = await relabelInDoubt('earlier');
    const job = await relabelInDoubt('wished');
    labelByHand('earlier');
    await expire(earlier);

    const listed = await reconcileAfter(2 * DAY_MS, job);
    expect(listed.state).toBe('indeterminate');
    expect(listed.warnings.at(-1)).toMatch(/what was done before it is not all on record/);

    await store.lists.trim();
    expect(await reconcileAfter(2 * DAY_MS, job)).toMatchObject({ state: 'indeterminate' });
  });

  it('still tells what became of a job behind others that expired long before it', async () => {
    const before = await relabel('before');
    await expire(before);
    await store.lists.trim();
    const job = await relabelInDoubt('wished');
    labelByHand('by hand');
    expect(await reconcileAfter(6 * 60_000, job)).toMatchObject({ state: 'failed', error: { effect: 'partial' } });
  });
});
