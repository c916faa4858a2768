/** rockpool/edge in Node against Sentence-Transformers: the committed cases, on the built package. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LLM } from 'rockpool/edge';
import type { Dtype } from '../../src/types.ts';
import { byPooler, callOptions, compare, expected, loadOptions, type Fixture, type OracleCase } from '../oracle/fixtures.ts';

const root = new URL('../../', import.meta.url);
const json = async <T>(path: string) => JSON.parse(await readFile(new URL(path, root), 'utf8')) as T;
const texts = await json<Record<string, string>>('e2e/oracle/texts.json');

/** The tiny models share the tokenizer of the large one. */
const folder = (path: string) => async (file: string) => {
  const own = new URL(`${path}/${file}`, root);
  const found = existsSync(own) ? own : file === 'tokenizer.json' ? new URL('models/all-MiniLM-L6-v2/tokenizer.json', root) : null;
  return found && new Response(await readFile(found));
};

interface Subject {
  name: string;
  model: string;
  fixture: string;
  dtype?: Dtype;
  cosine: number;
  norm: number;
}

const shipped: Subject[] = [
  {
    name: 'the shipped int8 file against its own weights in torch',
    model: 'models/all-MiniLM-L6-v2',
    fixture: 'minilm-w8',
    cosine: 0.99999,
    norm: 1e-4,
  },
  {
    name: 'the shipped int8 file against the original fp32 weights',
    model: 'models/all-MiniLM-L6-v2',
    fixture: 'minilm-fp32',
    cosine: 0.999,
    norm: 0.02,
  },
  { name: 'fp32 against fp32', model: 'e2e/models/tiny-bert', fixture: 'tiny-bert', dtype: 'fp32', cosine: 0.99999, norm: 1e-4 },
  { name: 'float16 states', model: 'e2e/models/tiny-bert', fixture: 'tiny-bert', dtype: 'fp16', cosine: 0.999, norm: 0.03 },
  {
    name: 'weights in an external file',
    model: 'e2e/models/tiny-bert',
    fixture: 'tiny-bert',
    dtype: 'q4',
    cosine: 0.999,
    norm: 0.03,
  },
];

/** The real MiniLM in float32 is not in the repository: `npm run check:fp32` makes it, and names its folder. */
const FP32 = process.env.ROCKPOOL_FP32_MODEL;
const subjects: Subject[] = FP32
  ? [{ name: 'MiniLM in float32', model: FP32, fixture: 'minilm-fp32', dtype: 'fp32', cosine: 0.99999, norm: 1e-4 }]
  : shipped;

/** A text of 5,000 tokens is computed three times by the tiny models, with and without what is done to the mean of its chunks; once by the large one,
 * and in float32 not at all. */
const isAskedOf =
  ({ model }: Subject) =>
  ({ id }: OracleCase): boolean =>
    model.includes('tiny') || !(FP32 ? /^chunked.*5000$/ : /^chunked-.*5000$/).test(id);

/** Vectors of one model on all cases, computed once however many fixtures they are held against. */
const computed = new Map<string, Promise<Map<string, Float32Array>>>();

async function compute(subject: Subject, cases: OracleCase[], pooler: 'MEAN' | 'CLS' | 'LAST') {
  const llm = await LLM.load(folder(subject.model), { ...loadOptions(pooler), ...(subject.dtype && { dtype: subject.dtype }) });
  const vectors = new Map<string, Float32Array>();
  for (const one of cases) {
    const options = callOptions(one);
    const text = texts[one.text]!;
    if (one.options.pooling_type === 'ALL') {
      const [output] = await llm.encode(text, options);
      expect(output!.outputs.shape, one.id).toEqual(one.shape);
      vectors.set(one.id, output!.outputs.data);
      continue;
    }
    const [output] = await llm.embed(text, options);
    expect(output!.prompt_token_ids.length, one.id).toBe(one.tokens);
    if (one.prompt_token_ids) expect([...output!.prompt_token_ids], one.id).toEqual(one.prompt_token_ids);
    vectors.set(one.id, output!.outputs.embedding);
  }
  await llm.dispose();
  return vectors;
}

describe.each(subjects)('$name', (subject) => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await json<Fixture>(`e2e/oracle/fixtures/${subject.fixture}.json`);
  });

  test.each(['MEAN', 'CLS', 'LAST'] as const)('gives the vectors of the reference by %s', { timeout: 300_000 }, async (pooler) => {
    const cases = byPooler(fixture).get(pooler)!.filter(isAskedOf(subject));
    const key = `${subject.model} ${subject.dtype ?? ''} ${pooler}`;
    if (!computed.has(key)) computed.set(key, compute(subject, cases, pooler));
    const vectors = await computed.get(key)!;
    const worst = { cosine: 1, norm: 0, id: '' };
    for (const one of cases) {
      const { cosine, norm } = compare(vectors.get(one.id)!, expected(one));
      expect(cosine, one.id).toBeGreaterThanOrEqual(subject.cosine);
      expect(norm, one.id).toBeLessThanOrEqual(subject.norm);
      if (cosine < worst.cosine) Object.assign(worst, { cosine, id: one.id });
      worst.norm = Math.max(worst.norm, norm);
    }
    console.log(
      `${subject.name}, ${pooler}: ${cases.length} cases, worst cosine ${worst.cosine.toFixed(7)} (${worst.id}), worst norm ${worst.norm.toExponential(1)}`,
    );
  });
});

describe.skipIf(FP32 !== undefined)('batches', () => {
  test('a text alone and in any mix gives the same vector, within 1e-5', { timeout: 300_000 }, async () => {
    const llm = await LLM.load(folder('models/all-MiniLM-L6-v2'), { onLog: () => {} });
    const seed = Date.now() % 1e6;
    let state = seed;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const pool = Object.values(texts).filter((text) => text.length < 600);
    const alone = new Map<string, Float32Array>();
    for (const text of pool) alone.set(text, (await llm.embed(text))[0]!.outputs.embedding);
    for (let round = 0; round < 3; round++) {
      const mix = Array.from({ length: 20 }, () => pool[Math.floor(random() * pool.length)]!);
      const outputs = await llm.embed(mix);
      outputs.forEach(({ outputs: { embedding } }, i) => {
        const difference = Math.max(...embedding.map((value, d) => Math.abs(value - alone.get(mix[i]!)![d]!)));
        expect(difference, `seed ${seed}, round ${round}, text ${i}`).toBeLessThan(1e-5);
      });
    }
    const mix = pool.slice(0, 12);
    const together = await llm.encode(mix);
    for (const [i, text] of mix.entries()) {
      const [single] = await llm.encode(text);
      const { data, shape } = together[i]!.outputs;
      expect(shape).toEqual(single!.outputs.shape);
      expect(Math.max(...data.map((value, d) => Math.abs(value - single!.outputs.data[d]!))), text).toBeLessThan(1e-4);
    }
    await llm.dispose();
  });
});

afterAll(() => computed.clear());
