/** The question of a view and its examples: an input that tells every change, buttons that fill it. */
import { button, el, setText } from './dom.ts';
import { count } from './format.ts';

/** Its id goes into the URL in place of its text. */
export interface Example {
  id: string;
  text: string;
}

export interface AskWords {
  /** The input's id. */
  id: string;
  label: string;
  placeholder: string;
  maxLength: number;
  /** A word before each group, and its examples. */
  groups: readonly { title: string; examples: readonly Example[] }[];
  /** Beside the label: keys that help. */
  hint?: HTMLElement;
}

export interface Ask {
  element: HTMLElement;
  input: HTMLInputElement;
  /** Writes the text without telling of a change. */
  fill(text: string): void;
}

export function createAsk(words: AskWords, onInput: (text: string) => void, onExample: (example: Example) => void): Ask {
  const { id, label, placeholder, maxLength, groups, hint = null } = words;
  const input = el('input', {
    id,
    type: 'search',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    enterkeyhint: 'search',
    maxlength: maxLength,
    placeholder,
    'aria-describedby': hint && hint.id,
  });
  const limit = el('p', { class: 'fine', role: 'status', hidden: true, 'data-testid': 'ask-limit' });
  const tellLimit = () => {
    limit.hidden = input.value.length < maxLength;
    setText(limit, limit.hidden ? '' : `No more than ${count(maxLength)} characters fit here: what is behind them is not read.`);
  };
  input.addEventListener('input', () => {
    tellLimit();
    onInput(input.value);
  });
  const pick = (example: Example) => button(example.text, { class: 'example', 'data-example': example.id }, () => onExample(example));
  const form = el('form', { role: 'search', class: 'ask-form' }, el('label', { for: id }, label), input, hint);
  form.addEventListener('submit', (event) => event.preventDefault());
  const element = el(
    'div',
    { class: 'ask' },
    form,
    limit,
    el(
      'div',
      { class: 'examples', role: 'group', 'aria-label': 'Examples' },
      ...groups.flatMap(({ title, examples }) => [el('span', { class: 'fine' }, title), ...examples.map(pick)]),
    ),
  );
  const fill = (text: string) => {
    input.value = text;
    tellLimit();
  };
  return { element, input, fill };
}

export const findExample = (groups: AskWords['groups'], id: string | null): Example | undefined =>
  groups.flatMap(({ examples }) => examples).find((example) => example.id === id);
