/**
 * What is pasted, typed, dropped, opened or fetched in, one text out. The box holds short texts; of a book it shows the beginning,
 * since a box with a whole book in it makes any browser slow.
 */
import { button, el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { megabytes, plural } from '../ui/format.ts';
import { samples, sampleUrl } from './samples.ts';
import type { Sample } from './samples.ts';

/** Characters that the box holds. */
const most = 20_000;
/** Characters of a book that it shows. */
const shown = 1500;

export interface TextSource {
  element: HTMLElement;
  openSample(id: string): void;
}

const nothing = 'It stays on this device.';
const onlyBeginning =
  'The box shows the beginning and cannot be edited: a browser is slow with a whole book in it. All of it is read. Clear it to write your own.';

const fileMissing = { what: 'This file could not be read.', means: 'It is not text, or it is gone.', todo: 'Open another one.' };
const sampleMissing = {
  what: 'The book did not arrive.',
  means: 'There is nothing to read yet.',
  todo: 'Check the connection and try again.',
};

/** `sample`: where the text comes from, if it is one of ours. */
export function createTextSource(onText: (text: string, sample: Sample | null) => void): TextSource {
  const box = el('textarea', { id: 'long-text', rows: 6, spellcheck: 'false', 'aria-describedby': 'long-text-note' });
  const note = el('p', { class: 'fine numbers', id: 'long-text-note' });
  const problem = el('div', {});
  const file = el('input', {
    type: 'file',
    id: 'long-text-file',
    class: 'unseen',
    accept: 'text/*,.txt,.md,.html,.csv,.json',
    tabindex: -1,
  });
  const clear = button('Clear', { hidden: true }, () => {
    take('', null);
    box.focus();
  });
  let latest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const take = (text: string, from: string | null, sample: Sample | null = null) => {
    latest++;
    const book = text.length > most;
    box.value = book ? `${text.slice(0, shown)} …` : text;
    box.readOnly = book;
    problem.replaceChildren();
    tell(text, from, sample);
  };
  const tell = (text: string, from: string | null, sample: Sample | null) => {
    clearTimeout(timer);
    clear.hidden = text === '';
    const beginning = text.length > most ? ` ${onlyBeginning}` : '';
    setText(note, text === '' ? nothing : `${from ?? 'Your text'}: ${plural(text.length, 'character', 'characters')}.${beginning}`);
    onText(text, sample);
  };
  const openFile = async (chosen: File | undefined) => {
    if (!chosen) return;
    const mine = ++latest;
    try {
      // A byte that is no UTF-8 is an error, not a question mark: a PDF or a picture would be read as noise.
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await chosen.arrayBuffer());
      if (mine === latest) take(text, chosen.name);
    } catch (error) {
      problem.replaceChildren(errorBox(error, [{ label: 'Open another file', run: () => file.click() }], fileMissing));
    }
  };
  const openSample = async (sample: Sample) => {
    const mine = ++latest;
    setText(note, `Fetching ${sample.title}.`);
    try {
      const response = await fetch(sampleUrl(sample));
      if (!response.ok) throw new Error(`${sample.file}: the server answered ${response.status}`);
      const text = await response.text();
      if (mine === latest) take(text, `${sample.title}, ${sample.author}`, sample);
    } catch (error) {
      if (mine !== latest) return;
      setText(note, '');
      problem.replaceChildren(errorBox(error, [{ label: 'Try again', run: () => void openSample(sample) }], sampleMissing));
    }
  };

  box.addEventListener('input', () => {
    latest++;
    clearTimeout(timer);
    timer = setTimeout(() => tell(box.value, null, null), 400);
  });
  // Caught before the box lays out a whole book.
  box.addEventListener('paste', (event) => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text.length + box.value.length <= most && !box.readOnly) return;
    event.preventDefault();
    take(text, null);
  });
  file.addEventListener('change', () => {
    void openFile(file.files?.[0]);
    file.value = '';
  });

  const element = el(
    'div',
    { class: 'text-source' },
    el('label', { for: 'long-text' }, 'Paste or drop a book, or write'),
    box,
    note,
    el(
      'div',
      { class: 'actions' },
      ...samples.map((sample) =>
        button(
          `${sample.title} (${megabytes(sample.bytes)})`,
          { class: 'primary', 'data-sample': sample.id },
          () => void openSample(sample),
        ),
      ),
      button('Open a text file', {}, () => file.click()),
      clear,
      el('label', { for: 'long-text-file', class: 'unseen' }, 'A text file'),
      file,
    ),
    problem,
  );
  element.addEventListener('dragover', (event) => {
    event.preventDefault();
    element.classList.add('dropping');
  });
  element.addEventListener('dragleave', () => element.classList.remove('dropping'));
  element.addEventListener('drop', (event) => {
    event.preventDefault();
    element.classList.remove('dropping');
    const text = event.dataTransfer?.getData('text/plain') ?? '';
    if (text === '') void openFile(event.dataTransfer?.files[0]);
    else take(text, null);
  });
  setText(note, nothing);
  return {
    element,
    openSample(id) {
      const sample = samples.find((one) => one.id === id);
      if (sample) void openSample(sample);
    },
  };
}
