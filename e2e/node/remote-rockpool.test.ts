/** rockpool/remote over rockpool/server: every method of a remote LLM gives what the same method of the local one gives. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LLM as LocalLLM } from 'rockpool/edge';
import { LLM, type PoolingLLM } from 'rockpool/remote';
import { createHandler } from 'rockpool/server';
import { outcome } from './remote-server.ts';
import { load, randomFrom, wordsFrom } from './tiny-model.ts';

const names = ['tiny-bert-poolings', 'tiny-bert-classifier', 'tiny-bert-token-classifier', 'tiny-bert-reranker', 'tiny-colbert', 'tiny-qwen2-reward', 'tiny-qwen3-embed'] as const; // prettier-ignore
type Name = (typeof names)[number];
const local = {} as Record<Name, LocalLLM>;
const remote = {} as Record<Name, LLM>;
/** Bodies that were sent. */
const sent: { path: string; body: Record<string, unknown> }[] = [];

beforeAll(async () => {
  for (const name of names) local[name] = await load(name);
  const handler = createHandler(local);
  const viaHandler: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.method === 'POST')
      sent.push({ path: new URL(request.url).pathname, body: (await request.clone().json()) as Record<string, unknown> });
    return handler(request);
  };
  for (const name of names) {
    remote[name] = await LLM.connect('http://rockpool.test', { model: name, fetch: viaHandler, maxInputsPerRequest: 7, onLog: () => {} });
  }
});
afterAll(async () => {
  for (const llm of [...Object.values(remote), ...Object.values(local)]) await llm.dispose();
});

const random = randomFrom(11);
const texts = Array.from({ length: 24 }, (_, i) => wordsFrom(random, 1 + (i % 40)));

/** Numbers of any output, whatever its method. */
function numbersOf(output: { outputs: object }): { numbers: number[]; rest: object } {
  const { embedding, data, probs, score, ...rest } = output.outputs as Record<string, unknown> & { offsets?: unknown };
  delete rest['offsets'];
  return { numbers: typeof score === 'number' ? [score] : Array.from((embedding ?? data ?? probs) as Float32Array), rest };
}

async function agree(name: Name, call: (llm: PoolingLLM) => Promise<{ outputs: object }[]>): Promise<void> {
  const [here, there] = await Promise.all([call(local[name]), call(remote[name])]);
  expect(there.length).toBe(here.length);
  here.forEach((output, i) => {
    const [a, b] = [numbersOf(output), numbersOf(there[i]!)];
    expect(b.rest).toEqual(a.rest);
    expect(b.numbers.length).toBe(a.numbers.length);
    a.numbers.forEach((value, at) => expect(Math.abs(value - b.numbers[at]!)).toBeLessThan(1e-5));
  });
}

test('it says what it is', () => {
  expect(remote['tiny-bert-poolings'].info).toMatchObject({ model: 'tiny-bert-poolings', device: 'remote', max_model_len: local['tiny-bert-poolings'].info.max_model_len }); // prettier-ignore
  expect(remote['tiny-bert-poolings'].info.adapter).toMatch(/^rockpool \d+\.\d+\.\d+.* at http:\/\/rockpool.test$/);
});

describe('The same numbers', () => {
  test('embed', () => agree('tiny-bert-poolings', (llm) => llm.embed(texts)));
  test('embed, cut and not normalised', () =>
    agree('tiny-bert-poolings', (llm) =>
      llm.embed(texts, { truncatePromptTokens: 6, truncationSide: 'left', poolingParams: { normalize: false } }),
    ));
  test('embed of token ids, and of texts that carry their special tokens', async () => {
    await agree('tiny-bert-poolings', (llm) => llm.embed([{ prompt_token_ids: [2, 5, 3] }, 'hello']));
    await agree('tiny-bert-poolings', (llm) => llm.embed(['[CLS] hello [SEP]'], { addSpecialTokens: false }));
  });
  test('encode', () => agree('tiny-bert-poolings', (llm) => llm.encode(texts)));
  test('tokenEmbed', () => agree('tiny-colbert', (llm) => llm.tokenEmbed(texts)));
  test('classify', () => agree('tiny-bert-classifier', (llm) => llm.classify(texts)));
  test('classify, logits', () => agree('tiny-bert-classifier', (llm) => llm.classify(texts, { poolingParams: { activation: false } })));
  test('reward', () => agree('tiny-qwen2-reward', (llm) => llm.reward(texts)));
  test('score by a cross-encoder', () => agree('tiny-bert-reranker', (llm) => llm.score('a query', texts)));
  test('score of pairs, cut', () =>
    agree('tiny-bert-reranker', (llm) => llm.score(texts, texts.toReversed(), { maxTokensPerDoc: 5, maxTokensPerQuery: 4 })));
  test('score by cosine', () => agree('tiny-bert-poolings', (llm) => llm.score('a query', texts)));
  test('score by late interaction', () => agree('tiny-colbert', (llm) => llm.score('a query', texts)));

  test('tokenClassify, whose labels the server does not tell', async () => {
    const [here, there] = await Promise.all([local, remote].map((llms) => llms['tiny-bert-token-classifier'].tokenClassify(texts)));
    here!.forEach(({ outputs }, i) => {
      expect(there![i]!.outputs).toMatchObject({ shape: outputs.shape, labels: null, offsets: null });
      outputs.data.forEach((value, at) => expect(Math.abs(value - there![i]!.outputs.data[at]!)).toBeLessThan(1e-5));
    });
  });

  test('rerank', async () => {
    const [here, there] = await Promise.all(
      [local, remote].map((llms) => llms['tiny-bert-reranker'].rerank('a query', texts, { topN: 5 })),
    );
    expect(there!.map(({ index }) => index)).toEqual(here!.map(({ index }) => index));
    expect(there![0]!.document).toBe(here![0]!.document);
  });

  test('tokenize and detokenize', async () => {
    const [here, there] = await Promise.all([local, remote].map((llms) => llms['tiny-bert-poolings'].tokenize(texts)));
    expect(there).toEqual(here);
    const [mine, its] = await Promise.all([local, remote].map((llms) => llms['tiny-bert-poolings'].detokenize([2, 5, 3])));
    expect(its).toBe(mine);
  });
});

test('prompts are the server’s by name, and none besides one of the caller’s own', async () => {
  const llm = remote['tiny-bert-poolings'];
  sent.length = 0;
  const [own] = await llm.embed('x', { prompt: 'query: ' });
  expect(sent.at(-1)!.body).toMatchObject({ input: ['query: x'], prompt_name: '' });
  const [same] = await local['tiny-bert-poolings'].embed('query: x');
  own!.outputs.embedding.forEach((value, i) => expect(Math.abs(value - same!.outputs.embedding[i]!)).toBeLessThan(1e-5));
  expect(await outcome(llm.embed('x', { promptName: 'nobody' }))).toMatch(/^invalid-input: rockpool .* has no prompt "nobody"/);
});

test('errors are those of the model', async () => {
  const llm = remote['tiny-bert-poolings'];
  const long = wordsFrom(random, 5_000);
  expect(await outcome(llm.embed(long))).toMatch(
    /^input-too-long: rockpool .* answered \/embeddings with 400: This model's maximum context length is/,
  );
  expect(await outcome(remote['tiny-bert-classifier'].embed('x'))).toMatch(/^unsupported-task/);
  expect(await outcome(llm.classify('x'))).toMatch(/^unsupported-task/);
  expect(await outcome(llm.embed('x', { poolingParams: { dimensions: 99_999 } }))).toMatch(/^invalid-input: .*dimension/);
});
