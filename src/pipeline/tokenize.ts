/** Prompts -> their token ids, special tokens included, truncated if asked for. Pauses inside long texts, so that a cancel is heard. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import { free } from '../memory.ts';
import type { TextTokenizer } from '../model/tokenizer.ts';
import type { Pause } from '../pause.ts';
import type { Encoding } from '../shapes.ts';
import type { WirePrompt } from '../wire/protocol.ts';
import { IdList } from './id-list.ts';
import { segments } from './segment.ts';
import { keep, type Truncation } from './truncate.ts';

export interface TokenizeSettings {
  tokenizer: TextTokenizer;
  vocabSize: number;
  doLowerCase: boolean;
  addSpecialTokens: boolean;
  truncation: Truncation | null;
  pause: Pause;
  signal?: AbortSignal | undefined;
}

/** Prompts tokenised between two looks at the signal. */
const SLICE = 64;

export async function* tokenizeAll(prompts: readonly WirePrompt[], settings: TokenizeSettings): AsyncGenerator<Encoding> {
  let done = 0;
  for (const prompt of prompts) {
    yield await tokenize(prompt, settings);
    if (++done % SLICE === 0) await settings.pause();
    throwIfAborted(settings.signal);
  }
}

export async function tokenize(prompt: WirePrompt, settings: TokenizeSettings): Promise<Encoding> {
  if (typeof prompt === 'string') return tokenizeText([prompt], settings);
  if ('prompt_token_ids' in prompt) return checkIds(prompt.prompt_token_ids, settings);
  return tokenizeText('prompt_utf8' in prompt ? decoded(prompt.prompt_utf8) : [prompt.prompt], settings);
}

/** Part by part, each freed as soon as it is read. */
function* decoded(parts: readonly Uint8Array<ArrayBuffer>[]): Generator<string> {
  // A part may begin with U+FEFF, which is text here and no mark of the encoding.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (const part of parts) {
    const text = decoder.decode(part);
    free(part);
    yield text;
  }
}

async function tokenizeText(texts: Iterable<string>, settings: TokenizeSettings): Promise<Encoding> {
  const { tokenizer, truncation, signal } = settings;
  const prefix = settings.addSpecialTokens ? tokenizer.prefix : [];
  const suffix = settings.addSpecialTokens ? tokenizer.suffix : [];
  const room = truncation ? truncation.length - prefix.length - suffix.length : Infinity;
  if (room < 0) {
    throw new PoolingError(
      'invalid-option',
      `truncate_prompt_tokens value (${truncation?.length}) leaves no room for the ${prefix.length + suffix.length} special tokens of this model.`,
    );
  }
  const encode = settings.doLowerCase ? (text: string) => tokenizer.encode(text.toLowerCase()) : tokenizer.encode;
  const list = new IdList();
  list.push(prefix);
  let first = true;
  for (const segment of segments(texts, encode)) {
    if (!first) await settings.pause();
    throwIfAborted(signal);
    first = false;
    list.push(encode(segment));
    // What truncation throws away need not be tokenised.
    if (truncation?.side === 'right' && list.length >= prefix.length + room) break;
  }
  if (truncation) list.keep(prefix.length, { length: room, side: truncation.side });
  list.push(suffix);
  const ids = list.take();
  const unknown = ids.find((id) => id >= settings.vocabSize);
  if (unknown === undefined) return { ids };
  throw new PoolingError(
    'unsupported-model',
    `tokenizer.json gives the id ${unknown} ("${tokenizer.tokenOf(unknown)}"), and config.json says vocab_size ${settings.vocabSize}: they are not of one model.`,
  );
}

/** Ids are taken as they are: no special tokens are added, and truncation may take theirs. */
function checkIds(given: ArrayLike<number>, { vocabSize, truncation }: TokenizeSettings): Encoding {
  for (let i = 0; i < given.length; i++) {
    const id = given[i];
    if (!Number.isInteger(id)) throw new PoolingError('invalid-input', `Token id ${String(id)} is not an integer`);
    if (id! < 0 || id! >= vocabSize) throw new PoolingError('invalid-input', `Token id ${id} is out of vocabulary`);
  }
  // The facade's own copy: it can be used as it is.
  const ids = given instanceof Int32Array ? given : Int32Array.from(given);
  return { ids: truncation ? keep(ids, truncation.length, truncation.side) : ids };
}
