/** rockpool/remote over Text Embeddings Inference: how it is told, what it is asked, and what its answers become. */
import { describe, expect, test } from 'vitest';
import type { LLM } from 'rockpool/remote';
import { connect, embedded } from './remote-connections.ts';
import { outcome, tei, vectorOf } from './remote-server.ts';

const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];

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
      /^too-many-tokens: .*328 tokens.* maxTotalTokens is 200/,
    );
    expect(server.asked.length).toBe(asked);
  });
});

function cosine(a: number[], b: number[]): number {
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
