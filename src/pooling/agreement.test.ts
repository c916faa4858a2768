/** Random batches, whose float64 reference is written down from Sentence-Transformers' formulas, on both poolers. */
import { describe, expect, test } from 'vitest';
import type { PoolingType } from '../types.ts';
import { useDevice } from './gpu-for-tests.ts';
import { spansOf } from './spans.ts';
import { batchOf, lengthsOf, randomOf, specOf, statesOf, subjectsOn, type Side } from './subjects-for-tests.ts';

const subjects = subjectsOn(useDevice());
const [cpu, gpu] = subjects;
const ONE_ROW = ['CLS', 'LAST', 'MEAN', 'MAX', 'MEAN_SQRT_LEN', 'WEIGHTEDMEAN'] as const;

/** The text's rows, prompt included, and what to leave out of them. */
function reference(type: (typeof ONE_ROW)[number], text: readonly number[][], skip: number): number[] {
  const rest = text.slice(skip);
  const columns = rest[0]!.map((_, column) => rest.map((row) => row[column]!));
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  switch (type) {
    case 'CLS':
      return rest[0]!;
    case 'LAST':
      return rest.at(-1)!;
    case 'MEAN':
      return columns.map((values) => sum(values) / rest.length);
    case 'MEAN_SQRT_LEN':
      return columns.map((values) => sum(values) / Math.sqrt(rest.length));
    case 'MAX':
      return columns.map((values) => values.reduce((a, b) => (a > b ? a : b)));
    case 'WEIGHTEDMEAN':
      return columns.map((values) => sum(values.map((value, i) => value * (i + 1 + skip))) / sum(values.map((_, i) => i + 1 + skip)));
  }
}

test.each(Array.from({ length: 24 }, (_, seed) => seed))('random batch %i is pooled as in float64, on both', async (seed) => {
  const random = randomOf(seed * 7919 + 1);
  const upTo = (most: number) => 1 + Math.floor(((random() + 1) / 2) * most);
  const side: Side = random() < 0 ? 'left' : 'right';
  const hidden = upTo(150);
  const lengths = Array.from({ length: upTo(6) }, () => upTo(seed % 4 === 0 ? 300 : 12));
  const skips = lengths.map((length) => (random() < 0 ? 0 : upTo(length) - 1));
  const types = Array.from({ length: upTo(3) }, () => ONE_ROW[upTo(ONE_ROW.length) - 1]!);
  const columns = random() < 0 ? null : Array.from({ length: upTo(40) }, () => upTo(hidden) - 1);
  const dimensions = upTo(columns?.length ?? hidden);
  const normalize = random() < 0;
  // Some columns are negative throughout.
  const texts = lengths.map((length) =>
    Array.from({ length }, () => Array.from({ length: hidden }, (_, c) => Math.fround(random() - (c % 3)))),
  );

  const batch = batchOf(lengthsOf(lengths), side, skips);
  const spec = specOf(hidden, { types, columns, dimensions, normalize });
  const spans = spansOf(batch, spec);
  const states = statesOf(batch, texts.flat(), hidden, random() < 0 ? NaN : 1e9);
  const expected = texts.flatMap((text, i) =>
    types.flatMap((type) => {
      const all = reference(type, text, skips[i]!);
      const row = (columns?.map((column) => all[column]!) ?? all).slice(0, dimensions);
      const norm = normalize ? Math.max(Math.hypot(...row), 1e-12) : 1;
      return row.map((value) => value / norm);
    }),
  );
  for (const subject of subjects) {
    const out = await subject.pooler().pool(subject.place(states, batch.rows * batch.tokens, hidden), spans, spec);
    expect(out.rows).toBe(lengths.length * types.length);
    expect(out.data).toHaveLength(expected.length);
    const off = out.data.reduce((most, value, i) => {
      const error = Math.abs(value - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
      return Number.isNaN(error) || error > most ? error : most;
    }, 0);
    expect(off, subject.name).toBeLessThan(2e-6);
  }
});

describe('more spans than one dispatch dimension has workgroups', () => {
  const tokens = 70_000;
  const tag = 3;
  const ids = Array.from({ length: tokens }, (_, i) => (i % 15 === 0 ? 9 : tag));
  const batch = batchOf([ids], 'right');
  const states = Float32Array.from({ length: tokens * 3 }, (_, i) => (i % 4_001) - 2_000);

  // Normalising takes SwiftShader five seconds.
  test.each<[PoolingType[], boolean, number]>([
    [['ALL'], true, tokens],
    [['ALL', 'MAX', 'STEP'], false, tokens + 1 + ids.filter((id) => id === tag).length],
  ])('is the same on both by %j, normalised: %j', async (types, normalize, rows) => {
    const spec = specOf(3, { types, stepTagId: tag, columns: [2, 0], normalize });
    const spans = spansOf(batch, spec);
    const of = (subject: typeof cpu) => subject.pooler().pool(subject.place(states, tokens, 3), spans, spec);
    const [a, b] = await Promise.all([of(cpu), of(gpu)]);
    expect([a.rows, b.rows]).toEqual([rows, rows]);
    expect(a.data.findIndex((value, i) => !(Math.abs(value - b.data[i]!) < 1e-6))).toBe(-1);
    // Not the same wrong thing on both: the last row is the last token, which has the tag.
    const last = [states[(tokens - 1) * 3 + 2]!, states[(tokens - 1) * 3]!];
    const norm = normalize ? Math.hypot(...last) : 1;
    last.forEach((value, i) => expect(b.data.at(i - 2)).toBeCloseTo(value / norm, 5));
  });
});
