/** The Tokens view with the real model on WASM: tokens and their places, the grid, the poolings, by mouse and by keyboard. */
import { expect, type Page } from '@playwright/test';
import { expectAccessible, expectFitsPhone, loadModel, openView, test } from './demo-site.ts';

const chips = (page: Page) => page.getByTestId('tokens').getByRole('radio');
const grid = (page: Page) => page.getByTestId('similarity-grid');
const poolings = (page: Page) => page.getByTestId('poolings');

test.beforeEach(async ({ shared }) => {
  await openView(shared, 'Tokens');
  await loadModel(shared);
});

test('takes a sentence apart: tokens with their places, one cosine for each two of them', async ({ shared }) => {
  await shared.locator('#tokens-text').fill('Tokenizing pebbles');
  await expect(chips(shared)).toHaveText([/^\[CLS\]added$/, /^token0–5$/, /^##izing5–10$/, /^pebbles11–18$/, /^\[SEP\]added$/]);
  await expect(grid(shared).locator('tbody tr')).toHaveCount(5);
  await expect(grid(shared).locator('tbody tr').nth(2).locator('td').nth(2)).toHaveText('1.00');
  const [across, back] = [
    await grid(shared).locator('tbody tr').nth(1).locator('td').nth(3).textContent(),
    await grid(shared).locator('tbody tr').nth(3).locator('td').nth(1).textContent(),
  ];
  expect(across).toBe(back);
  await expect(shared.getByTestId('timings')).toContainText('5 tokens');
  await shared.locator('#tokens-text').fill('猫 🐈');
  await chips(shared).filter({ hasText: '[UNK]' }).first().click();
  await expect(shared.getByTestId('token-detail')).toContainText('no piece of');
  await shared.locator('#tokens-text').fill('Tokenizing pebbles');
  await expect(shared.getByTestId('timings')).toContainText('5 tokens');
  // Each view has its own.
  await openView(shared, 'Benchmark');
  await expect(shared.getByTestId('timings')).toHaveText('nothing computed yet');
  await openView(shared, 'Tokens');
  await expect(shared.getByTestId('timings')).toContainText('5 tokens');
});

test('pools the same rows in four ways, and the mean is what embed answers', async ({ shared }) => {
  await shared.getByRole('button', { name: 'The bank raised its interest rates' }).click();
  await expect(chips(shared)).toHaveCount(8);
  await expect(shared.getByTestId('pooling-check')).toContainText('cosine 1.0000');
  await expect(poolings(shared).locator('tbody tr').nth(0).locator('td').nth(0)).toHaveText('1.00');
  expect(Number(await poolings(shared).locator('tbody tr').nth(0).locator('td').nth(2).textContent())).toBeLessThan(0.9);
  // What is drawn differs as well.
  const strips = await shared
    .locator('.pooling canvas')
    .evaluateAll((canvases) => canvases.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
  expect(new Set(strips).size).toBe(4);
  expect(shared.url()).toContain('example=money');
});

test('by keyboard alone: arrows walk through the tokens, and the hash keeps the one that is picked', async ({ shared }) => {
  await shared.locator('#tokens-text').fill('The bank of the river');
  await expect(chips(shared)).toHaveCount(7);
  await shared.locator('#tokens-text').focus();
  while (
    !(await chips(shared)
      .nth(1)
      .evaluate((chip) => chip === document.activeElement))
  )
    await shared.keyboard.press('Tab');
  await shared.keyboard.press('ArrowRight');
  await expect(chips(shared).nth(2)).toBeFocused();
  await expect(shared.getByTestId('token-detail')).toContainText('“bank” is number 2924 of the vocabulary, characters 4 to 8');
  await expect(grid(shared).locator('tr.picked th')).toHaveText('bank');
  expect(shared.url()).toMatch(/#tokens\?.*token=2/);
  expect(shared.url()).not.toContain('bank');
});

test('an empty text is no question, and one that is too long is read to where the model reads', async ({ shared }) => {
  await shared.locator('#tokens-text').fill('   ');
  await expect(shared.getByTestId('tokens')).toBeHidden();
  await shared.locator('#tokens-text').fill('貝'.repeat(400));
  await expect(chips(shared)).toHaveCount(256);
  await expect(shared.getByTestId('tokens-note')).toContainText('254 pieces');
  const limit = shared.locator('.view-tokens').getByTestId('ask-limit');
  await expect(limit).toContainText('No more than 400 characters fit here');
  await shared.locator('#tokens-text').fill('short again');
  await expect(limit).toBeHidden();
});

test('axe finds nothing, and a phone scrolls in one direction', async ({ shared }) => {
  await shared.getByRole('button', { name: 'The bank of the river' }).click();
  await expect(chips(shared)).toHaveCount(7);
  await expectAccessible(shared);
  await expectFitsPhone(shared);
});
