/** A new version of the page in, a line above the footer out that says so, with the button that takes it. Nothing reloads unasked. */
import type { NewVersion } from '../offline/keep-offline.ts';
import type { Announce } from '../ui/announce.ts';
import { button, el } from '../ui/dom.ts';

const words = {
  waiting: 'A new version of this page is here.',
  taken: 'Another tab has changed to a new version of this page.',
};

export function createNewVersionNote(place: HTMLElement, announce: Announce): (version: NewVersion) => void {
  return ({ kind, use }) => {
    place.replaceChildren(
      el('p', {}, `${words[kind]} Models stay in this browser.`),
      button('Reload the page', { class: 'primary', 'data-testid': 'use-new-version' }, use),
    );
    place.hidden = false;
    announce(words[kind]);
  };
}
