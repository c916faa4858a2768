/** Shorter and coarser vectors against plain definitions; the best of scores against a full sort. */
import { describe, expect, it } from 'vitest';
import { cosine } from './cosine.ts';
import { bytesOf, formOf } from './forms.ts';
import { rankOf, topOf } from './top.ts';

const count = 60;
const size = 48;
const data = Float32Array.from({ length: count * size }, (_, i) => Math.sin(i * i * 0.37) + Math.cos(i * 1.7));
const row = (i: number) => data.slice(i * size, (i + 1) * size);
const query = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 2.3));
const full = { data, count, size };

describe('formOf', () => {
  it('fp32 is the cosine of the first values', () => {
    const scores = formOf(full, 20, 'fp32').scores(query);
    for (let i = 0; i < count; i++) expect(scores[i]).toBeCloseTo(cosine(query.slice(0, 20), row(i).slice(0, 20)), 5);
  });

  it('int8 is near it, and not the same', () => {
    const scores = formOf(full, 48, 'int8').scores(query);
    const away = Array.from(scores, (score, i) => Math.abs(score - cosine(query, row(i))));
    expect(Math.max(...away)).toBeLessThan(0.01);
    expect(Math.max(...away)).toBeGreaterThan(1e-6);
  });

  it('binary counts signs that agree, across words of 32 bits', () => {
    const scores = formOf(full, 40, 'binary').scores(query);
    for (let i = 0; i < count; i++) {
      const same = row(i)
        .slice(0, 40)
        .filter((value, at) => value > 0 === query[at]! > 0).length;
      expect(scores[i]).toBeCloseTo((2 * same) / 40 - 1, 5);
    }
  });

  it('counts bytes: four a value, one and a scale, an eighth', () => {
    expect([bytesOf(384, 'fp32'), bytesOf(384, 'int8'), bytesOf(384, 'binary')]).toEqual([1536, 388, 48]);
    expect(formOf(full, 16, 'fp32').bytes).toBe(60 * 64);
  });
});

describe('topOf and rankOf', () => {
  const scores = Float32Array.from({ length: 50 }, (_, i) => Math.round(5 * Math.sin(i * 3.1)));
  const sorted = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);

  it('are those of a full sort, of equals the earlier first', () => {
    expect(topOf(scores, 10)).toEqual(sorted.slice(0, 10));
    expect(sorted.map((id) => rankOf(scores, id))).toEqual(sorted.map((_, place) => place + 1));
  });

  it('leaves one out, and gives fewer if there are fewer', () => {
    expect(topOf(scores, 3, sorted[0])).toEqual(sorted.slice(1, 4));
    expect(topOf(Float32Array.of(1, 2), 5)).toEqual([1, 0]);
  });
});
