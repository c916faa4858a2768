/** A query, or a document, and the contents of an index -> the documents that fit, by meaning, by words, or both. */
import { PoolingError, shown, throwIfAborted } from '../errors.ts';
import { soundRanks } from '../facade/sound-ranks.ts';
import { bestFirst } from './best-first.ts';
import { USUAL, type ReadOptions, type ReadSimilar } from './call-options.ts';
import { passageTexts, type Contents, type Entry } from './contents.ts';
import { diversify } from './diversify.ts';
import { copyOfMetadata } from './document.ts';
import { reciprocalRanks } from './fuse.ts';
import { givenVector } from './given-vector.ts';
import { placeOfWords, type KeywordHit } from './keyword-index.ts';
import { pacer } from './pacer.ts';
import type { DocumentHit } from './passage-table.ts';
import type { Hit, Reranker } from './search-types.ts';

/** How deep both rankings are read before they are joined. */
const HYBRID_DEPTH = 100;

/** A document that was found, and by which of its passages. */
interface Found {
  entry: Entry;
  passage: number;
  score: number;
}
/** A place in the order. Words are looked for in the whole document, and its passage for them afterwards. */
interface Ranked {
  entry: Entry;
  at: number | KeywordHit['words'];
  score: number;
}

/** `embed`: the words of a query as a vector. `options`: as call-options.ts reads them. `canary`: any vector of the model's. */
export async function findDocuments(
  contents: Contents,
  query: string | Float32Array | readonly number[],
  embed: (words: string) => Promise<Float32Array>,
  options: ReadOptions,
  canary: Float32Array,
): Promise<Hit[]> {
  const words = typeof query === 'string' ? query : null;
  const { embedding } = options;
  if (words === null && embedding !== undefined)
    throw new PoolingError('invalid-option', 'The query is a vector: `embedding` is for one that is a text.');
  const vector = words === null ? asVector(query, canary) : embedding === undefined ? null : givenVector(embedding, canary, VECTOR);
  const usual = contents.keywords && words !== null ? 'hybrid' : 'semantic';
  const { topK = USUAL.topK, mode = usual, rerank, diversity = USUAL.diversity, signal } = options;
  if (mode !== 'semantic' && !contents.keywords)
    throw new PoolingError('invalid-option', `mode "${mode}" needs an index with \`keywords\`.`);
  if (words === null && (mode !== 'semantic' || rerank))
    throw new PoolingError('invalid-option', 'A vector is searched by meaning alone: mode "semantic", without `rerank`.');
  const keep = keeper(contents, options);
  // What comes after looks at more than it answers.
  const varied = diversity > 0 ? 4 * topK : topK;
  const read = rerank ? Math.max(topK, options.rerankTop ?? Math.max(USUAL.rerankTop, varied)) : 0;
  const wanted = Math.max(varied, read);
  const depth = Math.max(wanted, mode === 'hybrid' ? HYBRID_DEPTH : 0);
  const semantic = mode === 'keyword' ? [] : await byMeaning(contents, vector ?? (await embed(words!)), depth, keep);
  throwIfAborted(signal);
  const keyword = mode === 'semantic' ? [] : byWords(contents, words!, depth, keep);
  const ranked = mode === 'hybrid' ? fused(semantic, keyword) : mode === 'keyword' ? keyword : semantic;
  let found: Found[] = [];
  const pace = pacer(signal);
  // To find the passage of a long text takes a while.
  for (const one of ranked.slice(0, wanted)) {
    found.push(asFound(one));
    await pace();
  }
  if (rerank) found = await reranked(words!, found.slice(0, read), rerank, signal);
  if (diversity > 0) found = await diversify(withVectors(contents, found.slice(0, varied)), topK, diversity, signal);
  return found.slice(0, topK).map(asHit);
}

const VECTOR = 'The vector of a query';

function asVector(query: unknown, canary: Float32Array): Float32Array {
  if (!Array.isArray(query) && !ArrayBuffer.isView(query))
    throw new PoolingError('invalid-input', `A query is a text, or a vector of the model's, got ${shown(query)}.`);
  return givenVector(query, canary, VECTOR);
}

/** Passages of a document that are compared with all others at a time. */
const SIMILAR_AT_A_TIME = 4;

