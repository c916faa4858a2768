/** The Long text view with the real model on WASM: chunks, bars, stop and go on, the whole against embed, by mouse and by keyboard. */
import { expect, type Page } from '@playwright/test';
import { expectAccessible, expectFitsPhone, loadModel, openView, test } from './demo-site.ts';

const bars = (page: Page) => page.getByTestId('chunk-bars');
const status = (page: Page) => page.getByTestId('read-status');
const tea = 'The kettle sang while the guests poured tea and buttered their bread. ';
const sea = 'The ship rolled in the storm, and the waves broke over its deck. ';

test.beforeEach(async ({ shared }) => {
  await openView(shared, 'Long text');
  await loadModel(shared);
});

test('a long text becomes chunks of 256 tokens and one vector, the same that embed answers; writing on computes only what is new', async ({
  shared,
}) => {
  await shared.locator('#long-text').fill(tea.repeat(30) + sea.repeat(30));
  await expect(status(shared)).toContainText(/^872 tokens → 4 chunks of 256 → 1 vector/, { timeout: 20_000 });
  await expect(bars(shared)).toHaveAttribute('aria-valuemax', '4');
  await expect(shared.getByTestId('bars-note')).toContainText('Each weighs 256 tokens, the last one 104.');
  await shared.getByTestId('compare').click();
  await expect(shared.getByTestId('whole-check')).toContainText('cosine 1.0000', { timeout: 20_000 });

  await shared.locator('#long-text').fill(tea.repeat(30) + sea.repeat(31));
  await expect(status(shared)).toContainText('887 tokens → 4 chunks of 256 → 1 vector', { timeout: 20_000 });
  await expect(status(shared)).toContainText('119 tokens were new');
  await expect(shared.getByTestId('whole-check')).toHaveText('');
});

test('a query lifts the chunks that mean it, and by keyboard alone one walks through them', async ({ shared }) => {
  await shared.locator('#long-text').fill(tea.repeat(30) + sea.repeat(30));
  await expect(status(shared)).toContainText('872 tokens → 4 chunks of 256 → 1 vector', { timeout: 20_000 });
  await shared.locator('#long-query').fill('sailors in bad weather');
  await expect(bars(shared)).toHaveAttribute('aria-valuetext', /^4 of 4, cosine to your query 0\.3/, { timeout: 20_000 });
  await expect(shared.getByTestId('chunk-text')).toContainText('The ship rolled');
  await expect(shared.getByTestId('best-chunks').getByRole('button').first()).toHaveText(/^Chunk 4 · 0\.3/);
  await bars(shared).focus();
  await shared.keyboard.press('Home');
  await expect(bars(shared)).toHaveAttribute('aria-valuetext', /^1 of 4, cosine to your query −?0\.[01]/);
  await expect(shared.getByTestId('chunk-text')).toContainText('The kettle sang');
  await shared.keyboard.press('ArrowRight');
  await expect(shared.getByTestId('chunk-words')).toContainText('Chunk 2 of 4');
  expect(shared.url()).toContain('chunk=2');
  const box = (await bars(shared).boundingBox())!;
  await shared.mouse.click(box.x + box.width * 0.9, box.y + 60);
  await expect(shared.getByTestId('chunk-words')).toContainText('Chunk 4 of 4');
  expect(shared.url()).not.toContain('sailors');
});

test('a book is fetched on demand, stopped and gone on with, and no task of the page takes long', { tag: '@alone' }, async ({ shared }) => {
  await shared.evaluate(() => {
    const tasks: number[] = ((window as { tasks?: number[] }).tasks = []);
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  });
  await shared.getByRole('button', { name: /^Alice’s Adventures in Wonderland \(0\.1 MB\)/ }).click();
  await expect(status(shared)).toContainText(/Reading: [1-9]\d* of 1\d\d chunks/, { timeout: 20_000 });
  await shared.getByTestId('stop').click();
  await expect(status(shared)).toContainText(/Stopped at [1-9]\d* of 1\d\d chunks/);
  const stopped = Number(/Stopped at (\d+)/.exec((await status(shared).textContent())!)![1]);
  await shared.getByTestId('go-on').click();
  await expect
    .poll(async () => Number(/Reading: (\d+)/.exec((await status(shared).textContent())!)?.[1] ?? 0), { timeout: 20_000 })
    .toBeGreaterThan(stopped);
  await shared.getByTestId('stop').click();
  await expect(shared.getByTestId('chunk-text')).not.toBeEmpty();
  expect(shared.url()).toContain('sample=alice');
  expect(Math.max(0, ...(await shared.evaluate(() => (window as { tasks?: number[] }).tasks!)))).toBeLessThan(50);
});

test('a file that is no text is refused in words, and another one taken', async ({ shared }) => {
  const file = shared.locator('#long-text-file');
  await file.setInputFiles({ name: 'picture.png', mimeType: 'image/png', buffer: Buffer.from([0x89, 0x50, 0xff, 0xfe]) });
  await expect(shared.getByTestId('error').filter({ visible: true })).toContainText('This file could not be read.');
  await file.setInputFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('A short note about whales.') });
  await expect(status(shared)).toContainText('8 tokens → 1 chunk');
  await expect(shared.locator('#long-text-note')).toHaveText('note.txt: 26 characters.');
});

test('a link to a chunk of a book fetches the book and picks the chunk', async ({ shared }) => {
  await shared.evaluate(() => (location.hash = '#long-text?sample=alice&chunk=5'));
  await expect(shared.getByTestId('chunk-words')).toContainText(/^Chunk 5 of 1\d\d/, { timeout: 20_000 });
  await shared.getByTestId('stop').click();
  expect(shared.url()).toContain('chunk=5');
});

test('axe finds nothing, and a phone scrolls in one direction', async ({ shared }) => {
  await expectAccessible(shared);
  await expectFitsPhone(shared);
});
