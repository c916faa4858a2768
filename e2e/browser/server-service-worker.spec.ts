/** demo/edge/service-worker as a visitor uses it: a page with a model answers the requests of every page of its origin, as long as it is open. */
import type { BrowserContext, Page } from '@playwright/test';
import { byPooler, expect, fixture, test, texts } from './harness.ts';
import { compare, expected } from '../oracle/fixtures.ts';

const DEMO = '/demo/edge/service-worker/index.html?model=/e2e/models/tiny-bert';
const sentence = byPooler(fixture('tiny-bert'))
  .get('MEAN')!
  .find(({ id }) => id === 'plain/sentence')!;

async function openWithModel(page: Page, url: string): Promise<void> {
  await page.goto(url + DEMO);
  await page.getByRole('button', { name: 'Load the model' }).click();
  await expect(page.locator('#status')).toHaveText('tiny-bert on wasm', { timeout: 60_000 });
}

/** What a plain fetch of the page comes to. */
const post = (page: Page, body: object, path = '/v1/embeddings') =>
  page.evaluate(
    async ([to, sent]) => {
      const response = await fetch(to, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: sent });
      return { status: response.status, retryAfter: response.headers.get('Retry-After'), body: (await response.json()) as unknown };
    },
    [path, JSON.stringify(body)] as const,
  );

function expectVector(body: unknown): void {
  const { data } = body as { data: { embedding: number[] }[] };
  expect(compare(Float32Array.from(data[0]!.embedding), expected(sentence)).cosine).toBeGreaterThanOrEqual(0.99999);
}

const another = async (context: BrowserContext, url: string) => {
  const page = await context.newPage();
  await page.goto(url + DEMO);
  return page;
};

test('the page asks itself by a plain fetch', async ({ page, server }) => {
  await openWithModel(page, server.url);
  await page.locator('#input').fill(texts['sentence']!);
  await page.getByRole('button', { name: 'POST /v1/embeddings' }).click();
  await expect(page.locator('#answer')).toContainText('"object":"list"');
  const [status, body] = (await page.locator('#answer').textContent())!.split('\n');
  expect(status).toBe('200');
  expectVector(JSON.parse(body!));
});

test('what the site has for itself under a path of the API is not hidden, unless it is fetched', async ({ page, server }) => {
  await openWithModel(page, server.url);
  server.fault('/docs', (_request, response) => {
    response.setHeader('Content-Type', 'text/javascript').end('export const own = true;');
    return true;
  });
  expect(await page.evaluate(async () => ((await import('/docs' as string)) as { own: boolean }).own)).toBe(true);
  expect(await page.evaluate(async () => (await fetch('/docs')).headers.get('content-type'))).toContain('text/html');
});

test('another page is answered as long as the first is open, and then told so', async ({ page, context, server }) => {
  await openWithModel(page, server.url);
  const other = await another(context, server.url);
  const answered = await post(other, { input: texts['sentence'] });
  expect(answered.status).toBe(200);
  expectVector(answered.body);
  await page.close();
  const message = 'No page that has loaded a model is open.';
  const error = { message, type: 'ServiceUnavailableError', param: null, code: 503 };
  expect(await post(other, { input: 'a' })).toEqual({ status: 503, retryAfter: '1', body: { object: 'error', ...error, error } });
});

test('a page that is closed while it answers does not leave the others waiting', async ({ page, context, server }) => {
  await openWithModel(page, server.url);
  const other = await another(context, server.url);
  const begun = post(other, { input: Array.from({ length: 1_200 }, (_, i) => `${texts['package-10']} ${i}`) });
  await expect
    .poll(() => page.evaluate(async () => ((await (await fetch('/load')).json()) as { server_load: number }).server_load))
    .toBe(1);
  await page.close();
  const { status, body } = await begun;
  expect(status).toBe(503);
  expect(body).toMatchObject({ message: 'The page with the model was closed.' });
});

// Chromium 156 does not tell a service worker of it, so that the message which sw.js would send on is sent by the test.
test('a request that is given up is given up by the model', async ({ page, server }) => {
  await openWithModel(page, server.url);
  const metrics = () => page.evaluate(async () => (await fetch('/metrics')).text());
  await page.evaluate(
    (text) => {
      const body = new TextEncoder().encode(text).buffer;
      const { port1, port2 } = new MessageChannel();
      const offer = new MessageEvent('message', { data: 'rockpool', ports: [port2] });
      const request = { method: 'POST', url: `${location.origin}/v1/embeddings`, headers: [['Content-Type', 'application/json']], body };
      navigator.serviceWorker.dispatchEvent(offer);
      port1.postMessage(request, [body]);
      setTimeout(() => port1.postMessage('abort'), 300);
    },
    JSON.stringify({ input: Array.from({ length: 1_200 }, (_, i) => `${texts['package-10']} ${i}`) }),
  );
  // "Client disconnected": it is not answered to its end.
  await expect.poll(metrics, { timeout: 20_000 }).toContain('http_requests_total{handler="/v1/embeddings",method="POST",status="499"} 1');
  expect(await metrics()).not.toContain('rockpool:request_success_total{');
});

test('a reload past the cache, which leaves the page to the network, is made good', async ({ page, context, server }) => {
  await openWithModel(page, server.url);
  const devtools = await context.newCDPSession(page);
  await Promise.all([page.waitForEvent('load'), devtools.send('Page.reload', { ignoreCache: true })]);
  expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
  await page.getByRole('button', { name: 'Load the model' }).click();
  await expect(page.locator('#status')).toHaveText('tiny-bert on wasm', { timeout: 60_000 });
  expect(await post(page, { input: texts['sentence']! })).toMatchObject({ status: 200 });
});

test('a page outside of its scope is told so', async ({ page, server }) => {
  server.fault('/outside.html', (_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>outside</title>');
    return true;
  });
  await page.goto(`${server.url}/outside.html`);
  const told = await page.evaluate(async () => {
    const folder = '/demo/edge/service-worker';
    const { answerRequests } = (await import(`${folder}/answer-requests.js` as string)) as {
      answerRequests(fetch: unknown, script: string): Promise<void>;
    };
    return answerRequests(fetch, `${folder}/sw.js`).catch((error: Error) => error.message);
  });
  expect(told).toContain('is outside of what the service worker controls');
});
