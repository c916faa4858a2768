/** The Search view over the packages, with the real model on WASM: three lists side by side, and one at a time on a phone. */
import { expect, type Page } from '@playwright/test';
import { expectAboveFooter, expectAccessible, expectFitsPhone, indexSome, loadModel, openView, test } from './demo-site.ts';

const rows = (page: Page, list: 'keyword' | 'meaning' | 'hybrid') => page.getByTestId(`${list}-results`).locator('li:visible');

test('Hybrid says of each hit where it stands in the two lists beside it, and orders by that', async ({ shared }) => {
  await openView(shared, 'Search');
  await loadModel(shared);
  await indexSome(shared, 40);
  await shared.locator('#query').fill('library to read image files');
  await expect(rows(shared, 'hybrid')).toHaveCount(10);
  await expect(shared.getByTestId('hybrid-note')).toContainText('packages indexed so far');
  const names = async (list: 'keyword' | 'meaning') => rows(shared, list).evaluateAll((all) => all.map((li) => li.dataset['name']!));
  // The two lists are drawn one after the other.
  const agree = async () => {
    const beside = { keyword: await names('keyword'), meaning: await names('meaning') };
    const said = await rows(shared, 'hybrid').evaluateAll((all) =>
      all.map((li) => ({ name: li.dataset['name']!, places: li.querySelector('.apart')!.textContent! })),
    );
    return said.every(({ name, places }) =>
      (['keyword', 'meaning'] as const).every((list) => {
        const place = Number(new RegExp(`${list} (\\d+)`).exec(places)?.[1] ?? Infinity);
        return place <= 10 ? beside[list][place - 1] === name : !beside[list].includes(name);
      }),
    );
  };
  await expect.poll(agree).toBe(true);
  const scores = (await rows(shared, 'hybrid').locator('.score-number').allTextContents()).map(Number);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(scores[0]).toBeLessThanOrEqual(0.095);
  expect(scores[9]).toBeGreaterThan(0);
  await expect(rows(shared, 'hybrid').locator('mark').first()).toBeVisible();
  await expectAccessible(shared);
});

test('a phone shows one list, which is in the hash', async ({ shared }) => {
  await openView(shared, 'Search');
  await shared.setViewportSize({ width: 390, height: 844 });
  // The third hit, too, stands above the footer.
  await shared.locator('#query').fill('library to read image files');
  await expect(
    rows(shared, 'keyword').nth(2).locator('.name').or(rows(shared, 'meaning').nth(2).locator('.name')).first(),
  ).toBeInViewport();
  await expectAboveFooter(shared, shared.locator('.column:visible li:visible').nth(2));
  for (const list of ['keyword', 'meaning', 'hybrid'] as const) {
    await shared.getByTestId(`show-${list}`).click();
    await expect(shared.locator('.column:visible')).toHaveCount(1);
    await expect(rows(shared, list).first()).toBeVisible();
    expect(shared.url()).toContain(`list=${list}`);
  }
  await shared.setViewportSize({ width: 1280, height: 720 });
  await expectFitsPhone(shared);
});
