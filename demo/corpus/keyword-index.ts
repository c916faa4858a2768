/** Packages in, BM25 hits out (MiniSearch). Built in small slices, so that typing is never held up. */
import MiniSearch from 'minisearch';
import type { Package } from './packages.ts';
import { normalizeWord } from './words.ts';

export interface KeywordHit {
  id: number;
  score: number;
  /** The words of the package that matched, lowered. */
  words: string[];
}

export interface KeywordIndex {
  search(query: string): KeywordHit[];
}

export async function buildKeywordIndex(packages: readonly Package[]): Promise<KeywordIndex> {
  const index = new MiniSearch<Package & { id: number }>({
    fields: ['name', 'title', 'body'],
    processTerm: normalizeWord,
    searchOptions: {
      boost: { name: 2, title: 2 },
      // Only the word being typed may be unfinished.
      prefix: (term, position, terms) => position === terms.length - 1 && term.length > 2,
    },
  });
  await index.addAllAsync(
    packages.map((entry, id) => ({ ...entry, id })),
    { chunkSize: 16 },
  );
  return {
    search: (query) => index.search(query).map(({ id, score, terms }) => ({ id: id as number, score, words: terms })),
  };
}
