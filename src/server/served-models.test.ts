/** Which of a server's models answers a request. */
import { beforeEach, describe, expect, test } from 'vitest';
import { createHandler } from './handler.ts';
import { embed, fakeModel, get, jsonOf, post, type ErrorBody } from './model-for-tests.ts';
import type { Models, PoolingModel } from './served-models.ts';

const models = {
  small: fakeModel({ tasks: ['embed'] }),
  judge: fakeModel({ tasks: ['classify'], classify: async () => [] }),
};
const handler = createHandler(models);
const name = async (body: object, path = '/v1/embeddings') =>
  jsonOf<{ model: string; message: string }>(handler(post(path, { input: ['a'], ...body })));
test('the first that serves the task, without a name', async () => {
  expect(await name({})).toMatchObject({ model: 'small' });
  expect(await name({ model: '' })).toMatchObject({ model: 'small' });
  expect(await name({ model: null }, '/classify')).toMatchObject({ model: 'judge' });
});
test('a name that is not there is 404, in vLLM’s words', async () => {
  const response = await handler(embed({ model: 'x' }));
  expect([response.status, (await jsonOf<ErrorBody>(response)).message]).toEqual([404, 'The model `x` does not exist.']);
});
test('one that does not serve the task is told so', async () => {
  expect((await name({ model: 'judge' })).message).toBe('The model does not support Embeddings API. "judge" serves: classify.');
});
test('of several names answers by the first', async () => {
  const one = fakeModel();
  const handler = createHandler({ first: one, second: one });
  expect(await jsonOf(handler(embed({ model: 'second' })))).toMatchObject({ model: 'first' });
  const { data } = await jsonOf<{ data: { id: string }[] }>(handler(get('/v1/models')));
  expect(data.map(({ id }) => id)).toEqual(['first', 'second']);
});
test('in the order in which they are given, also of names that look like numbers', async () => {
  const [one, two] = [fakeModel(), fakeModel()];
  const pairs: [string, PoolingModel][] = [
    ['small', one],
    ['7', two],
    ['2', one],
  ];
  for (const given of [pairs, new Map(pairs), new Map(pairs).entries()]) {
    const handler = createHandler(given);
    const { data } = await jsonOf<{ data: { id: string }[] }>(handler(get('/v1/models')));
    expect(data.map(({ id }) => id)).toEqual(['small', '7', '2']);
    expect(await jsonOf(handler(embed()))).toMatchObject({ model: 'small' });
    expect(await jsonOf(handler(embed({ model: '2' })))).toMatchObject({ model: 'small' });
  }
});
test.each([[[]], [[fakeModel()]], [[['name']]], [[['name', {}]]], [[[7, fakeModel()]]], ['text']])('%j is none', (models) => {
  expect(() => createHandler(models as never)).toThrow('createHandler takes an LLM, or an object, a Map or pairs of LLMs by name, got');
});
test('without a name, a cross-encoder scores before a model that compares vectors', async () => {
  const scored: string[] = [];
  const scorer = (name: string, tasks: ('embed' | 'classify' | 'score')[]) =>
    fakeModel({ name, tasks, score: async () => (scored.push(name), [{ outputs: { score: 1 }, prompt_token_ids: [] } as never]) });
  const handler = createHandler({ a: scorer('embedder', ['embed', 'score']), b: scorer('reranker', ['classify', 'score']) });
  await handler(post('/rerank', { query: 'q', documents: ['d'] }));
  await handler(post('/rerank', { model: 'a', query: 'q', documents: ['d'] }));
  expect(scored).toEqual(['reranker', 'embedder']);
});
describe('and heads', () => {
  const asked: string[] = [];
  const judge = (name: string, heads: string[], takes?: string[]) => {
    const model = fakeModel({ name, heads, tasks: ['classify'], classify: async () => (asked.push(name), []) });
    return Object.assign(model, { info: { ...model.info, ...(takes && { takes: { classify: takes } }) } });
  };
  const without = judge('without', []);
  const having = judge('having', ['sections']);
  const status = async (models: Models, body: object) => {
    const response = await createHandler(models)(post('/classify', { input: ['a'], ...body }));
    const { message, param } = await jsonOf<ErrorBody>(response);
    return [response.status, message, param];
  };
  beforeEach(() => void asked.splice(0));

  test('without a name, the one that has the head classifies', async () => {
    const models = { a: without, b: having };
    for (const head of ['sections', null]) await status(models, { head });
    expect(asked).toEqual(['having', 'without']);
  });
  test('one that nobody has is told so, whichever model is first', async () => {
    const reranker = fakeModel({ tasks: ['classify', 'score'] });
    for (const models of [
      { a: reranker, b: having },
      { b: having, a: reranker },
    ])
      expect(await status(models, { head: 'nope' })).toEqual([
        400,
        'There is no head "nope". The models of this server have: sections.',
        'head',
      ]);
    expect(await status({ a: reranker, b: having }, { head: 'sections', model: 'a' })).toEqual([
      400,
      'There is no head "sections". This model has: none.',
      'head',
    ]);
    expect(asked).toEqual([]);
  });
  test('a server behind that may have it is asked, after those that are known to', async () => {
    const behind = judge('behind', [], ['head']);
    await status({ a: without, b: behind, c: having }, { head: 'other' });
    await status({ a: without, b: behind, c: having }, { head: 'sections' });
    expect(asked).toEqual(['behind', 'having']);
  });
});
test('names that objects have by themselves are no models', async () => {
  for (const model of ['constructor', '__proto__', 'toString']) expect((await handler(embed({ model }))).status).toBe(404);
});
test.each([[undefined], [{}], [{ a: 5 }], [null]])('createHandler refuses %j', (given) => {
  expect(() => createHandler(given as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});
