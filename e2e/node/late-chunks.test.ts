/** Late chunking: one pass over the text, one vector a chunk, as transformers' states give it; by vLLM's windows and by ranges of the text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LLM } from 'rockpool/edge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LateChunkingParams } from '../../src/types.ts';

interface Case {
  name: string;
  text: string;
  params: LateChunkingParams;
  ids: number[];
  shape: [number, number];
  places: [number, number][];
  /** base64 of little-endian float32. */
  vectors: string;
}

const root = join(import.meta.dirname, '../..');
const { 'minilm-w8': cases } = JSON.parse(readFileSync(join(root, 'e2e/oracle/fixtures/late-chunks.json'), 'utf8')) as {
  'minilm-w8': Case[];
};
const params = (late_chunking_params: unknown) => ({ poolingParams: { late_chunking_params: late_chunking_params as LateChunkingParams } });
let llm: LLM;

beforeAll(async () => {
  llm = await LLM.load(join(root, 'models/all-MiniLM-L6-v2'), { onLog: () => {} });
}, 60_000);
afterAll(() => llm.dispose());

function expectVectors(data: Float32Array, { vectors, shape: [rows, columns] }: Case) {
  const expected = new Float32Array(new Uint8Array(Buffer.from(vectors, 'base64')).buffer);
  for (let row = 0; row < rows; row++) {
    const [a, b] = [data, expected].map((all) => all.subarray(row * columns, (row + 1) * columns)) as [Float32Array, Float32Array];
    expect(a.reduce((sum, value, i) => sum + value * b[i]!, 0)).toBeGreaterThan(0.99999);
    expect(Math.hypot(...a)).toBeCloseTo(1, 5);
  }
}

test.each(cases)('$name', async (one) => {
  const [output] = await llm.tokenEmbed(one.text, params(one.params));
  const { data, shape, offsets } = output!.outputs;
  expect([...output!.prompt_token_ids]).toEqual(one.ids);
  expect(shape).toEqual(one.shape);
  expect([...offsets!]).toEqual(one.places.flat());
  expectVectors(data, one);
});

test('in one batch with other texts, chunked otherwise and not at all', async () => {
  const [sentences, windows] = cases as [Case, Case];
  const outputs = await llm.tokenEmbed([sentences.text, 'a text beside it', windows.text], {
    poolingParams: [params(sentences.params).poolingParams, {}, params(windows.params).poolingParams],
  });
  expectVectors(outputs[0]!.outputs.data, sentences);
  expect(outputs[1]!.outputs.shape).toEqual([outputs[1]!.prompt_token_ids.length, 384]);
  expectVectors(outputs[2]!.outputs.data, windows);
});

test('Matryoshka cuts each chunk, and `normalize: false` leaves the mean', async () => {
  const { text } = cases[0]!;
  const size = { late_chunking_params: { chunk_size: 1 } };
  const [whole] = await llm.tokenEmbed(text, { poolingParams: size });
  const [rows] = await llm.tokenEmbed(text);
  // Chunks of one token are the tokens.
  expect(whole!.outputs.shape).toEqual(rows!.outputs.shape);
  whole!.outputs.data.forEach((value, i) => expect(value).toBeCloseTo(rows!.outputs.data[i]!, 5));
  const [bare] = await llm.tokenEmbed(text, { poolingParams: { ...size, normalize: false } });
  expect(Math.hypot(...bare!.outputs.data.subarray(0, 384))).toBeGreaterThan(1.5);
});

describe('told', () => {
  const said = (error: string) => expect.objectContaining({ message: expect.stringContaining(error) });
  test.each<[string, unknown, string]>([
    ['a size of none', { chunk_size: 0 }, 'invalid-option'],
    ['a size that is no integer', { chunk_size: 2.5 }, 'invalid-option'],
    ['both', { chunk_size: 2, char_ranges: [[0, 3]] }, 'invalid-option'],
    ['neither', {}, 'invalid-option'],
    ['no ranges', { char_ranges: [] }, 'invalid-option'],
    ['a range of nothing', { char_ranges: [[3, 3]] }, 'invalid-option'],
    ['a range beyond the text', { char_ranges: [[900, 903]] }, 'invalid-input'],
    ['a range in which no token begins', { char_ranges: [[1, 3]] }, 'invalid-input'],
    ['a list', [[0, 3]], 'invalid-option'],
  ])('%s', async (_, late, code) => {
    await expect(llm.tokenEmbed('Berlin is a city.', params(late))).rejects.toMatchObject({ code });
  });

  test('ranges of characters for token ids, which have none; windows are fine', async () => {
    const prompt_token_ids = [101, 4068, 102];
    await expect(llm.tokenEmbed({ prompt_token_ids }, params({ char_ranges: [[0, 3]] }))).rejects.toEqual(said('Give it as a text of'));
    const [output] = await llm.tokenEmbed({ prompt_token_ids }, params({ chunk_size: 2 }));
    expect(output!.outputs).toMatchObject({ shape: [2, 384], offsets: null });
  });

  test('a range that truncation cuts away', async () => {
    const options = {
      ...params({
        char_ranges: [
          [0, 6],
          [12, 16],
        ],
      }),
      truncatePromptTokens: 4,
    };
    await expect(llm.tokenEmbed('Berlin is a city.', options)).rejects.toEqual(said('char_ranges[1] is [12, 16)'));
  });

  test('another task', async () => {
    await expect(llm.embed('a', params({ chunk_size: 2 }))).rejects.toEqual(said("does not support ['late_chunking_params']"));
  });
});
