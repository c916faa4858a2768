/** The Benchmark view on WASM: real speeds in a chart, a table and JSON; a model of its own that is put away; cancel. */
import { expect } from '@playwright/test';
import { expectAccessible, expectFitsPhone, loadModel, openView, test } from './demo-site.ts';

test.use({ apart: 'benchmark' });

test('measures WASM at each batch size, and says the same in a table and as JSON', async ({ shared }) => {
  await shared.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await openView(shared, 'Benchmark');
  await expect(shared.locator('#bench-wasm')).toBeChecked();
  const webgpu = shared.locator('#bench-webgpu');
  if (await webgpu.count()) await webgpu.uncheck(); // in software it takes minutes
  await shared.locator('label[for="bench-most-4"]').click();
  await expect(shared.locator('.view-benchmark')).toContainText('all-MiniLM-L6-v2, 26 MB and up to 14 MB of runtime');
  await shared.getByTestId('bench').focus();
  await shared.keyboard.press('Enter');
  await expect(shared.getByTestId('bench-step')).toContainText('Done.', { timeout: 60_000 });
  const rows = shared.getByTestId('speeds').locator('tbody tr');
  await expect(rows.locator('th')).toHaveText(['1', '2', '4']);
  for (const cell of await rows.locator('td').allTextContents()) expect(cell).toMatch(/^[1-9][\d,]* tokens\/s · [\d.]+ ms$/);
  await expect(shared.getByTestId('speed-chart')).toHaveAttribute('aria-label', /WASM: up to [1-9]/);
  await expect(shared.locator('.speed-chart canvas')).toBeVisible();

  await shared.getByTestId('copy-json').click();
  await expect(shared.getByTestId('copy-json')).toHaveText('Copied');
  const report = JSON.parse(await shared.evaluate(() => navigator.clipboard.readText())) as {
    backends: { device: string; dtype: string; speeds: { batch: number; tokensPerSecond: number }[] }[];
  };
  expect(report.backends.map(({ device, dtype }) => [device, dtype])).toEqual([['wasm', 'q8']]);
  expect(report.backends[0]!.speeds.map(({ batch }) => batch)).toEqual([1, 2, 4]);
  const [first] = await rows.locator('td').allTextContents();
  expect(first).toContain(`${report.backends[0]!.speeds[0]!.tokensPerSecond.toLocaleString('en-US')} tokens/s`);
});

test('a measurement can be cancelled, and its worker is gone', async ({ shared }) => {
  await openView(shared, 'Benchmark');
  const before = shared.workers().length;
  await shared.getByTestId('bench').click();
  await expect(shared.getByTestId('bench-step')).toContainText('WASM: ');
  await shared.getByTestId('bench').click();
  await expect(shared.getByTestId('bench-step')).toContainText('Cancelled.');
  await expect.poll(() => shared.workers().length).toBe(before);
  await expect(shared.getByTestId('bench')).toHaveText('Measure again');
});

test('the indexing of the page waits while something is measured, and goes on afterwards', async ({ shared }) => {
  const status = shared.getByTestId('index-status').filter({ visible: true });
  await openView(shared, 'Search');
  await loadModel(shared);
  await expect(status).toContainText('Indexing');
  await openView(shared, 'Benchmark');
  await shared.getByTestId('bench').click();
  await expect(shared.getByTestId('bench-step')).toContainText('WASM: ');
  await openView(shared, 'Search');
  await expect(status).toContainText('Paused');
  await openView(shared, 'Benchmark');
  await shared.getByTestId('bench').click();
  await expect(shared.getByTestId('bench-step')).toContainText('Cancelled.');
  await openView(shared, 'Search');
  await expect(status).toContainText('Indexing');
  await shared.getByTestId('pause').filter({ visible: true }).click();
});

test('axe finds nothing, and a phone scrolls in one direction', async ({ shared }) => {
  await openView(shared, 'Benchmark');
  await expectAccessible(shared);
  await expectFitsPhone(shared);
});
