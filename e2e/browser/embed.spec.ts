import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { loadOptions } from '../oracle/fixtures.ts';
import { byPooler, expect, expectOracle, fixture, MINILM, test, texts, TINY } from './harness.ts';

const load = (page: import('@playwright/test').Page, model: string, options: object) =>
  page.evaluate(
    async ([folder, given]) => {
      window.llm = await window.LLM.load(folder, { onLog: () => {}, ...given });
      return window.llm.info;
    },
    [model, options] as const,
  );

/** On WebGPU, with the kernels that the tests before have compiled. */
const loadWarm = (page: import('@playwright/test').Page, model: string, options: object) =>
  page.evaluate(
    async ([folder, given]) => {
      await window.llm?.dispose();
      const worker = () => window.lasting('webgpu');
      window.llm = await window.LLM.load(folder, { onLog: () => {}, worker, ...given, device: 'webgpu' });
    },
    [model, options] as const,
  );

const modelJson = (file: string) => JSON.parse(readFileSync(new URL(`../..${MINILM}/${file}`, import.meta.url), 'utf8')) as object;

const { onLog: _, ...longOptions } = loadOptions('MEAN');

test.describe('WASM', () => {
  test('MiniLM gives the oracle’s vectors', async ({ blank }) => {
    test.setTimeout(300_000);
    const info = await load(blank, MINILM, { ...longOptions, device: 'wasm' });
    expect(info).toMatchObject({
      device: 'wasm',
      fallback: null,
      dtype: 'q8',
      hidden_size: 384,
      max_model_len: 256,
      architecture: 'BertModel',
    });
    expect(info.threads).toBeGreaterThan(1);
    const cases = byPooler(fixture('minilm-w8')).get('MEAN')!;
    await expectOracle(
      blank,
      // All of them are computed in Node: oracle.test.ts.
      cases.filter(({ tokens }, i) => tokens < 600 && i % 3 === 0),
      0.99999,
    );
    expect((await blank.evaluate(() => window.llm.info)).counters.readBackBytes).toBe(0);
  });

  // A text of this length crosses in parts that are freed as they are read, and so are the batches made of it.
  test('a long text has the ids of the whole and the mean of its chunks', async ({ blank, server }) => {
    await load(blank, TINY, { ...longOptions, device: 'wasm', dtype: 'fp32' });
    const packages = (await (await fetch(`${server.url}/demo/public/packages.json`)).json()) as { body: string }[];
    const prose = packages.map(({ body }) => body).join('\n');
    // Pairs of surrogates and a byte order mark lie on the cut between the first two parts.
    const text = `${prose.slice(0, 65_530)}${'🐟'.repeat(8)}\uFEFF 漢字。${prose.slice(65_530, 300_000)}`;
    const tokenizer = new Tokenizer(modelJson('tokenizer.json'), modelJson('tokenizer_config.json'));
    const expectedIds = tokenizer.encode(text).ids;
    const found = await blank.evaluate(
      async ([long, ids]) => {
        const given = Int32Array.from(ids);
        const [output] = await window.llm.embed(long);
        const [fromIds] = await window.llm.embed([given] as never);
        const chunks = Array.from({ length: Math.ceil(ids.length / 256) }, (_, i) => ids.slice(i * 256, (i + 1) * 256));
        const rows = await window.llm.embed(chunks);
        const vectors = rows.map(({ outputs }) => [...outputs.embedding]);
        const [tokenized] = await window.llm.tokenize(long);
        return {
          ids: [...output!.prompt_token_ids],
          tokenized: tokenized!.tokens,
          embedding: [...output!.outputs.embedding],
          fromIds: [...fromIds!.outputs.embedding],
          given: [...given],
          chunks: vectors.map((vector, i) => ({ vector, tokens: chunks[i]!.length })),
        };
      },
      [text, expectedIds] as const,
    );
    expect(found.ids).toEqual(expectedIds);
    expect(found.tokenized).toEqual(expectedIds);
    expect(found.given).toEqual(expectedIds);
    const sum = found.embedding.map((_, column) => found.chunks.reduce((total, { vector, tokens }) => total + vector[column]! * tokens, 0));
    const mean = sum.map((value) => value / Math.hypot(...sum));
    for (const vector of [found.embedding, found.fromIds]) {
      expect(Math.max(...vector.map((value, i) => Math.abs(value - mean[i]!)))).toBeLessThan(1e-5);
    }
  });

  test('a page without cross-origin isolation runs on one thread', async ({ browser, server }) => {
    const remove = server.fault('/blank', (_request, response) => {
      response.removeHeader('Cross-Origin-Opener-Policy');
      response.removeHeader('Cross-Origin-Embedder-Policy');
      response.setHeader('Content-Type', 'text/html').end('<!doctype html>');
      return true;
    });
    const page = await browser.newPage();
    await page.goto(`${server.url}/plain/blank`);
    const info = await page.evaluate(async (model) => {
      const { LLM } = (await import('/dist/index.js' as string)) as typeof import('../../src/index.ts');
      const llm = await LLM.load(model, { device: 'wasm', onLog: () => {} });
      await llm.embed('hello');
      return llm.info;
    }, TINY);
    expect(info.threads).toBe(1);
    remove();
    await page.close();
  });

  test('device "auto" refuses a software adapter and says so', async ({ blank }) => {
    const info = await load(blank, TINY, { device: 'auto' });
    expect(info.device).toBe('wasm');
    expect(info.fallback).toContain('software');
  });
});

