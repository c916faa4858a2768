/** A label and what to copy in, a button out that says in its place whether it was copied. */
import { button, setText } from './dom.ts';

const shownMs = 2500;

export function copyButton(label: string, text: () => string, testId: string): HTMLButtonElement {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const element = button(label, { 'data-testid': testId, 'aria-live': 'polite' }, () => {
    const say = (word: string) => {
      setText(element, word);
      clearTimeout(timer);
      timer = setTimeout(() => setText(element, label), shownMs);
    };
    navigator.clipboard.writeText(text()).then(
      () => say('Copied'),
      () => say('The browser did not allow it'),
    );
  });
  return element;
}
