/** The one thing to understand in this view, in five sentences. */
import { el } from '../ui/dom.ts';

export function howItWorks(): HTMLElement {
  return el(
    'details',
    { class: 'how' },
    el('summary', {}, 'How can it find something that shares no word with my query?'),
    el(
      'p',
      {},
      'A small language model reads each package (of long ones the first 256 tokens) and gives back 384 numbers for every token. ',
      'Averaged over the text (this is the pooling) and scaled to length 1, they are one arrow that stands for what the text means. ',
      'Your query becomes such an arrow too, and the packages whose arrows point the same way are listed first.',
    ),
    el(
      'p',
      {},
      'The model is small and knows nothing about Debian but what these descriptions say, so it is sometimes wrong. ',
      'All of it happens in this tab: the packages, the model and your words never leave it.',
    ),
  );
}
