import { describe, expect, test } from 'vitest';
import { PoolingError } from '../errors.ts';
import { Queue } from './queue.ts';
import type { Batch } from '../shapes.ts';
import { agreement, MIN_COSINE, probeBatches, probeIds } from './self-check.ts';
import { settled } from './wire-result.ts';

describe('self-check', () => {
  /** Rows of `width` columns, each column the same. */
  const rows = (width: number, ...values: number[]) => ({
    data: Float32Array.from(values.flatMap((value) => Array.from({ length: width }, () => value))),
    rows: values.length,
    dimensions: width,
  });
  const wide = (...data: number[]) => ({
    data: Float32Array.from({ length: 64 }, (_, i) => data[i % data.length]!),
    rows: 2,
    dimensions: 32,
  });

  test('equal rows agree, and the worst row counts', () => {
    expect(agreement(wide(1, 2, 3), wide(1, 2, 3))).toBeCloseTo(1, 6);
    const turned = wide(1, 0);
    turned.data.set(
      Float32Array.from({ length: 32 }, (_, i) => i % 2),
      32,
    );
    expect(agreement(wide(1, 0), turned)).toBeCloseTo(0, 6);
  });
  test('NaN, zero and a wrong length never agree', () => {
    for (const width of [1, 32]) {
      expect(agreement(rows(width, NaN, 1), rows(width, 1, 1))).toBe(0);
      expect(agreement(rows(width, 4, 4), rows(width, 1, 1))).toBeLessThan(MIN_COSINE);
      expect(agreement(rows(width, 0, 0), rows(width, 1, 1))).toBeLessThan(MIN_COSINE);
    }
  });
  test('a single logit is compared by its distance: it has no direction', () => {
    expect(agreement(rows(1, 8.6, -3), rows(1, 8.6, -3))).toBe(1);
    expect(agreement(rows(1, 8.6, -3), rows(1, 8.5, -2.9))).toBeGreaterThan(MIN_COSINE);
    expect(agreement(rows(1, 8.6, -3), rows(1, 5, -3))).toBeLessThan(MIN_COSINE);
    expect(agreement(rows(1, 0.01, 0.02), rows(1, 0.5, 0.02))).toBeLessThan(MIN_COSINE);
  });
  test('the probe has more than 32 tokens and a padded row, whatever the tokenizer', () => {
    for (const encode of [() => [5], (text: string) => text.split(' ').map((_, i) => i)]) {
      const ids = probeIds(encode, 512);
      const [{ rows: count, tokens, mask }] = probeBatches(ids, { id: 0, side: 'right' }, false) as [Batch];
      expect([count, tokens]).toEqual([2, 40]);
      expect(mask.filter((bit) => bit === 0n).length).toBeGreaterThan(20);
      expect(probeBatches(ids, { id: 0, side: 'right' }, true).map(({ rows: each }) => each)).toEqual([1, 1]);
    }
    expect(probeIds(() => [5], 8)).toHaveLength(8);
  });
});

describe('queue', () => {
  test('runs one task at a time, in order, past one that fails', async () => {
    const queue = new Queue();
    const events: string[] = [];
    const task =
      (name: string, fails = false) =>
      async () => {
        events.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        events.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const results = await Promise.allSettled([queue.run(task('a')), queue.run(task('b', true)), queue.run(task('c'))]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });
});

describe('wire results', () => {
  const errorOf = async (error: unknown) => {
    const result = await settled(() => Promise.reject(error));
    return result.ok ? null : result.error;
  };
  test('keep the code, the text and the text of the cause', async () => {
    expect(await errorOf(new PoolingError('invalid-input', 'bad', { cause: new Error('why') }))).toEqual({
      code: 'invalid-input',
      message: 'bad',
      cause: 'Error: why',
      fatal: false,
    });
  });
  test('anything else becomes runtime-failed', async () => {
    expect(await errorOf('oops')).toMatchObject({ code: 'runtime-failed', message: 'The engine failed: oops' });
  });
  test.each([
    new WebAssembly.RuntimeError('unreachable'),
    new Error('memory access out of bounds'),
    new PoolingError('runtime-failed', 'x', { cause: new Error('Aborted(OOM)') }),
  ])('a dead runtime is fatal: %s', async (error) => expect(await errorOf(error)).toMatchObject({ fatal: true }));
});
