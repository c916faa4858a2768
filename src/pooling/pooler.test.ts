import { describe, expect, test } from 'vitest';
import type { HiddenStates, PoolSpec } from '../shapes.ts';
import { CpuPooler } from './cpu-pooler.ts';
import { useDevice } from './gpu-for-tests.ts';
import { GpuPooler } from './gpu-pooler.ts';
import type { Pooler } from './pooler.ts';
import { spansOf } from './spans.ts';

/** One suite, every implementation: `place` puts a matrix of token rows where the pooler wants it. */
interface Subject {
  name: string;
  pooler(): Pooler;
  place(words: Float32Array | Uint16Array, tokens: number, hidden: number): HiddenStates;
  readBack?: { bytes: number };
}

const device = useDevice();
const readBack = { bytes: 0 };
const subjects: Subject[] = [
  {
    name: 'CPU',
    pooler: () => new CpuPooler(),
    place: (data, tokens, hidden) =>
      data instanceof Uint16Array
        ? { location: 'cpu', type: 'float16', data, tokens, hidden }
        : { location: 'cpu', type: 'float32', data, tokens, hidden },
  },
  {
    name: 'WGSL',
    pooler: () => new GpuPooler(device(), readBack),
    readBack,
    place(data, tokens, hidden) {
      // As ORT's buffers: longer than the tensor, with garbage in the tail.
      const buffer = device().createBuffer({
        size: Math.ceil(data.byteLength / 16) * 16 + 64,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
        mappedAtCreation: true,
      });
      new Uint8Array(buffer.getMappedRange()).fill(0xff).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      buffer.unmap();
      return { location: 'gpu', type: data instanceof Uint16Array ? 'float16' : 'float32', buffer, tokens, hidden };
    },
  },
];

/** Lengths of the rows -> mask, with the padding on one side. */
function maskOf(lengths: number[], side: 'left' | 'right'): { mask: number[]; tokens: number } {
  const tokens = Math.max(...lengths, 0);
  const mask = lengths.flatMap((length) => {
    const row = Array.from({ length: tokens }, (_, i) => (i < length ? 1 : 0));
    return side === 'left' ? row.reverse() : row;
  });
  return { mask, tokens };
}

/** Ragged token rows -> padded matrix whose padding rows hold a value that would spoil any mean. */
function pad(rows: number[][], lengths: number[], side: 'left' | 'right'): Float32Array {
  const { tokens } = maskOf(lengths, side);
  const hidden = rows[0]?.length ?? 0;
  const out = new Float32Array(lengths.length * tokens * hidden).fill(1e9);
  let next = 0;
  lengths.forEach((length, row) => {
    for (let i = 0; i < length; i++) {
      const at = row * tokens + (side === 'left' ? tokens - length + i : i);
      out.set(rows[next++]!, at * hidden);
    }
  });
  return out;
}

