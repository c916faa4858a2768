/** What the methods of an index take for options, as given -> checked, without what is undefined. Throws `invalid-option`. */
import { checked } from '../facade/checked-llm.ts';
import { readOptions, type EitherSpelling } from '../facade/options.ts';
import { checkKinds, COUNT, oneOf, type Kinds } from '../kinds.ts';
import { passes } from './filter.ts';
import { copyOfVector } from './given-vector.ts';
import type { AddOptions, Metadata, OpenOptions, SearchOptions, SimilarOptions } from './search-types.ts';

/** As they were when the call was made, whatever becomes of the caller's objects. */
export interface ReadOptions extends Omit<SearchOptions, 'filter'> {
  /** The filter. */
  keep?: (metadata: Metadata) => boolean;
}

/** What a search without options takes. */
export const USUAL = { topK: 10, rerankTop: 20, diversity: 0 } as const;

const KINDS: Kinds<SearchOptions> = {
  topK: COUNT,
  rerankTop: COUNT,
  diversity: ['a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1],
  mode: oneOf(['hybrid', 'semantic', 'keyword']),
};

export function searchOptions(given: EitherSpelling<SearchOptions> | undefined): ReadOptions {
  const known = ['topK', 'mode', 'filter', 'rerank', 'rerankTop', 'diversity', 'embedding', 'signal'] as const;
  const { filter, embedding, ...options } = readOptions<SearchOptions>(given, known, 'search');
  checkKinds(options, KINDS);
  if ('rerank' in options) checked(options.rerank, 'rerank', 'The option rerank of search');
  return { ...options, ...(embedding !== undefined && { embedding: copyOfVector(embedding) }), ...keeping(filter) };
}

export type ReadSimilar = Pick<ReadOptions, 'topK' | 'keep' | 'signal'>;

export function similarOptions(given: EitherSpelling<SimilarOptions> | undefined): ReadSimilar {
  const known = ['topK', 'filter', 'signal'] as const;
  const { filter, ...options } = readOptions<SimilarOptions>(given, known, 'similar');
  checkKinds(options, KINDS);
  return { ...options, ...keeping(filter) };
}

const keeping = (filter: SearchOptions['filter']) => filter !== undefined && { keep: passes(filter) };

/** Of `add`, `update`, `import` and `load`. */
export function hooksOf(given: EitherSpelling<AddOptions> | EitherSpelling<OpenOptions> | undefined, method: string): AddOptions {
  return readOptions<AddOptions>(given, ['onProgress', 'signal'], method);
}
