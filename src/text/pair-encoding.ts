/** The ids of a query and of a document -> what a cross-encoder takes: one pair, or one for each chunk of a document that is too long. */
import { PoolingError } from '../errors.ts';
import type { PairTemplate } from './tokenizer.ts';
import type { Encoding } from '../shapes.ts';

/** Two texts that follow each other, for models without a template. Type ids as the tokenizers library gives them: 0, then 1. */
const BARE: PairTemplate = { prefix: [], middle: [], suffix: [], typeIds: { prefix: [], first: 0, middle: [], second: 1, suffix: [] } };

export function specialTokenCount(template: PairTemplate | null): number {
  const { prefix, middle, suffix } = template ?? BARE;
  return prefix.length + middle.length + suffix.length;
}

export function pairEncoding(query: Int32Array, document: Int32Array, template: PairTemplate | null): Encoding {
  const { prefix, middle, suffix, typeIds } = template ?? BARE;
  const length = query.length + document.length + specialTokenCount(template);
  const ids = new Int32Array(length);
  const types = new Uint8Array(length);
  let at = 0;
  const add = (part: ArrayLike<number>, type: number | readonly number[]) => {
    ids.set(part, at);
    if (typeof type === 'number') types.fill(type, at, at + part.length);
    else types.set(type, at);
    at += part.length;
  };
  add(prefix, typeIds.prefix);
  add(query, typeIds.first);
  add(middle, typeIds.middle);
  add(document, typeIds.second);
  add(suffix, typeIds.suffix);
  return { ids, typeIds: types };
}

/** Each chunk: the special tokens, the whole query, and as many of the document's tokens as fit, without overlap. */
export function documentWindows(query: Int32Array, document: Int32Array, template: PairTemplate | null, maxModelLen: number): Encoding[] {
  const room = maxModelLen - query.length - specialTokenCount(template);
  if (query.length + document.length + specialTokenCount(template) <= maxModelLen) return [pairEncoding(query, document, template)];
  if (room < 1) {
    throw new PoolingError(
      'input-too-long',
      `The query has ${query.length} tokens, and with ${specialTokenCount(template)} special tokens it leaves no room for a document in the ${maxModelLen} tokens that the model takes. Shorten the query, or pass maxTokensPerQuery.`,
    );
  }
  const windows: Encoding[] = [];
  for (let start = 0; start < document.length; start += room) {
    windows.push(pairEncoding(query, document.subarray(start, start + room), template));
  }
  return windows;
}
