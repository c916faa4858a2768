/** rockpool/remote and the servers it knows: how each is told, what it is asked, and what its answers become. */
import { afterEach, describe, expect, test } from 'vitest';
import { LLM, type RemoteOptions } from 'rockpool/remote';
import {
  base64Of,
  embeddingList,
  fakeServer,
  infinity,
  outcome,
  tei,
  textsIn,
  vectorOf,
  vllm,
  type Answering,
  type FakeServer,
} from './remote-server.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

async function connect(answer: Answering, options: RemoteOptions = {}, path = ''): Promise<{ llm: LLM; server: FakeServer }> {
  const server = await fakeServer(answer);
  open.push(server);
  const llm = await LLM.connect(server.url + path, { maxRetries: 0, onLog: () => {}, ...options });
  open.push(llm);
  return { llm, server };
}

const embedded = (outputs: readonly { outputs: { embedding: Float32Array } }[]) =>
  outputs.map(({ outputs: { embedding } }) => [...embedding]);
const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];

describe('vLLM', () => {
  test.each(['', '/', '/v1', '/v1/'])('is known by its list of models, at the URL with "%s"', async (path) => {
    const { llm, server } = await connect(vllm(), {}, path);
    expect(llm.info).toMatchObject({
      model: 'org/model',
      device: 'remote',
      adapter: `vLLM 0.33.1 at ${server.url}${path.replace(/\/$/, '')}`,
    });
    expect(llm.info).toMatchObject({ max_model_len: 512, dtype: 'unknown', pooler: { source: 'server' } });
    expect(llm.info.tasks).toEqual(['embed', 'classify', 'encode', 'token_embed', 'token_classify', 'reward', 'score']);
    expect(embedded(await llm.embed(['x']))).toEqual([vectorOf('x')]);
  });

  test('embeddings are asked for as base64, and say what the request says', async () => {
    const { llm, server } = await connect(
      vllm(({ path, body }) =>
        path === '/v1/embeddings' ? { body: embeddingList(textsIn(body), (text) => base64Of(vectorOf(text).slice(0, 2))) } : undefined,
      ),
    );
    await llm.embed('x', {
      truncatePromptTokens: 7,
      truncationSide: 'left',
      addSpecialTokens: false,
      priority: 3,
      prompt: 'query: ',
      poolingParams: { dimensions: 2, normalize: false },
    });
    expect(server.to('/v1/embeddings')[0]!.body).toEqual({
      model: 'org/model',
      input: ['query: x'],
      encoding_format: 'base64',
      endianness: 'little',
      dimensions: 2,
      truncate_prompt_tokens: 7,
      truncation_side: 'left',
      add_special_tokens: false,
      priority: 3,
      use_activation: false,
    });
    await llm.embed(['y', { prompt_token_ids: [1, 2] }], { truncatePromptTokens: -5, poolingParams: { dimensions: 2 } });
    const [, ...later] = server.to('/v1/embeddings');
    expect(later.map(({ body }) => [body['input'], body['truncate_prompt_tokens']])).toEqual([[['y'], -1], [[[1, 2]], -1]]); // prettier-ignore
  });

  test('nothing is asked that nobody asked for', async () => {
    const { llm, server } = await connect(vllm());
    await llm.embed('x');
    expect(server.to('/v1/embeddings')[0]!.body).toEqual({
      model: 'org/model',
      input: ['x'],
      encoding_format: 'base64',
      endianness: 'little',
    });
  });

  test('one that is too old for an option is not asked for it', async () => {
    const { llm, server } = await connect(vllm(undefined, '0.10.2'));
    expect(await outcome(llm.embed('x', { truncatePromptTokens: 7, truncationSide: 'left' }))).toMatch(
      /^invalid-option: vLLM 0.10.2 at .* cannot be asked for truncationSide with embed/,
    );
    expect(await outcome(llm.tokenEmbed('x'))).toMatch(/^unsupported-task: vLLM 0.10.2 at .* has no route for token_embed/);
    await llm.embed('x', { poolingParams: { normalize: false } });
    expect(server.to('/v1/embeddings')[0]!.body).toMatchObject({ normalize: false, use_activation: false });
  });

  test('classes have the names that the answers tell', async () => {
    const data = [
      { index: 1, label: 'bad', probs: [0.75, 0.25], num_classes: 2 },
      { index: 0, label: 'good', probs: [0.25, 0.75], num_classes: 2 },
      { index: 2, label: 'bad', probs: [0.5, 0.5], num_classes: 2 },
    ];
    const { llm, server } = await connect(vllm(({ path }) => (path === '/classify' ? { body: { data } } : undefined)));
    const outputs = await llm.classify(['x', 'y', 'z'], { poolingParams: { activation: false } });
    expect(outputs.map(({ outputs: { label, probs } }) => [label, probs[0]])).toEqual([['good', 0.25], ['bad', 0.75], ['bad', 0.5]]); // prettier-ignore
    expect(server.to('/classify')[0]!.body).toEqual({ model: 'org/model', input: ['x', 'y', 'z'], use_activation: false });
    data[2] = { index: 2, label: 'worse', probs: [0.9, 0.1], num_classes: 2 };
    expect(await outcome(llm.classify(['x', 'y', 'z']))).toMatch(/^server-error: .* two names for the class 0: "bad" and "worse"/);
  });

  test('rows of tokens are its two tasks', async () => {
    const { llm, server } = await connect(vllm(({ path }) => (path === '/pooling' ? { body: { data: [{ index: 0, data: [[1, 2], [3, 4], [5, 6]] }] } } : undefined))); // prettier-ignore
    const [output] = await llm.encode('x');
    expect(output).toMatchObject({ outputs: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] } });
    await llm.tokenEmbed('x');
    await llm.tokenClassify('x');
    await llm.reward('x');
    expect(server.to('/pooling').map(({ body: { task, use_activation } }) => [task, use_activation])).toEqual([
      ['token_embed', false],
      ['token_embed', undefined],
      ['token_classify', undefined],
      ['token_classify', undefined],
    ]);
  });

  test('scores are split by documents, with their queries if each has one', async () => {
    const { llm, server } = await connect(
      vllm(({ path, body }) => {
        if (path !== '/score') return undefined;
        const queries = body['text_1'] as string[];
        const data = (body['text_2'] as string[]).map((text, index) => ({
          index,
          score: Number(text) + 100 * Number(queries[queries.length > 1 ? index : 0]),
        }));
        return { body: { data: data.reverse() } };
      }),
      { maxInputsPerRequest: 2 },
    );
    const documents = ['0', '1', '2', '3', '4'];
    expect((await llm.score('7', documents)).map(({ outputs }) => outputs.score)).toEqual([700, 701, 702, 703, 704]);
    expect((await llm.score(['9', '8', '7', '6', '5'], documents)).map(({ outputs }) => outputs.score)).toEqual([900, 801, 702, 603, 504]);
    expect((await llm.rerank('7', documents, { topN: 2 })).map(({ index }) => index)).toEqual([4, 3]);
    await llm.score('7', '1', { maxTokensPerDoc: 9, instruction: 'find', truncatePromptTokens: -1, chatTemplateKwargs: { a: 1 } });
    expect(server.to('/score').map(({ body }) => (body['text_2'] as string[]).length)).toEqual([2, 2, 1, 2, 2, 1, 2, 2, 1, 1]);
    expect(server.to('/score').at(-1)!.body).toEqual({
      model: 'org/model',
      text_1: ['7'],
      text_2: ['1'],
      truncate_prompt_tokens: -1,
      max_tokens_per_doc: 9,
      instruction: 'find',
      chat_template_kwargs: { a: 1 },
    });
    expect(await outcome(llm.score(['1', '2'], documents))).toBe('invalid-input: Input lengths must be either 1:1, 1:N or N:N');
  });

  test('tokenises and back', async () => {
    const { llm, server } = await connect(
      vllm(({ path, body }) => {
        if (path === '/tokenize')
          return { body: { count: 1, max_model_len: 512, tokens: [String(body['prompt']).length], token_strs: [body['prompt']] } };
        return path === '/detokenize' ? { body: { prompt: (body['tokens'] as number[]).join('+') } } : undefined;
      }),
    );
    expect((await llm.tokenize(['a', 'bcd'], { addSpecialTokens: false })).map(({ tokens }) => tokens)).toEqual([[1], [3]]);
    expect(server.to('/tokenize')[0]!.body).toMatchObject({ add_special_tokens: false, return_token_strs: true });
    expect(await llm.detokenize(Int32Array.of(1, 2))).toBe('1+2');
    expect(await outcome(llm.tokenize('a', { returnOffsets: true }))).toMatch(/^invalid-option: .*returnOffsets/);
    expect(await outcome(llm.applyChatTemplate([{ role: 'user', content: 'x' }]))).toMatch(/^unsupported-task: .*applyChatTemplate/);
  });

  test('0.10 says with 200 that it lacks a task', async () => {
    const { llm } = await connect(
      vllm(({ path }) =>
        path === '/score' ? { body: { error: { message: 'The model does not support Score API', code: 400 } } } : undefined,
      ),
    );
    expect(await outcome(llm.score('a', 'b'))).toMatch(/^unsupported-task: .*does not support Score API/);
  });

  test.each(['promptName', 'head'])('the option %s is refused', async (option) => {
    const { llm, server } = await connect(vllm());
    expect(await outcome(llm.classify('x', { [option]: 'y' }))).toMatch(
      new RegExp(`^invalid-option: vLLM .* cannot be asked for ${option} with classify`),
    );
    expect(server.to('/classify')).toEqual([]);
  });
});

