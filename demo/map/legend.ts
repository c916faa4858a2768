/** Sections in, a row of buttons with their colours out; the pressed one is lit on the map. */
import { button, el, setAttribute } from '../ui/dom.ts';
import { plural } from '../ui/format.ts';
import type { Groups } from './colours.ts';

export interface Legend {
  element: HTMLElement;
  show(groups: Groups, lit: number | null): void;
}

export function createLegend(onPick: (group: number | null) => void): Legend {
  const element = el('div', { class: 'legend', role: 'group', 'aria-label': 'Sections, to light up', 'data-testid': 'legend' });
  let shown: Groups | null = null;
  let current: number | null = null;
  return {
    element,
    show(groups, lit) {
      current = lit;
      if (groups !== shown)
        element.replaceChildren(
          ...groups.all.map(({ section, count, colour }, i) => {
            const name = section ?? 'others';
            const act = button(name, { class: 'example', 'aria-label': `${name}, ${plural(count, 'package', 'packages')}` }, () =>
              onPick(current === i ? null : i),
            );
            const mark = el('span', { class: 'legend-mark' });
            mark.style.background = `var(${colour})`;
            act.prepend(mark);
            return act;
          }),
        );
      shown = groups;
      [...element.children].forEach((act, i) => setAttribute(act, 'aria-pressed', i === lit ? 'true' : 'false'));
    },
  };
}
