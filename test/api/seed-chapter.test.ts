import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPTILIAN, startWholeService, type WholeService } from '../support/whole-service.js';
import { normalisedCommand } from '../support/normalised-command.js';

/** The commands of the chapter as its author typed them on a real HMC (samples/hmc-commands-seed.txt). */
const SEED = readFileSync(new URL('../fixtures/samples/hmc-commands-seed.txt', import.meta.url), 'utf8').split('\n');
const seedCommand = (part: string): string => {
  const line = SEED.find((candidate) => candidate.includes(part));
  if (line === undefined) throw new Error(`no command with ${part} in the seed`);
  return line;
};

const VNICS = '/v1/managed-systems/reptilian-9119-MME-65BA46F/partitions/lizard/vnics';

interface Device {
  readonly logicalPortId: string;
  readonly virtualIoServer: { name: string };
  readonly adapterId: number;
  readonly physicalPortId: number;
  readonly failoverPriority: number;
  readonly active: boolean;
  readonly status: string;
}

/** Each device as `VIOS/adapter/port/priority`, the active one with a star, in the order of priorities. */
function devices(vnic: Record<string, unknown> | null): string[] {
  return [...((vnic?.['backingDevices'] ?? []) as Device[])]
    .sort((a, b) => a.failoverPriority - b.failoverPriority)
    .map(
      (d) =>
        `${d.virtualIoServer.name}/${d.adapterId}/${d.physicalPortId}/${d.failoverPriority}${d.active ? '*' : ''} ${d.status}`,
    );
}

const LATENCIES = [
  { name: 'an HMC that answers at once', readLatencyMs: 0, changeLatencyMs: 0 },
  { name: 'an HMC that takes 150 ms to read and 1.5 s to change', readLatencyMs: 150, changeLatencyMs: 1500 },
];

describe.each(LATENCIES)('the chapter of the seed, with $name', ({ readLatencyMs, changeLatencyMs }) => {
  let service: WholeService;
  /** The normalised changing commands that reached an HMC since the last look. */
  let seen = 0;
  const newChanges = (): string[] => {
    const all = service.changes();
    const fresh = all.slice(seen).map((entry) => normalisedCommand(entry.line));
    seen = all.length;
    return fresh;
  };
  const expected = (part: string, added: Record<string, string> = {}): string =>
    normalisedCommand(seedCommand(part), added);

  beforeAll(async () => {
    service = await startWholeService({ simulator: { readLatencyMs, changeLatencyMs } });
  });
  afterAll(() => service.close());

  it('lists the SR-IOV adapters', async () => {
    const { body } = await service
      .call('get', '/v1/managed-systems/reptilian-9119-MME-65BA46F/sriov/adapters')
      .expect(200);
    const shared = (body.items as { adapterId: number | null; mode: string }[]).filter((a) => a.mode === 'sriov');
    expect(shared.map((a) => a.adapterId)).toEqual(expect.arrayContaining([1, 2, 3, 4]));
    const reads = service.simulator.log.entries.map((e) => normalisedCommand(e.line));
    expect(reads).toContain(expected('lshwres -r sriov --rsubtype adapter'));
    expect(newChanges()).toEqual([]);
  });

  it('lists no vNIC of lizard at first', async () => {
    const { body } = await service.call('get', VNICS).expect(200);
    expect(body.items).toEqual([]);
  });

  it('creates a vNIC with two backing devices, which takes slot 6', async () => {
    const job = await service.change('post', VNICS, {
      portVlanId: 3455,
      autoPriorityFailover: true,
      backingDevices: [
        { virtualIoServer: { name: 'vios1' }, adapterId: 1, physicalPortId: 1, capacity: 2, failoverPriority: 10 },
        { virtualIoServer: { name: 'vios1' }, adapterId: 3, physicalPortId: 1, capacity: 2, failoverPriority: 20 },
      ],
    });
    expect(job).toMatchObject({ state: 'succeeded', error: null, target: { slot: 6 }, requestedBy: 'the operator' });
    expect(devices(job.result)).toEqual(['vios1/1/1/10* Operational', 'vios1/3/1/20 Operational']);
    expect(job.result).toMatchObject({ slot: 6, portVlanId: 3455, autoPriorityFailover: true });
    expect(newChanges()).toEqual([expected('-o a -p lizard', { '-s': '6' })]);
  });

  it('adds two more', async () => {
    const job = await service.change('post', `${VNICS}/6/backing-devices`, {
      backingDevices: [
        { virtualIoServer: { name: 'vios1' }, adapterId: 2, physicalPortId: 1, capacity: 2, failoverPriority: 30 },
        { virtualIoServer: { name: 'vios2' }, adapterId: 4, physicalPortId: 1, capacity: 2, failoverPriority: 40 },
      ],
    });
    expect(job).toMatchObject({ state: 'succeeded', error: null });
    expect(devices(job.result)).toEqual([
      'vios1/1/1/10* Operational',
      'vios1/3/1/20 Operational',
      'vios1/2/1/30 Operational',
      'vios2/4/1/40 Operational',
    ]);
    const ids = (job.result?.['backingDevices'] as Device[]).map((device) => device.logicalPortId);
    expect(ids).toEqual(expect.arrayContaining(['2700400b', '27008005']));
    expect(newChanges()).toEqual([expected('backing_devices+=')]);
  });

  it('changes the failover priority of logical port 2700400b to 11', async () => {
    const job = await service.change('patch', `${VNICS}/6/backing-devices/2700400b`, { failoverPriority: 11 });
    expect(job).toMatchObject({ state: 'succeeded', error: null });
    expect(devices(job.result)[0]).toBe('vios1/1/1/11* Operational');
    expect(newChanges()).toEqual([expected('failover_priority=11')]);
  });

  it('makes logical port 27008005 active, which switches automatic failover off', async () => {
    const job = await service.change('post', `${VNICS}/6/backing-devices/27008005/activate`);
    expect(job).toMatchObject({ state: 'succeeded', error: null, result: { autoPriorityFailover: false } });
    expect(devices(job.result)).toContain('vios1/2/1/30* Operational');
    expect(newChanges()).toEqual([expected('-o act')]);
  });

  it('switches automatic failover on again, and the hypervisor goes back to the lowest number', async () => {
    const job = await service.change('patch', `${VNICS}/6`, { autoPriorityFailover: true });
    expect(job).toMatchObject({ state: 'succeeded', error: null, result: { autoPriorityFailover: true } });
    expect(devices(job.result)[0]).toBe('vios1/1/1/11* Operational');
    expect(newChanges()).toEqual([expected('"auto_priority_failover=1"')]);
  });

  it('deletes it', async () => {
    const job = await service.change('delete', `${VNICS}/6`);
    expect(job).toMatchObject({ state: 'succeeded', error: null, result: null, before: { slot: 6 } });
    expect(newChanges()).toEqual([
      normalisedCommand(`chhwres -r virtualio -m ${REPTILIAN} -o r --rsubtype vnic -p lizard -s 6`),
    ]);
    const { body } = await service.call('get', VNICS).expect(200);
    expect(body.items).toEqual([]);
  });
});
