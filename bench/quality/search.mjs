/**
 * Titles look for their bodies through rockpool/search, as a user would: an index of all bodies, `search` in each mode. What was chosen by looking at
 * results was chosen by the first half of the titles; the table is of the second, in which the reranker's unseen ones are.
 */
import { createIndex } from '../../dist/search.js';
import { inSlices } from './in-slices.mjs';
import { HELD_OUT, packages } from './packages.mjs';

const DEPTH = 10;
const REPORTED = packages.length / 2;
/** Of the reranker's unseen ones, the first: 20 pairs each. */
const RERANKED = 200;
const PAIR_TOKENS = 96;

export async function search(open) {
  const llm = await open('all-MiniLM-L6-v2');
  const index = await createIndex(llm);
  const documents = packages.map(({ body }, i) => ({ id: String(i), text: body }));
  await inSlices('bodies', documents, async (some) => {
    await index.add(some);
    return some;
  });
  const placesBy = async (what, from, to, options) => {
    const places = packages.slice(from, to).map(({ title }, i) => ({ title, id: String(from + i) }));
    return inSlices(what, places, ([one]) => placeOf(index, one, options), 1);
  };
  const rows = [];
  for (const mode of ['keyword', 'semantic', 'hybrid']) {
    const places = await placesBy(mode, REPORTED, packages.length, { mode });
    const begin = HELD_OUT - REPORTED;
    rows.push(row(mode, places, places.slice(begin, begin + RERANKED)));
  }
  const reranker = await open('debian-reranker');
  const byReranker = (rerank) => placesBy('reranked', HELD_OUT, HELD_OUT + RERANKED, { rerank: { info: reranker.info, rerank } });
  const whole = await byReranker((query, texts, options) => reranker.rerank(query, texts, options));
  rows.push(row('hybrid, its best 20 reranked', null, whole));
  // As it was trained: the description gives way.
  const limits = { truncatePromptTokens: PAIR_TOKENS, maxTokensPerDoc: PAIR_TOKENS };
  const cut = await byReranker((query, texts, options) => reranker.rerank(query, texts, { ...options, ...limits }));
  rows.push(row(`the same, pairs cut at ${PAIR_TOKENS} tokens`, null, cut));
  await Promise.all([llm.dispose(), reranker.dispose()]);

  const { passages } = index.size;
  return { title: `Title finds its body among ${packages.length} (${passages} passages), by rockpool/search`, head: HEAD, rows };
}

/** 1 is best. Infinity: not among the first ten. */
async function placeOf(index, { title, id }, options) {
  const hits = await index.search(title, { topK: DEPTH, ...options });
  return [1 + hits.findIndex((hit) => hit.id === id) || Infinity];
}

const HEAD = ['mode', `recall@1 of ${packages.length - REPORTED}`, 'recall@10', `recall@1 of ${RERANKED} unseen`, 'recall@10'];

function row(mode, all, unseen) {
  const recalls = [all, unseen].flatMap((places) => [1, DEPTH].map((depth) => recall(places, depth)));
  console.error(`${mode}: ${recalls.join(', ')}`);
  return { cells: [mode, ...recalls.map((value) => value?.toFixed(4) ?? '')], recalls };
}

function recall(places, depth) {
  return places && places.filter((place) => place <= depth).length / places.length;
}
