/**
 * Items in, one Tab stop for all of them out: the arrow keys, Home and End move the focus among them. Call `setStop` when the items are new or another
 * one is picked.
 */
export interface Roving {
  setStop(index: number): void;
}

/** `onMove`: for groups in which moving is picking. */
export function createRoving(element: HTMLElement, items: () => HTMLElement[], onMove?: (index: number) => void): Roving {
  const setStop = (stop: number) => items().forEach((item, index) => (item.tabIndex = index === stop ? 0 : -1));
  element.addEventListener('keydown', (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = Math.min(all.length - 1, Math.max(0, to));
    onMove?.(next);
    items()[next]?.focus();
  });
  element.addEventListener('focusin', () => {
    const at = items().indexOf(document.activeElement as HTMLElement);
    if (at >= 0) setStop(at);
  });
  return { setStop };
}
