/** A model -> what is stored of it beside its vectors, and whether another model's vectors may stand among them. */
import { PoolingError } from '../errors.ts';
import { cosine } from '../math.ts';
import type { Embedder, IndexOptions } from './search-types.ts';

export interface ModelIdentity {
  /** For the message. */
  name: string;
  dtype: string;
  pooling: string;
  /** The truth: the model's vector of a fixed text, under the prompt of the documents. */
  canary: Float32Array;
}

/** Part of the stored format: never to be changed. */
const CANARY = 'A canary keeps 1,234 pebbles in its naïve little café; 東京は日本の首都です. def add(a, b): return a + b';

/** The same model on another device or in another dtype has the same vectors within this. */
const LEAST_COSINE = 0.99;

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
export const isSameModel = (a: ModelIdentity, b: ModelIdentity): boolean => likeness(a, b) >= LEAST_COSINE;

/** `what`: the index, for the message. */
export function checkSameModel(stored: ModelIdentity, now: ModelIdentity, what: string): void {
  if (isSameModel(stored, now)) return;
  const shown = ({ name, dtype, pooling, canary }: ModelIdentity) => `"${name}" (${dtype}, ${pooling}, ${canary.length} values)`;
  const reason =
    stored.canary.length === now.canary.length
      ? `their vectors of one text have a cosine of ${likeness(stored, now).toFixed(4)}`
      : 'their vectors are of other sizes';
  throw new PoolingError(
    'model-mismatch',
    `${what} was made with ${shown(stored)}, and this model is ${shown(now)}: ${reason}. Open it with the model that it was made with, or build it anew.`,
  );
}

function likeness({ canary: a }: ModelIdentity, { canary: b }: ModelIdentity): number {
  return a.length === b.length ? cosine(a, b) : 0;
}
