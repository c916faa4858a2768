/** An index over a model that is known by heart: a text's vector is the counts of a few words. */
import { createIndex } from '../search.ts';
import type { Embedder, IndexOptions } from './search-types.ts';

export const WORDS = ['cat', 'dog', 'fish', 'car', 'train', 'boat', 'red', 'blue'];
/** Synonyms: what meaning finds, and words do not. */
const MEANS: Record<string, string> = { kitten: 'cat', puppy: 'dog', automobile: 'car' };

const tokensOf = (text: string) => text.toLowerCase().match(/[\p{L}\d]+|[^\s\p{L}\d]/gu) ?? [];

export function vectorOf(text: string): Float32Array {
  const counts = Float32Array.from(WORDS, () => -0.01);
  for (const token of tokensOf(text)) {
    const at = WORDS.indexOf(MEANS[token] ?? token);
    if (at >= 0) counts[at]! += 1;
  }
  const norm = Math.hypot(...counts);
  return counts.map((value) => value / norm);
}

export function wordModel(max_model_len = 64) {
  const embedded: string[] = [];
  const llm = {
    info: { max_model_len, prompts: {} },
    tokenize: async (texts: string | string[], { addSpecialTokens = true } = {}) =>
      [texts].flat().map((text) => ({ count: tokensOf(text).length + (addSpecialTokens ? 2 : 0) })),
    embed: async (texts: string | string[], { signal }: { signal?: AbortSignal } = {}) => {
      signal?.throwIfAborted();
      return [texts].flat().map((text) => {
        embedded.push(text);
        if (tokensOf(text).length + 2 > max_model_len) throw new Error(`too long: ${text}`);
        return { outputs: { embedding: vectorOf(text) } };
      });
    },
  };
  return { llm: llm as unknown as Embedder, embedded };
}

export const documents = [
  { id: 'a', text: 'A cat sleeps.', metadata: { color: 'grey', year: 2001, tags: ['home', 'soft'] } },
  { id: 'b', text: 'A dog barks at a car.', metadata: { color: 'brown', year: 2010 } },
  { id: 'c', text: 'The red train is late.', title: 'On rails', metadata: { color: 'red', year: 2020 } },
  { id: 'd', text: 'A blue boat and a fish.', metadata: { color: 'blue', answers: [true, 'maybe'] } },
];

export async function filled(options: IndexOptions = {}) {
  const index = await createIndex(wordModel().llm, options);
  await index.add(documents);
  return index;
}
export const ids = (hits: readonly { id: string }[]) => hits.map(({ id }) => id);
