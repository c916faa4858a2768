/** A model's source -> its JSON files, parsed. Weights are another matter: weights.ts. */
import { PoolingError } from '../errors.ts';
import { fetchFile, type FileContext } from './fetch-file.ts';
import { parseObject, type JsonObject } from './json-file.ts';
import { findPooling, parseModules, type SentenceModule } from './sentence-modules.ts';
import { allOrNone } from '../within.ts';

export interface ConfigFiles {
  config: JsonObject;
  tokenizer: JsonObject;
  /** Empty if there is none. */
  tokenizerConfig: JsonObject;
  /** Null: no modules.json. */
  modules: SentenceModule[] | null;
  /** Of the first Pooling module. Null: there is no such module. */
  pooling: JsonObject | null;
  /** sentence_bert_config.json or one of its elder names. Null: none. */
  sentence: JsonObject | null;
}

/** Families for which Sentence-Transformers once named its file after the model. */
const elderNames = new Set(['roberta', 'distilbert', 'camembert', 'albert', 'xlm-roberta', 'xlnet']);

export async function fetchConfigFiles(context: FileContext, signal: AbortSignal | undefined): Promise<ConfigFiles> {
  const optional = <T>(path: string, parse: (bytes: Uint8Array, place: string) => T, own: AbortSignal | undefined) =>
    read(context, path, parse, 'absent', own);
  const [config, tokenizer, tokenizerConfig, modules, bertConfig] = await allOrNone<
    [JsonObject, JsonObject, JsonObject | null, SentenceModule[] | null, JsonObject | null]
  >(signal, [
    (own) => required(context, 'config.json', own),
    (own) => required(context, 'tokenizer.json', own),
    (own) => optional('tokenizer_config.json', parseObject, own),
    (own) => optional('modules.json', parseModules, own),
    (own) => optional('sentence_bert_config.json', parseObject, own),
  ]);
  const poolingModule = findPooling(modules);
  const family = String(config['model_type']);
  const mayHaveElder = modules !== null && bertConfig === null && elderNames.has(family);
  return {
    config,
    tokenizer,
    tokenizerConfig: tokenizerConfig ?? {},
    modules,
    pooling:
      poolingModule && (await required(context, poolingModule.path === '' ? 'config.json' : `${poolingModule.path}/config.json`, signal)),
    sentence: mayHaveElder ? await optional(`sentence_${family}_config.json`, parseObject, signal) : bertConfig,
  };
}

async function required(context: FileContext, path: string, signal: AbortSignal | undefined): Promise<JsonObject> {
  const value = await read(context, path, parseObject, 'invalid', signal);
  if (value === null)
    throw new PoolingError('model-file-missing', `${path} is missing: there is no such file at ${context.source.locate(path)}.`);
  return value;
}

async function read<T>(
  context: FileContext,
  path: string,
  parse: (bytes: Uint8Array, place: string) => T,
  html: 'absent' | 'invalid',
  signal: AbortSignal | undefined,
): Promise<T | null> {
  const place = `${path} (${context.source.locate(path)})`;
  const file = await fetchFile(context, { path, parse: (bytes) => parse(bytes, place), html, signal });
  return file === null ? null : file.value;
}
