/** A text and a number of tokens -> the text up to the end of the last of them, for prompts that are put together as text. */
import { PoolingError, throwIfAborted } from '../errors.ts';
import { alignText } from './align-text.ts';
import { segments } from './segment.ts';
import { encoderOf, type TextSettings } from './text-ids.ts';

export async function cutText(text: string, most: number, settings: TextSettings): Promise<string> {
  if (most === Infinity) return text;
  const encode = encoderOf(settings);
  let at = 0;
  let room = most;
  for (const piece of segments([text], encode)) {
    await settings.pause();
    throwIfAborted(settings.signal);
    // The space of a seam.
    if (!text.startsWith(piece, at)) at++;
    const { length } = encode(piece);
    if (length > room) return text.slice(0, at + endOf(piece, room, settings));
    room -= length;
    at += piece.length;
  }
  return text;
}

/**
 * Where the first `tokens` tokens of a text end: vLLM's choice, the smaller of the end of the last kept and the start of the first cut. What is
 * left can have more tokens than it had as part of the whole, so it is looked at again.
 */
function endOf(text: string, tokens: number, settings: TextSettings): number {
  let end = text.length;
  while (tokens > 0 && end > 0) {
    const aligned = alignText(text.slice(0, end), settings);
    if (!aligned) {
      throw new PoolingError(
        'unsupported-model',
        'max_tokens_per_query and max_tokens_per_doc cut a text for this model, and its tokenizer does not say where the tokens of this text end. Shorten it yourself.',
      );
    }
    if (aligned.ids.length <= tokens) return end;
    end = Math.min(aligned.ends[tokens - 1]!, aligned.starts[tokens]!, end - 1);
  }
  return 0;
}
