/**
 * The package in a fresh Next app, built by Turbopack to static files: the page is rendered on the server first, where `rockpool` is the
 * edge build.
 */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { expect, test } from 'vitest';
import { presentBrowser } from '../../scripts/browser.mjs';
import { startServer } from '../server.ts';
import { expectPageEmbeds } from './page-embeds.ts';
import { run, tempFolder } from './processes.ts';

// It would report each build to its makers.
process.env.NEXT_TELEMETRY_DISABLED = '1';

const root = resolve(import.meta.dirname, '../..');
const dependencies = { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' };

const layout = `export const metadata = { title: 'Next' };
export default ({ children }) => <html lang="en"><body>{children}</body></html>;
`;
const page = `'use client';
import { useEffect } from 'react';
import { LLM } from 'rockpool';
export default function Page() {
  useEffect(() => void import('./main.js'), []);
  return <p>rockpool has {typeof LLM.load === 'function' ? 'loaded' : 'not loaded'}</p>;
}
`;

test('A page built by Next embeds, with the threads of WASM', { timeout: 300_000 }, async () => {
  const { path: app, remove } = await tempFolder();
  const executablePath = presentBrowser();
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
  try {
    const [packed] = JSON.parse((await run('npm', ['pack', '--json', '--pack-destination', app], { cwd: root })).stdout) as {
      filename: string;
    }[];
    await writeFile(join(app, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', `./${packed!.filename}`], {
      cwd: app,
      limit: 180_000,
    });
    await mkdir(join(app, 'app'));
    await cp(join(import.meta.dirname, 'app/main.js'), join(app, 'app/main.js'));
    await writeFile(join(app, 'app/layout.js'), layout);
    await writeFile(join(app, 'app/page.js'), page);
    await writeFile(join(app, 'next.config.mjs'), `export default { output: 'export' };`);
    await cp(join(root, 'e2e/models/tiny-bert'), join(app, 'public/model'), { recursive: true });
    await cp(join(root, 'models/all-MiniLM-L6-v2/tokenizer.json'), join(app, 'public/model/tokenizer.json'));
    const { stdout, stderr } = await run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], { cwd: app, limit: 180_000 });
    expect(stdout + stderr).not.toMatch(/warn|error/i);
    const server = await startServer(join(app, 'out'));
    try {
      const html = await (await fetch(`${server.url}/index.html`)).text();
      expect(html).toMatch(/rockpool has .*loaded/);
      expect(html).not.toContain('not loaded');
      await expectPageEmbeds(browser, `${server.url}/index.html`);
    } finally {
      await server.close();
    }
  } finally {
    await browser.close();
    await remove();
  }
});
