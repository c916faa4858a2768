/** No error, and still said: which fallback was taken, and why. */
import { expect, type Page } from '@playwright/test';
import { errorTexts } from '../../demo/ui/error-texts.ts';
import { loseGpu, missing, shown, tampered, tamperedGpu, test, type At } from './demo-faults.ts';
import { loadModel, tinyModel } from './demo-site.ts';

/** What the panel behind the device's badge says of the loaded model. */
async function expectTold(page: Page, words: string | RegExp): Promise<void> {
  await page.getByTestId('device-badge').click();
  await expect(page.getByRole('region', { name: 'Device and models' })).toContainText(words);
}

const slower = 'Your results are right, only slower.';

const loaded = async ({ page, site }: At, device: 'auto' | 'wasm' = 'auto') => {
  await page.goto(`${site.url}/index.html#classify?device=${device}`);
  await loadModel(page);
};

test('a fallback is told: from a GPU that is software', async ({ page, site }) => {
  tinyModel(site);
  await loaded({ page, site });
  await expectTold(page, new RegExp(`WebGPU is not used: .*software.* ${slower}`));
});

test('a fallback is told: from a browser without WebGPU', async ({ page, site }) => {
  tinyModel(site);
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'));
  await loaded({ page, site });
  await expectTold(page, `WebGPU is not used: this browser does not have it. ${slower}`);
});

test('a fallback is told: from a GPU that computes wrongly', async ({ page, site }) => {
  tinyModel(site, 'tiny-bert-fused');
  site.fault('/assets/worker-', tampered(tamperedGpu('hardware')));
  await loaded({ page, site });
  await expect(page.getByTestId('device-badge')).toContainText('WASM');
  await expectTold(page, new RegExp(`WebGPU is not used: .*gave other vectors than WASM.*cosine [-\\d.]+.* ${slower}`));
});

test('a fallback is told: from a GPU that is lost while it works', async ({ page, site }) => {
  tinyModel(site);
  site.fault('/assets/worker-', tampered(tamperedGpu('hardware&destroyable&mortal')));
  await loaded({ page, site });
  await loseGpu(page);
  await expect(page.getByTestId('device-badge')).toContainText('WASM', { timeout: 60_000 });
  await expect(page.getByTestId('headline')).not.toBeEmpty();
  await expectTold(page, new RegExp(`WebGPU is not used: .* ${slower}`));
});

test('a fallback is told: from a cache that is forbidden', async ({ page, site }) => {
  tinyModel(site);
  const forbidden = "CacheStorage.prototype.open = () => Promise.reject(new DOMException('no', 'SecurityError'))";
  site.fault('/assets/worker-', tampered(forbidden));
  await loaded({ page, site }, 'wasm');
  await expectTold(page, 'Model files cannot be cached and stay in memory (SecurityError: no). The next load downloads them again.');
});

test('a fallback is told: from threads, where the server does not isolate the page', async ({ page, site }) => {
  tinyModel(site);
  site.fault('/index.html', (_request, response) => {
    response.removeHeader('Cross-Origin-Opener-Policy');
    return false;
  });
  await loaded({ page, site }, 'wasm');
  await expectTold(page, 'with one thread; more need a server that isolates the page.');
});

test('a fallback is told: from a backend that the benchmark cannot run', async ({ page, site }) => {
  tinyModel(site);
  site.fault('.wasm', missing);
  await page.goto(`${site.url}/#benchmark`);
  await expect(page.locator('#bench-wasm')).toBeChecked();
  await page.getByTestId('bench').click();
  const error = shown(page, errorTexts['runtime-failed'].what);
  await expect(error).toContainText('Left out: WASM, on the CPU. Whatever else was chosen was measured.', { timeout: 60_000 });
});

test('a fallback is told: from a clipboard that is not allowed', async ({ page, site }) => {
  await page.addInitScript(() => (Clipboard.prototype.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))));
  await page.goto(`${site.url}/#api`);
  await page.getByTestId('copy-code').click();
  await expect(page.getByTestId('copy-code')).toHaveText('The browser did not allow it');
});