describe('TEI', () => {
  const embedding = { embedding: { pooling: 'mean' } };

  test('is known by /info, whose limits are kept', async () => {
    const { llm, server } = await connect(tei(embedding));
    expect(llm.info).toMatchObject({
      model: 'org/tei',
      dtype: 'fp16',
      max_model_len: 256,
      pooler: { pooling_type: 'MEAN' },
      batch: { rows: 4 },
    });
    expect(llm.info.tasks).toEqual(['embed', 'encode', 'score']);
    expect(embedded(await llm.embed(texts))).toEqual(texts.map(vectorOf));
    expect(server.to('/embed').map(({ body }) => (body['inputs'] as string[]).length)).toEqual([4, 4, 1]);
  });

  test('cuts only if it is asked to', async () => {
    const { llm, server } = await connect(tei(embedding));
    await llm.embed('x');
    await llm.embed('x', { truncatePromptTokens: -1, truncationSide: 'left', promptName: 'query', poolingParams: { normalize: false } });
    expect(server.to('/embed').map(({ body }) => body)).toEqual([
      { inputs: ['x'], truncate: false, truncation_direction: 'right' },
      { inputs: ['x'], truncate: true, truncation_direction: 'left', prompt_name: 'query', normalize: false },
    ]);
    expect(await outcome(llm.embed('x', { truncatePromptTokens: 9 }))).toMatch(
      /^invalid-option: TEI .* cannot be asked for truncatePromptTokens with embed/,
    );
    expect(await outcome(llm.embed('x', { prompt: 'p' }))).toMatch(/^invalid-option: .*prompt/);
    expect(await outcome(llm.embed({ prompt_token_ids: [1] }))).toMatch(/^invalid-input: prompts\[0\] is token ids/);
  });

  test('dimensions that it does not know are found out', async () => {
    const { llm } = await connect(tei(embedding));
    expect(await outcome(llm.embed('x', { poolingParams: { dimensions: 2 } }))).toMatch(
      /^server-error: .* 4 numbers a row for embed where it should be 2/,
    );
  });

  test('ranks come back in the order of the documents', async () => {
    const { llm, server } = await connect(
      tei({ reranker: { id2label: { 0: 'LABEL_0' } } }, ({ path, body }) => {
        if (path !== '/rerank') return undefined;
        const ranks = (body['texts'] as string[]).map((text, index) => ({
          index,
          score: ((Number(text) * 7) % 5) + Number(body['query']),
        }));
        return { body: ranks.sort((a, b) => b.score - a.score) };
      }),
    );
    expect(llm.info.tasks).toEqual(['classify', 'score']);
    const documents = ['0', '1', '2', '3', '4', '5'];
    expect((await llm.score('0', documents)).map(({ outputs }) => outputs.score)).toEqual([0, 2, 4, 1, 3, 0]);
    // Of N:N, the documents of one query share a request.
    expect(
      (await llm.score(['10', '20', '10'], ['1', '2', '3'], { poolingParams: { activation: false } })).map(({ outputs }) => outputs.score),
    ).toEqual([12, 24, 11]);
    expect(server.to('/rerank').map(({ body: { query, texts, raw_scores } }) => [query, texts, raw_scores])).toEqual([
      ['0', ['0', '1', '2', '3'], false],
      ['0', ['4', '5'], false],
      ['10', ['1', '3'], true],
      ['20', ['2'], true],
    ]);
  });

  test('classes are columns in the order of id2label', async () => {
    const sorted = [{ score: 0.6, label: 'spam' }, { score: 0.3, label: 'ham' }, { score: 0.1, label: 'eggs' }]; // prettier-ignore
    const { llm, server } = await connect(
      tei({ classifier: { id2label: { 0: 'ham', 1: 'eggs', 2: 'spam' } } }, ({ path }) =>
        path === '/predict' ? { body: [sorted, sorted] } : undefined,
      ),
    );
    const [{ outputs }] = (await llm.classify(['x', 'y'])) as [Awaited<ReturnType<LLM['classify']>>[number]];
    expect(outputs.label).toBe('spam');
    expect([...outputs.probs]).toEqual([0.3, 0.1, 0.6].map(Math.fround));
    expect(llm.info.labels).toEqual(['ham', 'eggs', 'spam']);
    // [x, y] would be one pair.
    expect(server.to('/predict')[0]!.body['inputs']).toEqual([['x'], ['y']]);
  });

  test('states, cosine scores and texts of ids', async () => {
    const { llm } = await connect(
      tei(embedding, ({ path, body }) => {
        if (path === '/embed_all') return { body: (body['inputs'] as string[]).map((text) => Array.from(text, (_, i) => [i, 1])) };
        return path === '/decode' ? { body: [(body['ids'] as number[][])[0]!.join('+')] } : undefined;
      }),
    );
    expect((await llm.encode(['ab', 'c'])).map(({ outputs }) => [outputs.shape, ...outputs.data])).toEqual([[[2, 2], 0, 1, 1, 1], [[1, 2], 0, 1]]); // prettier-ignore
    const scores = await llm.score('a', ['a', 'b']);
    expect(scores[0]!.outputs.score).toBeCloseTo(1, 6);
    expect(scores[1]!.outputs.score).toBeCloseTo(cosine(vectorOf('a'), vectorOf('b')), 6);
    expect(await llm.detokenize([3, 4])).toBe('3+4');
    expect(await outcome(llm.score('a', 'b', { instruction: 'x' }))).toMatch(/^invalid-option: .*instruction/);
  });

  test('a limit of tokens counts both sides of cosine scores', async () => {
    const { llm, server } = await connect(tei(embedding));
    const [query, document] = ['q'.repeat(100), 'd'.repeat(100)];
    expect(await outcome(llm.score(query, document, { maxTotalTokens: 2 * (100 + 64) }))).toBe('ok');
    const asked = server.asked.length;
    expect(await outcome(llm.score(query, document, { maxTotalTokens: 200 }))).toMatch(
      /^input-too-long: .*328 tokens.* maxTotalTokens is 200/,
    );
    expect(server.asked.length).toBe(asked);
  });
});

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
    expect(await outcome(llm.classify('x'))).toMatch(/^unsupported-task: Infinity at .* has no route for classify/);
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
    const server = await fakeServer(openai(['chat', 'embed']));
    open.push(server);
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
    const azure = await fakeServer((asked, count) => openai(['m'])({ ...asked, path: asked.path.replace('?api-version=1', '') }, count));
    open.push(azure);
    await (await LLM.connect(`${azure.url}/v1?api-version=1`)).embed('x');
    expect(azure.asked.every(({ path }) => path.endsWith('?api-version=1'))).toBe(true);
  });
});

