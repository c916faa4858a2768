/** The one thing to understand in this view. */
import { el } from '../ui/dom.ts';

export function howItWorks(): HTMLElement {
  return el(
    'details',
    { class: 'how' },
    el('summary', {}, 'How can a search model classify?'),
    el(
      'p',
      {},
      'The vector of a text says what it is about. A head is one small table on top of it, 43 kB: a row of weights for each section. ',
      'Row times vector is a score for each section, and softmax makes probabilities of the scores. The head was trained on 4,041 descriptions of packages in a few seconds; the model below it was not touched.',
    ),
    el(
      'p',
      {},
      'On 731 packages that it never saw, 71.8 % were put into the section that Debian has them in; always saying the largest one would be right for 11.4 %. ',
      'Sections overlap, and a maintainer’s choice is no law of nature.',
    ),
  );
}
