/** The models in, a list of them out: what each does, its size and licence, where it is, and the button that loads or unloads it. */
import { button, el, setText } from '../ui/dom.ts';
import { megabytes } from '../ui/format.ts';
import { loadLabel } from './load-panel.ts';
import type { ModelHost, ModelState } from './model-host.ts';
import type { Models } from './models.ts';

export function createModelList(models: Models): HTMLElement {
  return el(
    'section',
    { class: 'models', 'aria-labelledby': 'models-heading' },
    el('h2', { id: 'models-heading' }, 'Models'),
    el('ul', {}, ...(Object.values(models) as ModelHost[]).map(modelRow)),
  );
}

function modelRow(host: ModelHost): HTMLElement {
  const { card } = host;
  const where = el('p', { class: 'fine numbers' });
  const act = button('', { 'data-testid': `model-${card.name}` }, () => {
    const { kind } = host.state.get();
    if (kind === 'ready') void host.unload();
    else if (kind === 'loading') void host.cancel();
    else void host.load();
  });
  host.state.subscribe((state) => {
    setText(where, whereWords(state));
    const label = actLabel(host, state);
    act.hidden = label === null;
    setText(act, label ?? '');
    act.setAttribute('aria-label', `${label}: ${card.name}`);
  });
  return el(
    'li',
    {},
    el('p', {}, el('strong', {}, card.name), ` · ${megabytes(card.bytes)} · ${card.licence}`),
    el('p', { class: 'fine' }, card.what),
    where,
    act,
  );
}

function actLabel(host: ModelHost, state: ModelState): string | null {
  if (state.kind === 'looking') return null;
  if (state.kind === 'asking') return loadLabel(host, state);
  if (state.kind === 'loading') return 'Cancel';
  return state.kind === 'ready' ? 'Unload' : 'Try again';
}

function whereWords(state: ModelState): string {
  if (state.kind === 'ready') return `Loaded, ${state.fromCache ? 'from this browser’s cache' : 'downloaded just now'}.`;
  if (state.kind === 'loading') {
    const { progress } = state;
    if (progress?.phase === 'download') return `Fetching: ${megabytes(progress.loaded)}.`;
    return 'Preparing it for this machine.';
  }
  if (state.kind === 'failed') return 'Could not be loaded.';
  return state.kind === 'asking' && state.whole ? 'In this browser’s cache.' : 'Not downloaded.';
}
