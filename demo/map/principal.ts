/** Vectors `[count, size]` in, their two principal components `[count, 2]` out, by power iteration: the two directions in which they differ most. */
import { dot } from '../vectors/cosine.ts';
import type { VectorRows } from '../vectors/forms.ts';

const rounds = 60;

export function principal({ data, count, size }: VectorRows): Float32Array {
  const centred = Float32Array.from(data);
  for (let i = 0; i < size; i++) {
    let mean = 0;
    for (let row = 0; row < count; row++) mean += data[row * size + i]! / count;
    for (let row = 0; row < count; row++) centred[row * size + i]! -= mean;
  }
  const rows = Array.from({ length: count }, (_, row) => centred.subarray(row * size, (row + 1) * size));
  const places = new Float32Array(count * 2);
  for (const axis of [0, 1]) {
    const direction = strongest(rows, size);
    rows.forEach((row, i) => {
      const along = dot(row, direction);
      places[2 * i + axis] = along;
      for (let j = 0; j < size; j++) row[j]! -= along * direction[j]!; // what is left is for the second axis
    });
  }
  return places;
}

/** Its largest value is positive, so that a map of some more vectors is not the mirror image of the one before. */
function strongest(rows: readonly Float32Array[], size: number): Float32Array {
  let direction = Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1)); // any that is not by chance at right angles
  for (let round = 0; round < rounds; round++) {
    const next = new Float32Array(size);
    for (const row of rows) {
      const along = dot(row, direction);
      for (let i = 0; i < size; i++) next[i]! += along * row[i]!;
    }
    const length = Math.sqrt(dot(next, next)) || 1;
    direction = next.map((value) => value / length);
  }
  const most = direction.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return most < 0 ? direction.map((value) => -value) : direction;
}
