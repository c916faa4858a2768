/**
 * rockpool/remote over servers with OpenAI's routes, Infinity and all others: how they are told, what they are asked, and what their
 * answers become.
 */
import { describe, expect, test } from 'vitest';
import { LLM } from 'rockpool/remote';
import { connect, embedded, keep } from './remote-connections.ts';
import { embeddingList, fakeServer, infinity, outcome, textsIn, vectorOf, type Answering } from './remote-server.ts';

const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];

describe('Infinity', () => {
  test.each([
    ['', ''],
    ['/v1', '/v1'],
    ['/v1', ''],
  ])('with the prefix "%s" is found from "%s"', async (prefix, path) => {
    // prettier-ignore
    const warned: string[] = [];
    const { llm, server } = await connect(infinity(prefix, ['embed']), { onLog: ({ message }) => warned.push(message) }, path);
    expect(llm.info).toMatchObject({ model: 'org/infinity', tasks: ['embed', 'score'] });
    expect(warned).toEqual([expect.stringContaining('Infinity cuts texts')]);
    expect(embedded(await llm.embed(texts, { truncatePromptTokens: -1 }))).toEqual(texts.map(vectorOf));
    expect(server.to(`${prefix}/embeddings`)[0]!.body).toEqual({ model: 'org/infinity', input: texts, encoding_format: 'base64' });
    expect(await outcome(llm.classify('x'))).toMatch(/^unsupported-task: Infinity has no route for classify/);
  });

  test('reranks as Cohere does, and sorts classes', async () => {
    const { llm, server } = await connect(
      infinity('', ['rerank', 'classify'], ({ path, body }) => {
        if (path === '/rerank') {
          const results = (body['documents'] as string[]).map((text, index) => ({ index, relevance_score: Number(text) }));
          return { body: { object: 'rerank', results: results.sort((a, b) => b.relevance_score - a.relevance_score) } };
        }
        if (path !== '/classify') return undefined;
        const data = textsIn(body).map(() => [{ label: 'b', score: 0.75 }, { label: 'a', score: 0.25 }]); // prettier-ignore
        return { body: { object: 'classify', data } };
      }),
      { labels: ['b', 'a'] },
    );
    expect((await llm.score('q', ['1', '3', '2'])).map(({ outputs }) => outputs.score)).toEqual([1, 3, 2]);
    expect((await llm.classify('x'))[0]!.outputs).toMatchObject({ label: 'b', probs: Float32Array.of(0.75, 0.25) });
    await llm.classify('x', { poolingParams: { activation: false } });
    expect(server.to('/classify').map(({ body }) => body['raw_scores'])).toEqual([false, true]);
  });
});

describe('An OpenAI-style server', () => {
  const openai =
    (models: readonly string[], embed?: (text: string) => unknown): Answering =>
    ({ path, body }) => {
      if (path === '/v1/models') return { body: { data: models.map((id) => ({ id, owned_by: 'somebody' })) } };
      if (path === '/v1/embeddings') return { body: { ...embeddingList(textsIn(body), embed), model: body['model'] } };
      if (path === '/v1/rerank') return { body: { results: [{ index: 1, relevance_score: 2 }, { index: 0, relevance_score: 1 }] } }; // prettier-ignore
      return undefined;
    };

  test.each(['', '/v1'])('is known by its list of models, from "%s"', async (path) => {
    const { llm, server } = await connect(openai(['m']), {}, path);
    expect(llm.info.tasks).toEqual(['embed', 'score']);
    expect(embedded(await llm.embed(['x'], { prompt: 'p: ' }))).toEqual([vectorOf('p: x')]);
    expect(server.to('/v1/embeddings')[0]!.body).toEqual({ model: 'm', input: ['p: x'], encoding_format: 'base64' });
    for (const options of [
      { promptName: 'x' },
      { truncatePromptTokens: -1 },
      { poolingParams: { normalize: true } },
      { priority: 1 },
      { addSpecialTokens: false },
    ]) {
      expect(await outcome(llm.embed('x', options))).toMatch(/^invalid-option: The OpenAI-style server/);
    }
  });

  test('may answer numbers instead of base64', async () => {
    const { llm } = await connect(openai(['m'], vectorOf));
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
  });

  test('that lists several models must be told which', async () => {
    const server = keep(await fakeServer(openai(['chat', 'embed'])));
    expect(await outcome(LLM.connect(server.url))).toMatch(/^invalid-option: .* lists 2 models/);
    const llm = await LLM.connect(server.url, { model: 'embed' });
    await llm.embed('x');
    expect(server.to('/v1/embeddings')[0]!.body['model']).toBe('embed');
  });

  test('without a list is asked by name', async () => {
    const embeddings: Answering = ({ path, body }) => (path === '/api/embeddings' ? { body: embeddingList(textsIn(body)) } : undefined);
    const { llm } = await connect(embeddings, { dialect: 'openai', model: 'm' }, '/api');
    expect(embedded(await llm.embed('x'))).toEqual([vectorOf('x')]);
  });

  test('reranks, if its model does not embed', async () => {
    const { llm } = await connect(openai(['m']), { tasks: ['score'] });
    expect((await llm.score('q', ['a', 'b'])).map(({ outputs }) => outputs.score)).toEqual([1, 2]);
    expect(await outcome(llm.embed('x'))).toMatch(/^unsupported-task/);
  });

  test('gets key, headers and the query of its URL', async () => {
    const { llm, server } = await connect(openai(['m']), { apiKey: 'sk-1', headers: { 'X-Tenant': 't' } }, '/v1');
    await llm.embed('x');
    for (const { headers } of server.asked) expect(headers).toMatchObject({ authorization: 'Bearer sk-1', 'x-tenant': 't' });
    const azure = keep(
      await fakeServer((asked, count) => openai(['m'])({ ...asked, path: asked.path.replace('?api-version=1', '') }, count)),
    );
    await (await LLM.connect(`${azure.url}/v1?api-version=1`)).embed('x');
    expect(azure.asked.every(({ path }) => path.endsWith('?api-version=1'))).toBe(true);
  });
});
