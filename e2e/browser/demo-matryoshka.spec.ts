/** The Matryoshka view with the real model on WASM: what a shorter vector loses and saves, by mouse and by keyboard. */
import { expect, type Page } from '@playwright/test';
import { expectAccessible, expectFitsPhone, indexSome, loadModel, openView, test } from './demo-site.ts';

const recall = async (page: Page) => Number(/→ ([\d.]+)/.exec((await page.getByTestId('recall').textContent()) ?? '')?.[1]);
const moved = (page: Page) => page.getByTestId('moved').locator('li:visible');

test.beforeEach(async ({ shared }) => {
  await openView(shared, 'Matryoshka');
  await loadModel(shared);
  await indexSome(shared, 30);
});

test('whole vectors change nothing; sixteen bits of them a lot, and are a hundredth of the size', async ({ shared }) => {
  const slider = shared.getByTestId('dimensions');
  await shared.locator('#matryoshka-query').fill('erase a file so nobody can recover it');
  await slider.fill('384');
  await expect(shared.getByTestId('recall')).toHaveText('1.00 → 1.00');
  await expect(shared.getByTestId('matryoshka-note')).toContainText('0 places differ');
  await expect(moved(shared)).toHaveCount(10);
  await expect(shared.getByTestId('moved').locator('[data-move=same]')).toHaveCount(10);
  await expect(shared.getByTestId('lost')).toHaveText('None of the ten fell out.');

  await slider.fill('16');
  await shared.getByText('binary', { exact: true }).click();
  await expect(shared.locator('.costs')).toContainText('2 bytes a vector, of 1,536: 768 times smaller');
  await expect.poll(() => recall(shared)).toBeLessThan(0.95);
  // By chance it would be 0.01.
  expect(await recall(shared)).toBeGreaterThan(0.05);
  await expect(shared.getByTestId('moved').locator('[data-move=same]')).not.toHaveCount(10);
  await expect(shared.getByTestId('timings')).toContainText('ms');
});

test('by keyboard alone, and the hash keeps slider and switch but not the text', async ({ shared }) => {
  const slider = shared.getByTestId('dimensions');
  await slider.focus();
  await shared.keyboard.press('End');
  await shared.keyboard.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuetext', '368 of 384 values');
  await shared.keyboard.press('Tab');
  await expect(shared.locator('#precision-binary')).toBeFocused();
  await shared.keyboard.press('ArrowLeft');
  await expect(shared.locator('#precision-int8')).toBeChecked();
  await expect(shared.locator('.costs')).toContainText('372 bytes a vector');
  await expect.poll(() => recall(shared)).toBeGreaterThan(0.9);
  expect(shared.url()).toMatch(/#matryoshka\?.*dimensions=368.*precision=int8/);
  expect(shared.url()).not.toContain('erase');

  // A link brings both back; nonsense in it is a setting at which one sees something.
  await shared.evaluate(() => (location.hash = '#matryoshka?device=wasm&dimensions=64&precision=binary&example=email'));
  await expect(slider).toHaveValue('64');
  await expect(shared.locator('#matryoshka-query')).toHaveValue('get rid of unwanted email');
  await shared.evaluate(() => (location.hash = '#matryoshka?device=wasm&dimensions=many&precision=none'));
  await expect(slider).toHaveValue('128');
  await expect(shared.locator('#precision-fp32')).toBeChecked();
});

test('axe finds nothing, and a phone scrolls in one direction', async ({ shared }) => {
  await expectAccessible(shared);
  await expectFitsPhone(shared);
});
