/** rockpool/remote over a server that is well: order, progress, what the caller gets wrong, and answers that cannot be right. */
import { describe, expect, test } from 'vitest';
import type { CallProgress, LLM } from 'rockpool/remote';
import { connect, connectEmbeddings, good, rest } from './remote-connections.ts';
import { base64Of, embeddingList, outcome, textsIn, vectorOf, vllm, type Answering } from './remote-server.ts';

const texts = Array.from({ length: 40 }, (_, i) => `text ${i}`);

describe('A call of many prompts', () => {
  test('is split, so many requests at a time, and answered in order whatever comes first', async () => {
    const { llm, server } = await connectEmbeddings(
      async (asked, count) => {
        await rest(count % 3 === 0 ? 30 : 3);
        return good(asked, count);
      },
      { maxInputsPerRequest: 3, concurrency: 4 },
    );
    const outputs = await llm.embed(texts);
    expect(outputs.map(({ outputs: { embedding } }) => [...embedding])).toEqual(texts.map(vectorOf));
    // Over several sockets they may arrive in another order than they were sent in.
    const sizes = server.to('/v1/embeddings').map(({ body }) => textsIn(body).length);
    expect(sizes.sort((a, b) => b - a)).toEqual([...Array.from({ length: 13 }, () => 3), 1]);
    expect(server.most).toBe(4);
    expect(new Set(outputs.map(({ request_id }) => request_id)).size).toBe(40);
    expect(outputs.every(({ prompt_token_ids }) => prompt_token_ids.length === 0)).toBe(true);
  });

  test('tells its progress after each request, with the tokens that the server counts', async () => {
    const { llm } = await connectEmbeddings(good, { maxInputsPerRequest: 16, concurrency: 1 });
    const seen: CallProgress[] = [];
    await llm.embed(texts, { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ done, total, tokens }) => [done, total, tokens])).toEqual([[16, 40, 48], [32, 40, 96], [40, 40, 120]]); // prettier-ignore
    expect(seen.at(-1)!.timings.total).toBeGreaterThan(0);
  });

  test('shares the lanes with others, and each has its own answers', async () => {
    const { llm, server } = await connectEmbeddings(async (asked, count) => (await rest(2), good(asked, count)), {
      maxInputsPerRequest: 2,
      concurrency: 3,
    });
    const [many, few] = await Promise.all([llm.embed(texts), llm.embed(['x', 'y'])]);
    expect(many).toHaveLength(40);
    expect(few.map(({ outputs: { embedding } }) => [...embedding])).toEqual(['x', 'y'].map(vectorOf));
    expect(server.most).toBeLessThanOrEqual(3);
  });

  test('has a request for each set of parameters', async () => {
    const { llm, server } = await connectEmbeddings(({ body }) => {
      const size = (body['dimensions'] as number | undefined) ?? 4;
      return { body: embeddingList(textsIn(body), (text) => base64Of(vectorOf(text).slice(0, size))) };
    });
    const sizes = [2, null, 2, 3];
    const outputs = await llm.embed(texts.slice(0, 4), { poolingParams: sizes.map((dimensions) => ({ dimensions })) });
    expect(outputs.map(({ outputs: { hidden_size } }) => hidden_size)).toEqual([2, 4, 2, 3]);
    expect(server.to('/v1/embeddings').map(({ body }) => textsIn(body))).toEqual([['text 0', 'text 2'], ['text 1'], ['text 3']]); // prettier-ignore
  });

  test('of a stream takes a window at a time', async () => {
    const { llm, server } = await connectEmbeddings(good);
    const got: number[][] = [];
    for await (const { outputs } of llm.embedStream(texts, { window: 15 })) got.push([...outputs.embedding]);
    expect(got).toEqual(texts.map(vectorOf));
    expect(server.to('/v1/embeddings').map(({ body }) => textsIn(body).length)).toEqual([15, 15, 10]);
  });

  test('of none asks nobody', async () => {
    const { llm, asked } = await connectEmbeddings(good);
    expect(await llm.embed([])).toEqual([]);
    expect(asked()).toBe(0);
  });
});

