/** Pictures of each view at the widths of a laptop and of a phone, in light and in dark. The model, the corpus and the answers are real. */
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { loadModel, test } from '../browser/demo-site.ts';

const folder = join(import.meta.dirname, '../../docs/screenshots');
const sizes = [
  { width: 1280, height: 1000 },
  { width: 390, height: 844 },
];

const done = { timeout: 600_000 };
const visible = (page: Page, id: string) => page.getByTestId(id).filter({ visible: true });

/** A view's state in the hash, and what is seen when it is there. */
const views: readonly { name: string; hash: string; isThere(page: Page): Promise<void> }[] = [
  {
    name: 'search',
    hash: 'search?example=shrink',
    isThere: async (page) => {
      await expect(visible(page, 'index-status')).not.toContainText('Indexing', done);
      await expect(page.getByTestId('timings')).toContainText('tokens', done);
    },
  },
  {
    name: 'long-text',
    hash: 'long-text?sample=alice&query=tea',
    isThere: async (page) => {
      await expect(page.getByTestId('read-status')).toContainText('1 vector', done);
      await expect(page.getByTestId('best-chunks').getByRole('button').first()).toBeVisible(done);
    },
  },
  {
    name: 'matryoshka',
    hash: 'matryoshka?dimensions=128&example=erase',
    isThere: (page) => expect(page.getByTestId('moved').locator('li:visible')).toHaveCount(10, done),
  },
  {
    name: 'classify',
    hash: 'classify?example=chess',
    isThere: (page) => expect(page.getByTestId('headline')).toContainText('games', done),
  },
  {
    name: 'rerank',
    hash: 'rerank?example=music',
    isThere: async (page) => {
      await visible(page, 'load').click();
      await expect(page.getByTestId('after').locator('li:visible')).toHaveCount(20, done);
    },
  },
  {
    name: 'tokens',
    hash: 'tokens?example=river',
    isThere: (page) => expect(page.getByTestId('pooling-check')).toContainText('cosine 1.0000', done),
  },
  {
    name: 'map',
    hash: 'map?example=ebook',
    isThere: (page) => expect(page.getByTestId('map-note')).toContainText('points, laid out', done),
  },
  {
    name: 'benchmark',
    hash: 'benchmark',
    isThere: async (page) => {
      const webgpu = page.locator('#bench-webgpu');
      if (await webgpu.count()) await webgpu.uncheck(); // in software it takes minutes
      await page.locator('label[for="bench-most-16"]').click();
      await page.getByTestId('bench').click();
      await expect(page.getByTestId('bench-step')).toContainText('Done.', done);
    },
  },
  {
    name: 'api',
    hash: 'api?example=embeddings',
    isThere: (page) => expect(page.getByTestId('answers')).toContainText('384 numbers', done),
  },
];

test('pictures of every view', async ({ shared }) => {
  await loadModel(shared);
  for (const { name, hash, isThere } of views) {
    await shared.setViewportSize(sizes[0]!);
    await shared.evaluate((to) => (location.hash = to), `#${hash}${hash.includes('?') ? '&' : '?'}device=wasm`);
    await isThere(shared);
    for (const size of sizes)
      for (const colorScheme of ['light', 'dark'] as const) {
        await shared.setViewportSize(size);
        await shared.emulateMedia({ colorScheme });
        await shared.evaluate(() => scrollTo(0, 0));
        // Charts draw in the next frame after a new size or colour.
        await shared.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        await shared.screenshot({ path: join(folder, `${name}-${size.width}-${colorScheme}.png`), animations: 'disabled' });
      }
  }
});
