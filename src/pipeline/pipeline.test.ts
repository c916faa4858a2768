import { describe, expect, test } from 'vitest';
import { only, weightedMean } from './aggregate.ts';
import { batch } from './batch.ts';
import { checkRows } from './check-rows.ts';
import { chunk, chunkLogLines } from './chunk.ts';
import { maxEmbedLen, needsChunks } from './limits.ts';

describe('limits', () => {
  const base = { maxModelLen: 512, maxEmbedLen: null, enableChunkedProcessing: false };
  test('the longest input is the model’s, max_embed_len, or unbounded', () => {
    expect(maxEmbedLen(base)).toBe(512);
    expect(maxEmbedLen({ ...base, maxEmbedLen: 10_000 })).toBe(10_000);
    expect(maxEmbedLen({ ...base, enableChunkedProcessing: true })).toBe(Infinity);
  });
  test('chunks are needed from one token over the maximum on', () => {
    const chunked = { ...base, enableChunkedProcessing: true, maxEmbedLen: 10_000 };
    expect(needsChunks(512, 'embed', chunked)).toBe(false);
    expect(needsChunks(513, 'embed', chunked)).toBe(true);
  });
  test.each([
    [
      base,
      513,
      "This model's maximum context length is 512 tokens. However, you requested 513 tokens in the input for embedding generation. Please reduce the length of the input.",
    ],
    [
      { ...base, maxEmbedLen: 1000, enableChunkedProcessing: true },
      1001,
      "This model's maximum embedding input length is 1000 tokens. However, you requested 1001 tokens in the input for embedding generation. Please reduce the length of the input.",
    ],
    [
      { ...base, maxEmbedLen: 1000 },
      600,
      "This model's maximum position embeddings length is 512 tokens. However, you requested 600 tokens in the input for embedding generation. Please reduce the length of the input or enable chunked processing.",
    ],
    [{ ...base, maxEmbedLen: 100 }, 101, "This model's maximum embedding input length is 100 tokens."],
  ])('%j refuses %d tokens', (limits, tokens, message) => {
    expect(() => needsChunks(tokens, 'embed', limits)).toThrow(message);
  });
  test.each(['encode', 'token_embed', 'token_classify', 'classify', 'score', 'reward'] as const)('%s is never chunked', (task) => {
    expect(() => needsChunks(513, task, { ...base, enableChunkedProcessing: true })).toThrow(
      'The decoder prompt (length 513) is longer than the maximum model length of 512. Make sure that `max_model_len` is no smaller than the number of text tokens.',
    );
  });
  test('exactly the maximum is taken, whatever sets it', () => {
    for (const task of ['embed', 'encode', 'classify'] as const) expect(needsChunks(512, task, base)).toBe(false);
    expect(needsChunks(100, 'embed', { ...base, maxEmbedLen: 100 })).toBe(false);
    expect(needsChunks(1000, 'embed', { ...base, maxEmbedLen: 1000, enableChunkedProcessing: true })).toBe(true);
  });
  test('no tokens at all are refused', () => {
    expect(() => needsChunks(0, 'embed', base)).toThrow('The decoder prompt cannot be empty');
  });
});

