/** How like real vectors the made ones are: as many of each, in what decides how hard a search is. */
import { percentile } from '../table.mjs';
import { rowMaker, seeded } from './corpus.mjs';

const SAMPLE = 100;
/** Neighbours by which the dimension is estimated. */
const NEAR = 100;

/** -> for the real rows and for as many made ones `{ pairs, tenth, dimension }`. */
export function likeness(titles, bodies, width) {
  const both = new Float32Array(2 * bodies.length);
  rowMaker(bodies, width)(both);
  return [bodies, both.subarray(bodies.length)].map((rows) => describe(titles, rows, width));
}

function describe(titles, rows, width) {
  const random = seeded(7);
  const count = rows.length / width;
  const at = (all, i) => all.subarray(i * width, (i + 1) * width);
  const cosines = (vector) => Array.from({ length: count }, (_, i) => dot(vector, at(rows, i)));
  const sample = Array.from({ length: SAMPLE }, () => Math.floor(random() * count));
  const others = sample.map((own) => cosines(at(rows, own)).filter((_, i) => i !== own));
  return {
    /** Mean of the cosines of two rows. */
    pairs: mean(others.flat()),
    /** Median of a title's cosine with its tenth nearest row. */
    tenth: percentile(
      sample.map((title) => sorted(cosines(at(titles, title)))[9]),
      0.5,
    ),
    /** Median of the local intrinsic dimension at a row: the maximum likelihood of Levina and Bickel (2004), by L2 distances. */
    dimension: percentile(
      others.map((all) => dimension(sorted(all).slice(0, NEAR))),
      0.5,
    ),
  };
}

function dimension(nearest) {
  const distances = nearest.map((cosine) => Math.sqrt(Math.max(2 - 2 * cosine, 1e-9)));
  return -1 / mean(distances.slice(0, -1).map((distance) => Math.log(distance / distances.at(-1))));
}

const sorted = (values) => values.sort((a, b) => b - a);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
