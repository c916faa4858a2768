/** The indexer's state in, a panel out: progress with pause and cancel, or what came of it. */
import { button, el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { count, duration, megabytes, timeLeft } from '../ui/format.ts';
import { createProgressBar } from '../ui/progress-bar.ts';
import type { Panel, Switcher } from '../ui/switcher.ts';
import type { ModelHost } from '../model/model-host.ts';
import { waysOut } from '../model/ways-out.ts';
import type { Indexer, IndexState } from './indexer.ts';

export function showIndexPanel(place: Switcher, indexer: Indexer, model: ModelHost, bytes: number, state: IndexState): void {
  if (state.kind === 'failed') place.show(state.error, state, () => failedPanel(indexer, model, state));
  else place.show(`index ${state.kind}`, state, () => indexPanel(indexer, state, bytes));
}

function indexPanel(indexer: Indexer, { kind }: IndexState, bytes: number): Panel<IndexState> {
  const headline = el('p', { class: 'numbers' });
  const fine = el('p', { class: 'fine numbers' });
  const bar = createProgressBar('Indexing the packages');
  const element = el(
    'div',
    { class: 'panel', 'data-testid': 'index-status' },
    el(
      'div',
      { class: 'panel-row' },
      el('div', { class: 'panel-words' }, headline, fine),
      el('div', { class: 'actions' }, ...actions(indexer, kind)),
    ),
    bar.element,
  );
  return {
    element,
    update(state) {
      const [head, small] = words(state, bytes);
      setText(headline, head);
      setText(fine, small);
      bar.set(state.done / state.total, head);
    },
  };
}

function actions(indexer: Indexer, kind: IndexState['kind']): HTMLElement[] {
  const pause = () => button('Pause', { 'data-testid': 'pause' }, () => indexer.pause());
  const resume = () => button('Resume', { class: 'primary', 'data-testid': 'resume' }, () => void indexer.start());
  const cancel = () => button('Cancel', { 'data-testid': 'cancel' }, () => indexer.cancel());
  if (kind === 'running') return [pause(), cancel()];
  if (kind === 'paused') return [resume(), cancel()];
  if (kind === 'cancelled') return [button('Index the packages', { class: 'primary', 'data-testid': 'index' }, () => void indexer.start())];
  if (kind === 'done') return [button('Index again', { 'data-testid': 'index' }, () => indexer.restart())];
  return [];
}

function words(state: IndexState, bytes: number): [headline: string, fine: string] {
  const { kind, done, total, found, perSecond } = state;
  const all = count(total);
  if (kind === 'opening') return ['Looking for the vectors of an earlier visit', 'What this browser keeps is not computed again.'];
  if (kind === 'done') return doneWords(state, bytes);
  if (kind === 'cancelled') return ['The packages are not indexed', 'Search by meaning needs one vector for each of them, computed here.'];
  if (kind === 'paused') return [`Paused at ${count(done)} of ${all} packages`, 'Search by meaning works over these.'];
  const rate = perSecond > 0 ? ` · ${perSecond.toFixed(1)}\u00a0texts/s · ${timeLeft(((total - done) / perSecond) * 1000)}` : '';
  const before = found > 0 ? `${count(found)} were kept in this browser.` : 'Nothing is precomputed: this tab reads every package now.';
  return [`Indexing: ${count(done)} of ${all}${rate}`, `${lostWords(state)}${before} What is done can be searched.`];
}

function doneWords(state: IndexState, bytes: number): [headline: string, fine: string] {
  const { total, found, tokens, ms, keeps } = state;
  const size = `${megabytes(bytes)} of vectors`;
  if (found === total) return [`All ${count(total)} packages indexed`, `Kept in this browser, ${size}: nothing was computed again.`];
  const computed = total - found;
  const rate = ms > 0 ? ` · ${((computed / ms) * 1000).toFixed(1)} texts/s` : '';
  const some = found > 0 ? `, ${count(computed)} of them now,` : '';
  const now = found > 0 ? `${count(found)} were kept in this browser.` : `${count(tokens)} tokens became ${size}. Nothing was precomputed.`;
  const next = keeps ? 'The next visit finds them here.' : 'This browser keeps nothing for the page: the next visit computes them again.';
  return [`All ${count(total)} packages indexed${some} in ${duration(ms)}${rate}`, `${lostWords(state)}${now} ${next}`];
}

function lostWords({ lost }: IndexState): string {
  if (lost === 'damaged') return 'Vectors that this browser kept were damaged and are computed again. ';
  return lost === 'foreign' ? 'What this browser kept was of another model or of other packages, and is replaced. ' : '';
}

function failedPanel(indexer: Indexer, model: ModelHost, { error }: IndexState): Panel<IndexState> {
  const box = errorBox(
    error,
    waysOut(error, model, () => void indexer.start()),
  );
  return { element: el('div', { class: 'panel', 'data-testid': 'index-status' }, box), update() {} };
}
