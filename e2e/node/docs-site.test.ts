/**
 * The documentation as built into the site: every page is there, no link leads nowhere, what is exported is described, and nothing is wider
 * than a phone.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import { presentBrowser } from '../../scripts/browser.mjs';
import { pages as sources, root } from './docs/blocks.ts';

const site = join(root, 'site/docs');
const files = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'));
const read = (path: string) => readFileSync(path, 'utf8');
const idsOf = (html: string) => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
const linksOf = (html: string) => [...html.matchAll(/ (?:href|src)="([^"]+)"/g)].map(([, link]) => link!.replaceAll('&amp;', '&'));

test.each(sources)('%s is a page', (source) => {
  const path = source === 'README.md' ? 'index.html' : relative('docs', source).replace(/\.md$/, '.html');
  const html = read(join(site, path));
  const [, title] = /^# (.+)$/m.exec(read(join(root, source)))!;
  expect(html).toContain(`<title>${title}`);
});

describe.each(files)('%s', (file) => {
  const html = read(join(site, file));

  test('has links that lead somewhere, and anchors that are there', () => {
    const broken = linksOf(html).filter((link) => {
      if (/^(https?|data):/.test(link)) return false;
      const [path, anchor] = link.split('#') as [string, string?];
      const target = path === '' ? join(site, file) : resolve(dirname(join(site, file)), path);
      return !existsSync(target) || (anchor !== undefined && anchor !== '' && !idsOf(read(target)).includes(decodeURIComponent(anchor)));
    });
    expect(broken).toEqual([]);
  });

  test('has no anchor twice', () => {
    const ids = idsOf(html);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });
});

const { exports } = JSON.parse(read(join(root, 'package.json'))) as { exports: Record<string, { types?: string }> };

describe('The reference', () => {
  test.each(Object.keys(exports).filter((entry) => exports[entry]!.types))('of %s has all that it exports at run time', (entry) => {
    const { default: built } = exports[entry] as unknown as { default: string };
    const names = [...read(join(root, built)).matchAll(/\bexport\{([^}]+)\}/g)].flatMap(([, list]) =>
      list!.split(',').map((one) => one.split(' as ').at(-1)!.trim()),
    );
    expect(names.length).toBeGreaterThan(0);
    const ids = idsOf(read(join(site, `api/${entry === '.' ? 'rockpool' : entry.slice(2)}.html`)));
    expect(names.filter((name) => !ids.includes(name))).toEqual([]);
  });

  /** As they are at run time. What a class inherits stands under the class that has it. */
  const membersAtRunTime = (prototype: object | null): string[] =>
    prototype === null || prototype === Object.prototype
      ? []
      : [...Object.getOwnPropertyNames(prototype), ...membersAtRunTime(Object.getPrototypeOf(prototype) as object | null)];

  test('has a heading for each method, to which “On this page” leads', async () => {
    const { LLM } = (await import(join(root, 'dist/edge.js'))) as { LLM: { prototype: object } };
    const pages: [string, string[], string[]][] = [
      ['edge', ['LLM', 'PoolingLLM'], [...membersAtRunTime(LLM.prototype), 'load']],
      ['rockpool', ['LLM', 'PoolingLLM'], [...membersAtRunTime(LLM.prototype), 'load', 'clearCache']],
      ['search', ['SearchIndex'], ['add', 'get', 'search', 'export', 'dispose']],
      ['langchain', ['RockpoolVectorStore'], ['similaritySearch', 'fromTexts']],
    ];
    for (const [entry, classes, members] of pages) {
      const html = read(join(site, `api/${entry}.html`));
      const leading = linksOf(html.slice(0, html.indexOf('<main')));
      const headings = [...html.matchAll(/<h3 id="([^"]+)"/g)].map(([, id]) => id!);
      expect(members.length).toBeGreaterThan(1);
      const without = members.filter(
        (member) => !classes.some((name) => headings.includes(`${name}.${member}`) && leading.includes(`#${name}.${member}`)),
      );
      expect(without, entry).toEqual([]);
    }
  });

  test('has the options of public types, and inherited methods', () => {
    for (const entry of ['rockpool', 'edge', 'remote']) expect(read(join(site, `api/${entry}.html`))).toContain('id="PoolingLLM"');
    expect(read(join(site, 'api/search.html'))).toContain('passageTokens');
    expect(read(join(site, 'api/rockpool.html'))).toContain('overridePoolerConfig');
  });
});

/** One of each kind: the README, a task, a recipe, an inner page with many tables, a reference. */
const looked = ['index.html', 'tasks/embed.html', 'recipes/react.html', 'errors.html', 'models.html', 'api/server.html'];
test('axe finds nothing', { timeout: 120_000 }, async () => {
  const executablePath = presentBrowser();
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await (await browser.newContext({ colorScheme, viewport: { width: 1280, height: 800 } })).newPage();
      for (const file of looked) {
        await page.goto(`file://${join(site, file)}`, { waitUntil: 'load' });
        const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
        expect(violations.map(({ id, nodes }) => `${file}, ${colorScheme}: ${id} ${nodes[0]!.target}`)).toEqual([]);
      }
    }
  } finally {
    await browser.close();
  }
});

test('a block of code is copied by the button after it, as the page has it', async () => {
  const executablePath = presentBrowser();
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.addInitScript(`navigator.clipboard.writeText = async (text) => { window.copied = text; };`);
    await page.goto(`file://${join(site, 'quick-start.html')}`, { waitUntil: 'load' });
    const blocks = [...read(join(root, 'docs/quick-start.md')).matchAll(/^```\w+\n([\s\S]*?)\n```$/gm)].map(([, code]) => code!);
    expect(blocks.length).toBeGreaterThan(3);
    await page.locator('pre').first().focus();
    for (const code of blocks) {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.locator('button:focus', { hasText: 'Copied' }).waitFor();
      expect(await page.evaluate('copied')).toBe(code);
      const next = page.locator('pre').nth(blocks.indexOf(code) + 1);
      if (await next.count()) await next.focus();
    }
    expect(await page.locator('button').count()).toBe(blocks.length);
  } finally {
    await browser.close();
  }
});

test('no page is wider than a phone, and the table to choose a model from no wider than its column', async () => {
  const executablePath = presentBrowser();
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const wide: string[] = [];
    for (const file of files) {
      await page.goto(`file://${join(site, file)}`, { waitUntil: 'load' });
      if (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) wide.push(file);
    }
    expect(wide).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`file://${join(site, 'models.html')}`, { waitUntil: 'load' });
    expect(await page.evaluate("(({ clientWidth, scrollWidth }) => scrollWidth - clientWidth)(document.querySelector('.table'))")).toBe(0);
  } finally {
    await browser.close();
  }
});
