import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { largeEstate } from '../../simulator/estate/large-estate.js';
import { mtms } from '../../simulator/estate/model.js';
import { SETTINGS } from '../../src/config/settings.js';
import { startWholeService, type WholeService } from '../support/whole-service.js';

/** More than an HMC has, of those that LANE_CONCURRENCY had to do for once: 16. */
const HUNG = 24;
let service: WholeService;

beforeAll(async () => {
  const estate = largeEstate(HUNG + 1);
  const connected = estate.systems.map((system) => [mtms(system), 'Connected'] as const);
  service = await startWholeService({
    simulator: {
      estate,
      hmcs: [
        { id: 'hmc1', systems: Object.fromEntries(connected.slice(0, HUNG)) },
        { id: 'hmc2', systems: Object.fromEntries(connected.slice(HUNG)) },
      ],
      faults: [{ type: 'no-answer', hmcId: 'hmc1', kind: 'change', times: null }],
    },
    config: {
      laneConcurrency: Number(SETTINGS.LANE_CONCURRENCY.default),
      hmcChangeTimeoutSeconds: 300,
      shutdownGraceSeconds: 0,
    },
  });
}, 60_000);
afterAll(() => service.close(), 60_000);

it('one HMC that hangs on every change keeps no other system waiting', async () => {
  const names = service.simulator.estate.systems.map(({ name }) => name);
  const path = (name: string): string => `/v1/managed-systems/${name}/sriov/physical-ports/1/0`;
  for (const name of names.slice(0, HUNG)) {
    await service.call('patch', path(name)).send({ label: 'hung' }).expect(202);
  }
  await vi.waitFor(() => expect(service.changes()).toHaveLength(HUNG), { timeout: 60_000, interval: 200 });
  expect(await service.change('patch', path(names[HUNG] ?? ''), { label: 'served' })).toMatchObject({
    state: 'succeeded',
  });
  const { body } = await service.call('get', '/v1/jobs?state=running').expect(200);
  expect(body.items).toHaveLength(HUNG);
}, 120_000);