/** By the nearest passages of both. */
export async function findSimilar(contents: Contents, id: string, options: ReadSimilar): Promise<Hit[]> {
  const own = contents.get(id);
  if (!own) throw new PoolingError('invalid-input', `There is no document "${id}".`);
  const { topK = USUAL.topK, signal } = options;
  const keep = keeper(contents, options);
  const pace = pacer(signal);
  const others = (key: number) => key !== own.key && (keep === null || keep(key));
  const best = new Map<number, DocumentHit>();
  const vectors = contents.table.vectorsOf(own.key);
  for (let at = 0; at < vectors.length; at += SIMILAR_AT_A_TIME) {
    const nearest = await contents.table.nearest(vectors.slice(at, at + SIMILAR_AT_A_TIME), topK, others);
    for (const hit of nearest.flat()) {
      if (hit.score > (best.get(hit.document)?.score ?? -Infinity)) best.set(hit.document, hit);
    }
    await pace();
  }
  return asRanked(contents, [...best.values()], topK).map((one) => asHit(asFound(one)));
}

type Keep = ((key: number) => boolean) | null;

function keeper(contents: Contents, { keep }: Pick<ReadOptions, 'keep'>): Keep {
  if (!keep) return null;
  return (key) => keep(contents.ofKey(key)!.document.metadata ?? {});
}

async function byMeaning(contents: Contents, vector: Float32Array, most: number, keep: Keep): Promise<Ranked[]> {
  const [hits] = await contents.table.nearest([vector], most, keep);
  return asRanked(contents, hits!, most);
}

/** The first so many that are still there: documents may be removed while a call waits for a model or a GPU. */
function asRanked(contents: Contents, hits: readonly DocumentHit[], most: number): Ranked[] {
  const there = hits.flatMap(({ document, passage: at, score }) => {
    const entry = contents.ofKey(document);
    return entry ? [{ entry, at, score, id: entry.document.id }] : [];
  });
  return there.sort(bestFirst).slice(0, most);
}

function byWords(contents: Contents, query: string, most: number, keep: Keep): Ranked[] {
  const entryOf = (id: string) => contents.get(id)!;
  const hits = contents.keywords!.search(query, keep && ((id) => keep(entryOf(id).key)), most);
  return hits.map(({ id, score, words }) => ({ entry: entryOf(id), at: words, score }));
}

const asFound = ({ entry, at, score }: Ranked): Found => ({ entry, passage: passageOf(entry, at), score });

function passageOf({ document: { text }, passages }: Entry, at: Ranked['at']): number {
  if (typeof at === 'number') return at;
  return placeOfWords(
    passages.map(({ start, end }) => text.slice(start, end)),
    at,
  );
}

function fused(semantic: readonly Ranked[], keyword: readonly Ranked[]): Ranked[] {
  const places = new Map([...keyword, ...semantic].map(({ entry, at }) => [entry, at]));
  const entries = [semantic, keyword].map((ranked) => ranked.map(({ entry }) => entry));
  return reciprocalRanks(entries).map(([entry, score]) => ({ entry, at: places.get(entry)!, score }));
}

async function reranked(query: string, found: readonly Found[], reranker: Reranker, signal: AbortSignal | undefined): Promise<Found[]> {
  if (found.length === 0) return [];
  const texts = found.map(({ entry, passage }) => passageTexts(entry)[passage]!);
  const ranked = await reranker.rerank(query, texts, { truncatePromptTokens: -1, ...(signal && { signal }) });
  return soundRanks(ranked, texts.length).map(({ index, relevance_score: score }) => ({ ...found[index]!, score }));
}

/** Without those that were taken out while a reranker read. */
function withVectors({ table }: Contents, found: readonly Found[]): (Found & { vector: Float32Array })[] {
  return found.flatMap((one) => {
    const vector = table.vectorOf(one.entry.key, one.passage);
    return vector ? [{ ...one, vector }] : [];
  });
}

function asHit({ entry: { document, passages }, passage, score }: Found): Hit {
  const { start, end } = passages[passage]!;
  const { id, title = null, metadata = {}, text } = document;
  return { id, score, passage: { start, end, text: text.slice(start, end) }, title, metadata: copyOfMetadata(metadata) };
}
