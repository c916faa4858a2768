/** tokenizer.json and the text of a token -> its id as an added token; undefined if it is none. */
import { isObject, type JsonObject } from '../files/json-file.ts';

export function addedTokenId(tokenizer: JsonObject, content: unknown): unknown {
  const tokens: readonly unknown[] = Array.isArray(tokenizer['added_tokens']) ? tokenizer['added_tokens'] : [];
  const found = tokens.find((each) => isObject(each) && each['content'] === content) as JsonObject | undefined;
  return found?.['id'];
}
