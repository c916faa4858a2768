/** The Rerank view: a query in; the packages that its vector finds, beside the order that a reranker makes of them, with lines between. */
import '../styles/rerank.css';
import { createIndexStatus } from '../corpus/index-status.ts';
import { packagesMissing } from '../corpus/packages-missing.ts';
import type { Page } from '../frame/page.ts';
import { embedQuery } from '../model/embed-query.ts';
import { LiveCall } from '../model/live-call.ts';
import { createModelGate } from '../model/model-gate.ts';
import { createResultsRoom } from '../model/results-room.ts';
import { waysOut } from '../model/ways-out.ts';
import { createAsk, findExample } from '../ui/ask.ts';
import { el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { count, plural } from '../ui/format.ts';
import { candidateCount, rerankCandidates, sameCandidates } from './candidates.ts';
import type { Candidates, Reranked } from './candidates.ts';
import { exampleGroups } from './examples.ts';
import { howItWorks } from './how-it-works.ts';
import { createRankColumns } from './rank-columns.ts';

/** At least, while indexing goes on: reading twenty pairs takes its share of the machine. */
const renewMs = 5000;

const words = {
  id: 'rerank-query',
  label: 'Something to look for, as a title',
  placeholder: 'spam filter for mail',
  maxLength: 2000,
  groups: exampleGroups,
};
const embedderWords = {
  needs: 'Finding packages by meaning needs a model. It will run in this tab.',
  without: 'Without it there is nothing to put in order.',
};
const rerankerWords = {
  needs: 'Reading query and package together needs a second model, a reranker.',
  without: 'The order by vectors stays.',
};

export function mount(place: HTMLElement, page: Page): void {
  const { corpus, route, models } = page;
  const query = new LiveCall(models.embedder, embedQuery);
  const rerank = new LiveCall(models.reranker, rerankCandidates, 0);
  let candidates: Candidates | null = null;
  let renewed = 0;

  const ask = createAsk(
    words,
    (text) => look(text, null),
    (example) => look(example.text, example.id),
  );
  const look = (text: string, example: string | null) => {
    if (example !== null) ask.fill(text);
    route.set('example', example);
    route.set('package', null);
    query.ask(text.trim() || null);
  };

  const problem = el('div', {});
  const note = el('p', { class: 'fine numbers', 'data-testid': 'rerank-note' });
  const columns = createRankColumns((name) => {
    route.set('package', name);
    render();
  });
  const results = el('div', { class: 'rerank', hidden: true }, note, columns.element);
  // One question at a time: without the first model there is nothing for the second.
  const rerankerPlace = el('div', {}, createModelGate(models.reranker, rerankerWords));
  models.embedder.state.subscribe(({ kind }) => (rerankerPlace.hidden = kind !== 'ready'));
  place.append(
    el('h1', {}, 'Read the best twenty again, more closely'),
    ask.element,
    createModelGate(models.embedder, embedderWords),
    createIndexStatus(corpus, models.embedder),
    rerankerPlace,
    problem,
    createResultsRoom(models.embedder, results),
    howItWorks(),
  );

  /** The order of the candidates that are shown; null while they are only found. */
  const orderOf = (): Reranked | null => {
    const state = rerank.state.get();
    return state.kind === 'answered' && state.last.question === candidates ? state.last.result : null;
  };
  const find = () => {
    const state = query.state.get();
    if (state.kind === 'idle') offer(null);
    if (state.kind === 'answered' && corpus.vectors.count > 0) {
      const { packages } = corpus.state.get();
      const began = performance.now();
      const hits = corpus.vectors.search(state.last.result, candidateCount);
      const found = { query: state.last.question, hits, entries: hits.map(({ id }) => packages[id]!) };
      renewed = performance.now();
      page.footer.setTimings({ ...state.last, search: renewed - began });
      if (!sameCandidates(candidates, found)) offer(found);
    }
    render();
  };
  const offer = (next: Candidates | null) => {
    candidates = next;
    rerank.ask(next);
  };
  const render = () => {
    problem.replaceChildren(...problems());
    results.hidden = candidates === null;
    if (!candidates) return;
    const order = orderOf();
    columns.show(candidates, order, route.get('package'));
    const part = corpus.vectors.count < corpus.vectors.capacity ? ` Of the ${count(corpus.vectors.count)} packages indexed so far.` : '';
    const moved = order?.filter((row, to) => row.place !== to).length;
    const state = rerank.state.get().kind;
    if (moved !== undefined) setText(note, `${plural(moved, 'package has', 'packages have')} moved.${part}`);
    else setText(note, `${state === 'asking' ? 'Reading each with the query.' : 'Not reranked yet.'}${part}`);
  };
  const problems = (): HTMLElement[] => {
    const { error } = corpus.state.get();
    const [asked, reread] = [query.state.get(), rerank.state.get()];
    return [
      ...(error ? [packagesMissing(corpus, error)] : []),
      ...(asked.kind === 'failed'
        ? [
            errorBox(
              asked.error,
              waysOut(asked.error, models.embedder, () => query.retry()),
            ),
          ]
        : []),
      ...(reread.kind === 'failed'
        ? [
            errorBox(
              reread.error,
              waysOut(reread.error, models.reranker, () => rerank.retry()),
            ),
          ]
        : []),
    ];
  };

  query.state.subscribe(find);
  rerank.state.subscribe((state) => {
    render();
    if (state.kind !== 'answered') return;
    page.footer.setTimings(state.last);
    const best = state.last.result[0];
    if (best) page.announce(`Reranked. First is ${state.last.question.entries[best.place]!.name}, which was ${best.place + 1}.`);
  });
  corpus.state.subscribe(find);
  corpus.indexer.state.subscribe(({ kind }) => {
    // A reading that is under way is let end: on a slow machine the next packages would abort it for ever.
    const busy = rerank.state.get().kind === 'asking' || performance.now() - renewed < renewMs;
    if (place.hidden || (kind === 'running' && candidates && busy)) return;
    find();
  });

  const openRoute = () => {
    const example = findExample(exampleGroups, route.get('example'));
    const picked = route.get('package');
    if (example && example.text !== ask.input.value) look(example.text, example.id);
    route.set('package', picked);
    find(); // the index may have grown while another view was shown
  };
  route.onChange(openRoute);
  if (route.get('example') === null) route.set('example', exampleGroups[0].examples[0].id);
  openRoute();
  void corpus.load();
  void models.reranker.start();
}
