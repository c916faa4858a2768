/** A query, or a document, and the contents of an index -> the documents that fit, by meaning, by words, or both. */
import { PoolingError, shown } from '../errors.ts';
import { passageTexts, type Contents, type Entry } from './contents.ts';
import { diversify } from './diversify.ts';
import { passes } from './filter.ts';
import { reciprocalRanks } from './fuse.ts';
import type { DocumentHit } from './passage-table.ts';
import type { Filter, Hit, Reranker, SearchOptions } from './search-types.ts';

/** How deep both rankings are read before they are joined. */
const HYBRID_DEPTH = 100;

/** A document that was found, by which of its passages. It may have gone since. */
interface Found {
  entry: Entry;
  passage: number;
  score: number;
}

/** `embed`: the query as a vector. */
export async function findDocuments(
  contents: Contents,
  query: string | Float32Array,
  embed: () => Promise<Float32Array>,
  options: SearchOptions,
): Promise<Hit[]> {
  const words = typeof query === 'string' ? query : null;
  const usual = contents.keywords && words !== null ? 'hybrid' : 'semantic';
  const { topK = 10, mode = usual, filter, rerank, rerankTop = 20, diversity = 0, signal } = options;
  checkSearch(options, contents.keywords !== null);
  if (words === null && (mode !== 'semantic' || rerank))
    throw new PoolingError('invalid-option', 'A vector is searched by meaning alone: mode "semantic", without `rerank`.');
  const keep = keeper(contents, filter);
  // What comes after looks at more than it answers.
  const depth = Math.max(topK, rerank ? rerankTop : 0, diversity > 0 ? 4 * topK : 0, mode === 'hybrid' ? HYBRID_DEPTH : 0);
  const semantic = mode === 'keyword' ? [] : (await contents.table.nearest([finite(await embed())], depth, keep))[0]!;
  const keyword = mode === 'semantic' ? [] : contents.keywords!.search(words!, keep).slice(0, depth);
  const ranked = mode === 'hybrid' ? fused(semantic, keyword) : mode === 'keyword' ? keyword.map(firstPassage) : semantic;
  let found = present(contents, ranked);
  if (rerank) found = await reranked(words!, found.slice(0, Math.max(rerankTop, topK)), rerank, signal);
  if (diversity > 0) found = diversified(contents, found.slice(0, 4 * topK), topK, diversity);
  return found.slice(0, topK).map(asHit);
}

/** By the nearest passages of both. */
export async function findSimilar(
  contents: Contents,
  id: string,
  { topK = 10, filter }: Pick<SearchOptions, 'topK' | 'filter'>,
): Promise<Hit[]> {
  const own = contents.get(id);
  if (!own) throw new PoolingError('invalid-input', `There is no document "${id}".`);
  checkSearch({ topK }, true);
  const keep = keeper(contents, filter);
  const others = (key: number) => key !== own.key && (keep === null || keep(key));
  const best = new Map<number, DocumentHit>();
  for (const hit of (await contents.table.nearest(contents.table.vectorsOf(own.key), topK, others)).flat()) {
    if (hit.score > (best.get(hit.document)?.score ?? -Infinity)) best.set(hit.document, hit);
  }
  const hits = [...best.values()].sort((a, b) => b.score - a.score).slice(0, topK);
  return present(contents, hits).map(asHit);
}

function keeper(contents: Contents, filter: Filter | undefined): ((key: number) => boolean) | null {
  if (!filter) return null;
  const test = passes(filter);
  return (key) => test(contents.ofKey(key)!.document.metadata ?? {});
}

/** Documents may be removed while a call waits for a model or a GPU. */
function present(contents: Contents, ranked: readonly Ranked[]): Found[] {
  return ranked.flatMap(({ document, passage, score }) => {
    const entry = contents.ofKey(document);
    return entry ? [{ entry, passage, score }] : [];
  });
}

type Ranked = Pick<DocumentHit, 'document' | 'passage' | 'score'>;

/** Words are looked for in the whole document: its first passage stands for it. */
const firstPassage = ({ key, score }: { key: number; score: number }): Ranked => ({ document: key, passage: 0, score });

function fused(semantic: readonly DocumentHit[], keyword: readonly { key: number }[]): Ranked[] {
  const passages = new Map(semantic.map(({ document, passage }) => [document, passage]));
  const ranks = reciprocalRanks([semantic.map(({ document }) => document), keyword.map(({ key }) => key)]);
  return ranks.map(([document, score]) => ({ document, passage: passages.get(document) ?? 0, score }));
}

async function reranked(query: string, found: readonly Found[], reranker: Reranker, signal: AbortSignal | undefined): Promise<Found[]> {
  if (found.length === 0) return [];
  const texts = found.map(({ entry, passage }) => passageTexts(entry)[passage]!);
  const ranked = await reranker.rerank(query, texts, { truncatePromptTokens: -1, ...(signal && { signal }) });
  return ranked.map(({ index, relevance_score: score }) => ({ ...found[index]!, score }));
}

function diversified({ table }: Contents, found: readonly Found[], k: number, diversity: number): Found[] {
  // Without those that were taken out while a reranker read.
  const candidates = found.flatMap((one) => {
    const vector = table.vectorsOf(one.entry.key)[one.passage];
    return vector ? [{ ...one, vector }] : [];
  });
  return diversify(candidates, k, diversity);
}

function asHit({ entry: { document, passages }, passage, score }: Found): Hit {
  const { start, end } = passages[passage]!;
  const { id, title = null, metadata = {}, text } = document;
  return { id, score, passage: { start, end, text: text.slice(start, end) }, title, metadata };
}

function finite(vector: Float32Array): Float32Array {
  if (vector.every(Number.isFinite)) return vector;
  throw new PoolingError('invalid-input', 'The vector of a query must have finite numbers.');
}

function checkSearch({ topK = 10, mode, diversity = 0, rerankTop = 20 }: SearchOptions, hasKeywords: boolean): void {
  if (!Number.isInteger(topK) || topK < 1)
    throw new PoolingError('invalid-option', `topK must be an integer of at least 1, got ${shown(topK)}.`);
  if (!Number.isInteger(rerankTop) || rerankTop < 1)
    throw new PoolingError('invalid-option', `rerankTop must be an integer of at least 1, got ${shown(rerankTop)}.`);
  if (!(diversity >= 0 && diversity <= 1))
    throw new PoolingError('invalid-option', `diversity must be from 0 to 1, got ${shown(diversity)}.`);
  if (mode !== undefined && !['hybrid', 'semantic', 'keyword'].includes(mode))
    throw new PoolingError('invalid-option', `mode must be "hybrid", "semantic" or "keyword", got ${shown(mode)}.`);
  if (mode !== undefined && mode !== 'semantic' && !hasKeywords)
    throw new PoolingError('invalid-option', `mode "${mode}" needs an index with \`keywords\`.`);
}
