/** Token rows of a query and of a document -> their late-interaction score. */
import type { Rows } from '../shapes.ts';
import { timesTransposed } from './product.ts';

/** Document rows in one product: its [query rows, 256] then stays small whatever the document. */
const BLOCK = 256;

/**
 * For each row of the query its largest dot product with a row of the document, summed: ColBERT's MaxSim, as vLLM and PyLate compute it. Not
 * divided by the length of the query. The rows are normalised already, if the model wants that. Both have at least one row.
 */
export function maxSim(query: Rows, document: Rows): number {
  const { dimensions } = query;
  if (document.dimensions !== dimensions) {
    throw new TypeError(`MaxSim got rows of ${dimensions} and of ${document.dimensions} values. This is a bug.`);
  }
  if (query.rows === 0 || document.rows === 0) throw new TypeError('MaxSim got a text without token rows. This is a bug.');
  const best = new Float64Array(query.rows).fill(-Infinity);
  for (let start = 0; start < document.rows; start += BLOCK) {
    const rows = Math.min(BLOCK, document.rows - start);
    const block = document.data.subarray(start * dimensions, (start + rows) * dimensions);
    const products = timesTransposed(query.data, query.rows, block, rows, dimensions);
    for (let i = 0; i < products.length; i++) {
      const row = Math.floor(i / rows);
      best[row] = Math.max(best[row]!, products[i]!);
    }
  }
  return best.reduce((sum, value) => sum + value, 0);
}
