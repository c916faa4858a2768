/** The probe's rows on WASM, kept in the Cache API by fingerprint, so that the self-check needs the second session only once. */
import type { Rows } from '../shapes.ts';
import { REFERENCE_CACHE } from './cache-key.ts';

/** Two rows of `dimensions` values. Null if there are none, or nowhere to keep them. */
export async function readReference(name: string, dimensions: number): Promise<Rows | null> {
  try {
    const response = await (await caches.open(REFERENCE_CACHE)).match(urlOf(name));
    if (!response) return null;
    const data = new Float32Array(await response.arrayBuffer());
    return data.length === 2 * dimensions && data.every(Number.isFinite) ? { data, rows: 2, dimensions } : null;
  } catch {
    // No Cache API, or forbidden: the check just takes longer.
    return null;
  }
}

export async function writeReference(name: string, rows: Rows): Promise<void> {
  try {
    await (await caches.open(REFERENCE_CACHE)).put(urlOf(name), new Response(new Float32Array(rows.data)));
  } catch {
    // As above; a full cache is reported by the model files, which are larger.
  }
}

/** Cache keys have to be http URLs; this one is never fetched. */
function urlOf(name: string): string {
  return `https://rockpool.invalid/probe/${encodeURIComponent(name)}`;
}
