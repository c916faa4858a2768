/** Tokens in, a row of chips out, of which one is picked. One Tab stop; the arrow keys walk and pick. */
import { el } from '../ui/dom.ts';
import { createRoving } from '../ui/roving.ts';
import type { Token } from './read-tokens.ts';

export interface TokenChips {
  element: HTMLElement;
  show(tokens: readonly Token[], picked: number): void;
}

export function createTokenChips(onPick: (index: number) => void): TokenChips {
  const element = el('div', { class: 'chips', role: 'radiogroup', 'aria-label': 'Tokens', 'data-testid': 'tokens' });
  const chips = () => [...element.children] as HTMLElement[];

  const roving = createRoving(element, chips, onPick);

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
            },
            el('span', { class: 'chip-text' }, token.text),
            el('span', { class: 'chip-place' }, token.place ? `${token.place[0]}–${token.place[1]}` : token.special ? 'added' : '?'),
          );
          chip.addEventListener('click', () => onPick(index));
          return chip;
        }),
      );
      roving.setStop(picked);
      if (focused) chips()[picked]?.focus();
    },
  };
}

export function placeWords({ place, special }: Token): string {
  if (place) return `characters ${place[0]} to ${place[1]}`;
  return special ? 'a mark that the model adds' : 'place in the text not known';
}
