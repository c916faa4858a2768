/**
 * Prompts -> the same prompts ready to cross to a worker. Messages are copied, twice on the way, and a copied string stays until the whole
 * call is over. So a long text goes as UTF-8 in parts that are transferred, and that the engine frees one by one as it reads them.
 */
import type { WirePrompt } from '../wire/protocol.ts';

/** Texts up to this length are copied as they are. */
const PART_CHARS = 65_536;

export interface Packed {
  prompts: WirePrompt[];
  /** What they are made of, to be transferred. */
  buffers: ArrayBuffer[];
}

export function packPrompts(prompts: readonly WirePrompt[]): Packed {
  const buffers: ArrayBuffer[] = [];
  const packed = prompts.map((prompt): WirePrompt => {
    if (typeof prompt === 'object' && 'prompt_token_ids' in prompt) {
      // The facade's own copy of what the caller gave.
      if (prompt.prompt_token_ids instanceof Int32Array) buffers.push(prompt.prompt_token_ids.buffer as ArrayBuffer);
      return prompt;
    }
    if (typeof prompt === 'object' && 'prompt_utf8' in prompt) return prompt;
    const text = typeof prompt === 'string' ? prompt : prompt.prompt;
    // UTF-8 has no half characters: a text with one of those crosses as it is.
    if (text.length <= PART_CHARS || !isWellFormed(text)) return text;
    const prompt_utf8 = [...utf8Parts(text)];
    buffers.push(...prompt_utf8.map(({ buffer }) => buffer));
    return { prompt_utf8 };
  });
  return { prompts: packed, buffers };
}

function* utf8Parts(text: string): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  for (let start = 0, end; start < text.length; start = end) {
    end = Math.min(start + PART_CHARS, text.length);
    // Not between the two halves of a surrogate pair.
    if (text.codePointAt(end - 1)! > 0xffff) end--;
    yield encoder.encode(text.slice(start, end));
  }
}

/** ES2024: Chrome 111, Firefox 119, Safari 16.4, Node 20. Elsewhere nothing is known to be. */
function isWellFormed(text: string & { isWellFormed?(): boolean }): boolean {
  return text.isWellFormed?.() ?? false;
}
