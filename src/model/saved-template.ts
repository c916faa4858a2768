/** The chat template that a CrossEncoder was saved with -> the same with what transformers gives to every template. */
import type { ConfigFiles } from './config-files.ts';
import { isObject, type JsonObject } from '../files/json-file.ts';

export interface SavedTemplate {
  source: string;
  /** Beside the messages: the special tokens by name, and `processing_kwargs.chat_template` of sentence_bert_config.json. */
  variables: Readonly<Record<string, unknown>>;
}

const NAMES = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

export function savedTemplate({
  scoreTemplate,
  tokenizerConfig,
  sentence,
}: Pick<ConfigFiles, 'scoreTemplate' | 'tokenizerConfig' | 'sentence'>): SavedTemplate | null {
  if (scoreTemplate === null) return null;
  const kwargs = sentence?.['processing_kwargs'];
  const own = isObject(kwargs) && isObject(kwargs['chat_template']) ? kwargs['chat_template'] : {};
  return { source: scoreTemplate, variables: { ...specialTokensOf(tokenizerConfig), ...own } };
}

/** What transformers calls them in every template, for those that the model has. */
export function specialTokensOf(tokenizerConfig: JsonObject): Record<string, string> {
  const tokens = NAMES.flatMap((name) => {
    const token = tokenizerConfig[name];
    const content = isObject(token) ? token['content'] : token;
    return typeof content === 'string' ? [[name, content] as const] : [];
  });
  return Object.fromEntries(tokens);
}
