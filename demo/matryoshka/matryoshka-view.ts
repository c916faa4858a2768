/**
 * The Matryoshka view: a slider and a switch in; what shorter and coarser vectors cost in recall and win in bytes, and one query's ten
 * results, out.
 */
import '../styles/matryoshka.css';
import { exampleGroups } from '../corpus/examples.ts';
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
import { formOf } from '../vectors/forms.ts';
import { compare } from './compare.ts';
import { createControls } from './controls.ts';
import { createCostPanel } from './cost-panel.ts';
import { howItWorks } from './how-it-works.ts';
import { createMovedList } from './moved-list.ts';
import { createRecallMeter } from './recall-meter.ts';
import { fullSize, keepSetting, readSetting } from './setting.ts';

const rows = 10;
/** While indexing goes on. */
const renewMs = 2000;

const words = {
  id: 'matryoshka-query',
  label: 'Something to look for',
  placeholder: 'a tool that …',
  maxLength: 2000,
  groups: exampleGroups,
};
const loadWords = {
  needs: 'Shortening vectors needs vectors, and those need a model. It will run in this tab.',
  without: 'Without it there are no vectors.',
};

export function mount(place: HTMLElement, page: Page): void {
  const { corpus, route } = page;
  const host = page.models.embedder;
  const call = new LiveCall(host, embedQuery);
  let setting = readSetting(route);
  let full = corpus.vectors.rows();
  let meter = createRecallMeter(full);
  let measuring = new AbortController();
  let frame = 0;
  let renewed = 0;

  const controls = createControls((next) => {
    setting = next;
    keepSetting(route, setting);
    schedule();
  });
  const costs = createCostPanel();
  const list = createMovedList(rows);
  const note = el('p', { class: 'fine numbers', 'data-testid': 'matryoshka-note' });
  const problem = el('div', {});
  const ask = createAsk(
    words,
    (text) => look(text, null),
    (example) => look(example.text, example.id),
  );
  const look = (text: string, example: string | null) => {
    if (example !== null) ask.fill(text);
    route.set('example', example);
    call.ask(text.trim() || null);
  };
  const results = el(
    'div',
    { class: 'matryoshka', hidden: true },
    el('div', { class: 'matryoshka-set' }, controls.element, costs.element),
    el(
      'section',
      { 'aria-labelledby': 'moved-heading' },
      el('h2', { id: 'moved-heading' }, 'The ten nearest, by the short vectors'),
      note,
      list.element,
    ),
  );
  place.append(
    el('h1', {}, 'How much of a vector does a search need?'),
    ask.element,
    createModelGate(host, loadWords),
    createIndexStatus(corpus, host),
    problem,
    createResultsRoom(host, results, 'The nearest packages come here, as soon as there are vectors to shorten.'),
    howItWorks(),
  );

  /** With the next frame: a slider that is dragged tells more often than can be drawn. */
  const schedule = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(render);
  };
  const render = () => {
    const query = call.state.get();
    const { error, packages } = corpus.state.get();
    problem.replaceChildren();
    if (error) problem.append(packagesMissing(corpus, error));
    if (query.kind === 'failed')
      problem.append(
        errorBox(
          query.error,
          waysOut(query.error, host, () => call.retry()),
        ),
      );
    results.hidden = full.count <= rows || host.state.get().kind !== 'ready';
    if (results.hidden) return;
    controls.set(setting);
    costs.showBytes(setting, full.count);
    void measure();
    const last = query.kind === 'answered' || query.kind === 'asking' ? query.last : null;
    list.element.hidden = last === null;
    if (!last) return setText(note, 'Write something above, and see what moves.');
    const began = performance.now();
    const form = formOf(full, setting.dimensions, setting.precision);
    const comparison = compare(last.result, formOf(full, fullSize, 'fp32'), form, rows);
    list.show(comparison, packages);
    page.footer.setTimings({ ...last, search: performance.now() - began });
    const moved = comparison.hits.filter(({ fullRank }, place) => fullRank !== place + 1).length;
    const part = full.count < packages.length ? ` Over the ${count(full.count)} packages that are indexed so far.` : '';
    setText(note, `${plural(moved, 'place differs', 'places differ')} from the order by all ${fullSize} values in float32.${part}`);
  };
  const measure = async () => {
    measuring.abort();
    measuring = new AbortController();
    costs.showRecall(null, meter.queries);
    const recall = await meter.measure(setting.dimensions, setting.precision, measuring.signal);
    if (recall === null) return;
    costs.showRecall(recall, meter.queries);
    page.announce(`${setting.dimensions} values as ${setting.precision}: recall ${recall.toFixed(2)}`);
  };

  const renew = () => {
    if (corpus.vectors.count === full.count) return;
    renewed = performance.now();
    full = corpus.vectors.rows();
    meter = createRecallMeter(full);
    schedule();
  };

  call.state.subscribe(schedule);
  corpus.state.subscribe(schedule);
  host.state.subscribe(schedule);
  corpus.indexer.state.subscribe(({ kind }) => {
    if (!place.hidden && (kind !== 'running' || performance.now() - renewed > renewMs)) renew();
  });

  const openRoute = () => {
    setting = readSetting(route);
    renew(); // the index may have grown while another view was shown
    const example = findExample(exampleGroups, route.get('example'));
    if (example && example.text !== ask.input.value) look(example.text, example.id);
    else schedule();
  };
  route.onChange(openRoute);
  if (route.get('example') === null) route.set('example', 'shrink');
  openRoute();
  void corpus.load();
}
