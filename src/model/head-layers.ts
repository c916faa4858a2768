/** Dense, LayerNorm and Normalize modules -> the layers of the head, with their weights. */
import { PoolingError } from '../errors.ts';
import type { HeadLayer } from '../shapes.ts';
import type { PoolingType } from '../types.ts';
import { activationOf } from './activation-name.ts';
import { invalid, type JsonObject } from '../files/json-file.ts';
import { isCount } from '../kinds.ts';
import { inFolder, type ModuleFilesByPath } from './module-files.ts';
import type { Tensor, Tensors } from '../files/safetensors.ts';
import type { SentenceModule } from './sentence-modules.ts';

/** What a layer reads and writes in Sentence-Transformers' features. */
type Feature = 'token_embeddings' | 'sentence_embedding';

/** torch.nn.LayerNorm's own. */
const EPS = 1e-5;

/** Throws unless each layer takes rows as wide as the one before it gives; the first takes `width`. */
export function buildHead(modules: readonly SentenceModule[], files: ModuleFilesByPath, feature: Feature, width: number): HeadLayer[] {
  let inputs = width;
  return modules.map((module) => {
    if (module.kind === 'Normalize') return { kind: 'normalize' };
    const { config, tensors } = files.get(module.path)!;
    checkFeatures(module, config, feature, modules.at(-1) === module);
    const layer = module.kind === 'Dense' ? dense(module, config, tensors!) : layerNorm(module, config, tensors!);
    const taken = layer.kind === 'dense' ? layer.inputs : layer.width;
    if (taken !== inputs) {
      throw invalid(inFolder(module, 'config.json'), `it takes rows of ${taken} values, and what comes before it gives ${inputs}`);
    }
    if (layer.kind === 'dense') inputs = layer.outputs;
    return layer;
  });
}

/**
 * Layers over token rows that may as well come after pooling, with the same result: any after one row was picked; linear ones after a mean.
 * Throws where that is not so.
 */
export function checkCommutes(layers: readonly HeadLayer[], types: readonly PoolingType[], module: SentenceModule | undefined): void {
  const [type, ...more] = types;
  const isPick = type === 'CLS' || type === 'LAST';
  const isMean = type === 'MEAN' || type === 'WEIGHTEDMEAN';
  const isLinear = layers.every((layer) => layer.kind === 'dense' && layer.activation === 'identity');
  if (module === undefined || (more.length === 0 && (isPick || (isMean && isLinear)))) return;
  throw new PoolingError(
    'unsupported-model',
    `modules.json has ${module.type} before ${types.join(' + ')} pooling, which is not supported: rockpool computes layers before pooling only where they can change places with it.`,
  );
}

/** Where the module reads and writes: elsewhere, it would be a step that we do not take. `scores` is a CrossEncoder's last Dense. */
function checkFeatures(module: SentenceModule, config: JsonObject, feature: Feature, isLast: boolean): void {
  // A file without the keys stands where it was meant to: PyLate's Dense reads tokens, elder Sentence-Transformers' reads the pooled row.
  const input = config['module_input_name'] ?? feature;
  const output = config['module_output_name'] ?? input;
  if (input === feature && (output === input || (output === 'scores' && isLast))) return;
  const place = inFolder(module, 'config.json');
  throw new PoolingError(
    'unsupported-model',
    `${module.type} goes from ${String(input)} to ${String(output)} (${place}). Where it stands in modules.json, it can only work on ${feature}.`,
  );
}

function dense(module: SentenceModule, config: JsonObject, tensors: Tensors): HeadLayer & { kind: 'dense' } {
  const place = inFolder(module, 'config.json');
  if (config['use_residual'] === true) throw new PoolingError('unsupported-model', `use_residual (${place}) is not supported.`);
  const [inputs, outputs] = [size(config, 'in_features', place), size(config, 'out_features', place)];
  // PyLate's class has Identity as its default, Sentence-Transformers' has Tanh.
  const unset = `torch.nn.modules.${module.type.startsWith('pylate.') ? 'linear.Identity' : 'activation.Tanh'}`;
  const named = config['activation_function'];
  const path = named === null ? 'torch.nn.modules.linear.Identity' : (named ?? unset);
  return {
    kind: 'dense',
    inputs,
    outputs,
    weight: values(module, tensors, ['linear.weight', 'weight', 'dense.weight'], [outputs, inputs]),
    bias: config['bias'] === false ? null : values(module, tensors, ['linear.bias', 'bias', 'dense.bias'], [outputs]),
    activation: activationOf(path, `activation_function in ${place}`),
  };
}

function layerNorm(module: SentenceModule, config: JsonObject, tensors: Tensors): HeadLayer & { kind: 'layer-norm' } {
  const width = size(config, 'dimension', inFolder(module, 'config.json'));
  return {
    kind: 'layer-norm',
    width,
    weight: values(module, tensors, ['norm.weight', 'weight'], [width]),
    bias: values(module, tensors, ['norm.bias', 'bias'], [width]),
    eps: EPS,
  };
}

function values(module: SentenceModule, tensors: Tensors, names: readonly string[], shape: readonly number[]): Float32Array {
  const place = inFolder(module, 'model.safetensors');
  const name = names.find((each) => tensors.has(each));
  if (name === undefined) throw invalid(place, `it has none of ${names.join(', ')}; it has ${[...tensors.keys()].join(', ') || 'nothing'}`);
  return shaped(tensors.get(name)!, shape, `tensor ${name}`, place);
}

export function shaped(tensor: Tensor, shape: readonly number[], name: string, place: string): Float32Array {
  const matches = tensor.shape.length === shape.length && shape.every((count, i) => count === tensor.shape[i]);
  if (!matches) throw invalid(place, `${name} is [${tensor.shape.join(', ')}], not [${shape.join(', ')}]`);
  return tensor.data;
}

function size(config: JsonObject, key: string, place: string): number {
  const value = config[key];
  if (isCount(value)) return value;
  throw invalid(place, `${key} is ${JSON.stringify(value)}, not a whole number above 0`);
}
