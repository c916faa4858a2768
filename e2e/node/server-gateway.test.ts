/** A server over `rockpool/remote`, as a gateway has it: `usage` is what the server behind it counted. */
import type { LLM } from 'rockpool/edge';
import { LLM as RemoteLLM, withFallback } from 'rockpool/remote';
import { createHandler } from 'rockpool/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { load } from './tiny-model.ts';

let models: Record<string, LLM> = {};
let behind: typeof fetch;

beforeAll(async () => {
  models = {
    embed: await load('tiny-bert-poolings'),
    classify: await load('tiny-bert-classifier'),
    rerank: await load('tiny-bert-reranker'),
    colbert: await load('tiny-colbert'),
    steps: await load('tiny-qwen2-prm', { overridePoolerConfig: { pooling_type: 'STEP', step_tag_id: 3 } }),
  };
  const handler = createHandler(models);
  behind = (input, init) => handler(new Request(input, init));
}, 60_000);

afterAll(async () => {
  for (const llm of Object.values(models)) await llm.dispose();
});

const open = (model: string, through: typeof fetch = behind) =>
  RemoteLLM.connect('http://behind', { model, fetch: through, maxInputsPerRequest: 2, onLog: () => {} });

async function answer(fetchTo: typeof fetch, path: string, body: object): Promise<{ body: any; tokens: string | null }> {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetchTo(`http://gateway${path}`, init);
  expect(response.status).toBe(200);
  return { body: await response.json(), tokens: response.headers.get('x-compute-tokens') };
}

const input = ['one', 'two and three', 'four'];

test.each([
  ['embed', '/v1/embeddings', { input }],
  ['embed', '/pooling', { input }],
  ['classify', '/classify', { input }],
  ['rerank', '/score', { text_1: 'one', text_2: input }],
  ['rerank', '/rerank', { query: 'one', documents: input }],
])('of %s on %s', async (model, path, body) => {
  const llm = await open(model);
  const expected = await answer(behind, path, { model, ...body });
  expect(expected.body.usage.prompt_tokens).toBeGreaterThan(input.length);
  for (const gateway of [llm.fetch, createHandler(llm) as typeof fetch]) {
    const { body: given, tokens } = await answer((url, init) => gateway(new Request(url, init)), path, body);
    expect([given.usage, tokens]).toEqual([expected.body.usage, String(expected.body.usage.prompt_tokens)]);
  }
  await llm.dispose();
});

test('of a request that names no model: by the model that the server behind would have chosen, with the same numbers', async () => {
  const names = Object.keys(models);
  const remote = await Promise.all(names.map((name) => open(name)));
  const gateway = createHandler(Object.fromEntries(names.map((name, i) => [name, remote[i]!]))) as typeof fetch;
  const through: typeof fetch = (url, init) => gateway(new Request(url, init));
  const requests: [path: string, body: object][] = [
    ['/score', { text_1: 'one', text_2: input }],
    ['/rerank', { query: 'one', documents: input }],
    ['/classify', { input }],
    ['/v1/embeddings', { input }],
    ['/pooling', { input }],
    ['/pooling', { input, model: 'classify' }],
    ['/pooling', { input, model: 'rerank' }],
    ['/v1/embeddings', { input: 'one', model: 'colbert' }],
    ['/pooling', { input, model: 'steps' }],
  ];
  for (const [path, body] of requests) {
    const [expected, given] = [await answer(behind, path, body), await answer(through, path, body)];
    const { id: _, created: __, ...direct } = expected.body;
    expect({ ...given.body, id: undefined, created: undefined }, `${path} ${JSON.stringify(body)}`).toEqual({
      ...direct,
      id: undefined,
      created: undefined,
    });
  }
  // A model that does not serve what is asked says so here as there.
  for (const llm of remote) expect(llm.info.tasks.length).toBeLessThan(7);
  for (const llm of remote) await llm.dispose();
});

test('of steps: a text without one has no rows, beside one that has; and what has none to compare is trusted alone', async () => {
  let isDown = false;
  const llm = await open('steps', async (input, init) => (isDown ? new Response(null, { status: 503 }) : behind(input, init)));
  const prompts = ['<extra_0><extra_0> two in a row, and none after', 'no step at all'];
  const rows = (await llm.reward(prompts)).map(({ outputs }) => outputs);
  // Those of transformers: the cases steps/2 and steps/3 of tiny-qwen2-prm.json.
  expect(rows.map(({ shape }) => shape)).toEqual([[2, 2], [0, 2]]); // prettier-ignore
  expect(rows[0]!.data[1]).toBeCloseTo(0.9995354, 5);
  expect(await llm.reward(prompts[1]!)).toMatchObject([{ outputs: { shape: [0, 0] } }]);

  const both = await withFallback([llm, models['steps']!], { onFallback: () => {} });
  expect((await both.reward(prompts)).map(({ outputs }) => outputs)).toEqual(rows);
  isDown = true;
  await expect(both.reward(prompts)).rejects.toMatchObject({
    code: 'model-mismatch',
    message: expect.stringContaining('no canary') as string,
  });
  await llm.dispose();
}, 60_000);

test('in Cohere’s words', async () => {
  const llm = await open('embed');
  const body = { texts: input };
  const expected = await answer(behind, '/v2/embed', { model: 'embed', ...body });
  expect((await answer(llm.fetch, '/v2/embed', body)).body.meta).toEqual(expected.body.meta);
  await llm.dispose();
});

test('is 0 where that server does not say', async () => {
  const silent: typeof fetch = async (url, init) => {
    const response = await behind(url, init);
    if (!String(url).endsWith('/v1/embeddings')) return response;
    const { usage: _, ...rest } = (await response.json()) as { usage: object };
    return Response.json(rest);
  };
  const llm = await open('embed', silent);
  const { body } = await answer(llm.fetch, '/v1/embeddings', { input });
  expect(body.data).toHaveLength(input.length);
  expect(body.usage).toEqual({ prompt_tokens: 0, total_tokens: 0, completion_tokens: 0, prompt_tokens_details: null });
  await llm.dispose();
});
