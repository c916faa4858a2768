/**
 * What the constants of hybrid search were chosen by: the first half of the titles, whose places docs/quality.md does not report. Words by
 * MiniSearch and meaning by MiniLM's vectors, each title's best hundred of both, joined with several constants.
 */
import MiniSearch from 'minisearch';
import { packageVectors } from '../search/package-vectors.mjs';
import { packages } from './packages.mjs';
import { bestOf, byDotProduct } from './vectors.mjs';

const TITLES = packages.length / 2;
const DEPTH = 100;
const CONSTANTS = [5, 10, 20, 60];
/** What counts a word that begins with the query's, or is a letter off: MiniSearch's own choice, ours, and none at all. */
const WEIGHTS = {
  "MiniSearch's weights": { prefix: 0.375, fuzzy: 0.45 },
  'a tenth': { prefix: 0.1, fuzzy: 0.1 },
  'whole words alone': null,
};

export async function fusion() {
  const { titles, bodies, width } = await packageVectors();
  const score = byDotProduct(titles, bodies, width);
  const scores = new Float32Array(packages.length);
  const numbers = Array.from({ length: TITLES }, (_, i) => i);
  const semantic = numbers.map((title) => {
    score(title, scores);
    return bestOf(scores, DEPTH);
  });
  const rows = [row('meaning alone', semantic)];
  const mini = new MiniSearch({ idField: 'key', fields: ['text'] });
  mini.addAll(packages.map(({ body: text }, key) => ({ key, text })));
  for (const [name, weights] of Object.entries(WEIGHTS)) {
    const keyword = numbers.map((title) => words(mini, packages[title].title, weights));
    rows.push(row(`words, ${name}`, keyword));
    for (const constant of CONSTANTS) {
      const both = numbers.map((title) => joined([semantic[title], keyword[title]], constant));
      rows.push(row(`both, ${name}, constant ${constant}`, both));
    }
  }
  return { title: `The first ${TITLES} titles find their bodies among ${packages.length}`, head: ['order', 'recall@1', 'recall@10'], rows };
}

function words(mini, title, weights) {
  const expanded = { prefix: (term) => term.length > 2, fuzzy: (term) => (term.length > 4 ? 0.2 : false), weights };
  const found = mini.search(title, weights ? expanded : {});
  return found.slice(0, DEPTH).map(({ id }) => id);
}

function joined(rankings, constant) {
  const sums = new Map();
  for (const ranking of rankings) ranking.forEach((key, i) => sums.set(key, (sums.get(key) ?? 0) + 1 / (constant + i + 1)));
  return [...sums].sort(([, a], [, b]) => b - a).map(([key]) => key);
}

function row(order, rankings) {
  const [recall1, recall10] = [1, 10].map((depth) => rankings.filter((keys, own) => keys.slice(0, depth).includes(own)).length / TITLES);
  console.error(`${order}: ranked`);
  return { cells: [order, recall1.toFixed(4), recall10.toFixed(4)], recall1, recall10 };
}
