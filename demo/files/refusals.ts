/** Files that could not be taken, each with why, until they are put away. */
import { button, el } from '../ui/dom.ts';
import { plural } from '../ui/format.ts';
import type { Library } from './library.ts';

export function createRefusals(library: Library): HTMLElement {
  const place = el('div', { role: 'alert' });
  let shown: readonly unknown[] = [];
  library.state.subscribe(({ refused }) => {
    if (refused === shown) return;
    shown = refused;
    if (refused.length === 0) return place.replaceChildren();
    place.replaceChildren(
      el(
        'div',
        { class: 'error', 'data-testid': 'refused' },
        el(
          'div',
          { class: 'panel-row' },
          el('p', {}, el('strong', {}, `${plural(refused.length, 'file was', 'files were')} not taken.`)),
          button('Put away', {}, () => library.dismissRefused()),
        ),
        // By keyboard it can be scrolled only if it takes the focus.
        el(
          'ul',
          { tabindex: 0, 'aria-label': 'Files that were not taken' },
          ...refused.map(({ name, why }) => el('li', {}, el('strong', {}, name), ` ${why}`)),
        ),
      ),
    );
  });
  return place;
}
