/** rockpool/remote over vLLM: how it is told, what it is asked, and what its answers become. */
import { describe, expect, test } from 'vitest';
import { connect, embedded } from './remote-connections.ts';
import { base64Of, embeddingList, outcome, textsIn, vectorOf, vllm } from './remote-server.ts';

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
      /^invalid-option: vLLM 0.10.2 cannot be asked for truncationSide with embed/,
    );
    expect(await outcome(llm.tokenEmbed('x'))).toMatch(/^unsupported-task: vLLM 0.10.2 has no route for token_embed/);
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
