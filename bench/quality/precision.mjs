/** The same titles and bodies as in retrieval.mjs, by the index itself: how well it finds in each precision, and with a first pass. */
import { createIndex } from '../../dist/search.js';
import { packageVectors } from '../search/package-vectors.mjs';
import { packages } from './packages.mjs';

const DEPTH = 10;
const kinds = [
  { name: 'float32', options: { precision: 'float32' } },
  { name: 'int8', options: { precision: 'int8' } },
  { name: 'binary', options: { precision: 'binary' } },
  ...['float32', 'int8'].flatMap((precision) =>
    [4, 10].map((oversample) => ({
      name: `${precision}, first pass binary, oversample ${oversample}`,
      options: { precision, coarse: { precision: 'binary', oversample } },
    })),
  ),
];

export async function precision(open) {
  const { titles, bodies, width } = await packageVectors();
  const llm = await open('all-MiniLM-L6-v2');
  const of = (all, i) => all.subarray(i * width, (i + 1) * width);
  const rows = [];
  for (const { name, options } of kinds) {
    const index = await createIndex(llm, { keywords: false, ...options });
    await index.add(packages.map(({ body }, i) => ({ id: String(i), text: body, embedding: of(bodies, i) })));
    const places = [];
    for (const i of packages.keys()) {
      const hits = await index.search(of(titles, i), { topK: DEPTH });
      places.push(1 + hits.findIndex(({ id }) => id === String(i)) || Infinity);
    }
    const [recall1, recall10] = [1, DEPTH].map((depth) => places.filter((place) => place <= depth).length / places.length);
    console.error(`${name}: ranked`);
    rows.push({ cells: [name, recall1.toFixed(4), recall10.toFixed(4)], recall1, recall10 });
  }
  await llm.dispose();
  return { title: `Title finds its body among ${packages.length}, by rockpool/search`, head: ['precision', 'recall@1', 'recall@10'], rows };
}
