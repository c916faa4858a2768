/** The encodings of a call -> the ids that the model saw, as a caller gets them. */
import type { ModelSpec } from '../model/model-spec.ts';
import type { Encoding } from '../shapes.ts';
import type { PoolResult } from '../wire/protocol.ts';

export function flatIds(encodings: readonly Encoding[]): Pick<PoolResult, 'ids' | 'idCounts'> {
  const idCounts = encodings.map(({ ids }) => ids.length);
  // A book is one encoding, and need not be copied.
  const first = encodings[0]?.ids;
  if (first && encodings.length === 1 && first.byteLength === first.buffer.byteLength) return { ids: first, idCounts };
  const ids = new Int32Array(idCounts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const encoding of encodings) {
    ids.set(encoding.ids, at);
    at += encoding.ids.length;
  }
  return { ids, idCounts };
}

type PadToken = Pick<ModelSpec, 'hasPadToken' | 'padTokenId'>;

/** What vLLM answers as the ids of a pair that was never one prompt: the query's, a padding token if there is one, and the document's. */
export function pairIds(encodings: readonly Encoding[], queries: number, { hasPadToken, padTokenId }: PadToken): Encoding[] {
  const pad = hasPadToken ? [padTokenId] : [];
  return encodings.slice(queries).map((document, i) => {
    const query = encodings[queries === 1 ? 0 : i]!;
    return { ids: Int32Array.from([...query.ids, ...pad, ...document.ids]) };
  });
}
