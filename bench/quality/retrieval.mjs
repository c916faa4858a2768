/** Each of the 5,200 titles looks for its own body among all 5,200: how often it comes first, and among the first ten, as vectors get smaller. */
import { withFp32Model } from '../../scripts/fp32-model.mjs';
import { embedAll } from './embed-all.mjs';
import { packages } from './packages.mjs';
import { byBits, byDotProduct, cut, flat, placeOf, rescored, toBits, toInt8 } from './vectors.mjs';

const RESCORED = 100;
const SHORTER = [256, 128];
const CHECKED = 32;

export async function retrieval(open) {
  const llm = await open('all-MiniLM-L6-v2', { hfOverrides: { is_matryoshka: true } });
  const { titles, bodies, width } = await embedAll(llm);
  await checkCut(llm, titles, width);
  await llm.dispose();

  const rows = [row(`float32, ${width} dimensions`, width * 4, byDotProduct(titles, bodies, width))];
  for (const size of SHORTER) {
    rows.push(row(`float32, ${size} dimensions`, size * 4, byDotProduct(cut(titles, width, size), cut(bodies, width, size), size)));
  }
  const { values, scales } = toInt8(bodies, width);
  rows.push(row('int8, one scale a vector', width + 4, byDotProduct(titles, values, width, scales)));

  const words = width / 32;
  const bits = toBits(bodies);
  const binary = byBits(toBits(titles), bits, words);
  const signs = Int8Array.from({ length: bodies.length }, (_, i) => ((bits[i >> 5] >>> (i & 31)) & 1 ? 1 : -1));
  const bySigns = byDotProduct(titles, signs, width);
  const byFloats = byDotProduct(titles, bodies, width);
  rows.push(row('binary', words * 4, binary));
  rows.push(row(`binary, first ${RESCORED} re-ordered by float32 title and bits`, words * 4, rescored(binary, bySigns, RESCORED)));
  rows.push(row(`binary, first ${RESCORED} re-ordered by float32 vectors`, words * 4 + width * 4, rescored(binary, byFloats, RESCORED)));
  return { title: `Title finds its body among ${packages.length}, int8 weights of the model`, head, rows };
}

/** The same with the original weights, 90 MB that have to be made first. */
export async function retrievalFp32(open) {
  const { titles, bodies, width } = await withFp32Model(async (folder) => {
    const llm = await open(folder, { dtype: 'fp32' });
    const embedded = await embedAll(llm);
    await llm.dispose();
    return embedded;
  });
  const rows = [row(`float32, ${width} dimensions`, width * 4, byDotProduct(titles, bodies, width))];
  return { title: `Title finds its body among ${packages.length}, fp32 weights of the model`, head, rows };
}

const head = ['vectors', 'bytes each', 'recall@1', 'recall@10'];

/** Shorter vectors are cut from the long ones here, instead of computing all anew: they have to be what rockpool answers. */
async function checkCut(llm, titles, width) {
  for (const dimensions of SHORTER) {
    const wanted = cut(titles.subarray(0, CHECKED * width), width, dimensions);
    const outputs = await llm.embed(
      packages.slice(0, CHECKED).map(({ title }) => title),
      { poolingParams: { dimensions } },
    );
    const off = flat(outputs.map(({ outputs }) => outputs.embedding)).reduce(
      (most, value, i) => Math.max(most, Math.abs(value - wanted[i])),
      0,
    );
    if (!(off < 1e-5)) throw new Error(`A vector of ${dimensions} dimensions is not the long one cut: off by ${off}.`);
  }
}

function row(vectors, bytes, score) {
  const scores = new Float32Array(packages.length);
  const places = packages.map((_, own) => {
    score(own, scores);
    return placeOf(own, scores);
  });
  const recall = (depth) => places.filter((place) => place <= depth).length / places.length;
  console.error(`${vectors}: ranked`);
  return { cells: [vectors, String(bytes), recall(1).toFixed(4), recall(10).toFixed(4)], recall1: recall(1), recall10: recall(10) };
}
