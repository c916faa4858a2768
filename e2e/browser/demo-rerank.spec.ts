/** The Rerank view with both real models on WASM: the second one on demand, and one set of packages in two orders. */
import { expect, type Page } from '@playwright/test';
import { expectAboveFooter, expectAccessible, expectFitsPhone, indexSome, loadModel, onPhone, openView, test } from './demo-site.ts';

test.use({ apart: 'rerank' });

const rows = (page: Page, list: 'before' | 'after') => page.getByTestId(list).locator('li:visible');
const names = async (page: Page, list: 'before' | 'after') => rows(page, list).evaluateAll((all) => all.map((li) => li.dataset['name']!));

/** Every stage there is, each as long as it gets. */
async function expectTimingsInOneLine(page: Page): Promise<void> {
  const timings = page.getByTestId('timings');
  await expect(timings).toContainText(/tokenise.*wait.*model.*pool.*search/);
  const lines = await timings.evaluate((line) => {
    for (const term of line.querySelectorAll('.term')) term.textContent = term.textContent.replace(/[\d.,]+/, '88.8');
    return Math.round(line.getBoundingClientRect().height / parseFloat(getComputedStyle(line).lineHeight));
  });
  expect([page.viewportSize()!.width, lines]).toEqual([1280, 1]);
}

test('the reranker is fetched when it is asked for, and orders the same twenty anew', async ({ shared, site }) => {
  await openView(shared, 'Rerank');
  await loadModel(shared);
  await indexSome(shared, 24);
  await shared.locator('#rerank-query').fill('documentation of a library to play videos');
  await expect(rows(shared, 'before')).toHaveCount(20);
  await expect(rows(shared, 'after')).toHaveCount(0);
  await expectTimingsInOneLine(shared);
  expect(site.requests.filter((path) => path.includes('debian-reranker'))).toEqual([]);
  const load = shared.getByTestId('load').filter({ visible: true });
  await expect(load).toHaveText('Load the model (27 MB)');
  const restore = site.fault('/debian-reranker/onnx/', (_request, response) => {
    response.writeHead(404).end();
    return true;
  });
  await load.click();
  await expect(shared.getByTestId('error')).toHaveAttribute('data-code', 'model-file-missing', { timeout: 30_000 });
  restore();
  await shared.getByTestId('retry').click();
  await expect(rows(shared, 'after')).toHaveCount(20, { timeout: 60_000 });

  const [before, after] = [await names(shared, 'before'), await names(shared, 'after')];
  expect(after).not.toEqual(before);
  expect([...after].sort()).toEqual([...before].sort());
  const scores = (await rows(shared, 'after').locator('.score-number').allTextContents()).map(Number);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(scores[0]).toBeGreaterThan(scores[19]!);
  const was = await rows(shared, 'after').locator('.was').allTextContents();
  after.forEach((name, place) => {
    const from = before.indexOf(name);
    expect(was[place]).toBe(from === place ? 'same' : `${from > place ? '▲' : '▼'} was ${from + 1}`);
  });
  await expect(shared.locator('.move-lines line:not([visibility])')).toHaveCount(20);
  await expect(shared.getByTestId('timings')).toContainText('tokens');
});

test('by keyboard alone: arrows walk, Enter shows what was read, the hash keeps the package and not the text', async ({ shared }) => {
  await openView(shared, 'Rerank');
  await expect(rows(shared, 'after')).toHaveCount(20);
  const third = rows(shared, 'after').nth(2).getByRole('button');
  await rows(shared, 'after').first().getByRole('button').focus();
  await shared.keyboard.press('ArrowDown');
  await shared.keyboard.press('ArrowDown');
  await expect(third).toBeFocused();
  await shared.keyboard.press('Enter');
  await expect(third).toHaveAttribute('aria-pressed', 'true');
  const name = (await names(shared, 'after'))[2]!;
  await expect(shared.getByTestId('pair')).toContainText(name);
  await expect(shared.getByTestId('pair')).toContainText('place 3, score');
  await expect(shared.locator('.move-lines .picked')).toHaveCount(1);
  expect(new URLSearchParams(shared.url().split('?')[1]).get('package')).toBe(name);
  expect(shared.url()).not.toContain('documentation');
});

test('axe finds nothing, on a phone neither, where the first rows are in sight and the page scrolls in one direction', async ({
  shared,
}) => {
  await openView(shared, 'Rerank');
  await expectAccessible(shared);
  await expectFitsPhone(shared);
  await onPhone(shared, async () => {
    for (const list of ['before', 'after'] as const) await expectAboveFooter(shared, rows(shared, list).nth(2));
    // The row of views is scrolled: some of them are out of sight at its left.
    await expect.poll(() => shared.getByRole('navigation').evaluate((nav) => nav.scrollLeft)).toBeGreaterThan(0);
    await expectAccessible(shared);
  });
});
