/** A model's files in short -> its spec, for the tests of the rules. */
import type { LogEntry, PoolerConfig } from '../types.ts';
import type { ConfigFiles } from './config-files.ts';
import { resolveSpec, type ModelSpec } from './model-spec.ts';
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
  const all: ConfigFiles = { config, tokenizer: {}, tokenizerConfig: {}, modules: null, pooling: null, sentence: null, ...files };
  const request = { name: 'my-model', hfOverrides: hf, overridePoolerConfig: override as PoolerConfig, maxModelLen };
  return resolveSpec(all, request, (entry) => logged.push(entry));
}
export const sentence = (pooling: Record<string, unknown> = mean, kinds = ['Transformer', 'Pooling', 'Normalize']): Given => ({
  files: { modules: modulesOf(...kinds.map(st)), pooling },
});
export const pooler = (given: Given) => {
  const { pooling_type, normalize, source } = resolve(given).pooler;
  return [pooling_type, normalize, source];
};
