/** Every error text of the page is seen here once, each where a visitor would see it; and there are no others. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { errorTexts } from '../../demo/ui/error-texts.ts';
import {
  answering,
  away,
  corrupt,
  failing,
  loseGpu,
  missing,
  nanWords,
  RUNTIME_NOT_KEPT,
  serving,
  shown,
  tampered,
  tamperedGpu,
  test,
  tinyFile,
  type At,
} from './demo-faults.ts';
import { loadModel, tinyModel } from './demo-site.ts';
import { damages } from './own-files.ts';

const root = join(import.meta.dirname, '../..');

type Provoke = (at: At) => Promise<unknown>;

/** A tiny model, and what is wrong with it or around it; then the button that loads it. */
const onLoad =
  (breakIt: (at: At) => unknown, device: 'wasm' | 'webgpu' | 'auto' = 'wasm', model?: string): Provoke =>
  async (at) => {
    await breakIt(at); // before the model: the first fault of a path answers
    const { page, site } = at;
    tinyModel(site, model);
    await page.goto(`${site.url}/#classify?device=${device}`);
    await page.getByTestId('load').click();
  };

/** A program for the API view, which asks the loaded model for something that it refuses. They all run in one page. */
interface Program {
  run: string;
}

/**
 * These come of servers elsewhere and of stored indexes, which the page does not have: nothing that a visitor does leads to them. A program
 * throws what the library would, and the page shows it in the same box.
 */
const thrown = (code: string): Program => ({
  run: `throw Object.assign(new Error('as the library says it'), { name: 'PoolingError', code: '${code}' });`,
});

/** Loads the tiny model on the software GPU, and breaks that. */
const onLostGpu: Provoke = async ({ page, site }) => {
  tinyModel(site);
  site.fault('/assets/worker-', tampered(tamperedGpu('destroyable&mortal')));
  await page.goto(`${site.url}/#classify?device=webgpu`);
  await loadModel(page);
  await loseGpu(page);
};

