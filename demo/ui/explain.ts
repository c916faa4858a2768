/**
 * An element and a sentence in; on hover, focus or tap the sentence appears beside the element, in one shared bubble.
 * The bubble is fixed and never takes part in layout. Esc hides it.
 */
import { el, setText } from './dom.ts';

let bubble: HTMLElement | null = null;
let owner: Element | null = null;

/** Makes `element` explain itself. `text` is asked each time, so it may depend on what is true by then. */
export function explain(element: HTMLElement, text: () => string): void {
  element.setAttribute('aria-describedby', 'explanation');
  const show = () => open(element, text());
  element.addEventListener('pointerenter', show);
  element.addEventListener('focus', show);
  element.addEventListener('click', show);
  element.addEventListener('pointerleave', () => document.activeElement !== element && close(element));
  element.addEventListener('blur', () => close(element));
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || owner !== element) return;
    event.stopPropagation();
    close(element);
  });
}

/** A word or a number that can be asked what it means. A button, so that fingers and keyboards reach it. */
export function term(content: string, meaning: () => string): HTMLButtonElement {
  const element = el('button', { type: 'button', class: 'term' }, content);
  explain(element, meaning);
  return element;
}

function open(element: HTMLElement, text: string): void {
  bubble ??= document.body.appendChild(el('div', { id: 'explanation', class: 'bubble', role: 'tooltip' }));
  owner = element;
  setText(bubble, text);
  bubble.hidden = false;
  const target = element.getBoundingClientRect();
  const size = bubble.getBoundingClientRect();
  const left = Math.min(target.left, innerWidth - size.width - 8);
  const below = target.bottom + 8 + size.height < innerHeight;
  bubble.style.left = `${Math.max(8, left)}px`;
  bubble.style.top = `${below ? target.bottom + 8 : target.top - size.height - 8}px`;
}

function close(element: Element): void {
  if (!bubble || owner !== element) return;
  bubble.hidden = true;
  owner = null;
}
