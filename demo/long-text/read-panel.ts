/** The reader's state in, a panel out: how far it is, with the button that stops it or lets it go on; or what went wrong. */
import type { ModelHost } from '../model/model-host.ts';
import { waysOut } from '../model/ways-out.ts';
import { button, el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { count, duration, plural, timeLeft } from '../ui/format.ts';
import { createProgressBar } from '../ui/progress-bar.ts';
import type { Panel, Switcher } from '../ui/switcher.ts';
import type { Reader, ReaderState } from './reader.ts';

export function showReadPanel(place: Switcher, reader: Reader, model: ModelHost, state: ReaderState): void {
  if (state.kind === 'failed') place.show(state.error, state, () => failedPanel(reader, model, state));
  else place.show(state.kind === 'cutting' ? 'reading' : state.kind, state, () => readPanel(reader, state));
}

function readPanel(reader: Reader, { kind }: ReaderState): Panel<ReaderState> {
  const headline = el('p', { class: 'numbers' });
  const fine = el('p', { class: 'fine numbers' });
  const bar = createProgressBar('Reading the text');
  const action =
    kind === 'stopped'
      ? button('Go on', { class: 'primary', 'data-testid': 'go-on' }, () => void reader.goOn())
      : kind === 'done'
        ? null
        : button('Stop', { 'data-testid': 'stop' }, () => reader.stop());
  const element = el(
    'div',
    { class: 'panel', 'data-testid': 'read-status' },
    el('div', { class: 'panel-row' }, el('div', { class: 'panel-words' }, headline, fine), el('div', { class: 'actions' }, action)),
    bar.element,
  );
  return {
    element,
    update(state) {
      const [head, small] = words(state);
      setText(headline, head);
      setText(fine, small);
      bar.set(state.done / state.chunks.length, head);
    },
  };
}

function words({ kind, chunks, done, perSecond, tokens: computed, ms }: ReaderState): [headline: string, fine: string] {
  const tokens = chunks.reduce((sum, { ids }) => sum + ids.length, 0);
  const cut = `${count(tokens)} tokens → ${plural(chunks.length, 'chunk', 'chunks')}`;
  if (kind === 'cutting') return [`Cutting: ${cut} so far`, 'Words become tokens, and every 256 tokens a chunk.'];
  if (kind === 'done')
    return [
      `${cut} of 256 → 1 vector`,
      `${computed < tokens ? `${count(computed)} tokens were new, read` : 'Read'} here in ${duration(ms)}${ms > 0 ? `, ${count((computed / ms) * 1000)} tokens a second` : ''}.`,
    ];
  if (kind === 'stopped') return [`Stopped at ${count(done)} of ${plural(chunks.length, 'chunk', 'chunks')}`, 'What is read is kept.'];
  const rate = perSecond > 0 ? ` · ${perSecond.toFixed(1)} a second · ${timeLeft(((chunks.length - done) / perSecond) * 1000)}` : '';
  return [`Reading: ${count(done)} of ${plural(chunks.length, 'chunk', 'chunks')}${rate}`, cut];
}

function failedPanel(reader: Reader, model: ModelHost, { error }: ReaderState): Panel<ReaderState> {
  const box = errorBox(
    error,
    waysOut(error, model, () => void reader.goOn()),
  );
  return { element: el('div', { class: 'panel' }, box), update() {} };
}
