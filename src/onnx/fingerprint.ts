/** Weights and the probe's ids -> a name for what the model answers to the probe, or null where the runtime cannot hash. */
import { sha256 } from '../sha256.ts';
import type { Weights } from './session.ts';

const SAMPLES = 64;
const SAMPLE_BYTES = 4096;

/**
 * SHA-256 over 64 slices of each file, their lengths and the ids. Two fine-tunes of one architecture differ in every slice, so all of a gigabyte
 * need not be hashed. Names and ETags would not do: many sources have none.
 */
export async function fingerprintOf(weights: Pick<Weights, 'onnx' | 'external'>, ids: Int32Array): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const slices = [weights.onnx, ...weights.external.map(({ data }) => data)].flatMap((bytes) => {
    const step = Math.max(SAMPLE_BYTES, Math.floor(bytes.length / SAMPLES));
    const starts = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => i * step);
    return [new TextEncoder().encode(`${bytes.length};`), ...starts.map((start) => bytes.subarray(start, start + SAMPLE_BYTES))];
  });
  const all = new Blob([...slices, ids] as BlobPart[]);
  return sha256(await all.arrayBuffer());
}
