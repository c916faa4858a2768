/** What the pipelines have in common: an LLM of any entry, one text or several, and texts that go in as they are given. */
import type { PoolingLLM } from '../../facade/llm.ts';

export type PipelineLLM = Pick<
  PoolingLLM,
  'info' | 'embed' | 'encode' | 'classify' | 'tokenClassify' | 'rerank' | 'tokenize' | 'detokenize' | 'dispose'
>;

export type Texts = string | readonly string[];

export function listOf(texts: Texts): readonly string[] {
  return typeof texts === 'string' ? [texts] : texts;
}

/** As in transformers.js: no prompt of the model's before a text, and one that is too long is cut. */
export const AS_GIVEN = { prompt: '', truncatePromptTokens: -1 } as const;

/** The name of a class, as transformers has it for models without names. */
export function labelOf(labels: readonly string[] | null, index: number): string {
  return labels?.[index] ?? `LABEL_${index}`;
}
