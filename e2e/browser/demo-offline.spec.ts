/** The installed page: its manifest, the second visit without a network, and a new version that takes over when it is told to. */
import { join } from 'node:path';
import { test as base, chromium, expect, type Page } from '@playwright/test';
import { startServer, type Fault, type TestServer } from '../server.ts';
import { RUNTIME_NOT_KEPT } from './demo-faults.ts';
import { indexed, loadModel, openView, watch } from './demo-site.ts';

/** With a profile on the disk, as a visitor has: a private window cannot install, and its HTTP cache is too small for the runtime. */
const test = base.extend({
  context: async ({ launchOptions }, use) => {
    const context = await chromium.launchPersistentContext('', launchOptions);
    await use(context);
    await context.close();
  },
});

let site: TestServer;
test.beforeEach(async () => {
  site = await startServer(join(import.meta.dirname, '../../site'));
});
test.afterEach(() => site.close());

/** All that is kept in this browser, beside the models. */
const keptPaths = (page: Page) =>
  page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('rockpool-page'));
    const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return keys.flat().map(({ url }) => new URL(url).pathname + new URL(url).search);
  });
const controlled = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

test('can be installed: the browser finds no fault with the manifest, and its icons have the sizes that it says', async ({ page }) => {
  await page.goto(site.url);
  await controlled(page);
  const browser = await page.context().newCDPSession(page);
  const { errors, url } = await browser.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect((await browser.send('Page.getInstallabilityErrors')).installabilityErrors).toEqual([]);

  const manifest = (await (await page.request.get(url)).json()) as {
    name: string;
    start_url: string;
    scope: string;
    display: string;
    icons: { src: string; sizes: string; type: string; purpose: string }[];
  };
  expect(manifest).toMatchObject({ name: 'rockpool', display: 'standalone' });
  const start = new URL(manifest.start_url, url).href;
  expect(start.startsWith(new URL(manifest.scope, url).href)).toBe(true);
  expect(await (await page.request.get(start)).text()).toContain('<title>rockpool</title>');
  expect(manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`)).toEqual([
    'any any',
    '192x192 any',
    '512x512 any',
    '512x512 maskable',
  ]);
  const apple = await page.locator('link[rel=apple-touch-icon]').getAttribute('href');
  for (const { src, sizes } of [...manifest.icons, { src: new URL(apple!, site.url).href, sizes: '180x180' }]) {
    const size = await page.evaluate(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, new URL(src, url).href);
    if (sizes !== 'any') expect(size, src).toBe(sizes);
  }
});

test('after one visit everything works without a network and without the server', async ({ page, context }) => {
  test.setTimeout(240_000);
  const url = `${site.url}/#search?device=wasm`;
  await page.goto(url);
  await loadModel(page); // at once: the service worker may come after the runtime
  await indexed(page, 8);
  await controlled(page);
  const threads = await page.getByTestId('device-badge').textContent();
  await expect.poll(async () => (await keptPaths(page)).filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
  const kept = await keptPaths(page);
  expect(kept.filter((path) => path.includes('/models/') && !path.startsWith('/docs/'))).toEqual([]);
  expect(kept.filter((path) => path.startsWith('/docs/')).length).toBeGreaterThan(40);
  expect(site.requests.filter((path) => path.endsWith('.onnx'))).toHaveLength(1);
  expect(site.requests.filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
  await page.close();
  await site.close();
  await context.setOffline(true);
  await expect(fetch(site.url)).rejects.toThrow();

  const again = await context.newPage();
  const problems = watch(again);
  await again.goto(url);
  await again.locator('#query').fill('erase a file so nobody can recover it');
  await expect(again.getByTestId('keyword-results').locator('li:visible').first()).toBeVisible();
  await expect(again.getByTestId('foot-model')).toContainText('from cache', { timeout: 60_000 });
  await expect(again.getByTestId('device-badge')).toHaveText(threads!);
  expect(await again.evaluate(() => crossOriginIsolated)).toBe(true);
  await indexed(again, 24);
  await expect(again.getByTestId('meaning-results').locator('li:visible').first()).toBeVisible();
  await again.getByTestId('pause').click();

  for (const label of ['Matryoshka', 'Rerank', 'Map', 'Benchmark']) {
    await openView(again, label);
    await expect(again.locator('.view:visible h1')).toBeVisible();
  }
  await openView(again, 'Long text');
  await again.getByRole('button', { name: /Alice/ }).click();
  await expect(again.getByTestId('read-status')).toContainText('144 chunks', { timeout: 60_000 });
  await again.getByTestId('read-status').getByRole('button', { name: 'Stop' }).click();
  await openView(again, 'Classify');
  await again.locator('#classify-text').fill('a library for Ruby');
  await expect(again.getByTestId('headline')).toContainText(/^ruby/, { timeout: 60_000 });
  await openView(again, 'Tokens');
  await again.locator('#tokens-text').fill('Tokenizing pebbles');
  await expect(again.getByTestId('tokens').getByRole('radio')).toHaveCount(5, { timeout: 60_000 });
  await openView(again, 'API');
  await expect(again.getByTestId('answers')).toContainText('384 numbers', { timeout: 60_000 });
  await expect(again.getByTestId('error')).toHaveCount(0);

  await again.getByRole('link', { name: 'Docs' }).click();
  await expect(again.getByRole('heading', { level: 1, name: 'rockpool' })).toBeVisible();
  await again.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Troubleshooting' }).click();
  await expect(again.getByRole('heading', { level: 1, name: 'Troubleshooting' })).toBeVisible();
  // Where an error of the page leads.
  await again.goto(new URL('docs/errors.html#worker-timeout', url).href);
  await expect(again.locator('#worker-timeout')).toBeInViewport();
  expect(problems).toEqual([]);
  await again.getByRole('link', { name: 'Demo', exact: true }).click();
  await expect(again.locator('#query')).toBeVisible();

  // By that link without `device=wasm`: the runtime that a GPU needs was never here, which onnxruntime says to the console.
  await expect(again.getByTestId('error')).toContainText(RUNTIME_NOT_KEPT, { timeout: 60_000 });
  await expect(again.getByTestId('retry')).toHaveText('Use the CPU');
  await again.getByTestId('retry').click();
  await expect(again.getByTestId('foot-model')).toContainText('from cache', { timeout: 60_000 });
  await expect(again.getByTestId('device-badge')).toHaveText(threads!);
  expect(problems.filter((problem) => !/wasm|ArrayBuffer/.test(problem))).toEqual([]);
});

/** The site, rebuilt with another first page and another runtime. */
function nextVersion(server: TestServer): void {
  const edit =
    (type: string, change: (text: string) => string): Fault =>
    (_request, response, file) => {
      response.setHeader('Content-Type', type).end(change(file!.toString()));
      return true;
    };
  server.fault(
    '/sw.js',
    edit('text/javascript', (text) => {
      const changed = text
        .replace(/(url:`index\.html`,revision:`)[^`]+/, '$1next')
        .replaceAll(/assets\/ort-wasm-[\w.-]+\.wasm/g, (path) => path.replace('.wasm', 'next.wasm'));
      expect(changed).not.toBe(text);
      return changed;
    }),
  );
  server.fault(
    '/index.html',
    edit('text/html', (text) => text.replace('<body>', '<body data-version="next">')),
  );
}

test('a new version waits, is told of in every tab, and takes over when a button is pressed', async ({ page, context }) => {
  await page.goto(`${site.url}/index.html#search?device=wasm`);
  await loadModel(page);
  await controlled(page);
  await expect.poll(async () => (await keptPaths(page)).filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
  const before = await keptPaths(page);
  nextVersion(site);

  const second = await context.newPage();
  const problems = [page, second].map(watch);
  await second.goto(`${site.url}/index.html#classify?device=wasm`);
  const note = second.getByRole('complementary', { name: 'New version' });
  await expect(note).toContainText('A new version of this page is here.');
  await expect(second.locator('body')).not.toHaveAttribute('data-version');
  await expect(page.getByRole('complementary', { name: 'New version' })).toContainText('A new version of this page is here.');
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));

  await note.getByRole('button').click();
  await expect(second.locator('body[data-version=next]')).toBeVisible();
  await expect(second.locator('#classify-text')).toBeVisible();
  await expect(note).toBeHidden();
  // The other tab is told, and left alone until its user presses the button.
  await expect(page.getByRole('complementary', { name: 'New version' })).toContainText('Another tab has changed');
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  await page.getByTestId('use-new-version').click();
  await expect(page.locator('body[data-version=next]')).toBeVisible();

  const after = await keptPaths(second);
  const gone = before.filter((path) => !after.includes(path));
  expect(gone.map((path) => path.replace(/=\w+$/, '').replace(/-[^-]{8}\.wasm$/, '.wasm')).sort()).toEqual([
    '/assets/ort-wasm-simd-threaded.wasm',
    '/index.html?__WB_REVISION__',
  ]);
  expect(after.filter((path) => !before.includes(path) && !path.endsWith('.wasm'))).toEqual(['/index.html?__WB_REVISION__=next']);
  expect(problems).toEqual([[], []]);
});
