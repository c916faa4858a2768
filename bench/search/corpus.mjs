/**
 * The rows that are searched, as a file, and what exact search finds in them. The first 5,200 are MiniLM's vectors of package descriptions. Those after
 * are made of three of them each: a + SPREAD × (b - c), of unit length. So they lie where real ones do and vary in the directions that real
 * ones vary in; vectors of independent random numbers would all be equally far from everything, which no text is, and no graph can be made
 * of.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { BLOCK } from './rows.mjs';

const SPREAD = 0.35;
const SEED = 20_261_125;

/** Numbers from 0 to 1, the same in every run: Park and Miller's generator. */
export function seeded(seed) {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** A generator of rows: each call fills `block` with the next ones. */
export function rowMaker(bodies, width) {
  const real = bodies.length / width;
  const random = seeded(SEED);
  const pick = () => Math.floor(random() * real) * width;
  let next = 0;
  return (block) => {
    for (let at = 0; at < block.length; at += width, next++) {
      if (next < real) block.set(bodies.subarray(next * width, (next + 1) * width), at);
      else combine(bodies, pick(), pick(), pick(), block, at, width);
    }
  };
}

function combine(bodies, a, b, c, block, at, width) {
  let squares = 0;
  for (let i = 0; i < width; i++) {
    const value = bodies[a + i] + SPREAD * (bodies[b + i] - bodies[c + i]);
    block[at + i] = value;
    squares += value * value;
  }
  const norm = Math.sqrt(squares);
  for (let i = 0; i < width; i++) block[at + i] /= norm;
}

/**
 * Writes the rows to `path`. -> for each size, by query, the rows of the `k` best: plain loops over the float32 values, and no code of
 * anybody's index.
 */
export function writeCorpus(path, { bodies, width, queries, sizes, k }) {
  const most = Math.max(...sizes);
  const cuts = new Set([...sizes, ...Array.from({ length: Math.ceil(most / BLOCK) }, (_, i) => Math.min(most, (i + 1) * BLOCK))]);
  const best = Array.from({ length: queries.length / width }, () => []);
  const truth = new Map();
  const make = rowMaker(bodies, width);
  const file = openSync(path, 'w');
  let from = 0;
  for (const end of [...cuts].sort((a, b) => a - b)) {
    const block = new Float32Array((end - from) * width);
    make(block);
    writeSync(file, block);
    best.forEach((list, query) => rank(list, k, queries.subarray(query * width, (query + 1) * width), block, from));
    if (sizes.includes(end))
      truth.set(
        end,
        best.map((list) => list.map(({ row }) => row)),
      );
    from = end;
  }
  closeSync(file);
  return truth;
}

/** Puts the rows of a block that belong there into the list of the best, best first. */
function rank(list, k, query, block, from) {
  for (let at = 0; at < block.length; at += query.length) {
    const score = dot(query, block, at);
    if (list.length === k && score <= list[k - 1].score) continue;
    if (list.length === k) list.pop();
    let place = list.length;
    while (place > 0 && list[place - 1].score < score) place--;
    list.splice(place, 0, { row: from + at / query.length, score });
  }
}

function dot(query, block, at) {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < query.length; i += 4) {
    a += query[i] * block[at + i];
    b += query[i + 1] * block[at + i + 1];
    c += query[i + 2] * block[at + i + 2];
    d += query[i + 3] * block[at + i + 3];
  }
  return a + b + c + d;
}
