/** What a test breaks at the demo or around it, on a server of its own, and where the page says so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { sendFile, startServer, type Fault, type TestServer } from '../server.ts';

const root = join(import.meta.dirname, '../..');

export interface At {
  page: Page;
  site: TestServer;
}

/** The faults of one test are not the next one's. */
export const test = base.extend<{ site: TestServer }>({
  serviceWorkers: 'block',
  // eslint-disable-next-line no-empty-pattern
  site: async ({}, use) => {
    const server = await startServer(join(root, 'site'));
    await use(server);
    await server.close();
  },
});

export const missing: Fault = (_request, response) => {
  response.writeHead(404).end();
  return true;
};
export const away: Fault = (request) => Boolean(request.socket.destroy());
export const failing: Fault = (_request, response) => {
  response.writeHead(503).end();
  return true;
};
export const answering =
  (type: string, change: (file: Buffer) => string | Buffer): Fault =>
  (_request, response, file) => {
    response.setHeader('Content-Type', type).end(change(file!));
    return true;
  };
/** The page's worker, behind a program that does something to its realm first. */
export const tampered = (program: string) => answering('text/javascript', (file) => `${program};\n${file}`);
/** e2e/browser/tampered-worker.js, told how. */
export const tamperedGpu = (how: string) =>
  readFileSync(join(import.meta.dirname, 'tampered-worker.js'), 'utf8')
    .replace('location.search', JSON.stringify(how))
    .replace("await import('/dist/worker.js');", '');

/** Once it has answered: its device is destroyed, and so are all that follow. */
export async function loseGpu(page: Page): Promise<void> {
  await expect(page.getByTestId('device-badge')).toContainText('WebGPU');
  await expect(page.getByTestId('headline')).not.toBeEmpty({ timeout: 60_000 });
  await page.evaluate(() => ['curse', 'destroy'].forEach((name) => new BroadcastChannel(name).postMessage('')));
  await page.locator('#classify-text').fill('after the loss');
}

export const tinyFile = (path: string) => readFileSync(join(root, 'e2e/models/tiny-bert', path));
/** A file of the tiny model, changed. */
export const serving =
  (path: string, change: (file: Buffer) => Buffer): Fault =>
  (request, response) => {
    sendFile(request, response, change(tinyFile(path)), path);
    return true;
  };
export const corrupt = (file: Buffer) => file.fill(0xff, 1000, 200_000);
/** Nearly all of its file is the table of words: this makes their values NaN. */
export const nanWords = (file: Buffer) => file.fill(0xff, 500_000, 3_500_000);

export const shown = (page: Page, words: string) => page.getByTestId('error').filter({ visible: true, hasText: words }).first();

/** Without a network, where the runtime was never loaded. */
export const RUNTIME_NOT_KEPT = 'The runtime for this device is not kept in this browser, and there is no network.';
