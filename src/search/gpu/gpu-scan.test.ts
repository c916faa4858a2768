/** The GPU's answers against a stable sort of the plain loops' scores: random tables, borders of tiles and segments, ties, masks, NaN, changes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useDevice } from '../../pooling/gpu-for-tests.ts';
import { plainScanner } from '../plain-scanner.ts';
import type { Precision } from '../row-format.ts';
import type { Ranked } from '../top-k.ts';
import { VectorTable } from '../vector-table.ts';
import { GpuScan, type ScanLimits } from './gpu-scan.ts';
import { MOST_ROWS, SEGMENT } from './kernels.ts';

const device = useDevice();

type Mask = ((row: number) => boolean) | null;

/** Whole numbers, which float32 adds exactly; the first one alike, so that all rows of int8 have one scale. Many are equal. */
function randomVectors(seed: number) {
  let state = (seed % 2_147_483_646) + 1;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return (size: number) => Float32Array.from({ length: size }, (_, i) => (i === 0 ? 3 : Math.floor(random() * 7) - 3));
}

function expected(table: VectorTable, query: Float32Array, k: number, keep: Mask): { row: number; score: number }[] {
  const scores = table.scores(query);
  return [...scores]
    .map((score, row) => ({ row, score }))
    .filter(({ row, score }) => !Number.isNaN(score) && (keep?.(row) ?? true))
    .sort((a, b) => (a.score === b.score ? a.row - b.row : b.score > a.score ? 1 : -1))
    .slice(0, k);
}

function expectSame({ rows, scores }: Ranked, wanted: { row: number; score: number }[]): void {
  expect(rows).toEqual(wanted.map(({ row }) => row));
  wanted.forEach(({ score }, i) => {
    if (scores[i] !== score) expect(Math.abs(scores[i]! - score)).toBeLessThanOrEqual(Math.abs(score) * 1e-6);
  });
}

function maskOf(keep: Mask, count: number): Uint32Array<ArrayBuffer> | null {
  if (!keep) return null;
  const mask = new Uint32Array(Math.ceil(count / 32));
  for (let row = 0; row < count; row++) if (keep(row)) mask[row >> 5]! |= 1 << (row & 31);
  return mask;
}

function scanOf(table: VectorTable, hasPackedDot = false, limits?: Partial<ScanLimits>) {
  const readBack = { bytes: 0 };
  const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension } = device().limits;
  const all = { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension, ...limits };
  const scan = new GpuScan(device(), table, { hasPackedDot, readBack, limits: all });
  const nearest = (queries: readonly Float32Array[], k: number, keep: Mask = null) =>
    scan.nearest(
      queries.map((query) => table.encode(query)),
      k,
      maskOf(keep, table.count),
    );
  return { scan, nearest, readBack };
}

function filled(precision: Precision, count: number, size: number, seed = 1) {
  const table = new VectorTable(precision, size, plainScanner());
  const vector = randomVectors(seed);
  for (let i = 0; i < count; i++) table.push(vector(size));
  return { table, vector: () => vector(size) };
}

const KINDS = [
  ['float32', false],
  ['int8', false],
  ['int8', true],
  ['binary', false],
] as const;

describe.each(KINDS)('%s, packed dot product %s', (precision, hasPackedDot) => {
  const aroundBorders = fc.oneof(
    fc.nat(70),
    fc.constantFrom(63, 64, 65, 127, 129, 1023, 1025, 2047, 2048, 2049, 4095, 4096, 4097),
    fc.nat(6000),
  );
  test('finds what a stable sort of the plain scores finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          count: aroundBorders,
          size: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(127, 128, 129, 384)),
          k: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(255, 256, 257, MOST_ROWS - 1, MOST_ROWS)),
          queries: fc.integer({ min: 1, max: 3 }),
          masked: fc.constantFrom(0, 0, 2, 3, 97, Infinity),
          odd: fc.constantFrom(0, 0, 5),
          workgroups: fc.constantFrom(65_535, 1),
          seed: fc.nat(),
        }),
        async ({ count, size, k, queries, masked, odd, workgroups, seed }) => {
          const { table, vector } = filled(precision, 0, size, seed);
          for (let i = 0; i < count; i++) {
            const row = vector();
            if (odd > 0 && i % odd === 0) row[i % size] = [NaN, Infinity, -Infinity][i % 3]!;
            table.push(row);
          }
          const keep = masked === 0 ? null : (row: number) => row % masked === 1;
          const { scan, nearest } = scanOf(table, hasPackedDot, { maxComputeWorkgroupsPerDimension: workgroups });
          const asked = Array.from({ length: queries }, vector);
          const found = await nearest(asked, k, keep);
          asked.forEach((query, i) => expectSame(found[i]!, expected(table, query, k, keep)));
          scan.dispose();
        },
      ),
      { numRuns: 14 },
    );
  });

  test('keeps up with rows that are pushed and removed, in buffers of a few rows', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ push: fc.integer({ min: 1, max: 30 }) }) },
      { weight: 3, arbitrary: fc.record({ remove: fc.array(fc.nat(), { minLength: 1, maxLength: 12 }) }) },
      { weight: 1, arbitrary: fc.constant({ clear: true }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), fc.nat(), async (steps, seed) => {
        const size = 37;
        const { table, vector } = filled(precision, 0, size, seed);
        // Room for 24 rows in a buffer, and for candidates of all.
        const { scan, nearest } = scanOf(table, hasPackedDot, { maxBufferSize: Math.max(24 * table.format.bytes, 8 * 300) });
        for (const one of steps) {
          if ('push' in one) for (let i = 0; i < one.push; i++) table.push(vector());
          if ('remove' in one) for (const at of one.remove) if (table.count > 0) table.remove(at % table.count);
          if ('clear' in one) while (table.count > 0) table.remove(0);
          const query = vector();
          const [found] = await nearest([query], 7);
          expectSame(found!, expected(table, query, 7, null));
        }
        scan.dispose();
      }),
      { numRuns: 12 },
    );
  });
});

