/** The picked chunk in; its text, its weight, its cosines and its vector as a strip out. */
import { el, setText } from '../ui/dom.ts';
import { count } from '../ui/format.ts';
import { createHeatStrip } from '../ui/heat-strip.ts';
import type { Chunk } from './cut-chunks.ts';

export interface ChunkDetail {
  element: HTMLElement;
  /** `height`: what its bar says, as words. */
  show(chunks: readonly Chunk[], picked: number, height: string): void;
}

export function createChunkDetail(): ChunkDetail {
  const words = el('p', { class: 'numbers', 'data-testid': 'chunk-words' });
  const text = el('p', { class: 'chunk-text', 'data-testid': 'chunk-text', tabindex: 0, role: 'group', 'aria-label': 'Text of the chunk' });
  const strip = createHeatStrip();
  let shown: Float32Array | null = null;
  return {
    element: el('div', { class: 'chunk-detail' }, words, strip.element, text),
    show(chunks, picked, height) {
      const chunk = chunks[picked];
      if (!chunk) return;
      const { ids, start, end, vector } = chunk;
      const all = chunks.reduce((sum, other) => sum + other.ids.length, 0);
      // A number again: the text of 100 in two digits would be 1.0e+2.
      const share = Number(((ids.length / all) * 100).toPrecision(2));
      setText(
        words,
        `Chunk ${count(picked + 1)} of ${count(chunks.length)} · characters ${count(start)} to ${count(end)} · ${ids.length} tokens, so ${share} % of the mean · ${height}`,
      );
      setText(text, chunk.text.trim());
      strip.element.hidden = vector === null;
      if (vector && vector !== shown) strip.set(vector, vector.length, `The vector of chunk ${picked + 1}: ${vector.length} values`);
      shown = vector;
    },
  };
}
