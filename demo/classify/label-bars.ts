/** Labels in; one bar for each out, in one order that never changes, so that only the bars move. */
import { el, setAttribute, setText } from '../ui/dom.ts';
import { sections, sectionWords } from './sections.ts';

export interface LabelBars {
  element: HTMLElement;
  /** One probability a section; the places in `best` stand out. */
  show(probabilities: ArrayLike<number>, best: readonly number[]): void;
}

export function createLabelBars(): LabelBars {
  const rows = sections.map((section) => {
    const fill = el('span', { class: 'bar-fill' });
    const number = el('span', { class: 'score-number' });
    const element = el(
      'li',
      { 'data-label': section },
      el('span', { class: 'name' }, section),
      el('span', { class: 'fine label-words' }, sectionWords[section]!),
      number,
      el('span', { class: 'bar' }, fill),
    );
    return { fill, number, element };
  });
  return {
    element: el(
      'ul',
      { class: 'labels', 'aria-label': 'Probability of each section', 'data-testid': 'labels' },
      ...rows.map(({ element }) => element),
    ),
    show(probabilities, best) {
      rows.forEach(({ fill, number, element }, i) => {
        fill.style.transform = `scaleX(${probabilities[i]!})`;
        setText(number, percent(probabilities[i]!));
        setAttribute(element, 'data-best', best.includes(i));
      });
    },
  };
}

/** Whole ones; a little is not nothing. */
export const percent = (share: number): string => (share > 0 && share < 0.005 ? '<1 %' : `${Math.round(share * 100)} %`);
