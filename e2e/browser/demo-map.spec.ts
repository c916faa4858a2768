/** The Map view with the real model on WASM: points, star, lasso, zoom and sections, by mouse and by keyboard, and the lists that say the same. */
import { expect, type Page } from '@playwright/test';
import { expectAccessible, expectFitsPhone, indexSome, loadModel, openView, test } from './demo-site.ts';

const list = (page: Page) => page.getByTestId('map-list').locator('button');
const heading = (page: Page) => page.locator('#map-list-heading');

test('lays out what is indexed and lights the neighbours of a query', async ({ shared }) => {
  await openView(shared, 'Map');
  await loadModel(shared);
  await indexSome(shared, 40);
  await expect(shared.getByTestId('map-note')).toContainText(
    /^\d+ points, laid out in .*Of each one’s 15 nearest, \d+ % .*two main axes alone: \d+ %/,
    {
      timeout: 30_000,
    },
  );
  const [kept, byAxes] = [.../nearest, (\d+) %.*alone: (\d+) %/.exec((await shared.getByTestId('map-note').textContent())!)!]
    .slice(1)
    .map(Number);
  expect(kept).toBeGreaterThan(byAxes!);

  await shared.locator('#map-query').fill('documentation of a library');
  await expect(heading(shared)).toHaveText('Nearest to your query');
  await expect(list(shared)).toHaveCount(10);
  const scores = (await list(shared).locator('.numbers').allTextContents()).map(Number);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  await list(shared).first().click();
  await expect(shared.getByTestId('map-detail')).toContainText((await list(shared).first().locator('.point-name').textContent())!);
  expect(shared.url()).not.toContain('documentation');
});

test('a lasso lists what it encloses', async ({ shared }) => {
  await openView(shared, 'Map');
  await shared.locator('.map-bar').getByText('lasso', { exact: true }).click();
  await shared.getByTestId('map').evaluate((map) => map.scrollIntoView({ block: 'center' })); // clear of the footer
  const box = (await shared.getByTestId('map').boundingBox())!;
  await shared.mouse.move(box.x + 4, box.y + 4);
  await shared.mouse.down();
  for (const [x, y] of [
    [box.width - 4, 4],
    [box.width - 4, box.height - 4],
    [4, box.height - 4],
  ] as const)
    await shared.mouse.move(box.x + x, box.y + y, { steps: 4 });
  await shared.mouse.up();
  const points = Number(/^\d+/.exec((await shared.getByTestId('map-note').textContent())!)![0]);
  await expect(heading(shared)).toHaveText(`In your lasso: ${points} packages`);
  await expect(list(shared)).toHaveCount(Math.min(points, 60));
  await shared.locator('.map-bar').getByText('move', { exact: true }).click();
});

test('by keyboard alone: arrows walk from point to point, zoomed in less is in sight, Esc lets go', async ({ shared }) => {
  await openView(shared, 'Map');
  await shared.getByTestId('map').focus();
  await shared.keyboard.press('ArrowRight');
  await expect(heading(shared)).toHaveText(/^Nearest to (?!your query)/);
  const first = await heading(shared).textContent();
  await shared.keyboard.press('ArrowLeft');
  await expect(heading(shared)).not.toHaveText(first!);
  await expect(list(shared)).toHaveCount(10);
  const name = (await heading(shared).textContent())!.replace('Nearest to ', '');
  expect(new URLSearchParams(shared.url().split('?')[1]).get('package')).toBe(name);
  await expect(shared.locator('#live')).toContainText(`${name}, `, { timeout: 8000 });
  for (let i = 0; i < 5; i++) await shared.keyboard.press('+');
  await shared.getByTestId('in-sight').focus();
  await shared.keyboard.press('Enter');
  await expect(heading(shared)).toHaveText(/^In sight: \d+ packages?$/);
  const seen = Number(/\d+/.exec((await heading(shared).textContent())!)![0]);
  const points = Number(/^\d+/.exec((await shared.getByTestId('map-note').textContent())!)![0]);
  expect(seen).toBeGreaterThan(0);
  expect(seen).toBeLessThan(points);
  await shared.getByTestId('map').focus();
  await shared.keyboard.press('0');
  await shared.keyboard.press('Escape');
  await expect(heading(shared)).toHaveText('Nearest to your query');
});

test('a section is lit by its button, and stays in the hash', async ({ shared }) => {
  await openView(shared, 'Map');
  await shared
    .getByTestId('legend')
    .getByRole('button', { name: /^doc, / })
    .click();
  await expect(shared.getByTestId('legend').getByRole('button', { name: /^doc, / })).toHaveAttribute('aria-pressed', 'true');
  expect(shared.url()).toContain('section=doc');
  await expectAccessible(shared);
  await expectFitsPhone(shared);
});
