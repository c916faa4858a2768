/** Windows -> one padded batch of int64 tensors' contents. */
import type { Batch, Window } from '../shapes.ts';

export interface Padding {
  id: number;
  side: 'left' | 'right';
}

export function batch(windows: readonly Window[], padding: Padding): Batch {
  const rows = windows.length;
  const tokens = windows.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  const ids = new BigInt64Array(rows * tokens).fill(BigInt(padding.id));
  const mask = new BigInt64Array(rows * tokens);
  const typeIds = new BigInt64Array(rows * tokens);
  // Every platform with WebAssembly is little-endian: the low word of an int64 is its first. Writing it spares a BigInt for every token.
  const [idWords, maskWords, typeWords] = [ids, mask, typeIds].map((array) => new Int32Array(array.buffer)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  windows.forEach((window, row) => {
    const start = row * tokens + (padding.side === 'left' ? tokens - window.ids.length : 0);
    for (let i = 0; i < window.ids.length; i++) {
      const word = (start + i) * 2;
      idWords[word] = window.ids[i]!;
      maskWords[word] = 1;
      typeWords[word] = window.typeIds?.[i] ?? 0;
    }
  });
  return {
    rows,
    tokens,
    ids,
    mask,
    typeIds,
    skips: windows.map(({ skip = 0 }) => skip),
    chunks: windows.map(({ chunks = null }) => chunks),
  };
}
