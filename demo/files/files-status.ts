/** How far the index is in; a panel with the number, the bar and the buttons out, or what went wrong and the way out of it. */
import { button, el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import type { WayOut } from '../ui/error-box.ts';
import { codeOf, errorWords } from '../ui/error-words.ts';
import type { ErrorWords } from '../ui/error-words.ts';
import { count, plural, timeLeft } from '../ui/format.ts';
import { createProgressBar } from '../ui/progress-bar.ts';
import type { Panel, Switcher } from '../ui/switcher.ts';
import type { FilesIndex, FilesIndexState } from './files-index.ts';

interface Status {
  files: number;
  index: FilesIndexState;
  steer: FilesIndex;
}

export function showFilesStatus(place: Switcher, status: Status): void {
  const { index } = status;
  if (index.kind === 'failed') place.show(index.error, status, () => failedPanel(status));
  else place.show(index.kind, status, () => progressPanel(actions(status)));
}

function progressPanel(buttons: HTMLElement[]): Panel<Status> {
  const headline = el('p', { class: 'numbers' });
  const fine = el('p', { class: 'fine numbers' });
  const bar = createProgressBar('Your files');
  return {
    element: el(
      'div',
      { class: 'panel', 'data-testid': 'files-status' },
      el('div', { class: 'panel-row' }, el('div', { class: 'panel-words' }, headline, fine), el('div', { class: 'actions' }, ...buttons)),
      bar.element,
    ),
    update(status) {
      const [share, head, small] = words(status);
      setText(headline, head);
      setText(fine, small);
      bar.set(share, head);
    },
  };
}

function actions({ index: { kind }, steer }: Status): HTMLElement[] {
  if (kind === 'running') return [button('Pause', { 'data-testid': 'pause' }, () => steer.pause())];
  if (kind === 'paused') return [button('Resume', { class: 'primary', 'data-testid': 'resume' }, () => steer.start())];
  return [];
}

function words({ files, index }: Status): [share: number, headline: string, fine: string] {
  const { kind, done, total, perSecond, passages } = index;
  const share = total > 0 ? done / total : 0;
  if (kind === 'opening') return [share, 'Opening the index of your files', 'What was computed before is not computed again.'];
  if (kind === 'paused')
    return [share, `Paused at ${count(done)} of ${plural(total, 'part', 'parts')}`, 'Search by meaning works over these.'];
  if (kind === 'done')
    return [
      1,
      `${files === 1 ? 'Your file is' : `All ${files} files are`} indexed: ${plural(total, 'part', 'parts')}`,
      `${plural(passages, 'passage has a vector', 'passages have a vector each')}. Passages end where sentences end.`,
    ];
  const rate = perSecond > 0 ? ` · ${perSecond.toFixed(1)} parts/s · ${timeLeft(((total - done) / perSecond) * 1000)}` : '';
  return [share, `Indexing: ${count(done)} of ${plural(total, 'part', 'parts')}${rate}`, 'What is done can be searched.'];
}

/** Of an index that cannot be used: the texts are kept beside it. */
const useless: Readonly<Record<string, ErrorWords>> = {
  'model-mismatch': {
    what: 'The index of your files was made with another model.',
    means: 'Vectors of two models cannot be compared. Your files are still here.',
    todo: 'Build the index again from them.',
  },
  'invalid-option': {
    what: 'The index of your files was made by another version of this page.',
    means: 'Its passages are of another length. Your files are still here.',
    todo: 'Build the index again from them.',
  },
  'index-invalid': {
    what: 'The index of your files cannot be read.',
    means: 'It is damaged, or of a newer version of this page. Your files are still here.',
    todo: 'Build the index again from them.',
  },
};

function failedPanel({ index: { error }, steer }: Status): Panel<Status> {
  const again: WayOut = { label: 'Try again', run: () => steer.start() };
  const rebuild: WayOut = { label: 'Build it again', run: () => steer.rebuild() };
  const words = useless[codeOf(error) ?? ''];
  const box = errorBox(error, words ? [rebuild, again] : [again, rebuild], words ?? errorWords(error));
  return { element: el('div', { class: 'panel', 'data-testid': 'files-status' }, box), update() {} };
}
