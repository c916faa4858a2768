/** What surrounds the views: the documentation, the hash, the tabs, the list of models. */
import { expect } from '@playwright/test';
import { expectAccessible, openView, test } from './demo-site.ts';

test('the code of a view that did not arrive is said, and fetched again', async ({ page, site }) => {
  const remove = site.fault('search-view', (_request, response) => {
    response.writeHead(503).end();
    return true;
  });
  await page.goto(site.url);
  await expect(page.getByTestId('error')).toContainText('did not arrive');
  remove();
  await page.getByTestId('retry').click();
  await expect(page.locator('#query')).toBeVisible();
});

test('words whose code did not arrive are said, and found after all', async ({ page, site }) => {
  const remove = site.fault('/assets/search-', (request, response) => {
    if (/search-(view|worker|gpu)/.test(request.url!)) return false;
    response.writeHead(503).end();
    return true;
  });
  await page.goto(`${site.url}/#search?source=files`);
  await page.locator('#own-files').setInputFiles([{ name: 'note.txt', mimeType: '', buffer: Buffer.from('A boat with two sails.') }]);
  await page.locator('#query').fill('boat');
  const error = page.getByTestId('error').filter({ hasText: 'The code that finds words did not arrive' });
  await expect(error).toBeVisible();
  remove();
  await error.getByTestId('retry').click();
  await expect(page.getByTestId('keyword-results').locator('li:visible mark')).toHaveText('boat');
});

test('names size and licence of every model before it is loaded', async ({ demo }) => {
  await demo.getByTestId('device-badge').click();
  const models = demo.getByRole('region', { name: 'Device and models' });
  await expect(models).toContainText('all-MiniLM-L6-v2 · 26 MB · Apache-2.0');
  await expect(models).toContainText('debian-reranker · 27 MB · Apache-2.0');
  await expectAccessible(demo);
  await demo.keyboard.press('Escape');
  await expect(models).toBeHidden();
});

test('leads to the documentation and back, on a phone too', async ({ demo }) => {
  for (const width of [1280, 390]) {
    await demo.setViewportSize({ width, height: 800 });
    await demo.getByTestId('device-badge').evaluate((badge) => (badge.textContent = 'WebGPU · a GPU with quite a long name of its own'));
    const [docs, badge] = [demo.getByRole('link', { name: 'Docs' }), demo.getByTestId('device-badge')];
    expect(Math.abs((await docs.boundingBox())!.y - (await badge.boundingBox())!.y)).toBeLessThan(20);
    await docs.click();
    await expect(demo.getByRole('heading', { level: 1, name: 'rockpool' })).toBeVisible();
    await demo.getByRole('link', { name: 'Demo', exact: true }).click();
    await expect(demo.locator('#query')).toBeVisible();
  }
});

test('an unknown view is the first one, and a tab keeps what its view was set to', async ({ page, site }) => {
  await page.goto(`${site.url}/#nothing?device=wasm`);
  await expect(page.locator('#query')).toBeVisible();
  await page.goto(`${site.url}/#search?device=wasm&example=email`);
  await expect(page.locator('#query')).toHaveValue('get rid of unwanted email');
  await openView(page, 'Search');
  expect(page.url()).toContain('example=email');
  expect(page.url()).toContain('device=wasm');
});

test('on a phone the tab of the view is in sight, from the beginning and after the screen was turned', async ({ page, site }) => {
  const current = page.getByRole('navigation').locator('[aria-current]');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${site.url}/#benchmark`);
  await expect(current).toHaveText('Benchmark');
  await expect(current).toBeInViewport({ ratio: 1 });
  await page.setViewportSize({ width: 1280, height: 720 });
  await openView(page, 'API');
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(current).toHaveText('API');
  await expect(current).toBeInViewport({ ratio: 1 });
});
