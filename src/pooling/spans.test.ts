import { describe, expect, test } from 'vitest';
import type { PoolingType } from '../types.ts';
import { spansOf } from './spans.ts';
import { batchOf, lengthsOf, specOf } from './subjects-for-tests.ts';

const spec = (...types: PoolingType[]) => specOf(8, { types });
const starts = (batch: Parameters<typeof spansOf>[0], ...args: Parameters<typeof spec>) =>
  spansOf(batch, spec(...args)).map(({ start, count }) => [start, count]);

describe('spans', () => {
  test('each text’s come one behind the other, in the order of the types', () => {
    expect(spansOf(batchOf(lengthsOf([2, 3]), 'left'), spec('MAX', 'CLS', 'MEAN_SQRT_LEN'))).toEqual([
      { start: 1, count: 2, reduce: 'max' },
      { start: 1, count: 1, reduce: 'mean' },
      { start: 1, count: 2, reduce: 'mean_sqrt_len' },
      { start: 3, count: 3, reduce: 'max' },
      { start: 3, count: 1, reduce: 'mean' },
      { start: 3, count: 3, reduce: 'mean_sqrt_len' },
    ]);
  });

  test('a text that is chunked late has the mean of each chunk, the others of its batch their tokens', () => {
    const batch = {
      ...batchOf(lengthsOf([2, 4]), 'left'),
      chunks: [
        null,
        [
          { start: 1, count: 2 },
          { start: 0, count: 4 },
        ],
      ],
    };
    expect(spansOf(batch, spec('ALL'))).toEqual([
      { start: 2, count: 1, reduce: 'mean' },
      { start: 3, count: 1, reduce: 'mean' },
      { start: 5, count: 2, reduce: 'mean' },
      { start: 4, count: 4, reduce: 'mean' },
    ]);
  });

  // As Sentence-Transformers 6.2: attention_mask without the prompt, then the first of the rest, the last, the mean …
  describe.each(['left', 'right'] as const)('with a prompt of two tokens and padding on the %s', (side) => {
    const batch = batchOf(lengthsOf([5, 3]), side, [2, 2]);
    const second = side === 'left' ? 7 : 5;

    test('CLS is the first token after it', () =>
      expect(starts(batch, 'CLS')).toEqual([
        [2, 1],
        [second + 2, 1],
      ]));
    test('LAST is the last token', () =>
      expect(starts(batch, 'LAST')).toEqual([
        [4, 1],
        [second + 2, 1],
      ]));
    test.each(['MEAN', 'MEAN_SQRT_LEN', 'MAX', 'WEIGHTEDMEAN'] as const)('%s leaves it out', (type) =>
      expect(starts(batch, type)).toEqual([
        [2, 3],
        [second + 2, 1],
      ]),
    );
    test('weights go on as if it were there', () =>
      expect(spansOf(batch, spec('WEIGHTEDMEAN')).map(({ firstWeight }) => firstWeight)).toEqual([3, 3]));
    test('ALL and STEP keep every token', () => {
      const all = [0, 1, 2, 3, 4, second, second + 1, second + 2].map((row) => [row, 1]);
      expect(starts(batch, 'ALL')).toEqual(all);
      expect(starts(batch, 'STEP')).toEqual(all);
    });
  });

  test('STEP takes the tokens that are the tag, and never padding that looks like it', () => {
    const batch = batchOf([[7, 5, 7], [5]], 'right');
    expect(spansOf(batch, { ...spec('STEP'), stepTagId: 7 }).map(({ start }) => start)).toEqual([0, 2]);
    expect(spansOf(batch, { ...spec('STEP'), stepTagId: 0 })).toEqual([]);
  });

  test('a graph that pools itself gives one row for each text, whatever the types and the prompt', () => {
    const output = { name: 'sentence_embedding', rows: 'text', width: 8 } as const;
    expect(spansOf(batchOf(lengthsOf([1, 3, 2]), 'left', [1, 9, 0]), { ...spec('ALL', 'MEAN'), output })).toEqual(
      [0, 1, 2].map((start) => ({ start, count: 1, reduce: 'mean' })),
    );
  });

  test('a text that is all prompt is refused', () => {
    const batch = batchOf(lengthsOf([4, 3]), 'right', [3, 3]);
    for (const type of ['CLS', 'LAST', 'MEAN', 'MAX', 'MEAN_SQRT_LEN', 'WEIGHTEDMEAN'] as const) {
      expect(() => spansOf(batch, spec(type))).toThrow('Text 1 of the batch has 3 tokens, and pooling leaves out the first 3');
    }
    expect(spansOf(batch, spec('ALL'))).toHaveLength(7);
  });

  test('a mask with a gap is refused', () => {
    const batch = { ...batchOf(lengthsOf([3]), 'right'), mask: BigInt64Array.of(1n, 0n, 1n) };
    expect(() => spansOf(batch, spec('MEAN'))).toThrow('has a gap');
  });

  test('a mask without a token is refused', () => {
    const batch = { ...batchOf(lengthsOf([2, 2]), 'right'), mask: BigInt64Array.of(1n, 0n, 0n, 0n) };
    expect(() => spansOf(batch, spec('CLS'))).toThrow('all zero');
  });
});
