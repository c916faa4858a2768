/**
 * What a visitor waits for, measured: bytes before the first paint, tasks of the main thread while packages are indexed, and things that
 * move by themselves.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, type Page } from '@playwright/test';
import { sendFile } from '../server.ts';
import { indexed, test, tinyModel } from './demo-site.ts';

test('first paint takes less than 100 kB, compressed, and no model', async ({ page, site }) => {
  const came: Promise<{ path: string; bytes: number }>[] = [];
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    expect(path).not.toMatch(/\.(onnx|wasm)$/);
    came.push(response.body().then((body) => ({ path, bytes: gzipSync(body).length })));
  });
  await page.goto(site.url);
  await expect(page.locator('h1')).toBeVisible();
  await page.waitForLoadState('networkidle');
  const begun = await page.evaluate(() => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0]!.startTime;
    const before = performance.getEntriesByType('resource').filter(({ startTime }) => startTime < paint);
    return [location.pathname, ...before.map(({ name }) => new URL(name).pathname)];
  });
  const files = await Promise.all(came);
  const sum = (some: typeof files) => some.reduce((all, { bytes }) => all + bytes, 0);
  const first = sum(files.filter(({ path }) => begun.includes(path)));
  // The corpus comes after the first paint, and only for views that use it.
  const code = sum(files.filter(({ path }) => !path.endsWith('packages.json')));
  console.log(
    `    ${kilobytes(first)} kB gz were asked for before the first paint, ${kilobytes(code)} kB until the first view was at rest`,
  );
  expect(first).toBeGreaterThan(10_000);
  expect(code).toBeGreaterThanOrEqual(first);
  expect(code).toBeLessThan(100_000);
});

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);

interface Shift {
  at: number;
  value: number;
  moved: string[];
}

declare global {
  interface Window {
    /** Since `watchPage`: milliseconds of each long task, and what moved without a press or a key just before. */
    longTasks: number[];
    shifts: Shift[];
  }
}

/** From now on. */
const watchPage = (page: Page) =>
  page.evaluate(() => {
    window.longTasks = [];
    window.shifts = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
    type Entry = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node: Node | null }[] };
    new PerformanceObserver((list) => {
      for (const { startTime: at, value, hadRecentInput, sources } of list.getEntries() as Entry[]) {
        const moved = sources.map(({ node }) => (node instanceof Element ? node.outerHTML.slice(0, 120) : (node?.textContent ?? '')));
        if (!hadRecentInput) window.shifts.push({ at, value, moved });
      }
    }).observe({ type: 'layout-shift' });
  });

async function ask(page: Page, input: string): Promise<void> {
  await page.locator(input).click();
  await page.keyboard.type('erase a file so nobody can recover it');
}

test('no task of the main thread is over 50 ms while packages are indexed and searched', { tag: '@alone' }, async ({ page, site }) => {
  await page.goto(`${site.url}/#search?device=wasm`);
  await ask(page, '#query');
  await page.getByTestId('load').click();
  await indexed(page, 8);
  await watchPage(page);
  await indexed(page, 64);
  await expect(page.getByTestId('meaning-results').locator('li:visible').first()).toBeVisible();
  expect(await page.evaluate(() => window.longTasks)).toEqual([]);
});

/** CLS as web.dev/articles/cls has it: the worst burst, of shifts less than a second apart and five in all. */
function cumulativeShift(shifts: readonly Shift[]): number {
  let [worst, burst, first, last] = [0, 0, -Infinity, -Infinity];
  for (const { at, value } of shifts) {
    if (at - last >= 1_000 || at - first >= 5_000) [burst, first] = [0, at];
    last = at;
    worst = Math.max(worst, (burst += value));
  }
  return worst;
}

const streams = [
  { view: 'search', input: '#query', results: (page: Page) => page.getByTestId('meaning-results').locator('li:visible') },
  { view: 'matryoshka', input: '#matryoshka-query', results: (page: Page) => page.getByTestId('moved').locator('li:visible') },
  { view: 'rerank', input: '#rerank-query', results: (page: Page) => page.getByTestId('before').locator('li:visible') },
  { view: 'map', input: '#map-query', results: (page: Page) => page.getByTestId('map-list').locator('button') },
];

/** Of the packages the first, with a tiny model: the same states in a few seconds, from the first package to the last. */
const FEW = 300;
const packages = JSON.parse(await readFile(join(import.meta.dirname, '../../site/packages.json'), 'utf8')) as unknown[];
const few = Buffer.from(JSON.stringify(packages.slice(0, FEW)));

for (const { view, input, results } of streams)
  for (const width of [1280, 390])
    test(`nothing moves by itself while results stream in: ${view}, ${width} pixels`, async ({ page, site }) => {
      const removeModel = tinyModel(site);
      const removeFew = site.fault('/packages.json', (request, response) => {
        sendFile(request, response, few, 'packages.json');
        return true;
      });
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`${site.url}/#${view}?device=wasm`);
      await ask(page, input);
      await watchPage(page);
      await page.getByTestId('load').filter({ visible: true }).click();
      await indexed(page, 8);
      if (view === 'search' && width < 720) await page.getByTestId('show-meaning').click();
      await indexed(page, FEW);
      await expect(results(page).first()).toBeVisible({ timeout: 60_000 });
      await expect(page.getByTestId('index-status').filter({ visible: true })).toContainText(/^All /);
      const shifts = await page.evaluate(() => window.shifts);
      const shift = cumulativeShift(shifts);
      console.log(`    layout shift: ${shift.toFixed(4)}`);
      // 0.1 is called good. What is left here are words of a row that stand further left or right than those of the hit that was there before.
      expect(shift, JSON.stringify(shifts)).toBeLessThan(0.02);
      removeFew();
      removeModel();
    });
