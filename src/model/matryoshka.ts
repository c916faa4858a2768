/**
 * Which cuts of its vectors a model was trained for, and whether a request may have one. Texts are vLLM 0.10.1's; the range, which it
 * lacks, is of 0.33.
 */
import { PoolingError } from '../errors.ts';
import { invalid, type JsonObject } from '../files/json-file.ts';
import { isCount } from '../kinds.ts';

export interface Matryoshka {
  isMatryoshka: boolean;
  /** Null: any from 1 to the full size. */
  matryoshkaDimensions: number[] | null;
}

export function readMatryoshka(config: JsonObject): Matryoshka {
  const list = config['matryoshka_dimensions'] ?? null;
  if (list !== null && !(Array.isArray(list) && list.every(isCount))) {
    throw invalid('config.json', `matryoshka_dimensions is ${JSON.stringify(list)}, not a list of whole numbers above 0`);
  }
  const matryoshkaDimensions = (list as number[] | null)?.length ? (list as number[]) : null;
  return { isMatryoshka: matryoshkaDimensions !== null || Boolean(config['is_matryoshka']), matryoshkaDimensions };
}

/** Throws unless the model can give vectors of that size. Null and undefined: the full size, always fine. */
export function checkDimensions(spec: Matryoshka & { name: string; embeddingSize: number }, dimensions: number | null | undefined): void {
  if (dimensions === null || dimensions === undefined) return;
  const refuse = (message: string) => new PoolingError('invalid-option', message);
  const { name, embeddingSize, isMatryoshka, matryoshkaDimensions } = spec;
  if (!Number.isInteger(dimensions)) throw refuse(`dimensions has to be a whole number, not ${String(dimensions)}.`);
  if (!isMatryoshka) {
    throw refuse(`Model "${name}" does not support matryoshka representation, changing output dimensions will lead to poor results.`);
  }
  if (matryoshkaDimensions !== null && !matryoshkaDimensions.includes(dimensions)) {
    const list = `[${matryoshkaDimensions.join(', ')}]`;
    throw refuse(`Model "${name}" only supports ${list} matryoshka dimensions, use other output dimensions will lead to poor results.`);
  }
  if (dimensions < 1) throw refuse('Dimensions must be greater than 0');
  if (dimensions > embeddingSize)
    throw refuse(`Model '${name}' only supports dimensions in range [1, ${embeddingSize}], got ${dimensions}.`);
}
