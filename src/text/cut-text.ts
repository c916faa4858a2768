/** A text and a number of tokens -> the text up to the end of the last of them, for prompts that are put together as text. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import { alignText } from './align-text.ts';
import { encoderOf, segmentsOf, type TextSettings } from './text-ids.ts';

/** Again and again until what is left has no more than `most` tokens: a piece of a text may have others than the text had there. As vLLM does. */
export async function cutText(text: string, most: number, settings: TextSettings): Promise<string> {
  if (most === Infinity) return text;
  let kept = text;
  for (let end = await endOf(kept, most, settings); end !== null; end = await endOf(kept, most, settings)) {
    kept = kept.slice(0, end < kept.length ? end : kept.length - lastCharacter(kept));
  }
  return kept;
}

/** Where the first `most` tokens of a text end; null if it has no more. */
async function endOf(text: string, most: number, settings: TextSettings): Promise<number | null> {
  const encode = encoderOf(settings);
  let at = 0;
  let room = most;
  for (const piece of segmentsOf([text], settings)) {
    await settings.pause();
    throwIfAborted(settings.signal);
    // The space of a seam.
    if (!text.startsWith(piece, at)) at++;
    const { length } = encode(piece);
    if (length > room) return at + endIn(piece, room, settings);
    room -= length;
    at += piece.length;
  }
  return null;
}

/** vLLM's choice, the smaller of the end of the last token kept and the start of the first one cut. */
function endIn(text: string, tokens: number, settings: TextSettings): number {
  const aligned = alignText(text, settings);
  if (!aligned) {
    throw new PoolingError(
      'unsupported-model',
      'max_tokens_per_query and max_tokens_per_doc cut a text for this model, and its tokenizer does not say where the tokens of this text end. Shorten it yourself.',
    );
  }
  const { starts, ends } = aligned;
  return tokens === 0 ? starts[0]! : Math.min(ends[tokens - 1]!, starts[tokens]!);
}

/** UTF-16 units of the last character. */
function lastCharacter(text: string): number {
  return text.codePointAt(text.length - 2)! > 0xffff ? 2 : 1;
}
