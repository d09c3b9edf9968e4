import { connect, type Socket } from 'node:net';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOOK_FOR_SLOW_MS, REQUEST_TIMEOUT_MS } from '../../src/http/request-limits.js';
import { KEYS, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';
import { REPTILIAN, startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

const SYSTEM = `/v1/managed-systems/${encodeURIComponent(REPTILIAN)}`;
const LATE_MS = 300;

let service: WholeService;
let app: TestApp;
let server: Server;
beforeAll(async () => {
  service = await startWholeService({ config: { logLevel: 'info' } });
  app = service.apps[0] as TestApp;
  server = app.app.getHttpServer();
  expect(server.requestTimeout).toBe(REQUEST_TIMEOUT_MS);
  // Node takes the longer of the two for that of the whole request.
  server.headersTimeout = server.requestTimeout = LATE_MS;
});
afterAll(() => service.close());

/** Sends the head of a request and drips its body, a byte every 100 ms, until the other side ends it. */
async function drip(head: readonly string[]): Promise<{ answer: string; tookMs: number }> {
  const socket: Socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  const begun = performance.now();
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('utf8')));
  // The end of a connection to which is still being written may come as an error.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(['POST /v1/jobs/x/reconcile HTTP/1.1', 'Host: x', ...head, '', ''].join('\r\n'));
  const timer = setInterval(() => socket.write('{'), 100);
  await closed;
  clearInterval(timer);
  return { answer, tookMs: performance.now() - begun };
}

describe('a request whose body comes too slowly', () => {
  const length = 'Content-Length: 60000';
  const json = 'Content-Type: application/json';

  it('is answered 408 and its connection closed', async () => {
    const key = `Authorization: Bearer ${KEYS.operator}`;
    const { answer, tookMs } = await drip([key, json, length, 'X-Request-Id: slow-1']);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toMatch(/x-request-id: slow-1\r\n/);
    const document = JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as object;
    expect(document).toMatchObject({ type: expect.stringMatching(/request-timeout$/), status: 408 });
    expect(tookMs).toBeGreaterThanOrEqual(LATE_MS);
    await until('it is logged', () => app.log.some(({ requestId }) => requestId === 'slow-1'));
    expect(app.log.filter(({ requestId }) => requestId === 'slow-1')).toMatchObject([{ status: 408 }]);
  }, 30_000);

  it('is not read on after it was refused for want of a key', async () => {
    const { answer, tookMs } = await drip([json, length]);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(tookMs).toBeLessThan(LOOK_FOR_SLOW_MS);
  }, 30_000);

  it('a refused call whose body is there keeps its connection', async () => {
    const headers = { Authorization: `Bearer ${KEYS.operator}`, 'Content-Type': 'application/json' };
    const url = `${app.url}/v1/jobs/00000000-0000-4000-8000-000000000000/reconcile`;
    const answer = await fetch(url, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('connection')).toBe('keep-alive');
  });
});

describe('an answer that takes longer than a request may', () => {
  const longer = LATE_MS + LOOK_FOR_SLOW_MS + 1000;

  it('is not cut off: a call that waits, a stream of events', async () => {
    service.simulator.control.addFault({ type: 'latency', ms: longer, kind: 'change' });
    const waiting = service
      .call('patch', `${SYSTEM}/partitions/anole/vnics/5`)
      .set('Prefer', 'wait=30')
      .send({ autoPriorityFailover: false })
      .then((answer) => answer);
    let job: JobBody | undefined;
    await until('the job runs', async () => {
      job = (await service.call('get', '/v1/jobs?state=running')).body.items[0];
      return job !== undefined;
    });
    const stream = await fetch(`${app.url}/v1/jobs/${job?.id ?? ''}/events`, {
      headers: { Authorization: `Bearer ${KEYS.viewer}` },
    });
    const [{ status, body }, text] = await Promise.all([waiting, stream.text()]);
    expect(status).toBe(200);
    expect(body.state).toBe('succeeded');
    expect(text).toContain('"state":"succeeded"');
  }, 60_000);
});
