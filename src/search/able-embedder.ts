/**
 * An LLM as it was given -> one that counts tokens and cuts what is too long, as an index needs it. A server may do neither: then bytes are
 * counted.
 */
import { PoolingError } from '../errors.ts';
import { bytesIn, textParts } from '../text-parts.ts';
import type { TokenizeOutput } from '../types.ts';
import type { Embedder } from './search-types.ts';

/** Special tokens that a server sets around a text, at most. */
const SPECIALS = 8;

export function ableEmbedder(llm: Embedder): Embedder {
  let isCounting = true;
  const tokenize = async (texts: string | string[], options: { addSpecialTokens?: boolean; signal?: AbortSignal } = {}) => {
    try {
      if (isCounting) return await llm.tokenize(texts, options);
    } catch (error) {
      if (!(error instanceof PoolingError) || error.code !== 'unsupported-task') throw error;
      isCounting = false;
    }
    const around = options.addSpecialTokens === false ? 0 : SPECIALS;
    return [texts].flat().map((text) => ({ count: bytesIn(text) + around }) as TokenizeOutput);
  };
  const embed = (texts: string | string[], options: { truncatePromptTokens?: number; promptName?: string } = {}) => {
    const { takes, max_model_len } = llm.info;
    const can = (option: string) => !takes || takes.embed?.includes(option);
    const { truncatePromptTokens, promptName, ...asked } = options;
    // Who knows of no prompts has none.
    const named = promptName !== undefined && (promptName !== '' || can('promptName')) && { promptName };
    if (can('truncateToMax')) return llm.embed(texts, { ...asked, ...named, ...(truncatePromptTokens && { truncatePromptTokens }) });
    const cut = [texts].flat().map((text) => beginning(text, max_model_len - SPECIALS));
    return llm.embed(cut, { ...asked, ...named });
  };
  return {
    get info() {
      return llm.info;
    },
    tokenize: tokenize as Embedder['tokenize'],
    embed: embed as Embedder['embed'],
    ...(llm.tokenEmbed && { tokenEmbed: (...given) => llm.tokenEmbed!(...given) }),
  };
}

/** As much of it as has so many bytes. */
function beginning(text: string, bytes: number): string {
  // A unit of UTF-16 has a byte at least.
  if (bytesIn(text.slice(0, bytes + 1)) <= bytes) return text;
  let [fits, over] = [0, bytes + 1];
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (bytesIn(text.slice(0, middle)) <= bytes) fits = middle;
    else over = middle;
  }
  return fits < 2 ? '' : textParts(text, fits).next().value!;
}
