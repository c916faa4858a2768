/** What is lost and what is won, as two numbers with their bars: recall@10 and bytes, each beside that of the full vectors. */
import { el, setText } from '../ui/dom.ts';
import { term } from '../ui/explain.ts';
import { count, memorySize } from '../ui/format.ts';
import { bytesOf } from '../vectors/forms.ts';
import { fullSize } from './setting.ts';
import type { Setting } from './setting.ts';

export interface CostPanel {
  element: HTMLElement;
  showBytes(setting: Setting, vectors: number): void;
  /** Null while it is being measured; the last one stays. */
  showRecall(recall: number | null, queries: number): void;
}

export function createCostPanel(): CostPanel {
  const recall = measure('recall@10', 'recall', () =>
    [
      'The ten packages nearest to a package, by the full vectors, are the truth here.',
      'Recall is how many of them the shortened vectors find too, on average over the packages that were asked for their neighbours.',
    ].join(' '),
  );
  const bytes = measure(
    'size',
    'bytes',
    () => 'Memory of the vectors of all packages that are indexed. An index of a million is a thousand times as large.',
  );
  return {
    element: el('div', { class: 'costs' }, recall.element, bytes.element),
    showBytes(setting, vectors) {
      const one = bytesOf(setting.dimensions, setting.precision);
      const full = bytesOf(fullSize, 'fp32');
      bytes.show(
        `${memorySize(full * vectors)} → ${memorySize(one * vectors)}`,
        one / full,
        `${count(one)} bytes a vector, of ${count(full)}${one < full ? `: ${(full / one).toFixed(full / one < 10 ? 1 : 0)} times smaller` : ''}`,
      );
    },
    showRecall(value, queries) {
      recall.element.classList.toggle('stale', value === null);
      if (value === null) return;
      recall.show(
        `1.00 → ${value.toFixed(2)}`,
        value,
        `of ten neighbours ${(value * 10).toFixed(1)} are found; ${count(queries)} packages asked`,
      );
    },
  };
}

function measure(name: string, id: string, meaning: () => string) {
  const value = el('p', { class: 'cost-value numbers', 'data-testid': id }, ' ');
  const fill = el('span', { class: 'bar-fill' });
  const note = el('p', { class: 'fine numbers' }, ' ');
  return {
    element: el('div', { class: 'cost' }, el('p', {}, term(name, meaning)), value, el('div', { class: 'bar' }, fill), note),
    show(words: string, share: number, noteWords: string) {
      setText(value, words);
      fill.style.transform = `scaleX(${share})`;
      setText(note, noteWords);
    },
  };
}
