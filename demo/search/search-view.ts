/**
 * The Search view: a query in; what contains its words, what means it, and what does both, side by side. Over the packages, or over the
 * user's own files.
 */
import '../styles/search.css';
import '../styles/results.css';
import '../styles/files.css';
import { exampleGroups } from '../corpus/examples.ts';
import { createIndexStatus } from '../corpus/index-status.ts';
import { packagesMissing } from '../corpus/packages-missing.ts';
import { createFilesPanel } from '../files/files-panel.ts';
import { FilesIndex } from '../files/files-index.ts';
import { Library } from '../files/library.ts';
import type { Page } from '../frame/page.ts';
import { embedQuery } from '../model/embed-query.ts';
import { LiveCall } from '../model/live-call.ts';
import { createModelGate } from '../model/model-gate.ts';
import { findExample } from '../ui/ask.ts';
import { el, setAttribute } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { createSegments } from '../ui/segments.ts';
import { bindAnswers } from './answers.ts';
import { createSearchAsk, placeholders } from './ask.ts';
import { createFilesSource } from './files-source.ts';
import { howItWorks } from './how-it-works.ts';
import { createHybridColumn } from './hybrid-column.ts';
import { createKeywordColumn, showKeyword } from './keyword-column.ts';
import { listenToKeys } from './keys.ts';
import { createMeaningColumn } from './meaning-column.ts';
import { createNarrowSwitch, listNames } from './narrow-switch.ts';
import { createPackagesSource } from './packages-source.ts';

const rows = 10;

const loadWords = {
  needs:
    'Search by meaning needs a model, in this tab. It gives each word numbers; pooling makes one vector of them, the embedding of the text, and near ones mean the same.',
  without: 'Keyword search goes on without the model.',
};

const wordsMissing = {
  what: 'The code that finds words did not arrive.',
  means: 'The network is away, or the server is.',
  todo: 'Check the connection and try again.',
};

const sourceNames = ['packages', 'files'] as const;
type SourceName = (typeof sourceNames)[number];
const sourceLabels = { packages: '1,000 Debian packages', files: 'your files' };

export function mount(place: HTMLElement, page: Page): void {
  const { corpus, route } = page;
  const model = page.models.embedder;
  const library = new Library();
  const filesIndex = new FilesIndex(library, model);
  const sources = { packages: createPackagesSource(corpus, model), files: createFilesSource(library, filesIndex) };
  const named = (): SourceName => (route.get('source') === 'files' ? 'files' : 'packages');
  const asked = () => sources[named()];

  const meaning = new LiveCall(model, embedQuery);
  const keyword = createKeywordColumn(rows);
  const byMeaning = createMeaningColumn(rows);
  const hybrid = createHybridColumn(rows);
  const all = [keyword, byMeaning, hybrid];
  const columns = el('div', { class: 'columns' }, ...all.map(({ element }) => element));

  const ask = createSearchAsk(
    (text) => search(text, null),
    (example) => {
      ask.fill(example.text);
      search(example.text, example.id);
    },
  );
  const search = (text: string, example: string | null) => {
    route.set('example', example);
    setAttribute(columns, 'data-asked', text.trim() !== '');
    for (const { list } of all) list.closeAll();
    meaning.ask(text.trim() || null);
    renderKeywordSoon();
  };

  let frame = 0;
  // With the next frame: several keys may fall into one, and the key itself is shown at once.
  const renderKeywordSoon = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(renderKeyword);
  };
  const renderKeyword = () => {
    const { error } = corpus.state.get();
    const { wordsError } = library.state.get();
    const isEmpty = asked().nothing() !== null;
    columns.hidden = isEmpty;
    gate.hidden = isEmpty;
    narrow.element.hidden = isEmpty;
    if (error && named() === 'packages') keyword.showInstead(packagesMissing(corpus, error));
    else if (wordsError && named() === 'files')
      keyword.showInstead(errorBox(wordsError, [{ label: 'Try again', run: () => library.readWords() }], wordsMissing));
    else showKeyword(keyword, asked(), ask.input.value, rows);
  };

  const narrow = createNarrowSwitch((list) => {
    route.set('list', list);
    renderList();
  });
  /** Until one is picked: meaning, as soon as there is a model for it. */
  const renderList = () => {
    const picked = listNames.find((list) => list === route.get('list'));
    const list = picked ?? (model.state.get().kind === 'ready' ? 'meaning' : 'keyword');
    columns.dataset['list'] = list;
    narrow.set(list);
  };

  const pick = (source: SourceName) => {
    route.set('source', source === 'packages' ? null : source);
    renderSource();
  };
  const segments = createSegments('source', 'Search in', sourceNames, pick, sourceLabels);
  const packagesStatus = createIndexStatus(corpus, model);
  const ownFiles = createFilesPanel({ library, index: filesIndex, model, announce: page.announce, onDrop: () => pick('files') });
  const gate = el('div', {}, createModelGate(model, loadWords));
  const forPackages = el('div', {}, packagesStatus);
  const renderSource = () => {
    const source = named();
    segments.set(source);
    place.dataset['source'] = source;
    ask.input.placeholder = placeholders[source];
    forPackages.hidden = source !== 'packages';
    ownFiles.element.hidden = source !== 'files';
    for (const { list } of all) list.closeAll();
    if (source === 'files') library.load();
    else void corpus.load();
    renderKeyword();
    answers.redraw();
  };

  place.append(
    el('div', { class: 'search-head' }, el('h1', {}, 'Search by words, by meaning, and by both'), segments.element),
    ask.element,
    ownFiles.element,
    gate,
    forPackages,
    narrow.element,
    columns,
    howItWorks(),
  );
  ownFiles.listenToDrops(place);

  const answers = bindAnswers({ page, call: meaning, meaning: byMeaning, hybrid, rows, sources: Object.values(sources), asked });
  model.state.subscribe(({ kind }) => {
    place.dataset['model'] = kind;
    renderList();
  });
  for (const source of Object.values(sources)) source.onWords(renderKeywordSoon);
  // What is open is held in its place, but not if its file has gone.
  let files = 0;
  library.state.subscribe((state) => {
    if (state.files.length < files) for (const { list } of all) list.closeAll();
    files = state.files.length;
  });

  listenToKeys(place, {
    input: ask.input,
    lists: () => all.filter(({ element }) => element.offsetParent !== null).map(({ list }) => list),
    clear: () => {
      ask.fill('');
      search('', null);
    },
  });
  const openExample = () => {
    const example = findExample(exampleGroups, route.get('example'));
    if (!example || named() === 'files') return;
    ask.fill(example.text);
    search(example.text, example.id);
  };
  route.onChange(() => {
    renderSource();
    renderList();
    openExample();
  });
  renderSource();
  openExample();
  // A phone would answer with its keyboard over half the page.
  if (matchMedia('(hover: hover) and (pointer: fine)').matches) requestAnimationFrame(() => focusIfFree(ask.input));
}

function focusIfFree(input: HTMLInputElement): void {
  if (document.activeElement === document.body) input.focus({ preventScroll: true });
}
