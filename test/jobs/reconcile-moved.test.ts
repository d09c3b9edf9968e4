import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemOf } from '../../simulator/estate/find.js';
import { REPTILIAN, SAURIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

const system = (mtms: string): string => `/v1/managed-systems/${encodeURIComponent(mtms)}`;
const LIZARD = `${system(REPTILIAN)}/partitions/lizard`;
const CREATE = {
  backingDevices: [{ virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 1, capacity: 2 }],
};

let service: WholeService;
beforeEach(async () => {
  service = await startWholeService({ config: { settleSeconds: 1, hmcChangeTimeoutSeconds: 1 } });
});
afterEach(async () => {
  vi.useRealTimers();
  await service.close();
});

/** Long after every command is over. */
async function reconcileLater(id: string): Promise<JobBody> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60 * 60_000 });
  const { body } = await service.call('post', `/v1/jobs/${id}/reconcile`).expect(200);
  vi.useRealTimers();
  return body as JobBody;
}

async function move(from: string, to: string): Promise<void> {
  const answer = await service
    .call('post', `${system(from)}/partitions/lizard/migrations`, 'admin')
    .send({ targetSystem: to })
    .expect(202);
  expect(await service.finished((answer.body as JobBody).id, 60_000)).toMatchObject({ state: 'succeeded' });
}

async function macAddresses(mtms: string): Promise<readonly string[]> {
  const { body } = await service.call('get', `${system(mtms)}/partitions/lizard/vnics`).expect(200);
  return (body as { items: { macAddress: string }[] }).items.map(({ macAddress }) => macAddress);
}

describe('reconcile after the partition has moved', () => {
  it('does not call a deletion succeeded whose vNIC has moved along, there or back', async () => {
    const made = await service.change('post', `${LIZARD}/vnics`, CREATE);
    const { slot, macAddress } = made.result as { slot: number; macAddress: string };
    service.simulator.control.addFault({
      kind: 'change',
      type: 'drop-connection',
      when: 'before-effect',
      match: '-o r ',
    });
    const job = await service.change('delete', `${LIZARD}/vnics/${slot}`);
    expect(job.state).toBe('indeterminate');

    await move(REPTILIAN, SAURIAN);
    expect(await macAddresses(SAURIAN)).toContain(macAddress);
    const away = await reconcileLater(job.id);
    expect(away.state).toBe('indeterminate');
    expect(away.warnings.at(-1)).toMatch(/partition lizard is not on .* any more.*cannot be told/);

    await move(SAURIAN, REPTILIAN);
    const back = await reconcileLater(job.id);
    expect(back.state).toBe('indeterminate');
    expect(back.warnings.at(-1)).toMatch(/has worked on the same target since/);
  });

  it('does not call a creation failed whose vNIC came late and has moved along', async () => {
    const before = await macAddresses(REPTILIAN);
    service.simulator.control.addFault({ kind: 'change', type: 'delay-effect', match: '-o a ', ms: 12_000 });
    const job = await service.change('post', `${LIZARD}/vnics`, CREATE);
    expect(job.state).toBe('indeterminate');
    await vi.waitFor(async () => expect(await macAddresses(REPTILIAN)).toHaveLength(before.length + 1), {
      timeout: 60_000,
    });
    await move(REPTILIAN, SAURIAN);
    expect(await macAddresses(SAURIAN)).toHaveLength(before.length + 1);
    const away = await reconcileLater(job.id);
    expect(away).toMatchObject({ state: 'indeterminate', error: { type: expect.stringContaining('outcome-unknown') } });
    expect(away.warnings.at(-1)).toMatch(/the wished state is not there, but partition lizard is not on/);
  });

  it('does not call a migration failed whose partition was moved back in the lane of the other system', async () => {
    service.simulator.control.addFault({ kind: 'change', type: 'delay-effect', match: 'migrlpar -o m', ms: 12_000 });
    const asked = await service
      .call('post', `${LIZARD}/migrations`, 'admin')
      .send({ targetSystem: SAURIAN })
      .expect(202);
    const job = await service.finished((asked.body as JobBody).id, 60_000);
    expect(job.state).toBe('indeterminate');
    const arrived = (): boolean =>
      systemOf(service.simulator.estate, SAURIAN).partitions.some(({ name }) => name === 'lizard');
    await vi.waitFor(() => expect(arrived()).toBe(true), { timeout: 60_000 });

    await move(SAURIAN, REPTILIAN);
    const back = await reconcileLater(job.id);
    expect(back.state).toBe('indeterminate');
    expect(back.warnings.at(-1)).toMatch(/has worked on the same target since/);
  });
});

describe('reconcile where something else has changed the target', () => {
  const PORT = `${system(REPTILIAN)}/sriov/physical-ports/4/2`;
  const drop = (match: string): number =>
    service.simulator.control.addFault({ kind: 'change', type: 'drop-connection', when: 'before-effect', match });

  it('does not take the late effect of an earlier job in doubt for a part of its own', async () => {
    drop('physport.*first');
    drop('physport.*second');
    const first = await service.change('patch', PORT, { label: 'first' });
    const second = await service.change('patch', PORT, { label: 'second' });
    expect([first.state, second.state]).toEqual(['indeterminate', 'indeterminate']);

    const port = systemOf(service.simulator.estate, REPTILIAN)
      .adapters.find(({ id }) => id === 4)
      ?.ports.find(({ id }) => id === 2);
    if (port === undefined) throw new Error('the port is not there');
    port.label = 'first';
    const looked = await reconcileLater(second.id);
    expect(looked.state).toBe('indeterminate');
    expect(looked.warnings.at(-1)).toContain(`job ${first.id}, whose outcome was not known either`);
  });

  it('does not say what became of a change whose vNIC is gone', async () => {
    drop('auto_priority_failover');
    const job = await service.change('patch', `${system(REPTILIAN)}/partitions/anole/vnics/5`, {
      autoPriorityFailover: false,
    });
    expect(job.state).toBe('indeterminate');
    const { vnics } = systemOf(service.simulator.estate, REPTILIAN);
    const at = vnics.findIndex(({ partitionId, slot }) => partitionId === 9 && slot === 5);
    vnics.splice(at, 1);
    const looked = await reconcileLater(job.id);
    expect(looked.state).toBe('indeterminate');
    expect(looked.warnings.at(-1)).toMatch(/not there any more/);
  });
});
