/** What the methods of an index take for options, as given -> checked, without what is undefined. Throws `invalid-option`. */
import { PoolingError, shown } from '../errors.ts';
import { checked } from '../facade/checked-llm.ts';
import { readOptions } from '../facade/options.ts';
import { passes } from './filter.ts';
import { copyOfVector } from './given-vector.ts';
import type { AddOptions, Metadata, OpenOptions, SearchOptions } from './search-types.ts';

/** As they were when the call was made, whatever becomes of the caller's objects. */
export interface ReadOptions extends Omit<SearchOptions, 'filter'> {
  /** The filter. */
  keep?: (metadata: Metadata) => boolean;
}

/** What a search without options takes. */
export const USUAL = { topK: 10, rerankTop: 20, diversity: 0 } as const;

export function searchOptions(given: SearchOptions | undefined): ReadOptions {
  const known = ['topK', 'mode', 'filter', 'rerank', 'rerankTop', 'diversity', 'embedding', 'signal'] as const;
  const { filter, embedding, ...options } = readOptions<SearchOptions>(given, known, 'search');
  const { mode, rerank, rerankTop, diversity = USUAL.diversity } = options;
  checkCount('topK', options.topK);
  checkCount('rerankTop', rerankTop);
  if (typeof diversity !== 'number' || !(diversity >= 0 && diversity <= 1))
    throw invalid(`diversity must be a number from 0 to 1, got ${shown(diversity)}.`);
  if (mode !== undefined && !['hybrid', 'semantic', 'keyword'].includes(mode))
    throw invalid(`mode must be "hybrid", "semantic" or "keyword", got ${shown(mode)}.`);
  if ('rerank' in options) checked(rerank, 'rerank', 'The option rerank of search');
  return { ...options, ...(embedding !== undefined && { embedding: copyOfVector(embedding) }), ...keeping(filter) };
}

export function similarOptions(given: Pick<SearchOptions, 'topK' | 'filter'> | undefined): Pick<ReadOptions, 'topK' | 'keep'> {
  const { filter, ...options } = readOptions<Pick<SearchOptions, 'topK' | 'filter'>>(given, ['topK', 'filter'], 'similar');
  checkCount('topK', options.topK);
  return { ...options, ...keeping(filter) };
}

const keeping = (filter: SearchOptions['filter']) => filter !== undefined && { keep: passes(filter) };

/** Of `add`, `update`, `import` and `load`. */
export function hooksOf(given: AddOptions | OpenOptions | undefined, method: string): AddOptions {
  return readOptions<AddOptions>(given, ['onProgress', 'signal'], method);
}

function checkCount(name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= 1))
    throw invalid(`${name} must be an integer of at least 1, got ${shown(value)}.`);
}

const invalid = (message: string) => new PoolingError('invalid-option', message);
