/** The Search view while a book of the user's is indexed: what a hand on the page would feel, and what an eye would see move. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { loadModel, test } from './demo-site.ts';

test(
  'no task of the page takes 50 ms, and nothing moves, while a book is indexed and searched',
  { tag: '@alone' },
  async ({ demo, site }) => {
    await demo.goto(`${site.url}/#search?device=wasm&source=files`);
    const book = await readFile(join(import.meta.dirname, '../../demo/public/alice.txt'));
    await demo.locator('#own-files').setInputFiles([{ name: 'alice.txt', mimeType: '', buffer: book }]);
    await loadModel(demo);
    const status = demo.getByTestId('files-status');
    const done = async () => Number(/Indexing: (\d+) of \d{3}/.exec((await status.textContent()) ?? '')?.[1] ?? 0);
    await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(0);
    await demo.locator('#query').fill('the white rabbit');
    await expect(demo.getByTestId('hybrid-results').locator('li:visible')).not.toHaveCount(0);

    await demo.evaluate(() => {
      const seen = { tasks: [] as number[], moved: 0 };
      (window as { seen?: typeof seen }).seen = seen;
      new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
        type: 'longtask',
      });
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
          if (!hadRecentInput) seen.moved += value;
      }).observe({ type: 'layout-shift' });
    });
    const before = await done();
    await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(before + 10);
    await demo.locator('#query').pressSequentially(' is late', { delay: 50 });
    await expect(demo.getByTestId('keyword-results').locator('mark', { hasText: 'late' }).first()).toBeVisible();
    const { tasks, moved } = await demo.evaluate(() => (window as { seen?: { tasks: number[]; moved: number } }).seen!);
    expect(Math.max(0, ...tasks)).toBeLessThan(50);
    // Less than a digit that takes another's place is seen to move.
    expect(moved).toBeLessThan(0.001);
  },
);
