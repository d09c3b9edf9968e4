import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildOpenApiDocument } from '../../src/http/openapi-document.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { startTestApp, testConfig, type TestApp } from '../support/test-app.js';

describe('the description of the API', () => {
  let redis: TestRedis;
  let app: TestApp;
  beforeAll(async () => {
    redis = await startTestRedis();
    app = await startTestApp(testConfig(redis.url));
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  it('is served as it is built, with the key it needs', async () => {
    const response = await request(app.url).get('/openapi.json');
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.body).toEqual(JSON.parse(JSON.stringify(buildOpenApiDocument(app.app))));
    expect(response.body).toMatchObject({
      info: { title: 'hmc-vnic-gateway' },
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
      security: [{ apiKey: [] }],
    });
    expect(response.body.info.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(response.body.paths['/health/live'].get.security).toEqual([]);
  });

  it('Swagger UI works without the internet: every file it names comes from here', async () => {
    const html = await request(app.url).get('/docs');
    expect(html.headers['content-type']).toMatch(/^text\/html/);
    const files = [...html.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const url = new URL(file, `${app.url}/docs`);
      expect(url.origin).toBe(app.url);
      expect((await request(app.url).get(url.pathname)).status, file).toBe(200);
    }
  });
});
