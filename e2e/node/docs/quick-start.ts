/** docs/quick-start.md, followed line by line in an empty folder, with the package as npm packs it. */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { expect } from 'vitest';
import { startServer } from '../../server.ts';
import { run, serve } from '../processes.ts';
import { blocks, root } from './blocks.ts';

const own = blocks.filter(({ page }) => page === 'docs/quick-start.md');
const [html] = own.filter(({ language }) => language === 'html');
const [script] = own.filter(({ language }) => language === 'js');
const [install, ...commands] = own.filter(({ language }) => language === 'sh').map(({ code }) => code);

/** `vite`: the version that is locked. `tarball` stands for what the registry would give. */
export async function followQuickStart(folder: string, { tarball, vite, browser }: { tarball: string; vite: string; browser: Browser }) {
  expect(commands).toEqual(['npx vite', 'npx vite build']);
  const given = install!.replace(/ rockpool$/m, ` ${tarball}`).replace(/ vite$/m, ` vite@${vite}`);
  expect(given).not.toMatch(/ (?:rockpool|vite)$/m);
  const quiet = 'export npm_config_prefer_offline=true npm_config_audit=false npm_config_fund=false npm_config_ignore_scripts=true';
  await run('sh', ['-ec', `${quiet}\n${given}`], { cwd: folder, limit: 120_000 });

  const app = join(folder, 'my-search');
  await writeFile(join(app, 'index.html'), html!.code);
  await writeFile(join(app, 'main.js'), script!.code);
  // In place of the hub: a folder of the model's name beside the page wins.
  const [, model] = /LLM\.load\('([^']+)'/.exec(script!.code)!;
  await cp(join(root, 'models/all-MiniLM-L6-v2'), join(app, 'public', model!), { recursive: true });

  // What npx would start, which ends when it is told to.
  const cli = join(app, 'node_modules/vite/bin/vite.js');
  const dev = await serve(process.execPath, [cli, '--host', '127.0.0.1', '--port', '0'], /(http:\/\/127\.0\.0\.1:\d+)/, app);
  await expectFinds(browser, `${dev.found}/`).finally(() => dev.stop());
  await run(process.execPath, [cli, 'build'], { cwd: app, limit: 120_000 });
  const built = await startServer(join(app, 'dist'));
  await expectFinds(browser, `${built.url}/index.html`).finally(() => built.close());
}

/** What the page says that one will see. */
async function expectFinds(browser: Browser, address: string): Promise<void> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(address);
  await page.locator('input:enabled').fill('a sleeping pet');
  const first = page.locator('li').first();
  await first.getByText('A kitten naps on the sofa.').waitFor();
  expect(await first.textContent()).toMatch(/^0\.\d\d /);
  await page.locator('input').fill('');
  await first.waitFor({ state: 'detached' });
  await page.close();
  expect(problems).toEqual([]);
}
