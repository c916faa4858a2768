import { describe, expect, test } from 'vitest';
import type { LoadRequest } from '../wire/protocol.ts';
import { openHead, readHead } from './linear-head.ts';
import { openContext } from '../files/open-context.ts';
import { safetensors } from '../files/safetensors-for-tests.ts';

const config = { labels: ['news', 'sport', 'art'], activation: 'softmax', normalize: true, dimensions: 2, model: 'all-MiniLM-L6-v2' };
const weights = (more: Parameters<typeof safetensors>[0] = {}) =>
  safetensors({
    weight: { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] },
    bias: { shape: [3], values: [0.5, 0, -0.5] },
    ...more,
  });
type Files = Record<string, string | Buffer | object | null>;
const requestFor = (files: Files) => {
  const all: Files = { 'head.json': config, 'head.safetensors': weights(), ...files };
  const read = async (path: string) => {
    const file = all[path] ?? null;
    if (file === null) return null;
    return new Response(typeof file === 'string' || Buffer.isBuffer(file) ? new Uint8Array(Buffer.from(file)) : JSON.stringify(file));
  };
  const source: LoadRequest['source'] = { kind: 'function', key: 'heads/topics', read };
  return { source, cache: false, headers: {}, integrity: {} };
};
const open = (files: Files = {}) => openHead(requestFor(files), { log: () => {} });

describe('a linear head', () => {
  test('has labels, weights and what it takes', async () => {
    const layer = {
      kind: 'dense',
      inputs: 2,
      outputs: 3,
      weight: Float32Array.of(1, 2, 3, 4, 5, 6),
      bias: Float32Array.of(0.5, 0, -0.5),
      activation: 'identity',
    };
    expect(await open()).toEqual({ ...config, layers: [layer] });
  });

  test('needs labels alone in its JSON, and no bias', async () => {
    const file = safetensors({ weight: { shape: [1, 4], values: [1, 2, 3, 4] } });
    expect(await open({ 'head.json': { labels: ['spam'], accuracy: 0.9 }, 'head.safetensors': file })).toMatchObject({
      activation: 'sigmoid',
      normalize: true,
      dimensions: null,
      model: null,
      layers: [{ inputs: 4, outputs: 1, bias: null }],
    });
    const two = safetensors({ weight: { shape: [2, 1], values: [1, 2] } });
    expect((await open({ 'head.json': { labels: ['a', 'b'] }, 'head.safetensors': two })).activation).toBe('softmax');
  });

  test('may have its weights elsewhere in its folder, and lie in a folder of the model', async () => {
    const named = { ...config, weights: 'w/topics.safetensors' };
    expect((await open({ 'head.json': named, 'head.safetensors': null, 'w/topics.safetensors': weights() })).labels).toHaveLength(3);
    const files = { 'heads/a/head.json': named, 'heads/a/w/topics.safetensors': weights(), 'head.json': null };
    const context = await openContext(requestFor(files), { log: () => {} }, 'config.json');
    expect((await readHead(context, 'heads/a/')).labels).toHaveLength(3);
  });

  const withJson = (more: object) => ({ 'head.json': { ...config, ...more } });
  test.each<[string, Files, string, string]>([
    ['no head.json', { 'head.json': null }, 'model-file-missing', 'head.json is missing'],
    ['no weights', { 'head.safetensors': null }, 'model-file-missing', 'head.safetensors is missing'],
    ['a list', { 'head.json': '[]' }, 'model-file-invalid', 'a list, not an object'],
    ['no labels', withJson({ labels: undefined }), 'model-file-invalid', 'labels is undefined, not a list of texts'],
    ['empty labels', withJson({ labels: [] }), 'model-file-invalid', 'labels is [], not a list of texts'],
    ['labels that are numbers', withJson({ labels: [1, 2, 3] }), 'model-file-invalid', 'labels is [1,2,3]'],
    ['a label twice', withJson({ labels: ['a', 'b', 'a'] }), 'model-file-invalid', 'one label twice'],
    [
      'an activation of its own',
      withJson({ activation: 'tanh' }),
      'model-file-invalid',
      'activation is "tanh", not one of softmax, sigmoid, identity',
    ],
    ['normalize as a text', withJson({ normalize: 'yes' }), 'model-file-invalid', 'normalize is "yes", neither true nor false'],
    ['dimensions 0', withJson({ dimensions: 0 }), 'model-file-invalid', 'dimensions is 0, not a whole number above 0'],
    ['a model that is a number', withJson({ model: 3 }), 'model-file-invalid', 'model is 3, not a text'],
    ['weights that are a number', withJson({ weights: 3 }), 'model-file-invalid', 'weights is 3, not a text'],
    ['weights outside', withJson({ weights: '../secret' }), 'model-file-invalid', 'head.json names the path "../secret"'],
    ['other dimensions', withJson({ dimensions: 5 }), 'model-file-invalid', 'tensor weight is [3, 2], not [3, 5]'],
    ['more labels', withJson({ labels: ['a', 'b', 'c', 'd'] }), 'model-file-invalid', 'tensor weight is [3, 2], not [4, 2]'],
    [
      'no weight',
      { 'head.safetensors': safetensors({ w: { shape: [1], values: [1] } }) },
      'model-file-invalid',
      'it has no tensor weight; it has w',
    ],
    [
      'a weight that is a row',
      { ...withJson({ dimensions: null }), 'head.safetensors': weights({ weight: { shape: [6], values: [1, 2, 3, 4, 5, 6] } }) },
      'model-file-invalid',
      'tensor weight is [6], not [labels, dimensions]',
    ],
    [
      'a bias of another length',
      { 'head.safetensors': weights({ bias: { shape: [2], values: [1, 2] } }) },
      'model-file-invalid',
      'tensor bias is [2], not [3]',
    ],
    [
      'a weight that is no number',
      { 'head.safetensors': weights({ bias: { shape: [3], values: [1, NaN, 2] } }) },
      'model-file-invalid',
      'tensor bias has values that are not finite',
    ],
  ])('with %s is refused', async (_, files, code, message) => {
    await expect(open(files)).rejects.toMatchObject({ code, message: expect.stringMatching(/^head\.(json|safetensors) /) });
    await expect(open(files)).rejects.toThrow(message);
  });
});