test('a mirror that is given up twice leaves the table to the one after it', async () => {
  const { table, vector } = filled('float32', 20, 8);
  const old = scanOf(table);
  old.scan.dispose();
  const next = scanOf(table);
  old.scan.dispose();
  const query = vector();
  await next.nearest([query], 5);
  table.remove(0);
  table.remove(1);
  expectSame((await next.nearest([query], 20))[0]!, expected(table, query, 20, null));
  next.scan.dispose();
});

test('of equals the earlier rows come first, through all levels of the selection', async () => {
  const count = 3 * SEGMENT + 5;
  const table = new VectorTable('binary', 8, plainScanner());
  for (let i = 0; i < count; i++) table.push(new Float32Array(8).fill(i === count - 1 ? 1 : -1));
  const { scan, nearest } = scanOf(table);
  const [found] = await nearest([new Float32Array(8).fill(1)], MOST_ROWS);
  expect(found!.rows).toEqual([count - 1, ...Array.from({ length: MOST_ROWS - 1 }, (_, i) => i)]);
  scan.dispose();
});

test('only k rows a query are read back, eight bytes each', async () => {
  const { table, vector } = filled('float32', 3000, 16);
  const { scan, nearest, readBack } = scanOf(table);
  await nearest([vector()], 10);
  expect(readBack.bytes).toBe(10 * 8);
  await nearest([vector(), vector(), vector()], 100);
  expect(readBack.bytes).toBe(10 * 8 + 3 * 100 * 8);
  scan.dispose();
});

test('only rows that changed are sent again', async () => {
  const { table, vector } = filled('int8', 4000, 64);
  const { scan, nearest } = scanOf(table);
  const sent: number[] = [];
  const { queue } = device();
  const write = queue.writeBuffer.bind(queue);
  queue.writeBuffer = ((buffer: GPUBuffer, offset: number, data: Uint32Array<ArrayBuffer>) => {
    if (buffer.label === 'search.rows') sent.push(data.byteLength);
    write(buffer, offset, data);
  }) as never;
  try {
    await nearest([vector()], 3);
    await nearest([vector()], 3);
    table.push(vector());
    table.remove(17);
    await nearest([vector()], 3);
  } finally {
    queue.writeBuffer = write;
  }
  // Row 17 with the seven that it lies among. The one that was pushed took its place.
  expect(sent).toEqual([4000 * 64, 8 * 64]);
  scan.dispose();
});

test('a table can be sent in parts, and change meanwhile', async () => {
  const { table, vector } = filled('int8', 1000, 32);
  const { scan, nearest } = scanOf(table, false, { maxBufferSize: 8 * 2000 });
  let parts = 0;
  for (; scan.missingBytes > 0; parts++) {
    await scan.prepare(100 * 32);
    if (parts < 3) for (const row of [900, 50]) table.remove(row);
  }
  expect(parts).toBe(10);
  const query = vector();
  expectSame((await nearest([query], 30))[0]!, expected(table, query, 30, null));
  scan.dispose();
});

test('a search that is under way keeps the table as it was', async () => {
  const { table, vector } = filled('float32', 500, 8);
  const { scan, nearest } = scanOf(table);
  const query = vector();
  const before = expected(table, query, 20, null);
  const found = nearest([query], 20);
  while (table.count > 3) table.remove(0);
  const after = nearest([query], 20);
  expectSame((await found)[0]!, before);
  expectSame((await after)[0]!, expected(table, query, 20, null));
  scan.dispose();
});

test('more queries than candidates fit at a time are asked in turns', async () => {
  const { table, vector } = filled('float32', 700, 8);
  const { scan, nearest } = scanOf(table, false, { maxStorageBufferBindingSize: 8 * 700 * 2 });
  const queries = Array.from({ length: 5 }, vector);
  const found = await nearest(queries, 4);
  queries.forEach((query, i) => expectSame(found[i]!, expected(table, query, 4, null)));
  scan.dispose();
});

test('a table that is too large for the device is refused', async () => {
  const { table, vector } = filled('float32', 700, 8);
  const { scan, nearest } = scanOf(table, false, { maxStorageBufferBindingSize: 8 * 699 });
  await expect(nearest([vector()], 1)).rejects.toThrow('700 rows are more than this device can select from');
  scan.dispose();
  expect(() => scanOf(table, false, { maxBufferSize: 8 * 64 - 1 })).toThrow('too large for a buffer');
});

test('what the device refuses comes to the caller, and to nobody else', async () => {
  const { table, vector } = filled('float32', 700, 8);
  const { scan, nearest } = scanOf(table);
  const real = device();
  const create = real.createBuffer.bind(real);
  real.createBuffer = (descriptor) =>
    create(descriptor.label === 'search.rows' ? { ...descriptor, size: real.limits.maxBufferSize + 4 } : descriptor);
  try {
    await expect(nearest([vector()], 1)).rejects.toThrow(/buffer/i);
  } finally {
    real.createBuffer = create;
  }
  scan.dispose();
});
