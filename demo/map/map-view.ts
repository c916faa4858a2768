/**
 * The Map view: the corpus's vectors as points of a plane; the query as a star with its neighbours lit; a lasso, and lists that say the
 * same in words.
 */
import '../styles/map.css';
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
import { button, el, setText } from '../ui/dom.ts';
import { errorBox } from '../ui/error-box.ts';
import { count, duration, plural } from '../ui/format.ts';
import { createSegments } from '../ui/segments.ts';
import { groupsOf } from './colours.ts';
import type { Groups } from './colours.ts';
import { howItWorks } from './how-it-works.ts';
import { createLegend } from './legend.ts';
import { createMapCanvas } from './map-canvas.ts';
import { createMapMaker } from './map-maker.ts';
import { createPointList } from './point-list.ts';
import { nearestOf } from './nearest.ts';
import { placeOfQuery } from './query-place.ts';

/** What the list beside the map lists. */
type Listed = { by: 'query' } | { by: 'package'; index: number } | { by: 'lasso' | 'sight'; points: number[] };

const loadWords = { needs: 'A map by meaning needs a model. It will run in this tab.', without: 'Without it there is no map.' };
const mapFailed = { what: 'The map could not be drawn up.', means: 'The packages and their vectors are still there.', todo: 'Try again.' };

