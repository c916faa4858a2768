/** On a narrow screen one list is seen at a time: three buttons, and which of them is pressed. Unseen on a wide one. */
import { button, el } from '../ui/dom.ts';

export const listNames = ['keyword', 'meaning', 'hybrid'] as const;
export type ListName = (typeof listNames)[number];

const labels: Record<ListName, string> = { keyword: 'Keyword', meaning: 'Meaning', hybrid: 'Hybrid' };

export interface NarrowSwitch {
  element: HTMLElement;
  set(list: ListName): void;
}

export function createNarrowSwitch(onPick: (list: ListName) => void): NarrowSwitch {
  const buttons = listNames.map((list) => ({
    list,
    element: button(labels[list], { 'data-testid': `show-${list}` }, () => onPick(list)),
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
