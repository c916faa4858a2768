/** Tokens in, a row of chips out, of which one is picked. One Tab stop; the arrow keys walk and pick. */
import { el, setAttribute } from '../ui/dom.ts';
import type { Token } from './read-tokens.ts';

export interface TokenChips {
  element: HTMLElement;
  show(tokens: readonly Token[], picked: number): void;
}

export function createTokenChips(onPick: (index: number) => void): TokenChips {
  const element = el('div', { class: 'chips', role: 'radiogroup', 'aria-label': 'Tokens', 'data-testid': 'tokens' });
  const chips = () => [...element.children] as HTMLElement[];

  element.addEventListener('keydown', (event) => {
    const all = chips();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = Math.min(all.length - 1, Math.max(0, to));
    onPick(next);
    chips()[next]?.focus();
  });

  return {
    element,
    show(tokens, picked) {
      const focused = element.contains(document.activeElement);
      element.replaceChildren(
        ...tokens.map((token, index) => {
          const chip = el(
            'button',
            {
              type: 'button',
              role: 'radio',
              class: token.special ? 'chip special' : 'chip',
              'aria-checked': index === picked ? 'true' : 'false',
              'aria-label': `${token.text}, ${placeWords(token)}`,
              tabindex: index === picked ? 0 : -1,
            },
            el('span', { class: 'chip-text' }, token.text),
            el('span', { class: 'chip-place' }, token.place ? `${token.place[0]}–${token.place[1]}` : token.special ? 'added' : '?'),
          );
          chip.addEventListener('click', () => onPick(index));
          return chip;
        }),
      );
      setAttribute(element, 'hidden', tokens.length === 0);
      if (focused) chips()[picked]?.focus();
    },
  };
}

export function placeWords({ place, special }: Token): string {
  if (place) return `characters ${place[0]} to ${place[1]}`;
  return special ? 'a mark that the model adds' : 'place in the text not known';
}
