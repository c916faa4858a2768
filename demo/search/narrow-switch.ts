/** On a narrow screen one list is seen at a time: two buttons, and which of them is pressed. Unseen on a wide one. */
import { button, el } from '../ui/dom.ts';

export type ListName = 'keyword' | 'meaning';

export interface NarrowSwitch {
  element: HTMLElement;
  set(list: ListName): void;
}

export function createNarrowSwitch(onPick: (list: ListName) => void): NarrowSwitch {
  const buttons = (['keyword', 'meaning'] as const).map((list) => ({
    list,
    element: button(list === 'keyword' ? 'Keyword' : 'Meaning', { 'data-testid': `show-${list}` }, () => onPick(list)),
  }));
  return {
    element: el(
      'div',
      { class: 'narrow-switch', role: 'group', 'aria-label': 'Results to show' },
      ...buttons.map(({ element }) => element),
    ),
    set: (picked) => buttons.forEach(({ list, element }) => element.setAttribute('aria-pressed', String(list === picked))),
  };
}
