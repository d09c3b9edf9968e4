import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { describeApi, toYaml } from '../../src/openapi/describe-api.js';
import { committedDocument, OPENAPI_FILE, operationsOf } from '../support/openapi.js';
import { startTestRedis } from '../support/redis.js';
import { startTestApp, testConfig } from '../support/test-app.js';

const document = committedDocument();
const operations = operationsOf(document);
const under = (prefix: string): typeof operations => operations.filter(({ path }) => path.startsWith(prefix));

describe('openapi/openapi.yaml', () => {
  it('is what the code describes (else: npm run openapi)', async () => {
    expect(await describeApi()).toBe(readFileSync(OPENAPI_FILE, 'utf8'));
  });

  it('is what the service serves', async () => {
    const redis = await startTestRedis();
    const app = await startTestApp(testConfig(redis.url));
    try {
      const { body } = await request(app.url).get('/openapi.json').expect(200);
      expect(toYaml(body as object)).toBe(readFileSync(OPENAPI_FILE, 'utf8'));
    } finally {
      await app.close();
      await redis.stop();
    }
  });

  it('has nothing that the linter minds', async () => {
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    // Exits with 1 where it finds a fault; the faults are on standard output.
    const lint = promisify(execFile)('node_modules/.bin/redocly', ['lint', '--format=json'], { env });
    const { stdout } = await lint.catch((failure: unknown) => failure as { stdout: string });
    const { totals, problems } = JSON.parse(stdout.slice(stdout.indexOf('{')));
    expect(problems).toEqual([]);
    expect(totals).toMatchObject({ errors: 0, warnings: 0 });
  }, 60_000);
});

describe('the description of the API', () => {
  it('names every operation once', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/);
  });

  it.each(operations)('$operationId stands under one tag that is described', ({ tags }) => {
    expect(tags).toHaveLength(1);
    expect(document.tags.map(({ name }) => name)).toContain(tags?.[0]);
  });

  it('describes no tag in vain', () => {
    const used = new Set(operations.flatMap(({ tags }) => tags ?? []));
    expect(document.tags.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });

  it.each(under('/v1/'))('$operationId says who may call it, and that it needs a key', (operation) => {
    expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(operation.description).toMatch(/Role: (viewer|operator|admin)\.$/);
    expect(operation.security).toBeUndefined();
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '401', '500']));
  });

  it.each(under('/health/'))('$operationId needs no key', ({ security }) => expect(security).toEqual([]));

  it.each(operations)('$operationId describes each of its parameters and answers', (operation) => {
    for (const parameter of operation.parameters ?? []) expect(parameter.description, parameter.name).toBeTruthy();
    for (const [status, response] of Object.entries(operation.responses)) {
      expect(response.description, status).toBeTruthy();
      expect(Object.keys(response.content ?? {}), status).toHaveLength(1);
    }
  });

  it.each(under('/v1/'))('$operationId shows a problem of each type it lists', (operation) => {
    for (const [status, { description, content }] of Object.entries(operation.responses)) {
      if (Number(status) < 400) continue;
      const examples = content?.['application/problem+json']?.examples ?? {};
      const listed = [...description.matchAll(/^`([a-z-]+)`:/gm)].map((match) => match[1]);
      expect(Object.keys(examples)).toEqual(listed);
      for (const { $ref } of Object.values(examples)) {
        const name = $ref?.split('/').at(-1) ?? '';
        expect(document.components.examples[name]?.value).toMatchObject({ status: Number(status) });
      }
    }
  });
});
