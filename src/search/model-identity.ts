/** A model -> what is stored of it beside its vectors, and whether another model's vectors may stand among them. */
import { PoolingError } from '../errors.ts';
import { cosine, dot, isUnit } from '../math.ts';
import type { Embedder, IndexOptions } from './search-types.ts';

export interface ModelIdentity {
  /** For the message. */
  name: string;
  dtype: string;
  pooling: string;
  /** The truth: the model's vector of a fixed text, under the prompt of the documents. Both its direction and its length are. */
  canary: Float32Array;
}

/** Part of the stored format: never to be changed. */
const CANARY = 'A canary keeps 1,234 pebbles in its naïve little café; 東京は日本の首都です. def add(a, b): return a + b';

/** The same model on another device or in another dtype has the same vectors within this. */
const LEAST_COSINE = 0.99;

/** Of the shorter to the longer: as far apart as vectors of one length with that cosine are. Those that are normalised are of one length. */
const LEAST_RATIO = 1 - Math.sqrt(2 * (1 - LEAST_COSINE));

export async function identify(llm: Embedder, { documentPromptName }: IndexOptions, signal?: AbortSignal): Promise<ModelIdentity> {
  const options = {
    truncatePromptTokens: -1,
    ...(documentPromptName !== undefined && { promptName: documentPromptName }),
    ...(signal && { signal }),
  };
  const [output] = await llm.embed(CANARY, options);
  const { model = '', dtype = 'unknown', pooler } = llm.info;
  return { name: model, dtype, pooling: pooler?.pooling_type ?? 'unknown', canary: output!.outputs.embedding };
}

/** Whether their vectors may stand side by side. */
export const isSameModel = (a: ModelIdentity, b: ModelIdentity): boolean => haveOneDirection(a, b) && haveOneLength(a, b);

/** `what`: the index, for the message. */
export function checkSameModel(stored: ModelIdentity, now: ModelIdentity, what: string): void {
  if (isSameModel(stored, now)) return;
  const shown = ({ name, dtype, pooling, canary }: ModelIdentity) => `"${name}" (${dtype}, ${pooling}, ${canary.length} values)`;
  throw new PoolingError(
    'model-mismatch',
    `${what} was made with ${shown(stored)}, and this model is ${shown(now)}: ${difference(stored, now)}. Open it with the model that it was made with, or build it anew.`,
  );
}

export function haveOneDirection({ canary: a }: ModelIdentity, { canary: b }: ModelIdentity): boolean {
  return a.length === b.length && cosine(a, b) >= LEAST_COSINE;
}

function haveOneLength({ canary: a }: ModelIdentity, { canary: b }: ModelIdentity): boolean {
  const [shorter, longer] = [norm(a), norm(b)].sort((x, y) => x - y) as [number, number];
  return isUnit(a) === isUnit(b) && shorter >= longer * LEAST_RATIO;
}

function difference(a: ModelIdentity, b: ModelIdentity): string {
  if (a.canary.length !== b.canary.length) return 'their vectors are of other sizes';
  if (!haveOneDirection(a, b)) return `their vectors of one text have a cosine of ${cosine(a.canary, b.canary).toFixed(4)}`;
  const lengths = `their vectors of one text have the lengths ${norm(a.canary).toFixed(3)} and ${norm(b.canary).toFixed(3)}`;
  return isUnit(a.canary) === isUnit(b.canary) ? lengths : `${lengths}, so one normalises them (normalize) and the other does not`;
}

const norm = (vector: Float32Array) => Math.sqrt(dot(vector, vector));