const library: Record<keyof typeof errorTexts, Provoke | Program> = {
  'invalid-input': { run: 'await llm.embed([[30_522]]);' },
  'invalid-option': { run: "await llm.embed('a', { nonsense: 1 });" },
  'input-too-long': { run: "await llm.encode('word '.repeat(300));" },
  'too-many-tokens': { run: "await llm.embed('one two three', { maxTotalTokens: 2 });" },
  'unsupported-model': onLoad(({ site }) =>
    site.fault(
      'modules.json',
      answering('application/json', () => `${tinyFile('modules.json')}`.replace('models.Pooling', 'models.Router')),
    ),
  ),
  'unsupported-task': { run: "await llm.reward('a');" },
  'model-file-missing': onLoad(({ site }) => site.fault('/onnx/', missing)),
  'model-file-invalid': onLoad(({ site }) => site.fault('/onnx/model.onnx', serving('onnx/model.onnx', corrupt))),
  'integrity-mismatch': {
    run: "await llm.constructor.load('models/all-MiniLM-L6-v2', { device: 'wasm', integrity: { 'config.json': '0'.repeat(64) } });",
  },
  'download-failed': onLoad(({ site }) => site.fault('/onnx/', away)),
  'webgpu-unavailable': onLoad(({ page }) => page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu')), 'webgpu'),
  // Its fused attention is computed wrongly by SwiftShader.
  'webgpu-wrong-results': onLoad(() => {}, 'webgpu', 'tiny-bert-fused'),
  'device-lost': onLostGpu,
  'non-finite-output': async ({ page, site }) => {
    site.fault('/onnx/model.onnx', serving('onnx/model.onnx', nanWords));
    tinyModel(site);
    await page.goto(`${site.url}/#classify?device=wasm`);
    await loadModel(page);
  },
  'runtime-failed': onLoad(({ site }) => site.fault('.wasm', missing)),
  'worker-crashed': onLoad(({ site }) => site.fault('/assets/worker-', missing)),
  'worker-timeout': async ({ page, site }) => {
    await page.clock.install();
    await onLoad(({ site }) =>
      site.fault(
        '/assets/worker-',
        answering('text/javascript', () => ''),
      ),
    )({ page, site });
    await expect(page.getByTestId('progress').filter({ visible: true })).toBeVisible();
    await page.clock.fastForward(31_000);
  },
  unauthorized: thrown('unauthorized'),
  overloaded: thrown('overloaded'),
  'server-error': thrown('server-error'),
  'model-mismatch': thrown('model-mismatch'),
  'storage-unavailable': thrown('storage-unavailable'),
  'storage-full': thrown('storage-full'),
  'index-missing': thrown('index-missing'),
  'index-invalid': thrown('index-invalid'),
  aborted: { run: "await llm.embed('a', { signal: AbortSignal.abort() });" },
  disposed: { run: "await llm.dispose();\nawait llm.embed('a');" },
};

const own: Record<string, Provoke | Program> = {
  'Something unexpected went wrong.': async ({ page, site }) => {
    tinyModel(site);
    await page.goto(`${site.url}/#tokens?device=wasm`);
    await loadModel(page);
    // A fault of the page itself. What the library does wrong has a code.
    await page.evaluate(() => Object.assign(window, { Map: null }));
    await page.locator('#tokens-text').fill('another text');
  },
  'This part of the page did not arrive.': async ({ page, site }) => {
    site.fault('/assets/search-view', failing);
    await page.goto(site.url);
  },
  'The list of packages did not arrive.': async ({ page, site }) => {
    site.fault('/packages.json', failing);
    await page.goto(site.url);
  },
  'The code that finds words did not arrive.': async ({ page, site }) => {
    site.fault(
      '/assets/search-',
      (request, response) => !/search-(view|worker|gpu)/.test(request.url!) && failing(request, response, null),
    );
    await page.goto(`${site.url}/#search?source=files`);
    await page.locator('#own-files').setInputFiles({ name: 'note.txt', mimeType: '', buffer: Buffer.from('A boat with two sails.') });
  },
  'The book did not arrive.': async ({ page, site }) => {
    site.fault('/alice.txt', failing);
    await page.goto(`${site.url}/#long-text`);
    await page.getByRole('button', { name: /Alice/ }).click();
  },
  'This file could not be read.': async ({ page, site }) => {
    await page.goto(`${site.url}/#long-text`);
    await page
      .locator('#long-text-file')
      .setInputFiles({ name: 'photo.txt', mimeType: 'text/plain', buffer: Buffer.from([0xff, 0xd8, 0xff]) });
  },
  'The map could not be drawn up.': async ({ page, site }) => {
    tinyModel(site);
    site.fault('/assets/layout-worker', missing);
    await page.goto(`${site.url}/#map?device=wasm`);
    await loadModel(page);
  },
  'This could not be run as a program.': { run: 'show(1' },
  'The code stopped with an error.': { run: "throw new Error('of my own')" },
};

/** Of an index on the disk, and without a network: in demo-search-files.spec.ts and demo-offline.spec.ts. */
const seenElsewhere = [...damages.map(({ words }) => words), RUNTIME_NOT_KEPT];

/** In the sources: what is followed by `means` is the first sentence of an error. */
const sources = readdirSync(join(root, 'demo'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(root, 'demo', path), 'utf8'))
  .join('\n');
const written = [...sources.matchAll(/\bwhat: (['"])(.+?)\1,\s*means:/g)].map(([, , what]) => what!);

test('each error text is provoked below, and each that is provoked is still there', () => {
  expect(written.length).toBeGreaterThan(Object.keys(errorTexts).length);
  const texts = Object.values(errorTexts).map(({ what }) => what);
  expect([...texts, ...Object.keys(own), ...seenElsewhere].sort()).toEqual(written.sort());
});

/** Of the documentation in the site, which opens without a network, too. */
const errorsPage = readFileSync(join(root, 'site/docs/errors.html'), 'utf8');

/** All that is to be seen: the words, and what leads to them. */
const all = [
  ...Object.entries(library).map(([code, way]) => {
    const { what, means, todo } = errorTexts[code as keyof typeof errorTexts];
    return { code, words: `${what} ${means} ${todo}`, way };
  }),
  ...Object.entries(own).map(([words, way]) => ({ code: null, words, way })),
];

async function expectSeen(page: Page, { code, words }: Pick<(typeof all)[number], 'code' | 'words'>): Promise<void> {
  const error = shown(page, words);
  await expect(error).toBeVisible({ timeout: 60_000 });
  const link = error.getByRole('link', { name: 'More about this error' });
  if (code === null) return expect(link).toHaveCount(0);
  await expect(link).toHaveAttribute('href', `./docs/errors.html#${code}`);
  expect(errorsPage).toContain(`id="${code}"`);
  await expect(error).toHaveAttribute('data-code', code);
  await expect(error.locator('.detail')).toContainText(`${code}: `);
}

for (const { code, words, way } of all) {
  if ('run' in way) continue;
  test(`${code ?? 'the page itself'}: ${words.split('.')[0]}`, async ({ page, site }) => {
    await way({ page, site });
    await expectSeen(page, { code, words });
  });
}

test('what a program in the API view can be answered', async ({ page, site }) => {
  tinyModel(site);
  await page.goto(`${site.url}/#api?device=wasm`);
  await loadModel(page);
  await expect(page.getByTestId('answer-note')).toContainText('Answered'); // the example that was open
  for (const { code, words, way } of all) {
    if (!('run' in way)) continue;
    await test.step(words, async () => {
      await page.locator('#code').fill(way.run);
      await page.getByTestId('run').click();
      await expectSeen(page, { code, words });
    });
  }
});
