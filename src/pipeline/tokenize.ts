/** One prompt -> its token ids, special tokens included, truncated if asked for. Pauses inside long texts, so that a cancel is heard. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import type { TextTokenizer } from '../model/tokenizer.ts';
import { pause } from '../pause.ts';
import type { Encoding } from '../shapes.ts';
import type { Prompt } from '../types.ts';
import { segments } from './segment.ts';
import { keep, type Truncation } from './truncate.ts';

export interface TokenizeSettings {
  tokenizer: TextTokenizer;
  vocabSize: number;
  doLowerCase: boolean;
  addSpecialTokens: boolean;
  truncation: Truncation | null;
  signal?: AbortSignal | undefined;
}

export async function tokenize(prompt: Prompt, settings: TokenizeSettings): Promise<Encoding> {
  if (typeof prompt === 'string') return tokenizeText(prompt, settings);
  if ('prompt_token_ids' in prompt) return checkIds(prompt.prompt_token_ids, settings);
  return tokenizeText(prompt.prompt, settings);
}

async function tokenizeText(text: string, settings: TokenizeSettings): Promise<Encoding> {
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
  const pieces: Int32Array[] = [];
  let count = 0;
  for (const segment of segments(settings.doLowerCase ? text.toLowerCase() : text, tokenizer.encode)) {
    const ids = Int32Array.from(tokenizer.encode(segment));
    pieces.push(ids);
    count += ids.length;
    // What truncation throws away need not be tokenised.
    if (truncation?.side === 'right' && count >= room) break;
    if (pieces.length > 1) await pause();
    throwIfAborted(signal);
  }
  const core = truncation ? [keep(concat(pieces), room, truncation.side)] : pieces;
  // Joined once: of a book, every copy counts.
  const ids = concat([Int32Array.from(prefix), ...core, Int32Array.from(suffix)]);
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
  const ids = Int32Array.from(given);
  return { ids: truncation ? keep(ids, truncation.length, truncation.side) : ids };
}

function concat(pieces: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
