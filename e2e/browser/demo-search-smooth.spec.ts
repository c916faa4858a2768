/** The Search view while a book of the user's is indexed: what a hand on the page would feel, and what an eye would see move. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { loadModel, test } from './demo-site.ts';

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  args: { name?: string };
  /** Microseconds of the CPU: what other processes take away does not count. */
  tdur?: number;
}

/** Milliseconds of the longest task of a page's main thread. */
function longestTask(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
  const mains = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread));
  const tasks = traceEvents.filter((event) => event.name.endsWith('RunTask') && mains.has(thread(event)));
  expect(tasks.length).toBeGreaterThan(100);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
}

test(
  'no task of the page takes 50 ms, and nothing moves, while a book is indexed and searched',
  { tag: '@alone' },
  async ({ demo, site, browser }) => {
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
      const seen = ((window as { seen?: { moved: number } }).seen = { moved: 0 });
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput } of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
          if (!hadRecentInput) seen.moved += value;
      }).observe({ type: 'layout-shift' });
    });
    await browser.startTracing(demo, { categories: ['toplevel'] });
    const before = await done();
    await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(before + 10);
    await demo.locator('#query').pressSequentially(' is late', { delay: 50 });
    await expect(demo.getByTestId('keyword-results').locator('mark', { hasText: 'late' }).first()).toBeVisible();
    expect(longestTask(await browser.stopTracing())).toBeLessThan(50);
    // Less than a digit that takes another's place is seen to move.
    expect(await demo.evaluate(() => (window as { seen?: { moved: number } }).seen!.moved)).toBeLessThan(0.001);
  },
);
