import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { committedDocument } from '../support/openapi.js';
import { KEYS, startTestApp, testConfig } from '../support/test-app.js';
import { startWholeService, type JobBody, type WholeService } from '../support/whole-service.js';

/** For a browser on a slow machine. */
const PATIENCE_MS = 60_000;

describe('Swagger UI in a browser', () => {
  let service: WholeService;
  let browser: Browser;
  let page: Page;
  /** What the page asked of whom, and what went wrong with it. */
  const requests: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    service = await startWholeService();
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('request', (request) => requests.push(request.url()));
    page.on('requestfailed', (request) => errors.push(`${request.url()}: ${request.failure()?.errorText}`));
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`${service.apps[0]?.url}/docs`);
    await page.locator('.opblock').first().waitFor();
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await service?.close();
  });

  /** Opens an operation, sends it with the values as they stand, and reads the status and body of the answer. */
  const execute = async (operationId: string): Promise<{ status: string; body: Record<string, unknown> }> => {
    const operation: Locator = page.locator(`.opblock[id$="-${operationId}"]`);
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    const answer = operation.locator('.live-responses-table .response').first();
    await answer.waitFor();
    const status = await answer.locator('.response-col_status').innerText();
    // What is drawn is cut into coloured pieces; the text of the block is the body.
    const text = await answer.locator('.highlight-code code').first().innerText();
    return { status: status.trim().slice(0, 3), body: JSON.parse(text) as Record<string, unknown> };
  };

  it('shows every tag in the order of the work, and how to begin', async () => {
    const shown = await page.locator('.opblock-tag a').allInnerTexts();
    expect(shown.map((text) => text.trim())).toEqual(committedDocument().tags.map(({ name }) => name));
    expect(await page.locator('.info').innerText()).toContain('Authorise with an API key');
  });

  it(
    'authorises with a key, and still knows it after a reload',
    async () => {
      await page.locator('.auth-wrapper .authorize').first().click();
      await page.locator('.modal-ux input').fill(KEYS.operator);
      await page.locator('.modal-ux button[type=submit]').click();
      await page.locator('.modal-ux .btn-done').click();
      await page.reload();
      await page.locator('.auth-wrapper .authorize.locked').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'lists the adapters at one click',
    async () => {
      const { status, body } = await execute('listSriovAdapters');
      expect(status).toBe('200');
      expect(body['items']).toHaveLength(6);
    },
    PATIENCE_MS,
  );

  it(
    'creates the vNIC of the example as it stands',
    async () => {
      const { status, body } = await execute('createVnic');
      expect(['200', '202']).toContain(status);
      const job = await service.finished((body as unknown as JobBody).id);
      expect(job).toMatchObject({ state: 'succeeded', target: { slot: 6 } });
      expect(service.changes()).toHaveLength(1);
    },
    PATIENCE_MS,
  );

  it(
    'opens an operation by its address',
    async () => {
      await page.goto(`${service.apps[0]?.url}/docs?again#/Jobs/getJob`);
      await page.locator('.opblock.is-open[id$="-getJob"]').waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'sends changes where no key is asked for, and a page of another host does not',
    async () => {
      const open = await startTestApp(testConfig(service.redis.url, { auth: 'none', apiKeys: [] }));
      const other = await browser.newPage();
      try {
        const path = '/v1/jobs/00000000-0000-4000-8000-000000000000/reconcile';
        await other.goto(`${open.url}/docs`);
        const same = await other.evaluate(async (to) => (await fetch(to, { method: 'POST' })).status, path);
        expect(same).toBe(404);
        await other.goto(`${service.apps[0]?.url}/docs`);
        const answer = other.waitForResponse(`${open.url}${path}`);
        await other.setContent(`<form method="post" action="${open.url}${path}"></form>`);
        await other.locator('form').evaluate((form) => (form as unknown as { submit(): void }).submit());
        expect((await answer).status()).toBe(403);
      } finally {
        await other.close();
        await open.close();
      }
    },
    PATIENCE_MS,
  );

  it('has asked nobody but the service, and nothing went wrong', () => {
    const url = service.apps[0]?.url ?? '';
    expect(requests.length).toBeGreaterThan(5);
    // Pictures within the style sheet are no requests.
    expect(requests.filter((request) => !request.startsWith(`${url}/`) && !request.startsWith('data:'))).toEqual([]);
    expect(errors).toEqual([]);
  });
});
