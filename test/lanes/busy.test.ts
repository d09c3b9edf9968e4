import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLaneBench, type LaneBench } from '../support/lane-bench.js';

const BUSY =
  'HSCL3205 Unable to send command to VIOS at this moment. VIOS 1*9119-MME*65BA46F is busy processing some other request. ' +
  'Please retry the operation after sometime.';
const PORT = { physicalPort: { adapterId: 4, physicalPortId: 0 } };

describe('a command that found the HMC busy', () => {
  let bench: LaneBench;
  beforeAll(async () => {
    bench = await startLaneBench();
  });
  beforeEach(() => bench.reset());
  afterAll(() => bench.close());

  const relabel = () => bench.run('physical-port.set-label', PORT, { label: 'busy-net' });
  const states = (job: { plan: readonly { state: string }[] }): string[] => job.plan.map((step) => step.state);

  it('is sent again, and each try stands in the job', async () => {
    bench.simulator.control.addFault({ type: 'refuse', kind: 'change', text: BUSY, times: 2 });
    const job = await relabel();
    expect(job).toMatchObject({ state: 'succeeded', result: { label: 'busy-net' }, error: null });
    expect(states(job)).toEqual(['failed', 'failed', 'succeeded']);
    expect(job.plan[0]?.hmcMessage).toContain('HSCL3205');
    expect(bench.changes()).toHaveLength(3);
  });

  it('is not sent for ever: the fourth refusal stands, and says that it may be tried again', async () => {
    bench.simulator.control.addFault({ type: 'refuse', kind: 'change', text: 'VIOS0014 busy', times: null });
    const job = await relabel();
    expect(job).toMatchObject({ state: 'failed', error: { effect: 'none', hmcCode: 'VIOS0014', retryable: true } });
    expect(states(job)).toEqual(['failed', 'failed', 'failed', 'failed']);
    expect(bench.changes()).toHaveLength(4);
  });

  it('is not sent again when it had an effect all the same', async () => {
    bench.simulator.control.addFault({ type: 'refuse', kind: 'change', text: BUSY, effect: 'full' });
    const job = await relabel();
    expect(job).toMatchObject({ state: 'succeeded', result: { label: 'busy-net' } });
    expect(job.warnings.join()).toContain('HSCL3205');
    expect(bench.changes()).toHaveLength(1);
  });

  it('is not sent again when the target has changed meanwhile', async () => {
    const instead =
      "chhwres -r sriov --rsubtype physport -m '9119-MME*65BA46F' -o s -a 'adapter_id=4,phys_port_id=0,phys_port_label=other'";
    bench.simulator.control.addFault({ type: 'refuse', kind: 'change', text: BUSY, effect: { instead } });
    const job = await relabel();
    expect(job).toMatchObject({ state: 'failed', error: { effect: 'partial' }, result: { label: 'other' } });
    expect(bench.changes()).toHaveLength(1);
  });

  it('another refusal is not tried again', async () => {
    bench.simulator.control.addFault({
      type: 'refuse',
      kind: 'change',
      text: 'HSCL350B The user does not have the appropriate authority.',
    });
    expect(await relabel()).toMatchObject({ state: 'failed', error: { hmcCode: 'HSCL350B' } });
    expect(bench.changes()).toHaveLength(1);
  });
});
