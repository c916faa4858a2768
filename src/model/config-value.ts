/** config.json and a key -> the value that concerns text: multi-modal models keep theirs one level down. */
import { isObject, type JsonObject } from '../files/json-file.ts';

export function textValue(config: JsonObject, key: string): unknown {
  const text = config['text_config'];
  return config[key] ?? (isObject(text) ? text[key] : undefined);
}
