/**
 * The main views on WebGPU, with tiny models, since it is computed in software here: each does its job on the device, and its numbers agree
 * with each other.
 */
import { expect, type Page } from '@playwright/test';
import { indexSome, loadModel, openView, test as base, tinyModel, watch } from './demo-site.ts';

const test = base.extend<{ gpu: Page }, { gpuPage: Page }>({
  /** One page for all of them: the software GPU takes seconds to compile the kernels of a model. */
  gpuPage: [
    async ({ browser, site }, use) => {
      const remove = tinyModel(site);
      const page = await browser.newPage({ serviceWorkers: 'block' });
      const problems = watch(page);
      await page.goto(`${site.url}/#classify?device=webgpu`);
      await loadModel(page);
      await use(page);
      await page.close();
      remove();
      expect(problems).toEqual([]);
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  /** Still on the device when the test ends, and nothing went wrong. */
  gpu: async ({ gpuPage }, use) => {
    await use(gpuPage);
    await expect(gpuPage.getByTestId('device-badge')).toContainText('WebGPU');
    await expect(gpuPage.getByTestId('error').filter({ visible: true })).toHaveCount(0);
  },
});
test.use({ apart: 'webgpu' });

const timeout = 60_000;

test('Classify: a head over the vectors of the device', async ({ gpu }) => {
  await openView(gpu, 'Classify');
  await gpu.locator('#classify-text').fill('a library for Ruby');
  await expect(gpu.getByTestId('headline')).toContainText('4 %', { timeout }); // the tiny head finds each of the 28 as likely
  await expect(gpu.getByTestId('labels').locator('li')).toHaveCount(28);
  await expect(gpu.getByTestId('timings')).toContainText('6 tokens');
});

test('Tokens: rows of tokens, and the device’s mean of them is what embed answers', async ({ gpu }) => {
  await openView(gpu, 'Tokens');
  await gpu.locator('#tokens-text').fill('Tokenizing pebbles');
  await expect(gpu.getByTestId('tokens').getByRole('radio')).toHaveCount(5, { timeout });
  await expect(gpu.getByTestId('pooling-check')).toContainText('cosine 1.0000', { timeout });
  await expect(gpu.getByTestId('timings')).toContainText('5 tokens');
});

test('Long text: chunks on the device, one vector, the same that embed answers', async ({ gpu }) => {
  await openView(gpu, 'Long text');
  await gpu.locator('#long-text').fill('The kettle sang while the guests poured tea and buttered their bread. '.repeat(60));
  await expect(gpu.getByTestId('read-status')).toContainText(/tokens → 4 chunks of 256 → 1 vector/, { timeout });
  await gpu.getByTestId('compare').click();
  await expect(gpu.getByTestId('whole-check')).toContainText('cosine 1.0000', { timeout });
  await gpu.locator('#long-query').fill('sailors in bad weather');
  await expect(gpu.getByTestId('best-chunks').getByRole('button').first()).toBeVisible({ timeout });
});

test('Matryoshka: vectors of the device, shortened', async ({ gpu }) => {
  await openView(gpu, 'Matryoshka');
  await indexSome(gpu, 24);
  await gpu.locator('#matryoshka-query').fill('a game of chess');
  await gpu.getByTestId('dimensions').fill('16');
  await expect(gpu.getByTestId('moved').locator('li:visible')).toHaveCount(10, { timeout });
  await expect(gpu.getByTestId('recall')).toHaveText(/^1\.00 → 0\.\d\d$/, { timeout });
});

test('Rerank: pairs read on the device', async ({ gpu }) => {
  await openView(gpu, 'Rerank');
  await indexSome(gpu, 24);
  await gpu.locator('#rerank-query').fill('documentation of a library to play videos');
  await expect(gpu.getByTestId('before').locator('li:visible')).toHaveCount(20, { timeout });
  await gpu.getByTestId('load').filter({ visible: true }).click();
  const after = gpu.getByTestId('after').locator('li:visible');
  await expect(after).toHaveCount(20, { timeout });
  const scores = (await after.locator('.score-number').allTextContents()).map(Number);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
});

test('Map: vectors of the device laid out, and the nearest to a query', async ({ gpu }) => {
  await openView(gpu, 'Map');
  await indexSome(gpu, 24);
  await expect(gpu.getByTestId('map-note')).toContainText(/^\d+ points, laid out in /, { timeout });
  await gpu.locator('#map-query').fill('a game of chess');
  await expect(gpu.locator('#map-list-heading')).toHaveText('Nearest to your query', { timeout });
  const nearest = gpu.getByTestId('map-list').locator('button');
  await expect(nearest).toHaveCount(10, { timeout });
  const scores = (await nearest.locator('.numbers').allTextContents()).map(Number);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(scores[0]).toBeGreaterThan(scores[9]!);
});

test('Benchmark: the device alone, measured at one text a call; larger batches are cancelled', async ({ gpu }) => {
  await openView(gpu, 'Benchmark');
  await gpu.locator('#bench-webgpu').check();
  await gpu.locator('#bench-wasm').uncheck();
  await gpu.getByTestId('bench').click();
  await expect(gpu.getByTestId('bench-step')).toContainText('WebGPU: 2 texts a call', { timeout });
  await gpu.getByTestId('bench').click();
  await expect(gpu.getByTestId('bench-step')).toContainText('Cancelled. What was measured is kept.');
  const speeds = gpu.getByTestId('speeds');
  await expect(speeds.locator('tbody tr').first().locator('th, td')).toHaveText(['1', /^[1-9][\d,]* tokens\/s · [\d.]+ ms$/]);
  await expect(gpu.getByTestId('speed-chart')).toHaveAttribute('aria-label', /WebGPU: up to [1-9]/);
});

test('API: the stock client is answered by the device', async ({ gpu }) => {
  await openView(gpu, 'API');
  await expect(gpu.getByTestId('answers')).toContainText('32 numbers', { timeout });
});
