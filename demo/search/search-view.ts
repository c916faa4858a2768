/** The Search view: a query in; packages that contain its words on the left, packages that mean it on the right. */
import '../styles/search.css';
import '../styles/results.css';
import { el, setAttribute } from '../ui/dom.ts';
import type { Page } from '../frame/page.ts';
import { findExample } from '../ui/ask.ts';
import { packagesMissing } from '../corpus/packages-missing.ts';
import { createIndexStatus } from '../corpus/index-status.ts';
import { createModelGate } from '../model/model-gate.ts';
import { LiveCall } from '../model/live-call.ts';
import { createSearchAsk } from './ask.ts';
import { exampleGroups } from '../corpus/examples.ts';
import { howItWorks } from './how-it-works.ts';
import { createKeywordColumn, showKeyword } from './keyword-column.ts';
import { listenToKeys } from './keys.ts';
import { createMeaningColumn } from './meaning-column.ts';
import { bindMeaning } from './bind-meaning.ts';
import { createNarrowSwitch } from './narrow-switch.ts';
import type { ListName } from './narrow-switch.ts';
import { embedQuery } from '../model/embed-query.ts';

const rows = 10;

const loadWords = {
  needs: 'Search by meaning needs a model. It will run in this tab.',
  without: 'Keyword search goes on without the model.',
};

export function mount(place: HTMLElement, page: Page): void {
  const { corpus, route } = page;
  const model = page.models.embedder;
  const meaning = new LiveCall(model, embedQuery);
  const keywordColumn = createKeywordColumn(rows);
  const meaningColumn = createMeaningColumn(rows);
  const columns = el('div', { class: 'columns' }, keywordColumn.element, meaningColumn.element);

  const ask = createSearchAsk(
    (text) => search(text, null),
    (example) => {
      ask.fill(example.text);
      search(example.text, example.id);
    },
  );
  let frame = 0;
  const search = (text: string, example: string | null) => {
    route.set('example', example);
    setAttribute(columns, 'data-asked', text.trim() !== '');
    keywordColumn.list.closeAll();
    meaningColumn.list.closeAll();
    meaning.ask(text.trim() || null);
    // With the next frame: several keys may fall into one, and the key itself is shown at once.
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(renderKeyword);
  };
  const renderKeyword = () => {
    const { error, keywords, packages } = corpus.state.get();
    if (error) keywordColumn.showInstead(packagesMissing(corpus, error));
    else showKeyword(keywordColumn, keywords, packages, ask.input.value, rows);
  };

  const narrow = createNarrowSwitch((list) => {
    route.set('list', list);
    renderList();
  });
  /** Until one is picked: meaning, as soon as there is a model for it. */
  const renderList = () => {
    const picked = route.get('list');
    const list: ListName =
      picked === 'keyword' || picked === 'meaning' ? picked : model.state.get().kind === 'ready' ? 'meaning' : 'keyword';
    columns.dataset['list'] = list;
    narrow.set(list);
  };

  place.append(
    el('h1', {}, 'Search 1,000 Debian packages by meaning'),
    ask.element,
    createModelGate(model, loadWords),
    createIndexStatus(corpus, model),
    narrow.element,
    columns,
    howItWorks(),
  );

  model.state.subscribe(renderList);
  corpus.state.subscribe(renderKeyword);
  bindMeaning(page, meaning, meaningColumn, rows, () => keywordColumn.list.length());

  listenToKeys(place, {
    input: ask.input,
    lists: () => [keywordColumn, meaningColumn].filter(({ element }) => element.offsetParent !== null).map(({ list }) => list),
    clear: () => {
      ask.fill('');
      search('', null);
    },
  });
  const openExample = () => {
    const example = findExample(exampleGroups, route.get('example'));
    if (!example) return;
    ask.fill(example.text);
    search(example.text, example.id);
  };
  route.onChange(() => {
    renderList();
    openExample();
  });
  openExample();
  // A phone would answer with its keyboard over half the page.
  if (matchMedia('(hover: hover) and (pointer: fine)').matches) requestAnimationFrame(() => focusIfFree(ask.input));
  void corpus.load();
}

function focusIfFree(input: HTMLInputElement): void {
  if (document.activeElement === document.body) input.focus({ preventScroll: true });
}
