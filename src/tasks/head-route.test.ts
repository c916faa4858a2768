import { expect, test } from 'vitest';
import type { LinearHead } from '../model/linear-head.ts';
import { denseFiles, modules, sentence, st } from '../model/spec-for-tests.ts';
import { headRoute } from './head-route.ts';
import { planOf } from './plan.ts';
import type { Route } from './route.ts';
import { pooled, served, states } from './tasks-for-tests.ts';

const head = (more: Partial<LinearHead> = {}): LinearHead => ({
  labels: ['news', 'sport'],
  activation: 'softmax',
  normalize: true,
  dimensions: null,
  layers: [{ kind: 'dense', inputs: 384, outputs: 2, weight: new Float32Array(768), bias: null, activation: 'identity' }],
  model: null,
  ...more,
});
const embedder = served(sentence(), { states });
const routeOf = (embed: Route, given: LinearHead) => headRoute(embed, given, 'topics', 'some-encoder');
const kinds = (embed: Route, given: LinearHead) => routeOf(embed, given).head.map(({ kind }) => kind);

test('the embedding is normalised before the weights, and not after', () => {
  const route = routeOf(embedder.routes.embed!, head());
  expect(route).toMatchObject({ output: states, types: ['MEAN'], width: 2, normalize: false, activation: 'softmax', activated: true });
  expect(route.labels).toEqual(['news', 'sport']);
  expect(route.head.map(({ kind }) => kind)).toEqual(['normalize', 'dense']);
});

test('it is cut first if the head says so', () => {
  expect(kinds(embedder.routes.embed!, head({ dimensions: 128 }))).toEqual(['cut', 'normalize', 'dense']);
  expect(kinds(embedder.routes.embed!, head({ normalize: false }))).toEqual(['dense']);
});

test('what the model does behind its pooling comes before the head', () => {
  const dense = served(modules(['Transformer', 'Pooling', 'Dense'].map(st), { '2_X': denseFiles(384, 384) }), { states });
  expect(kinds(dense.routes.embed!, head())).toEqual(['dense', 'normalize', 'dense']);
  expect(routeOf(served(sentence(), { pooled }).routes.embed!, head()).output).toBe(pooled);
});

test('a request’s activation is the head’s switch', () => {
  const route = routeOf(embedder.routes.embed!, head());
  const finish = (activation: boolean | null) => planOf('classify', route, { activation }, embedder.spec, null).finish!;
  expect(finish(null)).toMatchObject({ dimensions: 2, normalize: false, activation: 'softmax' });
  expect(finish(false)).toMatchObject({ activation: null, normalize: false });
  // Newer vLLM's one switch is not about the embedding, either.
  expect(planOf('classify', route, { use_activation: true }, embedder.spec, null)).toMatchObject({ normalize: false });
});

const wide = (inputs: number, more: Partial<LinearHead> = {}) =>
  head({
    layers: [{ kind: 'dense', inputs, outputs: 2, weight: new Float32Array(2 * inputs), bias: null, activation: 'identity' }],
    ...more,
  });

test.each([
  [
    wide(300),
    'The head "topics" takes embeddings of 300 values, and those of "some-encoder" have 384. Load it with the encoder it was trained on.',
  ],
  [
    wide(500, { model: 'bert' }),
    'The head "topics" takes embeddings of 500 values, and those of "some-encoder" have 384. It was trained on bert.',
  ],
  [wide(500, { dimensions: 500 }), 'The head "topics" takes embeddings of 500 values, and those of "some-encoder" have 384.'],
])('a head of another width than the embedding is refused', (given, message) => {
  expect(() => routeOf(embedder.routes.embed!, given)).toThrow(
    expect.objectContaining({ code: 'model-file-invalid', message: expect.stringContaining(message) }),
  );
});
