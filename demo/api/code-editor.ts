/** A box for code that grows with it. Tab leaves it, as everywhere on the page; Ctrl or ⌘ with Enter runs. */
import { el } from '../ui/dom.ts';

export interface CodeEditor {
  element: HTMLTextAreaElement;
  fill(code: string): void;
}

export function createCodeEditor(onInput: () => void, onRun: () => void): CodeEditor {
  const element = el('textarea', {
    id: 'code',
    class: 'code',
    spellcheck: 'false',
    autocomplete: 'off',
    autocapitalize: 'none',
    wrap: 'off',
    'aria-describedby': 'code-note',
  });
  const grow = () => (element.rows = Math.max(12, element.value.split('\n').length + 1));
  element.addEventListener('input', () => {
    grow();
    onInput();
  });
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onRun();
  });
  return {
    element,
    fill(code) {
      element.value = code;
      grow();
    },
  };
}
