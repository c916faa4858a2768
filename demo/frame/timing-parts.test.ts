/** The numbers in the footer add up. */
import { describe, expect, it } from 'vitest';
import { sumOfParts, timingParts } from './timing-parts.ts';

const timings = { tokenize: 0.64, queue: 0.26, infer: 33.21, pool: 0.88, total: 35 };

describe('timingParts', () => {
  it('adds up to what the page measured, the rest being the way to the worker', () => {
    const parts = timingParts({ tokens: 14, timings, ms: 37, search: 0.4, device: 'wasm' });
    expect(parts.map(({ name, ms }) => [name, ms])).toEqual([
      ['tokenise', 0.6],
      ['wait', 0.3],
      ['model', 33.2],
      ['pool', 0.9],
      ['search', 0.4],
      ['worker', 2],
    ]);
    expect(sumOfParts(parts)).toBe(37.4);
  });

  it('counts in whole milliseconds from 100 on', () => {
    const parts = timingParts({ tokens: 14, timings: { ...timings, queue: 300.4 }, ms: 340, search: 0.4, device: 'wasm' });
    expect(parts.every(({ ms }) => Number.isInteger(ms))).toBe(true);
    expect(sumOfParts(parts)).toBe(340);
  });

  it('has no negative rest, and no search where there was none, when stages of a shared batch are counted in full', () => {
    const names = timingParts({ tokens: 14, timings, ms: 20, device: 'webgpu' }).map(({ name }) => name);
    expect(names).toEqual(['tokenise', 'wait', 'model', 'pool']);
  });
});
