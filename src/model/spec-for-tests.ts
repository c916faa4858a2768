/** A model's files in short -> its spec, for the tests of the rules. */
import type { LogEntry, PoolerConfig } from '../types.ts';
import type { ConfigFiles } from './config-files.ts';
import type { ModelSpec } from './model-spec.ts';
import type { ModuleFiles } from './module-files.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { Tensor } from '../files/safetensors.ts';
import { parseModules } from './sentence-modules.ts';

export const modulesOf = (...types: string[]) =>
  parseModules(
    Buffer.from(JSON.stringify(types.map((type, idx) => ({ idx, name: String(idx), path: idx ? `${idx}_X` : '', type })))),
    'modules.json (here)',
  );
export const st = (kind: string) => `sentence_transformers.models.${kind}`;
export const bert = {
  architectures: ['BertModel'],
  model_type: 'bert',
  hidden_size: 384,
  vocab_size: 30522,
  max_position_embeddings: 512,
  pad_token_id: 0,
};
export const mean = { word_embedding_dimension: 384, pooling_mode_cls_token: false, pooling_mode_mean_tokens: true, include_prompt: true };

export interface Given {
  config?: Record<string, unknown>;
  files?: Partial<ConfigFiles>;
  override?: PoolerConfig | Record<string, unknown>;
  hf?: Record<string, unknown>;
  maxModelLen?: number | null;
}

/** What the last resolve() logged. */
export const logged: LogEntry[] = [];
export function resolve({ config = bert, files = {}, override = {}, hf = {}, maxModelLen = null }: Given = {}): ModelSpec {
  logged.length = 0;
  const all: ConfigFiles = {
    config,
    tokenizer: {},
    tokenizerConfig: {},
    modules: null,
    moduleFiles: new Map(),
    sentence: null,
    sentenceModel: null,
    scoreTemplate: null,
    ...files,
  };
  const request = {
    name: 'my-model',
    servedModelName: null,
    hfOverrides: hf,
    overridePoolerConfig: override as PoolerConfig,
    maxModelLen,
  };
  return resolveSpec(all, request, (entry) => logged.push(entry));
}

/** Modules by class path, and the files of those that have some: a Pooling's or Dense's config.json, and a Dense's tensors. */
export function modules(types: readonly string[], files: Readonly<Record<string, Partial<ModuleFiles>>> = {}): Given {
  const list = modulesOf(...types);
  const moduleFiles = new Map(
    list.map(({ path, kind }) => {
      const own = files[path] ?? (kind === 'Pooling' ? { config: mean } : {});
      return [path, { config: {}, tensors: null, ...own }];
    }),
  );
  return { files: { modules: list, moduleFiles } };
}
export const sentence = (pooling: Record<string, unknown> = mean, kinds = ['Transformer', 'Pooling', 'Normalize']): Given => {
  const at = kinds.indexOf('Pooling');
  return modules(kinds.map(st), { [`${at}_X`]: { config: pooling } });
};
/** The files of a Dense, its weights counted up from 1. */
export function denseFiles(inputs: number, outputs: number, more: Record<string, unknown> = {}): ModuleFiles {
  const counted = (...shape: number[]): Tensor => {
    const length = shape.reduce((product, each) => product * each, 1);
    return { shape, data: Float32Array.from({ length }, (_, i) => i + 1) };
  };
  const config = { in_features: inputs, out_features: outputs, bias: true, activation_function: identity, ...more };
  return {
    config,
    tensors: new Map([
      ['linear.weight', counted(outputs, inputs)],
      ['linear.bias', counted(outputs)],
    ]),
  };
}
export const identity = 'torch.nn.modules.linear.Identity';
export const pooler = (given: Given) => {
  const { pooling_type, normalize, source } = resolve(given).pooler;
  return [pooling_type, normalize, source];
};
