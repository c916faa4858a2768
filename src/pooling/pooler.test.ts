import { describe, expect, test } from 'vitest';
import type { PoolSpec, Span } from '../shapes.ts';
import { useDevice } from './gpu-for-tests.ts';
import { spansOf } from './spans.ts';
import { batchOf, lengthsOf, listOf, specOf, statesOf, subjectsOn, type Side } from './subjects-for-tests.ts';

describe.each(subjectsOn(useDevice()))('$name pooler', (subject) => {
  /** `texts` are token ids or lengths; `rows` the rows of their tokens. */
  async function pool(
    rows: number[][],
    texts: number[] | number[][],
    spec: Partial<PoolSpec> & { skips?: number[] } = {},
    side: Side = 'right',
  ) {
    const hidden = rows[0]?.length ?? spec.dimensions!;
    const ids = texts.map((text) => (typeof text === 'number' ? lengthsOf([text])[0]! : text));
    const batch = batchOf(ids, side, spec.skips);
    const states = subject.place(statesOf(batch, rows, hidden, 1e9), batch.rows * batch.tokens, hidden);
    const full = specOf(hidden, spec);
    const out = await subject.pooler().pool(states, spansOf(batch, full), full);
    expect(out.dimensions).toBe(full.dimensions);
    expect(out.data).toHaveLength(out.rows * out.dimensions);
    return listOf(out);
  }

  // prettier-ignore
  const FIVE = [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]];
  // prettier-ignore
  const WIDE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]];

  // Golden vectors of vLLM's own unit tests (tests/model_executor/layers/test_pooler_methods.py).
  // prettier-ignore
  describe.each(['left', 'right'] as const)('with padding on the %s', (side) => {
    test('CLS takes the first token of each text', async () => {
      expect(await pool(FIVE, [2, 3], { types: ['CLS'] }, side)).toEqual([[1, 2], [5, 6]]);
    });
    test('LAST takes the last real token of each text', async () => {
      expect(await pool(FIVE, [2, 3], { types: ['LAST'] }, side)).toEqual([[3, 4], [9, 10]]);
    });
    test('MEAN averages the real tokens of each text', async () => {
      expect(await pool([[1, 2], [3, 4], [10, 20]], [2, 1], {}, side)).toEqual([[2, 3], [10, 20]]);
      expect(await pool([[0, 0], [2, 4], [4, 8], [10, 10]], [3, 1], {}, side)).toEqual([[2, 4], [10, 10]]);
    });
    test('ALL gives each real token its own row', async () => {
      expect(await pool([[1, 2], [3, 4], [5, 6]], [1, 2], { types: ['ALL'] }, side)).toEqual([[1, 2], [3, 4], [5, 6]]);
    });
    test('STEP with a tag gives the rows of the tag', async () => {
      expect(await pool(FIVE.slice(0, 4), [[10, 99, 10, 20]], { types: ['STEP'], stepTagId: 10 }, side)).toEqual([[1, 2], [5, 6]]);
    });
    test('STEP with columns gives all rows, and of them those columns', async () => {
      expect(await pool(WIDE.slice(0, 2), [2], { types: ['STEP'], columns: [0, 2] }, side)).toEqual([[1, 3], [4, 6]]);
    });
    test('STEP with a tag and columns gives those columns of the tag’s rows', async () => {
      expect(await pool(WIDE, [[99, 10, 99]], { types: ['STEP'], stepTagId: 10, columns: [0, 2] }, side)).toEqual([[4, 6]]);
    });
    test('MAX takes the largest of each column, negative ones too', async () => {
      expect(await pool([[-3, 5], [-1, -9], [-2, 7], [-4, -8]], [3, 1], { types: ['MAX'] }, side)).toEqual([[-1, 7], [-4, -8]]);
    });
    test('MEAN_SQRT_LEN divides by the root of the length', async () => {
      expect(await pool([[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]], [4, 1], { types: ['MEAN_SQRT_LEN'] }, side)).toEqual([[8, 10], [9, 10]]);
    });
    test('WEIGHTEDMEAN counts the nth token n times', async () => {
      expect(await pool([[6, 0], [12, 0], [0, 18], [5, 4]], [3, 1], { types: ['WEIGHTEDMEAN'] }, side)).toEqual([[5, 9], [5, 4]]);
    });
    // Pooling(4, tuple(modes), include_prompt=False) of sentence-transformers 6.2.0 with prompt_length 2 on rows (1,10) (2,20) … (5,50).
    test('several types without a prompt of two tokens give what Sentence-Transformers gives', async () => {
      const rows = [1, 2, 3, 4, 5].map((n) => [n, 10 * n]);
      const types = ['CLS', 'MAX', 'MEAN', 'MEAN_SQRT_LEN', 'WEIGHTEDMEAN', 'LAST'] as const;
      const out = await pool([...rows, ...rows.slice(0, 3)], [5, 3], { types, skips: [2, 2] }, side);
      const first = [3, 5, 4, 12 / Math.sqrt(3), (3 * 3 + 4 * 4 + 5 * 5) / 12, 5];
      const expected = [...first, 3, 3, 3, 3, 3, 3].flatMap((n) => [n, 10 * n]);
      out.flat().forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
      expect(out).toHaveLength(12);
    });
    test('gathers columns, cuts, and normalises then', async () => {
      const [row] = await pool([[9, 3, 100, 4]], [1], { columns: [1, 3, 2], dimensions: 2, normalize: true }, side);
      expect(row).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)]);
    });
  });

  test('STEP without a match gives no rows, as wide as asked for', async () => {
    expect(await pool(FIVE.slice(0, 2), [[10, 20]], { types: ['STEP'], stepTagId: 999 })).toEqual([]);
  });

  test('an empty batch gives no rows of full width', async () => {
    expect(await pool([], [], { dimensions: 8, output: { name: 'states', rows: 'token', width: 8 } })).toEqual([]);
  });

  test('rows that the graph has pooled are finished and otherwise left alone', async () => {
    const output = { name: 'sentence_embedding', rows: 'text', width: 2 } as const;
    const states = subject.place(Float32Array.of(3, 4, 0, 5, 1e9, 1e9), 3, 2);
    const spec = specOf(2, { output, types: ['LAST'], normalize: true });
    const out = await subject.pooler().pool(states, spansOf(batchOf(lengthsOf([7, 3]), 'left'), spec), spec);
    expect([...out.data]).toEqual([0.6, 0.8, 0, 1].map(Math.fround));
  });

  test('columns may come twice and in any order', async () => {
    expect(await pool(WIDE.slice(0, 1), [1], { columns: [2, 0, 2, 1] })).toEqual([[3, 1, 3, 2]]);
  });

  test('a single token is its own mean, to the bit', async () => {
    const row = [0.1, -0.2, 1e-30, 3e30].map(Math.fround);
    for (const type of ['MEAN', 'MEAN_SQRT_LEN', 'MAX', 'CLS', 'LAST'] as const)
      expect(await pool([row], [1], { types: [type] })).toEqual([row]);
  });

  test('a zero row stays zero when normalised', async () => {
    expect(await pool([[0, 0, 0]], [1], { normalize: true })).toEqual([[0, 0, 0]]);
  });

  test.each(['MEAN', 'MAX', 'MEAN_SQRT_LEN', 'WEIGHTEDMEAN'] as const)('one NaN spoils its column of %s, wherever it is', async (type) => {
    for (const at of [0, 1, 2]) {
      const [row] = await pool(
        [0, 1, 2].map((i) => [i === at ? NaN : 1, 2]),
        [3],
        { types: [type] },
      );
      expect(row![0]).toBeNaN();
      expect(row![1]).not.toBeNaN();
    }
  });

  test('float16 states are pooled in float32', async () => {
    // 1, 2, -0.5, 65504 (the largest), 2^-24 (the smallest), 0.333251953125
    const words = Uint16Array.of(0x3c00, 0x4000, 0xb800, 0x7bff, 0x0001, 0x3555);
    const spans: Span[] = [
      { start: 0, count: 1, reduce: 'mean' },
      { start: 1, count: 1, reduce: 'max' },
      { start: 0, count: 2, reduce: 'mean' },
      { start: 0, count: 2, reduce: 'max' },
    ];
    const out = await subject.pooler().pool(subject.place(words, 2, 3), spans, specOf(3, {}));
    const means = [(1 + 65504) / 2, (2 + 2 ** -24) / 2, (-0.5 + 0.333251953125) / 2].map(Math.fround);
    expect([...out.data]).toEqual([1, 2, -0.5, 65504, 2 ** -24, 0.333251953125, ...means, 65504, 2, 0.333251953125]);
  });

  test.each([
    [{ columns: [0, 3] }, 'Column 3 was asked for (returned_token_ids), and the model gives rows of 3 values: take columns of 0 to 2.'],
    [{ columns: [-1] }, 'Column -1 was asked for'],
    [{ columns: [0.5] }, 'Column 0.5 was asked for'],
    [{ dimensions: 4 }, '4 dimensions were asked for, and there are 3 values in a row: take an integer of 1 to 3.'],
    [{ dimensions: 0 }, '0 dimensions were asked for'],
    [{ columns: [0, 1], dimensions: 3 }, '3 dimensions were asked for, and there are 2 values in a row'],
  ])('refuses %j', async (spec, message) => {
    const refused = pool(WIDE, [3], spec);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ code: 'invalid-option' });
  });

  if (subject.readBack) {
    test('reads back the pooled rows and nothing else', async () => {
      const counter = subject.readBack!;
      counter.bytes = 0;
      await pool([...WIDE, ...WIDE], [2, 4], { types: ['MEAN', 'MAX'], columns: [2, 1, 0], dimensions: 2 });
      expect(counter.bytes).toBe(2 * 2 * 2 * 4);
    });
  }
});
