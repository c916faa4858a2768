/** Computed documents <-> documents and one buffer of all their rows, as they cross to the store and stand in a file. */
import type { ComputedDocument } from './contents.ts';

export function packed(documents: readonly ComputedDocument[]): { documents: Omit<ComputedDocument, 'rows'>[]; rows: ArrayBuffer } {
  const all = documents.flatMap(({ rows }) => rows);
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of all) {
    bytes.set(row, at);
    at += row.length;
  }
  return { documents: documents.map(({ document, passages }) => ({ document, passages })), rows: bytes.buffer };
}

export function* unpacked<T extends Omit<ComputedDocument, 'rows'>>(
  { documents, rows }: { documents: readonly T[]; rows: ArrayBuffer },
  rowBytes: number,
): Generator<T & ComputedDocument> {
  let at = -rowBytes;
  for (const document of documents)
    yield { ...document, rows: document.passages.map(() => new Uint8Array(rows, (at += rowBytes), rowBytes)) };
}
