/** Points in, a list of them out, with one Tab stop; pressing one picks it. The same facts as on the map, for whoever does not see it. */
import type { Package } from '../corpus/packages.ts';
import { button, el, setAttribute, setText } from '../ui/dom.ts';
import { plural } from '../ui/format.ts';
import { createRoving } from '../ui/roving.ts';

export interface PointList {
  element: HTMLElement;
  /** `scores`: cosines, if the list is by nearness. */
  show(
    heading: string,
    points: readonly number[],
    scores: readonly number[] | null,
    packages: readonly Package[],
    picked: number | null,
  ): void;
}

const most = 60;

export function createPointList(onPick: (index: number) => void): PointList {
  const heading = el('h2', { id: 'map-list-heading' });
  const list = el('ol', { class: 'point-list', 'aria-labelledby': 'map-list-heading', 'data-testid': 'map-list' });
  const note = el('p', { class: 'fine' });
  const buttons = () => [...list.querySelectorAll('button')];
  const roving = createRoving(list, buttons);
  let shown = '';
  return {
    element: el('section', { 'aria-labelledby': 'map-list-heading' }, heading, list, note),
    show(title, points, scores, packages, picked) {
      setText(heading, title);
      setText(note, points.length > most ? `The first ${most} of ${plural(points.length, 'package', 'packages')}.` : '');
      const some = points.slice(0, most);
      const key = `${some.join()}|${scores?.map((score) => score.toFixed(2)).join()}`;
      if (key !== shown) {
        shown = key;
        list.replaceChildren(
          ...some.map((index, place) => {
            const { name, section, title: what } = packages[index]!;
            const act = button('', { title: what }, () => onPick(index));
            act.append(
              el('span', { class: 'point-name' }, name),
              el('span', { class: 'fine' }, section),
              el('span', { class: 'numbers' }, scores ? scores[place]!.toFixed(2) : ''),
            );
            act.dataset['index'] = String(index);
            return el('li', {}, act);
          }),
        );
        roving.setStop(0);
      }
      for (const act of buttons()) setAttribute(act, 'aria-pressed', Number(act.dataset['index']) === picked ? 'true' : 'false');
    },
  };
}
