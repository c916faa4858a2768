/** The model's state in, a panel out: the question before the download, the progress, or what went wrong. */
import { button, el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { megabytes } from '../ui/format.ts';
import type { Panel, Switcher } from '../ui/switcher.ts';
import { loadProgressPanel } from './load-progress-panel.ts';
import { runtimeBytes } from './model-cards.ts';
import type { ModelHost, ModelState } from './model-host.ts';
import { waysOut, waysToKept } from './ways-out.ts';

type StateOf<Kind extends ModelState['kind']> = Extract<ModelState, { kind: Kind }>;

export interface LoadWords {
  /** Why this view wants the model: a sentence. */
  needs: string;
  /** What is still there without it: a sentence that follows on "Cancelled.". */
  without: string;
}

export function showLoadPanel(place: Switcher, host: ModelHost, state: Exclude<ModelState, { kind: 'ready' }>, words: LoadWords): void {
  if (state.kind === 'looking') place.show('looking', state, lookingPanel);
  else if (state.kind === 'asking') place.show('asking', state, () => askingPanel(host, words));
  else if (state.kind === 'loading') place.show('loading', state, () => loadProgressPanel(host));
  else place.show(state.error, state, () => failedPanel(host, state));
}

function lookingPanel(): Panel<StateOf<'looking'>> {
  const element = el('div', { class: 'panel' }, el('p', { class: 'fine' }, 'Looking whether the model is already in this browser.'));
  return { element, update() {} };
}

function askingPanel(host: ModelHost, { needs, without }: LoadWords): Panel<StateOf<'asking'>> {
  const load = button('', { class: 'primary', 'data-testid': 'load', 'data-model': host.card.name }, () => void host.load());
  const text = el('p', {});
  const fine = el('p', { class: 'fine' });
  return {
    element: el('div', { class: 'panel panel-row' }, load, el('div', { class: 'panel-words' }, text, fine)),
    update(state) {
      setText(load, loadLabel(host, state));
      setText(text, state.cancelled ? `Cancelled. ${without}` : needs);
      setText(fine, `${host.card.name}, ${host.card.licence}. ${sizeWords(host, state)}`);
    },
  };
}

/** The button that begins the load says how much it fetches. */
export function loadLabel({ card }: ModelHost, { keptBytes, whole }: StateOf<'asking'>): string {
  if (whole) return 'Load the model (from this browser)';
  if (isBegun(card.bytes, keptBytes)) return `Continue (${megabytes(card.bytes - keptBytes)} to go)`;
  return `Load the model (${megabytes(card.bytes)})`;
}

function sizeWords({ card, device }: ModelHost, { keptBytes, whole }: StateOf<'asking'>): string {
  const size = megabytes(card.bytes);
  if (whole) return `Its ${size} are already in this browser; nothing is downloaded.`;
  if (isBegun(card.bytes, keptBytes)) return `${megabytes(keptBytes)} of ${size} are already here.`;
  const { compressed, whole: uncompressed } = runtimeBytes(device);
  const runtime = `${megabytes(compressed)} of runtime, or ${megabytes(uncompressed)} if the server does not compress it`;
  return `Plus ${runtime}. Fetched once from this site, then kept by this browser.`;
}

const isBegun = (bytes: number, keptBytes: number) => keptBytes > 1e6 && keptBytes < bytes;

const runtimeNotKept = {
  what: 'The runtime for this device is not kept in this browser, and there is no network.',
  means: 'A visit keeps the runtime of the device that it computes on, and no other.',
  todo: 'Use the device whose runtime is kept, or try again when there is a network.',
};

function failedPanel(host: ModelHost, { error, kept }: StateOf<'failed'>): Panel<StateOf<'failed'>> {
  const box = kept
    ? errorBox(error, waysToKept(kept, host), runtimeNotKept)
    : errorBox(
        error,
        waysOut(error, host, () => void host.load()),
      );
  return { element: el('div', { class: 'panel' }, box), update() {} };
}
