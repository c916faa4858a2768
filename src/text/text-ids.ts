/** A text, in parts -> its token ids without special tokens, piece by piece, with a look at the signal between pieces. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import { free } from '../memory.ts';
import type { TextTokenizer } from './tokenizer.ts';
import type { Pause } from '../pause.ts';
import { PART_CHARS, textParts } from '../text-parts.ts';
import type { WirePrompt } from '../wire/protocol.ts';
import type { IdList } from './id-list.ts';
import { segments } from './segment.ts';
import { separatorsOf, shortenWords } from './shorten-words.ts';

export interface TextSettings {
  tokenizer: TextTokenizer;
  vocabSize: number;
  /** The model's files ask for lower-cased text, prompt included, whatever the tokenizer does. */
  doLowerCase: boolean;
  pause: Pause;
  signal?: AbortSignal | undefined;
}

export function encoderOf({ tokenizer, doLowerCase }: Pick<TextSettings, 'tokenizer' | 'doLowerCase'>): (text: string) => number[] {
  return doLowerCase ? (text) => tokenizer.encode(text.toLowerCase()) : tokenizer.encode;
}

/** Pieces of a text, in parts, that have the same ids one after the other. */
export function segmentsOf(texts: Iterable<string>, settings: Pick<TextSettings, 'tokenizer' | 'doLowerCase'>): Generator<string> {
  return segments(texts, encoderOf(settings), separatorsOf(settings.tokenizer));
}

/** Adds the ids to `list`, and stops as soon as `enough` of them are read. */
export async function readIds(list: IdList, texts: Iterable<string>, settings: TextSettings, enough = Infinity): Promise<void> {
  const encode = encoderOf(settings);
  const start = list.length;
  let first = true;
  for (const segment of segmentsOf(shortenWords(texts, settings.tokenizer), settings)) {
    if (!first) await settings.pause();
    throwIfAborted(settings.signal);
    first = false;
    list.push(encode(segment));
    // What truncation throws away need not be tokenised.
    if (list.length - start >= enough) break;
  }
}

/** The parts of a text prompt. Those of a long one are freed as they are read. */
export function textsOf(prompt: Exclude<WirePrompt, { prompt_token_ids: ArrayLike<number> }>): Iterable<string> {
  if (typeof prompt === 'string') return textParts(prompt, PART_CHARS);
  return 'prompt_utf8' in prompt ? decoded(prompt.prompt_utf8) : textParts(prompt.prompt, PART_CHARS);
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

/** Ids that the model has no row for: its files do not belong together. */
export function checkVocabulary(ids: Int32Array, { tokenizer, vocabSize }: Pick<TextSettings, 'tokenizer' | 'vocabSize'>): void {
  const unknown = ids.find((id) => id >= vocabSize);
  if (unknown === undefined) return;
  throw new PoolingError(
    'unsupported-model',
    `tokenizer.json gives the id ${unknown} ("${tokenizer.tokenOf(unknown)}"), and config.json says vocab_size ${vocabSize}: they are not of one model.`,
  );
}

/** Ids that a caller gave. */
export function checkIds(given: ArrayLike<number>, vocabSize: number): void {
  for (let i = 0; i < given.length; i++) {
    const id = given[i];
    if (!Number.isInteger(id)) throw new PoolingError('invalid-input', `Token id ${String(id)} is not an integer`);
    if (id! < 0 || id! >= vocabSize) throw new PoolingError('invalid-input', `Token id ${id} is out of vocabulary`);
  }
}
