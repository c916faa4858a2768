/** Prompts -> their token ids, special tokens included, truncated if asked for. Pauses inside long texts, so that a cancel is heard. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import type { Encoding } from '../shapes.ts';
import type { WirePrompt } from '../wire/protocol.ts';
import { IdList } from './id-list.ts';
import { checkIds, checkVocabulary, encoderOf, readIds, textsOf, type TextSettings } from './text-ids.ts';
import { keep, type Truncation } from './truncate.ts';

export interface TokenizeSettings extends TextSettings {
  addSpecialTokens: boolean;
  truncation: Truncation | null;
  /** Sentence-Transformers' prompt, put before every text; token ids get none. Null or empty: no prompt. */
  prompt: string | null;
  /** False: pooling leaves the prompt's tokens out. */
  includePrompt: boolean;
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
  if (typeof prompt === 'object' && 'prompt_token_ids' in prompt) return fromIds(prompt.prompt_token_ids, settings);
  return fromTexts(textsOf(prompt), settings);
}

async function fromTexts(texts: Iterable<string>, settings: TokenizeSettings): Promise<Encoding> {
  const { tokenizer, truncation, prompt, includePrompt } = settings;
  const prefix = settings.addSpecialTokens ? tokenizer.prefix : [];
  const suffix = settings.addSpecialTokens ? tokenizer.suffix : [];
  const room = roomFor(truncation, prefix.length + suffix.length);
  const list = new IdList();
  list.push(prefix);
  await readIds(list, prompt ? withPrompt(prompt, texts) : texts, settings, truncation?.side === 'right' ? room : Infinity);
  const before = list.length;
  if (truncation) list.keep(prefix.length, { length: room, side: truncation.side });
  // Cut from the left, the prompt goes first.
  const cut = truncation?.side === 'left' ? before - list.length : 0;
  list.push(suffix);
  const ids = list.take();
  checkVocabulary(ids, settings);
  if (!prompt || includePrompt) return { ids };
  return {
    ids,
    skip: Math.min(ids.length, prefix.length + Math.max(0, promptLength(prompt, prefix, suffix, settings) - prefix.length - cut)),
  };
}

function* withPrompt(prompt: string, texts: Iterable<string>): Generator<string> {
  yield prompt;
  yield* texts;
}

/** Tokens left for the text itself. Infinity: it is not cut. */
export function roomFor(truncation: Truncation | null, specials: number): number {
  if (!truncation) return Infinity;
  if (truncation.length >= specials) return truncation.length - specials;
  throw new PoolingError(
    'invalid-option',
    `truncate_prompt_tokens value (${truncation.length}) leaves no room for the ${specials} special tokens of this model.`,
  );
}

/**
 * Sentence-Transformers' count: the prompt alone, special tokens included, less its last token if that is a special one. A first special token
 * counts as the prompt's, and of two at the end the first one does.
 */
function promptLength(prompt: string, prefix: readonly number[], suffix: readonly number[], settings: TokenizeSettings): number {
  const ids = [...prefix, ...encoderOf(settings)(prompt), ...suffix];
  return ids.length > 0 && settings.tokenizer.isSpecial(ids.at(-1)!) ? ids.length - 1 : ids.length;
}

/** Ids are taken as they are: no special tokens are added, and truncation may take theirs. */
function fromIds(given: ArrayLike<number>, { vocabSize, truncation }: TokenizeSettings): Encoding {
  checkIds(given, vocabSize);
  // The facade's own copy: it can be used as it is.
  const ids = given instanceof Int32Array ? given : Int32Array.from(given);
  return { ids: truncation ? keep(ids, truncation.length, truncation.side) : ids };
}
