/** modules.json, as Sentence-Transformers 2.x to 6.x and PyLate write it -> the list of modules by kind, in the order in which they are applied. */
import { PoolingError } from '../errors.ts';
import { invalid, isObject, parseList } from '../files/json-file.ts';
import { modelPath } from '../files/model-path.ts';

export interface SentenceModule {
  /** Last part of the class path: `Transformer`, `Pooling`, `Normalize`, `Dense`, … The parts before it change with each major version. */
  kind: string;
  /** The class path, for messages. */
  type: string;
  /** Its folder, or nothing for the model's own. */
  path: string;
}

/** The modules behind the encoder, by what they are to us. */
export interface ModulePlan {
  /** Null: the files do not say how to pool. */
  pooling: SentenceModule | null;
  /** Dense and LayerNorm before Pooling: over token rows. */
  before: readonly SentenceModule[];
  /** Dense, LayerNorm and Normalize after Pooling; all of them where there is no Pooling. A Normalize at the end is `normalize`. */
  after: readonly SentenceModule[];
  normalize: boolean;
  /** A vector for each token: layers over token rows, and no Pooling. */
  lateInteraction: boolean;
  /** Of its documents: MultiVectorMask. */
  mask: SentenceModule | null;
  /** Two logits of a language model, made one score. */
  logitScore: SentenceModule | null;
}

/** Modules with a config.json and weights. */
export const LAYERS: readonly string[] = ['Dense', 'LayerNorm'];

export function parseModules(bytes: Uint8Array, place: string): SentenceModule[] {
  return parseList(bytes, place).map((item, i) => {
    if (!isObject(item) || typeof item['type'] !== 'string' || typeof item['path'] !== 'string') {
      throw invalid(place, `module ${i} needs a "type" and a "path", both text`);
    }
    const { type, path } = item as { type: string; path: string };
    return { type, kind: type.slice(type.lastIndexOf('.') + 1), path: path === '' ? '' : modelPath(path, 'modules.json') };
  });
}

/** Each step after the encoder has to be one that we take too. Dropout does nothing outside training. */
export function planModules(modules: readonly SentenceModule[]): ModulePlan {
  const kinds = modules.map(({ kind }) => kind);
  const pooling = kinds.indexOf('Pooling');
  const last = kinds.length - 1;
  for (const [i, { kind, type }] of modules.entries()) {
    const isKnown =
      kind === 'Dropout' ||
      LAYERS.includes(kind) ||
      (kind === 'Pooling' && i === pooling) ||
      (kind === 'Normalize' && (pooling < 0 ? kinds.slice(0, i).some(isLayer) : i > pooling)) ||
      (kind === 'MultiVectorMask' && i === last && pooling < 0) ||
      (kind === 'LogitScore' && i === last && kinds.length === 2);
    if (i === 0 ? !kind.endsWith('Transformer') : !isKnown) throw unsupported(i, type);
  }
  const steps = modules.filter(({ kind }) => isLayer(kind) || kind === 'Normalize');
  const index = (module: SentenceModule) => modules.indexOf(module);
  const after = steps.filter((module) => index(module) > pooling);
  const normalize = after.at(-1)?.kind === 'Normalize';
  const mask = modules.find(({ kind }) => kind === 'MultiVectorMask') ?? null;
  return {
    pooling: modules[pooling] ?? null,
    before: steps.filter((module) => index(module) < pooling),
    after: normalize ? after.slice(0, -1) : after,
    normalize,
    lateInteraction: pooling < 0 && (steps.length > 0 || mask !== null),
    mask,
    logitScore: modules.find(({ kind }) => kind === 'LogitScore') ?? null,
  };
}

function isLayer(kind: string): boolean {
  return LAYERS.includes(kind);
}

function unsupported(i: number, type: string): PoolingError {
  return new PoolingError(
    'unsupported-model',
    `Module ${i} of modules.json, ${type}, is not supported here. rockpool computes a Transformer, then at most one Pooling, with Dense, LayerNorm and Normalize around it; leaving a step out would give wrong vectors.`,
  );
}
