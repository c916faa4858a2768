/** rockpool's search: an index over any LLM of rockpool's that embeds. */
import { PoolingError, shown } from './errors.ts';
import { SearchIndex } from './search/search-index.ts';
import type { Embedder, IndexOptions } from './search/search-types.ts';

/**
 * An empty index. Its vectors are the model's: another model's index is another one.
 *
 * @throws PoolingError `unsupported-task` if the model does not embed, `invalid-option`, `webgpu-unavailable` with device `webgpu`.
 */
export async function createIndex(llm: Embedder, options: IndexOptions = {}): Promise<SearchIndex> {
  const known = ['precision', 'coarse', 'keywords', 'passageTokens', 'queryPromptName', 'documentPromptName', 'device', 'onLog'];
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new PoolingError('invalid-option', `createIndex has no option "${unknown}". It takes: ${known.join(', ')}.`);
  const { device = 'auto', coarse: { oversample = 4 } = {} } = options;
  if (!(oversample >= 1 && oversample < Infinity))
    throw new PoolingError('invalid-option', `coarse.oversample must be a number of at least 1, got ${shown(oversample)}.`);
  if (!['auto', 'wasm', 'webgpu'].includes(device))
    throw new PoolingError('invalid-option', `device must be "auto", "wasm" or "webgpu", got ${shown(device)}.`);
  // The size of a vector is known for sure by looking at one.
  const [output] = await llm.embed('size', { truncatePromptTokens: -1 });
  return SearchIndex.open(llm, output!.outputs.embedding.length, options);
}

export type { SearchIndex } from './search/search-index.ts';
export type * from './search/search-types.ts';
export type { Precision } from './search/row-format.ts';
