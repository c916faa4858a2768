/** The one thing to understand in this view, in some sentences. */
import { el } from '../ui/dom.ts';

export function howItWorks(): HTMLElement {
  return el(
    'details',
    { class: 'how' },
    el('summary', {}, 'How can it find something that shares no word with my query?'),
    el(
      'p',
      {},
      'A small language model reads each text (of long packages the first 256 tokens) and gives back 384 numbers for every token. ',
      'Averaged over the text (this is the pooling) and scaled to length 1, they are one arrow that stands for what the text means. ',
      'Your query becomes such an arrow too, and the texts whose arrows point the same way are listed first.',
    ),
    el(
      'p',
      {},
      'Words find names and numbers, meaning finds the matter however it is said. Hybrid joins both lists by the places in them. ',
      'Your own files are cut into passages of some sentences, each with an arrow of its own, so that a hit says where in the file it is.',
    ),
    el(
      'p',
      {},
      'The model is small and knows nothing about Debian but what these descriptions say, so it is sometimes wrong. ',
      'All of it happens in this tab: the model comes to your texts, and your texts and words never leave it.',
    ),
  );
}
