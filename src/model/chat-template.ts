/** A model's files -> its chat template, read when the first chat asks for it: most models are never asked. */
import type { FileContext } from '../files/fetch-file.ts';
import { isObject, type JsonObject } from '../files/json-file.ts';
import { readFile } from '../files/read-file.ts';
import { specialTokensOf } from './saved-template.ts';

export interface ChatTemplate {
  /** Null: the files have none. */
  source: string | null;
  /** The special tokens by name. */
  variables: Readonly<Record<string, unknown>>;
}

export type ReadChatTemplate = (signal: AbortSignal) => Promise<ChatTemplate>;

/** The file of its own goes first, as in transformers. A failed download is tried again by the next chat. */
export function chatTemplateReader(context: FileContext, tokenizerConfig: JsonObject): ReadChatTemplate {
  const variables = specialTokensOf(tokenizerConfig);
  let read: ChatTemplate | null = null;
  return async (signal) => {
    if (read) return read;
    const own = await readFile(context, 'chat_template.jinja', (bytes) => new TextDecoder().decode(bytes), 'absent', signal);
    read = { source: own ?? inTokenizerConfig(tokenizerConfig), variables };
    return read;
  };
}

/** Where transformers kept it before it had a file of its own: one template, or several by name, of which "default" is for chats. */
export function inTokenizerConfig({ chat_template: given }: JsonObject): string | null {
  if (typeof given === 'string') return given;
  if (!Array.isArray(given)) return null;
  const [template] = given.flatMap((entry) => (isObject(entry) && entry['name'] === 'default' ? [entry['template']] : []));
  return typeof template === 'string' ? template : null;
}
