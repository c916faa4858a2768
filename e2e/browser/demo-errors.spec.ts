/** Every error text of the page is seen here once, each where a visitor would see it; and there are no others. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { errorTexts } from '../../demo/ui/error-texts.ts';
import { sendFile, startServer, type Fault, type TestServer } from '../server.ts';
import { loadModel, tinyModel } from './demo-site.ts';

const root = join(import.meta.dirname, '../..');
let site: TestServer;
test.use({ serviceWorkers: 'block' });
test.beforeEach(async () => {
  site = await startServer(join(root, 'site'));
});
test.afterEach(() => site.close());

const missing: Fault = (_request, response) => {
  response.writeHead(404).end();
  return true;
};
const away: Fault = (request) => Boolean(request.socket.destroy());
const failing: Fault = (_request, response) => {
  response.writeHead(503).end();
  return true;
};
const answering =
  (type: string, change: (file: Buffer) => string | Buffer): Fault =>
  (_request, response, file) => {
    response.setHeader('Content-Type', type).end(change(file!));
    return true;
  };
/** The page's worker, behind a program that does something to its realm first. */
const tampered = (program: string) => answering('text/javascript', (file) => `${program};\n${file}`);
/** e2e/browser/tampered-worker.js, told how. */
const tamperedGpu = (how: string) =>
  readFileSync(join(import.meta.dirname, 'tampered-worker.js'), 'utf8')
    .replace('location.search', JSON.stringify(how))
    .replace("await import('/dist/worker.js');", '');

type Provoke = (page: Page) => Promise<unknown>;

/** A tiny model, and what is wrong with it or around it; then the button that loads it. */
const onLoad =
  (breakIt: (page: Page) => unknown, device: 'wasm' | 'webgpu' | 'auto' = 'wasm', model?: string): Provoke =>
  async (page) => {
    await breakIt(page); // before the model: the first fault of a path answers
    tinyModel(site, model);
    await page.goto(`${site.url}/#classify?device=${device}`);
    await page.getByTestId('load').click();
  };

/** A program for the API view, which asks the loaded model for something that it refuses. They all run in one page. */
interface Program {
  run: string;
}

/**
 * These come of servers elsewhere and of stored indexes, which the page does not have: nothing that a visitor does leads to them. A program throws what the
 * library would, and the page shows it in the same box.
 */
const thrown = (code: string): Program => ({
  run: `throw Object.assign(new Error('as the library says it'), { name: 'PoolingError', code: '${code}' });`,
});

/** Once it has answered: its device is destroyed, and so are all that follow. */
async function loseGpu(page: Page): Promise<void> {
  await expect(page.getByTestId('device-badge')).toContainText('WebGPU');
  await expect(page.getByTestId('headline')).not.toBeEmpty({ timeout: 60_000 });
  await page.evaluate(() => ['curse', 'destroy'].forEach((name) => new BroadcastChannel(name).postMessage('')));
  await page.locator('#classify-text').fill('after the loss');
}

/** Loads the tiny model on the software GPU, and breaks that. */
const onLostGpu: Provoke = async (page) => {
  tinyModel(site);
  site.fault('/assets/worker-', tampered(tamperedGpu('destroyable&mortal')));
  await page.goto(`${site.url}/#classify?device=webgpu`);
  await loadModel(page);
  await loseGpu(page);
};

const tinyFile = (path: string) => readFileSync(join(root, 'e2e/models/tiny-bert', path));
/** A file of the tiny model, changed. */
const serving =
  (path: string, change: (file: Buffer) => Buffer): Fault =>
  (request, response) => {
    sendFile(request, response, change(tinyFile(path)), path);
    return true;
  };
const corrupt = (file: Buffer) => file.fill(0xff, 1000, 200_000);
/** Nearly all of its file is the table of words: this makes their values NaN. */
const nanWords = (file: Buffer) => file.fill(0xff, 500_000, 3_500_000);

