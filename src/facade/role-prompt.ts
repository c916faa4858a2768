/** A text's part in a search -> the prompt that a model has for it, as `encode_query` and `encode_document` of Sentence-Transformers choose it. */
import type { ModelInfo } from '../types.ts';

export type Role = 'query' | 'document';

const NAMES = { query: ['query'], document: ['document', 'passage', 'corpus'] } as const;

/** A key of `info.prompts`. Undefined: the model has none for it, so that its default counts. */
export function rolePrompt(role: Role, { prompts }: Pick<ModelInfo, 'prompts'>): string | undefined {
  return NAMES[role].find((name) => Object.hasOwn(prompts, name));
}
