/**
 * Hits in, an ordered list out. The rows are made once and filled anew, so nothing moves while results stream in;
 * focus follows the package it was on. One Tab stop; arrow keys do the walking (`keys.ts`).
 */
import { el } from '../ui/dom.ts';
import { createResultRow } from './result-row.ts';
import type { Result } from './result-row.ts';

export interface ResultList {
  element: HTMLOListElement;
  show(results: readonly Result[]): void;
  /** Results of an older query, kept until the new ones are there. */
  setStale(stale: boolean): void;
  /** A package is open: its row should not be moved away from under the reader. */
  hasOpen(): boolean;
  closeAll(): void;
  length(): number;
  focus(place: number): void;
  /** -1 if focus is elsewhere. */
  focused(): number;
}

export function createResultList(kind: string, label: string, rowCount: number): ResultList {
  const rows = Array.from({ length: rowCount }, (_, index) => createResultRow(index + 1, `${kind}-body-${index + 1}`));
  const element = el('ol', { class: 'results', 'data-testid': `${kind}-results`, 'aria-label': label }, ...rows.map((row) => row.element));
  let shown: readonly Result[] = [];
  const open = new Set<string>();

  const focused = () => rows.findIndex((row) => row.button === document.activeElement);
  const fill = () => {
    rows.forEach((row, place) => {
      const result = shown[place];
      if (result) row.show(result, open.has(result.id));
      else row.element.hidden = true;
    });
  };
  const setTabStop = (stop: number) => rows.forEach((row, place) => (row.button.tabIndex = place === stop ? 0 : -1));

  rows.forEach((row, place) => {
    row.button.addEventListener('focus', () => setTabStop(place));
    row.button.addEventListener('click', () => {
      const result = shown[place];
      if (!result) return;
      if (!open.delete(result.id)) open.add(result.id);
      row.show(result, open.has(result.id));
    });
  });
  setTabStop(0);

  return {
    element,
    show(results) {
      const place = focused();
      const focusedId = shown[place]?.id;
      shown = results;
      fill();
      const moved = results.findIndex((result) => result.id === focusedId);
      if (place >= 0 && moved >= 0 && moved !== place) rows[moved]?.button.focus({ preventScroll: true });
      if (place < 0) setTabStop(0);
    },
    setStale: (stale) => element.classList.toggle('stale', stale),
    hasOpen: () => shown.some((result) => open.has(result.id)),
    closeAll: () => open.clear(),
    length: () => shown.length,
    focus: (place) => rows[place]?.button.focus(),
    focused,
  };
}