const library: Record<keyof typeof errorTexts, Provoke | Program> = {
  'invalid-input': { run: 'await llm.embed([[30_522]]);' },
  'invalid-option': { run: "await llm.embed('a', { nonsense: 1 });" },
  'input-too-long': { run: "await llm.encode('word '.repeat(300));" },
  'too-many-tokens': { run: "await llm.embed('one two three', { maxTotalTokens: 2 });" },
  'unsupported-model': onLoad(() =>
    site.fault(
      'modules.json',
      answering('application/json', () => `${tinyFile('modules.json')}`.replace('models.Pooling', 'models.Router')),
    ),
  ),
  'unsupported-task': { run: "await llm.reward('a');" },
  'model-file-missing': onLoad(() => site.fault('/onnx/', missing)),
  'model-file-invalid': onLoad(() => site.fault('/onnx/model.onnx', serving('onnx/model.onnx', corrupt))),
  'integrity-mismatch': {
    run: "await llm.constructor.load('models/all-MiniLM-L6-v2', { device: 'wasm', integrity: { 'config.json': '0'.repeat(64) } });",
  },
  'download-failed': onLoad(() => site.fault('/onnx/', away)),
  'webgpu-unavailable': onLoad((page) => page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu')), 'webgpu'),
  // Its fused attention is computed wrongly by SwiftShader.
  'webgpu-wrong-results': onLoad(() => {}, 'webgpu', 'tiny-bert-fused'),
  'device-lost': onLostGpu,
  'non-finite-output': async (page) => {
    site.fault('/onnx/model.onnx', serving('onnx/model.onnx', nanWords));
    tinyModel(site);
    await page.goto(`${site.url}/#classify?device=wasm`);
    await loadModel(page);
  },
  'runtime-failed': onLoad(() => site.fault('.wasm', missing)),
  'worker-crashed': onLoad(() => site.fault('/assets/worker-', missing)),
  'worker-timeout': async (page) => {
    await page.clock.install();
    await onLoad(() =>
      site.fault(
        '/assets/worker-',
        answering('text/javascript', () => ''),
      ),
    )(page);
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
  'Something unexpected went wrong.': async (page) => {
    tinyModel(site);
    await page.goto(`${site.url}/#tokens?device=wasm`);
    await loadModel(page);
    // A fault of the page itself. What the library does wrong has a code.
    await page.evaluate(() => Object.assign(window, { Map: null }));
    await page.locator('#tokens-text').fill('another text');
  },
  'This part of the page did not arrive.': async (page) => {
    site.fault('/assets/search-view', failing);
    await page.goto(site.url);
  },
  'The list of packages did not arrive.': async (page) => {
    site.fault('/packages.json', failing);
    await page.goto(site.url);
  },
  'The code that finds words did not arrive.': async (page) => {
    site.fault(
      '/assets/search-',
      (request, response) => !/search-(view|worker|gpu)/.test(request.url!) && failing(request, response, null),
    );
    await page.goto(`${site.url}/#search?source=files`);
    await page.locator('#own-files').setInputFiles({ name: 'note.txt', mimeType: '', buffer: Buffer.from('A boat with two sails.') });
  },
  'The book did not arrive.': async (page) => {
    site.fault('/alice.txt', failing);
    await page.goto(`${site.url}/#long-text`);
    await page.getByRole('button', { name: /Alice/ }).click();
  },
  'This file could not be read.': async (page) => {
    await page.goto(`${site.url}/#long-text`);
    await page
      .locator('#long-text-file')
      .setInputFiles({ name: 'photo.txt', mimeType: 'text/plain', buffer: Buffer.from([0xff, 0xd8, 0xff]) });
  },
  'The map could not be drawn up.': async (page) => {
    tinyModel(site);
    site.fault('/assets/layout-worker', missing);
    await page.goto(`${site.url}/#map?device=wasm`);
    await loadModel(page);
  },
  'This could not be run as a program.': { run: 'show(1' },
  'The code stopped with an error.': { run: "throw new Error('of my own')" },
};

/** Of an index on the disk, and without a network: in the files that have them. */
const elsewhere = ['demo-search-files.spec.ts', 'demo-offline.spec.ts']
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n');
const seenElsewhere = [...elsewhere.matchAll(/\bwords(?:: | = )'(The (?:index of your files|runtime for this device) .+?)'/g)].map(
  ([, words]) => words!,
);

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

const shown = (page: Page, words: string) => page.getByTestId('error').filter({ visible: true, hasText: words }).first();

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
  test(`${code ?? 'the page itself'}: ${words.split('.')[0]}`, async ({ page }) => {
    await way(page);
    await expectSeen(page, { code, words });
  });
}

test('what a program in the API view can be answered', async ({ page }) => {
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

/** What the panel behind the device's badge says of the loaded model. */
async function expectTold(page: Page, words: string | RegExp): Promise<void> {
  await page.getByTestId('device-badge').click();
  await expect(page.getByRole('region', { name: 'Device and models' })).toContainText(words);
}

const slower = 'Your results are right, only slower.';

/** No error, and still said: which fallback was taken, and why. */
test.describe('a fallback is told', () => {
  const loaded = async (page: Page, device: 'auto' | 'wasm' = 'auto') => {
    await page.goto(`${site.url}/index.html#classify?device=${device}`);
    await loadModel(page);
  };

  test('from a GPU that is software', async ({ page }) => {
    tinyModel(site);
    await loaded(page);
    await expectTold(page, new RegExp(`WebGPU is not used: .*software.* ${slower}`));
  });

  test('from a browser without WebGPU', async ({ page }) => {
    tinyModel(site);
    await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'));
    await loaded(page);
    await expectTold(page, `WebGPU is not used: this browser does not have it. ${slower}`);
  });

  test('from a GPU that computes wrongly', async ({ page }) => {
    tinyModel(site, 'tiny-bert-fused');
    site.fault('/assets/worker-', tampered(tamperedGpu('hardware')));
    await loaded(page);
    await expect(page.getByTestId('device-badge')).toContainText('WASM');
    await expectTold(page, new RegExp(`WebGPU is not used: .*gave other vectors than WASM.*cosine [-\\d.]+.* ${slower}`));
  });

  test('from a GPU that is lost while it works', async ({ page }) => {
    tinyModel(site);
    site.fault('/assets/worker-', tampered(tamperedGpu('hardware&destroyable&mortal')));
    await loaded(page);
    await loseGpu(page);
    await expect(page.getByTestId('device-badge')).toContainText('WASM', { timeout: 60_000 });
    await expect(page.getByTestId('headline')).not.toBeEmpty();
    await expectTold(page, new RegExp(`WebGPU is not used: .* ${slower}`));
  });

  test('from a cache that is forbidden', async ({ page }) => {
    tinyModel(site);
    const forbidden = "CacheStorage.prototype.open = () => Promise.reject(new DOMException('no', 'SecurityError'))";
    site.fault('/assets/worker-', tampered(forbidden));
    await loaded(page, 'wasm');
    await expectTold(page, 'Model files cannot be cached and stay in memory (SecurityError: no). The next load downloads them again.');
  });

  test('from threads, where the server does not isolate the page', async ({ page }) => {
    tinyModel(site);
    site.fault('/index.html', (_request, response) => {
      response.removeHeader('Cross-Origin-Opener-Policy');
      return false;
    });
    await loaded(page, 'wasm');
    await expectTold(page, 'with one thread; more need a server that isolates the page.');
  });

  test('from a backend that the benchmark cannot run', async ({ page }) => {
    tinyModel(site);
    site.fault('.wasm', missing);
    await page.goto(`${site.url}/#benchmark`);
    await expect(page.locator('#bench-wasm')).toBeChecked();
    await page.getByTestId('bench').click();
    const error = shown(page, errorTexts['runtime-failed'].what);
    await expect(error).toContainText('Left out: WASM, on the CPU. Whatever else was chosen was measured.', { timeout: 60_000 });
  });

  test('from a clipboard that is not allowed', async ({ page }) => {
    await page.addInitScript(() => (Clipboard.prototype.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))));
    await page.goto(`${site.url}/#api`);
    await page.getByTestId('copy-code').click();
    await expect(page.getByTestId('copy-code')).toHaveText('The browser did not allow it');
  });
});
