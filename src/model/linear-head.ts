/**
 * head.json and head.safetensors -> a classifier over the embeddings of some other model, so that one encoder serves many.
 *
 *   head.json         { "labels": ["news", "sport"], "activation": "softmax", "normalize": true, "weights": "head.safetensors",
 *                       "model": "the encoder it was trained on", "dimensions": 256 }      only `labels` is needed
 *   head.safetensors  `weight` [labels, dimensions], `bias` [labels] (may be absent)
 */
import type { Activation, HeadLayer } from '../shapes.ts';
import { classifyActivation } from './activation-name.ts';
import type { FileContext } from '../files/fetch-file.ts';
import { shaped } from './head-layers.ts';
import { invalid, type JsonObject } from '../files/json-file.ts';
import { isCount } from '../kinds.ts';
import { folderOf, modelPath } from '../files/model-path.ts';
import { openContext, type FilesRequest, type OpenHooks } from '../files/open-context.ts';
import { requiredFile, requiredObject } from '../files/read-file.ts';
import { readSafetensors, type Tensors } from '../files/safetensors.ts';

export interface LinearHead {
  labels: readonly string[];
  /** What makes probabilities of the logits. Unset in the file: sigmoid for one label, softmax for more. */
  activation: Activation;
  /** Whether it takes L2-normalised embeddings. Unset in the file: true. */
  normalize: boolean;
  /** The Matryoshka cut of the embeddings that it takes. Null: the full size, which has to be the width of its weights. */
  dimensions: number | null;
  /** One Dense, from an embedding to logits: `activation` is not in it. */
  layers: readonly [HeadLayer & { kind: 'dense' }];
  /** The encoder it was trained on. Null: not said. */
  model: string | null;
}

const file = 'head.json';
const activations: readonly unknown[] = ['softmax', 'sigmoid', 'identity'];

/** The head in a folder of its own. */
export async function openHead(request: FilesRequest, hooks: OpenHooks): Promise<LinearHead> {
  return readHead(await openContext(request, hooks, file), '', hooks.signal);
}

/** `folder` is a path in the source, with a slash at its end, or nothing. */
export async function readHead(context: FileContext, folder: string, signal?: AbortSignal): Promise<LinearHead> {
  const path = folder + file;
  const place = `${path} (${context.source.locate(path)})`;
  const config = await requiredObject(context, path, signal);
  const labels = readLabels(config, place);
  const activation = config['activation'] ?? classifyActivation(labels.length);
  if (!activations.includes(activation)) {
    throw invalid(place, `activation is ${JSON.stringify(activation)}, not one of ${activations.join(', ')}`);
  }
  const normalize = config['normalize'] ?? true;
  if (typeof normalize !== 'boolean') throw invalid(place, `normalize is ${JSON.stringify(normalize)}, neither true nor false`);
  const weights = folderOf(path) + modelPath(text(config, 'weights', place) ?? 'head.safetensors', path);
  const dimensions = readDimensions(config, place);
  const tensors = await requiredFile(context, weights, readSafetensors, signal);
  return {
    labels,
    activation: activation as Activation,
    normalize,
    dimensions,
    layers: [readLayer(tensors, labels.length, dimensions, `${weights} (${context.source.locate(weights)})`)],
    model: text(config, 'model', place),
  };
}

function readLayer(tensors: Tensors, outputs: number, dimensions: number | null, place: string): HeadLayer & { kind: 'dense' } {
  const weight = tensors.get('weight');
  if (weight === undefined) throw invalid(place, `it has no tensor weight; it has ${[...tensors.keys()].join(', ') || 'nothing'}`);
  const inputs = dimensions ?? weight.shape[1] ?? 0;
  if (inputs === 0) throw invalid(place, `tensor weight is [${weight.shape.join(', ')}], not [labels, dimensions]`);
  const bias = tensors.get('bias');
  return {
    kind: 'dense',
    inputs,
    outputs,
    weight: finite(shaped(weight, [outputs, inputs], 'tensor weight', place), 'weight', place),
    bias: bias === undefined ? null : finite(shaped(bias, [outputs], 'tensor bias', place), 'bias', place),
    activation: 'identity',
  };
}

function readLabels(config: JsonObject, place: string): string[] {
  const labels = config['labels'];
  if (!Array.isArray(labels) || labels.length === 0 || !labels.every((label) => typeof label === 'string')) {
    throw invalid(place, `labels is ${JSON.stringify(labels)}, not a list of texts`);
  }
  if (new Set(labels).size < labels.length) throw invalid(place, 'labels has one label twice');
  return labels as string[];
}

function readDimensions(config: JsonObject, place: string): number | null {
  const value = config['dimensions'] ?? null;
  if (value === null || isCount(value)) return value;
  throw invalid(place, `dimensions is ${JSON.stringify(value)}, not a whole number above 0`);
}

function text(config: JsonObject, key: string, place: string): string | null {
  const value = config[key] ?? null;
  if (value === null || typeof value === 'string') return value;
  throw invalid(place, `${key} is ${JSON.stringify(value)}, not a text`);
}

function finite(values: Float32Array, name: string, place: string): Float32Array {
  if (values.every(Number.isFinite)) return values;
  throw invalid(place, `tensor ${name} has values that are not finite`);
}
