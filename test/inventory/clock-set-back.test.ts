import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { REPTILIAN, startWholeService, type WholeService } from '../support/whole-service.js';
import { until } from '../support/until.js';

const HOUR_MS = 3_600_000;

let service: WholeService;
beforeEach(async () => {
  service = await startWholeService();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await service.close();
});

const setBack = (): void => {
  const now = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => now() - HOUR_MS);
};
const circuits = async (): Promise<{ circuit: string; circuitOpenUntil: string | null }[]> =>
  (await service.call('get', '/v1/hmcs', 'viewer').expect(200)).body.items;

it('leaves no HMC alone for longer than its pause when the clock is set back meanwhile', async () => {
  for (const hmc of ['hmc1', 'hmc2']) await service.simulator.control.stopHmc(hmc);
  await until('the circuits are open', async () => (await circuits()).every(({ circuit }) => circuit === 'open'));
  setBack();
  for (const { circuitOpenUntil } of await circuits()) {
    // By the clock as it is now.
    if (circuitOpenUntil !== null) expect(Date.parse(circuitOpenUntil) - Date.now()).toBeLessThan(60_000);
  }
  for (const hmc of ['hmc1', 'hmc2']) await service.simulator.control.startHmc(hmc);
  await until('the HMCs are asked again', async () => {
    const answer = await service.call('get', `/v1/managed-systems/${encodeURIComponent(REPTILIAN)}`, 'viewer');
    return answer.status === 200;
  });
}, 120_000);

it('looks for a system that is not known yet although the clock was set back since the last look', async () => {
  await service.call('get', '/v1/managed-systems', 'viewer').expect(200);
  const listings = (): number =>
    service.simulator.log.entries.filter(({ line }) => /^lssyscfg -r sys\b/.test(line)).length;
  const before = listings();
  setBack();
  await service.call('get', '/v1/managed-systems/brand-new', 'viewer').expect(404);
  expect(listings()).toBeGreaterThanOrEqual(before + 2);
}, 60_000);