test.describe('WebGPU', () => {
  test('a tiny BERT gives the oracle’s vectors, pooled on the device', async ({ blank }) => {
    test.setTimeout(300_000);
    const info = await load(blank, TINY, { ...longOptions, device: 'webgpu' });
    expect(info).toMatchObject({ device: 'webgpu', fallback: null, dtype: 'fp32' });
    expect(info.adapter).toContain('swiftshader');
    expect(info.selfCheck).toBeGreaterThan(0.9999);
    const cases = byPooler(fixture('tiny-bert')).get('MEAN')!;
    await expectOracle(
      blank,
      cases.filter(({ tokens }, i) => tokens < 600 && i % (tokens > 64 ? 6 : 3) === 0),
      0.99999,
    );
  });

  for (const pooler of ['CLS', 'LAST'] as const) {
    test(`${pooler} pooling gives the oracle’s vectors`, async ({ lasting }) => {
      const { onLog: _log, ...options } = loadOptions(pooler);
      await loadWarm(lasting, TINY, options);
      await expectOracle(
        lasting,
        byPooler(fixture('tiny-bert'))
          .get(pooler)!
          .filter(({ tokens }) => tokens < 64),
        0.99999,
      );
    });
  }

  test('MiniLM gives the oracle’s vectors', async ({ blank }) => {
    test.setTimeout(300_000);
    await load(blank, MINILM, { device: 'webgpu' });
    const cases = byPooler(fixture('minilm-w8'))
      .get('MEAN')!
      .filter(({ id, tokens }) => id.startsWith('plain/') && tokens < 24);
    await expectOracle(blank, cases.slice(0, 2), 0.99999);
  });

  test('only pooled rows are read back: 4 bytes a dimension and text', async ({ lasting }) => {
    await loadWarm(lasting, TINY, { selfCheck: false, hfOverrides: { is_matryoshka: true } });
    const bytes = await lasting.evaluate(
      async (batch) => {
        const { llm } = window;
        const read = () => llm.info.counters.readBackBytes;
        const before = read();
        await llm.embed(batch);
        const full = read();
        await llm.embed(batch, { poolingParams: { dimensions: 8 } });
        const cut = read();
        const [states] = await llm.encode('two words');
        return { full: full - before, cut: cut - full, rows: read() - cut, tokens: states!.outputs.shape[0] };
      },
      [texts['letter']!, 'hello there', 'a somewhat longer text than the others'],
    );
    expect(bytes).toEqual({ full: 3 * 32 * 4, cut: 3 * 8 * 4, rows: bytes.tokens * 32 * 4, tokens: 4 });
  });

  test('a model that WebGPU computes wrongly is refused, by name or with a fallback', async ({ blank }) => {
    const outcome = await blank.evaluate(() =>
      window.outcome(window.LLM.load('/e2e/models/tiny-bert-fused', { device: 'webgpu', onLog: () => {} })),
    );
    expect(outcome).toMatchObject({ ok: false, code: 'webgpu-wrong-results' });
    const auto = await blank.evaluate(async () => {
      const logs: string[] = [];
      const { worker } = window.tampered('hardware');
      window.llm = await window.LLM.load('/e2e/models/tiny-bert-fused', { worker, onLog: ({ message }) => logs.push(message) });
      return { info: window.llm.info, logs };
    });
    expect(auto.info).toMatchObject({ device: 'wasm', fallback: expect.stringContaining('cosine') as unknown });
    expect(auto.info.selfCheck).toBeLessThan(0.99);
    expect(auto.logs.join()).toContain('Using WASM');
    const cases = byPooler(fixture('tiny-bert'))
      .get('MEAN')!
      .filter(({ id }) => id.startsWith('plain/'));
    await expectOracle(blank, cases.slice(0, 10), 0.999, 0.03);
  });

  test('a model that WebGPU computes rightly is taken by "auto"', async ({ blank }) => {
    const info = await blank.evaluate(async () => {
      const { worker } = window.tampered('hardware');
      window.llm = await window.LLM.load('/e2e/models/tiny-bert', { worker, onLog: () => {} });
      return window.llm.info;
    });
    expect(info).toMatchObject({ device: 'webgpu', adapter: 'test · pretender', fallback: null });
    expect(info.selfCheck).toBeGreaterThan(0.9999);
  });

  test('a model whose precision the device lacks falls back', async ({ blank }) => {
    const info = await blank.evaluate(async () => {
      const { worker } = window.tampered('hardware');
      window.llm = await window.LLM.load('/e2e/models/tiny-bert', { worker, dtype: 'fp16', onLog: () => {} });
      return window.llm.info;
    });
    expect(info.device).toBe('wasm');
    expect(info.fallback).toContain('f16');
  });
});
