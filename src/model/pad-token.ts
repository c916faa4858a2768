/** config.json and the tokenizer's files -> the id for padding. */
import { addedTokenId } from './added-tokens.ts';
import type { ConfigFiles } from './config-files.ts';
import { textValue } from './config-value.ts';
import { isObject, type JsonObject } from '../files/json-file.ts';
import type { ModelSpec } from './model-spec.ts';

/** Padding is masked, so any id would do, but for models that look for it: those that count positions from it on, and classifiers of decoders. */
export function readPadToken(
  config: JsonObject,
  { tokenizer, tokenizerConfig }: Pick<ConfigFiles, 'tokenizer' | 'tokenizerConfig'>,
  vocabSize: number,
): Pick<ModelSpec, 'padTokenId' | 'hasPadToken'> {
  const isId = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) < vocabSize;
  const configured = textValue(config, 'pad_token_id');
  if (isId(configured)) return { padTokenId: configured, hasPadToken: true };
  const pad = tokenizerConfig['pad_token'];
  const content = isObject(pad) ? pad['content'] : pad;
  const id = addedTokenId(tokenizer, content);
  return { padTokenId: isId(id) ? id : 0, hasPadToken: false };
}
