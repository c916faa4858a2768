/** The built page, as a visitor uses it: by mouse and by keyboard, with the real model on WASM and a tiny one on WebGPU. */
import { expect, type Page } from '@playwright/test';
import { indexed, test, tinyModel } from './demo-site.ts';

const load = (page: Page) => page.getByTestId('load').click();
const hits = (page: Page, list: 'keyword' | 'meaning') => page.getByTestId(`${list}-results`).locator('li:visible');
test('finds by keyword at once, and downloads nothing large unasked', async ({ demo, site }) => {
  const before = site.requests.length;
  await demo.reload();
  await demo.locator('#query').fill('image');
  await expect(hits(demo, 'keyword').first()).toBeVisible();
  await expect(demo.getByTestId('load')).toContainText('26 MB');
  expect(site.requests.slice(before).filter((path) => /\.(onnx|wasm)$/.test(path))).toEqual([]);
});

test('loads the model, indexes, finds by meaning what no keyword finds, and takes it from the cache the next time', async ({
  demo,
  site,
}) => {
  test.setTimeout(240_000);
  await load(demo);
  await indexed(demo, 40);
  await demo.locator('#query').fill('erase a file so nobody can recover it');
  await expect(hits(demo, 'meaning').first()).toBeVisible();
  await expect(demo.getByTestId('meaning-note')).toContainText('indexed so far');
  await expect(demo.getByTestId('timings')).toContainText('ms');
  await expect(demo.getByTestId('device-badge')).toContainText('WASM');

  await demo.getByTestId('pause').click();
  await expect(demo.getByTestId('resume')).toBeVisible();
  await demo.getByTestId('resume').click();
  await expect(demo.getByTestId('pause')).toBeVisible();

  const before = site.requests.length;
  await demo.reload();
  await expect(demo.getByTestId('index-status')).toBeVisible({ timeout: 60_000 });
  await expect(demo.getByTestId('foot-model')).toContainText('cache');
  expect(site.requests.slice(before).filter((path) => path.endsWith('.onnx'))).toEqual([]);
});

test('works by keyboard: / focuses, arrows walk, Enter opens, Esc clears', async ({ demo }) => {
  await demo.locator('body').press('/');
  await expect(demo.locator('#query')).toBeFocused();
  // While the box is empty / only means this; in a query it is a character.
  await demo.keyboard.press('/');
  await expect(demo.locator('#query')).toHaveValue('');
  await demo.keyboard.type('tcp/ip');
  await expect(demo.locator('#query')).toHaveValue('tcp/ip');
  await demo.locator('#query').fill('');
  await demo.keyboard.type('python library');
  await expect(hits(demo, 'keyword').first()).toBeVisible();
  await demo.keyboard.press('ArrowDown');
  const first = hits(demo, 'keyword').first();
  await expect(first.locator(':focus').or(demo.locator('li:focus'))).toHaveCount(1);
  await demo.keyboard.press('Enter');
  await expect(demo.locator('[aria-expanded=true]')).toHaveCount(1);
  await demo.keyboard.press('Escape');
  await demo.keyboard.press('Escape');
  await expect(demo.locator('#query')).toHaveValue('');
});

test('a load can be cancelled and begun again', async ({ demo, site }) => {
  const remove = site.fault('model_quantized.onnx', (_request, response, file) => {
    response.writeHead(200, { 'Content-Length': file!.length });
    response.write(file!.subarray(0, 2_000_000));
    return true;
  });
  await load(demo);
  await expect(demo.getByTestId('progress')).toBeVisible();
  await demo.getByTestId('cancel').click();
  await expect(demo.getByTestId('load')).toBeVisible();
  remove();
  await load(demo);
  await expect(demo.getByTestId('index-status')).toBeVisible({ timeout: 60_000 });
});

test('says in words what went wrong, and the retry works', async ({ demo, site }) => {
  const remove = site.fault('/onnx/', (_request, response) => {
    response.writeHead(404).end();
    return true;
  });
  await load(demo);
  await expect(demo.getByTestId('error')).toHaveAttribute('data-code', 'model-file-missing', { timeout: 60_000 });
  remove();
  await demo.getByTestId('retry').click();
  await expect(demo.getByTestId('index-status')).toBeVisible({ timeout: 60_000 });
});

test('on WebGPU, asked for by the hash: packages are indexed on the device, and a query is compared with them', async ({ demo, site }) => {
  test.setTimeout(240_000);
  const remove = tinyModel(site);
  await demo.goto(`${site.url}/#search?device=webgpu`);
  await demo.reload();
  await load(demo);
  await expect(demo.getByTestId('device-badge')).toContainText('WebGPU', { timeout: 90_000 });
  await indexed(demo, 8);
  await demo.getByTestId('pause').click();
  await demo.locator('#query').fill('a game of chess');
  await expect(hits(demo, 'meaning').first()).toBeVisible({ timeout: 60_000 });
  await expect(demo.getByTestId('timings')).toContainText('ms', { timeout: 60_000 });
  remove();
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`fits ${width} pixels, ${scheme}`, async ({ demo }) => {
      await demo.emulateMedia({ colorScheme: scheme });
      await demo.setViewportSize({ width, height: 800 });
      await demo.locator('#query').fill('photo');
      await expect(hits(demo, 'keyword').first()).toBeVisible();
      expect(await demo.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    });
  }
}
