/** The built page as the demo's tests open it: served from site/, with every console error and uncaught exception a failure. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test as base, type Locator, type Page } from '@playwright/test';
import { sendFile, startServer, type TestServer } from '../server.ts';

const root = join(import.meta.dirname, '../..');

export const test = base.extend<{ demo: Page }, { apart: string; site: TestServer; shared: Page }>({
  /** A file that names itself here has a server and a shared page of its own: whatever other files loaded is not loaded there. */
  apart: ['', { option: true, scope: 'worker' }],
  // It would fetch the whole site for each test, and hide faults of the server. Its own tests are demo-offline.spec.ts.
  serviceWorkers: 'block',
  site: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await startServer(join(root, 'site'));
      await use(server);
      await server.close();
    },
    { scope: 'worker' },
  ],
  /** A page for each test. */
  demo: async ({ page, site }, use) => {
    const problems = watch(page);
    await page.goto(site.url);
    await use(page);
    expect(problems).toEqual([]);
  },
  /** One page for all tests, of several files too, so that the model is loaded once. */
  shared: [
    async ({ browser, site }, use) => {
      const page = await browser.newPage({ serviceWorkers: 'block' });
      const problems = watch(page);
      await page.goto(`${site.url}/#search?device=wasm`);
      await use(page);
      await page.close();
      expect(problems).toEqual([]);
    },
    { scope: 'worker' },
  ],
});

/** What goes wrong in the page from here on. */
export function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // The browser itself logs a failed request, which the tests of errors ask for.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(message.text());
  });
  return problems;
}

export const openView = (page: Page, label: string) => page.getByRole('navigation').getByRole('link', { name: label, exact: true }).click();

/** Loads the embedder from the view that is open, if that was not done before. */
export async function loadModel(page: Page): Promise<void> {
  const load = page.locator('[data-testid=load][data-model=all-MiniLM-L6-v2]').filter({ visible: true });
  const loaded = page.getByTestId('foot-model').filter({ hasText: /downloaded|cache/ });
  await expect(load.or(loaded).first()).toBeVisible();
  if (await load.count()) await load.click();
  await expect(loaded).toBeVisible({ timeout: 60_000 });
}

/** Waits until so many packages are indexed. */
export async function indexed(page: Page, atLeast: number): Promise<void> {
  const status = page.getByTestId('index-status').filter({ visible: true });
  // On the shared page another test may have paused it at fewer.
  const resume = page.getByTestId('resume').filter({ visible: true });
  if (await resume.count()) await resume.click();
  const done = async () => Number(/^\D*([\d,]+)/.exec((await status.textContent()) ?? '')?.[1]?.replace(',', '') ?? 0);
  await expect.poll(done, { timeout: 90_000 }).toBeGreaterThanOrEqual(atLeast);
}

/** The same, and stops there: all of them would take a minute. */
export async function indexSome(page: Page, atLeast: number): Promise<void> {
  await indexed(page, atLeast);
  const pause = page.getByTestId('pause').filter({ visible: true });
  if (await pause.count()) await pause.click();
}

/** axe finds nothing, in light and in dark, which differ by nothing but contrast. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const axe = new AxeBuilder({ page }).setLegacyMode(); // no frames here, so no second page for them
    if (colorScheme === 'dark') axe.withRules(['color-contrast']);
    const { violations } = await axe.analyze();
    expect(
      violations.map(
        ({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ target, any }) => `${target} ${any[0]?.message}`).join('; ')}`,
      ),
    ).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** In a window as small as a phone's. */
export async function onPhone(page: Page, check: () => Promise<unknown>): Promise<void> {
  const size = page.viewportSize()!;
  await page.setViewportSize({ width: 390, height: 844 });
  await check();
  await page.setViewportSize(size);
}

/** Nothing to scroll sideways at the width of a phone, and no sentence of a panel is cut off. */
export const expectFitsPhone = (page: Page) =>
  onPhone(page, async () => {
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    const panels = page.locator('.panel').filter({ visible: true });
    const cut = await panels.locator('p').evaluateAll((all) => all.filter((p) => p.scrollWidth > p.clientWidth).map((p) => p.textContent));
    const covered = await panels.evaluateAll((all) =>
      all.filter((one) => one.scrollHeight > one.clientHeight).map((one) => one.textContent),
    );
    expect([...cut, ...covered]).toEqual([]);
  });

/** Without scrolling: it ends above the footer. */
export async function expectAboveFooter(page: Page, element: Locator): Promise<void> {
  const [box, footer] = [(await element.boundingBox())!, (await page.locator('#footer').boundingBox())!];
  expect(box.y + box.height).toBeLessThanOrEqual(footer.y);
}

/** Serves tiny models under the real ones' addresses, with a head of their size: WebGPU in software needs minutes for the real ones. */
export function tinyModel(site: TestServer, embedder = 'tiny-bert'): () => void {
  const removeHead = site.fault('/head.safetensors', (request, response) => {
    sendFile(request, response, headOf(28, 32), 'head.safetensors');
    return true;
  });
  const removals = [removeHead, serveAs(site, 'all-MiniLM-L6-v2', embedder), serveAs(site, 'debian-reranker', 'tiny-bert-reranker')];
  return () => removals.forEach((remove) => remove());
}

function serveAs(site: TestServer, model: string, tiny: string): () => void {
  return site.fault(`/models/${model}/`, (request, response) => {
    const path = request.url!.split(`/${model}/`)[1]!;
    const own = readFile(join(root, 'e2e/models', tiny, path));
    // Where a tiny model has no tokenizer, its words are the large one's.
    const file = path === 'tokenizer.json' ? own.catch(() => readFile(join(root, 'models/all-MiniLM-L6-v2', path))) : own;
    file.then(
      (bytes) => sendFile(request, response, bytes, path),
      () => response.writeHead(404).end(),
    );
    return true;
  });
}

/** A head file of zeros: every class is as likely. */
function headOf(classes: number, size: number): Buffer {
  const end = classes * 4;
  const tensors = {
    bias: { dtype: 'F32', shape: [classes], data_offsets: [0, end] },
    weight: { dtype: 'F32', shape: [classes, size], data_offsets: [end, end * (size + 1)] },
  };
  const header = Buffer.from(JSON.stringify(tensors));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(end * (size + 1))]);
}
