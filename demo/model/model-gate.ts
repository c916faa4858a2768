/** A model in, a place out that asks for it, shows its load or its failure, and is gone once the model is there. */
import { el } from '../ui/dom.ts';
import { createSwitcher } from '../ui/switcher.ts';
import { showLoadPanel } from './load-panel.ts';
import type { LoadWords } from './load-panel.ts';
import type { ModelHost } from './model-host.ts';

export function createModelGate(host: ModelHost, words: LoadWords): HTMLElement {
  const element = el('div', { class: 'status' });
  const panel = createSwitcher(element);
  host.state.subscribe((state) => {
    element.hidden = state.kind === 'ready';
    if (state.kind !== 'ready') showLoadPanel(panel, host, state, words);
  });
  return element;
}
