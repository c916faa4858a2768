/** An order in; a line from each row's old place to its new one out, as tall as the lists beside it. Told to screen readers by the rows themselves. */
import { setAttribute, svg } from '../ui/dom.ts';
import { candidateCount } from './candidates.ts';
import type { Reranked } from './candidates.ts';

export interface MoveLines {
  element: SVGSVGElement;
  /** `picked`: a place in the old order. Null: no lines. */
  show(order: Reranked | null, picked: number): void;
}

export function createMoveLines(): MoveLines {
  const lines = Array.from({ length: candidateCount }, () => svg('line', { x1: 0, x2: 1, 'vector-effect': 'non-scaling-stroke' }));
  const element = svg(
    'svg',
    { class: 'move-lines', viewBox: `0 0 1 ${candidateCount}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ...lines,
  );
  return {
    element,
    show(order, picked) {
      lines.forEach((line, to) => {
        const from = order?.[to]?.place;
        setAttribute(line, 'visibility', from === undefined ? 'hidden' : null);
        if (from === undefined) return;
        setAttribute(line, 'y1', from + 0.5);
        setAttribute(line, 'y2', to + 0.5);
        setAttribute(line, 'class', `${from > to ? 'up' : from < to ? 'down' : 'same'}${from === picked ? ' picked' : ''}`);
      });
    },
  };
}
