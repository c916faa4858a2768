import { describe, expect, test } from 'vitest';
import { PoolingError } from '../errors.ts';
import { Queue } from './queue.ts';
import { agreement, probeOf } from './self-check.ts';
import { settled } from './wire-result.ts';

describe('self-check', () => {
  const rows = (...data: number[]) => ({ data: Float32Array.from(data), rows: data.length / 2, dimensions: 2 });

  test('equal rows agree, and the worst row counts', () => {
    expect(agreement(rows(1, 2, 3, 4), rows(1, 2, 3, 4))).toBeCloseTo(1, 6);
    expect(agreement(rows(1, 0, 1, 0), rows(1, 0, 0, 1))).toBeCloseTo(0, 6);
  });
  test('NaN, zero and a wrong length never agree', () => {
    expect(agreement(rows(NaN, 1), rows(1, 1))).toBe(0);
    expect(agreement(rows(0, 0), rows(1, 1))).toBe(0);
    expect(agreement(rows(2, 2), rows(1, 1))).toBe(0);
  });
  test('the probe has more than 32 tokens and a padded row, whatever the tokenizer', () => {
    for (const encode of [() => [5], (text: string) => text.split(' ').map((_, i) => i)]) {
      const { rows: count, tokens, mask } = probeOf(encode, { maxModelLen: 512, padTokenId: 0, paddingSide: 'right' });
      expect([count, tokens]).toEqual([2, 40]);
      expect(mask.filter((bit) => bit === 0n).length).toBeGreaterThan(20);
    }
    expect(probeOf(() => [5], { maxModelLen: 8, padTokenId: 0, paddingSide: 'left' }).tokens).toBe(8);
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
