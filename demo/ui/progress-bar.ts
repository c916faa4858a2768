/** A share from 0 to 1 and its words in, a bar out that says the same to screen readers. */
import { el } from './dom.ts';

export interface ProgressBar {
  element: HTMLElement;
  set(share: number, words: string): void;
}

export function createProgressBar(label: string): ProgressBar {
  const fill = el('div', { class: 'progress-fill' });
  const element = el(
    'div',
    { class: 'progress', role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100, 'data-testid': 'progress' },
    fill,
  );
  return {
    element,
    set(share, words) {
      const safe = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
      fill.style.transform = `scaleX(${safe})`; // a transform, since width would lay the page out again
      element.setAttribute('aria-valuenow', String(Math.round(safe * 100)));
      element.setAttribute('aria-valuetext', words);
    },
  };
}
