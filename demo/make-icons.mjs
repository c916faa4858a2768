/** `node demo/make-icons.mjs`: the icons of the installed page, drawn from one shape into demo/public/icons. Needs a Chromium. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { findBrowser } from '../scripts/browser.mjs';

const folder = join(import.meta.dirname, 'public/icons');
const rock = '#0b6b70';
const water = '#bfe6e4';

/** A pool in a rock, as in the tab's icon. */
const round = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${rock}"/><circle cx="6" cy="7" r="2.5" fill="${water}"/></svg>`;
/** To its edges: the system cuts it to its own shape, and the middle 80 % are always seen. */
const full = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" fill="${rock}"/><circle cx="6.6" cy="7.2" r="2.2" fill="${water}"/></svg>`;

const pictures = [
  { name: 'icon-192.png', svg: round, size: 192 },
  { name: 'icon-512.png', svg: round, size: 512 },
  { name: 'icon-maskable-512.png', svg: full, size: 512 },
  { name: 'icon-apple-180.png', svg: full, size: 180 },
];

await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'icon.svg'), `${round}\n`);
const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
for (const { name, svg, size } of pictures) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw }</style>${svg}`);
  await page.screenshot({ path: join(folder, name), omitBackground: true });
  await page.close();
}
await browser.close();
