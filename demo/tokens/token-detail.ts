/** The picked token in; its place in the text, its vector, and the tokens of this text most like it, out. */
import { el, setText } from '../ui/dom.ts';
import { createHeatStrip } from '../ui/heat-strip.ts';
import { cosine } from '../vectors/cosine.ts';
import type { Token } from './read-tokens.ts';
import { placeWords } from './token-chips.ts';

const nearest = 3;

export interface TokenDetail {
  element: HTMLElement;
  show(text: string, tokens: readonly Token[], picked: number): void;
}

export function createTokenDetail(): TokenDetail {
  const source = el('p', { class: 'token-source' });
  const words = el('p', { class: 'fine numbers', 'data-testid': 'token-detail' });
  const strip = createHeatStrip();
  const element = el('div', { class: 'token-detail' }, source, strip.element, words);
  return {
    element,
    show(text, tokens, picked) {
      const token = tokens[picked]!;
      const [start, end] = token.place ?? [0, 0];
      source.replaceChildren(text.slice(0, start), el('mark', {}, text.slice(start, end)), text.slice(end));
      strip.set(token.row, token.row.length, `The vector of ${token.text}: ${token.row.length} values`);
      const like = tokens
        .map((other, index) => ({ text: other.text, index, score: cosine(token.row, other.row) }))
        .filter(({ index }) => index !== picked)
        .sort((a, b) => b.score - a.score)
        .slice(0, nearest)
        .map(({ text: other, score }) => `“${other}” ${score.toFixed(2)}`);
      const unknown =
        token.text === '[UNK]' ? ' It stands for all that the vocabulary has no piece of: to the model they are the same.' : '';
      setText(
        words,
        `“${token.text}” is number ${token.id} of the vocabulary, ${placeWords(token)}.${unknown} Most like it here: ${like.join(', ')}.`,
      );
    },
  };
}
