/**
 * Titles look for their bodies through rockpool/search, as a user would: an index of all bodies, `search` in each mode. What was chosen by looking at
 * results was chosen by the first half of the titles; the table is of the second, in which the reranker's unseen ones are.
 */
import { createIndex } from '../../dist/search.js';
import { inSlices } from './in-slices.mjs';
import { HELD_OUT, packages } from './packages.mjs';

const DEPTH = 10;
const REPORTED = packages.length / 2;

export async function search(open) {
  const llm = await open('all-MiniLM-L6-v2');
  const index = await createIndex(llm);
  const documents = packages.map(({ body }, i) => ({ id: String(i), text: body }));
  await inSlices('bodies', documents, async (some) => {
    await index.add(some);
    return some;
  });
  const placesBy = async (what, from, options) => {
    const places = packages.slice(from).map(({ title }, i) => ({ title, id: String(from + i) }));
    return inSlices(what, places, ([one]) => placeOf(index, one, options), 1);
  };
  const rows = [];
  for (const mode of ['keyword', 'semantic', 'hybrid']) {
    const places = await placesBy(mode, REPORTED, { mode });
    rows.push(row(mode, places, places.slice(HELD_OUT - REPORTED)));
  }
  const reranker = await open('debian-reranker');
  rows.push(row('hybrid, its best 20 reranked', null, await placesBy('reranked', HELD_OUT, { rerank: reranker })));
  await Promise.all([llm.dispose(), reranker.dispose()]);

  const { passages } = index.size;
  return { title: `Title finds its body among ${packages.length} (${passages} passages), by rockpool/search`, head: HEAD, rows };
}

/** 1 is best. Infinity: not among the first ten. */
async function placeOf(index, { title, id }, options) {
  const hits = await index.search(title, { topK: DEPTH, ...options });
  return [1 + hits.findIndex((hit) => hit.id === id) || Infinity];
}

const [half, unseen] = [packages.length - REPORTED, packages.length - HELD_OUT];
const HEAD = ['mode', `recall@1 of ${half}`, 'recall@10', `recall@1 of the ${unseen} unseen`, 'recall@10'];

function row(mode, all, unseen) {
  const recalls = [all, unseen].flatMap((places) => [1, DEPTH].map((depth) => recall(places, depth)));
  return { cells: [mode, ...recalls.map((value) => value?.toFixed(4) ?? '')], recalls };
}

function recall(places, depth) {
  return places && places.filter((place) => place <= depth).length / places.length;
}
