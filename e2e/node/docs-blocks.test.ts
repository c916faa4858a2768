/**
 * Every code block of README.md and docs/, taken from the file: TypeScript is checked, and run in Node or in Chromium; what it logs is what
 * the comment behind it says. A block of another language has its own way below; what has none is named, with the reason.
 */
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from '@playwright/test';
import { rolldown } from 'rolldown';
import { parseAstAsync } from 'rolldown/parseAst';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { presentBrowser } from '../../scripts/browser.mjs';
import { startServer, type TestServer } from '../server.ts';
import { blocks, pages, root } from './docs/blocks.ts';
import { bundleComponents, isComponent } from './docs/components.ts';
import { programsOf, type Program } from './docs/programs.ts';
import { run } from './processes.ts';

/** Blocks that are not run, and why. */
const notRun: Readonly<Record<string, string>> = {
  'docs/recipes/electron.md › // main.js': 'there is no Electron here, as the page says; that it can be parsed is tested below',
  'docs/recipes/extension.md › // popup.js': 'docs-extension.test.ts runs it, in the extension of that page',
  'docs/quick-start.md › <!doctype html>': 'package.test.ts follows that page in an empty folder',
  "docs/quick-start.md › import { LLM } from 'rockpool';": 'the same',
  'docs/heads.md › import json, os':
    'scikit-learn and torch, which are no part of the tests; e2e/oracle/train_section_head.py is the same at length',
};
const isProgram = ({ name, language, excerptOf }: (typeof blocks)[number]) =>
  ['ts', 'js'].includes(language) && excerptOf === null && !(name in notRun);

/** Drawings, not code: without a language. */
const drawings = ['docs/design.md'];

/** In the repository, so that `rockpool` is the package itself. */
const folder = join(root, 'test-results/docs');
const programs = pages.flatMap((page) =>
  programsOf(
    page,
    blocks.filter((block) => block.page === page && isProgram(block)),
  ),
);
const programsIn = (realm: Program['realm']) => programs.filter((program) => program.realm === realm);

interface Report {
  reached: string[];
  ended: boolean;
  prints: { name: string; expected: string; printed: string }[];
  error: string | null;
}
/** By the name of the program. */
const reports = new Map<string, Report>();
const components = blocks.filter(isComponent);
let bundled: Awaited<ReturnType<typeof bundleComponents>>;
let browser: Browser;
let page: Page;
let server: TestServer;

beforeAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'programs'), { recursive: true });
  await symlink(join(root, 'models'), join(folder, 'models'));
  for (const name of ['dist', 'e2e']) await symlink(join(root, name), join(folder, name));
  // As the recipe for plain HTML says.
  await symlink(join(root, 'dist'), join(folder, 'rockpool'));
  await cp(join(import.meta.dirname, 'docs/harness.js'), join(folder, 'harness.js'));
  for (const { name, source } of programs) await writeFile(join(folder, `programs/${name}.ts`), source);
  const compilerOptions = {
    strict: true,
    target: 'ES2023',
    module: 'ESNext',
    moduleResolution: 'bundler',
    lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    types: ['node'],
    skipLibCheck: true,
    allowJs: true,
    rootDir: '.',
    outDir: 'built',
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['programs', 'harness.js'] }));
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
  // Some write files that others read.
  await runInNode();
  await runInChromium();
}, 300_000);

async function runInNode(): Promise<void> {
  await writeFile(
    join(folder, 'built/run.js'),
    `const { run } = await import('./harness.js');
    for (const name of ${JSON.stringify(programsIn('node').map(({ name }) => name))}) {
      const report = await run(() => import('./programs/' + name + '.js'));
      process.stderr.write('REPORT' + JSON.stringify([name, report]) + '\\n');
    }
    process.exit();`,
  );
  const { stderr } = await run(process.execPath, ['built/run.js'], { cwd: folder });
  for (const [, json] of stderr.matchAll(/^REPORT(.*)$/gm)) reports.set(...(JSON.parse(json!) as [string, Report]));
}

const entries = ['rockpool', 'rockpool/search', 'rockpool/remote', 'rockpool/server'];

