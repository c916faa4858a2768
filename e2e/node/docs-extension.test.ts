/** docs/recipes/extension.md: its manifest and its script, as an extension in Chromium. */
import { createHash } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { expect, test } from 'vitest';
import { presentBrowser } from '../../scripts/browser.mjs';
import { blocks, root } from './docs/blocks.ts';
import { tempFolder } from './processes.ts';

const [manifest, script] = blocks.filter(({ page }) => page === 'docs/recipes/extension.md');

test('a popup of an extension compares two texts', async () => {
  const { path, remove } = await tempFolder();
  const extension = join(path, 'extension');
  await mkdir(extension);
  await writeFile(join(extension, 'manifest.json'), manifest!.code);
  await writeFile(join(extension, 'popup.js'), script!.code);
  await writeFile(join(extension, 'popup.html'), '<!doctype html><title>Popup</title><body><script type="module" src="popup.js"></script>');
  await cp(join(root, 'dist'), join(extension, 'rockpool'), { recursive: true });
  await cp(join(root, 'models/all-MiniLM-L6-v2'), join(extension, 'models/all-MiniLM-L6-v2'), { recursive: true });
  const executablePath = presentBrowser();
  const context = await chromium.launchPersistentContext(join(path, 'profile'), {
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox', '--headless=new', `--disable-extensions-except=${extension}`, `--load-extension=${extension}`],
    ignoreDefaultArgs: ['--disable-extensions'],
    headless: true,
  });
  try {
    // As Chromium names what it loads from a folder: by the folder's path.
    const hash = createHash('sha256').update(extension).digest('hex').slice(0, 32);
    const id = [...hash].map((digit) => String.fromCharCode(97 + parseInt(digit, 16))).join('');
    const page = await context.newPage();
    await page.goto(`chrome-extension://${id}/popup.html`);
    await page.getByText('They are alike: true').waitFor({ timeout: 50_000 });
    expect(await page.title()).toBe('Popup');
  } finally {
    await context.close();
    await remove();
  }
});
