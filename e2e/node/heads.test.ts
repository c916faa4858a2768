/**
 * The shipped linear head and others beside it, through rockpool/edge in Node, against what scikit-learn's head says of
 * Sentence-Transformers' vectors.
 */
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LLM } from 'rockpool/edge';
import { safetensors } from '../../src/files/safetensors-for-tests.ts';

interface Fixture {
  head: string;
  cases: { name: string; text: string; section: string; probs: number[] }[];
}

const root = join(import.meta.dirname, '../..');
const fixture = JSON.parse(await readFile(join(root, 'e2e/oracle/fixtures/section-head.json'), 'utf8')) as Fixture;
const sections = pathToFileURL(join(root, fixture.head));
const { labels } = JSON.parse(await readFile(join(root, fixture.head, 'head.json'), 'utf8')) as { labels: string[] };
const model = join(root, 'models/all-MiniLM-L6-v2');
const texts = fixture.cases.map(({ text }) => text);
const toMaximum = { truncatePromptTokens: -1 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rockpool-heads-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A folder with a head of this weight, and no bias. */
async function headOf(
  name: string,
  config: { labels: string[]; model?: string; dimensions?: number },
  values: readonly number[],
): Promise<URL> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, 'head.json'), JSON.stringify(config));
  const shape = [config.labels.length, values.length / config.labels.length];
  await writeFile(join(path, 'head.safetensors'), safetensors({ weight: { shape, values } }));
  return pathToFileURL(path);
}

const load = (heads: Record<string, string | URL>, more: Parameters<typeof LLM.load>[1] = {}) =>
  LLM.load(model, { heads, onLog: () => {}, ...more });

describe('the head that comes with the repository', () => {
  test('gives held-out packages the probabilities that Python gives them', async () => {
    await using llm = await load({ sections });
    expect(llm.info).toMatchObject({ heads: ['sections'], tasks: expect.arrayContaining(['classify', 'embed']) as unknown });
    const outputs = await llm.classify(texts, toMaximum);
    expect(outputs).toHaveLength(fixture.cases.length);
    for (const [i, { outputs: given }] of outputs.entries()) {
      const { name, probs } = fixture.cases[i]!;
      expect(given.num_classes, name).toBe(labels.length);
      expect(Math.max(...given.probs.map((prob, label) => Math.abs(prob - probs[label]!))), name).toBeLessThan(1e-4);
      expect(given.label, name).toBe(labels[probs.indexOf(Math.max(...probs))]);
    }
  });

  test('gives logits that differ as the logarithms of its probabilities', async () => {
    await using llm = await load({ sections });
    const [logits] = await llm.classify(texts[0]!, { ...toMaximum, poolingParams: { activation: false } });
    const values = [...logits!.outputs.probs];
    const { probs } = fixture.cases[0]!;
    const best = probs.indexOf(Math.max(...probs));
    for (const [label, prob] of probs.entries()) {
      if (prob > 1e-4) expect(values[best]! - values[label]!).toBeCloseTo(Math.log(probs[best]! / prob), 1);
    }
  });
});

describe('several heads on one encoder', () => {
  test('each answers as itself, and embeddings stay as they are', async () => {
    // Row 0 of its weight picks the first value of the embedding.
    const first = await headOf('first', { labels: ['positive'] }, [20, ...Array<number>(383).fill(0)]);
    const short = await headOf('short', { labels: ['a', 'b'], dimensions: 2 }, [20, 0, 0, 20]);
    await using llm = await load({ sections, first, short });
    expect(llm.info.heads).toEqual(['sections', 'first', 'short']);
    const alone = await LLM.load(model, { onLog: () => {} });
    const embeddings = (await alone.embed(texts, toMaximum)).map(({ outputs }) => outputs.embedding);
    await alone.dispose();

    const [bySection, byFirst, byShort, embedded] = await Promise.all([
      llm.classify(texts, { ...toMaximum, head: 'sections' }),
      llm.classify(texts, { ...toMaximum, head: 'first' }),
      llm.classify(texts, { ...toMaximum, head: 'short' }),
      llm.embed(texts, toMaximum),
    ]);
    for (const [i, vector] of embeddings.entries()) {
      const [x, y] = [vector[0]!, vector[1]!];
      expect(Math.max(...bySection[i]!.outputs.probs.map((prob, k) => Math.abs(prob - fixture.cases[i]!.probs[k]!)))).toBeLessThan(1e-4);
      expect(byFirst[i]!.outputs).toMatchObject({ num_classes: 1, label: 'positive' });
      expect(byFirst[i]!.outputs.probs[0]).toBeCloseTo(1 / (1 + Math.exp(-20 * x)), 4);
      // Cut first, then of unit length: only the direction of the two values counts.
      expect(byShort[i]!.outputs.probs[0]).toBeCloseTo(1 / (1 + Math.exp((-20 * (x - y)) / Math.hypot(x, y))), 3);
      expect(Math.max(...embedded[i]!.outputs.embedding.map((value, k) => Math.abs(value - vector[k]!)))).toBeLessThan(1e-5);
    }
  });

  test('need a name, one that there is', async () => {
    const other = await headOf('other', { labels: ['a', 'b'] }, Array<number>(768).fill(0));
    await using llm = await load({ sections, other });
    await expect(llm.classify('text')).rejects.toMatchObject({
      code: 'invalid-option',
      message: 'Name the head to classify by with the option `head`: sections, other.',
    });
    await expect(llm.classify('text', { head: 'topics' })).rejects.toMatchObject({
      code: 'invalid-option',
      message: 'There is no head "topics". LLM.load got: sections, other.',
    });
    // The engine goes on working.
    expect((await llm.classify('text', { head: 'other' }))[0]!.outputs.probs).toEqual(Float32Array.of(0.5, 0.5));
  });
});

describe('a head that does not fit', () => {
  test.each([
    [
      'narrow',
      { labels: ['a', 'b'], model: 'some-other-model' },
      100,
      'takes embeddings of 100 values, and those of "all-MiniLM-L6-v2" have 384. It was trained on some-other-model.',
    ],
    [
      'wide',
      { labels: ['a', 'b'] },
      768,
      'takes embeddings of 768 values, and those of "all-MiniLM-L6-v2" have 384. Load it with the encoder it was trained on.',
    ],
    [
      'cut-too-wide',
      { labels: ['a', 'b'], dimensions: 500 },
      500,
      'takes embeddings of 500 values, and those of "all-MiniLM-L6-v2" have 384.',
    ],
  ])('%s: load says which and why', async (name, config, width, message) => {
    const head = await headOf(name, config, Array<number>(2 * width).fill(0));
    const error: unknown = await load({ [name]: head }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'model-file-invalid',
      message: expect.stringContaining(`The head "${name}" ${message}`) as unknown,
    });
  });

  test('a model without embeddings takes no head', async () => {
    const reranker = join(root, 'e2e/models/tiny-bert-reranker');
    await expect(LLM.load(reranker, { heads: { sections }, onLog: () => {} })).rejects.toMatchObject({
      code: 'unsupported-task',
      message: expect.stringMatching(
        /^The head "sections" classifies embeddings, and model "tiny-bert-reranker" .* gives none\. It serves: /,
      ) as unknown,
    });
  });

  test('a folder without head.json is missing it', async () => {
    await expect(load({ sections: pathToFileURL(folder) })).rejects.toMatchObject({
      code: 'model-file-missing',
      message: expect.stringContaining('head.json') as unknown,
    });
  });
});
