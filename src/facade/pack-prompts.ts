/**
 * Prompts -> the same prompts ready to cross to a worker. Messages are copied, twice on the way, and a copied string stays until the whole
 * call is over. So a long text goes as UTF-8 in parts that are transferred, and that the engine frees one by one as it reads them.
 */
import { PART_CHARS, textParts } from '../text-parts.ts';
import type { WirePrompt } from '../wire/protocol.ts';

export interface Packed {
  prompts: WirePrompt[];
  /** What they are made of, to be transferred. */
  buffers: ArrayBuffer[];
}

export function packPrompts(prompts: readonly WirePrompt[]): Packed {
  const encoder = new TextEncoder();
  const buffers: ArrayBuffer[] = [];
  const packed = prompts.map((prompt): WirePrompt => {
    if (typeof prompt === 'object' && 'prompt_token_ids' in prompt) {
      // The facade's own copy of what the caller gave.
      if (prompt.prompt_token_ids instanceof Int32Array) buffers.push(prompt.prompt_token_ids.buffer as ArrayBuffer);
      return prompt;
    }
    if (typeof prompt === 'object' && 'prompt_utf8' in prompt) return prompt;
    const text = typeof prompt === 'string' ? prompt : prompt.prompt;
    // Short ones are copied as they are. UTF-8 has no half characters: a text with one of those is, too.
    if (text.length <= PART_CHARS || !isWellFormed(text)) return text;
    const prompt_utf8 = Array.from(textParts(text, PART_CHARS), (part) => encoder.encode(part));
    buffers.push(...prompt_utf8.map(({ buffer }) => buffer));
    return { prompt_utf8 };
  });
  return { prompts: packed, buffers };
}

/** ES2024: Chrome 111, Firefox 119, Safari 16.4, Node 20. Elsewhere nothing is known to be. */
function isWellFormed(text: string & { isWellFormed?(): boolean }): boolean {
  return text.isWellFormed?.() ?? false;
}