export function mount(place: HTMLElement, page: Page): void {
  const { corpus, route } = page;
  const host = page.models.embedder;
  const query = new LiveCall(host, embedQuery);
  const maker = createMapMaker(corpus);
  let listed: Listed = { by: 'query' };
  let picked: number | null = null;
  let groups: Groups = groupsOf([]);

  const ask = createAsk(
    { id: 'map-query', label: 'Where on the map is …', placeholder: 'a tool that …', maxLength: 2000, groups: exampleGroups },
    (text) => look(text, null),
    (example) => look(example.text, example.id),
  );
  const look = (text: string, example: string | null) => {
    if (example !== null) ask.fill(text);
    route.set('example', example);
    listed = { by: 'query' };
    query.ask(text.trim() || null);
  };
  const pick = (index: number, list: Listed = listed) => {
    picked = index;
    listed = list;
    route.set('package', corpus.state.get().packages[index]!.name);
    map.reveal(index);
    render();
  };
  const map = createMapCanvas({
    onPick(index, byKey) {
      pick(index, { by: 'package', index });
      const { name, section, title } = corpus.state.get().packages[index]!;
      if (byKey) page.announce(`${name}, ${section}: ${title}`);
    },
    onEnclose: (points) => list({ by: 'lasso', points }),
    onEscape() {
      picked = null;
      route.set('package', null);
      list({ by: 'query' });
    },
  });
  const list = (next: Listed) => {
    listed = next;
    render();
    if ('points' in next) page.announce(`${plural(next.points.length, 'package', 'packages')} listed.`);
  };
  const drag = createSegments('map-drag', 'Drag to', ['move', 'lasso'], (value) => map.setLasso(value === 'lasso'));
  drag.set('move');
  const legend = createLegend((group) => {
    route.set('section', group === null ? null : (groups.all[group]!.section ?? 'others'));
    render();
  });
  const points = createPointList((index) => pick(index));
  const note = el('p', { class: 'fine numbers', 'data-testid': 'map-note' });
  const detail = el('div', { class: 'map-detail', 'data-testid': 'map-detail' });
  const problem = el('div', {});
  const results = el(
    'div',
    { class: 'map-results', hidden: true },
    legend.element,
    el(
      'div',
      { class: 'map-columns' },
      el(
        'div',
        { class: 'map-main' },
        map.element,
        el(
          'div',
          { class: 'map-bar' },
          drag.element,
          el(
            'div',
            { class: 'actions', role: 'group', 'aria-label': 'Zoom' },
            button('Zoom in', {}, () => map.zoom(1.6)),
            button('Zoom out', {}, () => map.zoom(1 / 1.6)),
            button('Whole map', {}, () => map.reset()),
            button('List what is in sight', { 'data-testid': 'in-sight' }, () => list({ by: 'sight', points: map.inSight() })),
          ),
        ),
        note,
        keysHint(),
      ),
      el('div', { class: 'map-side' }, detail, points.element),
    ),
  );
  place.append(
    el('h1', {}, 'A thousand packages, by what they mean'),
    ask.element,
    createModelGate(host, loadWords),
    createIndexStatus(corpus, host),
    problem,
    createResultsRoom(host, results, 'The map comes here, as soon as there are vectors to draw it from.'),
    howItWorks(),
  );

  const render = () => {
    const { layout, making, error } = maker.state.get();
    const { packages, error: missing } = corpus.state.get();
    const asked = query.state.get();
    problem.replaceChildren();
    if (missing) problem.append(packagesMissing(corpus, missing));
    else if (error) problem.append(errorBox(error, [{ label: 'Try again', run: maker.retry }], mapFailed));
    else if (asked.kind === 'failed')
      problem.append(
        errorBox(
          asked.error,
          waysOut(asked.error, host, () => query.retry()),
        ),
      );
    results.hidden = layout === null;
    if (!layout) return;
    if (groups.of.length !== packages.length) groups = groupsOf(packages);
    const answer = asked.kind === 'answered' || asked.kind === 'asking' ? asked.last : null;
    const hits = answer ? nearestOf(corpus.vectors.rows(), layout.count, answer.result, -1) : [];
    const section = route.get('section');
    const group = groups.all.findIndex((one) => (one.section ?? 'others') === section);
    if (picked !== null && picked >= layout.count) picked = null;

    let heading = 'Nearest to your query';
    let listedIds = hits.map(({ id }) => id);
    let scores: number[] | null = hits.map(({ score }) => score);
    if (listed.by === 'package' && listed.index < layout.count) {
      const { index } = listed;
      const rows = corpus.vectors.rows();
      const others = nearestOf(rows, layout.count, rows.data.slice(index * rows.size, (index + 1) * rows.size), index);
      heading = `Nearest to ${packages[index]!.name}`;
      listedIds = others.map(({ id }) => id);
      scores = others.map(({ score }) => score);
    } else if ('points' in listed) {
      heading = `${listed.by === 'lasso' ? 'In your lasso' : 'In sight'}: ${plural(listed.points.length, 'package', 'packages')}`;
      listedIds = listed.points.filter((index) => index < layout.count);
      scores = null;
    } else if (!answer) heading = 'Ask something, or pick a point';
    points.show(heading, listedIds, scores, packages, picked);
    showDetail(picked);
    legend.show(groups, group < 0 ? null : group);
    map.show({
      places: layout.places,
      groups,
      names: packages.map(({ name }) => name),
      group: group < 0 ? null : group,
      lit: listedIds,
      picked,
      star: listed.by === 'query' ? placeOfQuery(hits, layout.places) : null,
    });
    const share = (value: number) => `${Math.round(value * 100)} %`;
    setText(
      note,
      making > 0
        ? `${plural(layout.count, 'point', 'points')}. A map of ${count(making)} is being drawn up.`
        : `${plural(layout.count, 'point', 'points')}, laid out in ${duration(layout.ms)}. Of each one’s 15 nearest, ${share(layout.kept)} are among its 15 nearest here too (by the two main axes alone: ${share(layout.keptByPrincipal)}).`,
    );
  };
  const showDetail = (index: number | null) => {
    const entry = index === null ? null : corpus.state.get().packages[index];
    if (!entry) return detail.replaceChildren(el('p', { class: 'fine' }, 'A point is a package. Near points mean nearly the same.'));
    if (detail.dataset['name'] === entry.name && detail.childElementCount > 1) return;
    detail.dataset['name'] = entry.name;
    detail.replaceChildren(
      el('p', {}, el('strong', {}, entry.name), ` · ${entry.section}`),
      el('p', {}, entry.title),
      el('p', { class: 'fine map-body' }, entry.body),
    );
  };

  let wanted = route.get('package');
  maker.state.subscribe(({ layout }) => {
    const index = layout && wanted !== null ? corpus.state.get().packages.findIndex(({ name }) => name === wanted) : -1;
    if (layout && index >= 0 && index < layout.count) {
      wanted = null;
      pick(index, listed);
    } else render();
  });
  corpus.state.subscribe(render);
  query.state.subscribe((state) => {
    render();
    if (state.kind !== 'answered') return;
    page.footer.setTimings(state.last);
    page.announce('The ten nearest packages are listed.');
  });
  const openLink = () => {
    const example = findExample(exampleGroups, route.get('example'));
    if (example) look(example.text, example.id);
    else render();
  };
  route.onChange(openLink);
  openLink();
  void corpus.load();
}

function keysHint(): HTMLElement {
  return el(
    'p',
    { class: 'fine', id: 'map-keys' },
    'Keys: arrows walk from point to point, with Shift they move the map; + and − zoom, 0 shows all, Esc lets go. Shift and drag is the lasso.',
  );
}
