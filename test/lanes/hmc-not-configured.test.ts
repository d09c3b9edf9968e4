import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SshHmcConnections } from '../../src/hmc/ssh-hmc-connections.js';
import { HmcInventory } from '../../src/inventory/hmc-inventory.js';
import { HmcReader } from '../../src/inventory/hmc-reader.js';
import { SystemDirectory } from '../../src/inventory/system-directory.js';
import type { JobRecord, JobStep } from '../../src/store/job-record.js';
import { startLaneBench, type BenchWorker, type LaneBench } from '../support/lane-bench.js';
import { simulatorEndpoints } from '../support/simulator-endpoints.js';

/*
 * A job whose worker was lost is settled by one in whose configuration the HMC that ran its command is missing, or has
 * another id: that HMC counts as one that cannot be read.
 */
let bench: LaneBench;
let renamed: SshHmcConnections;
let worker: BenchWorker;
beforeAll(async () => {
  bench = await startLaneBench();
  renamed = new SshHmcConnections(
    simulatorEndpoints(bench.simulator).map((endpoint) => ({ ...endpoint, id: endpoint.id.replace('hmc1', 'hmcA') })),
  );
  const reader = new HmcReader(renamed, 5000);
  const inventory = new HmcInventory(reader, new SystemDirectory(reader, renamed.hmcIds()));
  worker = bench.newWorker({}, { inventory, hmcs: renamed });
});
afterAll(async () => {
  await renamed.close(0);
  await bench.close();
});
beforeEach(() => bench.reset());

const VNIC = { partition: { name: 'anole' }, slot: 5 };
const OFF = { autoPriorityFailover: false };
const SENT: JobStep = {
  command: 'chhwres -r virtualio --rsubtype vnic -m … -o s …',
  state: 'sent',
  movesActive: false,
  exitStatus: null,
  hmcMessage: null,
  startedAt: new Date().toISOString(),
  finishedAt: null,
};

/** Its command was sent by hmc1, and then its worker was lost. */
async function lost(): Promise<JobRecord> {
  const job = await bench.accept('vnic.update', VNIC, OFF);
  await bench.abandon(job, { hmc: 'hmc1', plan: [SENT] }, await bench.observe(job));
  return job;
}

describe('a job of an HMC that is not configured any more', () => {
  it('succeeds when another HMC shows what was wished', async () => {
    const job = await lost();
    const vnic = bench.vnic(9, 5);
    if (vnic === undefined) throw new Error('there is no such vNIC');
    vnic.autoPriorityFailover = false;
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({ state: 'succeeded', error: null });
    expect(worker.faults).toEqual([]);
    expect(bench.changes()).toEqual([]);
  });

  it('is in doubt when another HMC does not show it, which proves nothing', async () => {
    const job = await lost();
    await bench.drain(worker);
    expect(await bench.job(job.id)).toMatchObject({
      state: 'indeterminate',
      error: { type: 'urn:hmc-vnic-gateway:problem:outcome-unknown' },
    });
    expect(worker.faults).toEqual([]);
    expect(bench.changes()).toEqual([]);
  });
});
