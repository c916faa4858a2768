/** The library in, a list of its files out, each with a button that takes it out. */
import { button, el } from '../ui/dom.ts';
import { count, plural } from '../ui/format.ts';
import type { Library, LibraryFile } from './library.ts';

/** `last`: what has the focus when no file is left. */
export function createFileList(library: Library, last: HTMLElement): HTMLElement {
  const list = el('ul', { class: 'file-list', 'data-testid': 'files', 'aria-label': 'Your files' });
  let shown: readonly LibraryFile[] = [];
  library.state.subscribe(({ files }) => {
    if (files === shown) return;
    const at = [...list.querySelectorAll('button')].indexOf(document.activeElement as HTMLButtonElement);
    shown = files;
    list.replaceChildren(...files.map((file) => row(library, file)));
    if (at >= 0) (list.querySelectorAll('button')[Math.min(at, files.length - 1)] ?? last).focus();
  });
  return list;
}

function row(library: Library, file: LibraryFile): HTMLElement {
  const size = file.pages ? plural(file.pages.length, 'page', 'pages') : `${count(file.text.length)} characters`;
  return el(
    'li',
    {},
    el('span', { class: 'name' }, file.name),
    el('span', { class: 'fine numbers' }, `${file.kind} · ${size}`),
    button('Remove', { 'aria-label': `Remove ${file.name}` }, () => void library.remove(file.id)),
  );
}