describe('Connecting', () => {
  test('to no server at all is an error that names it', async () => {
    expect(await outcome(LLM.connect('http://127.0.0.1:9', { maxRetries: 0 }))).toMatch(
      /^server-error: The server at http:\/\/127.0.0.1:9 cannot be reached for \/info: fetch failed/,
    );
  });

  test('to a server of another kind says so', async () => {
    const server = await fakeServer(({ path }) => (path === '/' ? { body: '<html>' } : undefined));
    open.push(server);
    expect(await outcome(LLM.connect(server.url))).toMatch(/^server-error: The server at .* speaks none of tei, vllm, infinity, openai/);
    expect(await outcome(LLM.connect(server.url, { dialect: 'vllm' }))).toMatch(/^server-error: .* does not answer as vllm does/);
  });

  test('without a key says so', async () => {
    const server = await fakeServer(({ path }) => (path === '/v1/models' ? { status: 401, body: { error: 'Unauthorized' } } : undefined));
    open.push(server);
    expect(await outcome(LLM.connect(server.url))).toMatch(/^unauthorized: .* answered \/v1\/models with 401: Unauthorized/);
  });

  test('can be aborted', async () => {
    const server = await fakeServer(() => 'hang');
    open.push(server);
    const controller = new AbortController();
    const connecting = outcome(LLM.connect(server.url, { signal: controller.signal }));
    setTimeout(() => controller.abort(), 20);
    expect(await connecting).toMatch(/^aborted/);
  });

  test.each([
    [{ dialect: 'cohere' }, /dialect of LLM.connect must be "auto" or one of/],
    [{ concurrency: 0 }, /concurrency of LLM.connect must be an integer of at least 1, got 0/],
    [{ maxInputsPerRequest: 1.5 }, /maxInputsPerRequest/],
    [{ maxRetries: -1 }, /maxRetries/],
    [{ timeout: 0 }, /timeout/],
    [{ tasks: ['generate'] }, /tasks/],
    [{ labels: [] }, /labels/],
    [{ fetch: 'x' }, /fetch/],
    [{ headers: 'x' }, /headers/],
    [{ batchSize: 3 }, /has no option "batchSize"/],
    [{ apiKey: 'the\nsecret' }, /header "Authorization"/],
  ])('with %j is refused', async (options, why) => {
    const said = await outcome(LLM.connect('http://127.0.0.1:9', options as RemoteOptions));
    expect(said).toMatch(/^invalid-option/);
    expect(said).toMatch(why);
    expect(said).not.toContain('secret');
  });

  test.each(['', 'host', 'ftp://host', 'http://user:secret@host', 7])('to %j is refused', async (url) => {
    const said = await outcome(LLM.connect(url as string));
    expect(said).toMatch(/^invalid-option/);
    expect(said.includes('secret') && typeof url === 'string' && url.startsWith('http')).toBe(false);
  });
});

function cosine(a: number[], b: number[]): number {
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
