/** Keys in, movement out: `/` to the search field, arrows through the results and between the columns, Esc clears. */
import type { ResultList } from './result-list.ts';

export interface KeyTargets {
  input: HTMLInputElement;
  /** Lists that can be seen, left to right. */
  lists: () => ResultList[];
  clear: () => void;
}

export function listenToKeys(view: HTMLElement, { input, lists, clear }: KeyTargets): void {
  document.addEventListener('keydown', (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key !== '/' || !plain || view.closest('[hidden]')) return;
    // The empty box has the focus on arrival, and nobody looks for a slash first.
    if (isTyping(event.target) && !(event.target === input && input.value === '')) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  view.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Escape' && (event.target === input || inResults(lists()))) {
      event.preventDefault();
      clear();
      input.focus();
    } else if (event.target === input) {
      const first = lists().find((list) => list.length() > 0);
      if (event.key !== 'ArrowDown' || !first) return;
      event.preventDefault();
      first.focus(0);
    } else if (inResults(lists()) && walk(event.key, lists(), input)) {
      event.preventDefault();
    }
  });
}

const inResults = (lists: readonly ResultList[]) => lists.some((list) => list.focused() >= 0);

/** True if the key meant something. */
function walk(key: string, lists: readonly ResultList[], input: HTMLInputElement): boolean {
  const at = lists.findIndex((list) => list.focused() >= 0);
  const list = lists[at];
  if (!list) return false;
  const place = list.focused();
  const last = list.length() - 1;
  const sideways = (step: number) => {
    const other = lists[at + step];
    if (other && other.length() > 0) other.focus(Math.min(place, other.length() - 1));
  };
  if (key === 'ArrowDown') list.focus(Math.min(place + 1, last));
  else if (key === 'ArrowUp' && place === 0) input.focus();
  else if (key === 'ArrowUp') list.focus(place - 1);
  else if (key === 'Home') list.focus(0);
  else if (key === 'End') list.focus(last);
  else if (key === 'ArrowLeft') sideways(-1);
  else if (key === 'ArrowRight') sideways(1);
  else return false;
  return true;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
}
