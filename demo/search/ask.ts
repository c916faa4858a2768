/** The Search view's question, with the keys that work in it. */
import { createAsk } from '../ui/ask.ts';
import type { Ask, Example } from '../ui/ask.ts';
import { el } from '../ui/dom.ts';
import { exampleGroups } from '../corpus/examples.ts';

/** What a query may look like. */
export const placeholders = { packages: 'a tool that …', files: 'a question, or a few words' };

export function createSearchAsk(onInput: (text: string) => void, onExample: (example: Example) => void): Ask {
  const words = {
    id: 'query',
    label: 'Say in your own words what you need',
    placeholder: placeholders.packages,
    maxLength: 2000,
    groups: exampleGroups,
    hint: el('p', { class: 'keys fine', id: 'query-keys' }, ...keys()),
  };
  return createAsk(words, onInput, onExample);
}

function keys(): (Node | string)[] {
  return [
    el('kbd', {}, '/'),
    ' search  ',
    el('kbd', {}, '↑'),
    el('kbd', {}, '↓'),
    ' walk  ',
    el('kbd', {}, 'Enter'),
    ' open  ',
    el('kbd', {}, 'Esc'),
    ' clear',
  ];
}
