/** A model's source -> its small files, parsed: JSON, and the weights of its head. The graph is another matter: weights.ts. */
import type { FileContext } from '../files/fetch-file.ts';
import { parseObject, type JsonObject } from '../files/json-file.ts';
import { inTokenizerConfig } from './chat-template.ts';
import { fetchModules, type ModuleFilesByPath } from './module-files.ts';
import { readFile, requiredObject } from '../files/read-file.ts';
import { parseModules, planModules, type SentenceModule } from './sentence-modules.ts';
import { allOrNone } from '../within.ts';

export interface ConfigFiles {
  config: JsonObject;
  tokenizer: JsonObject;
  /** Empty if there is none. */
  tokenizerConfig: JsonObject;
  /** Null: no modules.json. */
  modules: SentenceModule[] | null;
  /** What is in the modules' own folders. */
  moduleFiles: ModuleFilesByPath;
  /** sentence_bert_config.json or one of its elder names. Null: none. */
  sentence: JsonObject | null;
  /** config_sentence_transformers.json. Null: none. */
  sentenceModel: JsonObject | null;
  /** chat_template.jinja, of a CrossEncoder that was made from a language model. Null: none. */
  scoreTemplate: string | null;
}

/** Families for which Sentence-Transformers once named its file after the model. */
const elderNames = new Set(['roberta', 'distilbert', 'camembert', 'albert', 'xlm-roberta', 'xlnet']);

export async function fetchConfigFiles(context: FileContext, signal: AbortSignal | undefined): Promise<ConfigFiles> {
  const optional = <T>(path: string, parse: (bytes: Uint8Array, place: string) => T, own: AbortSignal | undefined) =>
    readFile(context, path, parse, 'absent', own);
  const [config, tokenizer, tokenizerConfig, modules, bertConfig] = await allOrNone<
    [JsonObject, JsonObject, JsonObject | null, SentenceModule[] | null, JsonObject | null]
  >(signal, [
    (own) => requiredObject(context, 'config.json', own),
    (own) => requiredObject(context, 'tokenizer.json', own),
    (own) => optional('tokenizer_config.json', parseObject, own),
    (own) => optional('modules.json', parseModules, own),
    (own) => optional('sentence_bert_config.json', parseObject, own),
  ]);
  // A module that is not supported is an error before its files are asked for.
  const { logitScore } = planModules(modules ?? []);
  const family = String(config['model_type']);
  const mayHaveElder = modules !== null && bertConfig === null && elderNames.has(family);
  const [moduleFiles, sentence, sentenceModel, scoreTemplate] = await allOrNone<
    [ModuleFilesByPath, JsonObject | null, JsonObject | null, string | null]
  >(signal, [
    (own) => fetchModules(context, modules ?? [], own),
    async (own) => (mayHaveElder ? optional(`sentence_${family}_config.json`, parseObject, own) : bertConfig),
    (own) => optional('config_sentence_transformers.json', parseObject, own),
    // Other models' chat templates are for chats: vLLM's experience is that many were inherited and mean nothing.
    async (own) => (logitScore ? optional('chat_template.jinja', (bytes) => new TextDecoder().decode(bytes), own) : null),
  ]);
  return {
    config,
    tokenizer,
    tokenizerConfig: tokenizerConfig ?? {},
    modules,
    moduleFiles,
    sentence,
    sentenceModel,
    scoreTemplate: scoreTemplate ?? (logitScore ? inTokenizerConfig(tokenizerConfig ?? {}) : null),
  };
}
