/** A text -> vLLM's error if it cannot fit, however it is tokenised: every token would have to be the vocabulary's longest. Spares the work. */
import { PoolingError } from '../errors.ts';
import type { WirePrompt } from '../wire/protocol.ts';

/** `limit`: most tokens of the input, special ones included. Infinity: any text fits. */
export function checkCharacters(prompt: WirePrompt, limit: number, longestToken: number): void {
  const most = limit * longestToken;
  const characters = charactersOver(prompt, most);
  if (characters === null) return;
  throw new PoolingError(
    'input-too-long',
    `This model's maximum context length is ${limit} tokens. However, your prompt contains ${characters} characters (more than ${most} characters, which is the upper bound for ${limit} input tokens). Please reduce the length of the input prompt.`,
  );
}

/** How many, if more than `most`. Only counted if there may be so many: no text has more characters than UTF-16 units or bytes. */
function charactersOver(prompt: WirePrompt, most: number): number | null {
  let count = 0;
  if (typeof prompt === 'object' && 'prompt_token_ids' in prompt) return null;
  if (typeof prompt === 'object' && 'prompt_utf8' in prompt) {
    if (prompt.prompt_utf8.reduce((sum, { length }) => sum + length, 0) <= most) return null;
    // All bytes but those that continue a character.
    for (const part of prompt.prompt_utf8) for (const byte of part) count += Number((byte & 0xc0) !== 0x80);
  } else {
    const text = typeof prompt === 'string' ? prompt : prompt.prompt;
    if (text.length <= most) return null;
    for (const _ of text) count++;
  }
  return count > most ? count : null;
}
