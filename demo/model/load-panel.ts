/** The model's state in, a panel out: the question before the download, the progress, or what went wrong. */
import { button, el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { megabytes } from '../ui/format.ts';
import type { Panel, Switcher } from '../ui/switcher.ts';
import { loadProgressPanel } from './load-progress-panel.ts';
import { modelCard, runtimeBytes } from './model-card.ts';
import type { ModelHost, ModelState } from './model-host.ts';
import { waysOut } from './ways-out.ts';

type StateOf<Kind extends ModelState['kind']> = Extract<ModelState, { kind: Kind }>;

export function showLoadPanel(place: Switcher, host: ModelHost, state: Exclude<ModelState, { kind: 'ready' }>): void {
  if (state.kind === 'looking') place.show('looking', state, lookingPanel);
  else if (state.kind === 'asking') place.show('asking', state, () => askingPanel(host));
  else if (state.kind === 'loading') place.show('loading', state, () => loadProgressPanel(host));
  else place.show(state.error, state, () => failedPanel(host, state));
}

function lookingPanel(): Panel<StateOf<'looking'>> {
  const element = el('div', { class: 'panel' }, el('p', { class: 'fine' }, 'Looking whether the model is already in this browser.'));
  return { element, update() {} };
}

function askingPanel(host: ModelHost): Panel<StateOf<'asking'>> {
  const load = button('', { class: 'primary', 'data-testid': 'load' }, () => void host.load());
  const text = el('p', {});
  const fine = el('p', { class: 'fine' });
  const size = megabytes(modelCard.bytes);
  return {
    element: el('div', { class: 'panel panel-row' }, load, el('div', { class: 'panel-words' }, text, fine)),
    update({ keptBytes, cancelled }) {
      const kept = keptBytes > 1e6 && keptBytes < modelCard.bytes;
      setText(load, kept ? `Continue (${megabytes(modelCard.bytes - keptBytes)} to go)` : `Load the model (${size})`);
      setText(
        text,
        cancelled ? 'Cancelled. Keyword search goes on without the model.' : 'Search by meaning needs a model. It will run in this tab.',
      );
      setText(
        fine,
        kept
          ? `${megabytes(keptBytes)} of ${size} are already here.`
          : `Plus ${megabytes(runtimeBytes(host.device))} of runtime. Fetched once, then kept by this browser.`,
      );
    },
  };
}

function failedPanel(host: ModelHost, { error }: StateOf<'failed'>): Panel<StateOf<'failed'>> {
  const ways = waysOut(error, host, () => void host.load());
  return { element: el('div', { class: 'panel' }, errorBox(error, ways)), update() {} };
}
