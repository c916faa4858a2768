/** A download that is cut in the middle, as the page shows it: the button goes on where it was, in the same visit and in the next one. */
import { expect, type Page } from '@playwright/test';
import type { TestServer } from '../server.ts';
import { test } from './demo-site.ts';

const size = 26_075_683;
const part = 4 * 1024 * 1024;
const weights = 'all-MiniLM-L6-v2/onnx/model_quantized.onnx';

/** Sends a third of the weights, and after that nothing, until it is told to `mend`. `asked`: each request's Range, and the bytes that were sent. */
function cutLine(site: TestServer) {
  const asked: { range: string | undefined; sent: number }[] = [];
  let whole = false;
  const remove = site.fault(weights, (request, response, file) => {
    const { range } = request.headers;
    const from = Number(/\d+/.exec(range ?? '')?.[0] ?? 0);
    const end = whole ? size : 9_000_000;
    const piece = file!.subarray(from, Math.max(from, end));
    asked.push({ range, sent: piece.length });
    if (whole) return false;
    response.writeHead(range ? 206 : 200, {
      ETag: `"${size}"`,
      'Content-Length': size - from,
      Connection: 'close',
      ...(range && { 'Content-Range': `bytes ${from}-${size - 1}/${size}` }),
    });
    response.end(piece);
    return true;
  });
  return { asked, remove, mend: () => (whole = true) };
}

/** Loads until the page says that the download broke off. */
async function loadIntoTheCut(page: Page): Promise<void> {
  await page.getByTestId('load').click();
  await expect(page.getByTestId('load-status')).toContainText(/model_quantized\.onnx · [1-9][\d.]* MB of 26 MB/, { timeout: 30_000 });
  const error = page.getByTestId('error');
  await expect(error).toHaveAttribute('data-code', 'download-failed', { timeout: 60_000 });
  await expect(error).toContainText('it continues where it stopped');
}

/** Exactly the rest was asked for: from the last whole part that the browser has kept. */
function expectOnlyTheRest({ range, sent }: { range: string | undefined; sent: number }): void {
  expect(range).toBe(`bytes=${2 * part}-`);
  expect(sent).toBe(size - 2 * part);
}

test.beforeEach(async ({ demo }) => {
  await demo.evaluate(() => (location.hash = '#search?device=wasm'));
  await demo.reload();
});

test('Try again asks for the rest alone', async ({ demo, site }) => {
  const line = cutLine(site);
  await loadIntoTheCut(demo);
  line.mend();
  const before = line.asked.length;
  await demo.getByTestId('retry').click();
  await expect(demo.getByTestId('foot-model')).toContainText('downloaded', { timeout: 60_000 });
  expect(line.asked.slice(before)).toHaveLength(1);
  expectOnlyTheRest(line.asked[before]!);
  line.remove();
});

test('the next visit says how much is there, and asks for the rest alone', async ({ demo, site }) => {
  const line = cutLine(site);
  await loadIntoTheCut(demo);
  line.mend();
  await demo.reload();
  const before = line.asked.length;
  await expect(demo.getByTestId('load')).toHaveText(/^Continue \(1\d MB to go\)$/);
  await demo.getByTestId('load').click();
  await expect(demo.getByTestId('foot-model')).toContainText('downloaded', { timeout: 60_000 });
  expect(line.asked.slice(before)).toHaveLength(1);
  expectOnlyTheRest(line.asked[before]!);
  line.remove();
});
