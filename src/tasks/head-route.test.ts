import { describe, expect, test } from 'vitest';
import type { LinearHead } from '../model/linear-head.ts';
import { headRoute } from './head-route.ts';
import type { Route } from './route.ts';

const embed: Route = {
  output: { name: 'last_hidden_state', rows: 'token', width: 4 },
  types: ['MEAN'],
  stepTagId: null,
  columns: null,
  head: [],
  width: 4,
  normalize: true,
  activation: null,
  activated: false,
  labels: null,
};

const headOf = (inputs: number, more: Partial<LinearHead> = {}): LinearHead => ({
  labels: ['a', 'b'],
  activation: 'softmax',
  normalize: true,
  dimensions: null,
  layers: [{ kind: 'dense', inputs, outputs: 2, weight: new Float32Array(2 * inputs), bias: null, activation: 'identity' }],
  model: null,
  ...more,
});
const route = (head: LinearHead) => headRoute(embed, head, 'topics', 'some-encoder');

describe('the way to the classes of a linear head', () => {
  test('goes through the embedding, cut and of unit length as the head takes it', () => {
    const kinds = (head: LinearHead) => route(head).head.map(({ kind }) => kind);
    expect(kinds(headOf(4))).toEqual(['normalize', 'dense']);
    expect(kinds(headOf(2, { dimensions: 2 }))).toEqual(['cut', 'normalize', 'dense']);
    expect(kinds(headOf(4, { normalize: false }))).toEqual(['dense']);
    expect(route(headOf(4))).toMatchObject({ types: ['MEAN'], width: 2, labels: ['a', 'b'], activation: 'softmax', normalize: false });
  });

  test.each([
    [
      headOf(3),
      'The head "topics" takes embeddings of 3 values, and those of "some-encoder" have 4. Load it with the encoder it was trained on.',
    ],
    [
      headOf(5, { model: 'bert' }),
      'The head "topics" takes embeddings of 5 values, and those of "some-encoder" have 4. It was trained on bert.',
    ],
    [headOf(5, { dimensions: 5 }), 'The head "topics" takes embeddings of 5 values, and those of "some-encoder" have 4.'],
  ])('is refused where the widths differ', (head, message) => {
    expect(() => route(head)).toThrow(expect.objectContaining({ code: 'model-file-invalid', message: expect.stringContaining(message) }));
  });
});
