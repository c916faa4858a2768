/**
 * Results that come while one reads, and perhaps a sentence that announces them, in; a place out that has room for them as soon as their model is asked
 * for: what stands below does not jump.
 */
import { el } from '../ui/dom.ts';
import type { ModelHost } from './model-host.ts';

export function createResultsRoom(host: ModelHost, results: HTMLElement, announced = ''): HTMLElement {
  const room = el(
    'div',
    { class: 'results-room' },
    results,
    announced === '' ? null : el('p', { class: 'results-announced fine' }, announced),
  );
  host.state.subscribe(({ kind }) => {
    room.classList.toggle('looking', kind === 'looking');
    room.classList.toggle('reserved', kind === 'loading' || kind === 'ready');
  });
  return room;
}