describe('chunk and aggregate', () => {
  const ids = Int32Array.of(0, 1, 2, 3, 4);
  test('cuts every n ids, without overlap', () => {
    expect(chunk({ ids }, 3).map((window) => [...window.ids])).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(chunk({ ids }, 5)).toHaveLength(1);
  });
  test('the two log lines are vLLM’s', () => {
    expect(chunkLogLines(100_000, 512)).toEqual([
      'Input length 100000 exceeds max_position_embeddings 512, will use chunked processing',
      'Split input of 100000 tokens into 196 chunks (max_chunk_size: 512)',
    ]);
  });
  // vLLM's own numbers: tests/entrypoints/pooling/embed/test_io_processor.py and PR #57498.
  test('the mean is weighted by tokens', () => {
    const out = new Float32Array(2);
    const mean = weightedMean(out, false);
    mean.add(Float32Array.of(1, 1), 3);
    mean.add(Float32Array.of(4, 7), 2);
    mean.finish();
    expect([...out]).toEqual([2.2, 3.4].map(Math.fround));
  });
  test('unit chunks make a unit result, and a bare mean if not normalised', () => {
    for (const [normalize, value] of [
      [true, Math.SQRT1_2],
      [false, 0.5],
    ] as const) {
      const out = new Float32Array(2);
      const mean = weightedMean(out, normalize);
      mean.add(Float32Array.of(1, 0), 7);
      mean.add(Float32Array.of(0, 1), 7);
      mean.finish();
      expect([...out]).toEqual([expect.closeTo(value, 6), expect.closeTo(value, 6)]);
    }
  });
  test('one chunk is left as it is', () => {
    const out = new Float32Array(2);
    const aggregate = only(out);
    aggregate.add(Float32Array.of(9, 9), 2);
    aggregate.finish();
    expect([...out]).toEqual([9, 9]);
  });
});

describe('batch', () => {
  const windows = [{ ids: Int32Array.of(7, 8, 9) }, { ids: Int32Array.of(5), typeIds: Uint8Array.of(1) }];
  test('pads on the side asked for, and masks the padding', () => {
    const right = batch(windows, { id: 4, side: 'right' });
    expect([...right.ids]).toEqual([7n, 8n, 9n, 5n, 4n, 4n]);
    expect([...right.mask]).toEqual([1n, 1n, 1n, 1n, 0n, 0n]);
    expect([...right.typeIds]).toEqual([0n, 0n, 0n, 1n, 0n, 0n]);
    const left = batch(windows, { id: 4, side: 'left' });
    expect([...left.ids]).toEqual([7n, 8n, 9n, 4n, 4n, 5n]);
    expect([...left.mask]).toEqual([1n, 1n, 1n, 0n, 0n, 1n]);
  });
});

describe('tokens that pooling leaves out', () => {
  test('are counted for each row of a batch', () => {
    const windows = [{ ids: Int32Array.of(1, 2, 3), skip: 2 }, { ids: Int32Array.of(4) }];
    expect(batch(windows, { id: 0, side: 'right' }).skips).toEqual([2, 0]);
  });
  test('end in the chunk in which the prompt ends', () => {
    const ids = Int32Array.of(0, 1, 2, 3, 4, 5, 6);
    const skips = (skip: number) => chunk({ ids, skip }, 3).map((window) => window.skip ?? 0);
    expect(skips(0)).toEqual([0, 0, 0]);
    expect(skips(2)).toEqual([2, 0, 0]);
    expect(skips(5)).toEqual([3, 2, 0]);
    expect(skips(9)).toEqual([3, 3, 1]);
  });
});

describe('check rows', () => {
  const rows = (...data: number[]) => ({ data: Float32Array.from(data), rows: 1, dimensions: data.length });
  test.each([
    [[NaN, 0], 'it has NaN in it'],
    [[-Infinity, 0], 'it has infinity in it'],
    [[Infinity, NaN], 'it has NaN in it'],
    [[0, 0], 'it is all zero'],
    [[3, 4], 'its length is 5.000, not 1'],
  ])('a unit vector of %j is refused: %s', (data, fault) => {
    const message = expect.stringContaining(`What the model gave for prompts[2] is no vector: ${fault}.`);
    expect(() => checkRows(rows(...data), { normalize: true }, 'prompts[2]')).toThrow(
      expect.objectContaining({ code: 'non-finite-output', message }),
    );
  });
  test('a vector that need not have unit length only has to be finite', () => {
    expect(() => checkRows(rows(3, 4), { normalize: false }, 'prompts[0]')).not.toThrow();
    expect(() => checkRows(rows(3, NaN), { normalize: false }, 'prompts[0]')).toThrow('it has NaN in it');
  });
});
