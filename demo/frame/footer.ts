/** The model's state and the timings of the shown view's last answer in, one line out; every number says on hover, focus or tap what it is. */
import type { ModelHost } from '../model/model-host.ts';
import { el, setAttribute, setText } from '../ui/dom.ts';
import { term } from '../ui/explain.ts';
import { count, megabytes } from '../ui/format.ts';
import { sumOfParts, timingParts } from './timing-parts.ts';
import type { Measured } from './timing-parts.ts';

export interface Footer {
  setTimings(measured: Measured): void;
}

/** A view that is hidden may go on answering: its numbers are shown when it is. */
export interface Footers {
  of(view: string): Footer;
  show(view: string): void;
}

const nothing = 'nothing computed yet';

export function createFooters(place: HTMLElement, model: ModelHost): Footers {
  const last = new Map<string, Measured>();
  let shown = '';
  const modelLine = el('span', { class: 'foot-model', 'data-testid': 'foot-model' });
  const timings = el('span', { class: 'foot-timings numbers', 'data-testid': 'timings' }, nothing);
  const privacy = term('nothing left this device', () => {
    const offline = navigator.serviceWorker?.controller ? ' This browser keeps them, so the page opens without a network, too.' : '';
    return `Your words are handled in this tab. The page only fetches its own files, from this site.${offline}`;
  });
  privacy.classList.add('foot-privacy');
  const more = el('button', { type: 'button', class: 'foot-more', 'aria-expanded': 'false' }, 'More');
  more.addEventListener('click', () => {
    const open = place.classList.toggle('open');
    setAttribute(more, 'aria-expanded', String(open));
    setText(more, open ? 'Less' : 'More');
  });
  place.replaceChildren(modelLine, timings, privacy, more);

  model.state.subscribe((state) => {
    const size = `${model.card.name} · ${megabytes(model.card.bytes)}`;
    if (state.kind === 'ready') setText(modelLine, `${size} · ${state.fromCache ? 'from cache' : 'downloaded'}`);
    else setText(modelLine, `${size} · not loaded`);
  });

  const render = () => {
    const measured = last.get(shown);
    timings.replaceChildren(...(measured ? wordsOf(measured) : [nothing]));
  };
  return {
    of: (view) => ({
      setTimings(measured) {
        last.set(view, measured);
        if (view === shown) render();
      },
    }),
    show(view) {
      shown = view;
      render();
    },
  };
}

function wordsOf(measured: Measured): Node[] {
  const parts = timingParts(measured);
  const tokens = term(
    `${count(measured.tokens)} tokens`,
    () => 'Pieces of words that the model reads, with one mark at the beginning and one at the end.',
  );
  return [
    el('span', { class: 'foot-tokens' }, tokens, ' · '),
    term(`${sumOfParts(parts)} ms`, () => 'From handing your text to the model until the answer was there, in milliseconds.'),
    el(
      'span',
      { class: 'foot-parts' },
      ...parts.flatMap(({ name, ms, meaning }, index) => [index === 0 ? ' = ' : ' + ', term(`${name} ${ms}`, () => meaning)]),
    ),
  ];
}
