/** The question and its examples: an input that tells every change, buttons that fill it. */
import { button, el } from '../ui/dom.ts';
import { examples, wrongExample } from './examples.ts';
import type { Example } from './examples.ts';

export interface Ask {
  element: HTMLElement;
  input: HTMLInputElement;
  /** Writes the text without telling of a change. */
  fill(text: string): void;
}

export function createAsk(onInput: (text: string) => void, onExample: (example: Example) => void): Ask {
  const input = el('input', {
    id: 'query',
    type: 'search',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    enterkeyhint: 'search',
    maxlength: 2000,
    placeholder: 'a tool that …',
    'aria-describedby': 'query-keys',
  });
  input.addEventListener('input', () => onInput(input.value));
  const pick = (example: Example) => button(example.text, { class: 'example', 'data-example': example.id }, () => onExample(example));
  const element = el(
    'div',
    { class: 'ask' },
    el(
      'form',
      { role: 'search', class: 'ask-form' },
      el('label', { for: 'query' }, 'Say in your own words what you need'),
      input,
      el('p', { class: 'keys fine', id: 'query-keys' }, ...keys()),
    ),
    el(
      'div',
      { class: 'examples', role: 'group', 'aria-label': 'Examples' },
      el('span', { class: 'fine' }, 'Try'),
      ...examples.map((example) => pick(example)),
      el('span', { class: 'fine' }, 'It gets this wrong'),
      pick(wrongExample),
    ),
  );
  element.querySelector('form')?.addEventListener('submit', (event) => event.preventDefault());
  return { element, input, fill: (text) => (input.value = text) };
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
