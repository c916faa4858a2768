/**
 * Two models and the texts of a call -> why one may read them otherwise than the other: where it cuts a text, or begins its next window, depends on the
 * most tokens that it takes. Models that take as many do so at the same place, and a text that has fewer for certain is read whole.
 */
import { bytesIn } from '../text-parts.ts';
import type { ModelInfo, Prompt } from '../types.ts';

/** That a tokenizer puts around one text. */
const SPECIALS = 8;

/** What is known of a call's texts before a tokenizer has seen them. */
export interface Reading {
  /** Most tokens that one of them may have, behind a prompt of so many. */
  most(prefix: number): number;
  /** They are cut to what the model takes: none is read on in windows. */
  isCut: boolean;
}

/** `isPairs`: of score, whose template may write anything around two texts. */
export function readingOf(prompts: readonly Prompt[], options: object | undefined, isPairs: boolean): Reading {
  const given = (options ?? {}) as Record<string, unknown>;
  const cut = given['truncatePromptTokens'] ?? given['truncate_prompt_tokens'];
  const most = typeof cut === 'number' && cut >= 0 ? cut : Infinity;
  return {
    isCut: typeof cut === 'number' && cut < 0,
    most: (prefix) => (isPairs ? most : Math.min(most, prefix + longest(prompts) + longest([given['prompt']].flat()) + SPECIALS)),
  };
}

/** Null: alike. */
export function readOtherwise(a: ModelInfo, b: ModelInfo, { most, isCut }: Reading): string | null {
  const [here, there] = [a.max_model_len, b.max_model_len];
  if (here === Infinity || there === Infinity)
    return 'a server that does not say how many tokens it takes needs the option `maxModelLen` of LLM.connect';
  const isSafe = here === there && (isCut || (!mayCut(a) && !mayCut(b)) || refuses(a) || refuses(b));
  const prefix = longest([a, b].flatMap(({ prompts }) => Object.values(prompts)));
  if (isSafe || most(prefix) <= Math.min(here, there)) return null;
  return here === there
    ? `one of the two cuts texts of more than ${here} tokens unasked, and these may be longer: ask for it with truncatePromptTokens: -1`
    : `it takes ${here} tokens where the other takes ${there}, and the texts may be longer`;
}

/** Its limit is the caller's word, and what it does with a longer text is not known. */
function mayCut({ max_model_len, max_embed_len, enable_chunked_processing }: ModelInfo): boolean {
  return max_embed_len > max_model_len && !enable_chunked_processing;
}

/** A longer text has no vector that another one could differ from. */
function refuses({ device, enable_chunked_processing }: ModelInfo): boolean {
  return device !== 'remote' && !enable_chunked_processing;
}

/** In tokens, at most. What is no prompt has none. */
function longest(prompts: readonly unknown[]): number {
  return prompts.reduce((most: number, prompt) => Math.max(most, tokensIn(prompt as Prompt | undefined)), 0);
}

function tokensIn(prompt: Prompt | null | undefined): number {
  if (typeof prompt === 'string') return bytesIn(prompt);
  const { prompt: text, prompt_token_ids: ids } = (prompt ?? {}) as { prompt?: string; prompt_token_ids?: ArrayLike<number> };
  return text === undefined ? (ids?.length ?? 0) : bytesIn(text);
}
