import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { REPTILIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';
import { KEYS, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const SYSTEM = `/v1/managed-systems/${encodeURIComponent(REPTILIAN)}`;
const VNIC = `${SYSTEM}/partitions/anole/vnics/5`;
const PORT = '/v1/managed-systems/:system/sriov/physical-ports/:adapterId/:physicalPortId';

let service: WholeService;
let app: TestApp;
beforeAll(async () => {
  service = await startWholeService({ config: { logLevel: 'info', settleSeconds: 1, hmcChangeTimeoutSeconds: 2 } });
  app = service.apps[0] as TestApp;
});
afterEach(() => service.simulator.control.reset());
afterAll(() => service.close());

const linesOf = (member: string, value: string): Record<string, unknown>[] =>
  app.log.filter((line) => line[member] === value);
const metrics = async (): Promise<string> => (await service.call('get', '/metrics')).text;
const entered = async (operation: string): Promise<Record<string, number>> => {
  const rows = (await metrics()).matchAll(
    /^hmc_vnic_gateway_job_transitions_total\{operation="(.*)",state="(.*)"\} (\d+)$/gm,
  );
  return Object.fromEntries([...rows].filter(([, of]) => of === operation).map(([, , state, n]) => [state, Number(n)]));
};

describe('what the metrics and the log tell of a job', () => {
  it('counts every state that it enters, and logs its end', async () => {
    const { id } = await service.change('patch', VNIC, { autoPriorityFailover: false });
    expect(await entered('vnic.update')).toEqual({ queued: 1, running: 1, succeeded: 1 });
    expect(linesOf('jobId', id)).toMatchObject([
      {
        level: 'info',
        msg: 'job ended',
        operation: 'vnic.update',
        state: 'succeeded',
        system: { name: 'reptilian-9119-MME-65BA46F', mtms: REPTILIAN },
        target: { partition: 'anole', slot: 5 },
        requestedBy: 'the operator',
        durationMs: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(linesOf('jobId', id))).not.toContain('autoPriorityFailover');
  });

  it('counts a canceled one', async () => {
    await service.call('post', `${SYSTEM}/lane/pause`, 'admin').expect(200);
    const queued = await service.call('delete', VNIC).expect(202);
    const { id } = queued.body as JobBody;
    await service.call('delete', `/v1/jobs/${id}`).expect(200);
    await service.call('post', `${SYSTEM}/lane/resume`, 'admin').expect(200);
    expect(await entered('vnic.delete')).toEqual({ queued: 1, canceled: 1 });
    expect(linesOf('jobId', id)).toMatchObject([{ msg: 'job ended', state: 'canceled', requestedBy: 'the operator' }]);
  });

  it('counts what a reconciliation has found out', async () => {
    service.simulator.control.addFault({ kind: 'change', type: 'delay-effect', match: 'physport.*late', ms: 3000 });
    const { id, state } = await service.change('patch', `${SYSTEM}/sriov/physical-ports/4/0`, { label: 'late' });
    expect(state).toBe('indeterminate');
    const reconciled = async (): Promise<unknown> =>
      (await service.call('post', `/v1/jobs/${id}/reconcile`)).body.state;
    await until('it came', async () => (await reconciled()) === 'succeeded');
    expect(await entered('physical-port.set-label')).toEqual({ queued: 1, running: 1, indeterminate: 1, succeeded: 1 });
    expect(linesOf('jobId', id)).toMatchObject([
      { state: 'indeterminate', target: { physicalPort: { adapterId: 4, physicalPortId: 0 } } },
      { state: 'succeeded' },
    ]);
  });
});

describe('a call whose client leaves before its end', () => {
  const leave = async (path: string, init: RequestInit, id: string, when: () => Promise<unknown>): Promise<void> => {
    const leaving = new AbortController();
    const headers = { Authorization: `Bearer ${KEYS.operator}`, 'X-Request-Id': id, ...init.headers };
    const gone = fetch(`${app.url}${path}`, { ...init, headers, signal: leaving.signal })
      .then((answer) => answer.text())
      .catch(() => undefined);
    await when();
    leaving.abort();
    await gone;
    await until('the call is logged', () => linesOf('requestId', id).length > 0);
  };

  it('is logged and counted once, also when its change was accepted', async () => {
    service.simulator.control.addFault({ type: 'latency', ms: 1500, kind: 'change' });
    const before = service.changes().length;
    const init = {
      method: 'PATCH',
      headers: { Prefer: 'wait=30', 'Content-Type': 'application/json' },
      body: JSON.stringify({ label: 'left' }),
    };
    await leave(`${SYSTEM}/sriov/physical-ports/4/2`, init, 'gone-1', () =>
      until('the change is at work', () => service.changes().length > before),
    );
    expect(linesOf('requestId', 'gone-1')).toMatchObject([
      { msg: 'request', method: 'PATCH', status: 499, clientLeft: true, caller: 'the operator' },
    ]);
    await until('it succeeded', () => app.log.some(({ state, msg }) => msg === 'job ended' && state === 'succeeded'));
    expect(await metrics()).toContain(
      `http_request_duration_seconds_count{method="PATCH",route="${PORT}",status="499"} 1`,
    );
    // The answer that nobody takes any more makes no second line.
    await until('the wait is over', async () => (await entered('physical-port.set-label'))['succeeded'] === 2);
    expect(linesOf('requestId', 'gone-1')).toHaveLength(1);
  });

  it('is logged with the status that was sent where an answer had begun', async () => {
    await service.call('post', `${SYSTEM}/lane/pause`, 'admin').expect(200);
    const { body } = await service.call('delete', VNIC).expect(202);
    const { id } = body as JobBody;
    await leave(`/v1/jobs/${id}/events`, {}, 'gone-2', () => new Promise((resolve) => setTimeout(resolve, 500)));
    await service.call('delete', `/v1/jobs/${id}`).expect(200);
    await service.call('post', `${SYSTEM}/lane/resume`, 'admin').expect(200);
    expect(linesOf('requestId', 'gone-2')).toMatchObject([{ msg: 'request', status: 200, clientLeft: true }]);
  });

  it('and nothing of that is said of a call that was answered', async () => {
    await service.call('get', '/v1/hmcs').set('X-Request-Id', 'stayed').expect(200);
    await until('it is logged', () => linesOf('requestId', 'stayed').length > 0);
    expect(linesOf('requestId', 'stayed')).toHaveLength(1);
    expect(linesOf('requestId', 'stayed')[0]).not.toHaveProperty('clientLeft');
  });
});
