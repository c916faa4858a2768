/** The Classify view with the real model and its head on WASM: bars that move while one types. */
import { expect, type Page } from '@playwright/test';
import { expectAccessible, expectFitsPhone, loadModel, openView, test } from './demo-site.ts';

const share = async (page: Page, label: string) =>
  Number(/\d+/.exec((await page.getByTestId('labels').locator(`[data-label=${label}] .score-number`).textContent()) ?? '')?.[0]);

/** How much of a bar is drawn, from 0 to 1. */
const drawn = (page: Page, label: string) =>
  page
    .getByTestId('labels')
    .locator(`[data-label=${label}] .bar-fill`)
    .evaluate((fill) => fill.getBoundingClientRect().width / fill.parentElement!.getBoundingClientRect().width);

test.beforeEach(async ({ shared }) => {
  await openView(shared, 'Classify');
  await loadModel(shared);
});

test('the bars follow the text as it is typed', async ({ shared }) => {
  const text = shared.locator('#classify-text');
  await text.fill('');
  await expect(shared.getByTestId('labels')).toBeHidden();
  await text.pressSequentially('a library for ', { delay: 5 });
  await text.pressSequentially('Haskell', { delay: 5 });
  await expect(shared.getByTestId('headline')).toContainText(/^haskell/);
  expect(await share(shared, 'haskell')).toBeGreaterThan(50);
  await text.fill('a library for Ruby');
  await expect(shared.getByTestId('headline')).toContainText(/^ruby/);
  expect(await share(shared, 'ruby')).toBeGreaterThan(50);
  expect(await share(shared, 'haskell')).toBeLessThan(20);
  // They glide there.
  for (const label of ['ruby', 'haskell']) {
    const wanted = (await share(shared, label)) / 100;
    await expect.poll(async () => Math.abs((await drawn(shared, label)) - wanted)).toBeLessThan(0.02);
  }
  await expect(shared.getByTestId('labels').locator('li')).toHaveCount(28);
  await expect(shared.getByTestId('timings')).toContainText('tokens');
  expect(shared.url()).not.toContain('Ruby');
});

test('by keyboard alone: an example, and a package whose section Debian tells', async ({ shared }) => {
  await shared.locator('#classify-text').focus();
  await shared.keyboard.press('Tab');
  await shared.keyboard.press('Enter');
  await expect(shared.getByTestId('headline')).toContainText('games');
  expect(shared.url()).toContain('example=chess');
  await shared.getByTestId('any-package').focus();
  await shared.keyboard.press('Enter');
  await expect(shared.getByTestId('truth')).toContainText('no fair test');
  expect(shared.url()).toMatch(/package=.+/);

  await shared.evaluate(() => (location.hash = '#classify?device=wasm&package=unrtf'));
  await expect(shared.getByTestId('truth')).toContainText('unrtf is in Debian’s section text');
  await expect(shared.getByTestId('headline')).toContainText('text');
  await shared.evaluate(() => (location.hash = '#classify?device=wasm&package=photofilmstrip'));
  await expect(shared.getByTestId('truth')).toContainText('none of the 28');
});

test('axe finds nothing, and a phone scrolls in one direction', async ({ shared }) => {
  await expectAccessible(shared);
  await expectFitsPhone(shared);
});