async function runInChromium(): Promise<void> {
  const names = programsIn('browser').map(({ name }) => name);
  const bundle = await rolldown({
    input: Object.fromEntries([
      ['harness', join(folder, 'built/harness.js')],
      ...names.map((name) => [name, join(folder, `built/programs/${name}.js`)]),
    ]),
    external: entries,
    platform: 'browser',
    logLevel: 'silent',
  });
  await bundle.write({ dir: join(folder, 'site'), entryFileNames: '[name].js' });
  const imports = Object.fromEntries(entries.map((entry) => [entry, `./dist/${entry.split('/')[1] ?? 'index'}.js`]));
  await writeFile(
    join(folder, 'index.html'),
    `<!doctype html><title>docs</title><script type="importmap">${JSON.stringify({ imports })}</script><body>`,
  );
  bundled = await bundleComponents(components, folder, entries);
  const executablePath = presentBrowser();
  browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
  server = await startServer(folder);
  page = await browser.newPage();
  await page.goto(`${server.url}/index.html`);
  for (const name of names) {
    // As a text: Vitest would put its own for the page's import.
    const run = `import('/site/harness.js').then(({ run }) => run(() => import('/site/${name}.js')))`;
    reports.set(name, (await page.evaluate(run)) as Report);
  }
}

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe.each(programs)('$page in $realm', (program) => {
  test.each(program.blocks)('$name', ({ name }) => {
    const report = reports.get(program.name)!;
    const isLast = report.reached.at(-1) === name;
    expect(report.reached.includes(name), `was not reached: ${report.error}`).toBe(true);
    if (isLast) expect(report).toMatchObject({ ended: true, error: null });
    for (const { expected, printed } of report.prints.filter((print) => print.name === name)) expect(printed).toBe(expected);
  });
});

test('what the documents say is printed is compared', () => {
  const prints = [...reports.values()].flatMap((report) => report.prints);
  expect(prints.length).toBeGreaterThan(10);
});

/** What every recipe shows: a list that is searched by meaning, or a comparison. */
async function showsItsResult(page: Page): Promise<void> {
  const [box, compared] = [page.locator('input:enabled'), page.getByText('They are alike: true')];
  await box.or(compared).waitFor();
  if (await compared.isVisible()) return;
  await box.fill('a sleeping pet');
  await page.locator('li').first().getByText('A kitten naps on the sofa.').waitFor();
}

/** In a browser that has not kept the model. */
async function saysWhatFailed(url: string): Promise<void> {
  const first = await browser.newPage();
  await first.route('**/models/**', (route) => route.fulfill({ status: 404 }));
  await first.goto(url);
  await first.getByRole('status').getByText('model-file-missing: ').waitFor();
  await first.close();
}

describe('Components', () => {
  test.each(components)('$name', async (block) => {
    await page.evaluate(`import('/site/${bundled.get(block)}.js').then(({ mount }) => {
      document.body.replaceChildren(document.createElement('main'));
      mount(document.body.firstChild);
    })`);
    await showsItsResult(page);
  });
});

const others = blocks.filter((block) => !isProgram(block) && !isComponent(block) && block.language !== 'sh');

describe('Blocks of other languages', () => {
  test.each(others)('$name', async ({ name, page: document, language, code, excerptOf }) => {
    if (name in notRun || (language === '' && drawings.includes(document))) return;
    if (excerptOf !== null) return expect(isExcerpt(code, await readFile(join(root, excerptOf), 'utf8'))).toBe(true);
    if (language === 'html') {
      await writeFile(join(folder, 'plain.html'), code);
      await saysWhatFailed(`${server.url}/plain.html`);
      await page.goto(`${server.url}/plain.html`);
      return showsItsResult(page);
    }
    if (language === 'json') return expect(JSON.parse(code)).toBeTypeOf('object');
    throw new Error(`Nothing runs or reads a block of ${language || 'no language'}: ${name}`);
  });
});

test('what is said not to be run is there', () => {
  expect(Object.keys(notRun).filter((name) => !blocks.some((block) => block.name === name))).toEqual([]);
});

test.each(blocks.filter(({ name, language }) => name in notRun && language === 'js'))('$name can be parsed', async ({ code }) => {
  await parseAstAsync(code);
});

/** Its lines are in the file, one after the other; between them others may be left out. */
function isExcerpt(code: string, file: string): boolean {
  const lines = file.split('\n').map((line) => line.trim());
  let at = 0;
  return code.split('\n').every((line) => {
    const found = line.trim() === '' ? at : lines.indexOf(line.trim(), at) + 1;
    if (found === 0) return false;
    at = found;
    return true;
  });
}