describe('An answer that cannot be right is no vector', () => {
  const item = (index: number, embedding: unknown = [1, 2]) => ({ index, embedding });
  test.each<[string, unknown, RegExp]>([
    ['too few', { data: [item(0)] }, /1 embeddings for 2 inputs/],
    ['too many', { data: [item(0), item(1), item(2)] }, /3 embeddings for 2/],
    ['one index twice', { data: [item(0), item(0)] }, /index 0 twice/],
    ['no index', { data: [{ embedding: [1] }, { embedding: [1] }] }, /index undefined/],
    ['null for NaN', { data: [item(0), item(1, [1, null])] }, /something else than numbers/],
    ['NaN in base64', { data: [item(0), item(1, base64Of([1, NaN]))] }, /not finite/],
    ['mixed sizes', { data: [item(0), item(1, [1, 2, 3])] }, /3 numbers a row for embed where it should be 2/],
    ['empty vectors', { data: [item(0, []), item(1, [])] }, /empty/],
    ['no data', {}, /no list/],
    ['a list', [[1, 2], [1, 2]], /no object/], // prettier-ignore
    ['no JSON', '<html>please log in</html>', /not JSON: "<html>please log in/],
    ['half of it', '{"data":[{"index":0,"embed', /not JSON/],
  ])('%s', async (_, body, why) => {
    const { llm } = await connectEmbeddings(() => ({ body }), { maxRetries: 0 });
    const said = await outcome(llm.embed(['x', 'y']));
    expect(said).toMatch(/^server-error/);
    expect(said).toMatch(why);
  });

  test('nor one of another size than before: the server has another model by now', async () => {
    let size = 4;
    const { llm } = await connectEmbeddings(({ body }) => ({
      body: embeddingList(textsIn(body), (text) => vectorOf(text).slice(0, size)),
    }));
    await llm.embed('x');
    size = 3;
    expect(await outcome(llm.embed('x'))).toMatch(/^server-error: .* 3 numbers a row for embed where it should be 4, as before/);
  });

  describe('and decides nothing for the right ones after it', () => {
    const one = (model: string, embedding: number[], index = 0) => ({ body: { model, data: [{ index, embedding }] } });
    test.each<[string, Answering]>([
      ['of two sizes', ({ body }) => ({ body: embeddingList(textsIn(body), (text) => vectorOf(text).slice(0, text === 'x' ? 3 : 4)) })],
      ['of a model that is being loaded', () => ({ body: { model: 'starting', data: [] } })],
      ['of two models', ({ body }) => (textsIn(body)[0] === 'x' ? one('starting', [1, 2, 3]) : one('m', [1, 2, 3, 4]))],
      ['half of them', ({ body }) => (textsIn(body)[0] === 'x' ? one('starting', [1, 2, 3]) : one('starting', [1, 2, 3], 7))],
    ])('%s', async (what, corrupt) => {
      const options = { maxRetries: 0, ...(!what.includes('sizes') && { maxInputsPerRequest: 1 }) };
      for (const [dialect, call] of [
        ['vllm', (llm: LLM) => llm.embed(['x', 'y'])],
        // Of two embeddings.
        ['openai', (llm: LLM) => llm.score('x', 'y')],
      ] as const) {
        let isWell = false;
        const answer = vllm((asked, count) => (asked.path === '/v1/embeddings' ? (isWell ? good : corrupt)(asked, count) : undefined));
        const { llm } = await connect(answer, { ...options, dialect }, '/v1');
        expect(await outcome(call(llm))).toMatch(/^server-error/);
        isWell = true;
        for (let i = 0; i < 2; i++) expect(await outcome(call(llm))).toBe('ok');
      }
    });
  });
});

describe('What the caller gets wrong', () => {
  test('is told before anything is sent', async () => {
    const { llm, asked } = await connectEmbeddings(good);
    for (const call of [
      llm.embed('x', { poolingParams: { activation: true } }),
      llm.embed('x', { poolingParams: { dimensions: 'many' as unknown as number } }),
      llm.embed(['x', 'y'], { poolingParams: [{}] }),
      llm.embed('x', { truncatePromptTokens: 1.5 }),
      llm.embed('x', { typo: 1 } as object),
    ]) {
      expect(await outcome(call)).toMatch(/^invalid-option/);
    }
    expect(await outcome(llm.embed({ image: 1 } as never))).toMatch(/^invalid-input/);
    expect(asked()).toBe(0);
  });

  test('a limit of tokens is kept where that is certain, and is an error where it is not', async () => {
    const { llm, asked } = await connectEmbeddings(good);
    expect(await llm.embed('short', { maxTotalTokens: 1_000 })).toHaveLength(1);
    expect(await llm.embed('x'.repeat(9_000), { maxTotalTokens: 512 })).toHaveLength(1);
    expect(await outcome(llm.embed(texts, { maxTotalTokens: 300 }))).toMatch(/^too-many-tokens: .* maxTotalTokens is 300/);
    expect(asked()).toBe(2);
  });
});

test('is a fetch as well, as every LLM is', async () => {
  const { llm } = await connectEmbeddings(good);
  const response = await llm.fetch('http://local/v1/embeddings', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: 'org/model', input: 'x' }),
  });
  expect(await response.json()).toMatchObject({ data: [{ embedding: vectorOf('x') }] });
});
