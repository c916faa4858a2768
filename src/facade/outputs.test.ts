import { describe, expect, test } from 'vitest';
import type { PoolResult } from '../wire/protocol.ts';
import { classificationOf, embeddingOf, outputsOf, poolingOf, tokenClassesOf, type Pooled } from './outputs.ts';

/** Two prompts: two rows of three, and one. */
const result: PoolResult = {
  data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
  shapes: [
    [2, 3],
    [1, 3],
  ],
  ids: Int32Array.of(101, 7, 102, 101, 102),
  idCounts: [3, 2],
  labels: ['a', 'b', 'c'],
  offsets: [Int32Array.of(0, 0, 0, 1, 0, 0), null],
};
const counter = () => {
  let next = 0;
  return () => String(next++);
};
const pooled = (shape: [number, number], data: number[], classes: readonly string[] | null = null): Pooled => ({
  data: Float32Array.from(data),
  shape,
  offsets: null,
  classes,
});

describe('the outputs of a call', () => {
  test('have each their rows, ids, offsets and request id, in order', () => {
    const outputs = outputsOf(result, counter());
    expect(outputs.map(({ request_id, finished }) => [request_id, finished])).toEqual([
      ['0', true],
      ['1', true],
    ]);
    expect(outputs.map(({ prompt_token_ids }) => [...prompt_token_ids])).toEqual([
      [101, 7, 102],
      [101, 102],
    ]);
    expect(outputs.map(({ pooled: { data, shape } }) => [[...data], shape])).toEqual([
      [
        [1, 2, 3, 4, 5, 6],
        [2, 3],
      ],
      [
        [7, 8, 9],
        [1, 3],
      ],
    ]);
    expect(outputs.map((output) => output.pooled.offsets)).toEqual(result.offsets);
  });

  test('share no buffer, so that one may be transferred', () => {
    const buffers = outputsOf(result, counter()).flatMap(({ pooled: { data }, prompt_token_ids }) => [
      data.buffer,
      prompt_token_ids.buffer,
    ]);
    expect(new Set(buffers).size).toBe(4);
  });

  test('of one prompt are not copied', () => {
    const alone: PoolResult = { ...result, shapes: [[3, 3]], idCounts: [5], offsets: [] };
    const [output] = outputsOf(alone, counter());
    expect(output!.pooled.data).toBe(result.data);
    expect(output!.prompt_token_ids).toBe(result.ids);
    expect(output!.pooled.offsets).toBeNull();
  });

  test('may be none, and may have no rows', () => {
    const none: PoolResult = { data: new Float32Array(0), shapes: [], ids: new Int32Array(0), idCounts: [], labels: null, offsets: [] };
    expect(outputsOf(none, counter())).toEqual([]);
    const steps: PoolResult = {
      ...result,
      shapes: [
        [0, 3],
        [3, 3],
      ],
    };
    const [empty, full] = outputsOf(steps, counter());
    expect([empty!.pooled.data.length, empty!.pooled.shape, full!.pooled.data.length]).toEqual([0, [0, 3], 9]);
  });
});

describe('vLLM’s shapes', () => {
  test('an embedding says its size', () => {
    const { data, ...rest } = pooled([1, 3], [1, 2, 3]);
    expect(embeddingOf({ data, ...rest })).toEqual({ embedding: data, hidden_size: 3 });
  });

  test('rows say theirs', () => {
    expect(poolingOf(pooled([2, 1], [1, 2]))).toEqual({ data: Float32Array.of(1, 2), shape: [2, 1], offsets: null });
  });

  test('a class is the first of the most probable', () => {
    expect(classificationOf(pooled([1, 3], [0.2, 0.4, 0.4], ['a', 'b', 'c']))).toEqual({
      probs: Float32Array.of(0.2, 0.4, 0.4),
      num_classes: 3,
      label: 'b',
    });
    expect(classificationOf(pooled([1, 1], [0.01], ['LABEL_0']))).toMatchObject({ num_classes: 1, label: 'LABEL_0' });
    expect(classificationOf(pooled([1, 2], [-3, -2], ['a', 'b'])).label).toBe('b');
    expect(classificationOf(pooled([1, 2], [0.1, 0.9])).label).toBeNull();
  });

  test('tokens have a class each', () => {
    const classes = ['O', 'PER'];
    expect(tokenClassesOf(pooled([3, 2], [0.9, 0.1, 0.2, 0.8, 0.5, 0.5], classes)).labels).toEqual(['O', 'PER', 'O']);
    expect(tokenClassesOf(pooled([1, 2], [0.9, 0.1])).labels).toBeNull();
    expect(tokenClassesOf(pooled([0, 2], [], classes)).labels).toEqual([]);
  });
});
