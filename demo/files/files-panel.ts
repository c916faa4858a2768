/** The user's files: a place to drop them, what could not be taken, how far their indexing is, and the list of them with what it takes to keep them. */
import type { ModelHost } from '../model/model-host.ts';
import type { Announce } from '../ui/announce.ts';
import { button, el, setText } from '../ui/dom.ts';
import { count, memorySize, plural } from '../ui/format.ts';
import { createSwitcher } from '../ui/switcher.ts';
import { createFileList } from './file-list.ts';
import type { FilesIndex } from './files-index.ts';
import { showFilesStatus } from './files-status.ts';
import type { Library, Reading } from './library.ts';
import { createRefusals } from './refusals.ts';

export interface FilesPanel {
  element: HTMLElement;
  /** Files may be dropped anywhere in the view. */
  listenToDrops(view: HTMLElement): void;
}

interface Parts {
  library: Library;
  index: FilesIndex;
  model: ModelHost;
  announce: Announce;
  onDrop: () => void;
}

export function createFilesPanel({ library, index, model, announce, onDrop }: Parts): FilesPanel {
  const input = el('input', {
    type: 'file',
    id: 'own-files',
    class: 'unseen',
    multiple: true,
    accept: '.txt,.text,.md,.markdown,.html,.htm,.xhtml,.pdf,.csv,.tsv,.log,.json,.yaml,.yml,.xml,text/*,application/pdf',
    tabindex: -1,
    'aria-label': 'Files to search in',
  });
  const hint = el('span', {}, 'or drop them here: txt, md, html, pdf, or any other plain text. ');
  const fine = el('span', { class: 'fine numbers' });
  const choose = button('Choose files', { 'data-testid': 'choose-files' }, () => input.click());
  const drop = el('div', { class: 'drop' }, choose, input, el('p', {}, hint, fine));
  const status = el('div', { class: 'status' });
  const panel = createSwitcher(status);
  const kept = el('span', { class: 'fine numbers', 'data-testid': 'files-kept' });
  const list = createFileList(library, choose);
  const forget = button('Forget all', { 'data-testid': 'forget' }, async () => {
    await index.forget();
    announce('All files are forgotten.');
    choose.focus();
  });
  const keeping = el('div', { class: 'keeping' }, el('details', {}, el('summary', {}, kept), list), forget);
  const element = el('div', { class: 'own-files' }, drop, createRefusals(library), keeping, status);

  const take = async (files: readonly File[]) => {
    onDrop();
    await library.take(files);
    const { refused } = library.state.get();
    const taken = files.length - refused.length;
    announce(`${plural(taken, 'file', 'files')} taken${refused.length > 0 ? `, ${refused.length} refused` : ''}.`);
  };
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = ''; // so that the same file can be chosen again
    if (files.length > 0) void take(files);
  });

  const render = () => {
    const { files, reading, kept: isKept, replaced } = library.state.get();
    const state = index.state.get();
    // While there is no model, its own panel says so. An index that could not be deleted is told of without files, too.
    status.hidden = state.kind !== 'failed' && (files.length === 0 || model.state.get().kind !== 'ready');
    if (!status.hidden) showFilesStatus(panel, { files: files.length, index: state, steer: index });
    hint.hidden = reading !== null;
    setText(fine, reading ? readingWords(reading) : 'They are read in this tab and never leave this device.');
    drop.classList.toggle('reading', reading !== null);
    keeping.hidden = files.length === 0;
    choose.classList.toggle('primary', files.length === 0);
    drop.classList.toggle('small', files.length > 0);
    const text = files.reduce((sum, file) => sum + file.text.length, 0);
    const vectors = state.vectorBytes > 0 ? ` and ${memorySize(state.vectorBytes)} of vectors` : '';
    const what = `${plural(files.length, 'file', 'files')}: ${text < 1000 ? 'less than 1 kB' : memorySize(text)} of text${vectors}`;
    const where =
      isKept && state.kept ? 'kept in this browser until you forget them' : 'in this tab alone: this browser keeps nothing for the page';
    const took =
      replaced.length === 1 ? ` ${replaced[0]} took the place of an older one.` : ` ${replaced.length} took the place of older ones.`;
    setText(kept, `${what}, ${where}.${replaced.length > 0 ? took : ''}`);
  };
  library.state.subscribe(render);
  index.state.subscribe(render);
  model.state.subscribe(render);
  let last: string = '';
  index.state.subscribe(({ kind }) => {
    if (kind === 'done' && last === 'running') announce('Your files are indexed.');
    last = kind;
  });

  return {
    element,
    listenToDrops(view) {
      const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
      const highlight = (on: boolean) => view.classList.toggle('dropping', on);
      view.addEventListener('dragover', (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        highlight(true);
      });
      view.addEventListener('dragleave', (event) => {
        if (!view.contains(event.relatedTarget as Node | null)) highlight(false);
      });
      view.addEventListener('drop', (event) => {
        highlight(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        void take([...event.dataTransfer!.files]);
      });
    },
  };
}

/** Reading report.pdf: page 3 of 12 (file 2 of 5). */
function readingWords({ name, file, files, page, pages }: Reading): string {
  const where = pages > 0 ? `: page ${count(page)} of ${count(pages)}` : '';
  return `Reading ${name}${where}${files > 1 ? ` (file ${file} of ${files})` : ''}`;
}
