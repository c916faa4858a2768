/** The corpus in; a place out that shows how far its indexing is, as soon as there is a model for it. */
import type { ModelHost } from '../model/model-host.ts';
import { el } from '../ui/dom.ts';
import { createSwitcher } from '../ui/switcher.ts';
import type { Corpus } from './corpus.ts';
import { showIndexPanel } from './index-panel.ts';

export function createIndexStatus(corpus: Corpus, model: ModelHost): HTMLElement {
  const element = el('div', { class: 'status' });
  const panel = createSwitcher(element);
  const render = () => {
    const ready = model.state.get().kind === 'ready';
    element.hidden = !ready;
    if (ready && corpus.state.get().packages.length > 0)
      showIndexPanel(panel, corpus.indexer, model, corpus.vectors.bytes, corpus.indexer.state.get());
  };
  model.state.subscribe(render);
  corpus.state.subscribe(render);
  corpus.indexer.state.subscribe(render);
  return element;
}
