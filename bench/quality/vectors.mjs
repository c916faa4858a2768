/** Vectors of unit length -> the smaller forms an index may keep, and how each is compared with a query. A set is one flat array, row after row. */

export const flat = (rows) => {
  const all = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, i) => all.set(row, i * row.length));
  return all;
};

/** The first `to` values of each row, at unit length again: what `poolingParams.dimensions` gives. */
export function cut(vectors, from, to) {
  const shorter = new Float32Array((vectors.length / from) * to);
  for (let row = 0; row < vectors.length / from; row++) {
    const kept = vectors.subarray(row * from, row * from + to);
    const norm = Math.hypot(...kept);
    kept.forEach((value, i) => (shorter[row * to + i] = value / norm));
  }
  return shorter;
}

/** int8 with one scale a vector: its largest magnitude becomes 127. */
export function toInt8(vectors, width) {
  const values = new Int8Array(vectors.length);
  const scales = new Float32Array(vectors.length / width);
  for (let row = 0; row < scales.length; row++) {
    const from = row * width;
    const scale = vectors.subarray(from, from + width).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12) / 127;
    scales[row] = scale;
    for (let i = from; i < from + width; i++) values[i] = Math.round(vectors[i] / scale);
  }
  return { values, scales };
}

/** One bit a value: whether it is above 0. */
export function toBits(vectors) {
  const words = new Uint32Array(vectors.length / 32);
  vectors.forEach((value, i) => {
    if (value > 0) words[i >> 5] |= 1 << (i & 31);
  });
  return words;
}

/** A scorer fills `scores` with the query's likeness to every document. `queries` and `documents` may differ in form, not in width. */
export const byDotProduct = (queries, documents, width, scales) => (query, scores) => {
  for (let row = 0; row < scores.length; row++) {
    let sum = 0;
    for (let i = 0, q = query * width, d = row * width; i < width; i++) sum += queries[q + i] * documents[d + i];
    scores[row] = scales ? sum * scales[row] : sum;
  }
};

/** How many bits are the same, less the width. */
export const byBits = (queries, documents, words) => (query, scores) => {
  for (let row = 0; row < scores.length; row++) {
    let different = 0;
    for (let i = 0; i < words; i++) different += ones(queries[query * words + i] ^ documents[row * words + i]);
    scores[row] = -different;
  }
};

/** The best `depth` of one scorer in the order of another; the others are lost. */
export const rescored = (first, second, depth) => (query, scores) => {
  first(query, scores);
  const best = new Set(bestOf(scores, depth));
  second(query, scores);
  for (let row = 0; row < scores.length; row++) if (!best.has(row)) scores[row] = -Infinity;
};

/** Indices of the `count` largest, best first. Of equals the earlier comes first, here and in `placeOf`. */
export const bestOf = (scores, count) => [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b).slice(0, count);

/** 1 is best. Infinity: it was lost on the way. */
export function placeOf(own, scores) {
  if (scores[own] === -Infinity) return Infinity;
  return scores.reduce((place, score, row) => place + Number(score > scores[own] || (score === scores[own] && row < own)), 1);
}

function ones(word) {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return (((x + (x >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