describe.each(subjects)('$name pooler', (subject) => {
  async function pool(rows: number[][], lengths: number[], type: PoolSpec['type'], side: 'left' | 'right', finish?: Partial<PoolSpec>) {
    const { mask, tokens } = maskOf(lengths, side);
    const hidden = rows[0]!.length;
    const states = subject.place(pad(rows, lengths, side), lengths.length * tokens, hidden);
    const spans = spansOf(mask, lengths.length, tokens, type);
    const out = await subject.pooler().pool(states, spans, { dimensions: hidden, normalize: false, ...finish });
    return Array.from({ length: out.rows }, (_, i) => [...out.data.subarray(i * out.dimensions, (i + 1) * out.dimensions)]);
  }

  // Golden vectors of vLLM's own unit tests (tests/model_executor/layers/test_pooler_methods.py).
  describe.each(['left', 'right'] as const)('with padding on the %s', (side) => {
    test('CLS takes the first token of each row', async () => {
      expect(
        await pool(
          [
            [1, 2],
            [3, 4],
            [5, 6],
            [7, 8],
            [9, 10],
          ],
          [2, 3],
          'CLS',
          side,
        ),
      ).toEqual([
        [1, 2],
        [5, 6],
      ]);
    });
    test('LAST takes the last real token of each row', async () => {
      expect(
        await pool(
          [
            [1, 2],
            [3, 4],
            [5, 6],
            [7, 8],
            [9, 10],
          ],
          [2, 3],
          'LAST',
          side,
        ),
      ).toEqual([
        [3, 4],
        [9, 10],
      ]);
    });
    test('MEAN averages the real tokens of each row', async () => {
      expect(
        await pool(
          [
            [1, 2],
            [3, 4],
            [10, 20],
          ],
          [2, 1],
          'MEAN',
          side,
        ),
      ).toEqual([
        [2, 3],
        [10, 20],
      ]);
      expect(
        await pool(
          [
            [0, 0],
            [2, 4],
            [4, 8],
            [10, 10],
          ],
          [3, 1],
          'MEAN',
          side,
        ),
      ).toEqual([
        [2, 4],
        [10, 10],
      ]);
    });
    test('ALL gives each real token its own row', async () => {
      expect(
        await pool(
          [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
          [1, 2],
          'ALL',
          side,
        ),
      ).toEqual([
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
    });
    test('cuts first and normalises then', async () => {
      const [row] = await pool([[3, 4, 100]], [1], 'MEAN', side, { dimensions: 2, normalize: true });
      expect(row).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)]);
    });
  });

  test('a single token is its own mean, to the bit', async () => {
    const row = [0.1, -0.2, 1e-30, 3e30].map(Math.fround);
    expect(await pool([row], [1], 'MEAN', 'right')).toEqual([row]);
  });

  test('a zero row stays zero when normalised', async () => {
    expect(await pool([[0, 0, 0]], [1], 'MEAN', 'right', { normalize: true })).toEqual([[0, 0, 0]]);
  });

  test('no spans give no rows', async () => {
    const states = subject.place(new Float32Array(8), 1, 8);
    expect(await subject.pooler().pool(states, [], { dimensions: 8, normalize: true })).toMatchObject({ rows: 0, dimensions: 8 });
  });

  test('float16 states are pooled in float32', async () => {
    // 1, 2, -0.5, 65504 (the largest), 2^-24 (the smallest), 0.333251953125
    const words = Uint16Array.of(0x3c00, 0x4000, 0xb800, 0x7bff, 0x0001, 0x3555);
    const states = subject.place(words, 2, 3);
    const out = await subject.pooler().pool(
      states,
      [
        { start: 0, count: 1 },
        { start: 1, count: 1 },
        { start: 0, count: 2 },
      ],
      {
        dimensions: 3,
        normalize: false,
      },
    );
    const means = [(1 + 65504) / 2, (2 + 2 ** -24) / 2, (-0.5 + 0.333251953125) / 2].map(Math.fround);
    expect([...out.data]).toEqual([1, 2, -0.5, 65504, 2 ** -24, 0.333251953125, ...means]);
  });

  test('agrees with a float64 loop on 7 rows of 1 to 300 tokens, 100 wide, to 1e-6', async () => {
    const lengths = [1, 2, 31, 32, 33, 150, 300];
    let seed = 42;
    const random = () => ((seed = (seed * 1664525 + 1013904223) >>> 0) / 2 ** 32) * 2 - 1;
    const rows = Array.from({ length: lengths.reduce((a, b) => a + b) }, () => Array.from({ length: 100 }, random));
    const out = await pool(rows, lengths, 'MEAN', 'left', { dimensions: 96, normalize: true });
    let next = 0;
    lengths.forEach((length, i) => {
      const of = rows.slice(next, (next += length));
      const mean = Array.from({ length: 96 }, (_, c) => of.reduce((sum, row) => sum + Math.fround(row[c]!), 0) / length);
      const norm = Math.hypot(...mean);
      mean.forEach((value, c) => expect(Math.abs(out[i]![c]! - value / norm)).toBeLessThan(1e-6));
    });
  });

  test('takes more rows than one dispatch dimension has workgroups', async () => {
    const tokens = 70_000;
    const states = subject.place(
      Float32Array.from({ length: tokens * 2 }, (_, i) => i),
      tokens,
      2,
    );
    const spans = spansOf(new Uint8Array(tokens).fill(1), 1, tokens, 'ALL');
    const out = await subject.pooler().pool(states, spans, { dimensions: 2, normalize: true });
    const at = (row: number) => Math.hypot(out.data[row * 2]!, out.data[row * 2 + 1]!);
    expect(out.rows).toBe(tokens);
    for (const row of [0, 1, 65_534, 65_535, 65_536, 69_999]) expect(at(row)).toBeCloseTo(1, 6);
  });

  if (subject.readBack) {
    test('reads back the pooled rows and nothing else', async () => {
      const counter = subject.readBack!;
      counter.bytes = 0;
      await pool(
        [
          [1, 2, 3, 4],
          [3, 4, 5, 6],
          [5, 6, 7, 8],
        ],
        [2, 1],
        'MEAN',
        'right',
        { dimensions: 3 },
      );
      expect(counter.bytes).toBe(2 * 3 * 4);
    });
  }
});

describe('spans', () => {
  test('a mask with a gap is refused', () => {
    expect(() => spansOf([1, 0, 1], 1, 3, 'MEAN')).toThrow('has a gap');
  });
  test('a mask without a token is refused', () => {
    expect(() => spansOf([1, 0, 0, 0], 2, 2, 'CLS')).toThrow('all zero');
  });
});
